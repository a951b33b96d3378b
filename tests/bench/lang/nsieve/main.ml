(* The sieve of Eratosthenes: an array of flags that changes in place. *)

let () =
  let size = 5_000_000 in
  let flags = Bytes.make (size + 1) '\001' in
  let count = ref 0 in
  for i = 2 to size do
    if Bytes.get flags i <> '\000' then begin
      let multiple = ref (i + i) in
      while !multiple <= size do
        Bytes.set flags !multiple '\000';
        multiple := !multiple + i
      done;
      incr count
    end
  done;
  Printf.printf "%d\n" !count
