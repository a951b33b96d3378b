(* The number of ways to place queens on a board: one bit for each column and diagonal that is taken. *)

let size = 14

let rec place free row columns left right count =
  if free = 0 then count
  else
    let queen = free land -free in
    let found = solve (row + 1) (columns lor queen) ((left lor queen) lsl 1) ((right lor queen) lsr 1) in
    place (free lxor queen) row columns left right (count + found)

and solve row columns left right =
  if row = size then 1
  else
    let free = lnot (columns lor left lor right) land ((1 lsl size) - 1) in
    place free row columns left right 0

let () = Printf.printf "%d\n" (solve 0 0 0 0)
