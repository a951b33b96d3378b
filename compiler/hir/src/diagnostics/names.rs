//! Names: what cannot be found, what stands twice.

use super::suggest::{either, near};
use crate::body::lower::{Binder, BodyProblem};
use crate::db::{Db, FileKind};
use crate::def::{Def, DefKind};
use crate::items::{definitions, shown};
use crate::resolve::Scope;
use crate::signature::{location, type_definition};
use crate::types::lower::TypeProblem;
use dark_diagnostics::{Diagnostic, codes};
use dark_source::{FileId, Span};
use dark_syntax::ast::{Item, ItemKind, Name, TypeDefinition};

/// Types that need no declaration; sized integers are rarely what a slip meant.
const BUILT_IN_TYPES: [&str; 12] =
    ["Int", "Int64", "Float", "Bool", "Char", "String", "DateTime", "Uuid", "Blob", "List", "Dict", "Unit"];

pub fn type_problem(db: &dyn Db, module: &[String], span: Span, problem: &TypeProblem, file: FileId) -> Diagnostic {
    match problem {
        TypeProblem::Unknown { name } => {
            let it = Diagnostic::new(codes::E0202, format!("there is no type `{name}`"), file, span, "not found");
            let built_in = name.strip_prefix("Stdlib.").filter(|name| BUILT_IN_TYPES.contains(name));
            match foreign_type(name) {
                None if let Some(name) = built_in => {
                    it.help(format!("write `{name}`: types of the language have no module"))
                }
                Some(help) => it.help(help),
                None if let Some(help) = old_name(db, module, &[DefKind::Type], name) => it.help(help).note(OLD_NAMES),
                None => match near(name, BUILT_IN_TYPES.into_iter()).as_slice() {
                    [] => suggestions(db, module, &[DefKind::Type], name, it),
                    meant => it.help(format!("did you mean {}?", either(meant))),
                },
            }
        }
        TypeProblem::Arity { name, expected, found } => {
            let title = format!("`{name}` takes {}, not {found}", count(*expected, "type argument"));
            let it = Diagnostic::new(codes::E0203, title, file, span, "here");
            match expected {
                0 => it.help(format!("write `{name}`")),
                1 => it.help(format!("write `{name}<String>`, with the type it holds")),
                _ => it,
            }
        }
        TypeProblem::Variable { name } => Diagnostic::new(
            codes::E0204,
            format!("the type variable `'{name}` is not declared"),
            file,
            span,
            "used here",
        )
        .help(format!("declare it behind the name of the type: `type Name<'{name}> = …`"))
        .note("a lower-case name in a type is a type variable; types begin with an upper-case letter"),
    }
}

fn count(number: usize, what: &str) -> String {
    match number {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

/// Types of other languages, and lower-case ones.
fn foreign_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "Integer" | "Number" | "Long" => "whole numbers are `Int` (without bounds) or `Int64`; others are `Float`",
        "Double" | "Decimal" => "numbers with a fraction are `Float`",
        "Boolean" => "write `Bool`",
        "Str" | "Text" => "write `String`",
        "Array" | "Vec" | "Seq" | "Sequence" => "write `List<…>`",
        "Map" | "HashMap" | "Object" => "write `Dict<…>`; its keys are Strings. For known fields declare a record",
        "Void" | "Null" => "write `Unit`",
        "Maybe" | "Optional" => "write `Stdlib.Option.Option<…>`",
        "Any" => "there is no such type: every value has one type; alternatives are an enum",
        "Date" | "Time" | "Instant" => "write `DateTime`",
        "Bytes" => "write `Blob`",
        _ => return None,
    })
}

