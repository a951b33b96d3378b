(* The outer planets around the sun: each step makes new bodies from the forces between all of them. *)

type body = { x : float; y : float; z : float; vx : float; vy : float; vz : float; mass : float }

(* The body, faster by what the others pull. *)
let pulled bodies body =
  let vx = ref body.vx and vy = ref body.vy and vz = ref body.vz in
  for i = 0 to Array.length bodies - 1 do
    let other = bodies.(i) in
    let dx = body.x -. other.x and dy = body.y -. other.y and dz = body.z -. other.z in
    let square = (dx *. dx) +. (dy *. dy) +. (dz *. dz) +. 1e-12 in
    let pull = other.mass *. 0.01 /. (square *. sqrt square) in
    vx := !vx -. (dx *. pull);
    vy := !vy -. (dy *. pull);
    vz := !vz -. (dz *. pull)
  done;
  { x = body.x +. (0.01 *. !vx); y = body.y +. (0.01 *. !vy); z = body.z +. (0.01 *. !vz);
    vx = !vx; vy = !vy; vz = !vz; mass = body.mass }

let rec run left bodies = if left = 0 then bodies else run (left - 1) (Array.map (pulled bodies) bodies)

let kinetic body = 0.5 *. body.mass *. ((body.vx *. body.vx) +. (body.vy *. body.vy) +. (body.vz *. body.vz))
let energy bodies = Array.fold_left (fun sum body -> sum +. kinetic body) 0.0 bodies
let body (x, y, z) (vx, vy, vz) mass = { x; y; z; vx; vy; vz; mass }

let () =
  let bodies =
    [| body (0.0, 0.0, 0.0) (0.0, 0.0, 0.0) 39.4784176;
       body (4.84143144, -1.16032004, -0.103622044) (0.606326393, 2.81198684, -0.02521836) 0.0376936749;
       body (8.34336671, 4.12479856, -0.403523417) (-1.01077434, 1.82566237, 0.00841576137) 0.0112863261;
       body (12.8943695, -15.1111514, -0.223307578) (1.08279100, 0.868713018, -0.0108326374) 0.00172372405;
       body (15.3796971, -25.9193146, 0.179258772) (0.979090732, 0.594698998, -0.034755955) 0.00203368686 |]
  in
  Printf.printf "%.0f\n" (energy bodies *. 1e12);
  Printf.printf "%.0f\n" (energy (run 1_000_000 bodies) *. 1e12)
