//! Taking objects apart without counting, and building new ones in their memory.
//!
//! After `count`, a match on a boxed value reads the fields it needs, duplicates each, and drops the value. When that was
//! the last reference nothing of this has to happen: the fields are moved out. `Take` says both at once (Perceus calls it
//! drop specialisation). And when an object of the same size is built on a way from there, it is built in that memory: the
//! token of the `Take` becomes a `Rebuild` (Perceus' reuse analysis; Ullrich and de Moura's `reset` and `reuse`).
//!
//! Example: `Node(l, x, r) -> Node(f l, x, r)` on a tree that nobody else holds allocates and frees nothing.
//!
//! A token waits only for the nearest construction on each path, and paths without one release it at their beginning. It
//! does not wait in the body of a join.

use crate::core::{Expr, Function, Label, Op, Operand, Program, Var};
use crate::types::{TypeId, Types};

/// Rewrites every function.
pub fn run(program: &mut Program) {
    for function in &mut program.functions {
        let unit = Expr::Value(Operand::Const(crate::core::Const::Unit));
        let body = std::mem::replace(&mut function.body, unit);
        let mut pass = Pass { types: &program.types, function };
        let body = pass.expr(body);
        function.body = body;
    }
}

struct Pass<'a> {
    types: &'a Types,
    function: &'a mut Function,
}

/// Bytes of a box, as the heap rounds them.
fn size(types: &Types, ty: TypeId) -> u32 {
    types.layout(ty).box_bytes.next_multiple_of(16)
}

impl Pass<'_> {
    fn type_of(&self, var: Var) -> TypeId {
        self.function.vars[var.0 as usize]
    }

    fn counted(&self, var: Var) -> bool {
        self.types.layout(self.type_of(var)).counted
    }

    fn expr(&mut self, mut expr: Expr) -> Expr {
        if let Some((value, case)) = self.taken(&expr) {
            let (fields, body) = self.fields(expr, value);
            let body = self.expr(body);
            return self.take(value, case, fields, body);
        }
        for child in crate::children::exprs_mut(&mut expr) {
            let unit = Expr::Value(Operand::Const(crate::core::Const::Unit));
            let whole = std::mem::replace(child, unit);
            *child = self.expr(whole);
        }
        expr
    }

    /// Whether fields of a boxed value are read here one after the other, all counted ones duplicated, and then the value is
    /// dropped: which value, and its case.
    fn taken(&self, expr: &Expr) -> Option<(Var, u32)> {
        let Expr::Let { op, .. } = expr else { return None };
        let (value, case) = projection(op)?;
        if !self.types.layout(self.type_of(value)).boxed {
            return None;
        }
        let mut at = expr;
        loop {
            match at {
                Expr::Let { var, op, body } if projection(op) == Some((value, case)) => match &**body {
                    Expr::Dup { var: again, body } if again == var => at = body,
                    _ if self.counted(*var) => return None,
                    _ => at = body,
                },
                Expr::Drop { var, .. } if *var == value => return Some((value, case)),
                _ => return None,
            }
        }
    }

    /// The fields that are read, and what follows the drop. Only for what `taken` found.
    fn fields(&self, expr: Expr, value: Var) -> (Vec<(u32, Var)>, Expr) {
        let mut fields = Vec::new();
        let mut at = expr;
        loop {
            match at {
                Expr::Let { var, op: Op::Field { index, .. } | Op::CaseField { index, .. }, body } => {
                    fields.push((index, var));
                    at = *body;
                }
                Expr::Dup { body, .. } => at = *body,
                Expr::Drop { var, body } if var == value => return (fields, *body),
                other => return (fields, other),
            }
        }
    }

    fn take(&mut self, value: Var, case: u32, fields: Vec<(u32, Var)>, mut body: Expr) -> Expr {
        let ty = self.type_of(value);
        let token = Var(self.function.vars.len() as u32);
        let used = self.place(&mut body, token, size(self.types, ty));
        if used {
            self.function.vars.push(ty);
        }
        Expr::Take { value, case, fields, token: used.then_some(token), body: Box::new(body) }
    }

    /// Finds a construction for the token on every path that has one; whether any path has.
    fn place(&self, expr: &mut Expr, token: Var, bytes: u32) -> bool {
        match expr {
            Expr::Let { op, body, .. } => {
                if let Op::Construct { ty, case, arguments } = op
                    && self.types.layout(*ty).boxed
                    && !arguments.is_empty()
                    && size(self.types, *ty) == bytes
                {
                    *op = Op::Rebuild { token, ty: *ty, case: *case, arguments: std::mem::take(arguments) };
                    return true;
                }
                self.place(body, token, bytes)
            }
            Expr::Dup { body, .. } | Expr::Drop { body, .. } | Expr::Release { body, .. } => {
                self.place(body, token, bytes)
            }
            // The nearer one has the first choice of what follows.
            Expr::Take { body, .. } => self.place(body, token, bytes),
            Expr::LetExpr { value, body, .. } => {
                !escapes(value, &mut Vec::new()) && self.place(value, token, bytes) || self.place(body, token, bytes)
            }
            Expr::Join { rest, .. } => self.place(rest, token, bytes),
            Expr::If { .. } | Expr::Switch { .. } => self.place_in_branches(expr, token, bytes),
            Expr::Value(_) | Expr::Jump { .. } | Expr::Fail { .. } => false,
        }
    }

    fn place_in_branches(&self, expr: &mut Expr, token: Var, bytes: u32) -> bool {
        let mut branches = crate::children::exprs_mut(expr);
        let used: Vec<bool> = branches.iter_mut().map(|branch| self.place(branch, token, bytes)).collect();
        if !used.contains(&true) {
            return false;
        }
        for (branch, used) in branches.into_iter().zip(used) {
            if !used && !matches!(branch, Expr::Fail { .. }) {
                let unit = Expr::Value(Operand::Const(crate::core::Const::Unit));
                let body = Box::new(std::mem::replace(branch, unit));
                *branch = Expr::Release { token, body };
            }
        }
        true
    }
}

/// The value and case that a field is read of.
fn projection(op: &Op) -> Option<(Var, u32)> {
    match op {
        Op::Field { value: Operand::Var(value), .. } => Some((*value, 0)),
        Op::CaseField { value: Operand::Var(value), case, .. } => Some((*value, *case)),
        _ => None,
    }
}

/// Whether a jump leads out of the expression.
fn escapes(expr: &Expr, joins: &mut Vec<Label>) -> bool {
    match expr {
        Expr::Jump { label, .. } => !joins.contains(label),
        Expr::Join { label, body, rest, .. } => {
            if escapes(body, joins) {
                return true;
            }
            joins.push(*label);
            let found = escapes(rest, joins);
            joins.pop();
            found
        }
        _ => crate::children::exprs(expr).into_iter().any(|child| escapes(child, joins)),
    }
}
