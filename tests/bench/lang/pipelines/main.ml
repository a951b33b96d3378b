(* A list of a million numbers mapped, filtered, mapped and folded, twenty times. *)

let pipeline numbers factor =
  numbers
  |> List.map (fun n -> (n * factor) + 1)
  |> List.filter (fun n -> n mod 3 <> 0)
  |> List.map (fun n -> n / 2)
  |> List.fold_left (fun sum n -> (sum + n) mod 1_000_000_007) 0

let rec rounds numbers left sum =
  if left = 0 then sum
  else rounds numbers (left - 1) (((sum * 31) + pipeline numbers (left + (sum mod 2))) mod 1_000_000_007)

let () = Printf.printf "%d\n" (rounds (List.init 1_000_000 (fun i -> i + 1)) 20 0)
