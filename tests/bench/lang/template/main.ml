(* A page of a thousand rows from records, texts escaped, five hundred times. *)

type product = { id : int; name : string; price : int; sold : bool }

let escaped text =
  let made = Buffer.create (String.length text) in
  let add = function
    | '&' -> Buffer.add_string made "&amp;"
    | '<' -> Buffer.add_string made "&lt;"
    | '>' -> Buffer.add_string made "&gt;"
    | '"' -> Buffer.add_string made "&quot;"
    | other -> Buffer.add_char made other
  in
  String.iter add text;
  Buffer.contents made

let page title products =
  let text = Buffer.create 1024 in
  let add = List.iter (Buffer.add_string text) in
  add [ "<html><head><title>"; escaped title; "</title></head><body><table>\n" ];
  let row { id; name; price; sold } =
    let id = string_of_int id in
    add [ "<tr id=\"p"; id; "\" class=\""; (if sold then "sold" else "free"); "\"><td>"; id; "</td><td>"; escaped name ];
    add [ "</td><td>"; string_of_int price; "</td></tr>\n" ]
  in
  List.iter row products;
  add [ "</table></body></html>\n" ];
  Buffer.contents text

let product id =
  { id; name = Printf.sprintf "Nuts & bolts <%d>" (id * 37 mod 1000); price = id * 13 mod 10000; sold = id mod 5 = 0 }

let () =
  let products = List.init 1000 (fun i -> product (i + 1)) in
  let bytes = ref 0 in
  for n = 0 to 499 do
    bytes := !bytes + String.length (page (Printf.sprintf "Page %d & more" n) products)
  done;
  Printf.printf "%d\n" !bytes
