//! One diagnostic in its three forms, and places that no renderer may stumble over.

use super::*;
use crate::{Diagnostic, Edit, Fix, codes};
use dark_source::Span;

struct OneFile(&'static str);

impl Sources for OneFile {
    fn path(&self, _: FileId) -> &str {
        "orders.dark"
    }
    fn text(&self, _: FileId) -> &str {
        self.0
    }
}

const FILE: FileId = FileId(0);
const TEXT: &str = "let name (n: Int) : String =\n  // żółw\n  match n\n  | 1 -> \"one\"\n";

fn sample() -> Diagnostic {
    let bar = TEXT.find('|').unwrap();
    let keyword = TEXT.find("match").unwrap();
    Diagnostic::new(codes::E0003, "this `match` has no `with`", FILE, Span::new(bar, bar + 1), "`with` belongs before")
        .because(FILE, Span::new(keyword, keyword + 5), "of this `match`")
        .help("write `match n with`")
        .note("cases follow the `with`")
}

#[test]
fn the_picture_shows_both_places_and_names_the_command_that_explains() {
    insta::assert_snapshot!(human(&sample(), &OneFile(TEXT), false), @r#"
    [E0003] Error: this `match` has no `with`
       ╭─[ orders.dark:4:3 ]
       │
     3 │   match n
       │   ──┬──
       │     ╰──── of this `match`
     4 │   | 1 -> "one"
       │   ┬
       │   ╰── `with` belongs before
       │
       │ Help: write `match n with`
       │
       │ Note: cases follow the `with` (darkc explain E0003)
    ───╯
    "#);
}

#[test]
fn without_a_rule_the_note_still_names_the_command() {
    let diagnostic = Diagnostic { notes: Vec::new(), ..sample() };
    let shown = human(&diagnostic, &OneFile(TEXT), false);
    assert!(shown.contains("Note: `darkc explain E0003` shows an example"), "{shown}");
}

#[test]
fn the_short_form_is_one_line() {
    assert_eq!(short(&sample(), &OneFile(TEXT)), "orders.dark:4:3: error[E0003]: this `match` has no `with`");
    let quoting = Diagnostic { title: "a\nb\u{1b}[31m".into(), ..sample() };
    assert_eq!(short(&quoting, &OneFile(TEXT)), "orders.dark:4:3: error[E0003]: a b?[31m");
}

#[test]
fn the_json_form_has_bytes_lines_and_fixes() {
    let place = sample().primary.location;
    let fix = Fix { title: "add `with`".into(), edits: vec![Edit { location: place, text: "with".into() }] };
    let value: serde_json::Value = serde_json::from_str(&json(&sample().fix(fix), &OneFile(TEXT))).unwrap();
    assert_eq!(value["code"], "E0003");
    assert_eq!(value["severity"], "error");
    let start = &value["primary"]["start"];
    assert_eq!((&start["line"], &start["column"]), (&4.into(), &3.into()));
    assert_eq!(start["offset"], TEXT.find('|').unwrap());
    assert_eq!(value["secondary"][0]["start"]["line"], 3);
    assert_eq!(value["fixes"][0]["edits"][0]["text"], "with");
    assert_eq!(value["fixes"][0]["edits"][0]["file"], "orders.dark");
}

#[test]
fn colour_is_only_used_when_asked_for() {
    assert!(human(&sample(), &OneFile(TEXT), true).contains('\u{1b}'));
    assert!(!human(&sample(), &OneFile(TEXT), false).contains('\u{1b}'));
}

#[test]
fn text_cannot_drive_the_terminal() {
    let text = "let a\u{1b}[31m\u{202e} =\u{85}x";
    let diagnostic = Diagnostic::new(codes::E0001, "odd", FILE, Span::new(0, 3), "here");
    let shown = human(&diagnostic, &OneFile(text), false);
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{85}']), "{shown}");
    assert_eq!(printable(text).len(), text.len());
}

/// Every pair of offsets, in order or not, on a character boundary or not, inside the text or behind it.
#[test]
fn every_place_can_be_drawn() {
    for text in ["", "\n", "a", "ż\n👩b\r\n\n", "\t\tx\n"] {
        for start in 0..text.len() as u32 + 3 {
            for end in 0..text.len() as u32 + 3 {
                let at = Diagnostic::new(codes::E0001, "somewhere", FILE, Span { start, end }, "here");
                assert!(human(&at, &OneFile(text), false).contains("somewhere"));
                assert!(short(&at, &OneFile(text)).contains("somewhere"));
                assert!(json(&at, &OneFile(text)).contains("somewhere"));
            }
        }
    }
}
