//! A small project for the features' tests: `main.dark` with a `$` where the cursor is, and `other.dark`.

use crate::{Analysis, FileKind};
use dark_source::FileId;

const OTHER: &str = "module Other

type Point = { x: Int; y: Int }

type Colour =
  | Red
  | Green

/// Twice the number.
let double (n: Int) : Int = n * 2
";

/// The project, the marked file, the cursor's offset. The last `$` is the cursor.
pub fn project(marked: &str) -> (Analysis, FileId, u32) {
    let offset = marked.rfind('$').unwrap_or(marked.len());
    let text = format!("{}{}", &marked[..offset], marked.get(offset + 1..).unwrap_or_default());
    let option = include_str!("../../../std/option.dark").to_string();
    let mut analysis = Analysis::new("Main", Vec::new(), vec![("option.dark".into(), option)], true);
    analysis.set_file("other.dark", OTHER.into(), FileKind::Package);
    let file = analysis.set_file("main.dark", text, FileKind::Package);
    (analysis, file, offset as u32)
}
