//! An edit, then which definitions are looked at again.

mod programs;

use dark_hir::{FileKind, queries};
use salsa::Setter;

const BEFORE: &str = "type Person = { name: String }
val limit = 3
let first (n: Int) : Int = n + limit
let second (n: Int) : Int = first n
let third (p: Person) : String = p.name
";

/// How many definitions are inferred again when the text becomes `after`.
fn inferred_again(after: &str) -> usize {
    let (mut db, file) = programs::database(BEFORE, FileKind::Package);
    assert!(queries::diagnostics(&db, file).is_empty());
    let (_, log) = db.queries_of(|db| {
        file.set_text(db).to(after.into());
        queries::diagnostics(db, file).len()
    });
    assert!(!log.is_empty(), "the file was looked at");
    log.iter().filter(|query| query.starts_with("infer(")).count()
}

#[test]
fn an_edit_inside_a_function_infers_that_function_alone() {
    assert_eq!(inferred_again(&BEFORE.replace("n + limit", "n * limit")), 1);
}

#[test]
fn moving_everything_down_infers_nothing() {
    assert_eq!(inferred_again(&format!("// a comment\n\n{BEFORE}")), 0);
}

#[test]
fn a_new_result_type_reaches_the_callers_only() {
    // `first` itself, and `second`, which calls it.
    assert_eq!(
        inferred_again(&BEFORE.replace("let first (n: Int) : Int = n + limit", "let first (n: Int) : Float = 1.0")),
        2
    );
}

#[test]
fn a_value_of_the_same_type_reaches_nobody() {
    // The type is all that others see of a value.
    assert_eq!(inferred_again(&BEFORE.replace("val limit = 3", "val limit = 4")), 1);
}

#[test]
fn a_new_field_reaches_those_who_look_into_the_record() {
    let again = inferred_again(&BEFORE.replace("{ name: String }", "{ name: String; age: Int }"));
    assert_eq!(again, 1, "only `third` reads a field");
}

#[test]
fn a_new_declaration_does_not_gather_those_of_the_library_again() {
    let (mut db, file) = programs::database(BEFORE, FileKind::Package);
    assert!(queries::diagnostics(&db, file).is_empty());
    let (_, log) = db.queries_of(|db| {
        file.set_text(db).to(format!("{BEFORE}let fourth () : Int = 4\n"));
        queries::diagnostics(db, file).len()
    });
    let ran = |query: &str| log.iter().any(|it| it.starts_with(query));
    assert!(ran("definitions(") && !ran("library("), "{log:?}");
}

#[test]
fn what_files_declare_is_not_put_together_again() {
    // `fourth` has to look for a record with that field.
    let before =
        format!("{BEFORE}let fourth (ps: List<Person>) : List<String> = Stdlib.List.map ps (fun p -> p.name)\n");
    let (mut db, file) = programs::database(&before, FileKind::Package);
    let found = queries::diagnostics(&db, file);
    assert!(found.is_empty(), "{found:?}");
    dark_hir::queries::members(&db);
    let (_, log) = db.queries_of(|db| {
        file.set_text(db).to(before.replace("n + limit", "n * limit"));
        queries::diagnostics(db, file);
        dark_hir::queries::members(db);
    });
    let count = |name: &str| log.iter().filter(|query| query.starts_with(name)).count();
    assert_eq!(count("members_of("), 1, "the names in the types of this file are read again");
    assert_eq!((count("members("), count("definitions(")), (0, 0), "nothing is asked of the whole project");
}
