//! Small functions become part of their callers, and what that makes known is used.
//!
//! Calls cost little here; what counts is that the other passes see one function where there were two. A value that the
//! callee takes apart and the caller builds anew is rebuilt in its memory (`reuse`), nothing is counted on the way, and a
//! construction whose fields are read is no construction. After Peyton Jones and Marlow, "Secrets of the Glasgow Haskell
//! Compiler inliner" (JFP 12(4), 2002); what is known of constructions is their case-of-known-constructor.
//!
//! A function that calls itself in the middle takes itself in once or twice (`unroll`): most calls of a recursion are those
//! at its ends, and they are gone then. Calls in tail position stay loops. After Rugina and Rinard, "Recursion unrolling
//! for divide and conquer programs" (LCPC 2000).
//!
//! A value of the program that is a constant is one wherever it is used.
//!
//! Functions are looked at from those that call nobody upwards. Example: `let f x = g x + 1`, `let g x = x * 2` becomes
//! `let f x = x * 2 + 1`. Runs before counts are inserted.

use super::components;
use crate::children::{all, bound_mut, exprs, exprs_mut, location_mut, map_operands, map_own_operands};
use crate::core::{Const, Expr, Function, FunctionId, Global, GlobalId, Label, Op, Operand, Program, Var};
use crate::intrinsics::Intrinsic;
use crate::types::TypeId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Functions of so many nodes become part of whoever calls them.
const SMALL: usize = 15;
/// Functions that build boxed objects and take some apart, or set elements of a list: their caller may do as well, and in
/// the same memory.
const REBUILDING: usize = 70;
/// A function does not grow over this by taking others in.
const CALLER_MAX: usize = 400;
/// A recursion that takes itself in has at most so many nodes before, and behind.
const UNROLLED_FROM: usize = 30;
const UNROLLED_MAX: usize = 130;
const UNROLLED_TIMES: usize = 2;

/// Rewrites every function.
pub fn run(program: &mut Program) {
    let edges: Vec<Vec<usize>> = program.functions.iter().map(|it| callees(&it.body)).collect();
    let components = components::of(&edges);
    let circle = |index: usize| components.is_circle(index) || edges[index].contains(&index);
    let mut calls = vec![0; edges.len()];
    edges.iter().flatten().for_each(|to| calls[*to] += 1);
    super::reachable::roots(program).into_iter().for_each(|FunctionId(id)| calls[id as usize] += 1);
    let mut pass = Pass {
        takes: (0..edges.len()).map(|index| !circle(index) && program.functions[index].captures.is_none()).collect(),
        nodes: vec![0; edges.len()],
        calls,
        rebuilds: program.functions.iter().map(|it| super::borrow::rebuilds_parameters(it, &program.types)).collect(),
    };
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by_key(|index| components.numbers[*index]);
    for index in order {
        let mut function = program.functions[index].clone();
        pass.nodes[index] = all(&function.body).count();
        let body = std::mem::replace(&mut function.body, Expr::Value(Operand::Const(Const::Unit)));
        let mut rewriter = Rewriter::new(&pass, &program.functions, &function, &body);
        rewriter.globals = &program.globals;
        let mut body = super::dead::expr(rewriter.expr(body));
        function.vars = rewriter.vars;
        if !components.is_circle(index) && edges[index].contains(&index) {
            body = unroll(FunctionId(index as u32), &mut function, body);
        }
        function.body = body;
        pass.rebuilds[index] |= sets_elements(&function.body);
        pass.nodes[index] = all(&function.body).count();
        program.functions[index] = function;
    }
}

/// What is known of all functions.
struct Pass {
    /// It may become part of another one.
    takes: Vec<bool>,
    nodes: Vec<usize>,
    /// How many places call it.
    calls: Vec<usize>,
    rebuilds: Vec<bool>,
}

