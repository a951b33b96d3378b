//! Pi by Leibniz's series: one division of floats a step.

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(60_000_000, |it| it.parse().unwrap());
    let (mut sign, mut sum) = (1.0, 0.0);
    for k in 0..size {
        sum += sign / (2 * k + 1) as f64;
        sign = -sign;
    }
    println!("{:.0}", 4.0 * sum * 1_000_000_000.0);
}
