//! Hash trees: built over a row of leaves, then verified, a few times; each root is the next row's seed.

enum Tree {
    Leaf(i64),
    Node(i64, Box<Tree>, Box<Tree>),
}

fn combine(left: i64, right: i64) -> i64 {
    (left * 31 + right * 17 + 7) % 1_000_000_007
}

fn hash(tree: &Tree) -> i64 {
    match tree {
        Tree::Leaf(hash) | Tree::Node(hash, _, _) => *hash,
    }
}

fn make(depth: i64, seed: i64) -> Tree {
    if depth == 0 {
        return Tree::Leaf((seed * 1_103_515_245 + 12345) % 1_000_000_007);
    }
    let left = make(depth - 1, seed * 2);
    let right = make(depth - 1, seed * 2 + 1);
    Tree::Node(combine(hash(&left), hash(&right)), Box::new(left), Box::new(right))
}

fn verify(tree: &Tree) -> bool {
    match tree {
        Tree::Leaf(_) => true,
        Tree::Node(found, left, right) => *found == combine(hash(left), hash(right)) && verify(left) && verify(right),
    }
}

fn main() {
    let size = std::env::args().nth(1).map_or(17, |it| it.parse().unwrap());
    let (mut seed, mut valid) = (1, 0);
    for _ in 0..20 {
        let tree = make(size, seed % 1000 + 1);
        seed = hash(&tree);
        valid += i64::from(verify(&tree));
    }
    println!("{seed} {valid}");
}
