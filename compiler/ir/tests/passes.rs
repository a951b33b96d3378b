//! What the passes make of small programs.

mod common;

use common::{core_with, optimised, shared};
use dark_ir::passes::Effort;

/// One function, optimised.
fn fast(text: &str, symbol: &str) -> String {
    core_with(text, symbol, Effort::Full)
}

#[test]
fn a_parameter_that_is_only_looked_at_is_not_counted() {
    let text = fast(
        "type Tree = | Leaf | Node of Tree * Tree\n\
         let size (t: Tree) : Int64 =\n  match t with\n  | Leaf -> 1L\n  | Node(l, r) -> size l + size r\n\
         let _ = size Tree.Leaf",
        "dark$size",
    );
    assert!(!text.contains("dup") && !text.contains("drop") && !text.contains("take"), "{text}");
}

#[test]
fn an_object_taken_apart_is_built_anew_in_its_memory() {
    let text = fast(
        "type Tree = | Leaf | Node of Tree * Int64 * Tree\n\
         let flip (t: Tree) : Tree =\n  match t with\n  | Leaf -> Tree.Leaf\n  | Node(l, n, r) -> Tree.Node(flip r, n, flip l)\n\
         let _ = flip Tree.Leaf",
        "dark$flip",
    );
    assert!(text.contains("take v0.1(0: v1: Tree, 1: v2: Int64, 2: v3: Tree) keeping v"), "{text}");
    assert!(text.contains("rebuild v") && !text.contains("= construct 1("), "{text}");
}

#[test]
fn a_function_called_with_a_known_lambda_calls_it_directly() {
    let text = fast(
        "let each (n: Int64) (f: Int64 -> Int64) (acc: Int64) : Int64 = if n == 0L then acc else each (n - 1L) f (f acc)\n\
         let more (k: Int64) : Int64 = each 10L (fun x -> x + k) 0L\n\
         let _ = more 3L",
        "dark$each",
    );
    assert!(!text.contains("closure") && !text.contains("call dark$more"), "{text}");
    assert!(text.contains("Add(v2, v11) at 2:50 in more"), "{text}");
}

#[test]
fn a_small_function_becomes_part_of_its_caller() {
    let text = optimised(
        "let twice (n: Int64) : Int64 = n * 2L\n\
         let next (n: Int64) : Int64 = twice n + 1L\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ next ]))",
    );
    assert!(!text.contains("call"), "{text}");
    assert!(text.contains("Multiply(v1, 2:Int64) at 1:32 in twice"), "{text}");
}

#[test]
fn what_is_built_and_taken_apart_at_once_is_not_built() {
    let text = optimised(
        "type P = { name: String; age: Int64; city: String; zip: String }\n\
         let make (n: Int64) : P = P { name = \"a\"; age = n; city = \"b\"; zip = \"c\" }\n\
         let age (n: Int64) : Int64 = (make n).age\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ age ]))",
    );
    assert!(!text.contains("construct") && !text.contains("call"), "{text}");
}

#[test]
fn a_recursion_takes_itself_in_and_loops_stay_loops() {
    let text = optimised(
        "let fib (n: Int64) : Int64 = if n < 2L then n else fib (n - 1L) + fib (n - 2L)\nStdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ fib ]))",
    );
    // Two levels: each of two calls becomes two, and each of these two more. One call is that of the list.
    assert_eq!(text.matches("call dark$fib").count(), 9, "{text}");
    let text = optimised(
        "let count (n: Int64) (acc: Int64) : Int64 = if n == 0L then acc else count (n - 1L) (acc + n)\n\
         let _ = count 3L 0L",
    );
    assert_eq!(text.matches("call dark$count").count(), 2, "{text}");
}

#[test]
fn a_walk_over_a_list_goes_by_index() {
    let text = optimised(
        "let has (n: Int64) (xs: List<Int64>) : Bool =\n  match xs with\n  | [] -> false\n\
         \x20 | x :: rest -> if x == n then true else has n rest\n\
         let _ = has 3L [ 1L ]",
    );
    assert!(!text.contains("ListTail") && !text.contains("dup"), "{text}");
    assert!(text.contains("ListGet(v1, v"), "{text}");
    assert_eq!(text.matches("drop").count(), 1, "{text}");
    // The empty list and one that is not empty are all there are.
    assert!(!text.contains("fail"), "{text}");
}

