//! Running a function on a row that is not there.
//!
//! A value is one of `Sym`: known before the query (its code goes to the `binder`), a part of the row, SQL over the row,
//! or put together of those. Branches that depend on the row become CASE; others are branches of the binder's code.

mod control;
mod sym;
mod values;

pub use self::sym::Sym;
use super::binder::Binder;
use super::problem::{Problem, Reason};
use super::sql::Sql;
use super::types::Step;
use crate::core::{Expr, Extern, Function, FunctionId, Global, Label, Op, Operand, Param, Var};
use crate::types::{Type, TypeId, Types};
use rustc_hash::FxHashMap;

/// Functions of the program inside each other.
const DEPTH_MAX: usize = 10;
/// Operations looked at for one query.
const STEPS_MAX: usize = 20_000;

/// Why there is no SQL.
#[derive(Debug, Clone)]
pub enum Stop {
    Problem(Problem),
    /// A captured function would have to be known: which one.
    Unknown(Vec<usize>, Problem),
}

pub type Made<T> = Result<T, Stop>;

/// A function whose code is known, as far as its captures are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    Known(FunctionId, Vec<Slot>),
    Unknown,
}

/// A function that is being run.
pub struct Frame<'p> {
    function: &'p Function,
    env: FxHashMap<Var, Sym>,
    joins: FxHashMap<Label, (&'p [Var], &'p Expr)>,
    /// Values of joins without parameters, with the block their code stands in and what was known there.
    reached: FxHashMap<Label, (u32, Vec<Fact>, Sym)>,
}

/// On this way an enum, a part of JSON, is in that case, or is not.
#[derive(Debug, Clone, PartialEq)]
struct Fact {
    base: Sql,
    steps: Vec<Step>,
    /// An option and what it holds stand at the same place.
    ty: TypeId,
    case: u32,
    holds: bool,
}

/// The functions of a program, and those that are made for queries behind them.
pub struct Functions<'p> {
    pub originals: &'p [Function],
    pub globals: &'p [Global],
}

pub struct Planner<'a, 'p> {
    pub functions: &'p Functions<'p>,
    pub binder: Binder<'a>,
    /// Functions that read captures of closures that are captures.
    accessors: &'a mut Vec<Function>,
    /// Running functions, with the expression each is at.
    running: Vec<(FunctionId, Option<dark_source::Location>)>,
    facts: Vec<Fact>,
    steps: usize,
}

/// The function that computes a query's parameters: it takes the closure and answers SQL and parameters.
pub fn plan<'a>(
    functions: &'a Functions<'a>,
    accessors: &'a mut Vec<Function>,
    types: &'a mut Types,
    externs: &'a mut Vec<Extern>,
    known: (FunctionId, &[Slot]),
    closure_type: TypeId,
    result: TypeId,
) -> Made<Function> {
    let (id, slots) = known;
    let original = &functions.originals[id.0 as usize];
    let binder = Binder::new(types, externs);
    let mut planner = Planner { functions, binder, accessors, running: Vec::new(), facts: Vec::new(), steps: 0 };
    let own = planner.binder.var(closure_type);
    let captured = original.captures.clone().unwrap_or_default();
    let captures = planner.captures(Operand::Var(own), &captured, slots, None, &[]);
    let closure = Sym::Closure { function: id, captures, operand: Some(Operand::Var(own)), ty: closure_type };
    let row_type = match original.params.get(1) {
        Some(param) => original.vars[param.var.0 as usize],
        None => closure_type,
    };
    let row = Sym::Path { base: Sql::Row, steps: Vec::new(), ty: row_type };
    let answer = planner.run(id, vec![closure, row])?;
    let sql = planner.scalar(&answer)?;
    if sql.is_too_large() {
        return Err(planner.stop(Reason::TooLarge));
    }
    let (vars, body) = planner.binder.finish(result, |number| {
        let mut text = String::new();
        sql.render(number, &mut text);
        text
    });
    Ok(Function {
        symbol: String::new(),
        name: original.name.clone(),
        group: original.group.clone(),
        params: vec![Param { var: own, borrowed: false }],
        result,
        body,
        location: original.location.clone(),
        vars,
        places: Vec::new(),
        sql: None,
        stage: None,
        tail_called: false,
        recursive: true,
        captures: Some(captured),
        value_of: None,
    })
}

