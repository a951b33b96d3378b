//! The sieve of Eratosthenes: a vector of flags that changes in place.

fn main() {
    let size: usize = std::env::args().nth(1).map_or(5_000_000, |it| it.parse().unwrap());
    let mut flags = vec![true; size + 1];
    let mut count = 0;
    for i in 2..=size {
        if flags[i] {
            for multiple in (i + i..=size).step_by(i) {
                flags[multiple] = false;
            }
            count += 1;
        }
    }
    println!("{count}");
}
