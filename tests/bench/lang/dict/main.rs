//! A map of a million texts: filled, read, changed, and walked in the order of its keys (a B-tree, as in Dark).

use std::collections::BTreeMap;

fn key(n: i64) -> String {
    format!("key{}", n * 7919 % 1_000_003)
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(1_000_000, |it| it.parse().unwrap());
    let mut map = BTreeMap::new();
    for n in 0..size {
        map.insert(key(n), n);
    }
    for n in (0..size).step_by(3) {
        *map.entry(key(n)).or_insert(0) *= 2;
    }
    let found: i64 = (0..size).filter_map(|n| map.get(&key(n * 2))).sum();
    let in_order = map.values().fold(0, |sum, value| (sum * 31 + value) % 1_000_003);
    println!("{} {found} {in_order}", map.len());
}
