(* A tree of a million leaves, kept as it is while ten maps make others. *)

type tree = Leaf of int | Node of tree * tree

let rec make depth n = if depth = 0 then Leaf n else Node (make (depth - 1) (n * 2), make (depth - 1) ((n * 2) + 1))

let rec map tree change =
  match tree with Leaf n -> Leaf (change n) | Node (left, right) -> Node (map left change, map right change)

let rec sum = function Leaf n -> n | Node (left, right) -> sum left + sum right

let rec rounds left tree =
  if left = 0 then tree else rounds (left - 1) (map tree (fun n -> ((n * 3) + left) mod 1_000_003))

let () =
  let tree = make 20 1 in
  let changed = rounds 10 tree in
  Printf.printf "%d %d\n" (sum tree) (sum changed)
