//! A tree of a million leaves, kept as it is while a copy is mapped ten times in place.

#[derive(Clone)]
enum Tree {
    Leaf(i64),
    Node(Box<Tree>, Box<Tree>),
}

fn make(depth: i64, n: i64) -> Tree {
    if depth == 0 {
        Tree::Leaf(n)
    } else {
        Tree::Node(Box::new(make(depth - 1, n * 2)), Box::new(make(depth - 1, n * 2 + 1)))
    }
}

fn map(tree: &mut Tree, change: &impl Fn(i64) -> i64) {
    match tree {
        Tree::Leaf(n) => *n = change(*n),
        Tree::Node(left, right) => {
            map(left, change);
            map(right, change);
        }
    }
}

fn sum(tree: &Tree) -> i64 {
    match tree {
        Tree::Leaf(n) => *n,
        Tree::Node(left, right) => sum(left) + sum(right),
    }
}

fn main() {
    let size = std::env::args().nth(1).map_or(20, |it| it.parse().unwrap());
    let tree = make(size, 1);
    let mut changed = tree.clone();
    for left in (1..=10).rev() {
        map(&mut changed, &|n| (n * 3 + left) % 1_000_003);
    }
    println!("{} {}", sum(&tree), sum(&changed));
}
