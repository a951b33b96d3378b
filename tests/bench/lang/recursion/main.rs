//! Recursion a million calls deep that is no tail call: a chain built from its end and added up from its end. The chain
//! is taken apart in a loop, since a drop of boxes in boxes would recurse as well.

struct Link {
    n: i64,
    rest: Option<Box<Link>>,
}

fn chain(n: i64, seed: i64) -> Option<Box<Link>> {
    if n == 0 {
        return None;
    }
    let rest = chain(n - 1, (seed * 31 + n) % 1_000_003);
    Some(Box::new(Link { n: seed, rest }))
}

fn sum(chain: &Option<Box<Link>>) -> i64 {
    match chain {
        None => 0,
        Some(link) => (link.n + 3 * sum(&link.rest)) % 1_000_003,
    }
}

fn free(mut chain: Option<Box<Link>>) {
    while let Some(mut link) = chain {
        chain = link.rest.take();
    }
}

fn rounds(size: i64) -> i64 {
    let mut total = 0;
    for left in (1..=10).rev() {
        let chain = chain(size, total + left);
        total = sum(&chain);
        free(chain);
    }
    total
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(1_000_000, |it| it.parse().unwrap());
    // The main thread's stack is too small for a million calls.
    let deep = std::thread::Builder::new().stack_size(1 << 30).spawn(move || rounds(size)).unwrap();
    println!("{}", deep.join().unwrap());
}
