//! SHA-256 and Base64: a chain of short digests, as tokens are, and digests of three megabytes (crates sha2 and base64).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(100_000, |it| it.parse().unwrap());
    let data = "0123456789abcdef".repeat(2 * size as usize).into_bytes();
    let mut text = String::from("start");
    for left in (1..=size).rev() {
        text = STANDARD.encode(Sha256::digest(format!("{text}:{left}")));
    }
    println!("{text}");
    let mut text = String::new();
    for _ in 0..10 {
        text = hex(&Sha256::digest([&data, text.as_bytes()].concat()));
    }
    println!("{text}");
    println!("{}", STANDARD.decode(STANDARD.encode(&data)).unwrap().len());
}
