(* Recursion a million calls deep that is no tail call: a chain built from its end and added up from its end. *)

let rec chain n seed = if n = 0 then [] else seed :: chain (n - 1) (((seed * 31) + n) mod 1_000_003)
let rec sum = function [] -> 0 | n :: rest -> (n + (3 * sum rest)) mod 1_000_003
let rec rounds left total = if left = 0 then total else rounds (left - 1) (sum (chain 1_000_000 (total + left)))
let () = Printf.printf "%d\n" (rounds 10 0)
