//! Problems of layout: what stands where nothing can use it.

use super::grammar::unexpected;
use crate::layout::{Beginning, LayoutProblem};
use crate::token::T;
use dark_diagnostics::{Diagnostic, Edit, Fix, codes};
use dark_source::{FileId, Location, Span};

pub fn describe(span: Span, problem: &LayoutProblem, text: &str, file: FileId) -> Diagnostic {
    let new = |code, title: &str, label: &str| Diagnostic::new(code, title, file, span, label);
    match problem {
        LayoutProblem::Lexical(kind) => super::token::describe(span, kind, text, file),
        LayoutProblem::SameLine { what } => same_line(*what, span, text, file),
        LayoutProblem::DeepBody { keyword } => new(
            codes::E0121,
            "this line is indented deeper than its `let`",
            "is it part of the value, or what follows?",
        )
        .because(file, *keyword, "the body of this `let` would begin at the deeper line")
        .help("part of the value: put it on the line behind the `=`, or begin the value on a line of its own")
        .help("what follows the `let`: move it to the column of the `let`")
        .note("a value that begins on the line of its `let` goes on only in columns right of its first word"),
        LayoutProblem::Unexpected(kind) => unexpected(kind, span, text, file),
        LayoutProblem::Unclosed { opener, span: open } => unclosed(opener, *open, span, file),
        LayoutProblem::TooDeep => new(codes::E0123, "this is nested too deeply", "more than 200 levels")
            .help("give inner parts a name with `let`, or move them into functions"),
        LayoutProblem::TooManyHoles => new(codes::E0123, "this is nested too deeply", "more than 64 interpolations")
            .help("give inner parts a name with `let`"),
        LayoutProblem::HoleRest => new(codes::E0124, "an interpolation holds one expression", "this is left over")
            .help("give the value a name with `let` in front, and put the name between the braces"),
        LayoutProblem::EmptyHole => new(codes::E0124, "an interpolation holds one expression", "there is none")
            .help("write `{{}}` for braces in the text"),
        LayoutProblem::MissingThen if text.get(span.range()) == Some("{") => {
            new(codes::E0002, "this `if` has no `then`", "a block has no braces")
                .help("write `if condition then a else b`, or put `a` and `b` on lines of their own, indented")
        }
        LayoutProblem::MissingThen => new(codes::E0002, "this `if` has no `then`", "`then` belongs in front of this")
            .help("write `if condition then a else b`"),
        LayoutProblem::MissingWith => {
            new(codes::E0003, "this `match` has no `with`", "`with` belongs in front of this")
                .help("write `match value with` and then a line `| pattern -> result` for each case")
        }
        LayoutProblem::MissingArrow if text.get(span.range()) == Some("if") => {
            new(codes::E0004, "this case has no `->`", "a condition on a case begins with `when`")
                .help("write `| pattern when condition -> result`")
        }
        LayoutProblem::GluedLess => new(codes::E0001, "a `<` that touches a name begins types", "nothing closes it")
            .help("to compare, put blanks around it: `a < b`")
            .help("types behind a name are closed with `>`: `parse<Int>`"),
        LayoutProblem::NoName => new(codes::E0008, "no name follows this `let`", "a name or pattern is missing")
            .help("write `let name = value`; `let _ = value` drops the value"),
        LayoutProblem::NoEquals => {
            new(codes::E0005, "this declaration has no `=`", "`=` belongs in front of this body")
                .help("write `let name (parameter: Type) : Result = body`")
        }
        LayoutProblem::LetAtEnd if ends_with_semicolon(text, span) => {
            new(codes::E0008, "nothing follows this `let`", "its value goes on behind the `;`")
                .help("leave the `;` out: statements stand on lines of their own, in one column")
        }
        LayoutProblem::LetAtEnd => new(codes::E0008, "nothing follows this `let`", "this names a value, and then")
            .help("put the expression that uses the name on the next line, in the column of the `let`"),
        LayoutProblem::NoBody => new(codes::E0008, "nothing follows this `=`", "the body is missing behind this")
            .help("write the body on the next line, indented"),
        LayoutProblem::BareParameter => new(codes::E0013, "this parameter has no type", "add its type")
            .help(format!("write `({}: Type)`", text.get(span.range()).unwrap_or_default()))
            .note("functions of a module say the types of their parameters and result; inside bodies types are found"),
        LayoutProblem::EmptyModule => new(codes::E0008, "nothing follows this `=`", "the module has nothing in it")
            .help("indent what belongs to the module")
            .help("without the `=`, `module Name` takes everything below it"),
        LayoutProblem::OperatorLeft { keyword } => {
            new(codes::E0001, "this line goes on with nothing", "left of the value it would go on with")
                .because(file, *keyword, "the value of this `let` begins further to the right")
                .help("put the value on a line of its own behind the `=`, and the operator in its column")
        }
        LayoutProblem::PointNumber => {
            let written = text.get(span.range()).unwrap_or_default();
            new(codes::E0108, &format!("`{written}` is no number"), "a digit is missing in front")
                .help(format!("write `0{written}`"))
                .fix(replace(file, span, &format!("0{written}")))
        }
        LayoutProblem::TypedLet => new(codes::E0001, "the type of a `let` is not written", "leave this out")
            .help("write `let name = value`: the type is found")
            .help("a function has parameters: `let name (x: Int) : Int = …`"),
        LayoutProblem::BareTuple => new(codes::E0001, "a tuple of names stands in parentheses", "begins here")
            .help("write `let (a, b) = value`"),
        LayoutProblem::BareNestedParameter => {
            let name = text.get(span.range()).unwrap_or_default();
            new(codes::E0001, "a parameter stands in parentheses", "this one does not")
                .help(format!("write `({name})`, or with its type `({name}: Type)`"))
                .help(format!("without any: `let name = fun {name} -> …`"))
        }
        LayoutProblem::TypedLambda => new(codes::E0001, "the parameters of a `fun` have no types", "leave this out")
            .help("write `fun x -> …`: its type is found")
            .help("with types, name it: `let f (x: Int) : Int = …`"),
        LayoutProblem::RecordParameter => new(codes::E0001, "a parameter does not look into a record", "begins here")
            .help("name the whole and ask for its fields: `fun p -> p.x`"),
        LayoutProblem::CommaParameters => {
            new(codes::E0001, "each parameter has parentheses of its own", "no comma between them")
                .help("write `let name (x: Int) (y: Int) : Int = …`, and call it `name 1 2`")
        }
        LayoutProblem::ForeignFunction => new(codes::E0009, "Dark has no `function`", "this word")
            .help("name the value and look at it: `fun x -> match x with | pattern -> result`"),
        LayoutProblem::MissingArrow if text.get(span.range()).is_some_and(|it| it.starts_with('.')) => {
            new(codes::E0004, "this case has no `->`", "a pattern has no range")
                .help("write a condition: `| n when n >= 1 && n <= 5 -> …`")
        }
        LayoutProblem::MissingArrow if text.get(span.range()).is_some_and(|it| it.starts_with('$')) => {
            new(codes::E0004, "this case has no `->`", "a pattern holds no values")
                .help("write a condition: `| text when text == other -> …`")
        }
        LayoutProblem::MissingArrow if text.get(span.range()) == Some("{") => {
            new(codes::E0004, "a pattern does not look into a record", "this is no pattern")
                .help("name the whole and ask for its fields: `| p when p.x == 1 -> …`")
        }
        LayoutProblem::BareBraces => {
            new(codes::E0001, "these braces are neither a record nor an update", "opened here")
                .help("a record is written with its type: `Point { x = 1 }`; a changed copy `{ p with x = 1 }`")
                .help("a block has no braces: its lines begin in one column")
        }
        LayoutProblem::FieldColon => new(codes::E0001, "a field's value is written behind `=`", "not behind a `:`")
            .help("write `Point { x = 1 }`; the `:` gives types, in `type Point = { x: Int }`"),
        LayoutProblem::NoField => {
            let new = new(codes::E0008, "no name follows this `.`", "the name of a field is missing");
            let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let before = text.get(..span.start as usize).and_then(|it| it.chars().next_back());
            let behind = text.get(span.end as usize..).and_then(|it| it.chars().next());
            match (is_digit(before), is_digit(behind)) {
                (true, _) => new.help("a Float has digits on both sides of its point: `5.0`"),
                (_, true) => new.help("the parts of a tuple get names: `let (first, second) = pair`"),
                _ => new.help("write `record.field`"),
            }
        }
        LayoutProblem::EqualsInCondition => new(codes::E0001, "`=` does not compare", "write `==`")
            .help("to compare, write `==`; unequal is `!=`")
            .fix(replace(file, span, "==")),
        LayoutProblem::QualifiedCase => {
            new(codes::E0016, "a case in a pattern is written without its type", "leave out what is in front")
                .help("write `| Ok value -> …`: the type of the value decides what `Ok` means")
        }
        LayoutProblem::PipeIntoBranch { keyword } => {
            new(codes::W0102, "this `|>` belongs to the last branch only", "takes the result of the last branch")
                .because(file, *keyword, "not the result of this as a whole")
                .help("for the whole, put it in parentheses: `(if … then … else …) |> …`")
                .help("for the last branch, indent the `|>` as far as that branch")
        }
        LayoutProblem::MissingArrow => new(codes::E0004, "this case has no `->`", "`->` belongs in front of this")
            .help("write `| pattern -> result`, or `| pattern when condition -> result`"),
        LayoutProblem::Rec => new(codes::E0007, "Dark has no `rec`", "leave this word out")
            .help("every function may call itself, and functions of a module see each other in any order"),
        LayoutProblem::LetWithoutBody { function: true } => {
            new(codes::E0006, "this function has no result type", "of this function")
                .help("write `let name (parameter: Type) : Result = body`")
        }
        LayoutProblem::LetWithoutBody { function: false } => {
            new(codes::E0010, "a `let` without parameters here", "this is a value")
                .help("write `val name = value` for a value of a module; a script does not end with a `let`")
                .note("`let` declares functions at the top of a file; inside a function it names any value")
        }
        LayoutProblem::FirstBar => new(codes::E0125, "the first case of a `match` needs its `|`", "put a `|` in front")
            .help("each case is written `| pattern -> result`"),
    }
}

