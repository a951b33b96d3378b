//! What the grammar's actions call: nodes of the tree from their parts, and the checks that need no more than the parts.

pub mod operators;

pub use operators::{Raw, fold};

use crate::ast::*;
use crate::token::T;
use dark_source::Span;
use lalrpop_util::{ErrorRecovery, ParseError};
use std::collections::HashMap;
use std::convert::Infallible;

/// A recovered or final error of the generated parser, without its types.
#[derive(Debug, Clone, PartialEq)]
pub struct GrammarError {
    pub span: Span,
    /// `None` at the end of the text.
    pub found: Option<T>,
    /// Terminal names as quoted in the grammar.
    pub expected: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    OutOfRange(IntType, Span),
    /// A value of the wrong kind where a record literal needs one.
    DuplicateDictKey {
        name: String,
        first: Span,
        second: Span,
    },
}

/// What the actions share.
#[derive(Debug, Default)]
pub struct Builder<'a> {
    /// Documentation comments by the start of the token behind them.
    pub docs: HashMap<u32, &'a str>,
    pub errors: Vec<GrammarError>,
    pub checks: Vec<Check>,
}

impl Builder<'_> {
    pub fn recovered(&mut self, recovery: ErrorRecovery<u32, T, Infallible>) {
        self.errors.push(grammar_error(recovery.error));
    }

    fn doc(&self, start: u32) -> Option<String> {
        self.docs.get(&start).map(|text| text.to_string())
    }
}

/// An expression that could not be read: nothing there, or tokens that make none.
pub fn recovered(b: &mut Builder<'_>, l: u32, recovery: ErrorRecovery<u32, T, Infallible>, r: u32) -> Expr {
    let kind = if r <= l && recovery.dropped_tokens.is_empty() { ExprKind::Missing } else { ExprKind::Error };
    b.recovered(recovery);
    expr(l, kind, r)
}

pub fn grammar_error(error: ParseError<u32, T, Infallible>) -> GrammarError {
    match error {
        ParseError::InvalidToken { location } => at(location, None, Vec::new()),
        ParseError::UnrecognizedEof { location, expected } => at(location, None, expected),
        ParseError::UnrecognizedToken { token: (l, found, r), expected } => {
            GrammarError { span: span(l, r), found: Some(found), expected }
        }
        ParseError::ExtraToken { token: (l, found, r) } => {
            GrammarError { span: span(l, r), found: Some(found), expected: Vec::new() }
        }
        ParseError::User { error } => match error {},
    }
}

fn at(location: u32, found: Option<T>, expected: Vec<String>) -> GrammarError {
    GrammarError { span: span(location, location), found, expected }
}

pub fn span(start: u32, end: u32) -> Span {
    Span { start, end: end.max(start) }
}

pub fn name(l: u32, text: String, r: u32) -> Name {
    Name { text, span: span(l, r) }
}

pub fn path(name: Name) -> Path {
    Path { span: name.span, segments: vec![name] }
}

pub fn path_push(mut path: Path, name: Name) -> Path {
    path.span = path.span.to(name.span);
    path.segments.push(name);
    path
}

// Items.

pub fn item(b: &mut Builder<'_>, l: u32, attributes: Vec<Attribute>, kind: ItemKind, r: u32) -> Item {
    let doc = b.doc(l);
    let is_db = attributes.iter().any(|attribute| attribute.name.text == "DB");
    let (kind, attributes) = match kind {
        ItemKind::Type(TypeDecl { name, definition: TypeDefinition::Alias(ty), .. }) if is_db => {
            let rest = attributes.into_iter().filter(|attribute| attribute.name.text != "DB").collect();
            (ItemKind::Db(Db { name, ty }), rest)
        }
        kind => (kind, attributes),
    };
    // The list of further cases is empty at its end, and what is empty ends where the next item begins.
    let r = match &kind {
        ItemKind::Type(TypeDecl { definition: TypeDefinition::Enum(cases), .. }) => {
            cases.last().map_or(r, |case| case.span.end)
        }
        _ => r,
    };
    Item { doc, attributes, kind, span: span(l, r) }
}

