//! Walks over lists become walks over indexes.
//!
//! A function that takes a list apart from its front and calls itself with the rest makes a list of each rest: a window of
//! its own into the same buffer. Here it gets another parameter, how many elements are done, and the list stays as it is:
//! nothing is made and nothing counted, its length is read once, and it can be borrowed. After Wadler's "Views: a way for
//! pattern matching to cohabit with data abstraction" (POPL 1987), where the view of a list as first and rest goes once
//! its parts are known, and the worker and wrapper of Gill and Hutton (JFP 19(2), 2009).
//!
//! Example: `sum xs = match xs with [] -> 0 | x :: rest -> x + sum rest` becomes
//! `sum xs i = if length xs - i == 0 then 0 else xs[i] + sum xs (i + 1)`, which others call with 0.
//!
//! What still needs a rest as a list makes it there (`ListSlice`). A function that keeps the elements it takes stays as it is
//! if they are counted: it may be the last to have them, and change them in place. Runs before counts are inserted, and
//! asks `borrow` what is kept.

use crate::children::{exprs, exprs_mut, map_operands, map_own_operands, operands, own_operands};
use crate::core::{Const, Expr, Function, FunctionId, Location, Op, Operand, Param, Program, Var};
use crate::intrinsics::{Intrinsic, Passing};
use crate::types::{Scalar, Type, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Rewrites every function that walks over a parameter.
pub fn run(program: &mut Program) {
    let Some(int64) = program.types.find(&Type::Sized(Scalar::Int64)) else { return };
    super::borrow::run(program);
    let mut fixed: FxHashSet<FunctionId> = super::reachable::roots(program).into_iter().collect();
    fixed.extend(super::borrow::code_of_closures(program));
    for index in 0..program.functions.len() {
        let id = FunctionId(index as u32);
        if fixed.contains(&id) || program.functions[index].captures.is_some() {
            continue;
        }
        for position in 0..program.functions[index].params.len() {
            if let Some(walk) = walk(program, id, position) {
                rewrite(program, id, &walk, int64);
            }
        }
    }
}

/// A parameter that is walked over.
struct Walk {
    position: usize,
    list: Var,
    ty: TypeId,
    /// What is left of it at some place: the variables that hold the list from some element on.
    rests: FxHashSet<Var>,
}

/// The operand, if it is what is left of a list.
fn rest_of(operand: Option<&Operand>, rests: &FxHashSet<Var>) -> Option<Var> {
    match operand {
        Some(Operand::Var(var)) if rests.contains(var) => Some(*var),
        _ => None,
    }
}

fn walk(program: &Program, id: FunctionId, position: usize) -> Option<Walk> {
    let function = &program.functions[id.0 as usize];
    let list = function.params[position].var;
    let ty = function.vars[list.0 as usize];
    let Type::List(element) = program.types.get(ty) else { return None };
    let mut rests = FxHashSet::from_iter([list]);
    collect_rests(&function.body, &mut rests);
    if rests.len() == 1 || !goes_on(&function.body, id, position, list, &rests) {
        return None;
    }
    if program.types.layout(*element).counted {
        let mut kept = Kept { program, rests: &rests, elements: FxHashSet::default(), found: false };
        kept.expr(&function.body);
        if kept.found {
            return None;
        }
    }
    Some(Walk { position, list, ty, rests })
}

fn collect_rests(expr: &Expr, rests: &mut FxHashSet<Var>) {
    if let Expr::Let { var, op: Op::Intrinsic { intrinsic: Intrinsic::ListTail, arguments, .. }, .. } = expr
        && rest_of(arguments.first(), rests).is_some()
    {
        rests.insert(*var);
    }
    exprs(expr).for_each(|child| collect_rests(child, rests));
}

/// Whether the function calls itself with a rest in the place of the list.
fn goes_on(expr: &Expr, id: FunctionId, position: usize, list: Var, rests: &FxHashSet<Var>) -> bool {
    if let Expr::Let { op: Op::Call { function, arguments, .. }, .. } = expr
        && *function == id
        && rest_of(arguments.get(position), rests).is_some_and(|var| var != list)
    {
        return true;
    }
    exprs(expr).any(|child| goes_on(child, id, position, list, rests))
}

/// Whether an element that was taken is kept by somebody.
struct Kept<'a> {
    program: &'a Program,
    rests: &'a FxHashSet<Var>,
    elements: FxHashSet<Var>,
    found: bool,
}