/// Another text in place of the span, for an editor to offer.
pub fn replace(file: FileId, span: Span, text: &str) -> Fix {
    let edit = Edit { location: Location { file, span }, text: text.into() };
    Fix { title: format!("write `{text}`"), edits: vec![edit] }
}

fn ends_with_semicolon(text: &str, span: Span) -> bool {
    let line = text.get(span.start as usize..).and_then(|rest| rest.lines().next());
    line.is_some_and(|line| line.trim_end().ends_with(';'))
}

fn same_line(what: Beginning, span: Span, text: &str, file: FileId) -> Diagnostic {
    let new = |label| Diagnostic::new(codes::E0120, "two expressions on one line", file, span, label);
    match what {
        Beginning::Lambda => new("a `fun` as an argument needs parentheses").help("write `(fun x -> …)`"),
        Beginning::Keyword => {
            let word = text.get(span.range()).unwrap_or_default();
            let piped = text.get(..span.start as usize).is_some_and(|before| before.trim_end().ends_with("|>"));
            let it = new("as an argument this needs parentheses");
            match word {
                "match" if piped => it.help("name the value: `|> fun value -> match value with …`"),
                "match" => it.help("write `(match … with …)`"),
                "let" => it.help("write `(let name = … in …)`"),
                _ => it.help("write `(if … then … else …)`"),
            }
        }
        Beginning::Other => new("a second expression begins here")
            .help("as an argument, put it in parentheses; as an element, put `;` in front; else begin a new line"),
    }
}

fn unclosed(opener: &T, open: Span, here: Span, file: FileId) -> Diagnostic {
    let (bracket, close) = match opener {
        T::LParen | T::CtorParen => ("(", ")"),
        T::LBracket => ("[", "]"),
        T::LBrace => ("{", "}"),
        _ => ("[<", ">]"),
    };
    Diagnostic::new(codes::E0122, format!("this `{bracket}` is not closed"), file, open, "opened here")
        .because(file, here, format!("a `{close}` is missing in front of this"))
        .help(format!("put the `{close}` where the group ends"))
}
