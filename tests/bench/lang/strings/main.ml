(* Lines built from parts, joined, split again, their fields read and changed. *)

let line n =
  String.concat ";" [ string_of_int n; "name " ^ string_of_int (n * 31 mod 1009); string_of_int (n * n mod 10007) ]

let changed line =
  match String.split_on_char ';' line with
  | [ id; name; value ] -> (
      match int_of_string_opt value with
      | Some value ->
          let shown = String.map (function ' ' -> '_' | other -> other) (String.uppercase_ascii name) in
          String.concat "" [ shown; "="; string_of_int (value * 2); " ("; String.trim id; ")" ]
      | None -> line)
  | _ -> line

let starts_with prefix line =
  String.length line >= String.length prefix && String.sub line 0 (String.length prefix) = prefix

let contains wanted line =
  let length = String.length wanted in
  let rec at i = i + length <= String.length line && (String.sub line i length = wanted || at (i + 1)) in
  at 0

let () =
  let joined = String.concat "\n" (List.init 200_000 (fun i -> line (i + 1))) in
  let result =
    String.split_on_char '\n' joined |> List.rev_map changed |> List.rev
    |> List.filter (fun line -> starts_with "NAME_1" line || contains "=77" line)
  in
  let text = String.concat "," result in
  Printf.printf "%d %d\n%s\n" (List.length result) (String.length text) (String.sub text 0 60)
