//! Trees without places, to compare what two texts mean.

use super::*;
use dark_source::Span;

impl File {
    /// The same tree with all of its places at the beginning of the file.
    pub fn without_spans(&self) -> File {
        let mut tree = self.clone();
        tree.span = Span::default();
        tree.items.iter_mut().for_each(item);
        tree
    }
}

fn item(it: &mut Item) {
    it.span = Span::default();
    for attribute in &mut it.attributes {
        attribute.span = Span::default();
        name(&mut attribute.name);
        attribute.arguments.iter_mut().for_each(expr);
    }
    match &mut it.kind {
        ItemKind::Module(it) => {
            path(&mut it.path);
            it.items.iter_mut().for_each(item);
        }
        ItemKind::Function(it) => {
            name(&mut it.name);
            it.type_params.iter_mut().for_each(name);
            it.params.iter_mut().for_each(param);
            it.result.iter_mut().for_each(ty);
            it.body.iter_mut().for_each(expr);
        }
        ItemKind::Value(it) => {
            name(&mut it.name);
            expr(&mut it.body);
        }
        ItemKind::Type(it) => {
            name(&mut it.name);
            it.type_params.iter_mut().for_each(name);
            definition(&mut it.definition);
        }
        ItemKind::Db(it) => {
            name(&mut it.name);
            ty(&mut it.ty);
        }
        ItemKind::Expr(it) => expr(it),
        ItemKind::Test(it) => {
            expr(&mut it.actual);
            match &mut it.expected {
                Expected::Value(it) => expr(it),
                Expected::Error(_, span) | Expected::SqlError(_, span) => *span = Span::default(),
            }
        }
        ItemKind::Error => {}
    }
}

fn definition(it: &mut TypeDefinition) {
    match it {
        TypeDefinition::Alias(it) => ty(it),
        TypeDefinition::Record(fields) => fields.iter_mut().for_each(|field| {
            field.span = Span::default();
            name(&mut field.name);
            ty(&mut field.ty);
        }),
        TypeDefinition::Enum(cases) => cases.iter_mut().for_each(|case| {
            case.span = Span::default();
            name(&mut case.name);
            case.fields.iter_mut().for_each(|field| {
                field.label.iter_mut().for_each(name);
                ty(&mut field.ty);
            });
        }),
        TypeDefinition::Extern | TypeDefinition::Error => {}
    }
}

fn name(it: &mut Name) {
    it.span = Span::default();
}

fn path(it: &mut Path) {
    it.span = Span::default();
    it.segments.iter_mut().for_each(name);
}

fn param(it: &mut Param) {
    it.span = Span::default();
    if let ParamKind::Named(it) = &mut it.kind {
        name(it);
    }
    it.ty.iter_mut().for_each(ty);
}

fn ty(it: &mut Type) {
    it.span = Span::default();
    match &mut it.kind {
        TypeKind::Named { path: it, arguments } => {
            path(it);
            arguments.iter_mut().for_each(ty);
        }
        TypeKind::Variable(it) => name(it),
        TypeKind::Tuple(parts) => parts.iter_mut().for_each(ty),
        TypeKind::Function { parameters, result } => {
            parameters.iter_mut().for_each(ty);
            ty(result);
        }
        TypeKind::Paren(it) => ty(it),
        TypeKind::Error => {}
    }
}

fn fields(list: &mut [FieldInit]) {
    for it in list {
        it.span = Span::default();
        name(&mut it.name);
        expr(&mut it.value);
    }
}

fn expr(it: &mut Expr) {
    it.span = Span::default();
    match &mut it.kind {
        ExprKind::Missing | ExprKind::Error | ExprKind::Literal(_) | ExprKind::Section(_) | ExprKind::Unit => {}
        ExprKind::Interpolation(parts) => parts.iter_mut().for_each(|part| match part {
            StringPart::Text(_, span) => *span = Span::default(),
            StringPart::Hole(hole) => expr(hole),
        }),
        ExprKind::Name { path: it, type_args } => {
            path(it);
            type_args.iter_mut().for_each(ty);
        }
        ExprKind::Constructor { path: it, type_args, arguments } => {
            path(it);
            type_args.iter_mut().for_each(ty);
            arguments.iter_mut().for_each(expr);
        }
        ExprKind::Apply { function, arguments } => {
            expr(function);
            arguments.iter_mut().for_each(expr);
        }
        ExprKind::Binary { operator_span, left, right, .. } => {
            *operator_span = Span::default();
            expr(left);
            expr(right);
        }
        ExprKind::Negate(it) | ExprKind::Paren(it) => expr(it),
        ExprKind::Pipe { head, segments } => {
            expr(head);
            segments.iter_mut().for_each(expr);
        }
        ExprKind::Field { record, field } => {
            expr(record);
            name(field);
        }
        ExprKind::Tuple(list) | ExprKind::List(list) | ExprKind::Statements(list) => list.iter_mut().for_each(expr),
        ExprKind::Record { path: it, type_args, fields: list } => {
            path(it);
            type_args.iter_mut().for_each(ty);
            fields(list);
        }
        ExprKind::RecordUpdate { record, fields: list } => {
            expr(record);
            fields(list);
        }
        ExprKind::Dict(list) => fields(list),
        ExprKind::If { condition, then, otherwise } => {
            expr(condition);
            expr(then);
            otherwise.iter_mut().for_each(|it| expr(it));
        }
        ExprKind::Match { scrutinees, arms } => {
            scrutinees.iter_mut().for_each(expr);
            for arm in arms {
                arm.span = Span::default();
                match_pattern(&mut arm.pattern);
                arm.guard.iter_mut().for_each(expr);
                expr(&mut arm.body);
            }
        }
        ExprKind::Lambda { params, body } => {
            params.iter_mut().for_each(pattern);
            expr(body);
        }
        ExprKind::Let { pattern: it, value, body } => {
            pattern(it);
            expr(value);
            expr(body);
        }
        ExprKind::LetFunction { name: it, params, result, value, body } => {
            name(it);
            params.iter_mut().for_each(param);
            result.iter_mut().for_each(|it| ty(it));
            expr(value);
            expr(body);
        }
    }
}

fn pattern(it: &mut Pattern) {
    it.span = Span::default();
    match &mut it.kind {
        PatternKind::Name(it) => name(it),
        PatternKind::Tuple(parts) => parts.iter_mut().for_each(pattern),
        PatternKind::Wildcard | PatternKind::Unit | PatternKind::Error => {}
    }
}

fn match_pattern(it: &mut MatchPattern) {
    it.span = Span::default();
    match &mut it.kind {
        MatchPatternKind::Name(it) => name(it),
        MatchPatternKind::Tuple(list) | MatchPatternKind::List(list) | MatchPatternKind::Or(list) => {
            list.iter_mut().for_each(match_pattern);
        }
        MatchPatternKind::Cons(head, tail) => {
            match_pattern(head);
            match_pattern(tail);
        }
        MatchPatternKind::Case { name: it, arguments } => {
            name(it);
            arguments.iter_mut().for_each(match_pattern);
        }
        MatchPatternKind::Wildcard
        | MatchPatternKind::Unit
        | MatchPatternKind::Literal(_)
        | MatchPatternKind::Error => {}
    }
}