pub(super) struct Rewriter<'a> {
    pass: &'a Pass,
    functions: &'a [Function],
    globals: &'a [Global],
    pub(super) vars: Vec<TypeId>,
    pub(super) labels: u32,
    size: usize,
    /// Variables that are another operand.
    same: FxHashMap<Var, Operand>,
    /// Constructions: their case and fields.
    pub(super) built: FxHashMap<Var, (u32, Vec<Operand>)>,
    /// In which case a variable is on this path.
    cases: FxHashMap<Var, u32>,
    /// Lengths of lists, those of lists that are not empty on this path, and which length a truth says is 0.
    lengths: FxHashSet<Var>,
    /// By list, where its length is known.
    length_of: FxHashMap<Var, Var>,
    some: FxHashSet<Var>,
    none: FxHashMap<Var, Var>,
    /// Joins that one jump leads to: their parameters and body, which stand there instead.
    single: FxHashMap<Label, (Vec<Var>, Expr)>,
}

impl<'a> Rewriter<'a> {
    fn new(pass: &'a Pass, functions: &'a [Function], function: &Function, body: &Expr) -> Rewriter<'a> {
        Rewriter {
            pass,
            functions,
            globals: &[],
            vars: function.vars.clone(),
            labels: labels(body),
            size: all(body).count(),
            same: FxHashMap::default(),
            built: FxHashMap::default(),
            cases: FxHashMap::default(),
            lengths: FxHashSet::default(),
            length_of: FxHashMap::default(),
            some: FxHashSet::default(),
            none: FxHashMap::default(),
            single: FxHashMap::default(),
        }
    }

    fn operand(&self, mut operand: Operand) -> Operand {
        while let Operand::Var(var) = operand {
            match self.same.get(&var) {
                Some(other) => operand = other.clone(),
                None => break,
            }
        }
        operand
    }

    fn wanted(&self, function: FunctionId) -> bool {
        let index = function.0 as usize;
        let nodes = self.pass.nodes[index];
        self.pass.takes[index]
            && self.size + nodes <= CALLER_MAX
            && (nodes <= SMALL || self.pass.calls[index] == 1 || (self.pass.rebuilds[index] && nodes <= REBUILDING))
    }

    pub(super) fn expr(&mut self, mut expr: Expr) -> Expr {
        map_own_operands(&mut expr, &mut |operand| self.operand(operand));
        match expr {
            Expr::Let { var, mut op, body } => {
                map_operands(&mut op, &mut |operand| self.operand(operand));
                self.let_(var, op, *body)
            }
            Expr::LetExpr { var, value, body } => match is_straight(&value) {
                true => {
                    let whole = spliced(*value, var, *body, &mut self.same);
                    self.expr(whole)
                }
                false => {
                    let value = self.expr(*value);
                    match is_straight(&value) {
                        // Its own variables are done already, and are no others.
                        true => self.behind(value, var, *body),
                        false => self.matched(value, var, *body),
                    }
                }
            },
            Expr::If { condition: Operand::Const(Const::Bool(holds)), then, otherwise } => {
                self.expr(if holds { *then } else { *otherwise })
            }
            Expr::If { condition: Operand::Var(condition), then, otherwise } => {
                let then = Box::new(self.expr(*then));
                // A list that is not empty has an element.
                let length = self.none.get(&condition).copied().filter(|length| self.some.insert(*length));
                let otherwise = Box::new(self.expr(*otherwise));
                length.iter().for_each(|length| {
                    self.some.remove(length);
                });
                Expr::If { condition: Operand::Var(condition), then, otherwise }
            }
            Expr::Switch { scrutinee, cases, default } => self.switch(scrutinee, cases, default),
            Expr::Join { label, params, body, rest } => match jumps(&rest, label) {
                0 => self.expr(*rest),
                1 => {
                    self.single.insert(label, (params, *body));
                    self.expr(*rest)
                }
                _ => {
                    // What is known where the jumps stand is not known in the body.
                    let rest = self.expr(*rest);
                    let body = self.expr(*body);
                    Expr::Join { label, params, body: Box::new(body), rest: Box::new(rest) }
                }
            },
            Expr::Jump { label, arguments } => match self.single.remove(&label) {
                Some((params, body)) => {
                    self.same.extend(params.into_iter().zip(arguments));
                    self.expr(body)
                }
                None => Expr::Jump { label, arguments },
            },
            mut other => {
                for child in exprs_mut(&mut other) {
                    let whole = std::mem::replace(child, Expr::Value(Operand::Const(Const::Unit)));
                    *child = self.expr(whole);
                }
                other
            }
        }
    }

    /// A finished expression with several ends, with the rest behind it, which may match what it yields; at once, or
    /// when the functions that it calls have become part of it.
    fn matched(&mut self, value: Expr, var: Var, body: Expr) -> Expr {
        let (value, body) = match super::cases::split(self, var, value, body) {
            Ok(whole) => return whole,
            Err(parts) => (parts.0, self.expr(parts.1)),
        };
        match super::cases::split(self, var, value, body) {
            Ok(whole) => whole,
            Err(parts) => Expr::LetExpr { var, value: Box::new(parts.0), body: Box::new(parts.1) },
        }
    }

    /// A finished straight expression, with the rest behind it.
    fn behind(&mut self, value: Expr, var: Var, body: Expr) -> Expr {
        match value {
            Expr::Let { var: own, op, body: rest } => {
                let rest = self.behind(*rest, var, body);
                Expr::Let { var: own, op, body: Box::new(rest) }
            }
            Expr::Value(value) => {
                self.same.insert(var, value);
                self.expr(body)
            }
            other => other,
        }
    }

    fn let_(&mut self, var: Var, op: Op, body: Expr) -> Expr {
        match op {
            Op::Call { function, arguments, .. } if self.wanted(function) => {
                let callee = &self.functions[function.0 as usize];
                self.size += self.pass.nodes[function.0 as usize];
                let copy = copied(callee, &arguments, &mut self.vars, &mut self.labels);
                let whole = match () {
                    () if super::is_value_of(&body, var) => copy,
                    () if is_straight(&copy) => spliced(copy, var, body, &mut self.same),
                    () => Expr::LetExpr { var, value: Box::new(copy), body: Box::new(body) },
                };
                self.expr(whole)
            }
            Op::Global(id) => match self.constant(id) {
                Some(constant) => {
                    self.same.insert(var, Operand::Const(constant));
                    self.expr(body)
                }
                None => Expr::Let { var, op, body: Box::new(self.expr(body)) },
            },
            Op::Field { value: Operand::Var(base), index } | Op::CaseField { value: Operand::Var(base), index, .. }
                if self.built.contains_key(&base) =>
            {
                match self.built.get(&base).and_then(|(_, fields)| fields.get(index as usize)).cloned() {
                    Some(field) => {
                        self.same.insert(var, field);
                        self.expr(body)
                    }
                    None => Expr::Let { var, op, body: Box::new(self.expr(body)) },
                }
            }
            Op::Intrinsic { intrinsic: Intrinsic::GreaterEqual, ref arguments, .. }
                if matches!(arguments.as_slice(), [Operand::Var(length), Operand::Const(Const::Int(1, _))]
                    if self.some.contains(length)) =>
            {
                self.same.insert(var, Operand::Const(Const::Bool(true)));
                self.expr(body)
            }
            Op::Intrinsic { intrinsic: Intrinsic::ListLength, ref arguments, .. } => {
                let Some(Operand::Var(list)) = arguments.first().cloned() else {
                    return Expr::Let { var, op, body: Box::new(self.expr(body)) };
                };
                if let Some(known) = self.length_of.get(&list) {
                    self.same.insert(var, Operand::Var(*known));
                    return self.expr(body);
                }
                self.lengths.insert(var);
                self.length_of.insert(list, var);
                let body = Box::new(self.expr(body));
                self.length_of.remove(&list);
                Expr::Let { var, op, body }
            }
            _ => {
                self.note(var, &op);
                Expr::Let { var, op, body: Box::new(self.expr(body)) }
            }
        }
    }

    /// The value of a global, if it is a constant that is no object of its own.
    fn constant(&self, id: GlobalId) -> Option<Const> {
        let init = self.globals.get(id.0 as usize)?.init;
        match &self.functions.get(init.0 as usize)?.body {
            Expr::Value(Operand::Const(constant)) => match constant {
                Const::BigInt(_) | Const::Closure(..) => None,
                other => Some(other.clone()),
            },
            _ => None,
        }
    }

    /// What a result says of itself.
    fn note(&mut self, var: Var, op: &Op) {
        match op {
            Op::Construct { case, arguments, .. } => {
                self.built.insert(var, (*case, arguments.clone()));
            }
            Op::Intrinsic { intrinsic: Intrinsic::Equal, arguments, .. } => {
                if let [Operand::Var(length), Operand::Const(Const::Int(0, _))] = arguments.as_slice()
                    && self.lengths.contains(length)
                {
                    self.none.insert(var, *length);
                }
            }
            _ => {}
        }
    }

    fn switch(&mut self, scrutinee: Operand, cases: Vec<(u32, Expr)>, default: Option<Box<Expr>>) -> Expr {
        let Operand::Var(var) = scrutinee else {
            let known = match scrutinee {
                Operand::Const(Const::Case(_, case)) => Some(case),
                _ => None,
            };
            return self.switch_on(scrutinee, known, None, cases, default);
        };
        let known = self.built.get(&var).map(|(case, _)| *case).or_else(|| self.cases.get(&var).copied());
        self.switch_on(scrutinee, known, Some(var), cases, default)
    }

    fn switch_on(
        &mut self,
        scrutinee: Operand,
        known: Option<u32>,
        var: Option<Var>,
        cases: Vec<(u32, Expr)>,
        default: Option<Box<Expr>>,
    ) -> Expr {
        if let Some(known) = known {
            let found = cases.into_iter().find(|(case, _)| *case == known).map(|(_, code)| code);
            if let Some(code) = found.or(default.map(|code| *code)) {
                return self.expr(code);
            }
            return Expr::Switch { scrutinee, cases: Vec::new(), default: None };
        }
        let mut done = Vec::new();
        for (case, code) in cases {
            if let Some(var) = var {
                self.cases.insert(var, case);
            }
            done.push((case, self.expr(code)));
        }
        if let Some(var) = var {
            self.cases.remove(&var);
        }
        let default = default.map(|code| Box::new(self.expr(*code)));
        Expr::Switch { scrutinee, cases: done, default }
    }
}

