//! Taking objects apart without counting, and building new ones in their memory.
//!
//! After `count`, a match on a boxed value reads the fields it needs, duplicates each, and drops the value. When that was
//! the last reference nothing of this has to happen: the fields are moved out. `Take` says both at once (Perceus calls it
//! drop specialisation). And when an object of the same size is built on a way from there, it is built in that memory: the
//! token of the `Take` becomes a `Rebuild` (Perceus' reuse analysis; Ullrich and de Moura's `reset` and `reuse`).
//!
//! Example: `Node(l, x, r) -> Node(f l, x, r)` on a tree that nobody else holds allocates and frees nothing.
//!
//! A token waits only for the nearest construction on each path, and paths without one release it at their beginning. When
//! the body of a join has one, the paths that lead there leave it to the body.

use crate::core::{Expr, Function, Label, Op, Operand, Program, Var};
use crate::types::{TypeId, Types};
use rustc_hash::{FxHashMap, FxHashSet};

/// Rewrites every function.
pub fn run(program: &mut Program) {
    for function in &mut program.functions {
        let unit = Expr::Value(Operand::Const(crate::core::Const::Unit));
        let body = std::mem::replace(&mut function.body, unit);
        let mut parts = FxHashMap::default();
        collect_parts(&body, &mut parts);
        let mut pass = Pass { types: &program.types, function, parts };
        let body = pass.expr(body);
        function.body = body;
    }
}

struct Pass<'a> {
    types: &'a Types,
    function: &'a mut Function,
    /// The variables that are a field of another one, of its case, by index.
    parts: FxHashMap<Var, (Var, u32, u32)>,
}

fn collect_parts(expr: &Expr, parts: &mut FxHashMap<Var, (Var, u32, u32)>) {
    if let Expr::Let { var, op, .. } = expr
        && let Some((value, case, index)) = projection(op)
    {
        parts.insert(*var, (value, case, index));
    }
    crate::children::exprs(expr).for_each(|child| collect_parts(child, parts));
}

/// An object that comes apart, and the fields that are moved out of it.
struct Taken {
    value: Var,
    case: u32,
    fields: Vec<(u32, Var)>,
}

