//! `match` over values of any type: literals, cases, tuples, lists, alternatives, guards.

use crate::programs::expression::{Expr, Part};
use crate::programs::generate::Generator;
use crate::programs::literals::literal;
use crate::programs::types::{Shape, Ty, data};

impl Generator<'_> {
    pub fn match_of(&mut self, ty: &Ty, depth: usize) -> Expr {
        let of = data(&self.declared, 2, self.random);
        let scrutinee = match self.scope.is_empty() || self.random.one_in(2) {
            true => self.expr(&of, depth),
            false => self.something().unwrap_or_else(|| Expr::text(Ty::Unit, "()")),
        };
        let of = scrutinee.ty.clone();
        let mut parts = vec![Part::Text("(match ".into()), Part::Expr(scrutinee), Part::Text(" with".into())];
        for _ in 0..1 + self.random.below(4) {
            let before = self.scope.len();
            let pattern = self.pattern(&of, 3, true);
            parts.push(Part::Text(format!(" | {pattern}")));
            if self.random.one_in(4) {
                parts.push(Part::Text(" when ".into()));
                parts.push(Part::Expr(self.expr(&Ty::Bool, depth.min(2))));
            }
            parts.push(Part::Text(" -> ".into()));
            parts.push(Part::Expr(self.expr(ty, depth)));
            self.leave(before);
        }
        // Now and then a case is missing.
        if !self.random.one_in(50) {
            let before = self.scope.len();
            let pattern = match self.random.one_in(2) {
                true => "_".to_owned(),
                false => self.bound(&of),
            };
            parts.push(Part::Text(format!(" | {pattern} -> ")));
            parts.push(Part::Expr(self.expr(ty, depth)));
            self.leave(before);
        }
        parts.push(Part::Text(")".into()));
        Expr { ty: ty.clone(), parts }
    }

    /// A variable in sight whose value can be looked into.
    fn something(&mut self) -> Option<Expr> {
        let found: Vec<(String, Ty)> = self.scope.iter().filter(|it| it.1.is_data()).cloned().collect();
        let (name, ty) = self.random.pick(&found)?.clone();
        Some(Expr::text(ty, name))
    }

    fn bound(&mut self, ty: &Ty) -> String {
        let name = self.unused();
        self.bind(&name, ty.clone());
        name
    }

    /// A pattern for values of that type; inside of alternatives nothing is bound.
    fn pattern(&mut self, ty: &Ty, depth: usize, binds: bool) -> String {
        if depth == 0 || self.random.one_in(5) {
            return if binds && !self.random.one_in(3) { self.bound(ty) } else { "_".into() };
        }
        if self.random.one_in(8) {
            let sides = [self.pattern(ty, depth - 1, false), self.pattern(ty, depth - 1, false)];
            return format!("({})", sides.join(" | "));
        }
        let inner = |it: &mut Self, list: &[Ty]| -> Vec<String> {
            list.iter().map(|ty| it.pattern(ty, depth - 1, binds)).collect()
        };
        match ty {
            Ty::Tuple(parts) => format!("({})", inner(self, parts).join(", ")),
            Ty::List(of) => match self.random.below(3) {
                0 => {
                    let (head, tail) = (self.pattern(of, depth - 1, binds), self.pattern(ty, depth - 1, binds));
                    format!("({head} :: {tail})")
                }
                _ => {
                    let count = self.random.below(3);
                    format!("[{}]", inner(self, &vec![(**of).clone(); count]).join("; "))
                }
            },
            Ty::Option(of) => match self.random.one_in(3) {
                true => "None".into(),
                false => format!("Some({})", self.pattern(of, depth - 1, binds)),
            },
            Ty::Result(ok, error) => {
                let (case, of) = if self.random.one_in(2) { ("Ok", ok) } else { ("Error", error) };
                format!("{case}({})", self.pattern(of, depth - 1, binds))
            }
            Ty::Declared(number, arguments) => {
                let Shape::Enum(cases) = self.declared[*number].shape.clone() else { return "_".into() };
                let case = self.random.below(cases.len());
                let fields: Vec<Ty> = cases[case].iter().map(|it| it.with(arguments)).collect();
                let fields = inner(self, &fields);
                let list = if fields.is_empty() { String::new() } else { format!("({})", fields.join(", ")) };
                format!("C{number}_{case}{list}")
            }
            other => literal(other, self.random).unwrap_or_else(|| "_".into()),
        }
    }
}
