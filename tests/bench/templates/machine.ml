(* What the $n machine reads. *)
type $n_token =
  | $NNumber of int
  | $NPlus
  | $NTimes
  | $NWord of string

(* What is left to read, and what is known. *)
type $n_state = { rest : $n_token list; stack : int list; errors : string list }

let $n_token roll =
  if roll mod 4 = 0 then $NPlus
  else if roll mod 4 = 1 then $NTimes
  else if roll mod $1 = 2 then $NWord "$w"
  else $NNumber (roll mod $2)

let $n_push (state : $n_state) value = { state with stack = (value mod 10007) :: state.stack }

let $n_step (state : $n_state) token =
  match (token, state.stack) with
  | $NNumber value, _ -> $n_push state value
  | $NPlus, a :: b :: rest -> $n_push { state with stack = rest } (a + b)
  | $NTimes, a :: b :: rest -> $n_push { state with stack = rest } (a * b)
  | $NWord text, _ -> { state with errors = text :: state.errors }
  | _, _ -> { state with errors = "$v" :: state.errors }

let rec $n_run (state : $n_state) =
  match state.rest with
  | [] -> state
  | token :: rest -> $n_run ($n_step { state with rest } token)

let $n_result (state : $n_state) =
  match (state.stack, state.errors) with
  | value :: _, [] -> Kernel.Done value
  | value :: _, errors -> Kernel.Retry (value + Kernel.sum_by errors (fun _ -> $3))
  | [], first :: _ -> Kernel.Failed first
  | [], [] -> Kernel.Failed ""

let check_$n seed =
  let tokens = List.map (fun roll -> $n_token roll) (Kernel.rolls seed $4) in
  let start : $n_state = { rest = tokens; stack = [ 1 ]; errors = [] } in
  let outcome = $n_result ($n_run start) in
  Kernel.score (Kernel.map_outcome outcome (fun value -> Kernel.clamp value 0 5000))