pub fn attribute(l: u32, name: Name, arguments: Vec<Expr>, r: u32) -> Attribute {
    Attribute { name, arguments, span: span(l, r) }
}

pub fn module(path: Path, header: bool, items: Vec<Item>) -> ItemKind {
    ItemKind::Module(Module { path, header, items })
}

pub fn function(
    name: Name,
    type_params: Option<Vec<Name>>,
    params: Vec<Param>,
    result: Option<Type>,
    body: Option<Expr>,
) -> ItemKind {
    ItemKind::Function(Function { name, type_params: type_params.unwrap_or_default(), params, result, body })
}

/// `let _handler _req = body`
pub fn historic(name: Name, params: Vec<Name>, body: Expr) -> ItemKind {
    let params = params.into_iter().map(|it| Param { span: it.span, kind: ParamKind::Named(it), ty: None }).collect();
    function(name, None, params, None, Some(body))
}

pub fn type_decl(name: Name, type_params: Option<Vec<Name>>, definition: TypeDefinition) -> ItemKind {
    ItemKind::Type(TypeDecl { name, type_params: type_params.unwrap_or_default(), definition })
}

pub fn enumeration(first: CaseDecl, rest: Vec<CaseDecl>) -> TypeDefinition {
    TypeDefinition::Enum(std::iter::once(first).chain(rest).collect())
}

pub fn enumeration2(first: CaseDecl, second: CaseDecl, rest: Vec<CaseDecl>) -> TypeDefinition {
    TypeDefinition::Enum([first, second].into_iter().chain(rest).collect())
}

pub fn case(b: &mut Builder<'_>, l: u32, name: Name, fields: Vec<CaseField>, r: u32) -> CaseDecl {
    CaseDecl { doc: b.doc(l), name, fields, span: span(l, r) }
}

pub fn field_decl(b: &mut Builder<'_>, l: u32, name: Name, ty: Type, r: u32) -> FieldDecl {
    FieldDecl { doc: b.doc(l), name, ty, span: span(l, r) }
}

pub fn param(l: u32, kind: ParamKind, ty: Option<Type>, r: u32) -> Param {
    Param { kind, ty, span: span(l, r) }
}

pub fn test(actual: Expr, expected: Expected) -> ItemKind {
    ItemKind::Test(Test { actual, expected })
}

pub fn test_error(l: u32, actual: Expr, sql: bool, text: String, r: u32) -> ItemKind {
    let expected = if sql { Expected::SqlError } else { Expected::Error };
    test(actual, expected(text, span(l, r)))
}

// Types.

pub fn ty(l: u32, kind: TypeKind, r: u32) -> Type {
    Type { kind, span: span(l, r) }
}

pub fn function_type(l: u32, mut parts: Vec<Type>, r: u32) -> Type {
    match parts.pop() {
        Some(result) => ty(l, TypeKind::Function { parameters: parts, result: Box::new(result) }, r),
        None => ty(l, TypeKind::Error, r),
    }
}

// Expressions.

pub fn expr(l: u32, kind: ExprKind, r: u32) -> Expr {
    Expr { kind, span: span(l, r) }
}

pub fn statements(mut list: Vec<Expr>) -> Expr {
    match (list.len(), list.first().map(|it| it.span), list.last().map(|it| it.span)) {
        (2.., Some(first), Some(last)) => Expr { span: first.to(last), kind: ExprKind::Statements(list) },
        _ => list.pop().unwrap_or(Expr { kind: ExprKind::Missing, span: Span::default() }),
    }
}

pub fn let_(l: u32, pattern: Pattern, value: Expr, body: Expr, r: u32) -> Expr {
    expr(l, ExprKind::Let { pattern, value: Box::new(value), body: Box::new(body) }, r)
}

