//! Checks after parsing that need the tree but no names: what a file of each mode may contain, which parameters must be
//! typed, what a pipe may lead into.

use crate::ast::*;
use crate::diagnostics::item as say;
use crate::parse::Mode;
use dark_diagnostics::Diagnostic;
use dark_source::FileId;

/// `broken`: is there a syntax error in the item that begins there? Such items are not checked any further.
pub fn check(
    tree: &File,
    file: FileId,
    mode: Mode,
    text: &str,
    broken: &dyn Fn(u32) -> bool,
    out: &mut Vec<Diagnostic>,
) {
    let mut checker = Checker { file, mode, broken, out };
    checker.items(&tree.items);
    tabs(text, file, out);
}

pub fn check_expression(expr: &Expr, file: FileId, out: &mut Vec<Diagnostic>) {
    Checker { file, mode: Mode::Script, broken: &|_| false, out }.expr(expr);
}

struct Checker<'a> {
    file: FileId,
    mode: Mode,
    broken: &'a dyn Fn(u32) -> bool,
    out: &'a mut Vec<Diagnostic>,
}

impl Checker<'_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        let (file, span) = (self.file, item.span);
        if !matches!(item.kind, ItemKind::Module(_)) && (self.broken)(span.start) {
            return;
        }
        match &item.kind {
            ItemKind::Module(module) => self.items(&module.items),
            ItemKind::Function(function) => self.function(item, function),
            ItemKind::Value(value) => self.expr(&value.body),
            ItemKind::Type(TypeDecl { name, definition: TypeDefinition::Extern, .. }) if self.mode != Mode::Std => {
                self.out.push(say::type_without_definition(name, file));
            }
            ItemKind::Type(_) | ItemKind::Db(_) | ItemKind::Error => {}
            ItemKind::Expr(expr) => {
                match self.mode {
                    Mode::Script => {}
                    _ => self.out.push(say::bare_expression(expr, span, self.mode, file)),
                }
                self.expr(expr);
            }
            ItemKind::Test(test) => {
                if self.mode != Mode::Test {
                    self.out.push(say::assertion_outside_tests(test.actual.span, span, file));
                }
                self.expr(&test.actual);
                if let Expected::Value(expected) = &test.expected {
                    self.expr(expected);
                }
            }
        }
    }

    fn function(&mut self, item: &Item, function: &Function) {
        let file = self.file;
        // The historic handler form has bare parameters and no result; it is allowed only under an attribute.
        let historic = function.result.is_none();
        if historic && item.attributes.is_empty() {
            self.out.push(say::missing_result(function, file));
        }
        if !historic {
            for param in &function.params {
                if let (ParamKind::Named(name), None) = (&param.kind, &param.ty) {
                    self.out.push(say::missing_parameter_type(name, param.span, file));
                }
            }
        }
        match &function.body {
            Some(body) => self.expr(body),
            None if self.mode == Mode::Std => {}
            None => self.out.push(say::missing_body(function, item.span, file)),
        }
    }

    /// Iterates along the last child, so that long chains of `let` need no deep recursion; nesting is bounded by layout.
    fn expr(&mut self, expr: &Expr) {
        let mut stack = vec![expr];
        while let Some(expr) = stack.pop() {
            if let ExprKind::Pipe { segments, .. } = &expr.kind {
                for segment in segments {
                    if !is_segment(segment) {
                        self.out.push(say::pipe_segment(segment, self.file));
                    }
                }
            }
            expr.add_children(&mut stack);
        }
    }
}

fn is_segment(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Paren(inner) => is_segment(inner),
        ExprKind::Name { .. }
        | ExprKind::Apply { .. }
        | ExprKind::Lambda { .. }
        | ExprKind::Constructor { .. }
        | ExprKind::Section(_)
        | ExprKind::Field { .. }
        | ExprKind::Missing
        | ExprKind::Error => true,
        _ => false,
    }
}

/// Columns count a tab as one, which is rarely what the eye sees: said once a file.
fn tabs(text: &str, file: FileId, out: &mut Vec<Diagnostic>) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start().len();
        if let Some(tab) = line[..indentation].find('\t').filter(|_| !line.trim().is_empty()) {
            out.push(say::tab(at + tab, file));
            return;
        }
        at += line.len();
    }
}
