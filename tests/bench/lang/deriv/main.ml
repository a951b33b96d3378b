(* Symbolic derivatives of a polynomial, several deep: expressions share their parts. *)

type expression =
  | Number of int
  | Variable
  | Sum of expression * expression
  | Product of expression * expression

let sum a b =
  match (a, b) with
  | Number x, Number y -> Number (x + y)
  | Number 0, other | other, Number 0 -> other
  | _ -> Sum (a, b)

let product a b =
  match (a, b) with
  | Number x, Number y -> Number (x * y)
  | Number 0, _ | _, Number 0 -> Number 0
  | Number 1, other | other, Number 1 -> other
  | _ -> Product (a, b)

let rec derivative = function
  | Number _ -> Number 0
  | Variable -> Number 1
  | Sum (a, b) -> sum (derivative a) (derivative b)
  | Product (a, b) -> sum (product a (derivative b)) (product (derivative a) b)

let rec power exponent = if exponent = 1 then Variable else product Variable (power (exponent - 1))

let rec polynomial degree =
  if degree = 0 then Number 1 else sum (product (Number degree) (power degree)) (polynomial (degree - 1))

let rec repeat times expression = if times = 0 then expression else repeat (times - 1) (derivative expression)
let rec leaves = function Number _ | Variable -> 1 | Sum (a, b) | Product (a, b) -> leaves a + leaves b

let rec value expression x =
  match expression with
  | Number n -> n
  | Variable -> x
  | Sum (a, b) -> (value a x + value b x) mod 1_000_003
  | Product (a, b) -> value a x * value b x mod 1_000_003

let () =
  let result = repeat 8 (polynomial 10) in
  Printf.printf "%d %d\n" (leaves result) (value result 7)
