(* Orders written as ten megabytes of JSON, and read back into records, a few times. *)
(* packages: yojson *)

open Yojson.Safe

type item = { price : float; quantity : int; sku : string }
type order = { customer : string; id : int; items : item list; paid : bool; total : float }

let item_to_json { price; quantity; sku } =
  `Assoc [ ("price", `Float price); ("quantity", `Int quantity); ("sku", `String sku) ]

let order_to_json { customer; id; items; paid; total } =
  `Assoc
    [ ("customer", `String customer); ("id", `Int id); ("items", `List (List.map item_to_json items));
      ("paid", `Bool paid); ("total", `Float total) ]

let item_of_json json =
  { price = Util.(to_number (member "price" json)); quantity = Util.(to_int (member "quantity" json));
    sku = Util.(to_string (member "sku" json)) }

let order_of_json json =
  { customer = Util.(to_string (member "customer" json)); id = Util.(to_int (member "id" json));
    items = List.map item_of_json Util.(to_list (member "items" json));
    paid = Util.(to_bool (member "paid" json)); total = Util.(to_number (member "total" json)) }

let write orders = to_string (`List (List.map order_to_json orders))
let read text = List.map order_of_json (Util.to_list (from_string text))

let order id =
  let item n =
    { price = float_of_int (((id * 7) + (n * 13)) mod 1000) +. 0.25; quantity = n + 1;
      sku = Printf.sprintf "sku-%d" (id * n mod 9973) }
  in
  let items = List.init ((id mod 4) + 1) item in
  { customer = Printf.sprintf "customer \"%d\" & sons" (id mod 977); id; items; paid = id mod 3 = 0;
    total = List.fold_left (fun sum item -> sum +. item.price) 0.125 items }

let rec again left text = if left = 0 then text else again (left - 1) (write (read text))

let () =
  let text = again 3 (write (List.init 60_000 (fun i -> order (i + 1)))) in
  let quantities sum order = List.fold_left (fun sum item -> sum + item.quantity) sum order.items in
  Printf.printf "%d %d\n" (String.length text) (List.fold_left quantities 0 (read text))
