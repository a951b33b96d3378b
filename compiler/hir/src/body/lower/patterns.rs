//! `match` and patterns; what they bind.

use super::{Binder, BodyProblem, Lowerer};
use crate::body::{Arm, Expr, ExprId, HirLiteral, LocalId, Pat, PatId};
use dark_source::Span;
use dark_syntax::ast::{self, MatchPatternKind, PatternKind};

/// The names that one pattern or list of parameters has bound so far.
pub(super) struct Seen {
    binder: Binder,
    names: Vec<(String, Span, LocalId)>,
}

impl Seen {
    pub(super) fn new(binder: Binder) -> Seen {
        Seen { binder, names: Vec::new() }
    }
}

impl Lowerer<'_> {
    pub(super) fn match_(&mut self, scrutinees: &[ast::Expr], arms: &[ast::MatchArm], span: Span) -> ExprId {
        let scrutinee = match scrutinees {
            [only] => self.expr(only),
            several => {
                let items = self.exprs(several);
                self.add(Expr::Tuple(items), span)
            }
        };
        let arms = arms
            .iter()
            .map(|arm| {
                self.scoped(|this| {
                    let pattern = this.match_pattern(&arm.pattern, &mut Seen::new(Binder::Match));
                    let guard = arm.guard.as_ref().map(|guard| this.expr(guard));
                    Arm { pattern, guard, body: this.expr(&arm.body) }
                })
            })
            .collect();
        self.add(Expr::Match { scrutinee, arms }, span)
    }

    /// Binds a name once in a pattern or list of parameters; names that begin with `_`, and the blank one, may be repeated.
    pub(super) fn bind_once(&mut self, name: &ast::Name, seen: &mut Seen) -> LocalId {
        if let Some((_, first, _)) = seen.names.iter().find(|(it, ..)| *it == name.text)
            && !name.text.starts_with('_')
            && !name.text.is_empty()
        {
            let (first, binder) = (*first, seen.binder);
            self.problem(name.span, BodyProblem::BoundTwice { name: name.text.clone(), first, binder });
        }
        let local = self.bind(&name.text, name.span);
        seen.names.push((name.text.clone(), name.span, local));
        local
    }

    pub(super) fn pattern(&mut self, pattern: &ast::Pattern, seen: &mut Seen) -> PatId {
        let pat = match &pattern.kind {
            PatternKind::Name(name) => Pat::Bind(self.bind_once(name, seen)),
            PatternKind::Wildcard => Pat::Wildcard,
            PatternKind::Unit => Pat::Unit,
            PatternKind::Tuple(parts) => Pat::Tuple(parts.iter().map(|part| self.pattern(part, seen)).collect()),
            PatternKind::Error => Pat::Missing,
        };
        self.add_pat(pat, pattern.span)
    }

    fn match_pattern(&mut self, pattern: &ast::MatchPattern, seen: &mut Seen) -> PatId {
        let pat = match &pattern.kind {
            MatchPatternKind::Wildcard => Pat::Wildcard,
            MatchPatternKind::Name(name) => Pat::Bind(self.bind_once(name, seen)),
            MatchPatternKind::Unit => Pat::Unit,
            MatchPatternKind::Literal(literal) => Pat::Literal(HirLiteral(literal.clone())),
            MatchPatternKind::Tuple(parts) => {
                Pat::Tuple(parts.iter().map(|part| self.match_pattern(part, seen)).collect())
            }
            MatchPatternKind::List(parts) => {
                Pat::List(parts.iter().map(|part| self.match_pattern(part, seen)).collect())
            }
            MatchPatternKind::Cons(head, tail) => {
                let head = self.match_pattern(head, seen);
                Pat::Cons(head, self.match_pattern(tail, seen))
            }
            MatchPatternKind::Case { name, arguments } => {
                let arguments = arguments.iter().map(|argument| self.match_pattern(argument, seen)).collect();
                Pat::Case { case: name.text.clone(), arguments }
            }
            MatchPatternKind::Or(alternatives) => self.or_pattern(alternatives, pattern.span, seen),
            MatchPatternKind::Error => Pat::Missing,
        };
        self.add_pat(pat, pattern.span)
    }

    /// All alternatives bind the locals of the first one.
    fn or_pattern(&mut self, alternatives: &[ast::MatchPattern], span: Span, seen: &mut Seen) -> Pat {
        let before = seen.names.len();
        let mut ids = Vec::new();
        let mut first: Vec<(String, Span, LocalId)> = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let depth = self.names.len();
            let mut own = Seen { binder: seen.binder, names: seen.names[..before].to_vec() };
            let start = self.body.pats.len();
            ids.push(self.match_pattern(alternative, &mut own));
            let bound = own.names.split_off(before);
            if index == 0 {
                first = bound;
                seen.names.extend(first.iter().cloned());
                continue;
            }
            self.names.truncate(depth);
            for (name, _, local) in &bound {
                match first.iter().find(|(it, ..)| it == name) {
                    Some((_, _, target)) => self.rename(start, *local, *target),
                    None if name.starts_with('_') => {}
                    None => self.problem(alternative.span, BodyProblem::OrBindings { name: name.clone() }),
                }
            }
            if let Some((name, ..)) =
                first.iter().find(|(name, ..)| !name.starts_with('_') && !bound.iter().any(|(it, ..)| it == name))
            {
                let name = name.clone();
                self.problem(span, BodyProblem::OrBindings { name });
            }
        }
        Pat::Or(ids)
    }

    fn rename(&mut self, from_pat: usize, old: LocalId, new: LocalId) {
        for pat in &mut self.body.pats[from_pat..] {
            if *pat == Pat::Bind(old) {
                *pat = Pat::Bind(new);
            }
        }
    }
}

/// `___`, which a list of parameters does not count.
pub(super) fn is_blank(pattern: &ast::Pattern) -> bool {
    matches!(&pattern.kind, PatternKind::Name(name) if name.text.is_empty())
}