pub fn body_problem(db: &dyn Db, module: &[String], span: Span, problem: &BodyProblem, file: FileId) -> Diagnostic {
    let new = |code, title: String, label: &str| Diagnostic::new(code, title, file, span, label);
    match problem {
        BodyProblem::Type(problem) => type_problem(db, module, span, problem, file),
        BodyProblem::UnknownName { path, locals } => unknown_name(db, module, path, locals, span, file),
        BodyProblem::TestsOnly { path } => {
            new(codes::E0213, format!("`{path}` is there for tests alone"), "not a test")
                .help("call it from a test file, in a folder named `tests`")
        }
        BodyProblem::UnknownBuiltin { name } => {
            let title = format!("darkc does not offer the host function `Builtin.{name}`");
            let it = new(codes::E0212, title, "not found");
            match super::hosts::instead(name) {
                Some((what, instead)) => it.help(instead).note(what),
                None => suggestions(db, module, &[DefKind::Function], &format!("Builtin.{name}"), it),
            }
        }
        BodyProblem::UnknownConstructor { path } => {
            let it = new(codes::E0206, format!("`{path}` is no case of an enum and no datastore"), "not found");
            match foreign_constructor(path) {
                Some(help) => it.help(help),
                None => suggestions(db, module, &[DefKind::Type, DefKind::Db], path, it),
            }
        }
        BodyProblem::UnknownCase { enum_, case } => unknown_case(db, *enum_, case, span, file),
        BodyProblem::UnknownRecord { path } => {
            let it = new(codes::E0202, format!("there is no type `{path}`"), "not found");
            suggestions(db, module, &[DefKind::Type], path, it)
        }
        BodyProblem::NotARecord { def } => {
            let name = shown(def.path(db)).to_string();
            new(codes::E0306, format!("`{name}` is no record"), "has no fields")
        }
        BodyProblem::BoundTwice { name, first, binder } => {
            let place = if *binder == Binder::Parameters { "these parameters" } else { "this pattern" };
            let it = new(codes::E0207, format!("the name `{name}` stands twice in {place}"), "again");
            it.because(file, *first, "here first").help(match binder {
                Binder::Match => format!("use another name, and compare with a guard: `when {name} == other`"),
                Binder::Parameters | Binder::Let => "use another name, or `_` for what is not used".into(),
            })
        }
        BodyProblem::OrBindings { name } => {
            new(codes::E0208, format!("not every alternative binds `{name}`"), "the alternatives differ")
                .help("bind the same names in each alternative, or write two cases")
        }
        BodyProblem::Shadows { name, def } => {
            let it = new(codes::W0201, format!("inside of `{name}`, `{name}` is this nested function"), "calls itself");
            let it = match location(db, *def) {
                Some(place) => it.because(place.file, place.span, "this one is hidden"),
                None => it,
            };
            it.help(format!("to call the other one, give this one another name, such as `{name}'`"))
        }
        BodyProblem::ConsOperator => new(codes::E0209, "`::` is only a pattern".into(), "used as an operator").help(
            "to put an element in front of a list write `Stdlib.List.push list element`, or `[ element ] @ list`",
        ),
    }
}

fn unknown_name(db: &dyn Db, module: &[String], path: &str, locals: &[String], span: Span, file: FileId) -> Diagnostic {
    let title = match path.contains('.') {
        true => format!("`{path}` not found"),
        false => format!("there is no variable named: {path}"),
    };
    let it = Diagnostic::new(codes::E0201, title, file, span, "not found");
    if let Some(help) = foreign_name(path).filter(|_| path != "f" || text_follows(db, span, file)) {
        return it.help(help);
    }
    if let Some(ours) = foreign_function(path) {
        return it.help(format!("write `Stdlib.{ours}`"));
    }
    if let Some(help) = old_name(db, module, &[DefKind::Function, DefKind::Value], path) {
        return it.help(help).note(OLD_NAMES);
    }
    let standard = format!("Stdlib.{path}");
    let segments: Vec<&str> = standard.split('.').collect();
    let kinds = [DefKind::Function, DefKind::Value];
    if path.contains('.') && (Scope { module }).find(db, &kinds, &segments).is_some() {
        return it.help(format!("write `{standard}`")).note("names of the standard library begin with `Stdlib.`");
    }
    let mut meant = near(path, locals.iter().map(String::as_str));
    if meant.is_empty() {
        // `request`, where the parameter is `req`
        meant = locals.iter().map(String::as_str).filter(|it| is_short_for(it, path)).collect();
        meant.sort_unstable();
        meant.dedup();
        meant.truncate(3);
    }
    if !path.contains('.') && !meant.is_empty() {
        return it.help(format!("did you mean {}?", either(&meant)));
    }
    suggestions(db, module, &kinds, path, it)
}

