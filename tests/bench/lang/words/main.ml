(* Words made, counted in a map that is a value, sorted by how often they come, joined. *)

module Counts = Map.Make (String)

let rec words left seed made =
  if left = 0 then List.rev made
  else
    let seed = ((seed * 1_103_515_245) + 12345) mod 2_147_483_648 in
    words (left - 1) seed (("word" ^ string_of_int (seed / 65536 mod 20000)) :: made)

let counted words =
  let count counts word =
    Counts.update word (function None -> Some 1 | Some before -> Some (before + 1)) counts
  in
  List.fold_left count Counts.empty words

let by_frequency counts =
  let order (a, (n : int)) (b, m) = if n <> m then compare m n else String.compare a b in
  List.map fst (List.sort order (Counts.bindings counts))

let () =
  let joined = String.concat "," (by_frequency (counted (words 300_000 42 []))) in
  Printf.printf "%d %s\n" (String.length joined) (String.sub joined 0 60)
