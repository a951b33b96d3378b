//! The rules of typing, a program each: what is accepted, and what is refused with which codes.

mod programs;

use dark_hir::{FileKind, queries};
use salsa::Setter;

/// Declarations that every program below can use.
const PRELUDE: &str = r#"
type Person = { name: String; age: Int }
type Pet = { name: String; owner: Person }
type Size = | Small | Large
type Shape = | Circle of Int | Box of Int * Int | Pair of (Int * Int)
type Tree<'a> = | Leaf | Node of Tree<'a> * 'a * Tree<'a>
type Alias = Person
type Wrap<'a> = { value: 'a }
let ada () : Person = Person { name = "Ada"; age = 36 }
let identity (it: 'a) : 'a = it
let add (a: Int) (b: Int) : Int = a + b
[<Worker>]
let mail (address: String) : Unit = ()
"#;

#[track_caller]
fn all(rows: &[(&str, &[&str])]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(program, expected)| {
            let (db, file) = programs::database(&format!("{PRELUDE}{program}\n"), FileKind::Package);
            let found: Vec<&str> = queries::diagnostics(&db, file).iter().map(|it| it.code.id).collect();
            (found != *expected).then(|| format!("{program}\n  expected {expected:?}, found {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn numbers_and_operators() {
    all(&[
        ("val x = 1 + 2 * 3", &[]),
        ("val x = 1L + 2L", &[]),
        ("val x = 1.5 / 2.0", &[]),
        ("val x = 1 + 2L", &["E0304"]),
        ("val x = 1 + 2.0", &["E0304"]),
        ("val x = \"a\" + \"b\"", &["E0304"]),
        ("val x = \"a\" ++ \"b\"", &[]),
        ("val x = \"a\" ++ 1", &["E0304"]),
        ("val x = [ 1 ] @ [ 2 ]", &[]),
        ("val x = [ 1 ] @ [ \"a\" ]", &["E0302"]),
        ("val x = 1 :: [ 2 ]", &["E0209"]),
        ("val x = true && false || true", &[]),
        ("val x = 1 && true", &["E0304"]),
        ("val x = 1 < 2", &[]),
        ("val x = \"a\" < \"b\"", &["E0304"]),
        ("val x = 1 == 2", &[]),
        ("val x = 1 == \"1\"", &["E0304"]),
        ("val x = (1, \"a\") == (2, \"b\")", &[]),
        ("val x = add == add", &["E0304"]),
        ("val x = [ add ] == [ add ]", &["E0304"]),
        ("val x = ada () == ada ()", &[]),
        ("let f (n: UInt8) : UInt8 = -n", &["E0304"]),
        ("let f (n: Float) : Float = -n", &[]),
    ]);
}

#[test]
fn branches_and_blocks() {
    all(&[
        ("val x = if true then 1 else 2", &[]),
        ("val x = if true then 1 else \"2\"", &["E0301"]),
        ("val x = if 1 then 1 else 2", &["E0305"]),
        ("let f (b: Bool) : Unit = if b then ()", &[]),
        ("let f (b: Bool) : Unit = if b then 1", &["E0313"]),
        ("let f () : Int =\n  add 1 2\n  3", &["E0312"]),
        ("let f () : Int =\n  let _ = add 1 2\n  3", &[]),
        ("val x = match 1 with | 1 -> \"a\" | _ -> \"b\"", &[]),
        ("val x = match 1 with | 1 -> \"a\" | _ -> 2", &["E0301"]),
        ("val x = match 1 with | n when n -> 1 | _ -> 2", &["E0305"]),
        ("val x = match 1 with | \"a\" -> 1 | _ -> 2", &["E0402"]),
        ("val x = match Size.Small with | Small -> 1 | Large -> 2", &[]),
        ("val x = match Size.Small with | Small -> 1", &["W0401"]),
        ("val x = match Size.Small with | Medium -> 1 | _ -> 2", &["E0206"]),
        ("val x = match 1 with | _ -> 1 | 2 -> 2", &["W0402"]),
        ("val x = match (1, true) with | (n, true) -> n | (_, false) -> 0", &[]),
        ("val x = match [ 1 ] with | [] -> 0 | head :: _ -> head", &[]),
        ("val x = match Shape.Circle(1) with | Circle n | Box(n, _) -> n | Pair((a, _)) -> a", &[]),
        ("val x = match (1, 2) with | (a, a) -> a", &["E0207"]),
        ("let f (x: Int) (x: Int) : Int = x", &["E0207"]),
        ("let f (_: Int) (_: Int) (_x: Int) (_x: Int) : Int = 1", &[]),
        ("val x =\n  let f (a: Int) (a: Int) : Int = a\n  f 1 2", &["E0207"]),
        ("val x =\n  let a = 1\n  let f (a: Int) : Int = a\n  f a", &[]),
        ("val x = (fun a a -> a) 1 2", &["E0207"]),
        ("val x = (fun a (b, a) -> b) 1 (2, 3)", &["E0207"]),
        ("val x =\n  let (a, a) = (1, 2)\n  a", &["E0207"]),
        ("val x = match [ 1 ] with | a :: [ a ] | [ _; a ] -> a | _ -> 0", &["E0207"]),
    ]);
}

#[test]
fn records_and_cases() {
    all(&[
        ("val x = (ada ()).name", &[]),
        ("val x = (ada ()).nam", &["E0306"]),
        ("val x = Person { name = \"Ada\" }", &["E0309"]),
        ("val x = Person { name = \"Ada\"; age = \"36\" }", &["E0315"]),
        ("val x = Person { name = \"Ada\"; age = 36; size = 1 }", &["E0306"]),
        ("val x = Alias { name = \"Ada\"; age = 36 }", &[]),
        ("val x = { ada () with age = 37 }", &[]),
        ("val x = { ada () with age = \"37\" }", &["E0315"]),
        ("val x = Wrap { value = 1 }.value + 1", &[]),
        ("val x = Shape.Circle(1)", &[]),
        ("val x = Shape.Circle(\"1\")", &["E0315"]),
        ("val x = Shape.Box(1)", &["E0308"]),
        ("val x = Shape.Pair((1, 2))", &[]),
        ("val x = Shape.Square(1)", &["E0206"]),
        ("val x = Circle(1)", &[]),
        ("val x = Tree.Node(Tree.Leaf, 1, Tree.Leaf)", &[]),
        ("val x = Tree.Node(Tree.Leaf, 1, Tree.Node(Tree.Leaf, \"a\", Tree.Leaf))", &["E0315"]),
        ("val x = Some 1", &[]),
        ("let f (o: Stdlib.Option.Option<Int>) : Int = o", &["E0303"]),
        ("let ages (l: List<Person>) : List<Int> = Stdlib.List.map l (fun p -> p.age)", &[]),
    ]);
}

#[test]
fn functions_and_generics() {
    all(&[
        ("val x = add 1 2", &[]),
        ("val x = add 1 \"2\"", &["E0317"]),
        ("val x = add 1 2 3", &["E0318"]),
        ("val x = add add 1", &["E0317"]),
        ("let f () : Int = add 1", &["E0303"]),
        ("val x = (add 1) 2", &[]),
        ("val x = 1 |> add 2", &[]),
        ("val x = \"1\" |> add 2", &["E0317"]),
        ("val x = (identity 1, identity \"a\")", &[]),
        ("val x = identity<Int> 1", &[]),
        ("val x = identity<Int> \"a\"", &["E0317"]),
        ("let f (a: 'a) : 'b = a", &["E0303"]),
        ("let f (a: 'a) : Int = a + 1", &["E0304"]),
        ("val x = let id = fun it -> it\n        (id 1, id \"a\")", &[]),
        ("val x = let f (n: Int) : Int = if n == 0 then 0 else f (n - 1)\n        f 3", &[]),
        ("val x = (fun a b -> a + b) 1 2", &[]),
        ("val x = fun f -> f f", &["E0317"]),
        ("val x = $\"{\"a\"}\"", &[]),
        ("val x = $\"{1}\"", &["E0314"]),
        ("val x = [ 1; \"a\" ]", &["E0302"]),
        ("val x = Dict { a = 1; b = \"c\" }", &["E0302"]),
        ("val x = [ (+); (-) ]", &[]),
        ("val x = nowhere", &["E0201"]),
        ("let f (n: Nowhere) : Int = 1", &["E0202"]),
        ("let f (n: List) : Int = 1", &["E0203"]),
    ]);
}

#[test]
fn circles_and_workers() {
    all(&[
        ("val a = b\nval b = 1", &[]),
        ("val a = a", &["E0310"]),
        ("val a = b\nval b = a", &["E0310"]),
        ("val a = f ()\nlet f () : Int = a", &["E0310"]),
        ("let even (n: Int) : Bool = odd n\nlet odd (n: Int) : Bool = even n", &[]),
        ("type A = List<A>", &["E0211"]),
        ("type A = { others: List<A> }", &[]),
        ("type A = Nowhere\ntype B = A", &["E0202"]),
        ("let f () : Unit = Stdlib.Worker.emit mail \"a\"", &[]),
        ("let f () : Unit = Stdlib.Worker.emit mail 1", &["E0317"]),
        ("let f () : Unit = Stdlib.Worker.emit add 1", &["E0510"]),
        ("let f () : Unit = (fun e -> Stdlib.Worker.emit mail e) \"a\"", &[]),
        ("val send = Stdlib.Worker.emit", &["E0510"]),
        ("let f () : List<Unit> = Stdlib.List.map [ mail ] (fun w -> Stdlib.Worker.emit w \"a\")", &["E0510"]),
    ]);
}

#[test]
fn a_long_chain_of_values_is_no_trouble() {
    let count = 400;
    let mut text = String::new();
    for index in 0..count {
        text.push_str(&format!("val v{index} = v{} + 1\n", index + 1));
    }
    text.push_str(&format!("val v{count} = 0\n"));
    let (mut db, file) = programs::database(&text, FileKind::Package);
    assert!(queries::diagnostics(&db, file).is_empty());
    file.set_text(&mut db).to(format!("{text}// an edit\n"));
    assert!(queries::diagnostics(&db, file).is_empty());
    let values = &queries::program(&db).values;
    let own: Vec<&str> = values.iter().map(|def| def.path(&db)).filter(|path| path.starts_with("Shop.")).collect();
    assert_eq!(own.first(), Some(&"Shop.v400"));
    assert_eq!(own.last(), Some(&"Shop.v0"));
}
