//! Programs with their lines broken, joined and indented at random, and comments dropped in between. Whatever still
//! parses is formatted: the same tree, every comment, and once is enough. `DARK_FUZZ_ROUNDS` asks for more rounds.

use dark_format::{Unformatted, format};
use dark_source::FileId;
use dark_syntax::Mode;
use std::path::{Path, PathBuf};

const MODES: [Mode; 4] = [Mode::Std, Mode::Package, Mode::Script, Mode::Test];

/// Marsaglia's xorshift: a few lines, and the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// The text with one blank or line end changed.
fn change(text: &str, random: &mut Random) -> String {
    let places: Vec<usize> = text.match_indices([' ', '\n']).map(|(at, _)| at).collect();
    let Some(&at) = places.get(random.below(places.len())) else { return text.to_owned() };
    let (before, behind) = (&text[..at], &text[at + 1..]);
    let indent = " ".repeat(random.below(14));
    let rest = behind.trim_start_matches(' ');
    match random.below(9) {
        0 | 1 => format!("{before}\n{indent}{rest}"),
        2 | 3 => format!("{before} {rest}"),
        4 => format!("{before} // note\n{indent}{rest}"),
        5 => format!("{before}\n// alone\n{indent}{rest}"),
        6 => format!("{before} (* inside *) {rest}"),
        7 => format!("{before}\n\n\n{indent}{rest}"),
        // Between a keyword and the name it documents nothing the tree keeps: files with that are left as they are.
        _ if ["let", "val", "type", "module"].iter().any(|word| before.ends_with(word)) => text.to_owned(),
        _ => format!("{before} /// documents\n{indent}{rest}"),
    }
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|it| it == "dark") {
            out.push(path);
        }
    }
}

#[test]
fn what_still_parses_keeps_its_meaning_and_its_comments() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in ["std", "examples", "tests/run", "compiler/format/tests/fixtures"] {
        files(&root.join(folder), &mut paths);
    }
    paths.sort();
    let texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).expect("readable")).collect();
    let rounds = std::env::var("DARK_FUZZ_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(400);
    let seed = std::env::var("DARK_FUZZ_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(7);
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ seed);
    let (mut formatted, mut unfaithful) = (0, Vec::new());
    for round in 0..rounds {
        let mut text = pieces(&texts[random.below(texts.len())], &mut random);
        for _ in 0..=random.below(4) {
            text = change(&text, &mut random);
        }
        for mode in MODES {
            match format(&text, FileId(0), mode) {
                Ok(_) => formatted += 1,
                Err(Unformatted::Broken(_)) => continue,
                Err(Unformatted::Unfaithful) => unfaithful.push(format!("round {round}, {mode:?}:\n{text}\n")),
            }
            break;
        }
    }
    assert!(unfaithful.is_empty(), "{} of {rounds}:\n{}", unfaithful.len(), unfaithful.join("\n"));
    assert!(formatted * 8 > rounds, "{formatted} of {rounds} could be formatted");
}

/// Some lines of a text from the beginning of an item, so that a round is short.
fn pieces(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &str| !line.is_empty() && !line.starts_with([' ', '}', ']', ')', '|']);
    let starts: Vec<usize> = (0..lines.len()).filter(|index| begins(lines[*index])).collect();
    let Some(&first) = starts.get(random.below(starts.len())) else { return text.to_owned() };
    let last = starts.iter().copied().filter(|it| *it > first).nth(random.below(12)).unwrap_or(lines.len());
    lines[first..last].join("\n")
}
