//! Queries: the SQL of functions over rows, and what is refused. What the SQL means is tested by running it
//! (`tests/conformance/library/db.dark`, and `dark_platform`'s comparison with random data).

use dark_diagnostics::codes;
use dark_hir::{Database, FileKind, Project, SourceFile, queries};
use dark_ir::core::{AppMode, Const, Expr, Op, Operand, Program};
use dark_ir::lower::{Options, Scope, lower};
use dark_ir::{query, verify};
use dark_source::FileId;
use std::path::Path;

fn core(text: &str) -> Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../std");
    let db = Database::default();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("std/").flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("readable");
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push(SourceFile::new(&db, FileId(files.len() as u32), name, text, FileKind::Std));
    }
    let own = SourceFile::new(&db, FileId(files.len() as u32), "main.dark".into(), text.into(), FileKind::Package);
    files.push(own);
    Project::new(&db, files, "Main".into());
    let errors: Vec<_> = queries::diagnostics(&db, own).iter().map(|it| &it.title).collect();
    assert!(errors.is_empty(), "{errors:?} in\n{text}");
    let options = Options { name: "test".into(), settings: "{}".into(), mode: AppMode::Serve, scope: Scope::Queries };
    lower(&db, &options, &Default::default()).expect("Core").program
}

const ROWS: &str = "type Kind = | Plain | Marked of Int64 * String
type Inner = { depth: Int64 }
type Row =
  { name: String; age: Int64; size: Float; total: Int; kind: Kind; inner: Inner; tag: Stdlib.Option.Option<String> }
[<DB>]
type Rows = Row
";

/// The SQL of the only query.
fn sql(code: &str) -> String {
    let mut program = core(&format!("{ROWS}{code}"));
    let refused = query::run(&mut program);
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(verify::verify(&program), Vec::<String>::new());
    let query = program.functions.iter().find(|it| it.symbol.starts_with("query$")).expect("a query");
    let (mut open, mut found) = (vec![&query.body], None);
    while let Some(expr) = open.pop() {
        if let Expr::Let { op: Op::Construct { arguments, .. }, .. } = expr
            && let [Operand::Const(Const::Text(text, _)), _] = arguments.as_slice()
        {
            found = Some(text.to_string());
        }
        open.extend(dark_ir::children::exprs(expr));
    }
    found.expect("its SQL")
}

fn lambda(body: &str) -> String {
    sql(&format!("let f (wanted: String) (all: Bool) : List<Row> = Stdlib.DB.query Rows (fun row -> {body})\n"))
}

#[test]
fn equality_of_a_field_is_what_an_index_can_find() {
    assert_eq!(lambda("row.name == wanted"), "(json_extract(value,'$.\"name\"') = ?1)");
    assert_eq!(lambda("row.inner.depth == 3L"), "(json_extract(value,'$.\"inner\".\"depth\"') = 3)");
    assert_eq!(lambda("row.total == 12"), "((value -> '$.\"total\"') = '12')");
    assert_eq!(lambda("row.kind == Kind.Plain"), "((value -> '$.\"kind\"') = ?1)");
}

#[test]
fn branches_of_the_row_become_cases_and_others_parameters() {
    assert_eq!(
        lambda("row.age > 3L && Stdlib.Bool.not (row.name == wanted)"),
        "((3 < json_extract(value,'$.\"age\"')) AND (NOT (json_extract(value,'$.\"name\"') = ?1)))"
    );
    assert_eq!(
        lambda("if row.age > 3L then row.size > 1.0 else row.total > 2"),
        "CASE WHEN (3 < json_extract(value,'$.\"age\"')) THEN dark_float_less(?1,json_extract(value,'$.\"size\"')) \
         ELSE (dark_integer_order('2',(value -> '$.\"total\"')) < 0) END"
    );
    assert_eq!(
        lambda("if all then true else row.name == wanted"),
        "((?1 = 0) OR (json_extract(value,'$.\"name\"') = ?2))"
    );
}

