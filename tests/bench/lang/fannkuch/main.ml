(* Pancake flips: all permutations of a few numbers in order, each flipped until a 1 lies on top. *)

let size = 10

let reverse work last =
  let low = ref 0 and high = ref last in
  while !low < !high do
    let kept = work.(!low) in
    work.(!low) <- work.(!high);
    work.(!high) <- kept;
    incr low;
    decr high
  done

let flips permutation work =
  Array.blit permutation 0 work 0 size;
  let count = ref 0 in
  while work.(0) <> 0 do
    reverse work work.(0);
    incr count
  done;
  !count

let () =
  let permutation = Array.init size (fun i -> i) in
  let counts = Array.init size (fun i -> i + 1) in
  let work = Array.make size 0 in
  let rec next r =
    if r < size then begin
      let first = permutation.(0) in
      Array.blit permutation 1 permutation 0 r;
      permutation.(r) <- first;
      counts.(r) <- counts.(r) - 1;
      if counts.(r) > 0 then true
      else begin
        counts.(r) <- r + 1;
        next (r + 1)
      end
    end
    else false
  in
  let rec search even most checksum =
    let count = flips permutation work in
    let most = max most count in
    let checksum = if even then checksum + count else checksum - count in
    if next 1 then search (not even) most checksum else (checksum, most)
  in
  let checksum, most = search true 0 0 in
  Printf.printf "%d %d\n" checksum most
