//! Any text gives a tree: truncated programs, soups of tokens, random bytes, nesting without end; and in linear time.

use dark_source::FileId;
use dark_syntax::{Mode, Parse, parse, parse_expression};
use std::time::{Duration, Instant};

const PROGRAM: &str = r#"module Shop.Cart

/// A line of the order.
type Line = { sku: String; qty: Int }
type Shape<'a> =
  | Circle of Float
  | Pair of left: 'a * right: List<List<'a>>

[<DB>]
type Lines = Line

[<HttpHandler("GET", "/lines/:id"); Tagged "x">]
let show (id: String) : Stdlib.Option.Option<Line> =
  Stdlib.DB.get id Lines

val limit = -100y
let units<'a> (lines: List<Line>) (f: Int -> 'a) : Int =
  let total = lines |> Stdlib.List.fold 0 (fun n l -> n + l.qty) // sum
  let (a, _) = (1, "żółw 👩‍👩‍👧")
  match lines, a with
  | [], _ -> 0
  | { } :: _, 1 | [ x; _ ], _ when a > 0 -> total * 2 ^ 3
  | Some (B -1, 'c') :: rest, _ ->
    if a == 1 then $"{Stdlib.Int.toString (a + 1)} {{}} \n" elif a < 2 then "" else """raw"""
  | _ -> (show ``in``).x.y |> (+) 1 |> Pt.Pt 5

module Inner =
  let swap (p: 'a * 'b) : 'b * 'a = (* block (* nested *) *) { p with x = 1; y = [ 1, 2 ] }
  Dict { a = 1; b = 0x } = error="no"
"#;

fn parse_in_all_modes(text: &str) -> Parse {
    for mode in [Mode::Package, Mode::Script, Mode::Std] {
        parse(text, FileId(0), mode);
    }
    parse_expression(text, FileId(0));
    parse(text, FileId(0), Mode::Test)
}

/// Runs on a thread with the stack of a test, whatever the caller has.
fn time(text: &str) -> (Duration, Parse) {
    let start = Instant::now();
    let parsed = parse(text, FileId(0), Mode::Script);
    (start.elapsed(), parsed)
}

#[test]
fn a_program_cut_off_at_any_byte_gives_a_tree() {
    for end in (0..PROGRAM.len()).filter(|end| PROGRAM.is_char_boundary(*end)) {
        parse_in_all_modes(&PROGRAM[..end]);
        parse_in_all_modes(&PROGRAM[end..]);
    }
}

#[test]
fn a_program_without_one_of_its_characters_gives_a_tree() {
    for (at, c) in PROGRAM.char_indices() {
        let text = format!("{}{}", &PROGRAM[..at], &PROGRAM[at + c.len_utf8()..]);
        parse_in_all_modes(&text);
    }
}

/// A small generator with a fixed seed: the same texts in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

const WORDS: &[&str] = &[
    "let", "val", "type", "module", "in", "if", "elif", "then", "else", "of", "match", "with", "when", "fun", "true",
    "_", "x", "f", "Some", "T", "Dict", "A.B", "'a", "1", "2.5", "-", "3y", "'c'", "\"s\"", "$\"{x}\"", "$\"{", "\"",
    "(", ")", "[", "]", "{", "}", "[<", ">]", "<", ">", ">>", "|>", "|", "||", "::", "->", "=", "==", ":", ";", ",",
    ".", "+", "*", "()", "(*)", "(+)", "//", "(*", "*)", "\n", "\n", "\n  ", "\n    ", " ", " ", "\t", "#", "error",
    "``", "``a b``",
];

#[test]
fn soups_of_tokens_give_trees() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..1_500 {
        let mut text = String::new();
        for _ in 0..random.below(60) {
            text.push_str(WORDS[random.below(WORDS.len())]);
            if random.below(3) > 0 {
                text.push(' ');
            }
        }
        parse_in_all_modes(&text);
    }
}

