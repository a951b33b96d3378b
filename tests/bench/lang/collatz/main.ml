(* The number below a limit whose Collatz sequence is longest, and how long it is. *)

let rec steps n count =
  if n = 1 then count
  else if n mod 2 = 0 then steps (n / 2) (count + 1)
  else steps ((3 * n) + 1) (count + 1)

let rec longest size n best length =
  if n >= size then (best, length)
  else
    let found = steps n 0 in
    if found > length then longest size (n + 1) n found else longest size (n + 1) best length

let () =
  let best, length = longest 500_000 1 1 0 in
  Printf.printf "%d %d\n" best length
