//! Every explanation of a syntax code fires exactly its code, and its mended program none.

use dark_diagnostics::codes;
use dark_source::FileId;
use dark_syntax::{Mode, parse};

fn found(program: &str) -> Vec<&'static str> {
    let mut ids: Vec<_> = parse(program, FileId(0), Mode::Package).diagnostics.iter().map(|it| it.code.id).collect();
    ids.dedup();
    ids
}

#[test]
fn each_page_fires_its_code_and_is_mended() {
    let mut wrong = Vec::new();
    let prefixes = ["E00", "E01", "W01"];
    for code in codes::all().filter(|code| prefixes.iter().any(|prefix| code.id.starts_with(prefix))) {
        let blocks: Vec<&str> = code
            .explanation
            .split("```")
            .skip(1)
            .step_by(2)
            .filter_map(|block| block.split_once('\n').map(|(_, program)| program))
            .collect();
        let [broken, mended] = blocks[..] else {
            wrong.push(format!("{}: two programs are needed, the page has {}", code.id, blocks.len()));
            continue;
        };
        if found(broken) != [code.id] {
            wrong.push(format!("{}: the broken program fires {:?}", code.id, found(broken)));
        }
        if !found(mended).is_empty() {
            wrong.push(format!("{}: the mended program fires {:?}", code.id, found(mended)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
