(* A word of a $n text with what is known of it. *)
type $n_word = { text : string; count : int; first : int }

let $n_text seed =
  Kernel.rolls seed $2
  |> List.map (fun roll -> if roll mod 3 = 0 then "$w" else Kernel.label "$v" (roll mod 5))
  |> String.concat " "

let $n_count words =
  let counts = Hashtbl.create 16 in
  List.iter
    (fun word ->
      let before = Option.value (Hashtbl.find_opt counts word) ~default:0 in
      Hashtbl.replace counts word (before + 1))
    words;
  counts

let $n_words text =
  let counts = $n_count (String.split_on_char ' ' text) in
  Hashtbl.fold
    (fun word count rest -> { text = word; count; first = count * $1 } :: rest)
    counts []

let $n_shown (word : $n_word) =
  String.uppercase_ascii word.text ^ ": " ^ string_of_int word.count ^ " ("
  ^ string_of_int word.first ^ ")"

let $n_title text =
  match String.split_on_char '-' text with
  | [] -> "nothing"
  | [ only ] -> only
  | [ first; second ] -> second ^ " " ^ first
  | first :: _ -> first ^ " and more"

let $n_rare (words : $n_word list) =
  words
  |> List.filter (fun (word : $n_word) -> word.count <= $3)
  |> List.map (fun (word : $n_word) -> $n_title word.text)

let $n_is_long text = String.length text > $3 || String.contains text "$v".[0]

let check_$n seed =
  let words = $n_words ($n_text seed) in
  let page = words |> List.map (fun word -> $n_shown word) |> String.concat "\n" in
  let long = Kernel.count_where ($n_rare words) (fun text -> $n_is_long text) in
  if page <> "" && page.[0] = 'X' then 0
  else long + Kernel.sum_by words (fun (word : $n_word) -> word.first)
