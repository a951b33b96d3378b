(* A line of the $n ledger. *)
type $n_line = { title : string; price : Kernel.money; quantity : int }

(* Why a $n line is refused. *)
type $n_problem =
  | $NEmpty
  | $NTooMany of int
  | $NTooDear of Kernel.money

let $n_line seed : $n_line =
  { title = Kernel.label "$w" seed;
    price = Kernel.money ((seed mod $1) + 5);
    quantity = seed mod $2 }

let $n_worth (line : $n_line) = line.price.amount * line.quantity

let $n_checked (line : $n_line) =
  if line.quantity = 0 then Error $NEmpty
  else if line.quantity > $3 then Error ($NTooMany line.quantity)
  else if line.price.amount > $4 then Error ($NTooDear line.price)
  else Ok line

let $n_weight problem =
  match problem with
  | $NEmpty -> 1
  | $NTooMany count -> count + 2
  | $NTooDear price -> price.Kernel.amount mod 100

let $n_total (lines : $n_line list) =
  lines
  |> List.filter (fun (line : $n_line) -> line.quantity > 1)
  |> List.map (fun line -> $n_worth line)
  |> List.fold_left (fun total worth -> total + worth) 0

let $n_doubled (line : $n_line) =
  { line with quantity = line.quantity * 2; title = line.title ^ "$v" }

let check_$n seed =
  let lines = List.map (fun roll -> $n_line roll) (Kernel.rolls seed 20) in
  let problems =
    Kernel.sum_by lines (fun line ->
        match $n_checked line with
        | Ok fine -> $n_worth ($n_doubled fine)
        | Error problem -> $n_weight problem)
  in
  $n_total lines + problems
