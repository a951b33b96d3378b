//! What the pass makes of small texts, drawn on one line: `‹ ›` a block, `« »` a module body, `;;` between statements,
//! `,,` between elements, `##` between items, `BAR` a case; re-tagged tokens carry a letter (`(c`, `{r`, `<t`, `.f`, `=a`).

use super::*;
use crate::lexer::lex;

fn draw(text: &str) -> String {
    let lexed = lex(text);
    let laid_out = layout(text, lexed.tokens, true);
    let mut out: Vec<String> = Vec::new();
    for (start, kind, end) in &laid_out.tokens {
        let written = text.get(*start as usize..*end as usize).unwrap_or_default();
        out.push(match kind {
            T::BlockOpen => "‹".into(),
            T::BlockClose => "›".into(),
            T::BodyOpen => "«".into(),
            T::BodyClose => "»".into(),
            T::Sep => ";;".into(),
            T::ElementSep => ",,".into(),
            T::ItemSep => "##".into(),
            T::CtorParen => "(c".into(),
            T::RecordBrace => "{r".into(),
            T::UpdateBrace => "{u".into(),
            T::TypeOpen => "<t".into(),
            T::TypeClose => ">t".into(),
            T::FieldDot => ".f".into(),
            T::Assert => "=a".into(),
            T::Neg => "NEG".into(),
            T::Pre => "PRE".into(),
            T::Bar => "BAR".into(),
            T::HoleOpen => "{h".into(),
            T::HoleClose => "h}".into(),
            T::StrOpen | T::StrClose => "$".into(),
            T::PipeSection(_) => "PIPEOP".into(),
            T::Section(_) => "SECTION".into(),
            T::AttrOpen => "[<".into(),
            T::AttrClose => ">]".into(),
            T::ErrorWord(_) => "err".into(),
            _ => written.into(),
        });
    }
    for (span, problem) in &laid_out.problems {
        out.push(format!("!{}:{problem:?}", span.start));
    }
    out.join(" ")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let expected: Vec<&str> = expected.split_whitespace().collect();
    assert_eq!(draw(text), expected.join(" "), "\n{text}");
}

#[test]
fn an_inner_match_closes_before_the_outer_goes_on_and_a_pipe_lands_in_the_last_branch() {
    check(
        "match n with
| 0 -> if b then \"zero\"
       else \"other\"
| _ ->
  match m with
  | Some x when x > 1 -> \"a\"
  | _ -> \"b\"
    |> f
",
        "match n with BAR 0 -> ‹ if b then ‹ \"zero\" › else ‹ \"other\" › ›
         BAR _ -> ‹ match m with BAR Some x when x > 1 -> ‹ \"a\" › BAR _ -> ‹ \"b\" |> f › ›",
    );
}

#[test]
fn in_parentheses_equal_columns_separate_and_others_continue() {
    check("(f \"a\"\n g\nx\n 42)", "( f \"a\" ;; g x ;; 42 )");
}

