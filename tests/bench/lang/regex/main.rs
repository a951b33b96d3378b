//! A log of a hundred thousand lines: those that match one expression, what another one finds in them.

use regex::Regex;

fn line(n: i64) -> String {
    let route = if n % 4 == 0 { "orders" } else { "items" };
    let status = if n % 7 == 0 { "503" } else { "200" };
    format!("2026-11-26T10:00:00Z host{} GET /{route}/{}?page=2 {status} {}ms", n % 20, n * 31, n * n % 900)
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(100_000, |it| it.parse().unwrap());
    let failed = Regex::new(r"(GET|POST) /items/[0-9]+\S* 5[0-9][0-9]").unwrap();
    let time = Regex::new("[0-9]+ms").unwrap();
    let digits = Regex::new("[0-9]+").unwrap();
    let all: Vec<String> = (0..size).map(line).collect();
    let failures: Vec<&String> = all.iter().filter(|line| failed.is_match(line)).collect();
    let in_line = |line: &String| time.find(line).and_then(|it| it.as_str().replace("ms", "").parse::<i64>().ok());
    let times: i64 = all.iter().filter_map(in_line).sum();
    let hidden: String = failures.iter().map(|line| digits.replace_all(line, "N")).collect();
    println!("{} {times} {}", failures.len(), hidden.len());
}
