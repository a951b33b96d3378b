//! Takeuchi's function: four calls, three of them arguments of the fourth.

fn tak(x: i64, y: i64, z: i64) -> i64 {
    if y >= x { z } else { tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) }
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(10, |it| it.parse().unwrap());
    println!("{}", tak(3 * size, 2 * size, size));
}
