//! The outer planets around the sun: each step makes new bodies from the forces between all of them.

#[derive(Clone, Copy)]
struct Body {
    position: [f64; 3],
    velocity: [f64; 3],
    mass: f64,
}

fn body(position: [f64; 3], velocity: [f64; 3], mass: f64) -> Body {
    Body { position, velocity, mass }
}

/// The body, faster by what the others pull.
fn pulled(body: &Body, others: &[Body]) -> Body {
    let [mut vx, mut vy, mut vz] = body.velocity;
    let [x, y, z] = body.position;
    for other in others {
        let (dx, dy, dz) = (x - other.position[0], y - other.position[1], z - other.position[2]);
        let square = dx * dx + dy * dy + dz * dz + 1e-12;
        let pull = other.mass * 0.01 / (square * square.sqrt());
        vx -= dx * pull;
        vy -= dy * pull;
        vz -= dz * pull;
    }
    Body { position: [x + 0.01 * vx, y + 0.01 * vy, z + 0.01 * vz], velocity: [vx, vy, vz], mass: body.mass }
}

fn energy(bodies: &[Body]) -> f64 {
    let kinetic = |body: &Body| {
        let [vx, vy, vz] = body.velocity;
        0.5 * body.mass * (vx * vx + vy * vy + vz * vz)
    };
    bodies.iter().map(kinetic).sum()
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(1_000_000, |it| it.parse().unwrap());
    let mut bodies = vec![
        body([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 39.4784176),
        body([4.84143144, -1.16032004, -0.103622044], [0.606326393, 2.81198684, -0.02521836], 0.0376936749),
        body([8.34336671, 4.12479856, -0.403523417], [-1.01077434, 1.82566237, 0.00841576137], 0.0112863261),
        body([12.8943695, -15.1111514, -0.223307578], [1.08279100, 0.868713018, -0.0108326374], 0.00172372405),
        body([15.3796971, -25.9193146, 0.179258772], [0.979090732, 0.594698998, -0.034755955], 0.00203368686),
    ];
    println!("{:.0}", energy(&bodies) * 1e12);
    for _ in 0..size {
        bodies = bodies.iter().map(|body| pulled(body, &bodies)).collect();
    }
    println!("{:.0}", energy(&bodies) * 1e12);
}