/// The body of a function that takes itself in: calls in the middle are replaced by what it did before.
fn unroll(id: FunctionId, function: &mut Function, mut body: Expr) -> Expr {
    let own = Function { body: body.clone(), ..function.clone() };
    let nodes_once = all(&own.body).count();
    if nodes_once > UNROLLED_FROM {
        return body;
    }
    let mut next = labels(&body);
    for _ in 0..UNROLLED_TIMES {
        let calls = calls_in_the_middle(&body, id, true);
        if calls == 0 || all(&body).count() + calls * nodes_once > UNROLLED_MAX {
            return body;
        }
        body = with_calls_replaced(body, id, &own, true, &mut function.vars, &mut next);
    }
    body
}

fn calls_in_the_middle(expr: &Expr, id: FunctionId, tail: bool) -> usize {
    match expr {
        Expr::Let { var, op, body } => {
            let own = matches!(op, Op::Call { function, .. } if *function == id);
            let last = tail && super::is_value_of(body, *var);
            usize::from(own && !last) + calls_in_the_middle(body, id, tail)
        }
        Expr::LetExpr { value, body, .. } => {
            calls_in_the_middle(value, id, false) + calls_in_the_middle(body, id, tail)
        }
        _ => exprs(expr).map(|child| calls_in_the_middle(child, id, tail)).sum(),
    }
}

