//! Known closures become direct calls.
//!
//! A call that hands a known closure to a function gets a copy of that function made for it: the closure's parameter is
//! gone, what the closure captured is passed instead, and where the copy called its parameter it calls the closure's code,
//! itself a copy without the closure. So `List.map xs (fun x -> x + n)` becomes one loop that LLVM inlines into, and no
//! closure is allocated. After Peyton Jones, "Call-pattern specialisation for Haskell programs" (ICFP 2007), for
//! functions only; a closure captured by a known closure is known as well, to a depth of `DEPTH_MAX`.
//!
//! Example: `map xs 0 [] (closure f [n])` becomes `map$1 xs 0 [] n`, and inside of it `call closure g x` becomes
//! `call f$1 n x`.
//!
//! Each function is rewritten from its beginning to its end with what is known of its variables. A closure is still made
//! where it was, and where a copy begins; `dead` removes the ones that nobody uses. Runs before counts are inserted.

use crate::core::{Const, Expr, Function, FunctionId, Op, Operand, Param, Program, Var};
use crate::intrinsics::Intrinsic;
use crate::types::TypeId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::{Hash, Hasher};

/// Closures inside closures are known to this depth.
const DEPTH_MAX: usize = 3;
/// Larger functions are not copied.
const NODES_MAX: usize = 400;
/// Copies of one function; more mean that each copy asks for another one.
const COPIES_MAX: usize = 40;

/// Rewrites every function.
pub fn run(program: &mut Program) {
    let functions = std::mem::take(&mut program.functions);
    let wanted = functions.iter().map(wanted_params).collect();
    let sizes = functions.iter().map(|it| crate::children::all(&it.body).count()).collect();
    let originals = functions.len();
    let mut pass = Pass {
        done: vec![None; originals],
        originals: functions,
        wanted,
        sizes,
        copies: FxHashMap::default(),
        counts: FxHashMap::default(),
        open: Vec::new(),
    };
    for index in 0..originals {
        let function = pass.originals[index].clone();
        pass.done[index] = Some(pass.rewrite(function, &[]));
    }
    while let Some((id, original, shapes)) = pass.open.pop() {
        let function = pass.originals[original.0 as usize].clone();
        let (symbol, group) = (pass.symbol(&function, &shapes), pass.group(&shapes));
        let mut copy = pass.rewrite(function, &shapes);
        copy.symbol = symbol;
        // A copy is compiled beside the closure it was made for: an edit there changes both.
        copy.group = group.unwrap_or(copy.group);
        pass.done[id.0 as usize] = Some(copy);
    }
    program.functions = pass.done.into_iter().flatten().collect();
}

/// What is known of a closure: its code, and of its captures which are known closures themselves.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Shape {
    code: FunctionId,
    ty: TypeId,
    captures: Vec<Option<Shape>>,
}

impl Shape {
    fn depth(&self) -> usize {
        1 + self.captures.iter().flatten().map(Shape::depth).max().unwrap_or(0)
    }

    /// How many values it is passed as.
    fn width(&self) -> usize {
        self.captures.iter().map(|it| it.as_ref().map_or(1, Shape::width)).sum()
    }
}

/// A known closure and the values of its captures, those of closures inside in their place.
#[derive(Debug, Clone)]
struct Known {
    shape: Shape,
    values: Vec<Operand>,
}

struct Pass {
    /// As they were lowered; copies are made of these.
    originals: Vec<Function>,
    /// The rewritten ones, by id; `None` while a copy is open.
    done: Vec<Option<Function>>,
    wanted: Vec<Vec<bool>>,
    sizes: Vec<usize>,
    copies: FxHashMap<(FunctionId, Vec<Option<Shape>>), FunctionId>,
    counts: FxHashMap<FunctionId, usize>,
    open: Vec<(FunctionId, FunctionId, Vec<Option<Shape>>)>,
}

impl Pass {
    /// The copy of a function for these closures, if one is worth it. Index 0 of closure code is the closure itself.
    fn copy(&mut self, original: FunctionId, shapes: Vec<Option<Shape>>) -> Option<FunctionId> {
        if let Some(&id) = self.copies.get(&(original, shapes.clone())) {
            return Some(id);
        }
        let count = self.counts.entry(original).or_default();
        if self.sizes[original.0 as usize] > NODES_MAX || *count >= COPIES_MAX {
            return None;
        }
        *count += 1;
        let id = FunctionId(self.done.len() as u32);
        self.done.push(None);
        self.copies.insert((original, shapes.clone()), id);
        self.open.push((id, original, shapes));
        Some(id)
    }

