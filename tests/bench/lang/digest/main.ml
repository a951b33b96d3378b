(* SHA-256 and Base64: a chain of short digests, as tokens are, and digests of three megabytes. *)
(* packages: sha,base64 *)

let rec chain left text =
  if left = 0 then text
  else chain (left - 1) (Base64.encode_string (Sha256.to_bin (Sha256.string (text ^ ":" ^ string_of_int left))))

let rec large left data text =
  if left = 0 then text else large (left - 1) data (Sha256.to_hex (Sha256.string (data ^ text)))

let () =
  let data = String.concat "" (List.init 200_000 (fun _ -> "0123456789abcdef")) in
  print_endline (chain 100_000 "start");
  print_endline (large 10 data "");
  Printf.printf "%d\n" (String.length (Base64.decode_exn (Base64.encode_string data)))
