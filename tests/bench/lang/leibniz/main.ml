(* Pi by Leibniz's series: one division of floats a step. *)

let () =
  let sign = ref 1.0 and sum = ref 0.0 in
  for k = 0 to 60_000_000 - 1 do
    sum := !sum +. (!sign /. float_of_int ((2 * k) + 1));
    sign := -. !sign
  done;
  Printf.printf "%.0f\n" (4.0 *. !sum *. 1_000_000_000.0)
