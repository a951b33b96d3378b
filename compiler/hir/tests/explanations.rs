//! Every explanation of a code of this crate fires exactly its code, and its mended program none.

use dark_diagnostics::codes;
use dark_hir::{Database, FileKind, Project, Settings, SourceFile, queries};
use dark_source::FileId;
use std::path::Path;

fn found(program: &str, kind: FileKind) -> Vec<&'static str> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../std");
    let db = Database::default();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("std/").flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("readable");
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push(SourceFile::new(&db, FileId(files.len() as u32), name, text, FileKind::Std));
    }
    let own = SourceFile::new(&db, FileId(files.len() as u32), "main.dark".into(), program.into(), kind);
    files.push(own);
    Project::new(&db, files, "Main".into());
    Settings::new(&db, vec!["STRIPE_KEY".into()]);
    let ends = queries::exit_problems(&db);
    let mut ids: Vec<_> = queries::diagnostics(&db, own).iter().chain(&ends).map(|it| it.code.id).collect();
    ids.dedup();
    ids
}

#[test]
fn each_page_fires_its_code_and_is_mended() {
    let mut wrong = Vec::new();
    let prefixes = ["E02", "E03", "E04", "E05", "W02", "W04", "W05"];
    // Those of queries are found behind this crate: `dark_ir` tests them.
    let own = |id: &str| prefixes.iter().any(|prefix| id.starts_with(prefix)) && !id.starts_with("E052");
    for code in codes::all().filter(|code| own(code.id)) {
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
        let kind = match code.id {
            "E0316" => FileKind::Test,
            "E0319" => FileKind::Script,
            _ => FileKind::Package,
        };
        if found(broken, kind) != [code.id] {
            wrong.push(format!("{}: the broken program fires {:?}", code.id, found(broken, kind)));
        }
        if !found(mended, kind).is_empty() {
            wrong.push(format!("{}: the mended program fires {:?}", code.id, found(mended, kind)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
