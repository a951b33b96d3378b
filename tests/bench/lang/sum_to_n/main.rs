//! A sum whose terms depend on the sum so far, so that no closed form takes its place.

fn sum(n: i64, acc: i64) -> i64 {
    if n == 0 { acc } else { sum(n - 1, acc + (n ^ (acc & 255))) }
}

fn main() {
    let size = std::env::args().nth(1).map_or(100_000_000, |it| it.parse().unwrap());
    println!("{}", sum(size, 0));
}
