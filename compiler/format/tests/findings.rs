//! Small texts that were once not formatted faithfully; `./x fuzz formatter` found them.

use dark_format::format;
use dark_source::FileId;
use dark_syntax::Mode;

#[track_caller]
fn check(mode: Mode, text: &str) {
    let out = format(text, FileId(0), mode).unwrap_or_else(|error| panic!("{error:?}:\n{text}"));
    assert_eq!(format(&out, FileId(0), mode).as_ref(), Ok(&out), "formatting it once more changes it");
}

#[test]
fn comments_in_front_of_a_closing_parenthesis() {
    for text in ["(r\n// c\n)", "(r\n // c\n)", "(r\n // c\n )", "let x = 1\n(r\n// c\n)", "(fun x ->\n  x\n  // c\n)"]
    {
        check(Mode::Script, text);
    }
}

#[test]
fn a_comment_between_a_minus_and_its_number() {
    check(Mode::Script, "-(* c *)5");
    check(Mode::Script, "-// c\n5");
    check(Mode::Script, "match 1 with\n| -(* c *) 5 -> 1\n| _ -> 2");
}

#[test]
fn documentation_in_front_of_a_field() {
    check(Mode::Script, "t.///\ne\nlet a(t:a):l=()");
    check(Mode::Script, "t///\n .e\nlet a(t:a):l=()");
}

#[test]
fn strings_and_comments_of_several_lines_in_attributes() {
    for text in [
        "[<C(\" \n\")>]let y():i",
        " [<C(\"\n \")>]\n let y():i",
        "[<W(* \n*)>]let y():i",
        "  [<W(*\n a *)\n ;A>]let y():i",
        "[<C(\"\n \", 1) ;  \n  D>]let y():i",
    ] {
        check(Mode::Std, text);
    }
}

#[test]
fn documentation_in_the_middle_of_declarations() {
    check(Mode::Std, "[<E>]let n(s:///\n t):t");
    check(Mode::Package, "module H///\n=\n val a = 1");
    check(Mode::Package, "type S=///s\n|///\n R");
    check(Mode::Std, "[<B>]\ntype T///\n =o");
    check(Mode::Std, "  [<B>]\ntype T///\n =o");
    check(Mode::Std, "  [<B>]\n    type T///\n     =o");
    check(Mode::Std, " [<B>]\ntype///\n T");
    check(Mode::Package, "  type S=///s\n   (* a\n   b *)  \n   |///\n   R");
    check(Mode::Test, "e=error///\n\"\n \"\n()=2");
    check(Mode::Test, "e=error///\n\"\"\n()=2");
}

#[test]
fn arguments_of_a_callee_of_several_lines() {
    check(Mode::Script, "((fun//\no->D))T (fun o->D)");
    check(Mode::Script, "match t with|i->((n\nr)i(fun a->t))");
}

#[test]
fn a_comment_in_front_of_the_body_of_a_let_in_a_line() {
    check(Mode::Script, "(fun()->\n      let t=\n b\n //\n()\n      n)");
    check(Mode::Script, "(fun()->\n      let t=\n b //\n()\n      n)");
}