#[test]
fn a_module_body_with_types_tests_and_values() {
    check(
        "module A =
  type T =
    | X
    | Y of Int * b: Int
  T.Y(1, 2) = T.Y (f -1)
    2
  module B =
    val a = Dict { x = 1
                   y = parse<List<Int>> \"s\" }
B.a = error=\"no\"
",
        "module A = « type T = | X | Y of Int * b : Int ##
           T . Y (c 1 , 2 ) =a T . Y (c f NEG 1 ) 2 ##
           module B = « val a = ‹ Dict {r x = 1 ,, y = parse <t List <t Int >t >t \"s\" } › » »
         ## B . a =a err = \"no\"",
    );
}

#[test]
fn arguments_go_on_in_the_row_right_of_the_head_or_right_of_the_anchor() {
    check("f a\n  b\n", "f a b");
    check("f a\nb\n", "f a ## b");
    // Right of the anchor of the block, left of the head.
    check("let x =\n  g (y)\n  h\nx\n", "let x = ‹ g ( y ) ;; h › ‹ x ›");
    check(
        "let x = 1 |> f\n  0\nx",
        "let x = ‹ 1 |> f › ‹ 0 › ## x !17:DeepBody { keyword: Span { start: 0, end: 3 } }",
    );
}

#[test]
fn an_operator_goes_on_in_the_column_of_the_statement_but_a_minus_begins_a_new_one() {
    check("a\n+ b\n", "a + b");
    check("a\n- 1\n", "a ## NEG 1");
    check("a\n  - 1\n", "a - 1");
    check("(a\n - b)", "( a ;; PRE b )");
}

#[test]
fn a_minus_is_glued_to_a_literal_argument_only_behind_white_space() {
    check("f -1", "f NEG 1");
    check("f - 1", "f - 1");
    check("f-1", "f - 1");
    check("-f 2", "PRE f 2");
    check("- 5", "NEG 5");
    check("(a + b) -1", "( a + b ) - 1");
    check("(f) -1", "( f ) NEG 1");
    check("1uy -1", "1uy - 1");
}

#[test]
fn pipes_and_fields_go_on_at_any_column() {
    check("    a\n |> f\n", "a |> f");
    check("  a\n.b\n", "a .f b");
    check("a |> (+) 1 |> (+)", "a PIPEOP 1 |> SECTION");
}

#[test]
fn a_pipe_under_an_if_is_warned_about() {
    check(
        "if a then b else c\n|> f",
        "if a then ‹ b › else ‹ c |> f › !19:PipeIntoBranch { keyword: Span { start: 0, end: 2 } }",
    );
    check("(if a then b else c)\n|> f", "( if a then ‹ b › else ‹ c › ) |> f");
    check("if a then b else c |> f", "if a then ‹ b › else ‹ c |> f ›");
}

#[test]
fn else_belongs_to_the_innermost_if_at_or_left_of_it() {
    check("if a then\n  if b then\n    c\nelse\n  d\n", "if a then ‹ if b then ‹ c › › else ‹ d ›");
    check("if a then b else if c then d else e", "if a then ‹ b › else if c then ‹ d › else ‹ e ›");
    check("if a then b\nelse\n  if c then d\n", "if a then ‹ b › else ‹ if c then ‹ d › ›");
}

#[test]
fn elements_are_separated_by_rows_and_continue_further_in() {
    check("[ 1\n  2 ]", "[ 1 ,, 2 ]");
    check("[ f\n    2 ]", "[ f 2 ]");
    check("[ 1\n    2 ]", "[ 1 ,, 2 ]");
    check("P { x =\n    f\n      1\n    y = 2 }", "P {r x = f 1 ,, y = 2 }");
    check("{ p with x = 1\n         y = 2 }", "{u p with x = 1 ,, y = 2 }");
    check("[ 1 2 ]", "[ 1 ,, 2 ] !4:SameLine { what: Other }");
}

#[test]
fn constructors_take_parentheses_glued_everywhere_and_apart_at_the_head() {
    check("Some(1)", "Some (c 1 )");
    check("Some (1)", "Some (c 1 )");
    check("f Some (1)", "f Some ( 1 )");
    check("f Some(1)", "f Some (c 1 )");
    check("T<Int>.Case 1", "T <t Int >t . Case 1");
    check("A.B.f.g", "A . B . f .f g");
}

#[test]
fn the_body_of_a_let_takes_the_rest_of_its_block() {
    check("let a = 1\nlet b = 2\nb\n", "let a = ‹ 1 › ‹ let b = ‹ 2 › ‹ b › ›");
    check("let a = 1 in a", "let a = ‹ 1 › in ‹ a ›");
    check("(let x = 5\n inc x) = 6", "( let x = ‹ 5 › ‹ inc x › ) =a 6");
    check("let f () : Int =\n  a; b\n  c\n", "let f ( ) : Int = ‹ a ; b ;; c ›");
}

#[test]
fn a_declaration_ends_where_the_next_begins_though_brackets_are_open() {
    check(
        "let f () : Int = [ 1\nlet g () : Int = 2\n",
        "let f ( ) : Int = ‹ [ 1 ,, › ## let g ( ) : Int = ‹ 2 › !21:Unclosed { opener: LBracket, span: Span { start: 17, end: 18 } }",
    );
}

#[test]
fn the_pattern_of_a_case_marks_lists_of_constructors() {
    check("match x with\n| Some (a), [ b ] -> 1", "match x with BAR Some (c a ) , [ b ] -> ‹ 1 ›");
    check("  match x with\n  | [ b\n c ] -> 1", "match x with BAR [ b ,, c ] -> ‹ 1 ›");
    check("match x with | B -1 | C -> 1", "match x with BAR B NEG 1 | C -> ‹ 1 ›");
}

#[test]
fn holes_are_laid_out_at_their_real_columns() {
    check("$\"a{f x}b\"", "$ a {h f x h} b $");
    check("$\"{if a then b else c}\"", "$ {h if a then ‹ b › else ‹ c › h} $");
    check("$\"{a b\n}{}\"", "$ {h a b h} {h h} $ !9:EmptyHole");
}

#[test]
fn a_lambda_takes_all_that_follows_but_a_comma() {
    check("(fun x -> x, 1)", "( fun x -> ‹ x › , 1 )");
    check("a |> fun n -> n |> f", "a |> fun n -> ‹ n |> f ›");
}

#[test]
fn attributes_stand_in_front_of_declarations() {
    check("[<DB>]\ntype A = B", "[< DB >] type A = B");
    check("[<A; B \"x\">] let f _x = 1", "[< A ; B \"x\" >] let f _x = ‹ 1 ›");
    check("[ < a ]", "[ ] !2:Unexpected(Lt)");
}

#[test]
fn columns_count_utf16_units() {
    // The emoji is two units wide, so `c` stands in the column of `b`.
    check("(f \"👩\" (b\n         c))", "( f \"👩\" ( b ;; c ) )");
}

#[test]
fn a_let_with_nothing_behind_its_value_closes_the_blocks_of_the_lets_before_it() {
    check("let a = 1\nlet b = 2", "let a = ‹ 1 › ‹ let b = ‹ 2 › ‹ › › !10:LetAtEnd");
}
