//! A tree on one line, as nested parentheses, so that a test can say what it expects.

use dark_syntax::ast::*;

pub fn items(items: &[Item]) -> String {
    join(items, item)
}

fn join<X>(list: &[X], draw: impl Fn(&X) -> String) -> String {
    list.iter().map(draw).collect::<Vec<_>>().join(" ")
}

fn item(item: &Item) -> String {
    let doc = item.doc.as_ref().map_or(String::new(), |doc| format!("{doc:?} "));
    let attributes: String =
        item.attributes.iter().map(|it| format!("@{}({}) ", it.name.text, join(&it.arguments, expr))).collect();
    let kind = match &item.kind {
        ItemKind::Module(it) => {
            let header = if it.header { "header" } else { "module" };
            format!("({header} {} {})", path(&it.path), items(&it.items))
        }
        ItemKind::Function(it) => format!(
            "(fn {}{} ({}) {} = {})",
            it.name.text,
            names(&it.type_params),
            join(&it.params, param),
            it.result.as_ref().map_or("?".into(), ty),
            it.body.as_ref().map_or("extern".into(), expr)
        ),
        ItemKind::Value(it) => format!("(val {} {})", it.name.text, expr(&it.body)),
        ItemKind::Type(it) => {
            format!("(type {}{} {})", it.name.text, names(&it.type_params), definition(&it.definition))
        }
        ItemKind::Db(it) => format!("(db {} {})", it.name.text, ty(&it.ty)),
        ItemKind::Expr(it) => expr(it),
        ItemKind::Test(it) => format!("(test {} {})", expr(&it.actual), expected(&it.expected)),
        ItemKind::Error => "ERROR".into(),
    };
    format!("{doc}{attributes}{kind}")
}

fn expected(expected: &Expected) -> String {
    match expected {
        Expected::Value(it) => expr(it),
        Expected::Error(text, _) => format!("error {text:?}"),
        Expected::SqlError(text, _) => format!("sqlerror {text:?}"),
    }
}

fn names(list: &[Name]) -> String {
    if list.is_empty() { String::new() } else { format!("<{}>", join(list, |it| it.text.clone())) }
}

fn path(path: &Path) -> String {
    path.segments.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(".")
}

fn definition(definition: &TypeDefinition) -> String {
    match definition {
        TypeDefinition::Alias(it) => ty(it),
        TypeDefinition::Record(fields) => {
            format!("{{{}}}", join(fields, |it| format!("{}{}:{}", doc(&it.doc), it.name.text, ty(&it.ty))))
        }
        TypeDefinition::Enum(cases) => join(cases, |it| {
            let field = |it: &CaseField| {
                let label = it.label.as_ref().map_or(String::new(), |it| format!("{}:", it.text));
                format!("{label}{}", ty(&it.ty))
            };
            format!("{}|{}[{}]", doc(&it.doc), it.name.text, join(&it.fields, field))
        }),
        TypeDefinition::Extern => "extern".into(),
        TypeDefinition::Error => "ERROR".into(),
    }
}

fn doc(doc: &Option<String>) -> String {
    doc.as_ref().map_or(String::new(), |doc| format!("{doc:?} "))
}

fn param(param: &Param) -> String {
    let name = match &param.kind {
        ParamKind::Unit => return "()".into(),
        ParamKind::Named(name) => &name.text,
    };
    param.ty.as_ref().map_or(name.clone(), |it| format!("{name}:{}", ty(it)))
}

fn ty(it: &Type) -> String {
    match &it.kind {
        TypeKind::Named { path: name, arguments } if arguments.is_empty() => path(name),
        TypeKind::Named { path: name, arguments } => format!("{}<{}>", path(name), join(arguments, ty)),
        TypeKind::Variable(name) => format!("'{}", name.text),
        TypeKind::Tuple(parts) => format!("(* {})", join(parts, ty)),
        TypeKind::Function { parameters, result } => format!("(-> {} {})", join(parameters, ty), ty(result)),
        TypeKind::Paren(inner) => format!("({})", ty(inner)),
        TypeKind::Error => "ERROR".into(),
    }
}

fn type_args(list: &[Type]) -> String {
    if list.is_empty() { String::new() } else { format!("<{}>", join(list, ty)) }
}

fn fields(fields: &[FieldInit]) -> String {
    join(fields, |it| format!("{}={}", it.name.text, expr(&it.value)))
}

