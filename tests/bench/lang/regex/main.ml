(* A log of a hundred thousand lines: those that match one expression, what another one finds in them. *)
(* packages: re *)

let line n =
  let route = if n mod 4 = 0 then "orders" else "items" in
  let status = if n mod 7 = 0 then "503" else "200" in
  Printf.sprintf "2026-11-26T10:00:00Z host%d GET /%s/%d?page=2 %s %dms" (n mod 20) route (n * 31) status
    (n * n mod 900)

let compiled expression = Re.compile (Re.Perl.re expression)

let () =
  let failed = compiled "(GET|POST) /items/[0-9]+\\S* 5[0-9][0-9]" in
  let time = compiled "[0-9]+ms" and digits = compiled "[0-9]+" in
  let all = List.init 100_000 line in
  let failures = List.filter (Re.execp failed) all in
  let time_of line =
    match Re.exec_opt time line with
    | Some found ->
        let text = Re.Group.get found 0 in
        int_of_string (String.sub text 0 (String.length text - 2))
    | None -> 0
  in
  let times = List.fold_left (fun sum line -> sum + time_of line) 0 all in
  let hidden = String.concat "" (List.map (fun line -> Re.replace_string digits ~by:"N" line) failures) in
  Printf.printf "%d %d %d\n" (List.length failures) times (String.length hidden)
