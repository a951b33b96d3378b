(* Entries of the $n index, in order. *)
type 'v $n_tree =
  | $NLeaf
  | $NNode of 'v $n_tree * int * 'v * 'v $n_tree

let rec $n_insert tree key value =
  match tree with
  | $NLeaf -> $NNode ($NLeaf, key, value, $NLeaf)
  | $NNode (left, own, old, right) ->
    if key < own then $NNode ($n_insert left key value, own, old, right)
    else if key > own then $NNode (left, own, old, $n_insert right key value)
    else $NNode (left, own, value, right)

let rec $n_size tree =
  match tree with
  | $NLeaf -> 0
  | $NNode (left, _, _, right) -> $n_size left + 1 + $n_size right

let rec $n_depth tree =
  match tree with
  | $NLeaf -> 0
  | $NNode (left, _, _, right) -> 1 + max ($n_depth left) ($n_depth right)

let rec $n_find tree key =
  match tree with
  | $NLeaf -> None
  | $NNode (left, own, value, right) ->
    if key = own then Some value
    else if key < own then $n_find left key
    else $n_find right key

let rec $n_fold tree init fn =
  match tree with
  | $NLeaf -> init
  | $NNode (left, key, value, right) -> $n_fold right (fn ($n_fold left init fn) key value) fn

let $n_of seed =
  Kernel.rolls seed $2
  |> List.fold_left (fun tree roll -> $n_insert tree (roll mod $1) (Kernel.label "$w" roll)) $NLeaf

let check_$n seed =
  let tree = $n_of seed in
  let found =
    match $n_find tree (seed mod $1) with
    | Some text -> if String.length text > 0 && text.[0] = "$w".[0] then 1 else 2
    | None -> $3
  in
  let keys = $n_fold tree 0 (fun total key _value -> (total + key) mod 10007) in
  ($n_size tree * $n_depth tree) + found + keys
