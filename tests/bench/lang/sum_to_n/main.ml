(* A tail-recursive sum whose terms depend on the sum so far, so that no closed form takes its place. *)

let rec sum n acc = if n = 0 then acc else sum (n - 1) (acc + (n lxor (acc land 255)))

let () = Printf.printf "%d\n" (sum 100_000_000 0)