    /// The symbol of a copy: the same in every build that needs it.
    fn symbol(&self, original: &Function, shapes: &[Option<Shape>]) -> String {
        let mut name = String::new();
        shapes.iter().for_each(|shape| self.describe(shape.as_ref(), &mut name));
        let mut hasher = rustc_hash::FxHasher::default();
        name.hash(&mut hasher);
        format!("{}${:016x}", original.symbol, hasher.finish())
    }

    /// The group of the first closure that a copy is made for.
    fn group(&self, shapes: &[Option<Shape>]) -> Option<String> {
        let shape = shapes.iter().flatten().next()?;
        Some(self.originals.get(shape.code.0 as usize)?.group.clone())
    }

    fn describe(&self, shape: Option<&Shape>, out: &mut String) {
        match shape {
            None => out.push('_'),
            Some(shape) => {
                out.push_str(&self.originals[shape.code.0 as usize].symbol);
                out.push('(');
                shape.captures.iter().for_each(|capture| self.describe(capture.as_ref(), out));
                out.push(')');
            }
        }
    }

    fn rewrite(&mut self, mut function: Function, shapes: &[Option<Shape>]) -> Function {
        let mut rewriter =
            Rewriter { vars: function.vars, known: FxHashMap::default(), same: FxHashMap::default(), pass: self };
        let mut params = Vec::new();
        let mut closures = Vec::new();
        for (index, param) in function.params.iter().enumerate() {
            match shapes.get(index).and_then(Option::as_ref) {
                None => params.push(*param),
                Some(shape) => {
                    let values = rewriter.fresh_values(shape);
                    params.extend(values.iter().map(|var| Param { var: *var, borrowed: false }));
                    let values = values.into_iter().map(Operand::Var).collect();
                    let known = Known { shape: shape.clone(), values };
                    rewriter.known.insert(param.var, known.clone());
                    closures.push((param.var, known));
                }
            }
        }
        let body = rewriter.expr(function.body);
        // In case somebody still needs the closure itself.
        let body = closures.into_iter().rev().fold(body, |body, (var, known)| rewriter.made(var, &known, body));
        function.vars = rewriter.vars;
        function.body = super::dead::expr(body);
        if matches!(shapes.first(), Some(Some(_))) && function.captures.is_some() {
            function.captures = None;
        }
        function.params = params;
        function
    }
}

struct Rewriter<'a> {
    pass: &'a mut Pass,
    vars: Vec<TypeId>,
    known: FxHashMap<Var, Known>,
    /// Variables that are another operand.
    same: FxHashMap<Var, Operand>,
}