pub fn expr(it: &Expr) -> String {
    match &it.kind {
        ExprKind::Missing => "MISSING".into(),
        ExprKind::Error => "ERROR".into(),
        ExprKind::Literal(it) => literal(it),
        ExprKind::Interpolation(parts) => format!(
            "$({})",
            join(parts, |it| match it {
                StringPart::Text(text, _) => format!("{text:?}"),
                StringPart::Hole(hole) => expr(hole),
            })
        ),
        ExprKind::Name { path: name, type_args: args } => format!("{}{}", path(name), type_args(args)),
        ExprKind::Constructor { path: name, type_args: args, arguments } => {
            format!("{}{}[{}]", path(name), type_args(args), join(arguments, expr))
        }
        ExprKind::Apply { function, arguments } => format!("({} {})", expr(function), join(arguments, expr)),
        ExprKind::Binary { operator, left, right, .. } => format!("({operator:?} {} {})", expr(left), expr(right)),
        ExprKind::Negate(inner) => format!("(neg {})", expr(inner)),
        ExprKind::Section(operator) => format!("#{operator:?}"),
        ExprKind::Pipe { head, segments } => format!("(|> {} {})", expr(head), join(segments, expr)),
        ExprKind::Field { record, field } => format!("{}.{}", expr(record), field.text),
        ExprKind::Paren(inner) => format!("`{}`", expr(inner)),
        ExprKind::Unit => "()".into(),
        ExprKind::Tuple(items) => format!("(, {})", join(items, expr)),
        ExprKind::List(items) => format!("[{}]", join(items, expr)),
        ExprKind::Record { path: name, type_args: args, fields: inits } => {
            format!("{}{}{{{}}}", path(name), type_args(args), fields(inits))
        }
        ExprKind::RecordUpdate { record, fields: inits } => format!("{{{} with {}}}", expr(record), fields(inits)),
        ExprKind::Dict(inits) => format!("dict{{{}}}", fields(inits)),
        ExprKind::If { condition, then, otherwise } => format!(
            "(if {} {}{})",
            expr(condition),
            expr(then),
            otherwise.as_ref().map_or(String::new(), |it| format!(" {}", expr(it)))
        ),
        ExprKind::Match { scrutinees, arms } => format!(
            "(match {} {})",
            join(scrutinees, expr),
            join(arms, |it| {
                let guard = it.guard.as_ref().map_or(String::new(), |it| format!(" when {}", expr(it)));
                format!("[{}{guard} -> {}]", match_pattern(&it.pattern), expr(&it.body))
            })
        ),
        ExprKind::Lambda { params, body } => format!("(fun {} -> {})", join(params, pattern), expr(body)),
        ExprKind::Let { pattern: bound, value, body } => {
            format!("(let {} {} {})", pattern(bound), expr(value), expr(body))
        }
        ExprKind::LetFunction { name, params, result, value, body } => format!(
            "(letfn {} ({}) {} {} {})",
            name.text,
            join(params, param),
            result.as_deref().map_or("?".into(), ty),
            expr(value),
            expr(body)
        ),
        ExprKind::Statements(list) => format!("(do {})", join(list, expr)),
    }
}

fn literal(it: &Literal) -> String {
    match it {
        Literal::Int(digits, IntType::Int) => digits.clone(),
        Literal::Int(digits, ty) => format!("{digits}:{ty:?}"),
        Literal::Float(value) => format!("{value:?}"),
        Literal::Bool(value) => value.to_string(),
        Literal::String(text) => format!("{text:?}"),
        Literal::Char(text) => format!("'{text}'"),
    }
}

fn pattern(it: &Pattern) -> String {
    match &it.kind {
        PatternKind::Name(name) => name.text.clone(),
        PatternKind::Wildcard => "_".into(),
        PatternKind::Unit => "()".into(),
        PatternKind::Tuple(parts) => format!("(, {})", join(parts, pattern)),
        PatternKind::Error => "ERROR".into(),
    }
}

fn match_pattern(it: &MatchPattern) -> String {
    match &it.kind {
        MatchPatternKind::Wildcard => "_".into(),
        MatchPatternKind::Name(name) => name.text.clone(),
        MatchPatternKind::Unit => "()".into(),
        MatchPatternKind::Literal(it) => literal(it),
        MatchPatternKind::Tuple(parts) => format!("(, {})", join(parts, match_pattern)),
        MatchPatternKind::List(parts) => format!("[{}]", join(parts, match_pattern)),
        MatchPatternKind::Cons(head, tail) => format!("(:: {} {})", match_pattern(head), match_pattern(tail)),
        MatchPatternKind::Case { name, arguments } => format!("{}({})", name.text, join(arguments, match_pattern)),
        MatchPatternKind::Or(parts) => format!("(| {})", join(parts, match_pattern)),
        MatchPatternKind::Error => "ERROR".into(),
    }
}