#[test]
fn patterns_are_tests_of_json() {
    assert_eq!(
        lambda("match row.kind with | Marked (n, _) -> n == 3L | Plain -> false"),
        "(((value -> '$.\"kind\".\"Marked\"') IS NOT NULL) AND (json_extract(value,'$.\"kind\".\"Marked\"[0]') = 3))"
    );
    assert_eq!(
        lambda("match row.tag with | Some tag -> tag == wanted | None -> true"),
        "((ifnull((value -> '$.\"tag\"'),'null') = 'null') OR (json_extract(value,'$.\"tag\"') = ?1))"
    );
}

#[test]
fn what_may_fail_is_computed_only_where_it_is_asked_for() {
    assert_eq!(
        lambda("row.age != 0L && 10L / row.age > 1L"),
        "CASE WHEN (NOT (json_extract(value,'$.\"age\"') = 0)) \
         THEN (1 < dark_divide(10,json_extract(value,'$.\"age\"'),64)) ELSE 0 END"
    );
}

#[test]
fn the_function_may_come_from_anywhere_it_is_known() {
    let name = "(json_extract(value,'$.\"name\"') = ?1)";
    for code in [
        "let is (wanted: String) (row: Row) : Bool = row.name == wanted
let f (wanted: String) : List<Row> = Stdlib.DB.query Rows (is wanted)",
        "let is (wanted: String) : Row -> Bool = fun row -> row.name == wanted
let f (wanted: String) : List<Row> = Stdlib.DB.query Rows (is wanted)",
        "let find (test: Row -> Bool) : List<Row> = Stdlib.DB.query Rows test
let f (wanted: String) : List<Row> = find (fun row -> row.name == wanted)",
        "let find (test: Row -> Bool) : List<Row> = Stdlib.DB.query Rows (fun row -> test row)
let f (wanted: String) : List<Row> = find (fun row -> row.name == wanted)",
        "let find (test: Row -> Bool) : List<Row> = Stdlib.DB.transaction (fun () -> Stdlib.DB.query Rows test)
let f (wanted: String) : List<Row> = find (fun row -> row.name == wanted)",
        "let find (table: DB<Row>) (test: Row -> Bool) : List<Row> = Stdlib.DB.query table test
let f (wanted: String) : List<Row> =
  let test = fun row -> row.name == wanted
  find Rows test",
    ] {
        assert_eq!(sql(&format!("{code}\n")), name, "{code}");
    }
}

/// The codes of what is refused.
fn refused(program: &str) -> Vec<query::Refused> {
    query::run(&mut core(program))
}

#[test]
fn each_page_fires_its_code_and_is_mended() {
    for code in codes::all().filter(|code| code.id.starts_with("E052")) {
        let blocks = code.explanation.split("```").skip(1).step_by(2);
        let blocks: Vec<&str> = blocks.filter_map(|block| block.split_once('\n').map(|(_, program)| program)).collect();
        let [broken, mended] = blocks[..] else { panic!("{}: two programs are needed", code.id) };
        let found = refused(broken);
        let unknown = |it: &query::Refused| {
            matches!(it.problem.reason, query::Reason::UnknownFunction | query::Reason::UnknownCall)
        };
        assert_eq!(found.len(), 1, "{}: {found:?}", code.id);
        assert_eq!(unknown(&found[0]), code.id == "E0521", "{}", code.id);
        assert!(refused(mended).is_empty(), "{}", code.id);
    }
}

#[test]
fn a_parameter_is_no_fault_until_something_unknown_is_given() {
    let find = "let find (test: Row -> Bool) : List<Row> = Stdlib.DB.query Rows test\n";
    assert!(refused(&format!("{ROWS}{find}")).is_empty());
    let given = "let f (tests: List<Row -> Bool>) : List<List<Row>> = Stdlib.List.map tests find\n";
    let found = refused(&format!("{ROWS}{find}{given}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].problem.reason, query::Reason::UnknownFunction);
}

#[test]
fn only_what_needs_a_query_is_lowered_to_check_queries() {
    let program = core(&format!(
        "{ROWS}let old (age: Int64) : List<Row> = Stdlib.DB.query Rows (fun row -> row.age > age)\n\
         let many (age: Int64) : Int = Stdlib.List.length (old age)\n\
         let other (age: Int64) : Int64 = age + 1L\n"
    ));
    let has = |name: &str| program.functions.iter().any(|function| function.symbol == format!("dark$Main.{name}"));
    assert!(has("old") && has("many"), "one asks, the other calls it");
    assert!(!has("other"));
}
