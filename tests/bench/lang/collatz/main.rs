//! The number below a limit whose Collatz sequence is longest, and how long it is.

fn steps(mut n: i64) -> i64 {
    let mut count = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        count += 1;
    }
    count
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(500_000, |it| it.parse().unwrap());
    let (mut best, mut length) = (1, 0);
    for n in 1..size {
        let found = steps(n);
        if found > length {
            (best, length) = (n, found);
        }
    }
    println!("{best} {length}");
}
