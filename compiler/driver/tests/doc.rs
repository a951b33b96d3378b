//! `darkc doc` as a person uses it: what it writes, and what it leaves alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("dark-doc-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    fn doc(&self, arguments: &[&str]) -> Output {
        darkc(&[&["doc"], arguments].concat(), &self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn darkc(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_darkc")).args(arguments).current_dir(folder).output().expect("darkc runs")
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
        says(&folder.doc(&[path]), 0, "doc/index.html\n", "");
        let page = folder.read("doc/Shop.html");
        assert!(page.contains("<h3 id=\"twice\">") && page.contains(">main.dark:5</a>"), "{page}");
        assert!(!page.contains(&full) && folder.has("doc/source-main.dark.html"), "{path}");
    }
    says(&darkc(&["doc"], &folder.0.join("shop")), 0, "doc/index.html\n", "");
    assert!(folder.has("shop/doc/Stdlib.List.html"));
}

#[test]
fn the_library_has_pages() {
    let folder = Folder::new("library");
    says(&folder.doc(&["--library", "-o", "out/library"]), 0, "out/library/index.html\n", "");
    assert!(folder.read("out/library/Stdlib.List.html").contains("<h3 id=\"map\">"));
    says(&folder.doc(&["--library", "shop"]), 2, "", "cannot be used with");
}

#[test]
fn a_broken_project_gives_its_errors_and_no_pages() {
    let folder = Folder::new("broken");
    folder.write("one.dark", "let f (n: Int) : String = n\n");
    says(&folder.doc(&["one.dark"]), 1, "", "E03");
    assert!(!folder.has("doc"));
    says(&folder.doc(&["none"]), 2, "", "none does not exist");
    folder.write("empty/notes.txt", "");
    says(&folder.doc(&["empty"]), 1, "", "no `.dark` file below empty");
}

#[test]
fn folders_of_others_are_left_as_they_are() {
    let folder = Folder::new("others");
    folder.write("one.dark", "let f (n: Int) : Int = n\n");
    folder.write("doc/notes.txt", "mine");
    says(&folder.doc(&["one.dark"]), 1, "", "doc has files that `darkc doc` did not write");
    assert_eq!(std::fs::read_dir(folder.0.join("doc")).expect("a folder").count(), 1);
    says(&folder.doc(&["one.dark", "-o", "one.dark"]), 1, "", "one.dark is no folder");
    std::fs::create_dir(folder.0.join("free")).expect("a folder");
    says(&folder.doc(&["one.dark", "-o", "free"]), 0, "free/index.html\n", "");
}

#[test]
fn pages_of_modules_that_are_gone_go_and_what_others_added_stays() {
    let folder = Folder::new("again");
    folder.write("shop/main.dark", "module Old\n\nlet f (n: Int) : Int = n\n");
    says(&folder.doc(&["shop"]), 0, "doc/index.html\n", "");
    assert!(folder.has("doc/Old.html"));
    folder.write("doc/notes.txt", "mine");
    folder.write("keep.txt", "mine");
    // A list that somebody changed cannot make us remove what is elsewhere.
    let list = folder.read("doc/.darkc-doc");
    folder.write("doc/.darkc-doc", &format!("{list}../keep.txt\n/keep.txt\n.\n\n"));
    folder.write("shop/main.dark", "module New\n\nlet f (n: Int) : Int = n\n");
    says(&folder.doc(&["shop"]), 0, "doc/index.html\n", "");
    assert!(folder.has("doc/New.html") && !folder.has("doc/Old.html"));
    assert_eq!((folder.read("doc/notes.txt"), folder.read("keep.txt")), ("mine".into(), "mine".into()));
}