fn with_calls_replaced(
    mut expr: Expr,
    id: FunctionId,
    own: &Function,
    tail: bool,
    vars: &mut Vec<TypeId>,
    next: &mut u32,
) -> Expr {
    if let Expr::Let { var, op: Op::Call { function, arguments, .. }, body } = &mut expr
        && *function == id
        && !(tail && super::is_value_of(body, *var))
    {
        let value = Box::new(copied(own, arguments, vars, next));
        let rest = std::mem::replace(&mut **body, Expr::Value(Operand::Const(Const::Unit)));
        let body = Box::new(with_calls_replaced(rest, id, own, tail, vars, next));
        return Expr::LetExpr { var: *var, value, body };
    }
    let middle = matches!(expr, Expr::LetExpr { .. });
    for (index, child) in exprs_mut(&mut expr).enumerate() {
        let whole = std::mem::replace(child, Expr::Value(Operand::Const(Const::Unit)));
        *child = with_calls_replaced(whole, id, own, tail && !(middle && index == 0), vars, next);
    }
    expr
}

/// The body of a function with these arguments; its variables and labels are new ones of the caller.
pub(super) fn copied(function: &Function, arguments: &[Operand], vars: &mut Vec<TypeId>, next: &mut u32) -> Expr {
    let mut renamed = FxHashMap::default();
    for (param, argument) in function.params.iter().zip(arguments) {
        renamed.insert(param.var, argument.clone());
    }
    copied_expr(&function.body, function, renamed, vars, next)
}

