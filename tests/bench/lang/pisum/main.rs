//! Sums of inverse squares, many times over; each sum goes into the next one's beginning.

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(6_000, |it| it.parse().unwrap());
    let mut sum = 0.0;
    for _ in 0..size {
        sum /= 1000.0;
        for k in 1..=10_000i64 {
            sum += 1.0 / (k * k) as f64;
        }
    }
    println!("{:.0}", sum * 1_000_000_000.0);
}