/// Whether one name begins the other, and both say something.
fn is_short_for(known: &str, name: &str) -> bool {
    known.len().min(name.len()) >= 3 && (name.starts_with(known) || known.starts_with(name))
}

const OLD_NAMES: &str =
    "older Dark wrote `PACKAGE.` or `Builtin.` in front of names of the library, and `_v1` behind them";

/// A name as older Dark wrote it, without its prefix and its version, if there is something of that name now.
fn old_name(db: &dyn Db, module: &[String], kinds: &[DefKind], path: &str) -> Option<String> {
    let now = path.strip_prefix("PACKAGE.").unwrap_or(path);
    // Host functions of a module were `Builtin.Json.parse` once.
    let of_host = now.strip_prefix("Builtin.").filter(|rest| rest.contains('.')).map(|rest| format!("Stdlib.{rest}"));
    let now = of_host.as_deref().unwrap_or(now);
    let now = match now.rsplit_once("_v") {
        Some((name, version)) if !version.is_empty() && version.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => now,
    };
    let segments: Vec<&str> = now.split('.').collect();
    let known = now != path && (Scope { module }).find(db, kinds, &segments).is_some();
    known.then(|| format!("write `{}`", now.strip_prefix("Darklang.").unwrap_or(now)))
}

/// `f"…"`
fn text_follows(db: &dyn Db, span: Span, file: FileId) -> bool {
    let text = crate::db::file(db, file).map(|file| file.text(db)).unwrap_or_default();
    text.get(span.end as usize..).is_some_and(|rest| rest.starts_with('"'))
}

/// Functions of other languages' libraries that have another name here.
fn foreign_function(path: &str) -> Option<&'static str> {
    Some(match path.strip_prefix("Stdlib.").unwrap_or(path) {
        "Option.defaultValue" | "Option.unwrapOr" | "Option.getOrElse" => "Option.withDefault",
        "Result.defaultValue" | "Result.unwrapOr" => "Result.withDefault",
        "Option.bind" | "Option.flatMap" => "Option.andThen",
        "Result.bind" | "Result.flatMap" => "Result.andThen",
        "List.rev" => "List.reverse",
        "List.mapi" => "List.indexedMap",
        "List.exists" | "List.some" => "List.any",
        "List.forall" | "List.every" => "List.all",
        "List.contains" | "List.includes" => "List.member",
        "List.find" | "List.tryFind" => "List.findFirst",
        "List.choose" => "List.filterMap",
        "List.concat" => "List.flatten",
        "List.reduce" | "List.foldl" => "List.fold",
        "List.forEach" | "List.each" => "List.iter",
        "List.size" | "List.count" => "List.length",
        "List.sortWith" => "List.sortByComparator",
        "List.tryHead" | "List.first" => "List.head",
        "List.nth" | "List.item" | "List.tryItem" => "List.getAt",
        "List.distinct" => "List.unique",
        "List.groupBy" => "List.groupByWithKey",
        "String.concat" => "String.join",
        "String.replace" => "String.replaceAll",
        "String.toUpper" => "String.toUppercase",
        "String.toLower" => "String.toLowercase",
        "String.substring" => "String.slice",
        "Dict.insert" | "Dict.add" => "Dict.set",
        "Dict.tryFind" => "Dict.get",
        "Dict.has" | "Dict.containsKey" => "Dict.member",
        _ => return None,
    })
}

