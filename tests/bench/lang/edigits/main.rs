//! Digits of e by a spigot: numbers in a mixed base, multiplied by ten in place once for each digit.

fn carry(cells: &mut [i64]) -> i64 {
    let mut over = 0;
    for i in (2..cells.len()).rev() {
        let value = cells[i] * 10 + over;
        cells[i] = value % i as i64;
        over = value / i as i64;
    }
    over
}

fn main() {
    let size = std::env::args().nth(1).map_or(5_000, |it| it.parse().unwrap());
    let mut cells = vec![1i64; size + 2];
    let (mut sum, mut text) = (0, String::new());
    for _ in 0..size {
        let digit = carry(&mut cells);
        sum = (sum * 7 + digit) % 1_000_003;
        text.push_str(&digit.to_string());
    }
    println!("{sum} {}", &text[..50]);
}
