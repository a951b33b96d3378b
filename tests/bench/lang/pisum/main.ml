(* Sums of inverse squares, many times over; each sum goes into the next one's beginning. *)

let () =
  let sum = ref 0.0 in
  for _ = 1 to 6_000 do
    sum := !sum /. 1000.0;
    for k = 1 to 10_000 do
      sum := !sum +. (1.0 /. float_of_int (k * k))
    done
  done;
  Printf.printf "%.0f\n" (!sum *. 1_000_000_000.0)
