(* The number of primes below a limit, by trial division. *)

let rec is_prime n divisor =
  if divisor * divisor > n then true
  else if n mod divisor = 0 then false
  else is_prime n (divisor + 2)

let rec count n found =
  if n >= 1_500_000 then found
  else if is_prime n 3 then count (n + 2) (found + 1)
  else count (n + 2) found

let () = Printf.printf "%d\n" (count 3 1)
