//! Ackermann's function: calls in calls, one of them in argument position.

fn ackermann(m: i64, n: i64) -> i64 {
    if m == 0 {
        n + 1
    } else if n == 0 {
        ackermann(m - 1, 1)
    } else {
        ackermann(m - 1, ackermann(m, n - 1))
    }
}

fn main() {
    let size = std::env::args().nth(1).map_or(10, |it| it.parse().unwrap());
    println!("{}", ackermann(3, size));
}
