//! The number of ways to place queens on a board: one bit for each column and diagonal that is taken.

fn solve(size: i64, row: i64, columns: i64, left: i64, right: i64) -> i64 {
    if row == size {
        return 1;
    }
    let mut free = !(columns | left | right) & ((1 << size) - 1);
    let mut count = 0;
    while free != 0 {
        let queen = free & -free;
        free ^= queen;
        count += solve(size, row + 1, columns | queen, (left | queen) << 1, (right | queen) >> 1);
    }
    count
}

fn main() {
    let size = std::env::args().nth(1).map_or(14, |it| it.parse().unwrap());
    println!("{}", solve(size, 0, 0, 0, 0));
}
