(* Complete binary trees built, counted and thrown away, many small ones and few large ones. *)

type tree = Leaf | Node of tree * tree

let rec make depth = if depth = 0 then Node (Leaf, Leaf) else Node (make (depth - 1), make (depth - 1))

let rec count = function Leaf -> 0 | Node (left, right) -> 1 + count left + count right

let rec repeat times depth total =
  if times = 0 then total else repeat (times - 1) depth (total + count (make depth))

let () =
  let size = 16 in
  let long = make size in
  let rec report depth =
    if depth <= size then begin
      let times = 1 lsl (size - depth + 4) in
      Printf.printf "%d trees of depth %d: %d\n" times depth (repeat times depth 0);
      report (depth + 2)
    end
  in
  report 4;
  Printf.printf "long lived: %d\n" (count long)
