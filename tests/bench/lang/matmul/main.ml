(* The product of two square matrices of floats: rows times columns, the second one transposed first. *)

let matrix size =
  Array.init size (fun i -> Array.init size (fun j -> float_of_int (((i * 7) + (j * 13)) mod 19) -. 7.5))

let transposed rows = Array.init (Array.length rows) (fun j -> Array.map (fun row -> row.(j)) rows)

let dot (xs : float array) (ys : float array) =
  let sum = ref 0.0 in
  for i = 0 to Array.length xs - 1 do
    sum := !sum +. (xs.(i) *. ys.(i))
  done;
  !sum

let product a b =
  let columns = transposed b in
  Array.map (fun row -> Array.map (fun column -> dot row column) columns) a

let () =
  let a = matrix 350 in
  let cube = product (product a a) a in
  let trace = ref 0.0 in
  Array.iteri (fun i (row : float array) -> trace := !trace +. row.(i)) cube;
  Printf.printf "%.0f\n" !trace
