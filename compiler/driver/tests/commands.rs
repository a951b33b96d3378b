//! `new`, `build`, `run`, `eval` and `test` as a person uses them.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::{Folder, darkc, text};

#[track_caller]
fn says(output: &Output, code: i32, stdout: &str) {
    assert_eq!(text(&output.stdout), stdout, "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
}

#[test]
fn every_template_checks_tests_and_builds_unmodified() {
    for template in ["api", "slack", "webhook", "worker"] {
        let folder = Folder::new(template);
        let made = darkc(&["new", "my-shop", "--template", template], &folder.0);
        assert!(made.status.success(), "{}", text(&made.stderr));
        let project = folder.0.join("my-shop");
        says(&darkc(&["check"], &project), 0, "");
        let tested = darkc(&["test"], &project);
        assert!(tested.status.success() && text(&tested.stdout).ends_with(" passed, 0 failed\n"), "{tested:?}");
        says(&darkc(&["build", "--dev"], &project), 0, "");
        let routes = Command::new(project.join("my-shop")).arg("routes").output().expect("it starts");
        assert!(text(&routes.stdout).contains("POST /"), "{routes:?}");
    }
}

#[test]
fn eval_prints_the_value() {
    let folder = Folder::new("eval");
    let eval = |expression: &str| darkc(&["eval", expression], &folder.0);
    says(&eval("[ 1L; 2L; 3L ] |> Stdlib.List.map (fun x -> x * 2L)"), 0, "[2, 4, 6]\n");
    says(&eval("2 ^ 100"), 0, "1267650600228229401496703205376\n");
    let failed = eval("1 / 0");
    says(&failed, 1, "");
    assert_eq!(text(&failed.stderr), "Error: Cannot divide by 0\n   at <expression>:1:1\n");
    let wrong = eval("1 + \"a\"");
    says(&wrong, 1, "");
    assert!(text(&wrong.stderr).contains("E0304"), "{wrong:?}");
}

#[test]
fn a_script_runs_and_its_last_value_is_the_exit_code() {
    let folder = Folder::new("script");
    folder.write("hello.dark", "Stdlib.printLine \"hello\"\n3\n");
    says(&darkc(&["run", "hello.dark"], &folder.0), 3, "hello\n");
    // The second time it comes from the cache.
    says(&darkc(&["run", "hello.dark"], &folder.0), 3, "hello\n");
    folder.write("empty.dark", "let f (n: Int) : Int = n\n");
    let nothing = darkc(&["run", "empty.dark"], &folder.0);
    says(&nothing, 1, "");
    assert!(text(&nothing.stderr).contains("nothing to run"), "{nothing:?}");
}

#[test]
fn scripts_end_with_an_exit_code_and_lose_no_value_before() {
    let folder = Folder::new("script-ends");
    let run = |program: &str| {
        folder.write("s.dark", program);
        darkc(&["run", "s.dark"], &folder.0)
    };
    for (program, code) in [("5", 5), ("5L", 5), ("()", 0), ("let x = 1\nx + 1", 2)] {
        says(&run(program), code, "");
    }
    for program in ["\"a\"", "1.5", "5y", "Some 1", "let x = 1\n(x, x)"] {
        let output = run(program);
        says(&output, 1, "");
        assert!(text(&output.stderr).contains("E0319"), "{program}: {output:?}");
        // A script that is not run may end with anything: so do examples.
        says(&darkc(&["check", "s.dark"], &folder.0), 0, "");
    }
    let lost = run("5\n()");
    assert!(text(&lost.stderr).contains("E0312"), "{lost:?}");
    for program in ["", "// nothing", "type T = | A"] {
        let output = run(program);
        says(&output, 1, "");
        assert!(text(&output.stderr).contains("there is nothing to run"), "{program}: {output:?}");
    }
}

#[test]
fn an_expected_error_is_not_met_by_another_mistake() {
    let folder = Folder::new("other-mistake");
    let tests = [
        ("let f (x: Int) : Int = x", None),
        ("f \"a\" = error=\"f's 1st parameter `x` expects Int, but got String (_)\"", Some("pass")),
        ("f \"a\" = error=\"Cannot divide by 0\"", Some("compile-error")),
        ("f \"a\" = error=\"f's 1st parameter `x` expects Bool, but got String (_)\"", Some("compile-error")),
        ("f \"a\" = error=\"f's 2nd parameter `x` expects Int, but got String (_)\"", Some("compile-error")),
        ("f \"a\" = error=\"\"", Some("compile-error")),
        ("missing = error=\"There is no variable named: other\"", Some("compile-error")),
        ("(if true then 1 else 1 + \"a\") = error=\"Cannot divide by 0\"", Some("compile-error")),
        ("1 + = error=\"Cannot divide by 0\"", Some("compile-error")),
        ("f 1 = error=\"Cannot divide by 0\"", Some("fail")),
        ("1 / 0 = error=\"Cannot divide by 1\"", Some("fail")),
        ("1 / 0 = error=\"Cannot divide by 0\"", Some("pass")),
    ];
    let lines: Vec<&str> = tests.iter().map(|(line, _)| *line).collect();
    folder.write("t.dark", lines.join("\n"));
    let numbered = tests.iter().zip(1..).filter_map(|((_, status), line)| Some((line, (*status)?)));
    let output = darkc(&["test", "t.dark", "--format", "json"], &folder.0);
    has_statuses(&output, &numbered.collect::<Vec<(u64, &str)>>());
}

#[test]
fn a_broken_library_is_named() {
    let folder = Folder::new("broken-library");
    let std = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../std");
    for file in std::fs::read_dir(std).expect("std/").flatten() {
        let (name, mut library) = (file.file_name(), std::fs::read_to_string(file.path()).expect("readable"));
        if name == "int.dark" {
            library.push_str("\nlet broken (a: Int) : String = a\n");
        }
        folder.write(&format!("std/{}", name.to_string_lossy()), &library);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_darkc"))
        .args(["eval", "Stdlib.Int.broken 1"])
        .env("DARK_STD", folder.0.join("std"))
        .current_dir(&folder.0)
        .output()
        .expect("darkc runs");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said.contains("E0303") && said.contains("std/int.dark") && !said.contains("a fault"), "{said}");
}

#[test]
fn a_program_without_handlers_begins_with_main() {
    let folder = Folder::new("main");
    folder.write(
        "hello/words.dark",
        "let main (args: List<String>) : Int =\n  let _ = Stdlib.printLine (Stdlib.String.join args \"|\")\n  \
         Stdlib.List.length args\n",
    );
    says(&darkc(&["run", "hello", "--", "a", "b c"], &folder.0), 2, "a|b c\n");
    says(&darkc(&["run", "hello/words.dark"], &folder.0), 0, "\n");
    // The project's own counts, whatever else is called so.
    folder.write("hello/other.dark", "module Other\nlet main () : Unit = Stdlib.printLine \"other\"\n");
    says(&darkc(&["run", "hello", "--", "a"], &folder.0), 1, "a\n");
    folder.write("two/one.dark", "module One\nlet main () : Unit = Stdlib.printLine \"one\"\n");
    says(&darkc(&["run", "two"], &folder.0), 0, "one\n");
    folder.write("two/three.dark", "module Three\nlet main () : Int64 = 7L\n");
    let several = darkc(&["run", "two"], &folder.0);
    says(&several, 1, "");
    assert!(text(&several.stderr).contains("`One.main`, `Three.main`"), "{several:?}");
    folder.write("wrong/one.dark", "module One\nlet main (n: Int) : Unit = ()\n");
    let wrong = darkc(&["run", "wrong"], &folder.0);
    says(&wrong, 1, "");
    assert!(text(&wrong.stderr).contains("`One.main` cannot begin a program: it takes `()`"), "{wrong:?}");
}

#[test]
fn canvas_files_call_all_of_their_handlers_the_same() {
    let folder = Folder::new("canvas");
    let handler = |route: &str| {
        format!(
            "[<HttpHandler(\"GET\", \"{route}\")>]\nlet _handler _req =\n  Stdlib.Http.responseWithText request.url 200\n\n"
        )
    };
    folder.write("main.dark", &(handler("/") + &handler("/feed.xml") + &handler("/users/:id")));
    says(&darkc(&["build", "main.dark", "--dev", "-o", "canvas"], &folder.0), 0, "");
    let routes = Command::new(folder.0.join("canvas")).arg("routes").output().expect("the program runs");
    assert_eq!(text(&routes.stdout), "GET /\nGET /feed.xml\nGET /users/:id\n");
    folder.write("main.dark", &(handler("/") + &handler("/")));
    assert_eq!(darkc(&["check", "main.dark"], &folder.0).status.code(), Some(1));
}

#[test]
fn modules_of_a_project_may_be_called_internal() {
    let folder = Folder::new("internal");
    folder.write("own/one.dark", "module Darklang.Stdlib.Shop.Internal\nlet price () : Int = 3\n");
    folder.write("own/two.dark", "module Two\nlet main () : Int = Stdlib.Shop.Internal.price ()\n");
    says(&darkc(&["run", "own"], &folder.0), 3, "");
    folder.write("own/two.dark", "module Two\nlet main () : Unit = Stdlib.Http.Internal.checkHeader \"a\" \"b\"\n");
    assert_eq!(darkc(&["run", "own"], &folder.0).status.code(), Some(1));
}

#[test]
fn a_script_of_a_project_sees_its_files() {
    let folder = Folder::new("beside");
    folder.write("shop/dark.toml", "");
    folder.write("shop/price.dark", "let price (n: Int) : Int = n * 3\n");
    folder.write("shop/names.dark", "module Names\nval hello = \"hello\"\n");
    folder.write("shop/scripts/fill.dark", "Stdlib.printLine Names.hello\nprice 2\n");
    says(&darkc(&["run", "shop/scripts/fill.dark"], &folder.0), 6, "hello\n");
    // A server beside it is not started.
    folder.write("shop/server.dark", "[<HttpHandler(\"GET\", \"/\")>]\nlet index () : String = Names.hello\n");
    says(&darkc(&["run", "shop/scripts/fill.dark"], &folder.0), 6, "hello\n");
    // A package file that is named stands for its project, without what is built apart.
    says(&darkc(&["check", "shop/server.dark"], &folder.0), 0, "");
    // Each script is looked at by itself: what two declare does not meet.
    folder.write("shop/scripts/other.dark", "let price (n: Int) : Int = n\nprice 2\n");
    folder.write("shop/scripts/names.dark", "let hello (n: Int) : Int = n\nhello 2\n");
    let checked = darkc(&["check", "shop", "--format", "short"], &folder.0);
    let said = text(&checked.stdout);
    assert!(
        said.contains("other.dark:1") && !said.contains("names.dark") && !said.contains("fill.dark"),
        "{checked:?}"
    );
    std::fs::remove_file(folder.0.join("shop/scripts/other.dark")).expect("removed");
    says(&darkc(&["check", "shop"], &folder.0), 0, "");
    // Programs are built without tests, whatever is wrong with them.
    folder.write("shop/tests/wrong.dark", "nothing () = 1\n");
    says(&darkc(&["run", "shop/scripts/fill.dark"], &folder.0), 6, "hello\n");
    says(&darkc(&["check", "shop"], &folder.0), 1, "");
    folder.write("tried/tests/one.dark", "1 + 1 = 2\n");
    let nothing = darkc(&["run", "tried"], &folder.0);
    assert!(text(&nothing.stderr).contains("`darkc test` runs them"), "{nothing:?}");
}

#[test]
fn a_broken_test_fails_alone() {
    let folder = Folder::new("tests");
    folder.write(
        "maths.dark",
        "module Arith =\n  let inc (n: Int) : Int = n + 1\n  inc 1 = 2\n  inc 2 = 4\n  1 / 0 = error=\"Cannot divide by 0\"\n  \
         inc \"a\" = 1\n\nlet broken (n: Int) : String = n\nbroken 1 = \"1\"\nArith.inc 5 = 6\n",
    );
    let human = darkc(&["test", "maths.dark"], &folder.0);
    let said = text(&human.stdout);
    assert_eq!(human.status.code(), Some(1), "{human:?}");
    assert!(said.contains("maths.dark:4 (Arith): inc 2\n   expected: 4\n   found:    3"), "{said}");
    assert!(said.contains("maths.dark:6 (Arith): inc \"a\"\n   error[E0317]"), "{said}");
    assert!(said.contains("maths.dark:9: broken 1\n   `broken` has an error"), "{said}");
    assert!(said.ends_with("3 passed, 3 failed\n"), "{said}");
    let json = text(&darkc(&["test", "maths.dark", "--format", "json"], &folder.0).stdout);
    let statuses: Vec<String> = json
        .lines()
        .map(|line| {
            let object: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
            object["status"].as_str().expect("a status").to_owned()
        })
        .collect();
    assert_eq!(statuses, ["pass", "fail", "pass", "compile-error", "compile-error", "pass"]);
    says(&darkc(&["test", "maths.dark", "--filter", "inc 1"], &folder.0), 0, "1 passed, 0 failed\n");
}

#[test]
fn stages_on_the_way_can_be_seen() {
    let folder = Folder::new("emit");
    folder.write(
        "one.dark",
        "let twice (n: Int64) : Int64 = n * 2L\nStdlib.printLine (Stdlib.Int64.toString (twice 1L))\n",
    );
    let emit = |stage: &str| text(&darkc(&["build", "one.dark", "--dev", "--emit", stage], &folder.0).stdout);
    assert!(emit("core").contains("function dark$twice"));
    assert!(emit("llvm-ir").contains("define internal i64 @\"dark$twice\""));
    assert!(emit("asm").contains(".text"));
    says(&darkc(&["build", "one.dark", "--emit", "obj", "-o", "one.o"], &folder.0), 0, "");
    assert!(std::fs::read(folder.0.join("one.o")).expect("the object").starts_with(b"\x7fELF"));
}

#[test]
fn a_target_that_cannot_be_written_is_named() {
    let folder = Folder::new("unwritable");
    folder.write("one.dark", "Stdlib.printLine \"one\"\n");
    let output = darkc(&["build", "one.dark", "-o", "no/such/folder/one"], &folder.0);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no/such/folder/one"), "{output:?}");
}

#[test]
fn fmt_writes_what_changes_and_leaves_broken_files_alone() {
    let folder = Folder::new("fmt");
    folder.write("a.dark", "module A\nlet f (a:Int):Int=a // one\n");
    folder.write("b.dark", "module B\n\nlet f (a: Int) : Int = a\n");
    says(&darkc(&["fmt", "--check", "."], &folder.0), 1, "a.dark\n");
    says(&darkc(&["fmt"], &folder.0), 0, "a.dark\n");
    let written = std::fs::read_to_string(folder.0.join("a.dark")).expect("readable");
    assert_eq!(written, "module A\n\nlet f (a: Int) : Int = a // one\n");
    says(&darkc(&["fmt", "--check"], &folder.0), 0, "");
    folder.write("a.dark", "module A\nlet f (a:Int) : Int = (a\n");
    let broken = darkc(&["fmt"], &folder.0);
    says(&broken, 1, "");
    // A file that is named is the only one.
    folder.write("dark.toml", "");
    folder.write("c.dark", "module C\nlet f (a:Int):Int=a\n");
    says(&darkc(&["fmt", "b.dark"], &folder.0), 0, "");
    says(&darkc(&["fmt", "c.dark"], &folder.0), 0, "c.dark\n");
    // Several are each looked at once.
    folder.write("b.dark", "module B\nlet f (a:Int):Int=a\n");
    folder.write("c.dark", "module C\nlet f (a:Int):Int=a\n");
    says(&darkc(&["fmt", "--check", "c.dark", "b.dark", "c.dark"], &folder.0), 1, "c.dark\nb.dark\n");
    says(&darkc(&["fmt", "b.dark", "c.dark"], &folder.0), 0, "b.dark\nc.dark\n");
    assert!(text(&broken.stderr).contains("a.dark:2"), "{}", text(&broken.stderr));
    let written = std::fs::read_to_string(folder.0.join("a.dark")).expect("readable");
    assert_eq!(written, "module A\nlet f (a:Int) : Int = (a\n");
}

#[test]
fn fmt_reads_standard_input() {
    use std::io::Write;
    let mut command = Command::new(env!("CARGO_BIN_EXE_darkc"));
    let pipes = || std::process::Stdio::piped();
    let mut child = command.args(["fmt", "-"]).stdin(pipes()).stdout(pipes()).spawn().expect("darkc runs");
    child.stdin.take().expect("a pipe").write_all(b"1+1=2\n").expect("written");
    says(&child.wait_with_output().expect("it ends"), 0, "1 + 1 = 2\n");
}

fn statuses(output: &Output) -> Vec<(u64, String)> {
    let objects = text(&output.stdout);
    let object = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("a JSON object a line");
    let status =
        |it: serde_json::Value| (it["line"].as_u64().unwrap_or(0), it["status"].as_str().unwrap_or("").to_owned());
    objects.lines().map(object).map(status).collect()
}

#[track_caller]
fn has_statuses(output: &Output, expected: &[(u64, &str)]) {
    let expected: Vec<(u64, String)> = expected.iter().map(|(line, status)| (*line, (*status).to_owned())).collect();
    assert_eq!(statuses(output), expected, "{output:?}");
}

#[test]
fn a_test_that_does_not_end_or_needs_too_much_fails_alone() {
    let folder = Folder::new("limits");
    folder.write("dark.toml", "name = \"limits\"\n[limits]\ndeadline_ms = 300\nmemory_mb = 8\n");
    folder.write(
        "tests/hard.dark",
        "let forever (n: Int64) : Int64 = if n == 0L then 0L else forever (n + 1L)\n\
         let bomb (xs: List<Int>) : List<Int> = if Stdlib.List.isEmpty xs then xs else bomb (Stdlib.List.append xs xs)\n\
         let deep (n: Int64) : Int64 = 1L + deep (n + 1L)\n\
         forever 1L = 0L\nbomb [ 1 ] = []\ndeep 1L = 0L\n1 + 1 = 2\n",
    );
    let output = darkc(&["test", "--format", "json"], &folder.0);
    has_statuses(&output, &[(4, "error"), (5, "error"), (6, "error"), (7, "pass")]);
    let said = text(&output.stdout);
    assert!(said.contains("deadline") && said.contains("memory limit"), "{said}");
}

#[test]
fn a_value_that_fails_fails_the_tests_that_need_it() {
    let folder = Folder::new("values");
    folder.write("v.dark", "val bad = 1 / 0\nval worse = bad + 1\nval good = 1\nworse = 2\ngood = 1\nbad + good = 1\n");
    let output = darkc(&["test", "v.dark", "--format", "json"], &folder.0);
    has_statuses(&output, &[(4, "error"), (5, "pass"), (6, "error")]);
    assert!(text(&output.stdout).contains("the value `bad` could not be computed: Cannot divide by 0"));
}

#[test]
fn test_files_do_not_meet_and_keep_their_order() {
    let folder = Folder::new("apart");
    folder
        .write("b.dark", "type S = { a: Int }\nlet f (n: Int) : Int = n\nSome (S { a = f 1 }) = Some (S { a = 1 })\n");
    folder.write(
        "a.dark",
        "type S = { b: String }\nlet f (n: Int) : Int = n + 1\n[ S { b = \"x\" } ] = [ S { b = \"y\" } ]\nf 1 = 2\n",
    );
    let output = darkc(&["test", "b.dark", "a.dark"], &folder.0);
    let failure = "a.dark:3: [ S { b = \"x\" } ]\n   expected: [S { b: \"y\" }]\n   found:    [S { b: \"x\" }]\n";
    says(&output, 1, &format!("{failure}2 passed, 1 failed\n"));
    has_statuses(
        &darkc(&["test", "b.dark", "a.dark", "--format", "json"], &folder.0),
        &[(3, "pass"), (3, "fail"), (4, "pass")],
    );
    let xml = text(&darkc(&["test", "b.dark", "a.dark", "--format", "junit"], &folder.0).stdout);
    assert!(xml.contains("<testsuites tests=\"3\" failures=\"1\" errors=\"0\">"), "{xml}");
}

#[test]
fn broken_syntax_costs_one_test() {
    let folder = Folder::new("syntax");
    folder.write("s.dark", "1 + 1 = 2\n1 + = 2\n2 + 2 = 4\n");
    has_statuses(
        &darkc(&["test", "s.dark", "--format", "json"], &folder.0),
        &[(1, "pass"), (2, "compile-error"), (3, "pass")],
    );
    // The error stands behind what is left of the test.
    folder.write("s.dark", "let f (n: Int) : Int = n\nf 1 =\n  f 2 = 2\n  f 3 = 3\nf 4 = 4\n");
    let said = text(&darkc(&["test", "s.dark"], &folder.0).stdout);
    assert!(said.starts_with("s.dark:2: f 1\n   error[E0001]: `=` does not fit here"), "{said}");
    assert!(said.ends_with("1 passed, 1 failed\n"), "{said}");
}

#[test]
fn examples_in_comments_are_tests() {
    let folder = Folder::new("examples");
    let shop = "module Shop.Prices\n\n/// With tax.\n///\n///     withTax 100 == 119\n///     withTax 200 == 239\n///     let x = 1\n";
    folder.write("shop/prices.dark", format!("{shop}let withTax (price: Int) : Int = price * 119 / 100\n"));
    let output = darkc(&["test", "shop"], &folder.0);
    let failure = "shop/prices.dark:6 (Shop.Prices): withTax 200\n   expected: 239\n   found:    238\n";
    says(&output, 1, &format!("{failure}1 passed, 1 failed\n"));
}

#[test]
fn what_tests_print_is_no_part_of_the_report() {
    let folder = Folder::new("prints");
    folder.write("p.dark", "Stdlib.printLine \"{\\\"status\\\":\\\"pass\\\"}\" = ()\n");
    let output = darkc(&["test", "p.dark"], &folder.0);
    says(&output, 0, "1 passed, 0 failed\n");
    assert!(text(&output.stderr).contains("status"));
}

#[test]
fn the_examples_of_the_library_hold() {
    let folder = Folder::new("library");
    let output = darkc(&["test", "--library"], &folder.0);
    let said = text(&output.stdout);
    assert!(output.status.success() && said.ends_with(" passed, 0 failed\n"), "{said}");
}

#[test]
fn a_test_gives_secrets_values_of_its_own() {
    let folder = Folder::new("test-secrets");
    folder.write("dark.toml", "name = \"shop\"\nsecrets = [\"KEY\"]\n");
    folder.write(
        "main.dark",
        "module Shop\n\n[<HttpHandler(\"GET\", \"/key\")>]\n\
         let key () : String = Stdlib.Secret.reveal (Stdlib.Secret.get \"KEY\")\n",
    );
    folder.write(
        "tests/main.dark",
        "let asked () : Blob = (Stdlib.Test.request \"GET\" \"/key\" [] Stdlib.Blob.empty).body\n\n\
         Stdlib.Test.withSecret \"KEY\" \"outer\" (fun () ->\n  \
           let inner = Stdlib.Test.withSecret \"KEY\" \"inner\" (fun () -> (Shop.key (), asked ()))\n  \
           (inner, Shop.key ())) = ((\"inner\", Stdlib.String.toBlob \"inner\"), \"outer\")\n\
         Stdlib.Test.withSecret \"KEY\" \"hush\" (fun () -> 1 / 0) = error=\"Cannot divide by 0\"\n\
         Shop.key () = error=\"The secret `KEY` has no value: set an environment variable of that name\"\n",
    );
    says(&darkc(&["test"], &folder.0), 0, "3 passed, 0 failed\n");
}

#[test]
fn a_broken_handler_leaves_the_tests_of_others_alone() {
    let folder = Folder::new("broken-handler");
    folder.write(
        "main.dark",
        "module Shop\n\n[<HttpHandler(\"GET\", \"/a\")>]\nlet a () : Int = \"text\"\n\nlet b () : Int = 2\n",
    );
    folder.write("tests/main.dark", "Shop.b () = 2\nShop.a () = 1\n");
    let tested = darkc(&["test"], &folder.0);
    let said = text(&tested.stdout);
    assert!(said.contains("1 passed, 1 failed") && said.contains("`Shop.a` has an error"), "{tested:?}");
}

#[test]
fn a_query_that_no_test_needs_leaves_the_tests_alone() {
    let folder = Folder::new("bad-query");
    folder.write(
        "all.dark",
        "type Row = { n: Int64 }\n[<DB>]\ntype Rows = Row\n\
         let down (n: Int64) : Int64 = if n == 0L then 0L else down (n - 1L)\n\
         [<HttpHandler(\"GET\", \"/rows\")>]\n\
         let rows () : List<Row> = Stdlib.DB.query Rows (fun r -> down r.n == 0L)\n\
         type Nest<'a> = | End | More of 'a * Nest<List<'a>>\n\
         let count (n: Nest<Int>) : Int = match n with | End -> 0 | More(_, _) -> 1\n\
         [<HttpHandler(\"GET\", \"/nest\")>]\n\
         let nest () : Int = count (Nest<Int>.End)\n\
         1 + 1 = 2\nrows () = []\ncount (Nest<Int>.End) = 0\nStdlib.DB.count Rows = 0\n",
    );
    let tested = darkc(&["test", "all.dark"], &folder.0);
    let (out, err) = (text(&tested.stdout), text(&tested.stderr));
    assert!(out.ends_with("2 passed, 2 failed\n"), "{tested:?}");
    assert!(out.contains("all.dark:12: rows ()\n   error[E0520]"), "{out}");
    assert!(out.contains("the type `Nest` holds itself with ever larger types"), "{out}");
    assert!(err.contains("the type `Nest` holds itself with ever larger types"), "{err}");
}
