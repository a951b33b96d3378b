//! All ways to place queens on a board, each a chain of columns whose end it shares with others (`Rc`).

use std::rc::Rc;

enum Board {
    Empty,
    Queen(i64, Rc<Board>),
}

fn is_safe(column: i64, mut board: &Board) -> bool {
    let mut distance = 1;
    while let Board::Queen(other, rest) = board {
        if column == *other || column == other + distance || column == other - distance {
            return false;
        }
        distance += 1;
        board = rest;
    }
    true
}

fn number(mut board: &Board) -> i64 {
    let mut n = 0;
    while let Board::Queen(column, rest) = board {
        n = (n * 13 + column) % 1_000_003;
        board = rest;
    }
    n
}

fn main() {
    let size = std::env::args().nth(1).map_or(12, |it| it.parse().unwrap());
    let mut boards = vec![Rc::new(Board::Empty)];
    for _ in 0..size {
        let mut longer = Vec::new();
        for board in &boards {
            for column in 1..=size {
                if is_safe(column, board) {
                    longer.push(Rc::new(Board::Queen(column, Rc::clone(board))));
                }
            }
        }
        boards = longer;
    }
    let checksum = boards.iter().fold(0, |sum, board| (sum + number(board)) % 1_000_003);
    println!("{} {checksum}", boards.len());
}
