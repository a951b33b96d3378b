//! The sections of `docs/language.md`, and how many cases each has.
//!
//! A case belongs to the section that the last comment above it names: `// 9.3`. So does a program of `tests/run`. The
//! blocks of a section are cases too: `compiler/driver/tests/docs.rs` runs them. Sections that have no rule of their own
//! stand in `sections.md` beside the cases, with the reason.

use std::collections::BTreeMap;
use std::path::Path;

/// A chapter without parts, or a part of one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    pub cases: usize,
    pub blocks: usize,
    pub programs: usize,
    /// Why it needs no case.
    pub reason: Option<String>,
}

/// Chapter and part; the part is 0 for a chapter without parts.
pub type Number = (u32, u32);

#[derive(Debug, Default)]
pub struct Sections {
    all: BTreeMap<Number, Section>,
    /// Numbers that cases name and the page does not have.
    unknown: Vec<String>,
}

impl Sections {
    /// The page's sections with its blocks, the programs, and what is listed as being without rules.
    pub fn read(root: &Path) -> Result<Sections, String> {
        let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
        let mut out = Sections { all: of_page(&read(&root.join("docs/language.md"))?), unknown: Vec::new() };
        for (number, reason) in reasons(&read(&root.join("tests/conformance/language/sections.md"))?) {
            match out.all.get_mut(&number) {
                Some(section) => section.reason = Some(reason),
                None => out.unknown.push(format!("sections.md: {}", shown(number))),
            }
        }
        let folder = root.join("tests/run");
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in
            entries.flatten().map(|entry| entry.path()).filter(|it| it.extension().is_some_and(|it| it == "dark"))
        {
            for number in read(&path)?.lines().filter_map(named) {
                match out.all.get_mut(&number) {
                    Some(section) => section.programs += 1,
                    None => out.unknown.push(format!("{}: {}", path.display(), shown(number))),
                }
            }
        }
        Ok(out)
    }

    /// Counts a case of a file.
    pub fn count(&mut self, file: &str, text: &str, line: u32) {
        let above = text.lines().take(line as usize).filter_map(named).last();
        match above.map(|number| (number, self.all.get_mut(&number))) {
            Some((_, Some(section))) => section.cases += 1,
            Some((number, None)) => self.unknown.push(format!("{file}:{line}: {}", shown(number))),
            None => self.unknown.push(format!("{file}:{line}: no section")),
        }
    }

    /// The table; false if a rule has no case.
    pub fn print(&self) -> bool {
        println!("sections of docs/language.md\n  cases  blocks  programs");
        let mut good = self.unknown.is_empty();
        for (number, section) in &self.all {
            let Section { title, cases, blocks, programs, reason } = section;
            let none = cases + blocks + programs == 0;
            let note = match (reason, none) {
                (Some(reason), true) => format!("  ({reason})"),
                (Some(_), false) => "  FAIL: listed as being without rules, and has cases".into(),
                (None, true) => "  FAIL: no case".into(),
                (None, false) => String::new(),
            };
            good &= !note.contains("FAIL");
            println!("{cases:>7} {blocks:>7} {programs:>9}  {} {title}{note}", shown(*number));
        }
        for it in &self.unknown {
            println!("    FAIL: {it}: not a section of the page");
        }
        good
    }
}

fn shown(number: Number) -> String {
    match number {
        (chapter, 0) => chapter.to_string(),
        (chapter, part) => format!("{chapter}.{part}"),
    }
}

/// `9`, `9.3`.
fn number(text: &str) -> Option<Number> {
    let (chapter, part) = text.split_once('.').unwrap_or((text, "0"));
    Some((chapter.parse().ok()?, part.parse().ok()?))
}

/// The section that a comment names.
fn named(line: &str) -> Option<Number> {
    number(line.trim_start().strip_prefix("// ")?.split_whitespace().next()?)
}

fn of_page(page: &str) -> BTreeMap<Number, Section> {
    let mut all: BTreeMap<Number, Section> = BTreeMap::new();
    let (mut at, mut inside) = ((0, 0), false);
    for line in page.lines() {
        if let Some(mark) = line.strip_prefix("```") {
            inside = !inside;
            let counted = inside && matches!(mark, "dark" | "dark-package" | "dark-bad");
            if let Some(section) = all.get_mut(&at).filter(|_| counted) {
                section.blocks += 1;
            }
        }
        let heading = line.strip_prefix("### ").or_else(|| line.strip_prefix("## ")).filter(|_| !inside);
        let Some((first, title)) = heading.and_then(|it| it.split_once(' ')) else { continue };
        if let Some(found) = number(first.trim_end_matches('.')) {
            at = found;
            // A chapter with parts has its rules in them.
            let blocks = all.remove(&(at.0, 0)).map_or(0, |chapter| chapter.blocks);
            all.insert(at, Section { title: title.into(), blocks, ..Section::default() });
        }
    }
    all
}

/// The rows `| 3.1 | reason |`.
fn reasons(text: &str) -> Vec<(Number, String)> {
    let rows = text.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|')?.split_once('|'));
    rows.filter_map(|(first, reason)| Some((number(first.trim())?, reason.trim().to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Page\n## 1. One\n```dark\n1\n```\n## 2. Two\n```dark\n## 9. no\n```\n### 2.1 A, b\n### 2.2 C\n```dark-bad\n1\n```\n";

    #[test]
    fn chapters_with_parts_are_their_parts() {
        let all = of_page(PAGE);
        let found: Vec<_> = all.iter().map(|(number, it)| (*number, it.title.as_str(), it.blocks)).collect();
        assert_eq!(found, [((1, 0), "One", 1), ((2, 1), "A, b", 1), ((2, 2), "C", 1)]);
    }

    #[test]
    fn a_case_belongs_to_the_comment_above_it() {
        let mut sections = Sections { all: of_page(PAGE), unknown: Vec::new() };
        let text = "// Chapter 2\n  // 2.1 names\n1 = 1\n// 2.10\n2 = 2\n";
        sections.count("a", text, 3);
        sections.count("a", text, 5);
        sections.count("a", text, 1);
        assert_eq!(sections.all[&(2, 1)].cases, 1);
        assert_eq!(sections.unknown, ["a:5: 2.10", "a:1: no section"]);
    }

    #[test]
    fn a_section_without_a_case_fails_unless_a_reason_is_listed() {
        let mut sections = Sections { all: of_page("## 1. One\n"), unknown: Vec::new() };
        assert!(!sections.print());
        for (number, reason) in reasons("| section | why |\n|---|---|\n| 1 | words |\n") {
            sections.all.get_mut(&number).expect("known").reason = Some(reason);
        }
        assert!(sections.print());
        sections.count("a", "// 1\n1 = 1\n", 2);
        assert!(!sections.print());
    }
}