/// Names people bring along from JavaScript, Python and F#.
fn foreign_name(path: &str) -> Option<&'static str> {
    Some(match path {
        "print" | "println" | "printf" | "printfn" | "echo" | "puts" | "log" | "console" => {
            "write `Stdlib.printLine \"text\"`"
        }
        "null" | "nil" | "undefined" | "none" => "a value that may be missing is an Option: `None`, or `Some value`",
        "not" => "write `Stdlib.Bool.not value`, or compare: `value == false`",
        "and" => "write `&&`",
        "or" => "write `||`",
        "mod" => "write `a % b`",
        "len" | "length" | "count" => "write `Stdlib.List.length list` or `Stdlib.String.length text`",
        "str" | "string" | "toString" => "each type has its own: `Stdlib.Int.toString number`",
        "return" => "the last expression of a function is its result: leave `return` out",
        "var" | "const" => "write `let name = value`",
        "def" | "function" | "func" => "write `let name (parameter: Type) : Result = body`, or `fun x -> body`",
        "for" | "while" | "foreach" => {
            "repeat with `Stdlib.List.map`, `Stdlib.List.fold`, or a function that calls itself"
        }
        "raise" | "throw" | "failwith" | "try" => "expected failures are values: return a `Result`, `Ok` or `Error`",
        "self" | "this" => "there are no objects: pass the record as a parameter",
        "await" | "async" => "calls wait by themselves: leave the word out",
        "map" => "write `Stdlib.List.map list (fun x -> …)`",
        "filter" => "write `Stdlib.List.filter list (fun x -> …)`",
        "ignore" => "to drop a value write `let _ = value`",
        "sprintf" | "format" => "text with values in it is written $\"… {value} …\"",
        "module" => "the name of a module begins with a capital letter: `module Shop`",
        "begin" | "end" => "leave it out: the lines of a block begin in one column",
        "open" | "import" | "using" => "nothing is imported: write the full name, such as `Stdlib.List.map`",
        "f" => "text with values in it is written $\"… {value} …\"",
        "fst" => "write `Stdlib.Tuple2.first pair`, or `let (a, b) = pair`",
        "snd" => "write `Stdlib.Tuple2.second pair`, or `let (a, b) = pair`",
        _ => return None,
    })
}

/// Cases people bring along from other languages.
pub(super) fn foreign_constructor(path: &str) -> Option<&'static str> {
    Some(match path {
        "True" => "write `true`",
        "False" => "write `false`",
        "Null" | "Nothing" | "Nil" => "write `None`",
        "Just" => "write `Some`",
        "Err" => "write `Error`",
        _ => return None,
    })
}

pub fn unknown_case(db: &dyn Db, enum_: Def, case: &str, span: Span, file: FileId) -> Diagnostic {
    let name = shown(enum_.path(db)).to_string();
    let title = format!("there is no case named `{case}` in {name}");
    let mut it = Diagnostic::new(codes::E0206, title, file, span, "not found");
    if let Some(definition) = type_definition(db, enum_) {
        let cases: Vec<&str> = definition.kind.cases().iter().map(|case| case.name.as_str()).collect();
        let close = near(case, cases.iter().copied());
        it = match (close.is_empty(), cases.is_empty()) {
            (false, _) => it.help(format!("did you mean {}?", either(&close))),
            (true, false) => it.help(format!("its cases are {}", list(&cases))),
            (true, true) => it.help(format!("{name} is no enum")),
        };
    }
    match location(db, enum_) {
        Some(place) => it.because(place.file, place.span, "declared here"),
        None => it,
    }
}

/// Datastores and cases of that name, written in full, shortest first.
pub fn elsewhere(db: &dyn Db, case: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for def in definitions(db).all().filter(|def| !crate::resolve::is_private(def.path(db))) {
        let path = shown(def.path(db));
        match def.kind(db) {
            DefKind::Db if path.rsplit('.').next() == Some(case) => found.push(path.to_owned()),
            DefKind::Type
                if !path.starts_with("Builtin")
                    && type_definition(db, def)
                        .as_ref()
                        .is_some_and(|it| it.kind.cases().iter().any(|it| it.name == case)) =>
            {
                found.push(format!("{path}.{case}"));
            }
            _ => {}
        }
    }
    found.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    found.truncate(3);
    found
}

/// The first names of a list, quoted.
pub fn list(names: &[&str]) -> String {
    let mut quoted: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    if names.len() > 8 {
        quoted.push("…".into());
    }
    quoted.join(", ")
}

