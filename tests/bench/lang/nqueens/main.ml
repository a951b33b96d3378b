(* All ways to place queens on a board, each a list of columns whose end it shares with others. *)

let size = 12

let rec is_safe column distance = function
  | [] -> true
  | other :: rest ->
      column <> other && column <> other + distance && column <> other - distance && is_safe column (distance + 1) rest

let rec extend column board boards =
  if column > size then boards
  else if is_safe column 1 board then extend (column + 1) board ((column :: board) :: boards)
  else extend (column + 1) board boards

let rec solutions rows boards =
  if rows = 0 then boards
  else solutions (rows - 1) (List.fold_left (fun found board -> extend 1 board found) [] boards)

let number board = List.fold_left (fun n column -> ((n * 13) + column) mod 1_000_003) 0 board

let () =
  let boards = solutions size [ [] ] in
  let checksum = List.fold_left (fun sum board -> (sum + number board) mod 1_000_003) 0 boards in
  Printf.printf "%d %d\n" (List.length boards) checksum
