//! Pancake flips: all permutations of a few numbers in order, each flipped until a 1 lies on top.

fn flips(permutation: &[usize], work: &mut [usize]) -> i64 {
    work.copy_from_slice(permutation);
    let mut count = 0;
    loop {
        let first = work[0];
        if first == 0 {
            return count;
        }
        work[..=first].reverse();
        count += 1;
    }
}

fn main() {
    let size: usize = std::env::args().nth(1).map_or(10, |it| it.parse().unwrap());
    let mut permutation: Vec<usize> = (0..size).collect();
    let mut counts: Vec<usize> = (1..=size).collect();
    let mut work = permutation.clone();
    let (mut even, mut most, mut checksum) = (true, 0, 0);
    loop {
        let count = flips(&permutation, &mut work);
        most = count.max(most);
        checksum += if even { count } else { -count };
        even = !even;
        let mut r = 1;
        loop {
            if r == size {
                println!("{checksum} {most}");
                return;
            }
            permutation[..=r].rotate_left(1);
            counts[r] -= 1;
            if counts[r] > 0 {
                break;
            }
            counts[r] = r + 1;
            r += 1;
        }
    }
}