/// Adds what the person may have meant: the same name elsewhere, or a near one. What only tests may call is told to tests.
fn suggestions(db: &dyn Db, module: &[String], kinds: &[DefKind], path: &str, it: Diagnostic) -> Diagnostic {
    let file = crate::db::file(db, it.primary.location.file);
    let is_test = file.is_some_and(|file| matches!(file.kind(db), FileKind::Test | FileKind::Examples));
    let all: Vec<&str> = definitions(db)
        .all()
        .filter(|def| is_test || !crate::resolve::is_for_tests(def.path(db)))
        .filter(|def| kinds.contains(&def.kind(db)) && !crate::resolve::is_private(def.path(db)))
        .map(|def| shown(def.path(db)))
        .filter(|known| path.starts_with("Builtin") || !known.starts_with("Builtin"))
        .collect();
    let last = path.rsplit('.').next().unwrap_or(path);
    let own = crate::items::join(module, "");
    let here = all.iter().filter_map(|known| known.strip_prefix(&own)).filter(|rest| !rest.contains('.'));
    let close = if path.contains('.') { near(path, all.iter().copied()) } else { near(path, here) };
    if !close.is_empty() {
        return it.help(format!("did you mean {}?", either(&close)));
    }
    let mut same: Vec<&str> = all
        .iter()
        .copied()
        .filter(|known| known.rsplit('.').next() == Some(last) && *known != path && known.contains('.'))
        .collect();
    same.sort_by_key(|known| (known.len(), *known));
    same.truncate(3);
    match same.is_empty() {
        true => it,
        false => meant_elsewhere(it, &same),
    }
}

/// Adds declarations of other modules that the person may have meant.
pub fn meant_elsewhere(it: Diagnostic, names: &[&str]) -> Diagnostic {
    it.help(format!("did you mean {}?", either(names))).note("there are no imports: names are written in full")
}

pub fn repeated(db: &dyn Db, item: &Item, first: Def, file: FileId) -> Diagnostic {
    let (name, span) = match &item.kind {
        ItemKind::Function(function) => (function.name.text.as_str(), function.name.span),
        ItemKind::Value(value) => (value.name.text.as_str(), value.name.span),
        ItemKind::Type(decl) => (decl.name.text.as_str(), decl.name.span),
        ItemKind::Db(decl) => (decl.name.text.as_str(), decl.name.span),
        _ => ("this", item.span),
    };
    let it = Diagnostic::new(codes::E0210, format!("`{name}` is declared twice"), file, span, "again");
    match location(db, first) {
        Some(place) => it.because(place.file, place.span, "here first").help("rename one of the two"),
        None => it.help("rename one of the two"),
    }
}

/// Fields or cases of one type with the same name.
pub fn repeated_members(definition: &TypeDefinition, file: FileId, out: &mut Vec<Diagnostic>) {
    let names: Vec<&Name> = match definition {
        TypeDefinition::Record(fields) => fields.iter().map(|field| &field.name).collect(),
        TypeDefinition::Enum(cases) => cases.iter().map(|case| &case.name).collect(),
        _ => return,
    };
    for (index, name) in names.iter().enumerate() {
        if let Some(first) = names[..index].iter().find(|it| it.text == name.text) {
            let title = format!("`{}` stands twice in this type", name.text);
            let it = Diagnostic::new(codes::E0210, title, file, name.span, "again");
            out.push(it.because(file, first.span, "here first").help("rename one of the two"));
        }
    }
}

/// `way` leads from the value back to it, both ends included.
pub fn value_of_itself(db: &dyn Db, name: &Name, way: &[Def], file: FileId) -> Diagnostic {
    let title = format!("the value `{}` needs itself", name.text);
    let mut it = Diagnostic::new(codes::E0310, title, file, name.span, "needed to compute itself");
    let between = way.len().saturating_sub(2);
    for def in way.iter().skip(1).take(between) {
        if let Some(place) = location(db, *def) {
            it = it.because(place.file, place.span, "on the way");
        }
    }
    let names: Vec<&str> = way.iter().map(|def| shown(def.path(db)).rsplit('.').next().unwrap_or_default()).collect();
    it.help(format!("make one of them a function: `let {} () : Type = …`", name.text))
        .note(format!("values are computed once, each behind those it needs; here {}", names.join(" needs ")))
}

pub fn alias_of_itself(name: &Name, file: FileId) -> Diagnostic {
    Diagnostic::new(
        codes::E0211,
        format!("the type `{}` stands for itself", name.text),
        file,
        name.span,
        "goes in a circle",
    )
    .help("a type that contains itself is a record or an enum")
}
