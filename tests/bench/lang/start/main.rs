//! Nothing: what it takes is the start of a process.

fn main() {
    println!("ready");
}