#[test]
fn elements_that_are_kept_are_taken_from_the_list() {
    // The last one to have the list may change its elements in place.
    let text = optimised(
        "let shout (xs: List<String>) (done: List<String>) : List<String> =\n  match xs with\n  | [] -> done\n\
         \x20 | x :: rest -> shout rest (Stdlib.List.pushBack done (x ++ \"!\"))\n\
         let _ = shout [ \"a\" ] []",
    );
    assert!(text.contains("ListTail"), "{text}");
}

#[test]
fn what_a_match_only_looks_at_is_not_counted() {
    let text = optimised(
        "type Tree = | Leaf | Node of Tree * Int64 * Tree\n\
         let rotate (t: Tree) : Tree =\n  match t with\n\
         \x20 | Node(Node(a, x, b), y, c) -> Tree.Node(a, x, Tree.Node(b, y, c))\n  | other -> other\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ rotate ]))",
    );
    assert!(!text.contains("dup") && !text.contains("= construct 1("), "{text}");
    assert_eq!(text.matches("rebuild").count(), 2, "{text}");
}

#[test]
fn memory_waits_where_paths_meet() {
    let text = optimised(
        "type Tree = | Leaf | Node of Tree * Int64 * Tree\n\
         let tidy (t: Tree) (n: Int64) : Tree =\n  match t with\n\
         \x20 | Node(l, x, r) ->\n    match r with\n    | Node(_, 3L, _) -> Tree.Node(r, 5L, l)\n    | _ -> Tree.Node(r, x, l)\n\
         \x20 | Leaf -> Tree.Leaf\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ tidy ]))",
    );
    assert_eq!(text.matches("rebuild").count(), 2, "{text}");
    assert!(!text.contains("release"), "{text}");
}

#[test]
fn what_is_inside_comes_apart_behind_what_it_is_inside_of() {
    let text = optimised(
        "type Tree = | Leaf | Node of Tree * Int64 * Tree\n\
         let turn (t: Tree) : Tree =\n  match t with\n\
         \x20 | Node(a, x, Node(b, y, Node(c, z, d))) -> Tree.Node(Tree.Node(a, x, b), y, Tree.Node(c, z, d))\n\
         \x20 | _ -> Tree.Leaf\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ turn ]))",
    );
    assert_eq!(text.matches("take").count(), 3, "{text}");
    assert_eq!(text.matches("rebuild").count(), 3, "{text}");
    // What does not match gives the memory back.
    assert!(!text.contains("dup"), "{text}");
}

/// The alternative `_` makes a condition that is known, and the join behind it is on no way: what only that join uses is
/// not there for the passes that look along the ways.
#[test]
fn a_join_that_nothing_jumps_to_goes() {
    let text = optimised(
        "let run (g: Unit -> Bool) : Bool = g ()\n\
         let _ =\n\
         \x20 run (fun _ ->\n\
         \x20   match (0.3, [], 17UL) with\n\
         \x20   | (0.3, [ _ ], ((_ | _) | 18446744073709551613UL)) -> true\n\
         \x20   | _ -> false)",
    );
    assert!(text.contains("dark$") && !text.contains("18446744073709551613"), "{text}");
}

/// The text of one function of a program.
fn part<'t>(program: &'t str, symbol: &str) -> &'t str {
    let names = [format!("function {symbol}("), format!("function {symbol}'t(")];
    let found = program.split("\n\n").find(|it| names.iter().any(|name| it.starts_with(name)));
    found.unwrap_or_else(|| panic!("no `{symbol}` in {program}"))
}

#[test]
fn an_option_that_is_matched_at_once_is_not_built() {
    let text = optimised(
        "let get (list: List<String>) (i: Int) : String = Stdlib.List.getAt list i |> Stdlib.Option.withDefault \"\"\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ get ]))",
    );
    assert!(text.contains("ListGet(v"), "{text}");
    assert!(!text.contains("construct") && !text.contains("switch") && !text.contains("fail"), "{text}");
}

#[test]
fn ways_that_lead_to_one_case_meet_there() {
    let text = optimised(
        "type Sign = | Below of Int64 | Zero | Above of Int64\n\
         let sign (n: Int64) : Sign = if n == 0L then Sign.Zero else if n < -9L then Sign.Below n else if n < 0L then Sign.Below (n + 1L) else Sign.Above n\n\
         let size (n: Int64) : Int64 =\n  match sign n with\n  | Below b -> 0L - b\n  | Zero -> 7L\n  | Above a -> a\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ size ]))",
    );
    assert!(!text.contains("construct") && !text.contains("switch"), "{text}");
    assert_eq!(text.matches("join").count(), 1, "{text}");
    assert_eq!(text.matches("jump").count(), 2, "{text}");
}

