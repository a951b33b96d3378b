//! Queries as a person meets them: what is refused (`tests/ui/queries`), the page that lists what is not, and the tests of
//! the library's datastores.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn darkc(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_darkc"));
    command.current_dir(folder).args(arguments).output().expect("darkc runs")
}

#[test]
fn refusals_underline_the_expression_and_say_what_to_do() {
    let folder = root().join("tests/ui/queries");
    let entries = std::fs::read_dir(&folder).expect("the folder is there").flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().to_string_lossy().strip_suffix(".dark").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 5, "{names:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in names {
            let output = darkc(&folder, &["check", &format!("{name}.dark")]);
            assert_eq!(output.status.code(), Some(1), "{name}");
            insta::assert_snapshot!(name.as_str(), String::from_utf8_lossy(&output.stderr));
        }
    });
}

#[test]
fn the_page_lists_every_function_that_the_database_knows() {
    let output = darkc(&root(), &["explain", "queries"]);
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut count = 0;
    for entry in std::fs::read_dir(root().join("std")).expect("std/").flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("readable");
        let module = text.lines().find_map(|line| line.strip_prefix("module Darklang.")).unwrap_or_default();
        for (attribute, declaration) in text.lines().zip(text.lines().skip(1)) {
            let marked = attribute.starts_with("[<") && attribute.split(['<', '>', ';', ' ']).any(|word| word == "Sql");
            if let (true, Some(rest)) = (marked, declaration.strip_prefix("let ")) {
                let name = format!("    {module}.{}\n", rest.split(' ').next().unwrap_or_default());
                assert!(page.contains(&name), "{name} is not in\n{page}");
                count += 1;
            }
        }
    }
    assert_eq!(count, page.lines().filter(|line| line.starts_with("    ")).count());
    assert!(count >= 16, "{page}");
}

#[test]
fn datastores_do_what_the_library_says_and_queries_mean_what_filters_mean() {
    for name in ["db", "dbqueries"] {
        let output = darkc(&root(), &["test", &format!("tests/conformance/library/{name}.dark")]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}:\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
        let passed = said.lines().last().and_then(|line| line.strip_suffix(" passed, 0 failed"));
        assert!(passed.and_then(|number| number.parse().ok()).is_some_and(|number: u32| number >= 100), "{said}");
    }
}
