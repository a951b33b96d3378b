//! The command line as a person uses it: what is printed where, and the exit codes that scripts depend on.

mod support;

use std::process::Command;

use support::{Folder, darkc, repository, text};

#[test]
fn a_wrong_program_is_code_1_with_a_picture_on_standard_error() {
    let folder = Folder::new("wrong");
    folder.write("main.dark", "let f (n: Int) : String = n\n");
    let output = darkc(&["check"], &folder.0);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).is_empty());
    let picture = text(&output.stderr);
    assert!(
        picture.contains("[E0303]") && picture.contains("main.dark:1:27") && picture.contains("1 error"),
        "{picture}"
    );
    assert!(!picture.contains('\u{1b}'), "no colour outside a terminal");
}

#[test]
fn short_and_json_go_to_standard_output() {
    let folder = Folder::new("formats");
    folder.write("main.dark", "let f (n: Int) : String = n\n");
    let short = text(&darkc(&["check", "--format", "short"], &folder.0).stdout);
    assert_eq!(short, "main.dark:1:27: error[E0303]: this function returns a String, not an Int\n");
    let json = text(&darkc(&["check", "--format", "json"], &folder.0).stdout);
    assert!(json.starts_with('{') && json.contains("\"code\":\"E0303\"") && json.lines().count() == 1, "{json}");
}

#[test]
fn wrong_usage_is_code_2_and_names_the_word() {
    let folder = Folder::new("usage");
    for (arguments, word) in
        [(&["chekc"][..], "chekc"), (&["check", "--fromat", "json"], "--fromat"), (&["check", "nowhere"], "nowhere")]
    {
        let output = darkc(arguments, &folder.0);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(word), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn what_is_no_program_is_a_clear_message() {
    let folder = Folder::new("bad");
    assert!(text(&darkc(&["check"], &folder.0).stderr).contains("no `.dark` file"), "an empty folder");
    folder.write("main.dark", [0x66, 0xff, 0xfe]);
    let output = darkc(&["check"], &folder.0);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("main.dark is not UTF-8 (byte 1)"), "{}", text(&output.stderr));
    folder.write("main.dark", "val a = 1\n").write("dark.toml", "nmae = \"x\"\n");
    let message = text(&darkc(&["check"], &folder.0).stderr);
    assert!(message.contains("dark.toml") && message.contains("nmae"), "{message}");
}

#[test]
fn explain_knows_codes_by_number_and_name() {
    let here = repository();
    let by_number = darkc(&["explain", "E0301"], &here);
    let by_name = darkc(&["explain", "branch-types-differ"], &here);
    assert_eq!(by_number.status.code(), Some(0));
    assert_eq!(by_number.stdout, by_name.stdout);
    assert!(text(&darkc(&["explain"], &here).stdout).lines().count() > 50);
    assert_eq!(darkc(&["explain", "E9999"], &here).status.code(), Some(2));
}

#[test]
fn a_new_project_has_nothing_wrong_and_takes_no_other_folder() {
    let folder = Folder::new("new");
    for template in ["api", "slack", "webhook", "worker"] {
        let made = darkc(&["new", template, "--template", template], &folder.0);
        assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
        let checked = darkc(&["check", template, "--format", "short"], &folder.0);
        assert_eq!((checked.status.code(), text(&checked.stdout)), (Some(0), String::new()), "{template}");
        assert_eq!(darkc(&["new", template], &folder.0).status.code(), Some(2), "the folder is not empty");
    }
}

#[test]
fn examples_and_test_programs_have_no_errors() {
    let root = repository();
    let mut paths = vec![root.join("tests/apps/jobs"), root.join("tests/apps/limits")];
    for folder in ["examples", "tests/run"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder is there").flatten();
        paths.extend(
            entries.map(|it| it.path()).filter(|it| it.is_dir() || it.extension().is_some_and(|e| e == "dark")),
        );
    }
    assert!(paths.len() > 20);
    for path in paths {
        let path = path.to_string_lossy();
        let output = darkc(&["check", &path, "--format", "short"], &root);
        assert_eq!(output.status.code(), Some(0), "{path}: {}{}", text(&output.stdout), text(&output.stderr));
    }
}

#[test]
fn a_reader_that_stops_early_is_no_fault() {
    let folder = Folder::new("pipe");
    let lines: String = (0..2000).map(|i| format!("let f{i} (n: Int) : String = n\n")).collect();
    folder.write("main.dark", lines);
    let output = Command::new("sh")
        .args(["-c", "\"$0\" check --format short | head -n 1"])
        .arg(env!("CARGO_BIN_EXE_darkc"))
        .current_dir(&folder.0)
        .output()
        .expect("sh runs");
    assert_eq!(text(&output.stdout).lines().count(), 1);
    assert!(!text(&output.stderr).contains("fault"), "{}", text(&output.stderr));
}
