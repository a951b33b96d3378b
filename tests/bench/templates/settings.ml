(* Settings of the $n service as they are read. *)
type $n_raw = { port : string; limit : string; mode : string }

type $n_mode =
  | $NQuiet
  | $NLoud
  | $NCustom of string

(* Settings that make sense. *)
type $n_settings = { port : int; limit : int; mode : $n_mode }

let $n_number name text =
  match int_of_string_opt text with
  | Some number -> Ok number
  | None -> Error (name ^ " is no number: " ^ text)

let $n_mode text =
  match String.lowercase_ascii text with
  | "quiet" -> Some $NQuiet
  | "$w" -> Some $NLoud
  | "" -> None
  | other -> Some ($NCustom other)

let $n_between number low high =
  if number >= low && number <= high then Ok number
  else Error ("out of range: " ^ string_of_int number)

let $n_read (raw : $n_raw) =
  let port = Result.bind ($n_number "port" raw.port) (fun it -> $n_between it 1 $1) in
  let limit = Result.bind ($n_number "limit" raw.limit) (fun it -> $n_between it 0 $2) in
  match (port, limit) with
  | Ok port, Ok limit ->
    Ok ({ port; limit; mode = Option.value ($n_mode raw.mode) ~default:$NQuiet } : $n_settings)
  | Error problem, _ -> Error problem
  | _, Error problem -> Error problem

let $n_cost (settings : $n_settings) =
  let base = (settings.port mod 10) + settings.limit in
  match settings.mode with
  | $NQuiet -> base
  | $NLoud -> base * 2
  | $NCustom name -> if name = "$v" then base + $3 else base + $4

let $n_raw roll : $n_raw =
  let mode = if roll mod 2 = 0 then "$w" else if roll mod 3 = 0 then "$v" else "" in
  let limit = if roll mod 5 = 0 then "many" else string_of_int (roll mod 50) in
  { port = string_of_int (roll * 3); limit; mode }

let check_$n seed =
  Kernel.sum_by (Kernel.rolls seed 15) (fun roll ->
      match $n_read ($n_raw roll) with
      | Ok settings -> $n_cost settings
      | Error problem -> if String.length problem > 3 && String.sub problem 0 3 = "out" then 1 else 2)