pub fn let_function(
    l: u32,
    name: Name,
    params: Vec<Param>,
    result: Option<Type>,
    value: Expr,
    body: Expr,
    r: u32,
) -> Expr {
    let (value, body, result) = (Box::new(value), Box::new(body), result.map(Box::new));
    expr(l, ExprKind::LetFunction { name, params, result, value, body }, r)
}

pub fn if_(l: u32, (condition, then, otherwise): (Expr, Expr, Option<Expr>), r: u32) -> Expr {
    let (condition, then) = (Box::new(condition), Box::new(then));
    expr(l, ExprKind::If { condition, then, otherwise: otherwise.map(Box::new) }, r)
}

pub fn arm(l: u32, pattern: MatchPattern, guard: Option<Expr>, body: Expr, r: u32) -> MatchArm {
    MatchArm { pattern, guard, body, span: span(l, r) }
}

#[allow(clippy::vec_box, reason = "an arm is boxed where it lies on the parser's stack")]
pub fn match_(l: u32, scrutinees: Vec<Expr>, arms: Vec<Box<MatchArm>>, r: u32) -> Expr {
    let arms = arms.into_iter().map(|arm| *arm).collect();
    expr(l, ExprKind::Match { scrutinees, arms }, r)
}

pub fn pipe(l: u32, head: Expr, segments: Vec<Expr>, r: u32) -> Expr {
    expr(l, ExprKind::Pipe { head: Box::new(head), segments }, r)
}

pub fn pipe_section(l: u32, operator: Operator, m: u32, argument: Expr, r: u32) -> Expr {
    // The token spans `|> ( op )`; the section itself is what stands behind the pipe.
    let section = expr(m.saturating_sub(3).max(l), ExprKind::Section(operator), m);
    let start = section.span.start;
    expr(start, ExprKind::Apply { function: Box::new(section), arguments: vec![argument] }, r)
}

/// `f a b`; a constructor takes the arguments as its fields, behind those it already has.
pub fn apply(l: u32, function: Expr, more: Vec<Expr>, r: u32) -> Expr {
    match function.kind {
        ExprKind::Constructor { path, type_args, mut arguments } => {
            arguments.extend(more);
            expr(l, ExprKind::Constructor { path, type_args, arguments }, r)
        }
        _ => expr(l, ExprKind::Apply { function: Box::new(function), arguments: more }, r),
    }
}

pub fn int(b: &mut Builder<'_>, l: u32, (digits, ty): (String, IntType), negative: bool, r: u32) -> Literal {
    if !fits(&digits, ty, negative) {
        b.checks.push(Check::OutOfRange(ty, span(l, r)));
        return Literal::Int("0".into(), ty);
    }
    let digits = if negative && digits != "0" { format!("-{digits}") } else { digits };
    Literal::Int(digits, ty)
}

/// Whether decimal digits without leading zeros are in the type's range.
fn fits(digits: &str, ty: IntType, negative: bool) -> bool {
    let (most, least): (u128, u128) = match ty {
        IntType::Int => return true,
        IntType::Int8 => (i8::MAX as u128, 1 << 7),
        IntType::UInt8 => (u8::MAX.into(), 0),
        IntType::Int16 => (i16::MAX as u128, 1 << 15),
        IntType::UInt16 => (u16::MAX.into(), 0),
        IntType::Int32 => (i32::MAX as u128, 1 << 31),
        IntType::UInt32 => (u32::MAX.into(), 0),
        IntType::Int64 => (i64::MAX as u128, 1 << 63),
        IntType::UInt64 => (u64::MAX.into(), 0),
        IntType::Int128 => (i128::MAX as u128, 1 << 127),
        IntType::UInt128 => (u128::MAX, 0),
    };
    digits.parse::<u128>().is_ok_and(|value| value <= if negative { least } else { most })
}

pub fn named(l: u32, qualifier: Option<Path>, name: Name, type_args: Option<Vec<Type>>, r: u32) -> Expr {
    let path = match qualifier {
        Some(qualifier) => path_push(qualifier, name),
        None => path(name),
    };
    expr(l, ExprKind::Name { path, type_args: type_args.unwrap_or_default() }, r)
}

