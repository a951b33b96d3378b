(* Hash trees: built over a row of leaves, then verified, a few times; each root is the next row's seed. *)

type tree = Leaf of int | Node of int * tree * tree

let combine left right = ((left * 31) + (right * 17) + 7) mod 1_000_000_007

let hash = function Leaf hash | Node (hash, _, _) -> hash

let rec make depth seed =
  if depth = 0 then Leaf (((seed * 1_103_515_245) + 12345) mod 1_000_000_007)
  else
    let left = make (depth - 1) (seed * 2) in
    let right = make (depth - 1) ((seed * 2) + 1) in
    Node (combine (hash left) (hash right), left, right)

let rec verify = function
  | Leaf _ -> true
  | Node (found, left, right) -> found = combine (hash left) (hash right) && verify left && verify right

let rec rounds left seed valid =
  if left = 0 then (seed, valid)
  else
    let tree = make 17 ((seed mod 1000) + 1) in
    rounds (left - 1) (hash tree) (if verify tree then valid + 1 else valid)

let () =
  let root, valid = rounds 20 1 0 in
  Printf.printf "%d %d\n" root valid
