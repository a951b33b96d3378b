(* What every module of the project uses. *)

(* An amount in hundredths. *)
type money = { amount : int; currency : string }

(* Something with a weight and some tags. *)
type entry = { key : string; weight : int; tags : string list }

(* What came of a step. *)
type 't outcome =
  | Done of 't
  | Retry of int
  | Failed of string

(* The number, moved into the range. *)
let clamp n low high =
  if n < low then low
  else if n > high then high
  else n

let money amount = { amount; currency = "EUR" }

let plus a b = { amount = a.amount + b.amount; currency = a.currency }

(* The next of a row of numbers that look random. *)
let mix seed salt = ((seed * 1103) + (salt * 7919) + 12345) mod 1000003

let rec rolls_from seed count found =
  if count <= 0 then found
  else rolls_from (mix seed count) (count - 1) ((seed mod 1000) :: found)

(* Some numbers below a thousand. *)
let rolls seed count = rolls_from seed count []

let sum_by items fn = List.fold_left (fun total item -> total + fn item) 0 items

let count_where items fn =
  List.fold_left (fun total item -> if fn item then total + 1 else total) 0 items

let label key n = key ^ "-" ^ string_of_int n

let entry key weight =
  { key = label key weight; weight; tags = [ key; label key (weight mod 7) ] }

let heaviest entries =
  List.fold_left (fun most (entry : entry) -> max most entry.weight) 0 entries

let map_outcome outcome fn =
  match outcome with
  | Done value -> Done (fn value)
  | Retry after -> Retry after
  | Failed reason -> Failed reason

let done_or outcome other =
  match outcome with
  | Done value -> value
  | Retry _ -> other
  | Failed _ -> other

let score outcome =
  match outcome with
  | Done value -> value
  | Retry after -> after * 2
  | Failed reason -> if reason = "" then 1 else 3
