//! A vector of a thousand numbers of which many versions are made: each is a copy with one element changed; every
//! hundredth is kept.

fn total(list: &[i64]) -> i64 {
    list.iter().fold(0, |sum, n| (sum * 3 + n) % 1_000_003)
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(300_000, |it| it.parse().unwrap());
    let first: Vec<i64> = (1..=1000).collect();
    let (mut kept, mut sum) = (Vec::new(), 0);
    for n in 0..size {
        let mut version = first.clone();
        version[n as usize % 1000] = n;
        sum = (sum + version[n as usize * 7 % 1000]) % 1_000_003;
        if n % 100 == 0 {
            kept.push(version);
        }
    }
    let checksum = kept.iter().fold(total(&first), |sum, version| (sum * 31 + total(version)) % 1_000_003);
    println!("{sum} {checksum}");
}
