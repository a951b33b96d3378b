//! Running a function on a row that is not there.
//!
//! A value is one of `Sym`: known before the query (its code goes to the `binder`), a part of the row, SQL over the row,
//! or put together of those. Branches that depend on the row become CASE; others are branches of the binder's code.

use super::binder::{Binder, End};
use super::problem::{Problem, Reason};
use super::sql::Sql;
use super::types::{self, Form, Step, form};
use crate::core::{
    Const, Expr, Extern, Failure, Function, FunctionId, Global, Label, Location, Op, Operand, Param, Var,
};
use crate::types::{Type, TypeId, Types};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Functions of the program inside each other.
const DEPTH_MAX: usize = 10;
/// Operations looked at for one query.
const STEPS_MAX: usize = 20_000;

/// A value.
#[derive(Debug, Clone)]
pub enum Sym {
    /// Computed before the query. `from`: a captured function, by its place among the captures.
    Const {
        operand: Operand,
        ty: TypeId,
        from: Option<Vec<usize>>,
    },
    /// A part of JSON: of the row, or of a parameter.
    Path {
        base: Sql,
        steps: Vec<Step>,
        ty: TypeId,
    },
    Sql {
        sql: Sql,
        ty: TypeId,
    },
    /// A tuple, record or case of parts that are not all known before.
    Parts {
        ty: TypeId,
        case: u32,
        parts: Vec<Sym>,
    },
    List {
        ty: TypeId,
        items: Vec<Sym>,
    },
    /// A function whose code is known. `operand`: the closure itself, when it does not depend on the row.
    Closure {
        function: FunctionId,
        captures: Vec<Sym>,
        operand: Option<Operand>,
        ty: TypeId,
    },
    Either {
        condition: Sql,
        then: Box<Sym>,
        otherwise: Box<Sym>,
    },
    /// The end of the query with a failure.
    Fail {
        value: Option<Box<Sym>>,
        message: Arc<str>,
        location: Location,
        ty: TypeId,
    },
}

impl Sym {
    pub fn ty(&self) -> TypeId {
        match self {
            Sym::Const { ty, .. }
            | Sym::Path { ty, .. }
            | Sym::Sql { ty, .. }
            | Sym::Parts { ty, .. }
            | Sym::List { ty, .. }
            | Sym::Closure { ty, .. }
            | Sym::Fail { ty, .. } => *ty,
            Sym::Either { then, .. } => then.ty(),
        }
    }

    /// The operand of what is known before the query.
    pub fn operand(&self) -> Option<Operand> {
        match self {
            Sym::Const { operand, .. } => Some(operand.clone()),
            Sym::Closure { operand, .. } => operand.clone(),
            _ => None,
        }
    }

