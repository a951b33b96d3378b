(* Digits of e by a spigot: numbers in a mixed base, multiplied by ten in place once for each digit. *)

let carry cells =
  let over = ref 0 in
  for i = Array.length cells - 1 downto 2 do
    let value = (cells.(i) * 10) + !over in
    cells.(i) <- value mod i;
    over := value / i
  done;
  !over

let () =
  let size = 5_000 in
  let cells = Array.make (size + 2) 1 in
  let sum = ref 0 and text = Buffer.create 64 in
  for _ = 1 to size do
    let digit = carry cells in
    sum := ((!sum * 7) + digit) mod 1_000_003;
    Buffer.add_string text (string_of_int digit)
  done;
  Printf.printf "%d %s\n" !sum (Buffer.sub text 0 50)
