(* The spectral norm of an infinite matrix's corner, by the power method. *)

let cell i j = 1.0 /. float_of_int (((i + j) * (i + j + 1) / 2) + i + 1)

let rows (vector : float array) =
  let row i =
    let sum = ref 0.0 in
    for j = 0 to Array.length vector - 1 do
      sum := !sum +. (cell i j *. vector.(j))
    done;
    !sum
  in
  Array.init (Array.length vector) row

let columns (vector : float array) =
  let column i =
    let sum = ref 0.0 in
    for j = 0 to Array.length vector - 1 do
      sum := !sum +. (cell j i *. vector.(j))
    done;
    !sum
  in
  Array.init (Array.length vector) column

let step vector = columns (rows vector)

let dot (xs : float array) (ys : float array) =
  let sum = ref 0.0 in
  for i = 0 to Array.length xs - 1 do
    sum := !sum +. (xs.(i) *. ys.(i))
  done;
  !sum

let () =
  let u = ref (Array.make 1000 1.0) and v = ref [||] in
  for _ = 1 to 10 do
    v := step !u;
    u := step !v
  done;
  Printf.printf "%.0f\n" (sqrt (dot !u !v /. dot !v !v) *. 1_000_000_000.0)