pub fn constructor(l: u32, (path, type_args): (Path, Vec<Type>), arguments: Vec<Expr>, r: u32) -> Expr {
    expr(l, ExprKind::Constructor { path, type_args, arguments }, r)
}

/// `Case(a, b)`; `Case()` passes one unit field.
pub fn constructor_list(l: u32, ctor: (Path, Vec<Type>), m: u32, arguments: Option<Vec<Expr>>, r: u32) -> Expr {
    let arguments = arguments.unwrap_or_else(|| vec![expr(m, ExprKind::Unit, r)]);
    constructor(l, ctor, arguments, r)
}

pub fn record(
    b: &mut Builder<'_>,
    l: u32,
    (path, type_args): (Path, Vec<Type>),
    fields: Vec<FieldInit>,
    r: u32,
) -> Expr {
    if path.segments.len() == 1 && path.segments[0].text == "Dict" {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for field in &fields {
            let (name, second) = (&field.name.text, field.name.span);
            if let Some(&first) = seen.get(name.as_str()) {
                b.checks.push(Check::DuplicateDictKey { name: name.clone(), first, second });
            } else {
                seen.insert(name, second);
            }
        }
        return expr(l, ExprKind::Dict(fields), r);
    }
    expr(l, ExprKind::Record { path, type_args, fields }, r)
}

/// `( e )` or a tuple.
pub fn paren(l: u32, mut items: Vec<Expr>, r: u32) -> Expr {
    match items.pop() {
        Some(only) if items.is_empty() => expr(l, ExprKind::Paren(Box::new(only)), r),
        Some(last) => {
            items.push(last);
            expr(l, ExprKind::Tuple(items), r)
        }
        None => expr(l, ExprKind::Unit, r),
    }
}

pub fn field_init(l: u32, name: Name, value: Expr, r: u32) -> FieldInit {
    FieldInit { name, value, span: span(l, r) }
}

pub fn text(l: u32, text: String, r: u32) -> StringPart {
    StringPart::Text(text, span(l, r))
}

// Patterns.

pub fn pattern(l: u32, kind: PatternKind, r: u32) -> Pattern {
    Pattern { kind, span: span(l, r) }
}

pub fn pattern_paren(l: u32, mut parts: Vec<Pattern>, r: u32) -> Pattern {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            pattern(l, PatternKind::Tuple(parts), r)
        }
        None => pattern(l, PatternKind::Error, r),
    }
}

pub fn mpat(l: u32, kind: MatchPatternKind, r: u32) -> MatchPattern {
    MatchPattern { kind, span: span(l, r) }
}

pub fn or(l: u32, mut list: Vec<MatchPattern>, r: u32) -> MatchPattern {
    match list.pop() {
        Some(only) if list.is_empty() => only,
        Some(last) => {
            list.push(last);
            mpat(l, MatchPatternKind::Or(list), r)
        }
        None => mpat(l, MatchPatternKind::Error, r),
    }
}

pub fn pattern_tuple(l: u32, mut parts: Vec<MatchPattern>, r: u32) -> MatchPattern {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            mpat(l, MatchPatternKind::Tuple(parts), r)
        }
        None => mpat(l, MatchPatternKind::Error, r),
    }
}

/// `Case a b`, its arguments from the last to the first.
pub fn case_pattern(l: u32, name: Name, mut arguments: Vec<MatchPattern>, r: u32) -> MatchPattern {
    arguments.reverse();
    mpat(l, MatchPatternKind::Case { name, arguments }, r)
}

/// `Case(a, b)`; `Case()` has one unit field.
pub fn case_list(l: u32, name: Name, fields: Option<Vec<MatchPattern>>, r: u32) -> MatchPattern {
    let unit = || vec![mpat(name.span.end, MatchPatternKind::Unit, r)];
    let arguments = fields.unwrap_or_else(unit);
    mpat(l, MatchPatternKind::Case { name, arguments }, r)
}
