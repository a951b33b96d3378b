(* A map of a million texts: filled, read, changed, and walked in the order of its keys. It is a value, a balanced tree. *)

module Texts = Map.Make (String)

let size = 1_000_000
let key n = "key" ^ string_of_int (n * 7919 mod 1_000_003)
let rec fill n map = if n = size then map else fill (n + 1) (Texts.add (key n) n map)

let rec change n map =
  if n >= size then map
  else change (n + 3) (Texts.update (key n) (fun before -> Some (2 * Option.value before ~default:0)) map)

let rec found n map sum =
  if n = size then sum
  else
    match Texts.find_opt (key (n * 2)) map with
    | Some value -> found (n + 1) map (sum + value)
    | None -> found (n + 1) map sum

let () =
  let map = change 0 (fill 0 Texts.empty) in
  let in_order = Texts.fold (fun _ value sum -> ((sum * 31) + value) mod 1_000_003) map 0 in
  Printf.printf "%d %d %d\n" (Texts.cardinal map) (found 0 map 0) in_order
