(* How many points of a square grid are in the Mandelbrot set, as far as 50 steps tell, and a checksum of the steps. *)

let steps cr ci =
  let zr = ref 0.0 and zi = ref 0.0 and count = ref 0 in
  while !count < 50 && (!zr *. !zr) +. (!zi *. !zi) <= 4.0 do
    let next = (!zr *. !zr) -. (!zi *. !zi) +. cr in
    zi := (2.0 *. !zr *. !zi) +. ci;
    zr := next;
    incr count
  done;
  !count

let () =
  let size = 1_000 in
  let inside = ref 0 and checksum = ref 0 in
  for y = 0 to size - 1 do
    for x = 0 to size - 1 do
      let cr = (2.0 *. float_of_int x /. float_of_int size) -. 1.5 in
      let ci = (2.0 *. float_of_int y /. float_of_int size) -. 1.0 in
      let count = steps cr ci in
      if count = 50 then incr inside;
      checksum := ((!checksum * 31) + count) mod 1_000_003
    done
  done;
  Printf.printf "%d %d\n" !inside !checksum
