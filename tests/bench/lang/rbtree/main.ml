(* A red-black tree: inserts of pseudo-random keys (Okasaki), then a fold. The tree is a value. *)

type color = Red | Black
type tree = Leaf | Node of color * tree * int * tree

let balance_left left key right =
  match left with
  | Node (Red, Node (Red, a, x, b), y, c) | Node (Red, a, x, Node (Red, b, y, c)) ->
      Node (Red, Node (Black, a, x, b), y, Node (Black, c, key, right))
  | _ -> Node (Black, left, key, right)

let balance_right left key right =
  match right with
  | Node (Red, Node (Red, b, y, c), z, d) | Node (Red, b, y, Node (Red, c, z, d)) ->
      Node (Red, Node (Black, left, key, b), y, Node (Black, c, z, d))
  | _ -> Node (Black, left, key, right)

let rec insert_below tree (key : int) =
  match tree with
  | Leaf -> Node (Red, Leaf, key, Leaf)
  | Node (Red, left, found, right) ->
      if key < found then Node (Red, insert_below left key, found, right)
      else if key > found then Node (Red, left, found, insert_below right key)
      else tree
  | Node (Black, left, found, right) ->
      if key < found then balance_left (insert_below left key) found right
      else if key > found then balance_right left found (insert_below right key)
      else tree

let insert tree key =
  match insert_below tree key with Node (_, left, found, right) -> Node (Black, left, found, right) | Leaf -> Leaf

let rec insert_all left seed tree =
  if left = 0 then tree
  else insert_all (left - 1) (((seed * 1_103_515_245) + 12345) mod 2_147_483_648) (insert tree seed)

let rec checksum tree sum =
  match tree with
  | Leaf -> sum
  | Node (_, left, key, right) -> checksum right (((checksum left sum * 31) + key) mod 1_000_000_007)

let () = Printf.printf "%d\n" (checksum (insert_all 500_000 42 Leaf) 0)