#[test]
fn a_list_that_nobody_else_has_is_set_without_asking() {
    let text = optimised(
        "let zero (list: List<Int64>) (i: Int64) : List<Int64> =\n  if i == 9L then list\n\
         \x20 else zero (Stdlib.List.setAt list (Stdlib.Int64.toInt i) 0L) (i + 1L)\n\
         let _ = zero [ 1L ] 0L",
    );
    let (asks, alone) = (part(&text, "dark$zero"), part(&text, "dark$zero$alone"));
    assert!(asks.contains("ListIsSole(v0)") && asks.contains("ListSet(v0"), "{asks}");
    assert!(alone.contains(": Unit =") && alone.contains("ListPut(v0"), "{alone}");
    assert!(alone.contains("call dark$zero$alone(v0, v") && !alone.contains("ListSet"), "{alone}");
}

#[test]
fn who_changes_a_list_through_others_goes_on_with_it() {
    let text = optimised(
        "let zero (list: List<Int64>) (i: Int64) : List<Int64> =\n  if i == 9L then list\n\
         \x20 else zero (Stdlib.List.setAt list (Stdlib.Int64.toInt i) 0L) (i + 1L)\n\
         let often (list: List<Int64>) (n: Int64) : Int64 =\n  if n == 0L then n\n\
         \x20 else often (zero list n) (n - 1L)\n\
         let _ = often [ 1L ] 3L",
    );
    let alone = part(&text, "dark$often$alone");
    assert!(alone.contains("call dark$zero$alone(v0, v1)") && alone.contains("call dark$often$alone(v0, v"), "{alone}");
}

#[test]
fn a_list_that_gets_another_reference_is_not_set_in_place_unasked() {
    let text = optimised(
        "let versions (list: List<Int64>) (done: List<List<Int64>>) (i: Int64) : List<List<Int64>> =\n\
         \x20 if i == 9L then done\n\
         \x20 else versions (Stdlib.List.setAt list 0 i) (Stdlib.List.pushBack done list) (i + 1L)\n\
         let _ = versions [ 1L ] [] 0L",
    );
    assert!(text.contains("ListSet") && !text.contains("ListPut"), "{text}");
}

#[test]
fn a_counter_is_a_number_of_the_machine_until_it_overflows() {
    let text = optimised(
        "let sum (n: Int) (acc: Int) : Int = if n > 9 then acc else sum (n + 1) (acc + n)\n\
         let from (n: Int) : Int = sum n n\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ from ]))",
    );
    let asks = part(&text, "dark$sum");
    assert_eq!(asks.matches("IntIsSmall").count(), 2, "{asks}");
    let machine = part(&text, "dark$sum$machine");
    assert_eq!(machine.matches("SumFits").count(), 2, "{machine}");
    assert!(machine.contains("Greater(v") && machine.contains(", 9:Int64)"), "{machine}");
    // Each sum that does not fit goes on with what takes any number.
    assert_eq!(machine.matches("call dark$sum't(").count(), 2, "{machine}");
    assert_eq!(machine.matches("call dark$sum$machine't(").count(), 1, "{machine}");
}

#[test]
fn an_element_that_is_added_is_asked_for() {
    let text = optimised(
        "let total (list: List<Int>) (acc: Int) : Int =\n  match list with\n  | [] -> acc\n\
         \x20 | n :: rest -> total rest (acc + n)\n\
         let _ = total [ 1 ] 0",
    );
    let machine = part(&text, "dark$total$machine");
    assert_eq!(machine.matches("IntIsSmall").count(), 1, "{machine}");
    assert_eq!(machine.matches("SumFits").count(), 1, "{machine}");
}

/// Lists that are made, in a function over a list.
fn pipeline(steps: &str, result: &str) -> String {
    optimised(&format!(
        "let run (xs: List<Int64>) : {result} =\n  xs\n{steps}\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ run ]))"
    ))
}

#[test]
fn lists_between_stages_are_not_made() {
    let text = pipeline(
        "  |> Stdlib.List.map (fun n -> n * 2L)\n  |> Stdlib.List.filter (fun n -> n % 3L != 0L)\n\
         \x20 |> Stdlib.List.map (fun n -> n + 1L)\n  |> Stdlib.List.fold 0L (fun sum n -> sum + n)",
        "Int64",
    );
    assert!(!text.contains("ListPush") && !text.contains("closure$"), "{text}");
    assert_eq!(text.matches("ListGet").count(), 1, "{text}");
    let text = pipeline(
        "  |> Stdlib.List.map (fun n -> n * 2L)\n  |> Stdlib.List.indexedMap (fun i n -> (i, n))",
        "List<(Int * Int64)>",
    );
    assert_eq!((text.matches("ListPush").count(), text.matches("ListGet").count()), (1, 1), "{text}");
}

