//! `darkc doc` as a person uses it: what it writes, and what it leaves alone.

mod support;

use std::process::Output;

use support::{Folder, darkc};

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn has(folder: &Folder, name: &str) -> bool {
    folder.0.join(name).exists()
}

fn doc(folder: &Folder, arguments: &[&str]) -> Output {
    darkc(&[&["doc"], arguments].concat(), &folder.0)
}

#[track_caller]
fn says(output: &Output, code: i32, stdout: &str, stderr: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout, "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains(stderr), "{output:?}");
    assert_eq!(output.status.code(), Some(code), "{output:?}");
}

#[test]
fn a_project_has_pages_that_know_nothing_of_the_machine() {
    let folder = Folder::new("project");
    folder.write("shop/dark.toml", "name = \"shop\"\n");
    folder.write("shop/main.dark", "/// Sells things.\nmodule Shop\n\n/// Twice.\nlet twice (n: Int) : Int = n * 2\n");
    folder.write("shop/tests/main.dark", "Shop.twice 1 = 2\n");
    let full = folder.0.join("shop").display().to_string();
    for path in ["shop", "shop/", full.as_str()] {
        says(&doc(&folder, &[path]), 0, "doc/index.html\n", "");
        let page = read(&folder, "doc/Shop.html");
        assert!(page.contains("<h3 id=\"twice\">") && page.contains(">main.dark:5</a>"), "{page}");
        assert!(!page.contains(&full) && has(&folder, "doc/source-main.dark.html"), "{path}");
    }
    says(&darkc(&["doc"], &folder.0.join("shop")), 0, "doc/index.html\n", "");
    assert!(has(&folder, "shop/doc/Stdlib.List.html"));
}

#[test]
fn the_library_has_pages() {
    let folder = Folder::new("library");
    says(&doc(&folder, &["--library", "-o", "out/library"]), 0, "out/library/index.html\n", "");
    assert!(read(&folder, "out/library/Stdlib.List.html").contains("<h3 id=\"map\">"));
    says(&doc(&folder, &["--library", "shop"]), 2, "", "cannot be used with");
}

#[test]
fn a_broken_project_gives_its_errors_and_no_pages() {
    let folder = Folder::new("broken");
    folder.write("one.dark", "let f (n: Int) : String = n\n");
    says(&doc(&folder, &["one.dark"]), 1, "", "E03");
    assert!(!has(&folder, "doc"));
    says(&doc(&folder, &["none"]), 2, "", "none does not exist");
    folder.write("empty/notes.txt", "");
    says(&doc(&folder, &["empty"]), 1, "", "no `.dark` file below empty");
}

#[test]
fn folders_of_others_are_left_as_they_are() {
    let folder = Folder::new("others");
    folder.write("one.dark", "let f (n: Int) : Int = n\n");
    folder.write("doc/notes.txt", "mine");
    says(&doc(&folder, &["one.dark"]), 1, "", "doc has files that `darkc doc` did not write");
    assert_eq!(std::fs::read_dir(folder.0.join("doc")).expect("a folder").count(), 1);
    says(&doc(&folder, &["one.dark", "-o", "one.dark"]), 1, "", "one.dark is no folder");
    std::fs::create_dir(folder.0.join("free")).expect("a folder");
    says(&doc(&folder, &["one.dark", "-o", "free"]), 0, "free/index.html\n", "");
}

#[test]
fn pages_of_modules_that_are_gone_go_and_what_others_added_stays() {
    let folder = Folder::new("again");
    folder.write("shop/main.dark", "module Old\n\nlet f (n: Int) : Int = n\n");
    says(&doc(&folder, &["shop"]), 0, "doc/index.html\n", "");
    assert!(has(&folder, "doc/Old.html"));
    folder.write("doc/notes.txt", "mine");
    folder.write("keep.txt", "mine");
    // A list that somebody changed cannot make us remove what is elsewhere.
    let list = read(&folder, "doc/.darkc-doc");
    folder.write("doc/.darkc-doc", format!("{list}../keep.txt\n/keep.txt\n.\n\n"));
    folder.write("shop/main.dark", "module New\n\nlet f (n: Int) : Int = n\n");
    says(&doc(&folder, &["shop"]), 0, "doc/index.html\n", "");
    assert!(has(&folder, "doc/New.html") && !has(&folder, "doc/Old.html"));
    assert_eq!((read(&folder, "doc/notes.txt"), read(&folder, "keep.txt")), ("mine".into(), "mine".into()));
}