impl Rewriter<'_> {
    fn fresh(&mut self, ty: TypeId) -> Var {
        self.vars.push(ty);
        Var(self.vars.len() as u32 - 1)
    }

    /// A variable for each value that a closure of this shape is passed as.
    fn fresh_values(&mut self, shape: &Shape) -> Vec<Var> {
        let types = self.pass.originals[shape.code.0 as usize].captures.clone().unwrap_or_default();
        let mut out = Vec::new();
        for (index, capture) in shape.captures.iter().enumerate() {
            match capture {
                Some(inner) => out.extend(self.fresh_values(inner)),
                None => out.push(self.fresh(types[index])),
            }
        }
        out
    }

    /// `body` with the closure made in front of it.
    fn made(&mut self, var: Var, known: &Known, body: Expr) -> Expr {
        let Shape { code, ty, captures } = &known.shape;
        let mut inner = Vec::new();
        let mut operands = Vec::new();
        let mut values = known.values.as_slice();
        for capture in captures {
            let (own, rest) = values.split_at(capture.as_ref().map_or(1, Shape::width));
            values = rest;
            match capture {
                None => operands.extend_from_slice(own),
                Some(shape) => {
                    let closure = self.fresh(shape.ty);
                    operands.push(Operand::Var(closure));
                    inner.push((closure, Known { shape: shape.clone(), values: own.to_vec() }));
                }
            }
        }
        let op = Op::MakeClosure { function: *code, captures: operands, ty: *ty };
        let body = Expr::Let { var, op, body: Box::new(body) };
        inner.into_iter().rev().fold(body, |body, (var, known)| self.made(var, &known, body))
    }

    fn operand(&self, operand: Operand) -> Operand {
        match operand {
            Operand::Var(var) => self.same.get(&var).cloned().unwrap_or(operand),
            Operand::Const(_) => operand,
        }
    }

    fn known(&self, operand: &Operand) -> Option<Known> {
        match operand {
            Operand::Var(var) => self.known.get(var).cloned(),
            Operand::Const(Const::Closure(code, ty)) => {
                Some(Known { shape: Shape { code: *code, ty: *ty, captures: Vec::new() }, values: Vec::new() })
            }
            Operand::Const(_) => None,
        }
    }

    /// How many arguments the closure's code takes.
    fn arity(&self, shape: &Shape) -> usize {
        self.pass.originals[shape.code.0 as usize].params.len() - 1
    }

    fn expr(&mut self, mut expr: Expr) -> Expr {
        crate::children::map_own_operands(&mut expr, &mut |operand| self.operand(operand));
        match expr {
            Expr::Let { var, mut op, body } => {
                crate::children::map_operands(&mut op, &mut |operand| self.operand(operand));
                self.let_(var, op, *body)
            }
            Expr::If { condition: Operand::Const(Const::Bool(holds)), then, otherwise } => {
                self.expr(if holds { *then } else { *otherwise })
            }
            Expr::If { condition, then, otherwise } => {
                let then = Box::new(self.expr(*then));
                Expr::If { condition, then, otherwise: Box::new(self.expr(*otherwise)) }
            }
            Expr::LetExpr { var, value, body } => {
                let value = self.expr(*value);
                self.let_expr(var, value, *body)
            }
            Expr::Switch { scrutinee, cases, default } => Expr::Switch {
                scrutinee,
                cases: cases.into_iter().map(|(case, code)| (case, self.expr(code))).collect(),
                default: default.map(|code| Box::new(self.expr(*code))),
            },
            Expr::Join { label, params, body, rest } => {
                let body = Box::new(self.expr(*body));
                Expr::Join { label, params, body, rest: Box::new(self.expr(*rest)) }
            }
            Expr::Value(_) | Expr::Jump { .. } | Expr::Fail { .. } => expr,
            // Only there once counts are.
            Expr::Dup { body, .. } | Expr::Drop { body, .. } | Expr::Take { body, .. } | Expr::Release { body, .. } => {
                self.expr(*body)
            }
        }
    }

    /// A block on the right of a let that has become straight is spliced in.
    fn let_expr(&mut self, var: Var, value: Expr, body: Expr) -> Expr {
        if !is_straight(&value) {
            return Expr::LetExpr { var, value: Box::new(value), body: Box::new(self.expr(body)) };
        }
        let (steps, result) = straight(value);
        if let Operand::Var(from) = &result
            && let Some(known) = self.known.get(from).cloned()
        {
            self.known.insert(var, known);
        }
        self.same.insert(var, result);
        let body = self.expr(body);
        steps.into_iter().rev().fold(body, |body, (var, op)| Expr::Let { var, op, body: Box::new(body) })
    }

    fn let_(&mut self, var: Var, op: Op, body: Expr) -> Expr {
        match op {
            Op::ClosureArity(closure) => {
                if let Some(known) = self.known(&closure) {
                    let arity = self.arity(&known.shape) as i128;
                    self.same.insert(var, Operand::Const(Const::Int(arity, self.vars[var.0 as usize])));
                    return self.expr(body);
                }
                self.rest(var, Op::ClosureArity(closure), body)
            }
            Op::Intrinsic { intrinsic: Intrinsic::Equal, ref arguments, .. } => {
                if let [Operand::Const(Const::Int(a, _)), Operand::Const(Const::Int(b, _))] = arguments.as_slice() {
                    self.same.insert(var, Operand::Const(Const::Bool(a == b)));
                    return self.expr(body);
                }
                self.rest(var, op, body)
            }
            Op::Capture { closure, index, ty } => self.capture(var, closure, index, ty, body),
            Op::MakeClosure { function, captures, ty } => {
                self.note_closure(var, function, &captures, ty);
                self.rest(var, Op::MakeClosure { function, captures, ty }, body)
            }
            Op::CallClosure { closure, arguments, result, location } => {
                if let Some(known) = self.known(&closure)
                    && self.arity(&known.shape) == arguments.len()
                {
                    let mut all = vec![closure.clone()];
                    all.extend(arguments.iter().cloned());
                    if let Some((function, arguments)) = self.direct(known.shape.code, &all, true) {
                        return self.rest(var, Op::Call { function, arguments, location }, body);
                    }
                }
                self.rest(var, Op::CallClosure { closure, arguments, result, location }, body)
            }
            Op::Call { function, arguments, location } => {
                let (function, arguments) = self.direct(function, &arguments, false).unwrap_or((function, arguments));
                self.rest(var, Op::Call { function, arguments, location }, body)
            }
            op => self.rest(var, op, body),
        }
    }

    fn rest(&mut self, var: Var, op: Op, body: Expr) -> Expr {
        Expr::Let { var, op, body: Box::new(self.expr(body)) }
    }

    fn capture(&mut self, var: Var, closure: Operand, index: u32, ty: TypeId, body: Expr) -> Expr {
        let Some(known) = self.known(&closure) else {
            return self.rest(var, Op::Capture { closure, index, ty }, body);
        };
        let before: usize =
            known.shape.captures[..index as usize].iter().map(|it| it.as_ref().map_or(1, Shape::width)).sum();
        match &known.shape.captures[index as usize] {
            None => {
                self.same.insert(var, known.values[before].clone());
                self.expr(body)
            }
            Some(shape) => {
                let values = known.values[before..before + shape.width()].to_vec();
                let inner = Known { shape: shape.clone(), values };
                self.known.insert(var, inner.clone());
                let body = self.expr(body);
                self.made(var, &inner, body)
            }
        }
    }

    fn note_closure(&mut self, var: Var, function: FunctionId, captures: &[Operand], ty: TypeId) {
        let mut shape = Shape { code: function, ty, captures: Vec::new() };
        let mut values = Vec::new();
        for capture in captures {
            match self.known(capture).filter(|known| known.shape.depth() < DEPTH_MAX) {
                Some(known) => {
                    values.extend(known.values);
                    shape.captures.push(Some(known.shape));
                }
                None => {
                    values.push(capture.clone());
                    shape.captures.push(None);
                }
            }
        }
        self.known.insert(var, Known { shape, values });
    }

    /// The copy that this call should go to, and what to hand it. `closure`: the first argument is the closure whose code
    /// is called.
    fn direct(
        &mut self,
        function: FunctionId,
        arguments: &[Operand],
        closure: bool,
    ) -> Option<(FunctionId, Vec<Operand>)> {
        let mut shapes = Vec::new();
        let mut passed = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            let wanted = (closure && index == 0)
                || self.pass.wanted.get(function.0 as usize).is_some_and(|it| it.get(index) == Some(&true));
            match self.known(argument).filter(|_| wanted) {
                Some(known) => {
                    passed.extend(known.values);
                    shapes.push(Some(known.shape));
                }
                None => {
                    passed.push(argument.clone());
                    shapes.push(None);
                }
            }
        }
        if shapes.iter().all(Option::is_none) {
            return None;
        }
        Some((self.pass.copy(function, shapes)?, passed))
    }
}