impl<'p> Planner<'_, 'p> {
    fn types(&self) -> &Types {
        self.binder.types
    }

    // Refusals.

    pub fn problem(&self, reason: Reason) -> Problem {
        let at = self.running.iter().rposition(|(_, place)| place.is_some());
        let inside = self.running[at.map_or(0, |index| index + 1)..].iter();
        Problem {
            reason,
            place: at.and_then(|index| self.running[index].1),
            inside: inside.map(|(id, _)| self.function(*id).name.clone()).collect(),
        }
    }

    pub fn stop(&self, reason: Reason) -> Stop {
        Stop::Problem(self.problem(reason))
    }

    pub fn function(&self, id: FunctionId) -> &'p Function {
        // Accessors are never run here: their argument is known before the query.
        &self.functions.originals[id.0 as usize]
    }

    // Functions.

    /// What a closure holds, read from it.
    fn captures(
        &mut self,
        closure: Operand,
        captured: &[TypeId],
        slots: &[Slot],
        of: Option<FunctionId>,
        path: &[usize],
    ) -> Vec<Sym> {
        let mut out = Vec::new();
        for (index, ty) in captured.iter().enumerate() {
            let here: Vec<usize> = path.iter().copied().chain([index]).collect();
            let op = match of {
                None => Op::Capture { closure: closure.clone(), index: index as u32, ty: *ty },
                Some(function) => Op::Call {
                    function: self.accessor(function, captured, index),
                    arguments: vec![closure.clone()],
                    location: super::binder::nowhere(),
                },
            };
            let operand = self.binder.emit(*ty, op);
            out.push(match slots.get(index) {
                Some(Slot::Known(function, inner)) => {
                    let held = self.function(*function).captures.clone().unwrap_or_default();
                    let captures = self.captures(operand.clone(), &held, inner, Some(*function), &here);
                    Sym::Closure { function: *function, captures, operand: Some(operand), ty: *ty }
                }
                _ => {
                    let is_function = matches!(self.types().get(*ty), Type::Function(..));
                    Sym::Const { operand, ty: *ty, from: is_function.then_some(here) }
                }
            });
        }
        out
    }

    /// A function that reads a capture of a closure.
    fn accessor(&mut self, of: FunctionId, captured: &[TypeId], index: usize) -> FunctionId {
        let original = self.function(of);
        let symbol = format!("capture${index}${}", original.symbol);
        let first = self.functions.originals.len();
        if let Some(known) = self.accessors.iter().position(|it| it.symbol == symbol) {
            return FunctionId((first + known) as u32);
        }
        let (own, ty) = (Var(0), captured[index]);
        let own_type = original.params.first().map_or(ty, |param| original.vars[param.var.0 as usize]);
        let op = Op::Capture { closure: Operand::Var(own), index: index as u32, ty };
        self.accessors.push(Function {
            symbol,
            name: original.name.clone(),
            group: original.group.clone(),
            params: vec![Param { var: own, borrowed: false }],
            result: ty,
            body: Expr::Let { var: Var(1), op, body: Box::new(Expr::Value(Operand::Var(Var(1)))) },
            location: original.location.clone(),
            vars: vec![own_type, ty],
            places: Vec::new(),
            sql: None,
            stage: None,
            tail_called: false,
            recursive: true,
            captures: Some(captured.to_vec()),
            value_of: None,
        });
        FunctionId((first + self.accessors.len() - 1) as u32)
    }

    /// Runs a function whose arguments are not all known before the query.
    pub fn run(&mut self, id: FunctionId, arguments: Vec<Sym>) -> Made<Sym> {
        let function = self.function(id);
        if self.running.iter().any(|(running, _)| *running == id) {
            return Err(self.stop(Reason::Recursive(function.name.clone())));
        }
        let named = |id: &FunctionId| self.function(*id).captures.is_none();
        if self.running.iter().filter(|(id, _)| named(id)).count() > DEPTH_MAX {
            return Err(self.stop(Reason::TooDeep(function.name.clone())));
        }
        let env = function.params.iter().map(|param| param.var).zip(arguments).collect();
        let mut frame = Frame { function, env, joins: FxHashMap::default(), reached: FxHashMap::default() };
        self.running.push((id, None));
        let answer = self.eval(&mut frame, &function.body, function.result);
        self.running.pop();
        answer
    }

    /// Says where in the running function we are.
    fn at(&mut self, function: &Function, var: Var) {
        if let Some((_, place)) = self.running.last_mut() {
            *place = function.places.get(var.0 as usize).copied();
        }
    }
}
