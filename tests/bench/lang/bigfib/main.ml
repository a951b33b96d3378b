(* A Fibonacci number of tens of thousands of digits, by addition, and as text. *)
(* packages: zarith *)

let rec fibonacci left a b = if left = 0 then a else fibonacci (left - 1) b (Z.add a b)

let () =
  let text = Z.to_string (fibonacci 200_000 Z.zero Z.one) in
  let length = String.length text in
  Printf.printf "%d %s %s\n" length (String.sub text 0 20) (String.sub text (length - 20) 20)