/// Only lets, then a value.
fn is_straight(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) => true,
        Expr::Let { body, .. } => is_straight(body),
        _ => false,
    }
}

fn straight(expr: Expr) -> (Vec<(Var, Op)>, Operand) {
    let mut steps = Vec::new();
    let mut expr = expr;
    loop {
        match expr {
            Expr::Let { var, op, body } => {
                steps.push((var, op));
                expr = *body;
            }
            Expr::Value(value) => return (steps, value),
            // `is_straight` was asked.
            _ => return (steps, Operand::Const(Const::Unit)),
        }
    }
}

/// Which parameters are functions that are called, or handed on to be called.
fn wanted_params(function: &Function) -> Vec<bool> {
    let mut called = FxHashSet::default();
    collect_called(&function.body, &mut called);
    function.params.iter().map(|param| called.contains(&param.var)).collect()
}

fn collect_called(expr: &Expr, out: &mut FxHashSet<Var>) {
    if let Expr::Let { op, .. } = expr {
        let operands: Vec<&Operand> = match op {
            Op::CallClosure { closure, arguments, .. } => std::iter::once(closure).chain(arguments).collect(),
            Op::Call { arguments, .. } | Op::MakeClosure { captures: arguments, .. } => arguments.iter().collect(),
            _ => Vec::new(),
        };
        out.extend(operands.into_iter().filter_map(|operand| match operand {
            Operand::Var(var) => Some(*var),
            Operand::Const(_) => None,
        }));
    }
    crate::children::exprs(expr).for_each(|child| collect_called(child, out));
}
