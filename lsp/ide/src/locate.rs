//! What stands at an offset of a syntax tree, as far as the tree alone can say: the enclosing modules, the item, the
//! dotted type name, the field or case that is declared there. Meaning is looked up afterwards.

use dark_source::Span;
use dark_syntax::ast::*;

/// The innermost item that contains the offset.
pub fn item_at(file: &File, offset: u32) -> Option<&Item> {
    let mut items = &file.items;
    loop {
        let item = items.iter().find(|item| item.span.contains(offset))?;
        match &item.kind {
            ItemKind::Module(module)
                if !module.path.span.contains(offset) && module.items.iter().any(|it| it.span.contains(offset)) =>
            {
                items = &module.items;
            }
            _ => return Some(item),
        }
    }
}

/// The modules around an offset, whether or not it is inside an item.
pub fn modules_at(file: &File, offset: u32) -> Vec<&str> {
    fn walk<'a>(items: &'a [Item], offset: u32, out: &mut Vec<&'a str>) {
        let inside = items.iter().rev().find_map(|item| match &item.kind {
            ItemKind::Module(module) if item.span.start <= offset && (module.header || item.span.contains(offset)) => {
                Some(module)
            }
            _ => None,
        });
        if let Some(module) = inside {
            out.extend(module.path.segments.iter().map(|name| name.text.as_str()));
            walk(&module.items, offset, out);
        }
    }
    let mut out = Vec::new();
    walk(&file.items, offset, &mut out);
    out
}

/// A dotted name in type position with the segment the offset is in.
pub struct TypePath<'a> {
    pub path: &'a Path,
    pub segment: usize,
}

/// The dotted type name at the offset inside an item.
pub fn type_path_at(item: &Item, offset: u32) -> Option<TypePath<'_>> {
    let mut search = Search { offset, found: None };
    search.item(item);
    search.found
}

struct Search<'a> {
    offset: u32,
    found: Option<TypePath<'a>>,
}

impl<'a> Search<'a> {
    fn item(&mut self, item: &'a Item) {
        match &item.kind {
            ItemKind::Module(_) | ItemKind::Error => {}
            ItemKind::Function(function) => {
                function.params.iter().for_each(|param| self.param(param));
                function.result.iter().for_each(|ty| self.ty(ty));
                function.body.iter().for_each(|body| self.expr(body));
            }
            ItemKind::Value(value) => self.expr(&value.body),
            ItemKind::Type(decl) => self.definition(&decl.definition),
            ItemKind::Db(db) => self.ty(&db.ty),
            ItemKind::Expr(expr) => self.expr(expr),
            ItemKind::Test(test) => {
                self.expr(&test.actual);
                if let Expected::Value(expected) = &test.expected {
                    self.expr(expected);
                }
            }
        }
    }

    fn definition(&mut self, definition: &'a TypeDefinition) {
        match definition {
            TypeDefinition::Alias(ty) => self.ty(ty),
            TypeDefinition::Record(fields) => fields.iter().for_each(|field| self.ty(&field.ty)),
            TypeDefinition::Enum(cases) => {
                cases.iter().flat_map(|case| &case.fields).for_each(|field| self.ty(&field.ty));
            }
            TypeDefinition::Extern | TypeDefinition::Error => {}
        }
    }

    fn param(&mut self, param: &'a Param) {
        param.ty.iter().for_each(|ty| self.ty(ty));
    }

    fn ty(&mut self, ty: &'a Type) {
        if !ty.span.contains(self.offset) {
            return;
        }
        match &ty.kind {
            TypeKind::Named { path, arguments } => {
                self.path(path);
                arguments.iter().for_each(|argument| self.ty(argument));
            }
            TypeKind::Tuple(parts) => parts.iter().for_each(|part| self.ty(part)),
            TypeKind::Function { parameters, result } => {
                parameters.iter().for_each(|parameter| self.ty(parameter));
                self.ty(result);
            }
            TypeKind::Paren(inner) => self.ty(inner),
            TypeKind::Variable(_) | TypeKind::Error => {}
        }
    }

    fn path(&mut self, path: &'a Path) {
        if let Some(segment) = path.segments.iter().position(|name| name.span.contains(self.offset)) {
            self.found = Some(TypePath { path, segment });
        }
    }

    /// Types inside expressions: type arguments, record names, annotations of nested functions.
    fn expr(&mut self, expr: &'a Expr) {
        if !expr.span.contains(self.offset) {
            return;
        }
        match &expr.kind {
            ExprKind::Record { path, type_args, fields } => {
                self.path(path);
                type_args.iter().for_each(|ty| self.ty(ty));
                fields.iter().for_each(|field| self.expr(&field.value));
            }
            ExprKind::Name { type_args, .. } => type_args.iter().for_each(|ty| self.ty(ty)),
            ExprKind::Constructor { type_args, arguments, .. } => {
                type_args.iter().for_each(|ty| self.ty(ty));
                arguments.iter().for_each(|argument| self.expr(argument));
            }
            ExprKind::LetFunction { params, result, value, body, .. } => {
                params.iter().for_each(|param| self.param(param));
                result.iter().for_each(|ty| self.ty(ty));
                self.expr(value);
                self.expr(body);
            }
            _ => expr.children().into_iter().for_each(|child| self.expr(child)),
        }
    }
}

/// The innermost expression at the offset.
pub fn expr_at(item: &Item, offset: u32) -> Option<&Expr> {
    let roots: Vec<&Expr> = match &item.kind {
        ItemKind::Function(function) => function.body.iter().collect(),
        ItemKind::Value(value) => vec![&value.body],
        ItemKind::Expr(expr) => vec![expr],
        ItemKind::Test(test) => match &test.expected {
            Expected::Value(expected) => vec![&test.actual, expected],
            Expected::Error(..) | Expected::SqlError(..) => vec![&test.actual],
        },
        ItemKind::Module(_) | ItemKind::Type(_) | ItemKind::Db(_) | ItemKind::Error => Vec::new(),
    };
    let mut at = roots.into_iter().find(|root| root.span.contains(offset))?;
    while let Some(child) = at.children().into_iter().find(|child| child.span.contains(offset)) {
        at = child;
    }
    Some(at)
}

/// The span of a field's or case's name in a type's declaration.
pub fn member_span(item: &Item, member: &str) -> Option<Span> {
    let ItemKind::Type(decl) = &item.kind else { return None };
    match &decl.definition {
        TypeDefinition::Record(fields) => fields.iter().find(|it| it.name.text == member).map(|it| it.name.span),
        TypeDefinition::Enum(cases) => cases.iter().find(|it| it.name.text == member).map(|it| it.name.span),
        _ => None,
    }
}