    pub fn is_closure(&self) -> bool {
        matches!(self, Sym::Closure { .. })
    }
}

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

    // Control.

    fn eval(&mut self, frame: &mut Frame<'p>, expr: &'p Expr, ty: TypeId) -> Made<Sym> {
        let mut expr = expr;
        loop {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return Err(self.stop(Reason::TooLarge));
            }
            match expr {
                Expr::Value(value) => return self.value(frame, value),
                Expr::Let { var, op, body } => {
                    self.at(frame.function, *var);
                    let ty = frame.function.vars[var.0 as usize];
                    let made = self.operation(frame, op, ty)?;
                    frame.env.insert(*var, made);
                    expr = body;
                }
                Expr::LetExpr { var, value, body } => {
                    self.at(frame.function, *var);
                    let made = self.eval(frame, value, frame.function.vars[var.0 as usize])?;
                    frame.env.insert(*var, made);
                    expr = body;
                }
                Expr::If { condition, then, otherwise } => {
                    let condition = self.value(frame, condition)?;
                    return self.if_(frame, condition, then, otherwise, ty);
                }
                Expr::Switch { scrutinee, cases, default } => {
                    let scrutinee = self.value(frame, scrutinee)?;
                    return self.switch(frame, scrutinee, cases, default.as_deref(), ty);
                }
                Expr::Join { label, params, body, rest } => {
                    frame.joins.insert(*label, (params, body));
                    frame.reached.remove(label);
                    expr = rest;
                }
                Expr::Jump { label, arguments } => return self.jump(frame, *label, arguments, ty),
                // Counts are inserted behind this pass.
                Expr::Dup { body, .. }
                | Expr::Drop { body, .. }
                | Expr::Take { body, .. }
                | Expr::Release { body, .. } => expr = body,
                Expr::Fail { failure, location } => {
                    let (value, message) = match failure {
                        Failure::NoMatch(value) => (Some(Box::new(self.value(frame, value)?)), Arc::from("")),
                        Failure::Message(message) => (None, Arc::clone(message)),
                    };
                    return Ok(Sym::Fail { value, message, location: location.clone(), ty });
                }
            }
        }
    }

    /// Goes on at a join. What a join without parameters answers is used again: its code runs once.
    fn jump(&mut self, frame: &mut Frame<'p>, label: Label, arguments: &'p [Operand], ty: TypeId) -> Made<Sym> {
        if let Some((block, facts, known)) = frame.reached.get(&label)
            && self.binder.open_blocks().contains(block)
            && facts.iter().all(|fact| self.facts.contains(fact))
        {
            return Ok(known.clone());
        }
        let Some((params, body)) = frame.joins.get(&label).copied() else {
            return Err(self.stop(Reason::Operation("a jump to nowhere")));
        };
        for (param, argument) in params.iter().zip(arguments) {
            let value = self.value(frame, argument)?;
            frame.env.insert(*param, value);
        }
        let answer = self.eval(frame, body, ty)?;
        if params.is_empty() {
            let block = self.binder.open_blocks().last().copied().unwrap_or_default();
            frame.reached.insert(label, (block, self.facts.clone(), answer.clone()));
        }
        Ok(answer)
    }

    fn if_(
        &mut self,
        frame: &mut Frame<'p>,
        condition: Sym,
        then: &'p Expr,
        otherwise: &'p Expr,
        ty: TypeId,
    ) -> Made<Sym> {
        match condition {
            Sym::Const { operand: Operand::Const(Const::Bool(known)), .. } => {
                self.eval(frame, if known { then } else { otherwise }, ty)
            }
            Sym::Const { operand, .. } => self.branch(frame, &[then, otherwise], ty, |mut exprs| {
                let otherwise = Box::new(exprs.pop().unwrap_or(Expr::Value(Operand::Const(Const::Unit))));
                let then = Box::new(exprs.pop().unwrap_or(Expr::Value(Operand::Const(Const::Unit))));
                Expr::If { condition: operand, then, otherwise }
            }),
            Sym::Fail { .. } => Ok(condition),
            condition => {
                let condition = self.scalar(&condition)?;
                let then = self.eval(frame, then, ty)?;
                let otherwise = self.eval(frame, otherwise, ty)?;
                Ok(self.either(condition, then, otherwise))
            }
        }
    }

    fn switch(
        &mut self,
        frame: &mut Frame<'p>,
        scrutinee: Sym,
        cases: &'p [(u32, Expr)],
        default: Option<&'p Expr>,
        ty: TypeId,
    ) -> Made<Sym> {
        let find = |index: u32| cases.iter().find(|(it, _)| *it == index).map(|(_, expr)| expr).or(default);
        match scrutinee {
            Sym::Parts { case, .. } | Sym::Const { operand: Operand::Const(Const::Case(_, case)), .. } => {
                match find(case) {
                    Some(expr) => self.eval(frame, expr, ty),
                    None => Err(self.stop(Reason::Operation("a case that is not there"))),
                }
            }
            Sym::Const { operand, .. } => {
                let exprs: Vec<&'p Expr> = cases.iter().map(|(_, expr)| expr).chain(default).collect();
                self.branch(frame, &exprs, ty, |mut exprs| {
                    let default = default.and_then(|_| exprs.pop()).map(Box::new);
                    let cases = cases.iter().map(|(index, _)| *index).zip(exprs).collect();
                    Expr::Switch { scrutinee: operand, cases, default }
                })
            }
            Sym::Either { condition, then, otherwise } => {
                let then = self.switch(frame, *then, cases, default, ty)?;
                let otherwise = self.switch(frame, *otherwise, cases, default, ty)?;
                Ok(self.either(condition, then, otherwise))
            }
            Sym::Fail { .. } => Ok(scrutinee),
            scrutinee => self.switch_row(frame, &scrutinee, cases, default, ty),
        }
    }

    /// Branches on the case of a part of the row. What a test has told holds in its branch: so the last case of a `match`
    /// that has all needs no test.
    fn switch_row(
        &mut self,
        frame: &mut Frame<'p>,
        scrutinee: &Sym,
        cases: &'p [(u32, Expr)],
        default: Option<&'p Expr>,
        ty: TypeId,
    ) -> Made<Sym> {
        let possible = self.possible(scrutinee);
        let listed: Vec<&(u32, Expr)> = cases.iter().filter(|(index, _)| possible.contains(index)).collect();
        let before = self.facts.len();
        let mut branches = Vec::new();
        for (index, expr) in &listed {
            self.learn(scrutinee, *index, true);
            branches.push((*index, self.eval(frame, expr, ty)?));
            self.facts.truncate(before);
        }
        let mut answer = None;
        if let Some(default) = default.filter(|_| listed.len() < possible.len()) {
            listed.iter().for_each(|(index, _)| self.learn(scrutinee, *index, false));
            answer = Some(self.eval(frame, default, ty)?);
            self.facts.truncate(before);
        }
        for (index, made) in branches.into_iter().rev() {
            answer = Some(match answer {
                // Nothing else is possible.
                None => made,
                Some(otherwise) => {
                    let test = self.case_test(scrutinee, index)?;
                    self.either(test, made, otherwise)
                }
            });
        }
        answer.ok_or_else(|| self.stop(Reason::Operation("a match without cases")))
    }

    fn learn(&mut self, scrutinee: &Sym, case: u32, holds: bool) {
        if let Sym::Path { base, steps, ty } = scrutinee {
            self.facts.push(Fact { base: base.clone(), steps: steps.clone(), ty: *ty, case, holds });
        }
    }

    /// The cases an enum may be in.
    fn possible(&self, scrutinee: &Sym) -> Vec<u32> {
        let all = (0..).take_while(|index| types::case(self.types(), scrutinee.ty(), *index).is_some());
        let Sym::Path { base, steps, ty } = scrutinee else { return all.collect() };
        let about = |it: &&Fact| it.ty == *ty && it.base == *base && it.steps == *steps;
        let facts: Vec<&Fact> = self.facts.iter().filter(about).collect();
        match facts.iter().find(|fact| fact.holds) {
            Some(fact) => vec![fact.case],
            None => all.filter(|index| facts.iter().all(|fact| fact.case != *index)).collect(),
        }
    }

    pub fn either(&self, condition: Sql, then: Sym, otherwise: Sym) -> Sym {
        match condition {
            Sql::Literal(text) if text == "1" => then,
            Sql::Literal(text) if text == "0" => otherwise,
            condition => Sym::Either { condition, then: Box::new(then), otherwise: Box::new(otherwise) },
        }
    }

    /// Branches that do not depend on the row.
    fn branch(
        &mut self,
        frame: &mut Frame<'p>,
        exprs: &[&'p Expr],
        ty: TypeId,
        make: impl FnOnce(Vec<Expr>) -> Expr,
    ) -> Made<Sym> {
        let mut ends = Vec::new();
        for expr in exprs {
            self.binder.open();
            let answer = self.eval(frame, expr, ty)?;
            ends.push((self.binder.close(), answer));
        }
        let known = |sym: &Sym| self.failure(sym).is_some() || sym.operand().is_some();
        if ends.iter().all(|(_, sym)| known(sym)) {
            let blocks = ends
                .into_iter()
                .map(|(block, sym)| match (self.failure(&sym), sym.operand()) {
                    (None, Some(value)) => (block, End::Value(value)),
                    (failure, _) => (block, End::Fail(failure.unwrap_or(Expr::Value(Operand::Const(Const::Unit))))),
                })
                .collect();
            let operand = self.binder.join_values(ty, blocks, make);
            return Ok(Sym::Const { operand, ty, from: None });
        }
        let (mut blocks, mut values) = (Vec::new(), Vec::new());
        for (block, sym) in ends {
            let failure = self.failure(&sym);
            self.binder.reopen(block);
            let value = match failure {
                Some(_) => None,
                None => Some(self.export(sym)?),
            };
            blocks.push((self.binder.close(), failure));
            values.push(value);
        }
        let tag = self.binder.join_parameters(blocks, make);
        let mut answer: Option<Sym> = None;
        for (index, value) in values.into_iter().enumerate().rev() {
            answer = match (answer, value) {
                (answer, None) => answer,
                (None, value) => value,
                (Some(otherwise), Some(value)) => {
                    let taken = Sql::infix("=", Sql::Param(tag), Sql::Literal(index.to_string()));
                    Some(self.either(taken, value, otherwise))
                }
            };
        }
        answer.ok_or_else(|| self.stop(Reason::Operation("a branch without a value")))
    }

    /// The failure of a branch, if it ends in one that does not depend on the row.
    fn failure(&self, sym: &Sym) -> Option<Expr> {
        let Sym::Fail { value, message, location, .. } = sym else { return None };
        let failure = match value {
            Some(value) => Failure::NoMatch(value.operand()?),
            None => Failure::Message(Arc::clone(message)),
        };
        Some(Expr::Fail { failure, location: location.clone() })
    }

    /// The value without operands of the block that is left: they become parameters.
    fn export(&mut self, sym: Sym) -> Made<Sym> {
        let all = |planner: &mut Self, list: Vec<Sym>| -> Made<Vec<Sym>> {
            list.into_iter().map(|it| planner.export(it)).collect()
        };
        Ok(match sym {
            Sym::Const { operand: Operand::Const(_), .. } | Sym::Path { .. } | Sym::Sql { .. } => sym,
            Sym::Const { ty, .. } if matches!(self.types().get(ty), Type::Function(..)) => {
                return Err(self.stop(Reason::UnknownCall));
            }
            Sym::Const { ty, .. } => {
                let sql = self.scalar(&sym)?;
                match form(self.types(), ty) {
                    Form::Json => Sym::Path { base: sql, steps: Vec::new(), ty },
                    _ => Sym::Sql { sql, ty },
                }
            }
            Sym::Parts { ty, case, parts } => Sym::Parts { ty, case, parts: all(self, parts)? },
            Sym::List { ty, items } => Sym::List { ty, items: all(self, items)? },
            Sym::Closure { operand: Some(Operand::Const(_)), .. } => sym,
            Sym::Closure { function, captures, ty, .. } => {
                Sym::Closure { function, captures: all(self, captures)?, operand: None, ty }
            }
            Sym::Either { condition, then, otherwise } => Sym::Either {
                condition,
                then: Box::new(self.export(*then)?),
                otherwise: Box::new(self.export(*otherwise)?),
            },
            Sym::Fail { ty, .. } => Sym::Sql { sql: self.scalar(&sym)?, ty },
        })
    }

    // Values.

    pub fn value(&mut self, frame: &Frame<'p>, operand: &Operand) -> Made<Sym> {
        match operand {
            Operand::Var(var) => match frame.env.get(var) {
                Some(value) => Ok(value.clone()),
                None => Err(self.stop(Reason::Operation("a value that is not there"))),
            },
            Operand::Const(Const::Closure(function, ty)) => {
                Ok(Sym::Closure { function: *function, captures: Vec::new(), operand: Some(operand.clone()), ty: *ty })
            }
            Operand::Const(constant) => {
                let ty = self.const_type(constant);
                Ok(Sym::Const { operand: operand.clone(), ty, from: None })
            }
        }
    }

    fn const_type(&mut self, constant: &Const) -> TypeId {
        let types = &mut *self.binder.types;
        match constant {
            Const::Unit => types.intern(Type::Unit),
            Const::Bool(_) => types.intern(Type::Bool),
            Const::SmallInt(_) | Const::BigInt(_) => types.intern(Type::Int),
            Const::Float(_) => types.intern(Type::Float),
            Const::Int(_, ty) | Const::Text(_, ty) | Const::Empty(ty) | Const::Case(ty, _) | Const::Closure(_, ty) => {
                *ty
            }
            // A datastore in a query is only handed on.
            Const::Db(_) => types.intern(Type::Unit),
        }
    }

    /// The value as one SQL value.
    pub fn scalar(&mut self, sym: &Sym) -> Made<Sql> {
        match sym {
            Sym::Const { operand, ty, .. } => self.constant(operand, *ty),
            Sym::Path { base, steps, ty } => self.part(base, steps, *ty),
            Sym::Sql { sql, .. } => Ok(sql.clone()),
            Sym::Either { condition, then, otherwise } => {
                let ty = sym.ty();
                let (then, otherwise) = (self.scalar(then)?, self.scalar(otherwise)?);
                Ok(match form(self.types(), ty) {
                    Form::Bool => Sql::truth_case(condition.clone(), then, otherwise),
                    _ => Sql::case(condition.clone(), then, otherwise),
                })
            }
            Sym::Fail { value: None, message, .. } => Ok(Sql::failing("dark_fail", vec![Sql::text(message)])),
            Sym::Fail { value: Some(value), .. } => {
                let descriptor = Sql::Param(self.binder.descriptor(value.ty()));
                let value = self.json(value)?;
                Ok(Sql::failing("dark_no_match", vec![value, descriptor]))
            }
            Sym::Parts { .. } => Err(self.stop(Reason::Operation("a value put together from the row, as a whole"))),
            Sym::List { .. } => Err(self.stop(Reason::List)),
            Sym::Closure { .. } => Err(self.stop(Reason::NestedLambda)),
        }
    }

    /// The value as JSON text.
    pub fn json(&mut self, sym: &Sym) -> Made<Sql> {
        match sym {
            Sym::Path { base, steps, .. } => {
                let path = self.json_path(steps)?;
                let part = Sql::Part { base: Box::new(base.clone()), path, json: true };
                Ok(Sql::call("ifnull", vec![part, Sql::text("null")]))
            }
            other => {
                let form = form(self.types(), other.ty());
                let sql = self.scalar(other)?;
                Ok(match form {
                    Form::Json | Form::Big(_) | Form::Small(_) => sql,
                    Form::Bool => Sql::case(sql, Sql::text("true"), Sql::text("false")),
                    Form::Unit => Sql::text("null"),
                    Form::Float => Sql::call("dark_float_json", vec![sql]),
                    Form::Text | Form::Moment => Sql::call("json_quote", vec![sql]),
                })
            }
        }
    }

    fn constant(&mut self, operand: &Operand, ty: TypeId) -> Made<Sql> {
        Ok(match operand {
            Operand::Const(Const::Bool(value)) => Sql::truth(*value),
            Operand::Const(Const::Int(bits, ty)) => match form(self.types(), *ty) {
                Form::Small(_) => Sql::Literal(bits.to_string()),
                _ => Sql::Param(self.binder.parameter(operand.clone(), *ty)),
            },
            Operand::Const(Const::SmallInt(number)) => Sql::text(&number.to_string()),
            Operand::Const(Const::BigInt(digits)) => Sql::text(digits),
            Operand::Const(Const::Unit) => Sql::text("null"),
            operand => match form(self.types(), ty) {
                Form::Unit => Sql::text("null"),
                _ if matches!(self.types().get(ty), Type::Function(..)) => {
                    return Err(self.stop(Reason::NestedLambda));
                }
                _ => Sql::Param(self.binder.parameter(operand.clone(), ty)),
            },
        })
    }

    pub fn json_path(&self, steps: &[Step]) -> Made<String> {
        types::path(steps).map_err(|name| self.stop(Reason::FieldName(name)))
    }

    fn part(&mut self, base: &Sql, steps: &[Step], ty: TypeId) -> Made<Sql> {
        let form = form(self.types(), ty);
        let json = matches!(form, Form::Json | Form::Big(_));
        if form == Form::Unit {
            return Ok(Sql::text("null"));
        }
        let part = Sql::Part { base: Box::new(base.clone()), path: self.json_path(steps)?, json };
        // Rows that were written before an optional field was added lack it.
        Ok(match types::is_option(self.types(), ty) {
            true => Sql::call("ifnull", vec![part, Sql::text("null")]),
            false => part,
        })
    }
}
