//! Quicksort of pseudo-random numbers in a vector that changes in place; Lomuto's partition.

fn partition(list: &mut [i64]) -> usize {
    let high = list.len() - 1;
    let pivot = list[high];
    let mut store = 0;
    for i in 0..high {
        if list[i] < pivot {
            list.swap(i, store);
            store += 1;
        }
    }
    list.swap(store, high);
    store
}

fn sort(list: &mut [i64]) {
    if list.len() > 1 {
        let middle = partition(list);
        sort(&mut list[..middle]);
        sort(&mut list[middle + 1..]);
    }
}

fn main() {
    let size: usize = std::env::args().nth(1).map_or(500_000, |it| it.parse().unwrap());
    let mut seed = 42;
    let mut list = Vec::new();
    for _ in 0..size {
        list.push(seed);
        seed = (seed * 1_103_515_245 + 12345) % 2_147_483_648;
    }
    sort(&mut list);
    println!("{}", list.iter().fold(0, |sum, n| (sum * 31 + n) % 1_000_000_007));
}
