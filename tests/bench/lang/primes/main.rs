//! The number of primes below a limit, by trial division.

fn is_prime(n: i64) -> bool {
    let mut divisor = 3;
    while divisor * divisor <= n {
        if n % divisor == 0 {
            return false;
        }
        divisor += 2;
    }
    true
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(1_500_000, |it| it.parse().unwrap());
    let odd = (3..size).step_by(2).filter(|&n| is_prime(n)).count();
    println!("{}", odd + 1);
}
