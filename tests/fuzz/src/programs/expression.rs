//! A generated expression: text with expressions in between. That is all that printing and shrinking need to know.

use crate::programs::types::Ty;

#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub ty: Ty,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(String),
    Expr(Expr),
}

impl Expr {
    pub fn text(ty: Ty, text: impl Into<String>) -> Expr {
        Expr { ty, parts: vec![Part::Text(text.into())] }
    }

    /// Fills the `{}` of a pattern with expressions, in order.
    pub fn filled(ty: Ty, pattern: &str, with: Vec<Expr>) -> Expr {
        let mut parts = Vec::new();
        let mut with = with.into_iter();
        for (at, text) in pattern.split("{}").enumerate() {
            if at > 0 {
                parts.extend(with.next().map(Part::Expr));
            }
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
        }
        Expr { ty, parts }
    }

    pub fn write(&self, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Expr(expr) => expr.write(out),
            }
        }
    }

    pub fn size(&self) -> usize {
        let inner = self.parts.iter().map(|part| match part {
            Part::Text(_) => 0,
            Part::Expr(expr) => expr.size(),
        });
        1 + inner.sum::<usize>()
    }

    /// Every expression below this one, the nearest first.
    pub fn below(&self) -> Vec<&Expr> {
        let mut out: Vec<&Expr> = Vec::new();
        let mut level: Vec<&Expr> = vec![self];
        while !level.is_empty() {
            let children = level.iter().flat_map(|it| &it.parts).filter_map(|part| match part {
                Part::Expr(expr) => Some(expr),
                Part::Text(_) => None,
            });
            level = children.collect();
            out.extend(&level);
        }
        out
    }

    /// The expression at that place in reading order, this one first.
    pub fn at_mut(&mut self, at: usize) -> Option<&mut Expr> {
        if at == 0 {
            return Some(self);
        }
        let mut rest = at - 1;
        for part in &mut self.parts {
            if let Part::Expr(expr) = part {
                let size = expr.size();
                if rest < size {
                    return expr.at_mut(rest);
                }
                rest -= size;
            }
        }
        None
    }
}
