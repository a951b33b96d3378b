(* Random DNA: a linear congruential generator, a table of cumulative probabilities, lines of sixty letters. *)

type gene = { letter : string; up_to : float }

let rec choose genes random =
  match genes with
  | [] -> "?"
  | gene :: rest -> if random < gene.up_to then gene.letter else choose rest random

let line genes seed =
  let text = Buffer.create 60 in
  for _ = 1 to 60 do
    seed := ((!seed * 3877) + 29573) mod 139968;
    Buffer.add_string text (choose genes (float_of_int !seed /. 139968.0))
  done;
  Buffer.contents text

let contains text wanted =
  let length = String.length wanted in
  let rec at i = i + length <= String.length text && (String.sub text i length = wanted || at (i + 1)) in
  at 0

let () =
  let genes =
    [ { letter = "a"; up_to = 0.3029549426680 };
      { letter = "c"; up_to = 0.5009432431601 };
      { letter = "g"; up_to = 0.6984905497992 };
      { letter = "t"; up_to = 1.0 } ]
  in
  let seed = ref 42 and with_cat = ref 0 and last = ref "" in
  for _ = 1 to 60_000 do
    last := line genes seed;
    if contains !last "cat" then incr with_cat
  done;
  Printf.printf "%d %s\n" !with_cat !last
