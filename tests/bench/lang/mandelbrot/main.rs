//! How many points of a square grid are in the Mandelbrot set, as far as 50 steps tell, and a checksum of the steps.

fn steps(cr: f64, ci: f64) -> i64 {
    let (mut zr, mut zi, mut count) = (0.0, 0.0, 0);
    loop {
        let (zr2, zi2) = (zr * zr, zi * zi);
        if count == 50 || zr2 + zi2 > 4.0 {
            return count;
        }
        (zr, zi) = (zr2 - zi2 + cr, 2.0 * zr * zi + ci);
        count += 1;
    }
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(1_000, |it| it.parse().unwrap());
    let (mut inside, mut checksum) = (0, 0);
    for y in 0..size {
        for x in 0..size {
            let cr = 2.0 * x as f64 / size as f64 - 1.5;
            let ci = 2.0 * y as f64 / size as f64 - 1.0;
            let count = steps(cr, ci);
            inside += i64::from(count == 50);
            checksum = (checksum * 31 + count) % 1_000_003;
        }
    }
    println!("{inside} {checksum}");
}
