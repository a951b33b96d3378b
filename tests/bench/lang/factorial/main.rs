//! Factorials modulo a prime, by recursion that is no tail call; each one decides which the next one is.

fn factorial(n: i64) -> i64 {
    if n == 0 { 1 } else { n * factorial(n - 1) % 1_000_000_007 }
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(3_000_000, |it| it.parse().unwrap());
    let mut acc = 1;
    for _ in 0..size {
        acc = (acc * 31 + factorial(5 + acc % 16)) % 1_000_000_007;
    }
    println!("{acc}");
}
