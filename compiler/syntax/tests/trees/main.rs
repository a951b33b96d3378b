//! One small text for each production of the grammar, and the tree it gives.

mod draw;

use dark_source::FileId;
use dark_syntax::{Mode, parse, parse_expression};

/// The tree of a file without any diagnostic.
#[track_caller]
fn file(mode: Mode, text: &str, expected: &str) {
    let parsed = parse(text, FileId(0), mode);
    let titles: Vec<_> = parsed.diagnostics.iter().map(|it| &it.title).collect();
    assert!(titles.is_empty(), "{titles:?}\n{text}");
    assert_eq!(draw::items(&parsed.tree.items), expected, "\n{text}");
}

#[track_caller]
fn expr(text: &str, expected: &str) {
    let parsed = parse_expression(text, FileId(0));
    let titles: Vec<_> = parsed.diagnostics.iter().map(|it| &it.title).collect();
    assert!(titles.is_empty(), "{titles:?}\n{text}");
    assert_eq!(draw::expr(&parsed.expr), expected, "\n{text}");
}

/// The tree of a file with an error in it.
#[track_caller]
fn broken(text: &str, expected: &str) {
    let parsed = parse(text, FileId(0), Mode::Package);
    assert!(!parsed.diagnostics.is_empty());
    assert_eq!(draw::items(&parsed.tree.items), expected, "\n{text}");
}

#[test]
fn modules() {
    file(Mode::Package, "", "");
    file(Mode::Package, "module A.B", "(header A.B )");
    file(
        Mode::Package,
        "module A\nval x = 1\nmodule B =\n  val y = 2\nval z = 3",
        "(header A (val x 1) (module B (val y 2)) (val z 3))",
    );
    file(Mode::Package, "module A\nmodule B\nval x = 1", "(header A (header B (val x 1)))");
}

#[test]
fn functions_and_values() {
    file(Mode::Package, "let f () : Int = 1", "(fn f (()) Int = 1)");
    file(Mode::Package, "let f<'a, 'b> (x: 'a) (_: b) : List<'a> = x", "(fn f<a b> (x:'a _:'b) List<'a> = x)");
    file(Mode::Package, "val ``type`` = 1\nval ___ = 2", "(val type 1) (val  2)");
    file(Mode::Package, "/// one\n/// two\nval x = 1", "\"one\\ntwo\" (val x 1)");
}

#[test]
fn attributes() {
    file(Mode::Package, "[<DB>]\ntype A = B", "(db A B)");
    file(Mode::Package, "[<Index \"x\">]\n[<DB>]\ntype A = B", "@Index(\"x\") (db A B)");
    file(
        Mode::Package,
        "[<HttpHandler(\"GET\", \"/:id\"); Slow(-1, true)>]\nlet f (id: String) : Unit = ()",
        "@HttpHandler(\"GET\" \"/:id\") @Slow(-1 true) (fn f (id:String) Unit = ())",
    );
    file(
        Mode::Package,
        "[<Worker(\"w\")>]\nlet _handler _req = event",
        "@Worker(\"w\") (fn _handler (_req) ? = event)",
    );
    file(
        Mode::Std,
        "[<Extern; Pure>]\nlet length (s: String) : Int\n\nlet f () : Int = 1",
        "@Extern() @Pure() (fn length (s:String) Int = extern) (fn f (()) Int = 1)",
    );
    file(Mode::Std, "[<Extern>]\ntype Blob\nval x = 1", "@Extern() (type Blob extern) (val x 1)");
}

#[test]
fn types() {
    file(
        Mode::Package,
        "type A = List<(Int * 'b)> -> (A -> B) -> C.D<E, f>",
        "(type A (-> List<((* Int 'b))> ((-> A B)) C.D<E 'f>))",
    );
    file(Mode::Package, "type A = 'a * 'a", "(type A (* 'a 'a))");
    file(Mode::Package, "type A<'a> = { x: Int; Y: 'a\n  /// doc\n  z: B, }", "(type A<a> {x:Int Y:'a \"doc\" z:B})");
    file(Mode::Package, "type A =\n  | B\n  | C of Int * d: E<Int>", "(type A |B[] |C[Int d:E<Int>])");
    file(Mode::Package, "type A = B of (Int * Int)", "(type A |B[((* Int Int))])");
    file(Mode::Package, "type A = B | C of D", "(type A |B[] |C[D])");
    file(Mode::Package, "type A = | B", "(type A |B[])");
}

