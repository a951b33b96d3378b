//! A vector of a million numbers mapped, filtered, mapped and folded, twenty times. Iterators make no vectors between.

fn pipeline(numbers: &[i64], factor: i64) -> i64 {
    numbers
        .iter()
        .map(|n| n * factor + 1)
        .filter(|n| n % 3 != 0)
        .map(|n| n / 2)
        .fold(0, |sum, n| (sum + n) % 1_000_000_007)
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(1_000_000, |it| it.parse().unwrap());
    let numbers: Vec<i64> = (1..=size).collect();
    let mut sum = 0;
    for left in (1..=20).rev() {
        sum = (sum * 31 + pipeline(&numbers, left + sum % 2)) % 1_000_000_007;
    }
    println!("{sum}");
}
