(* A $n queue with two ends. *)
type 'a $n_queue = { front : 'a list; back : 'a list; size : int }

(* A job of the $n queue. *)
type $n_job = { entry : Kernel.entry; tries : int }

let $n_empty () : 'a $n_queue = { front = []; back = []; size = 0 }

let $n_put (queue : 'a $n_queue) item =
  { queue with back = item :: queue.back; size = queue.size + 1 }

let $n_take (queue : 'a $n_queue) =
  match queue.front with
  | item :: rest -> Some (item, { queue with front = rest; size = queue.size - 1 })
  | [] -> (
    match List.rev queue.back with
    | [] -> None
    | item :: rest -> Some (item, { front = rest; back = []; size = queue.size - 1 }))

let $n_contains text part =
  let long = String.length part in
  let rec from at =
    at + long <= String.length text && (String.sub text at long = part || from (at + 1))
  in
  from 0

let $n_tried (job : $n_job) =
  if job.entry.weight mod $1 = 0 && job.tries < 2 then Kernel.Retry $2
  else if $n_contains job.entry.key "$v" then Kernel.Failed job.entry.key
  else Kernel.Done job.entry.weight

let rec $n_work queue finished =
  match $n_take queue with
  | None -> finished
  | Some ((job : $n_job), rest) -> (
    match $n_tried job with
    | Kernel.Done weight -> $n_work rest (finished + weight)
    | Kernel.Retry after -> $n_work ($n_put rest { job with tries = job.tries + 1 }) (finished + after)
    | Kernel.Failed reason -> $n_work rest (finished + if reason = "$w" then 1 else $3))

let $n_jobs seed =
  List.fold_left
    (fun queue roll -> $n_put queue { entry = Kernel.entry "$w" roll; tries = 0 })
    ($n_empty ()) (Kernel.rolls seed $4)

let $n_tags (jobs : $n_job list) =
  jobs
  |> List.map (fun (job : $n_job) -> job.entry.tags)
  |> List.concat
  |> List.sort_uniq compare

let check_$n seed =
  let jobs = $n_jobs seed in
  let tags = Kernel.count_where ($n_tags jobs.back) (fun tag -> tag <> "$w") in
  $n_work jobs 0 + tags + Kernel.heaviest (List.map (fun (job : $n_job) -> job.entry) jobs.back)
