//! What formatting makes of the programs in `fixtures`, one for each area, as pictures beside them.

use dark_format::format_file;
use dark_source::FileId;
use dark_syntax::Mode;
use std::path::Path;

#[test]
fn fixtures_are_formatted_as_pictured() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let entries = std::fs::read_dir(&folder).expect("the folder is there").flatten().map(|it| it.path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|it| it == "dark")).collect();
    paths.sort();
    assert!(paths.len() >= 6, "{} fixtures", paths.len());
    settings.bind(|| {
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("readable");
            let out = format_file(&text, FileId(0), Mode::Package);
            let out = out.unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
            insta::assert_snapshot!(path.file_stem().unwrap_or_default().to_string_lossy().as_ref(), out);
        }
    });
}