#[test]
fn tests() {
    file(Mode::Test, "f 1 = 2", "(test (f 1) 2)");
    file(Mode::Test, "f 1\n  = [ 2 ]", "(test (f 1) [2])");
    file(Mode::Test, "f 1 = error=\"no\"", "(test (f 1) error \"no\")");
    file(Mode::Test, "f 1 = error \"no\"", "(test (f 1) error \"no\")");
    file(Mode::Test, "f 1 = sqlerror=\"\"\"no\"\"\"", "(test (f 1) sqlerror \"no\")");
    file(Mode::Test, "error = 1", "(test error 1)");
}

#[test]
fn literals() {
    expr(
        "(1, 2y, 3uy, 4s, 5us, 6l, 7ul, 8L, 9UL, 10Q, 11Z)",
        "(, 1 2:Int8 3:UInt8 4:Int16 5:UInt16 6:Int32 7:UInt32 8:Int64 9:UInt64 10:Int128 11:UInt128)",
    );
    expr("[ -128y; 007; 0; - 5; -0.0; 6e23; 1E+3; 0.5e-3 ]", "[-128:Int8 7 0 -5 -0.0 6e23 1000.0 0.0005]");
    expr("[ true; false; () ]", "[true false ()]");
    expr("[ 'a'; ('b'); '''; '\\''; '👩‍👩‍👧'; 'e\u{301}' ]", "['a' `'b'` ''' ''' '👩‍👩‍👧' 'é']");
    expr(r#"[ "a\n\"\u00e9\x41"; """raw \n "q" """; "e" ]"#, r#"["a\n\"éA" "raw \\n \"q\" " "e"]"#);
    expr("$\"{a} {{b}} \\{ {f \"}\"}\"", "$(a \" {b} { \" (f \"}\"))");
    expr("$\"\"\"\\n \"{a}\" \"\"\"", "$(\"\\\\n \\\"\" a \"\\\" \")");
    expr("$\"\"", "$()");
}

#[test]
fn names_and_fields() {
    expr("x", "x");
    expr("A.B.f.g.h", "A.B.f.g.h");
    expr("a.b.C", "a.b.C");
    expr("Stdlib.Json.parse<List<Int>> \"x\"", "(Stdlib.Json.parse<List<Int>> \"x\")");
    expr("(f x).y", "`(f x)`.y");
}

#[test]
fn constructors() {
    expr("None", "None[]");
    expr("[ A.B; C(1, 2); C (1, 2); C 1 2; C((1, 2)); C() ]", "[A.B[] C[1 2] C[1 2] C[1 2] C[(, 1 2)] C[()]]");
    expr("T<Int>.Case 1", "T.Case<Int>[1]");
    expr("f None x", "(f None[] x)");
    expr("f Some(x)", "(f Some[x])");
    expr("T.Y (a) b", "T.Y[a b]");
}

#[test]
fn records_and_dicts() {
    expr("P { x = 1; y = f\n            2 }", "P{x=1 y=(f 2)}");
    expr("P<Int> { }", "P<Int>{}");
    expr("{ p with x = 1, y = 2 }", "{p with x=1 y=2}");
    expr("{ P { x = 1 } with x = 2 }", "{P{x=1} with x=2}");
    expr("Dict { a = 1; ``b c`` = 2 }", "dict{a=1 b c=2}");
    expr("Dict { }", "dict{}");
}

#[test]
fn operators_fold_by_precedence() {
    expr("1 + 2 * 3 ^ 2 ^ 2 - 4", "(Subtract (Add 1 (Multiply 2 (Power 3 (Power 2 2)))) 4)");
    expr("a || b && c == d", "(Or a (And b (Equal c d)))");
    expr("a @ b @ c", "(ListAppend a (ListAppend b c))");
    expr("a ++ b ++ c", "(Concat (Concat a b) c)");
    expr("a < b != c", "(NotEqual (Less a b) c)");
    expr("a >= b - -c", "(GreaterEqual a (Subtract b (neg c)))");
    expr("-f x + 1 % 2 / 3", "(Add (neg (f x)) (Divide (Modulo 1 2) 3))");
    expr("(+) 1 2", "(#Add 1 2)");
    expr("f (*) (++)", "(f #Multiply #Concat)");
}

#[test]
fn pipes() {
    expr("1 + 2 |> f 3 |> M.g |> (-) 4 |> Some |> (+)", "(|> (Add 1 2) (f 3) M.g (#Subtract 4) Some[] #Add)");
    expr("a |> fun x -> x |> f", "(|> a (fun x -> (|> x f)))");
}

#[test]
fn grouping() {
    expr("(1)", "`1`");
    expr("(1, 2, 3)", "(, 1 2 3)");
    expr("(f 1\n g 2)", "`(do (f 1) (g 2))`");
    expr("[ 1, 2; 3\n  4; ]", "[1 2 3 4]");
    expr("[]", "[]");
}

#[test]
fn conditions() {
    expr("if a then b", "(if a b)");
    expr("if a then b elif c then d else if e then f else g", "(if a b (if c d (if e f g)))");
    expr("if a then\n  b\n  c\nelse\n  d", "(if a (do b c) d)");
}

#[test]
fn matches() {
    expr("match a, b with | x, _ when c -> d | _ -> e", "(match a b [(, x _) when c -> d] [_ -> e])");
    expr(
        "match a with\n| A | B 1 -> c\n| (C x | D(x, _)) :: y :: [] -> d",
        "(match a [(| A() B(1)) -> c] [(:: (| C(x) D(x _)) (:: y [])) -> d])",
    );
    expr("match a with | A B x -> b", "(match a [A(B(x)) -> b])");
    expr("match a with | A x (B y) z -> b", "(match a [A(x B(y) z) -> b])");
    expr("match a with | A((x, y)) -> b | C() -> d", "(match a [A((, x y)) -> b] [C(()) -> d])");
    expr("match a with | A (x | y, z :: _) -> b", "(match a [A((| x y) (:: z _)) -> b])");
    expr(
        "match a with | [ 1; \"s\", 'c' ] -> b | -1y -> c | -2.5 -> d | () -> e",
        "(match a [[1 \"s\" 'c'] -> b] [-1:Int8 -> c] [-2.5 -> d] [() -> e])",
    );
}

#[test]
fn lets_and_lambdas() {
    expr("let x = 1\nlet (a, (_, ())) = y\nx", "(let x 1 (let (, a (, _ ())) y x))");
    expr("let x = 1 in x", "(let x 1 x)");
    expr("let f (x: Int) () (_) : Int = x\nf", "(letfn f (x:Int () _) Int x f)");
    expr("let f (x) = x\nf", "(letfn f (x) ? x f)");
    expr("fun x (a, b) _ () -> x", "(fun x (, a b) _ () -> x)");
    expr("a\nb; c\nlet x = 1\nx", "(do a b c (let x 1 x))");
    let deep: String = (0..300).map(|n| format!("let x{n} = 1\n")).collect();
    assert_eq!(parse_expression(&format!("{deep}x0"), FileId(0)).diagnostics, []);
}

#[test]
fn a_script_nests_what_follows_a_let() {
    file(Mode::Script, "let x = 1\nlet f (y: Int) : Int = x\nf 2", "(let x 1 (letfn f (y:Int) Int x (f 2)))");
    file(Mode::Script, "let f (y: Int) : Int = y\nf 2", "(fn f (y:Int) Int = y) (f 2)");
}

#[test]
fn broken_parts_leave_the_rest_of_the_tree() {
    broken("val a = )\nval b = 2", "(val a MISSING) (val b 2)");
    broken("let f () : Int =\n  g 1\n  let = 3\nval b = 3", "(fn f (()) Int = (do (g 1) (let _ 3 MISSING))) (val b 3)");
    broken("val a = [ 1; + ; 3 ]\nval b = 2", "(val a [1]) (val b 2)");
    broken("val a =\n  match b with\n  | + -> 1\n  | _ -> 2\nval b = 2", "(val a ERROR) (val b 2)");
    broken("let f () : Int =\n  let x = 1\n\nval b = 2", "(fn f (()) Int = (let x 1 MISSING)) (val b 2)");
    broken("let f () : Int =\nval b = 2", "(fn f (()) Int = MISSING) (val b 2)");
    broken("type A = {}\nval b = 2", "ERROR (val b 2)");
}

#[test]
fn spans_cover_what_was_written() {
    let text = "val a = f (1 + 2) x.y\nval b = 2";
    let parsed = parse(text, FileId(0), Mode::Package);
    let spans: Vec<&str> = parsed.tree.items.iter().map(|it| &text[it.span.range()]).collect();
    assert_eq!(spans, ["val a = f (1 + 2) x.y", "val b = 2"]);
    let dark_syntax::ast::ItemKind::Value(value) = &parsed.tree.items[0].kind else { panic!("a value") };
    let inside: Vec<&str> = value.body.children().into_iter().map(|it| &text[it.span.range()]).collect();
    assert_eq!(inside, ["f", "(1 + 2)", "x.y"]);
}

#[test]
fn comments_stand_beside_the_tree() {
    let text = "// one\nval a = 1 (* two (* in *) *) // three\n/// doc\nval b = 2\n//// four";
    let comments: Vec<String> = parse(text, FileId(0), Mode::Package).comments.into_iter().map(|it| it.text).collect();
    assert_eq!(comments, ["// one", "(* two (* in *) *)", "// three", "/// doc", "//// four"]);
}
