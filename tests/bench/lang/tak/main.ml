(* Takeuchi's function: four calls, three of them arguments of the fourth. *)

let rec tak x y z = if y >= x then z else tak (tak (x - 1) y z) (tak (y - 1) z x) (tak (z - 1) x y)

let () =
  let size = Sys.opaque_identity 10 in
  Printf.printf "%d\n" (tak (3 * size) (2 * size) size)
