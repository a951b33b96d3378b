//! Complete binary trees built, counted and thrown away, many small ones and few large ones.

struct Node {
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
}

fn make(depth: i64) -> Option<Box<Node>> {
    let (left, right) = if depth == 0 { (None, None) } else { (make(depth - 1), make(depth - 1)) };
    Some(Box::new(Node { left, right }))
}

fn count(tree: &Option<Box<Node>>) -> i64 {
    match tree {
        None => 0,
        Some(node) => 1 + count(&node.left) + count(&node.right),
    }
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(16, |it| it.parse().unwrap());
    let long = make(size);
    for depth in (4..=size).step_by(2) {
        let times = 1 << (size - depth + 4);
        let total: i64 = (0..times).map(|_| count(&make(depth))).sum();
        println!("{times} trees of depth {depth}: {total}");
    }
    println!("long lived: {}", count(&long));
}
