//! The product of two square matrices of floats: rows times columns, the second one transposed first.

type Matrix = Vec<Vec<f64>>;

fn matrix(size: usize) -> Matrix {
    (0..size).map(|i| (0..size).map(|j| ((i * 7 + j * 13) % 19) as f64 - 7.5).collect()).collect()
}

fn transposed(rows: &Matrix) -> Matrix {
    (0..rows.len()).map(|j| rows.iter().map(|row| row[j]).collect()).collect()
}

fn dot(xs: &[f64], ys: &[f64]) -> f64 {
    xs.iter().zip(ys).map(|(x, y)| x * y).sum()
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let columns = transposed(b);
    a.iter().map(|row| columns.iter().map(|column| dot(row, column)).collect()).collect()
}

fn main() {
    let size = std::env::args().nth(1).map_or(350, |it| it.parse().unwrap());
    let a = matrix(size);
    let cube = product(&product(&a, &a), &a);
    let trace: f64 = cube.iter().enumerate().map(|(i, row)| row[i]).sum();
    println!("{trace:.0}");
}
