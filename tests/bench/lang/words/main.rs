//! Words made, counted in a map, sorted by how often they come, joined.

use std::collections::HashMap;

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(300_000, |it| it.parse().unwrap());
    let mut seed = 42;
    let mut words = Vec::new();
    for _ in 0..size {
        seed = (seed * 1_103_515_245 + 12345) % 2_147_483_648i64;
        words.push(format!("word{}", seed / 65536 % 20000));
    }
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for word in &words {
        *counts.entry(word).or_insert(0) += 1;
    }
    let mut sorted: Vec<(&str, i64)> = counts.into_iter().collect();
    sorted.sort_by_key(|&(word, count)| (-count, word));
    let sorted: Vec<&str> = sorted.into_iter().map(|(word, _)| word).collect();
    let joined = sorted.join(",");
    println!("{} {}", joined.len(), &joined[..60]);
}
