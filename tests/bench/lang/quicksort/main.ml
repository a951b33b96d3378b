(* Quicksort of pseudo-random numbers in an array that changes in place; Lomuto's partition. *)

let swap (list : int array) i j =
  let kept = list.(i) in
  list.(i) <- list.(j);
  list.(j) <- kept

let partition (list : int array) low high =
  let pivot = list.(high) in
  let store = ref low in
  for i = low to high - 1 do
    if list.(i) < pivot then begin
      swap list i !store;
      incr store
    end
  done;
  swap list !store high;
  !store

let rec sort list low high =
  if low < high then begin
    let middle = partition list low high in
    sort list low (middle - 1);
    sort list (middle + 1) high
  end

let () =
  let size = 500_000 in
  let seed = ref 42 in
  let next _ =
    let number = !seed in
    seed := ((number * 1_103_515_245) + 12345) mod 2_147_483_648;
    number
  in
  let list = Array.init size next in
  sort list 0 (size - 1);
  Printf.printf "%d\n" (Array.fold_left (fun sum n -> ((sum * 31) + n) mod 1_000_000_007) 0 list)
