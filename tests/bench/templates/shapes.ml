(* What the $n drawing is made of. *)
type $n_shape =
  | $NCircle of float
  | $NBox of float * float
  | $NGroup of $n_shape list

(* A shape at a place. *)
type $n_placed = { shape : $n_shape; x : float; y : float }

let rec $n_area shape =
  match shape with
  | $NCircle radius -> 3.14159 *. radius *. radius
  | $NBox (width, height) -> width *. height
  | $NGroup shapes -> List.fold_left (fun total inner -> total +. $n_area inner) 0.0 shapes

let rec $n_scaled shape by =
  match shape with
  | $NCircle radius -> $NCircle (radius *. by)
  | $NBox (width, height) -> $NBox (width *. by, height *. by)
  | $NGroup shapes -> $NGroup (List.map (fun inner -> $n_scaled inner by) shapes)

let $n_moved (placed : $n_placed) dx dy = { placed with x = placed.x +. dx; y = placed.y +. dy }

let rec $n_name shape =
  match shape with
  | $NCircle _ -> "$w"
  | $NBox (width, height) -> if width = height then "square" else "$v"
  | $NGroup [] -> "nothing"
  | $NGroup (first :: _) -> "group of " ^ $n_name first

let $n_make roll =
  let size = float_of_int ((roll mod $1) + 1) in
  if roll mod 3 = 0 then $NCircle size
  else if roll mod 3 = 1 then $NBox (size, $2.5)
  else $NGroup [ $NCircle size; $NBox (size, size) ]

let $n_is_near (placed : $n_placed) = (placed.x *. placed.x) +. (placed.y *. placed.y) < $4.0

let check_$n seed =
  let placed =
    Kernel.rolls seed $3
    |> List.map (fun roll ->
           let at = { shape = $n_make roll; x = float_of_int roll; y = 1.0 } in
           $n_moved at (-5.0) 2.5)
  in
  let near = Kernel.count_where placed (fun it -> $n_is_near it) in
  let large = Kernel.count_where placed (fun (it : $n_placed) -> $n_area ($n_scaled it.shape 2.0) > 100.0) in
  let named =
    Kernel.count_where placed (fun (it : $n_placed) ->
        let name = $n_name it.shape in
        String.length name >= 5 && String.sub name 0 5 = "group")
  in
  near + (large * 3) + (named * 5)