impl Kept<'_> {
    fn note(&mut self, operand: &Operand) {
        self.found |= matches!(operand, Operand::Var(var) if self.elements.contains(var));
    }

    fn expr(&mut self, expr: &Expr) {
        if !matches!(expr, Expr::Switch { .. } | Expr::If { .. } | Expr::Fail { .. }) {
            own_operands(expr).for_each(|operand| self.note(operand));
        }
        if let Expr::Let { var, op, .. } = expr {
            for (operand, passing) in super::passing(op, &self.program.functions, &self.program.externs) {
                if passing == Passing::Own {
                    self.note(&operand);
                }
            }
            if matches!(op, Op::Intrinsic { intrinsic: Intrinsic::ListGet, .. })
                && rest_of(op.base(), self.rests).is_some()
            {
                self.elements.insert(*var);
            }
        }
        exprs(expr).for_each(|child| self.expr(child));
    }
}

/// Gives a function its parameter, and everybody who calls it the first argument for it.
fn rewrite(program: &mut Program, id: FunctionId, walk: &Walk, int64: TypeId) {
    let zero = Operand::Const(Const::Int(0, int64));
    for (index, function) in program.functions.iter_mut().enumerate() {
        if index != id.0 as usize {
            add_argument(&mut function.body, id, &zero);
        }
    }
    let function = &mut program.functions[id.0 as usize];
    function.vars.push(int64);
    let done = Var(function.vars.len() as u32 - 1);
    function.params.push(Param { var: done, borrowed: false });
    let body = std::mem::replace(&mut function.body, Expr::Value(Operand::Const(Const::Unit)));
    let at = FxHashMap::from_iter([(walk.list, Operand::Var(done))]);
    let mut rewriter = Rewriter { walk, id, function, int64, zero, at };
    let body = rewriter.expr(body);
    program.functions[id.0 as usize].body = super::dead::expr(body);
}

fn add_argument(expr: &mut Expr, id: FunctionId, argument: &Operand) {
    if let Expr::Let { op: Op::Call { function, arguments, .. }, .. } = expr
        && *function == id
    {
        arguments.push(argument.clone());
    }
    exprs_mut(expr).for_each(|child| add_argument(child, id, argument));
}

struct Rewriter<'a> {
    walk: &'a Walk,
    id: FunctionId,
    function: &'a mut Function,
    int64: TypeId,
    zero: Operand,
    /// Where in the list each rest begins.
    at: FxHashMap<Var, Operand>,
}

/// Operations in front of an expression.
type Steps = Vec<(Var, Op)>;

fn behind(steps: Steps, expr: Expr) -> Expr {
    steps.into_iter().rev().fold(expr, |body, (var, op)| Expr::Let { var, op, body: Box::new(body) })
}

