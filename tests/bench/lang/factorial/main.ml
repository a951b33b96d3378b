(* Factorials modulo a prime, by recursion that is no tail call; each one decides which the next one is. *)

let rec factorial n = if n = 0 then 1 else n * factorial (n - 1) mod 1_000_000_007

let rec total left acc =
  if left = 0 then acc
  else total (left - 1) (((acc * 31) + factorial (5 + (acc mod 16))) mod 1_000_000_007)

let () = Printf.printf "%d\n" (total 3_000_000 1)
