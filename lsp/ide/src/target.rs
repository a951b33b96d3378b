//! What the thing at an offset means: a definition, a local, a field, a case.

use crate::analysis::Analysis;
use crate::locate::{expr_at, item_at, type_path_at};
use dark_hir::body::{Body, Expr, ExprId, LocalId, Pat, PatId, SourceMap};
use dark_hir::infer::{Inference, infer};
use dark_hir::items::{Entry, items, module_of};
use dark_hir::resolve::Scope;
use dark_hir::types::Ty;
use dark_hir::{Def, queries};
use dark_source::{FileId, Span};
use std::sync::Arc;

/// What stands at an offset, and which part of the text says so.
#[derive(Debug, Clone)]
pub struct At {
    pub meaning: Meaning,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum Meaning {
    Def(Def),
    /// A local of that definition's body with its type.
    Local {
        owner: Def,
        local: LocalId,
        ty: Ty,
    },
    /// A field of a record, with the type it has here.
    Field {
        record: Def,
        name: String,
        ty: Ty,
    },
    Case {
        enum_: Def,
        name: String,
    },
    /// Any other expression.
    Value {
        owner: Def,
        ty: Ty,
    },
}

/// A body with its types and spans.
pub struct BodyView {
    pub def: Def,
    pub body: Arc<Body>,
    pub map: SourceMap,
    pub inference: Inference,
}

/// The entry of the item at an offset.
pub fn entry_at(analysis: &Analysis, file: FileId, offset: u32) -> Option<&Entry> {
    let db = &analysis.db;
    let source = analysis.source(file)?;
    let tree = &queries::parse(db, source).tree;
    items(db, source)
        .iter()
        .find(|entry| dark_hir::items::item_at(tree, &entry.place).is_some_and(|item| item.span.contains(offset)))
}

pub fn body_view(analysis: &Analysis, def: Def) -> Option<BodyView> {
    let db = &analysis.db;
    let body = queries::body(db, def)?;
    let map = queries::source_map(db, def).clone()?;
    Some(BodyView { def, body, map, inference: infer(db, def).clone() })
}

/// The meaning of what stands at an offset.
pub fn at(analysis: &Analysis, file: FileId, offset: u32) -> Option<At> {
    let db = &analysis.db;
    let source = analysis.source(file)?;
    let tree = &queries::parse(db, source).tree;
    let item = item_at(tree, offset)?;
    let entry = entry_at(analysis, file, offset)?;
    if let Some(found) = type_path_at(item, offset) {
        let segments: Vec<&str> =
            found.path.segments.iter().take(found.segment + 1).map(|name| name.text.as_str()).collect();
        if let Some(def) = (Scope { module: &entry.module }).find_type(db, &segments) {
            return Some(At { meaning: Meaning::Def(def), span: found.path.span });
        }
    }
    let name = queries::location(db, entry.def)?.span;
    if name.contains(offset) && !entry.name.is_empty() {
        return Some(At { meaning: Meaning::Def(entry.def), span: name });
    }
    let view = body_view(analysis, entry.def)?;
    // Only offsets inside an expression or a pattern have a meaning beyond the declaration's own.
    expr_at(item, offset).map(|_| ()).or_else(|| view.pattern_at(offset).map(|_| ()))?;
    view.meaning(analysis, offset)
}

impl BodyView {
    fn meaning(&self, analysis: &Analysis, offset: u32) -> Option<At> {
        if let Some((pat, span)) = self.pattern_at(offset)
            && let Some(meaning) = self.pattern_meaning(pat)
        {
            return Some(At { meaning, span });
        }
        let (id, span) = self.expr_at(offset)?;
        let name = self.map.names.get(id.index()).copied().flatten().filter(|name| name.contains(offset));
        let meaning = self.expr_meaning(analysis, id, name.is_some())?;
        Some(At { meaning, span: name.unwrap_or(span) })
    }

    /// The innermost expression; of several with the same span the one that says most, a name or a field.
    pub fn expr_at(&self, offset: u32) -> Option<(ExprId, Span)> {
        let spans = self.map.exprs.iter().enumerate().filter(|(_, span)| span.contains(offset));
        let rank = |index: usize| match self.body.exprs.get(index) {
            Some(Expr::Local(_) | Expr::Def { .. } | Expr::Field { .. } | Expr::Db(_) | Expr::Construct { .. }) => 0,
            _ => 1,
        };
        spans
            .min_by_key(|(index, span)| (span.end - span.start, rank(*index), *index))
            .map(|(index, span)| (ExprId(index as u32), *span))
    }

    pub fn pattern_at(&self, offset: u32) -> Option<(PatId, Span)> {
        let spans = self.map.pats.iter().enumerate().filter(|(_, span)| span.contains(offset));
        spans.min_by_key(|(_, span)| span.end - span.start).map(|(index, span)| (PatId(index as u32), *span))
    }

    fn local(&self, local: LocalId) -> Meaning {
        let ty = self.inference.locals.get(local.index()).cloned().unwrap_or(Ty::Error);
        Meaning::Local { owner: self.def, local, ty }
    }

    fn pattern_meaning(&self, pat: PatId) -> Option<Meaning> {
        match self.body.pats.get(pat.index())? {
            Pat::Bind(local) => Some(self.local(*local)),
            Pat::Case { case, .. } => {
                let (enum_, _) = self.inference.pattern_cases.get(&pat)?;
                Some(Meaning::Case { enum_: *enum_, name: case.clone() })
            }
            _ => None,
        }
    }

    fn expr_meaning(&self, analysis: &Analysis, id: ExprId, on_name: bool) -> Option<Meaning> {
        let ty = self.inference.exprs.get(id.index()).cloned().unwrap_or(Ty::Error);
        Some(match self.body.exprs.get(id.index())? {
            Expr::Local(local) => self.local(*local),
            Expr::Def { def, .. } | Expr::Db(def) => Meaning::Def(*def),
            Expr::Construct { case, .. } if on_name => match self.inference.cases.get(&id) {
                Some((enum_, _)) => Meaning::Case { enum_: *enum_, name: case.clone() },
                None => return None,
            },
            Expr::Record { record, .. } if on_name => Meaning::Def(*record),
            Expr::Field { record, field } if on_name => {
                let record_ty = self.inference.exprs.get(record.index())?;
                match record_ty {
                    Ty::Named(record, _) => Meaning::Field { record: *record, name: field.clone(), ty },
                    _ => Meaning::Value { owner: self.def, ty },
                }
            }
            Expr::Missing => return None,
            _ => {
                let _ = analysis;
                Meaning::Value { owner: self.def, ty }
            }
        })
    }
}

/// The modules a definition's types are printed for.
pub fn module(analysis: &Analysis, def: Def) -> Vec<String> {
    module_of(&analysis.db, def)
}