#[test]
fn functions_around_stages_are_seen_through() {
    let text = pipeline(
        "  |> Stdlib.List.map (fun n -> n * 2L)\n  |> Stdlib.List.zipShortest [ 1L; 2L ]\n\
         \x20 |> Stdlib.List.map (fun (a, b) -> a * b)\n  |> Stdlib.Int64.sum",
        "Int64",
    );
    assert!(!text.contains("ListPush") && !text.contains("construct"), "{text}");
}

#[test]
fn numbers_of_a_range_are_not_put_into_a_list() {
    let text = optimised(
        "let squares (n: Int) : Int =\n  Stdlib.List.range 1 n |> Stdlib.List.map (fun i -> i * i) |> Stdlib.Int.sum\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ squares ]))",
    );
    assert!(!text.contains("ListPush") && !text.contains("ListGet"), "{text}");
}

#[test]
fn what_may_be_seen_is_not_moved() {
    // Two stages that may fail: all of the first one comes before the second one.
    let two = "  |> Stdlib.List.map (fun n -> 6L / n)\n  |> Stdlib.List.map (fun n -> 7L / n)\n  |> Stdlib.Int64.sum";
    assert_eq!(pipeline(two, "Int64").matches("ListPush").count(), 1);
    // One of them may, wherever it stands.
    let one = "  |> Stdlib.List.map (fun n -> n + 1L)\n  |> Stdlib.List.map (fun n -> 7L / n)\n  |> Stdlib.Int64.sum";
    assert_eq!(pipeline(one, "Int64").matches("ListPush").count(), 0);
    // Who leaves off early would hide a failure.
    let early = "  |> Stdlib.List.map (fun n -> 6L / n)\n  |> Stdlib.List.any (fun n -> n == 1L)";
    assert_eq!(pipeline(early, "Bool").matches("ListPush").count(), 1);
    let early = "  |> Stdlib.List.map (fun n -> 6L * n)\n  |> Stdlib.List.any (fun n -> n == 1L)";
    assert_eq!(pipeline(early, "Bool").matches("ListPush").count(), 0);
}

#[test]
fn a_list_that_is_used_twice_is_made() {
    let text = optimised(
        "let run (xs: List<Int64>) : Int64 * Int =\n  let ys = Stdlib.List.map xs (fun n -> n * 2L)\n\
         \x20 (Stdlib.Int64.sum ys, Stdlib.List.length ys)\n\
         Stdlib.printLine (Stdlib.toRepr (Stdlib.List.length [ run ]))",
    );
    assert_eq!(text.matches("ListPush").count(), 1, "{text}");
}

#[test]
fn fast_builds_have_code_once_that_does_not_depend_on_types() {
    let symbols = shared(
        "type Cat = { name: String; age: Int64; toys: List<String>; home: String }\n\
         type Dog = { name: String; age: Int64; bones: List<String>; home: String }\n\
         let cat (age: Int64) : Cat = Cat { name = \"a\"; age = age; toys = []; home = \"b\" }\n\
         let dog (age: Int64) : Dog = Dog { name = \"c\"; age = age; bones = []; home = \"d\" }\n\
         let cats = Stdlib.List.map [ 1L ] (fun n -> cat n)\n\
         let dogs = Stdlib.List.map [ 2L ] (fun n -> dog n)\n\
         let ages = [ Stdlib.List.map cats (fun it -> it.age); Stdlib.List.map dogs (fun it -> it.age) ]\n\
         let first = Stdlib.List.head cats\nlet other = Stdlib.List.head dogs\n\
         Stdlib.printLine (Stdlib.toRepr ages ++ Stdlib.toRepr first ++ Stdlib.toRepr other)",
    );
    let count =
        |name: &str| symbols.iter().filter(|symbol| symbol.starts_with(&format!("dark$Stdlib.List.{name}<"))).count();
    // A list of cats is walked like one of dogs; one that is made says what it holds.
    assert_eq!(count("map"), 3, "{symbols:?}");
    assert_eq!(count("Internal.mapFrom"), 3, "{symbols:?}");
    assert!(symbols.iter().any(|symbol| symbol.contains("List.map<") && symbol.contains("Cat, Int64>")), "{symbols:?}");
    // The message of a failure would show the list.
    assert_eq!(count("head"), 2, "{symbols:?}");
    assert_eq!(
        symbols.iter().filter(|symbol| symbol.starts_with("dark$cat") || symbol.starts_with("dark$dog")).count(),
        2
    );
}
