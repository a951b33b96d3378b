//! The spectral norm of an infinite matrix's corner, by the power method.

fn cell(i: usize, j: usize) -> f64 {
    1.0 / ((i + j) * (i + j + 1) / 2 + i + 1) as f64
}

fn rows(vector: &[f64]) -> Vec<f64> {
    let row = |i| vector.iter().enumerate().map(|(j, x)| cell(i, j) * x).sum();
    (0..vector.len()).map(row).collect()
}

fn columns(vector: &[f64]) -> Vec<f64> {
    let column = |i| vector.iter().enumerate().map(|(j, x)| cell(j, i) * x).sum();
    (0..vector.len()).map(column).collect()
}

fn step(vector: &[f64]) -> Vec<f64> {
    columns(&rows(vector))
}

fn dot(xs: &[f64], ys: &[f64]) -> f64 {
    xs.iter().zip(ys).map(|(x, y)| x * y).sum()
}

fn main() {
    let size = std::env::args().nth(1).map_or(1000, |it| it.parse().unwrap());
    let (mut u, mut v) = (vec![1.0; size], Vec::new());
    for _ in 0..10 {
        v = step(&u);
        u = step(&v);
    }
    let norm = (dot(&u, &v) / dot(&v, &v)).sqrt();
    println!("{:.0}", norm * 1_000_000_000.0);
}
