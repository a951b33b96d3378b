//! A Fibonacci number of tens of thousands of digits, by addition, and as text (crate num-bigint).

use num_bigint::BigUint;

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(200_000, |it| it.parse().unwrap());
    let (mut a, mut b) = (BigUint::from(0u32), BigUint::from(1u32));
    for _ in 0..size {
        a += &b;
        std::mem::swap(&mut a, &mut b);
    }
    let text = a.to_string();
    println!("{} {} {}", text.len(), &text[..20], &text[text.len() - 20..]);
}
