(* Moments written and read as ISO 8601, moved by days, taken apart. *)
(* packages: ptime *)

let weigh moment =
  let (year, month, day), _ = Ptime.to_date_time moment in
  let weekday = match Ptime.weekday moment with
    | `Mon -> 1 | `Tue -> 2 | `Wed -> 3 | `Thu -> 4 | `Fri -> 5 | `Sat -> 6 | `Sun -> 7 in
  (year * 400) + (month * 31) + day + weekday

let moved text =
  match Ptime.of_rfc3339 text with
  | Ok (moment, _, _) ->
      let later = Option.get (Ptime.add_span moment (Ptime.Span.of_int_s (30 * 86400))) in
      let date, _ = Ptime.to_date_time moment in
      let day = Option.get (Ptime.of_date date) in
      weigh later + (Option.get (Ptime.Span.to_int_s (Ptime.diff later day)) mod 1000)
  | Error _ -> 0

let rec sum n total =
  if n = 500_000 then total
  else
    let moment = Option.get (Ptime.of_span (Ptime.Span.of_int_s (1_000_000_000 + (n * 7211)))) in
    sum (n + 1) (total + moved (Ptime.to_rfc3339 ~tz_offset_s:0 moment))

let () = Printf.printf "%d\n" (sum 0 0)