impl Rewriter<'_> {
    fn intrinsic(&self, intrinsic: Intrinsic, arguments: Vec<Operand>, result: TypeId) -> Op {
        let location = Location { function: None, ..self.function.location.clone() };
        Op::Intrinsic { intrinsic, arguments, result, location }
    }

    fn step(&mut self, steps: &mut Steps, op: Op, ty: TypeId) -> Operand {
        self.function.vars.push(ty);
        let var = Var(self.function.vars.len() as u32 - 1);
        steps.push((var, op));
        Operand::Var(var)
    }

    fn number(&mut self, steps: &mut Steps, intrinsic: Intrinsic, arguments: Vec<Operand>) -> Operand {
        let op = self.intrinsic(intrinsic, arguments, self.int64);
        self.step(steps, op, self.int64)
    }

    /// Where the operand begins, if it is a rest.
    fn begin(&self, operand: &Operand) -> Option<Operand> {
        match operand {
            Operand::Var(var) => self.at.get(var).cloned(),
            Operand::Const(_) => None,
        }
    }

    fn length(&mut self, steps: &mut Steps) -> Operand {
        self.number(steps, Intrinsic::ListLength, vec![Operand::Var(self.walk.list)])
    }

    /// A rest as a list of its own.
    fn made(&mut self, operand: Operand, steps: &mut Steps) -> Operand {
        let Some(begin) = self.begin(&operand) else { return operand };
        let length = self.length(steps);
        let left = self.number(steps, Intrinsic::Subtract, vec![length, begin.clone()]);
        let list = Operand::Var(self.walk.list);
        let op = self.intrinsic(Intrinsic::ListSlice, vec![list, begin, left], self.walk.ty);
        self.step(steps, op, self.walk.ty)
    }

    fn expr(&mut self, mut expr: Expr) -> Expr {
        let mut steps = Steps::new();
        map_own_operands(&mut expr, &mut |operand| self.made(operand, &mut steps));
        let done = match expr {
            Expr::Let { var, op, body } => self.let_(var, op, *body, &mut steps),
            mut other => {
                for child in exprs_mut(&mut other) {
                    let whole = std::mem::replace(child, Expr::Value(Operand::Const(Const::Unit)));
                    *child = self.expr(whole);
                }
                other
            }
        };
        behind(steps, done)
    }

    fn let_(&mut self, var: Var, mut op: Op, body: Expr, steps: &mut Steps) -> Expr {
        let first = operands(&op).next().and_then(|first| self.begin(first));
        match (&mut op, first) {
            (Op::Intrinsic { intrinsic: Intrinsic::ListTail, .. }, Some(begin)) if self.walk.rests.contains(&var) => {
                let one = Operand::Const(Const::Int(1, self.int64));
                let next = self.number(steps, Intrinsic::Add, vec![begin, one]);
                self.at.insert(var, next);
                return self.expr(body);
            }
            (Op::Intrinsic { intrinsic: Intrinsic::ListLength, .. }, Some(begin)) => {
                let length = self.length(steps);
                op = self.intrinsic(Intrinsic::Subtract, vec![length, begin], self.int64);
            }
            (Op::Intrinsic { intrinsic: Intrinsic::ListGet, arguments, .. }, Some(begin)) => {
                let index = match &arguments[1] {
                    Operand::Const(Const::Int(0, _)) => begin,
                    index => {
                        let index = index.clone();
                        self.number(steps, Intrinsic::Add, vec![begin, index])
                    }
                };
                let Op::Intrinsic { arguments, .. } = &mut op else {
                    return Expr::Let { var, op, body: Box::new(body) };
                };
                *arguments = vec![Operand::Var(self.walk.list), index];
            }
            (Op::Call { function, .. }, _) if *function == self.id => self.call(&mut op, steps),
            _ => map_operands(&mut op, &mut |operand| self.made(operand, steps)),
        }
        Expr::Let { var, op, body: Box::new(self.expr(body)) }
    }

    /// The function goes on with a rest, or with another list from its beginning.
    fn call(&mut self, op: &mut Op, steps: &mut Steps) {
        let Op::Call { arguments, .. } = op else { return };
        let mut begin = self.zero.clone();
        for (index, argument) in arguments.iter_mut().enumerate() {
            match self.begin(argument) {
                Some(place) if index == self.walk.position => {
                    begin = place;
                    *argument = Operand::Var(self.walk.list);
                }
                _ => *argument = self.made(argument.clone(), steps),
            }
        }
        arguments.push(begin);
    }
}
