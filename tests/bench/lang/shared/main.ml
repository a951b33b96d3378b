(* An array of a thousand numbers of which many versions are made: each is a copy with one element changed; every
   hundredth is kept. *)

let total list = Array.fold_left (fun sum n -> ((sum * 3) + n) mod 1_000_003) 0 list

let () =
  let first = Array.init 1000 (fun i -> i + 1) in
  let rec versions n kept sum =
    if n = 300_000 then (List.rev kept, sum)
    else
      let version = Array.copy first in
      version.(n mod 1000) <- n;
      let sum = (sum + version.(n * 7 mod 1000)) mod 1_000_003 in
      versions (n + 1) (if n mod 100 = 0 then version :: kept else kept) sum
  in
  let kept, sum = versions 0 [] 0 in
  let checksum = List.fold_left (fun sum version -> ((sum * 31) + total version) mod 1_000_003) (total first) kept in
  Printf.printf "%d %d\n" sum checksum