/// A part of a function's body where these variables are other operands; what it binds itself is new. Jumps out of it
/// lead where they did.
pub(super) fn copied_expr(
    expr: &Expr,
    function: &Function,
    renamed: FxHashMap<Var, Operand>,
    vars: &mut Vec<TypeId>,
    next: &mut u32,
) -> Expr {
    let mut expr = expr.clone();
    let own = all(&expr).filter_map(|expr| match expr {
        Expr::Join { label, .. } => Some(*label),
        _ => None,
    });
    let own = own.collect();
    let name = Arc::from(function.name.as_str());
    let mut copy = Copy { function, vars, own, first: *next, last: *next, renamed, name };
    copy.expr(&mut expr);
    *next = copy.last;
    expr
}

struct Copy<'a> {
    function: &'a Function,
    vars: &'a mut Vec<TypeId>,
    /// The labels that the copy has itself.
    own: FxHashSet<Label>,
    /// They are counted on from here.
    first: u32,
    last: u32,
    renamed: FxHashMap<Var, Operand>,
    name: Arc<str>,
}

impl Copy<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        for var in bound_mut(expr) {
            let ty = self.function.vars[var.0 as usize];
            self.vars.push(ty);
            let fresh = Var(self.vars.len() as u32 - 1);
            self.renamed.insert(*var, Operand::Var(fresh));
            *var = fresh;
        }
        if let Some(location) = location_mut(expr)
            && location.function.is_none()
        {
            location.function = Some(Arc::clone(&self.name));
        }
        if let Expr::Join { label, .. } | Expr::Jump { label, .. } = expr
            && self.own.contains(label)
        {
            label.0 += self.first;
            self.last = self.last.max(label.0 + 1);
        }
        let mut rename = |operand: Operand| match operand {
            Operand::Var(var) => self.renamed.get(&var).cloned().unwrap_or(operand),
            Operand::Const(_) => operand,
        };
        map_own_operands(expr, &mut rename);
        if let Expr::Let { op, .. } = expr {
            map_operands(op, &mut rename);
        }
        exprs_mut(expr).for_each(|child| self.expr(child));
    }
}

/// Whether it sets elements of lists.
fn sets_elements(expr: &Expr) -> bool {
    let sets = |op: &Op| matches!(op, Op::Intrinsic { intrinsic: Intrinsic::ListSet, .. });
    all(expr).any(|expr| matches!(expr, Expr::Let { op, .. } if sets(op)))
}

/// Only lets, then a value.
pub(super) fn is_straight(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) => true,
        Expr::Let { body, .. } => is_straight(body),
        _ => false,
    }
}

/// A straight expression with what follows behind it; its value is the variable's.
pub(super) fn spliced(value: Expr, var: Var, rest: Expr, same: &mut FxHashMap<Var, Operand>) -> Expr {
    match value {
        Expr::Let { var: own, op, body } => Expr::Let { var: own, op, body: Box::new(spliced(*body, var, rest, same)) },
        Expr::Value(value) => {
            same.insert(var, value);
            rest
        }
        // `is_straight` was asked.
        other => other,
    }
}

fn jumps(expr: &Expr, label: Label) -> usize {
    all(expr).filter(|expr| matches!(expr, Expr::Jump { label: to, .. } if *to == label)).count()
}

/// One more than the highest label.
pub(super) fn labels(expr: &Expr) -> u32 {
    let own = |expr: &Expr| match expr {
        Expr::Join { label, .. } | Expr::Jump { label, .. } => label.0 + 1,
        _ => 0,
    };
    all(expr).map(own).max().unwrap_or(0)
}

pub(super) fn callees(expr: &Expr) -> Vec<usize> {
    let callee = |expr: &Expr| match expr {
        Expr::Let { op: Op::Call { function, .. }, .. } => Some(function.0 as usize),
        _ => None,
    };
    all(expr).filter_map(callee).collect()
}