#[test]
fn random_characters_give_trees() {
    let mut random = Random(42);
    for _ in 0..1_000 {
        let bytes: Vec<u8> = (0..random.below(80)).map(|_| random.below(256) as u8).collect();
        parse_in_all_modes(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn nesting_without_end_is_a_message_and_no_overflow() {
    let count = 100_000;
    let repeated: &[(&str, &str)] = &[
        ("(", "val x = "),
        ("[", "val x = "),
        ("{ ", "val x = "),
        ("T { a = ", "val x = "),
        ("C(", "val x = "),
        ("f (fun x -> ", "val x = "),
        ("if a then ", "val x = "),
        ("match a with | x -> ", "val x = "),
        ("- ", "val x = "),
        ("1 + ", "val x = 1 + "),
        ("1 @ ", "val x = 1 + "),
        (".a", "val x = a"),
        ("elif a then b ", "val x = if a then b "),
        ("else if a then b ", "val x = if a then b "),
        ("let a = 1 in ", "val x = "),
        ("(", "type T = "),
        ("List<", "type T = "),
        ("List<", "let f (x: "),
        ("(", "let f (x: "),
        ("List<", "val x = f<"),
        ("(", "val x = fun "),
        ("(", "val x = match a with | "),
        ("Some ", "val x = match a with | "),
        ("x :: ", "val x = match a with | "),
    ];
    for (part, before) in repeated {
        let (_, parsed) = time(&format!("{before}{}", part.repeat(count)));
        assert!(parsed.diagnostics.iter().any(|it| it.code.id == "E0123"), "{before}{part}: {:?}", parsed.diagnostics);
    }
}

#[test]
fn interpolations_inside_of_each_other_have_a_limit() {
    let nested = |levels: usize| format!("val x = {}\"a\"{}", "$\"{".repeat(levels), "}\"".repeat(levels));
    assert_eq!(parse(&nested(60), FileId(0), Mode::Package).diagnostics, []);
    for levels in [65, 100, 100_000] {
        let (_, parsed) = time(&nested(levels));
        assert!(parsed.diagnostics.iter().any(|it| it.code.id == "E0123"), "{levels}: {:?}", parsed.diagnostics);
    }
}

#[test]
fn many_modules_inside_of_each_other_do_not_overflow() {
    time(&"module A\n".repeat(100_000));
    let deep: String = (0..1_000).map(|depth| format!("{}module A =\n", " ".repeat(depth))).collect();
    let (_, parsed) = time(&deep);
    assert!(parsed.diagnostics.iter().any(|it| it.code.id == "E0123"));
}

#[test]
fn long_is_not_deep() {
    let lets: String = (0..900).map(|n| format!("let x{n} = {n}\n")).collect();
    let functions: String = (0..2_000).map(|n| format!("let f{n} (x: Int) : Int =\n  let y = x\n  y + 1\n")).collect();
    let pipes = format!("[ 1 ]\n{}", "|> Stdlib.List.map (fun x -> x + 1)\n".repeat(3_000));
    let list = format!("[ {} ]", "1; ".repeat(20_000));
    let arguments = format!("f {}", "x ".repeat(20_000));
    for text in [format!("{lets}x0\n"), functions, pipes, list, arguments] {
        let (_, parsed) = time(&text);
        assert_eq!(parsed.diagnostics, []);
    }
}

/// Twice the text may take twice the time: each text is parsed at two sizes, and a factor far from 2 is a quadratic step.
#[test]
fn time_is_linear_in_the_text_also_when_it_is_broken() {
    let texts: &[&str] = &[
        "let f (x: Int) : Int =\n  let y = x + 1\n  match y with\n  | 1 -> \"a\"\n  | _ -> $\"{y} b\"\n\n",
        "let f (x: Int) : Int = ]\n",
        "let f (x: Int : Int =\n  [ 1; 2\n",
        "#\n",
        "\\\"\n",
        "$\"{\n",
        "$\"{a} {b}\" ",
        "val x = 1 1\n",
        "( [ {",
        "match x with\n| 1 = 2\n",
        "(* ",
        "A ",
        "let ",
        "| ",
        "type T = { a: Int b }\n",
        "val d = Dict { a = 1; a = 2 }\n",
    ];
    for text in texts {
        let at = |size: usize| {
            let long = text.repeat(size / text.len());
            (0..3).map(|_| time(&long).0).min().unwrap_or_default()
        };
        let (small, large) = (at(20_000), at(80_000));
        let (small, large) = (small.as_secs_f64().max(0.004), large.as_secs_f64());
        assert!(large < small * 12.0, "{text:?}: {small} s, four times the text: {large} s");
    }
}

#[test]
fn every_span_lies_in_the_text_on_character_boundaries() {
    let mut random = Random(7);
    let pieces: Vec<&str> = PROGRAM.split_inclusive(' ').collect();
    for _ in 0..500 {
        let text: String = (0..random.below(40)).map(|_| pieces[random.below(pieces.len())]).collect();
        for diagnostic in parse_in_all_modes(&text).diagnostics {
            let labels = diagnostic.secondary.iter().chain([&diagnostic.primary]);
            for label in labels {
                assert!(text.get(label.location.span.range()).is_some(), "{diagnostic:?}\n{text}");
            }
        }
    }
}

#[test]
fn a_lone_brace_costs_no_declaration() {
    let text = "let f (a: Int) : Int =\n  {\n\nlet g (b: Int) : Int = b\nlet h (c: Int) : Int = c\n";
    let parsed = parse(text, FileId(0), Mode::Package);
    assert_eq!(parsed.tree.items.len(), 3, "{:#?}", parsed.diagnostics);
}

/// Also a token that no rule has anywhere.
#[test]
fn a_stray_operator_costs_its_declaration_only() {
    for token in
        ["+", "-", "/", "%", "^", "<", ">", ">>", "<=", ">=", "==", "!=", "&&", "||", "++", "@", "$\"a\"", "::", "|>"]
    {
        for broken in [
            "let f (a: Int) TOKEN : Int = a",
            "let f (TOKEN: Int) : Int = 1",
            "type T = { a: TOKEN; b: Int }",
            "type T =\n  | A TOKEN",
        ] {
            let text =
                format!("{}\n\nlet g (b: Int) : Int = b\nlet h (c: Int) : Int = c\n", broken.replace("TOKEN", token));
            let parsed = parse(&text, FileId(0), Mode::Package);
            assert!(!parsed.diagnostics.is_empty(), "{text}");
            assert!(format!("{:?}", parsed.tree).contains("\"h\""), "{text}\n{:#?}", parsed.diagnostics);
        }
    }
}

/// What is not written yet is missing, whatever follows.
#[test]
fn a_branch_or_body_without_content_costs_its_declaration_only() {
    for broken in [
        "  if a == 1 then 1 else",
        "  if a == 1 then",
        "  match a with\n  | 1 ->",
        "  a |> fun n ->",
        "  let b =",
        "  let b =\n    if a == 1 then",
    ] {
        let text = format!(
            "let f (a: Int) : Int =\n{broken}\n\nlet g (b: Int) : Int = b\n\nlet h (c: Int) : Int = c\ntype T = Int\n"
        );
        let parsed = parse(&text, FileId(0), Mode::Package);
        assert!(!parsed.diagnostics.is_empty(), "{text}");
        assert_eq!(parsed.tree.items.len(), 4, "{text}\n{:#?}", parsed.diagnostics);
    }
}

#[test]
fn an_expected_value_that_is_missing_costs_its_test_only() {
    for broken in ["=", "1 ="] {
        let text = format!("{broken}\nlet g (b: Int) : Int = b\nlet h (c: Int) : Int = c\n");
        let parsed = parse(&text, FileId(0), Mode::Test);
        assert!(!parsed.diagnostics.is_empty(), "{text}");
        assert!(format!("{:?}", parsed.tree).contains("\"h\""), "{text}\n{:#?}", parsed.diagnostics);
    }
}

/// The body of a `let` may begin anywhere, but not with a declaration behind the brackets it stands in.
#[test]
fn a_let_in_an_open_bracket_costs_its_declaration_only() {
    for broken in
        ["(let", "[let x = 1", "(fun x -> let y = x", "let f (a: Int) : Int = (let b = a", "val v = T { a = let b = 1"]
    {
        let text = format!("{broken}\n\nlet g (b: Int) : Int = b\nlet h (c: Int) : Int = c\n");
        let parsed = parse(&text, FileId(0), Mode::Package);
        assert!(!parsed.diagnostics.is_empty(), "{text}");
        assert!(format!("{:?}", parsed.tree).contains("\"h\""), "{text}\n{:#?}", parsed.diagnostics);
    }
}
