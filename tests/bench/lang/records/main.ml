(* A hundred thousand records grouped by a key with sums, and sorted by a number and a text, three times. *)

type person = { id : int; name : string; city : string; amount : int }

let people size seed =
  let rec make id seed made =
    if id = 0 then List.rev made
    else
      let seed = ((seed * 69069) + 1) mod 4_294_967_296 in
      let number = seed / 65536 in
      let name = "name" ^ string_of_int (number mod 5000) and city = "city" ^ string_of_int (number mod 500) in
      make (id - 1) seed ({ id; name; city; amount = number mod 1000 } :: made)
  in
  make size seed []

let grouped people =
  let groups = Hashtbl.create 1000 in
  let add person =
    let count, sum = Option.value (Hashtbl.find_opt groups person.city) ~default:(0, 0) in
    Hashtbl.replace groups person.city (count + 1, sum + person.amount)
  in
  List.iter add people;
  List.of_seq (Hashtbl.to_seq groups)

let by_amount (a, (_, (n : int))) (b, (_, m)) = if n <> m then compare m n else String.compare a b

let order a b =
  if a.amount <> b.amount then compare (b.amount : int) a.amount
  else match String.compare a.name b.name with 0 -> compare (a.id : int) b.id | found -> found

let () =
  for round = 0 to 2 do
    let people = people 100_000 (42 + round) in
    let city, (count, sum) = List.hd (List.sort by_amount (grouped people)) in
    let sorted = List.sort order people in
    let checksum = List.fold_left (fun sum person -> ((sum * 31) + person.id) mod 1_000_003) 0 sorted in
    Printf.printf "%s %d %d %d\n" city count sum checksum
  done