/// What is dropped behind projections and `Dup`s, if anything.
fn dropped_behind_reads(expr: &Expr) -> Option<Var> {
    let mut at = expr;
    let mut reads = false;
    loop {
        match at {
            Expr::Let { op, body, .. } if projection(op).is_some() => at = body,
            Expr::Dup { body, .. } => at = body,
            Expr::Drop { var, .. } if reads => return Some(*var),
            _ => return None,
        }
        reads = true;
    }
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
            let (mut takes, body) = self.fields(expr, value, case);
            let mut body = self.expr(body);
            // What is inside comes apart behind what it is inside of.
            while let Some(Taken { value, case, fields }) = takes.pop() {
                body = self.take(value, case, fields, body);
            }
            return body;
        }
        for child in crate::children::exprs_mut(&mut expr) {
            let unit = Expr::Value(Operand::Const(crate::core::Const::Unit));
            let whole = std::mem::replace(child, unit);
            *child = self.expr(whole);
        }
        expr
    }

    /// Whether fields of a boxed value, and of boxed fields of it, are read and duplicated here one after the other, and then
    /// the value is dropped: which value, and its case. Some may have been read before.
    fn taken(&self, expr: &Expr) -> Option<(Var, u32)> {
        let value = dropped_behind_reads(expr)?;
        if !self.types.layout(self.type_of(value)).boxed {
            return None;
        }
        let mut case = None;
        let mut at = expr;
        loop {
            let (var, of) = match at {
                Expr::Let { var, op, .. } => (*var, projection(op)?),
                Expr::Dup { var, .. } => (*var, *self.parts.get(var)?),
                _ => return case.map(|case| (value, case)),
            };
            // A field of the value, or of a boxed field of it.
            let own = match self.parts.get(&of.0) {
                _ if of.0 == value => of.1,
                Some((base, case, _)) if *base == value && self.types.layout(self.type_of(of.0)).boxed => *case,
                _ => return None,
            };
            if *case.get_or_insert(own) != own {
                return None;
            }
            at = match at {
                Expr::Let { body, .. } => match &**body {
                    Expr::Dup { var: again, body } if *again == var => body,
                    _ if self.counted(var) && !self.is_taken_apart(body, var) => return None,
                    _ => body,
                },
                Expr::Dup { body, .. } => body,
                _ => return None,
            };
        }
    }

    /// Whether a counted field that is read without a count of its own is there to have its own fields read: the next
    /// steps are these.
    fn is_taken_apart(&self, expr: &Expr, var: Var) -> bool {
        self.types.layout(self.type_of(var)).boxed
            && matches!(expr, Expr::Let { op, .. } if projection(op).is_some_and(|of| of.0 == var))
    }

    /// What comes apart: the value first, then fields of it. And what follows the drop. Only for what `taken` found.
    fn fields(&mut self, expr: Expr, value: Var, case: u32) -> (Vec<Taken>, Expr) {
        let mut takes = vec![Taken { value, case, fields: Vec::new() }];
        let mut again = Vec::new();
        let mut at = expr;
        let mut rest = loop {
            let (var, body, read) = match at {
                Expr::Let { var, body, .. } => (var, *body, true),
                Expr::Dup { var, body } => (var, *body, false),
                Expr::Drop { body, .. } => break *body,
                other => break other,
            };
            at = body;
            let Some((base, case, index)) = self.parts.get(&var).copied() else { continue };
            let known = takes.iter().any(|take| take.fields.iter().any(|(_, it)| *it == var));
            if known || (read && self.is_taken_apart(&at, var)) {
                continue;
            }
            let mut field = var;
            if !read {
                // Read before: from here on it is what was moved out.
                field = self.moved(var);
                again.push((var, field));
            }
            let place = takes.iter().position(|take| take.value == base);
            let place = place.unwrap_or_else(|| {
                takes.push(Taken { value: base, case, fields: Vec::new() });
                takes.len() - 1
            });
            takes[place].fields.push((index, field));
        };
        for (var, moved) in again {
            super::sink::rename(&mut rest, var, moved);
            self.parts.values_mut().filter(|(base, ..)| *base == var).for_each(|(base, ..)| *base = moved);
        }
        // Fields that come apart themselves are moved out of the value.
        for inner in 1..takes.len() {
            let var = takes[inner].value;
            let moved = self.moved(var);
            if let Some((_, _, index)) = self.parts.get(&var).copied() {
                takes[0].fields.push((index, moved));
            }
            takes[inner].value = moved;
        }
        takes.iter_mut().for_each(|take| take.fields.sort_by_key(|(index, _)| *index));
        (takes, rest)
    }

    /// A variable for the same part, once its object is gone.
    fn moved(&mut self, var: Var) -> Var {
        self.function.vars.push(self.type_of(var));
        let moved = Var(self.function.vars.len() as u32 - 1);
        if let Some(part) = self.parts.get(&var).copied() {
            self.parts.insert(moved, part);
        }
        moved
    }

    fn take(&mut self, value: Var, case: u32, fields: Vec<(u32, Var)>, mut body: Expr) -> Expr {
        let ty = self.type_of(value);
        let token = Var(self.function.vars.len() as u32);
        let used = self.place(&mut body, token, size(self.types, ty), &mut FxHashSet::default());
        if used {
            self.function.vars.push(ty);
        }
        Expr::Take { value, case, fields, token: used.then_some(token), body: Box::new(body) }
    }

    /// Finds a construction for the token on every path that has one; whether any path has. `waiting`: joins in whose bodies
    /// it waits.
    fn place(&self, expr: &mut Expr, token: Var, bytes: u32, waiting: &mut FxHashSet<Label>) -> bool {
        match expr {
            Expr::Let { op, body, .. } => {
                if let Op::Construct { ty, case, arguments } = op
                    && self.types.layout(*ty).boxed
                    && !arguments.is_empty()
                    && size(self.types, *ty) == bytes
                    && !leads_to(body, waiting)
                {
                    *op = Op::Rebuild { token, ty: *ty, case: *case, arguments: std::mem::take(arguments) };
                    return true;
                }
                self.place(body, token, bytes, waiting)
            }
            Expr::Dup { body, .. } | Expr::Drop { body, .. } | Expr::Release { body, .. } => {
                self.place(body, token, bytes, waiting)
            }
            // The nearer one has the first choice of what follows.
            Expr::Take { body, .. } => self.place(body, token, bytes, waiting),
            Expr::LetExpr { value, body, .. } => {
                (!escapes(value, &mut Vec::new())
                    && !leads_to(body, waiting)
                    && self.place(value, token, bytes, waiting))
                    || self.place(body, token, bytes, waiting)
            }
            Expr::Join { label, body, rest, .. } => {
                if self.place(body, token, bytes, waiting) {
                    waiting.insert(*label);
                    if !self.place(rest, token, bytes, waiting) {
                        // Not reached: no jump leads to the body.
                        let unit = Expr::Value(Operand::Const(crate::core::Const::Unit));
                        let whole = Box::new(std::mem::replace(&mut **rest, unit));
                        **rest = Expr::Release { token, body: whole };
                    }
                    return true;
                }
                self.place(rest, token, bytes, waiting)
            }
            Expr::Jump { label, .. } => waiting.contains(label),
            Expr::If { .. } | Expr::Switch { .. } => self.place_in_branches(expr, token, bytes, waiting),
            Expr::Value(_) | Expr::Fail { .. } => false,
        }
    }

    fn place_in_branches(&self, expr: &mut Expr, token: Var, bytes: u32, waiting: &mut FxHashSet<Label>) -> bool {
        let mut branches: Vec<&mut Expr> = crate::children::exprs_mut(expr).collect();
        let used: Vec<bool> = branches.iter_mut().map(|branch| self.place(branch, token, bytes, waiting)).collect();
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

/// Whether a jump to one of these joins stands in the expression.
fn leads_to(expr: &Expr, joins: &FxHashSet<Label>) -> bool {
    !joins.is_empty()
        && (matches!(expr, Expr::Jump { label, .. } if joins.contains(label))
            || crate::children::exprs(expr).any(|child| leads_to(child, joins)))
}

/// The value, its case and the index of the field that is read of it.
fn projection(op: &Op) -> Option<(Var, u32, u32)> {
    match op {
        Op::Field { value: Operand::Var(value), index } => Some((*value, 0, *index)),
        Op::CaseField { value: Operand::Var(value), case, index } => Some((*value, *case, *index)),
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
        _ => crate::children::exprs(expr).any(|child| escapes(child, joins)),
    }
}
