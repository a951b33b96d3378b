//! Random DNA: a linear congruential generator, a table of cumulative probabilities, lines of sixty letters.

struct Gene {
    letter: &'static str,
    up_to: f64,
}

fn choose(genes: &[Gene], random: f64) -> &'static str {
    genes.iter().find(|gene| random < gene.up_to).map_or("?", |gene| gene.letter)
}

fn line(genes: &[Gene], seed: &mut i64) -> String {
    let mut text = String::new();
    for _ in 0..60 {
        *seed = (*seed * 3877 + 29573) % 139968;
        text.push_str(choose(genes, *seed as f64 / 139968.0));
    }
    text
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(60_000, |it| it.parse().unwrap());
    let genes = [
        Gene { letter: "a", up_to: 0.3029549426680 },
        Gene { letter: "c", up_to: 0.5009432431601 },
        Gene { letter: "g", up_to: 0.6984905497992 },
        Gene { letter: "t", up_to: 1.0 },
    ];
    let (mut seed, mut with_cat, mut last) = (42, 0, String::new());
    for _ in 0..size {
        last = line(&genes, &mut seed);
        with_cat += i64::from(last.contains("cat"));
    }
    println!("{with_cat} {last}");
}
