//! A red-black tree: inserts of pseudo-random keys (Okasaki), then a fold. Nodes are owned boxes that change in place:
//! what perfect reuse would be.

use std::cmp::Ordering;

type Tree = Option<Box<Node>>;

struct Node {
    red: bool,
    left: Tree,
    key: i64,
    right: Tree,
}

fn is_red(tree: &Tree) -> bool {
    tree.as_ref().is_some_and(|node| node.red)
}

fn black(tree: &mut Tree) {
    if let Some(node) = tree {
        node.red = false;
    }
}

/// A red node over two black ones.
fn joined(mut low: Box<Node>, mut middle: Box<Node>, mut high: Box<Node>) -> Box<Node> {
    low.red = false;
    high.red = false;
    middle.red = true;
    middle.left = Some(low);
    middle.right = Some(high);
    middle
}

fn balance_left(mut node: Box<Node>, mut left: Box<Node>) -> Box<Node> {
    if !node.red && left.red && is_red(&left.left) {
        black(&mut left.left);
        node.left = left.right.take();
        left.right = Some(node);
        return left;
    }
    if !node.red && left.red && is_red(&left.right) {
        let mut middle = left.right.take().unwrap();
        left.right = middle.left.take();
        node.left = middle.right.take();
        return joined(left, middle, node);
    }
    node.left = Some(left);
    node
}

fn balance_right(mut node: Box<Node>, mut right: Box<Node>) -> Box<Node> {
    if !node.red && right.red && is_red(&right.left) {
        let mut middle = right.left.take().unwrap();
        node.right = middle.left.take();
        right.left = middle.right.take();
        return joined(node, middle, right);
    }
    if !node.red && right.red && is_red(&right.right) {
        black(&mut right.right);
        node.right = right.left.take();
        right.left = Some(node);
        return right;
    }
    node.right = Some(right);
    node
}

fn insert_below(tree: Tree, key: i64) -> Box<Node> {
    let Some(mut node) = tree else {
        return Box::new(Node { red: true, left: None, key, right: None });
    };
    match key.cmp(&node.key) {
        Ordering::Less => {
            let left = insert_below(node.left.take(), key);
            balance_left(node, left)
        }
        Ordering::Greater => {
            let right = insert_below(node.right.take(), key);
            balance_right(node, right)
        }
        Ordering::Equal => node,
    }
}

fn checksum(tree: &Tree, sum: i64) -> i64 {
    match tree {
        None => sum,
        Some(node) => checksum(&node.right, (checksum(&node.left, sum) * 31 + node.key) % 1_000_000_007),
    }
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(500_000, |it| it.parse().unwrap());
    let (mut tree, mut seed) = (None, 42);
    for _ in 0..size {
        let mut root = insert_below(tree, seed);
        root.red = false;
        tree = Some(root);
        seed = (seed * 1_103_515_245 + 12345) % 2_147_483_648;
    }
    println!("{}", checksum(&tree, 0));
}
