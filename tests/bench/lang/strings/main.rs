//! Lines built from parts, joined, split again, their fields read and changed.

fn changed(line: &str) -> String {
    let fields: Vec<&str> = line.split(';').collect();
    match fields[..] {
        [id, name, value] => match value.parse::<i64>() {
            Ok(value) => format!("{}={} ({})", name.to_uppercase().replace(' ', "_"), value * 2, id.trim()),
            Err(_) => line.into(),
        },
        _ => line.into(),
    }
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(200_000, |it| it.parse().unwrap());
    let lines: Vec<String> = (1..=size).map(|n| format!("{n};name {};{}", n * 31 % 1009, n * n % 10007)).collect();
    let joined = lines.join("\n");
    let result: Vec<String> =
        joined.split('\n').map(changed).filter(|line| line.starts_with("NAME_1") || line.contains("=77")).collect();
    let text = result.join(",");
    println!("{} {}", result.len(), text.len());
    println!("{}", &text[..60]);
}
