//! The loop that a chain of stages becomes: a function that calls itself for each element, and the call of it.

use super::{Call, Chain, argument_type, effects};
use crate::core::{Const, Expr, Function, FunctionId, Location, Op, Operand, Param, Program, Var};
use crate::intrinsics::Intrinsic;
use crate::stages::Stage;
use crate::types::{Definition, Scalar, Type, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};

/// The functions that call their first argument, by its type and the number of the others.
pub(super) type Applies = FxHashMap<(TypeId, usize), FunctionId>;

pub(super) fn applies(program: &Program) -> Applies {
    let functions = (0..).map(FunctionId).zip(&program.functions);
    let applies = functions.filter(|(_, function)| effects::is_apply(&function.symbol));
    applies
        .filter_map(|(id, function)| {
            let closure = function.params.first()?.var;
            Some(((function.vars[closure.0 as usize], function.params.len() - 1), id))
        })
        .collect()
}

/// What a parameter of the loop is at first.
#[derive(Debug, Clone)]
pub(super) enum Start {
    Given(Operand),
    LengthOf(Operand),
}

/// What becomes of a parameter from one element to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Fixed,
    /// Changes by one with each element.
    Source,
    /// Changes by one when an element has come to that stage, counted from the end of the chain.
    Count(usize, Intrinsic),
    /// What has been made.
    Made,
}

/// The types that loops need, whether or not the program names them.
#[derive(Debug, Clone, Copy)]
struct Basic {
    int64: TypeId,
    int: TypeId,
    bool: TypeId,
}

/// What a stage has of its own.
#[derive(Debug, Clone, Copy, Default)]
struct Own {
    /// Its function, and what calls it.
    function: Option<(Var, FunctionId)>,
    /// The number of elements that have come here, or that may still come.
    count: Option<Var>,
    /// The other list, with its length.
    other: Option<(Var, Var)>,
}

/// The elements to begin with.
#[derive(Debug, Clone, Copy)]
enum Source {
    List { list: Var, at: Var, end: Var },
    Range { next: Var, last: Var },
}

/// Makes the loop, which will have that id; `None` if something it needs is not there.
pub(super) fn function(
    program: &Program,
    applies: &Applies,
    caller: usize,
    number: usize,
    chain: &Chain,
) -> Option<(Function, Vec<Start>)> {
    let basic = Basic {
        int64: program.types.find(&Type::Sized(Scalar::Int64))?,
        int: program.types.find(&Type::Int)?,
        bool: program.types.find(&Type::Bool)?,
    };
    let last = chain.calls.first()?;
    let result = program.functions[last.function.0 as usize].result;
    let mut emit = Emit {
        program,
        applies,
        basic,
        id: FunctionId(program.functions.len() as u32),
        calls: &chain.calls,
        own: vec![Own::default(); chain.calls.len()],
        result,
        vars: Vec::new(),
        params: Vec::new(),
    };
    let body = emit.whole()?;
    let caller = &program.functions[caller];
    let starts = emit.params.iter().map(|(_, start, _)| start.clone()).collect();
    let function = Function {
        symbol: format!("{}$loop{number}", caller.symbol),
        name: caller.name.clone(),
        group: caller.group.clone(),
        params: emit.params.iter().map(|(var, ..)| Param { var: *var, borrowed: false }).collect(),
        result,
        body,
        location: caller.location.clone(),
        vars: emit.vars,
        places: Vec::new(),
        sql: None,
        stage: None,
        tail_called: false,
        recursive: true,
        captures: None,
        value_of: None,
    };
    Some((function, starts))
}

struct Emit<'a> {
    program: &'a Program,
    applies: &'a Applies,
    basic: Basic,
    id: FunctionId,
    /// The last stage first; stages are named by their index here.
    calls: &'a [Call],
    own: Vec<Own>,
    result: TypeId,
    vars: Vec<TypeId>,
    params: Vec<(Var, Start, Role)>,
}

impl<'a> Emit<'a> {
    fn fresh(&mut self, ty: TypeId) -> Var {
        self.vars.push(ty);
        Var(self.vars.len() as u32 - 1)
    }

    fn param(&mut self, ty: TypeId, start: Start, role: Role) -> Var {
        let var = self.fresh(ty);
        self.params.push((var, start, role));
        var
    }

    fn given(&mut self, stage: usize, argument: usize, role: Role) -> Option<Var> {
        let call: &'a Call = &self.calls[stage];
        let ty = argument_type(self.program, call, argument)?;
        Some(self.param(ty, Start::Given(call.arguments.get(argument)?.clone()), role))
    }

    fn whole(&mut self) -> Option<Expr> {
        let first = self.calls.len() - 1;
        let (source, first) = match self.calls[first].stage {
            Stage::Range => {
                let next = self.given(first, 0, Role::Source)?;
                (Source::Range { next, last: self.given(first, 1, Role::Fixed)? }, first.checked_sub(1)?)
            }
            _ => {
                let list = self.given(first, 0, Role::Fixed)?;
                let zero = Operand::Const(Const::Int(0, self.basic.int64));
                let at = self.param(self.basic.int64, Start::Given(zero), Role::Source);
                let length = Start::LengthOf(self.calls[first].arguments.first()?.clone());
                let end = self.param(self.basic.int64, length, Role::Fixed);
                (Source::List { list, at, end }, first)
            }
        };
        let made = self.made()?;
        // As long as no element has been left out, its index is that of the source.
        let mut aligned = match source {
            Source::List { at, .. } => Some(at),
            Source::Range { .. } => None,
        };
        for stage in (0..=first).rev() {
            self.stage(stage, aligned)?;
            if matches!(self.calls[stage].stage, Stage::Filter | Stage::FilterMap) {
                aligned = None;
            }
        }
        self.head(source, first, made)
    }

    /// What the loop makes.
    fn made(&mut self) -> Option<Option<Var>> {
        let (result, int64) = (self.result, self.basic.int64);
        let end = self.calls[0].stage;
        let mut from = |ty, constant| self.param(ty, Start::Given(Operand::Const(constant)), Role::Made);
        Some(match end {
            Stage::Fold => Some(self.given(0, 1, Role::Made)?),
            Stage::Length => Some(from(int64, Const::Int(0, int64))),
            stage if stage.makes_list() => Some(from(result, Const::Empty(result))),
            _ => None,
        })
    }

    /// The parameters of a stage.
    fn stage(&mut self, stage: usize, aligned: Option<Var>) -> Option<()> {
        let call: &'a Call = &self.calls[stage];
        let mut own = Own::default();
        if let Some(arity) = call.stage.function_arity() {
            let argument = call.arguments.len() - 1;
            let apply = *self.applies.get(&(argument_type(self.program, call, argument)?, arity))?;
            own.function = Some((self.given(stage, argument, Role::Fixed)?, apply));
        }
        match call.stage {
            Stage::Take => own.count = Some(self.given(stage, 1, Role::Count(stage, Intrinsic::Subtract))?),
            Stage::IndexedMap | Stage::Map2 => {
                let int64 = self.basic.int64;
                let zero = Start::Given(Operand::Const(Const::Int(0, int64)));
                let counted = || self.param(int64, zero, Role::Count(stage, Intrinsic::Add));
                own.count = Some(aligned.unwrap_or_else(counted));
            }
            _ => {}
        }
        if call.stage == Stage::Map2 {
            let list = self.given(stage, 1, Role::Fixed)?;
            let length = Start::LengthOf(call.arguments.get(1)?.clone());
            own.other = Some((list, self.param(self.basic.int64, length, Role::Fixed)));
        }
        self.own[stage] = own;
        Some(())
    }

    /// Whether there is another element, and what becomes of it.
    fn head(&mut self, source: Source, first: usize, made: Option<Var>) -> Option<Expr> {
        let location = self.calls[first].location.clone();
        let var = Operand::Var;
        let (element, of) = match source {
            Source::Range { next, .. } => (next, None),
            Source::List { list, at, .. } => {
                let Type::List(element) = *self.program.types.get(self.vars[list.0 as usize]) else { return None };
                (self.fresh(element), Some((list, at)))
            }
        };
        let mut body = self.pass(first, var(element), made)?;
        if let Some((list, at)) = of {
            let ty = self.vars[element.0 as usize];
            let op = intrinsic(Intrinsic::ListGet, vec![var(list), var(at)], ty, &location);
            body = Expr::Let { var: element, op, body: Box::new(body) };
        }
        for stage in 0..=first {
            let Own { count: Some(count), other, .. } = self.own[stage] else { continue };
            body = match (self.calls[stage].stage, other) {
                (Stage::Take, _) => {
                    self.unless(Intrinsic::LessEqual, count, Operand::Const(Const::SmallInt(0)), made, body)
                }
                (_, Some((_, end))) => self.unless(Intrinsic::GreaterEqual, count, var(end), made, body),
                _ => body,
            };
        }
        Some(match source {
            Source::List { at, end, .. } => self.unless(Intrinsic::GreaterEqual, at, var(end), made, body),
            Source::Range { next, last } => self.unless(Intrinsic::Greater, next, var(last), made, body),
        })
    }

    fn unless(&mut self, intrinsic_: Intrinsic, a: Var, b: Operand, made: Option<Var>, body: Expr) -> Expr {
        let condition = self.fresh(self.basic.bool);
        let location = self.calls[0].location.clone();
        let op = intrinsic(intrinsic_, vec![Operand::Var(a), b], self.basic.bool, &location);
        let then = Box::new(self.finish(made));
        let branch = Expr::If { condition: Operand::Var(condition), then, otherwise: Box::new(body) };
        Expr::Let { var: condition, op, body: Box::new(branch) }
    }

    /// The result behind the last element.
    fn finish(&mut self, made: Option<Var>) -> Expr {
        let value = match (self.calls[0].stage, made) {
            (Stage::Length, Some(made)) => {
                let var = self.fresh(self.basic.int);
                let location = &self.calls[0].location;
                let op = intrinsic(Intrinsic::IntConvert, vec![Operand::Var(made)], self.basic.int, location);
                return Expr::Let { var, op, body: Box::new(Expr::Value(Operand::Var(var))) };
            }
            (_, Some(made)) => Operand::Var(made),
            (Stage::Any, None) => Operand::Const(Const::Bool(false)),
            (Stage::All, None) => Operand::Const(Const::Bool(true)),
            (Stage::FindFirst | Stage::Head, None) => return self.option(None),
            _ => Operand::Const(Const::Unit),
        };
        Expr::Value(value)
    }

    fn option(&mut self, value: Option<Operand>) -> Expr {
        let ty = self.result;
        let name = if value.is_some() { "Some" } else { "None" };
        let case = case(self.program, ty, name).map_or(0, |(case, _)| case);
        let var = self.fresh(ty);
        let op = Op::Construct { ty, case, arguments: value.into_iter().collect() };
        Expr::Let { var, op, body: Box::new(Expr::Value(Operand::Var(var))) }
    }

    /// An element has come to a stage.
    fn pass(&mut self, stage: usize, element: Operand, made: Option<Var>) -> Option<Expr> {
        let call: &'a Call = &self.calls[stage];
        let own = self.own[stage];
        let result = self.program.functions[call.function.0 as usize].result;
        let bool = self.basic.bool;
        match call.stage {
            Stage::Map => {
                let (var, op) = self.apply(stage, vec![element], self.element_of(result)?)?;
                Some(before(var, op, self.next(stage, Operand::Var(var), made)?))
            }
            Stage::IndexedMap => {
                let index = self.fresh(self.basic.int);
                let count = Operand::Var(own.count?);
                let number = intrinsic(Intrinsic::IntConvert, vec![count], self.basic.int, &call.location);
                let (var, op) = self.apply(stage, vec![Operand::Var(index), element], self.element_of(result)?)?;
                let rest = self.next(stage, Operand::Var(var), made)?;
                Some(before(index, number, before(var, op, rest)))
            }
            Stage::Map2 => {
                let (list, _) = own.other?;
                let other = self.fresh(self.element_of(self.vars[list.0 as usize])?);
                let of = vec![Operand::Var(list), Operand::Var(own.count?)];
                let get = intrinsic(Intrinsic::ListGet, of, self.vars[other.0 as usize], &call.location);
                let (var, op) = self.apply(stage, vec![element, Operand::Var(other)], self.element_of(result)?)?;
                let rest = self.next(stage, Operand::Var(var), made)?;
                Some(before(other, get, before(var, op, rest)))
            }
            Stage::Filter => {
                let (var, op) = self.apply(stage, vec![element.clone()], bool)?;
                let then = self.next(stage, element, made)?;
                Some(before(var, op, branch(var, then, self.again(stage, None))))
            }
            Stage::FilterMap => {
                let closure = self.vars[own.function?.0.0 as usize];
                let Type::Function(_, option) = *self.program.types.get(closure) else { return None };
                let (var, op) = self.apply(stage, vec![element], option)?;
                let (some, field) = case(self.program, option, "Some")?;
                let (none, _) = case(self.program, option, "None")?;
                let value = self.fresh(*field?);
                let part = Op::CaseField { value: Operand::Var(var), case: some, index: 0 };
                let found = before(value, part, self.next(stage, Operand::Var(value), made)?);
                let cases = vec![(some, found), (none, self.again(stage, None))];
                Some(before(var, op, Expr::Switch { scrutinee: Operand::Var(var), cases, default: None }))
            }
            Stage::Take => self.next(stage, element, made),
            Stage::Fold => {
                let (var, op) = self.apply(stage, vec![Operand::Var(made?), element], result)?;
                Some(before(var, op, self.again(stage, Some(var))))
            }
            Stage::Iter => {
                let (var, op) = self.apply(stage, vec![element], result)?;
                Some(before(var, op, self.again(stage, None)))
            }
            Stage::Length => {
                let one = Operand::Const(Const::Int(1, self.basic.int64));
                let var = self.fresh(self.basic.int64);
                let of = vec![Operand::Var(made?), one];
                let op = intrinsic(Intrinsic::Add, of, self.basic.int64, &call.location);
                Some(before(var, op, self.again(stage, Some(var))))
            }
            Stage::Flatten => {
                let var = self.fresh(result);
                let op = intrinsic(Intrinsic::ListAppend, vec![Operand::Var(made?), element], result, &call.location);
                Some(before(var, op, self.again(stage, Some(var))))
            }
            Stage::Any | Stage::All | Stage::FindFirst => {
                let (var, op) = self.apply(stage, vec![element.clone()], bool)?;
                let on = self.again(stage, None);
                let rest = match call.stage {
                    Stage::Any => branch(var, Expr::Value(Operand::Const(Const::Bool(true))), on),
                    Stage::All => branch(var, on, Expr::Value(Operand::Const(Const::Bool(false)))),
                    _ => branch(var, self.option(Some(element)), on),
                };
                Some(before(var, op, rest))
            }
            Stage::Head => Some(self.option(Some(element))),
            Stage::Range => None,
        }
    }

    /// An element goes on behind a stage: to the next one, or into the list that is made.
    fn next(&mut self, stage: usize, element: Operand, made: Option<Var>) -> Option<Expr> {
        match stage.checked_sub(1) {
            Some(next) => self.pass(next, element, made),
            None => {
                let var = self.fresh(self.result);
                let of = vec![Operand::Var(made?), element];
                let op = intrinsic(Intrinsic::ListPush, of, self.result, &self.calls[0].location);
                Some(before(var, op, self.again(stage, Some(var))))
            }
        }
    }

    fn element_of(&self, list: TypeId) -> Option<TypeId> {
        match *self.program.types.get(list) {
            Type::List(element) => Some(element),
            _ => None,
        }
    }

    /// A call of the function of a stage.
    fn apply(&mut self, stage: usize, arguments: Vec<Operand>, result: TypeId) -> Option<(Var, Op)> {
        let (closure, function) = self.own[stage].function?;
        let arguments = std::iter::once(Operand::Var(closure)).chain(arguments).collect();
        let location = self.calls[stage].location.clone();
        Some((self.fresh(result), Op::Call { function, arguments, location }))
    }

    /// The loop goes on behind an element that has come as far as that stage.
    fn again(&mut self, reached: usize, made: Option<Var>) -> Expr {
        let location = self.calls[reached].location.clone();
        let mut steps = Vec::new();
        let mut arguments = Vec::new();
        for (param, _, role) in self.params.clone() {
            let by = match role {
                Role::Source => Some(Intrinsic::Add),
                Role::Count(stage, by) if stage >= reached => Some(by),
                _ => None,
            };
            let changed = match (by, role) {
                (Some(by), _) => {
                    let ty = self.vars[param.0 as usize];
                    let one = if ty == self.basic.int { Const::SmallInt(1) } else { Const::Int(1, ty) };
                    let var = self.fresh(ty);
                    steps.push((var, intrinsic(by, vec![Operand::Var(param), Operand::Const(one)], ty, &location)));
                    var
                }
                (None, Role::Made) => made.unwrap_or(param),
                (None, _) => param,
            };
            arguments.push(Operand::Var(changed));
        }
        let var = self.fresh(self.result);
        let call = Op::Call { function: self.id, arguments, location };
        let call = before(var, call, Expr::Value(Operand::Var(var)));
        steps.into_iter().rev().fold(call, |body, (var, op)| before(var, op, body))
    }
}

fn before(var: Var, op: Op, body: Expr) -> Expr {
    Expr::Let { var, op, body: Box::new(body) }
}

fn branch(condition: Var, then: Expr, otherwise: Expr) -> Expr {
    Expr::If { condition: Operand::Var(condition), then: Box::new(then), otherwise: Box::new(otherwise) }
}

fn intrinsic(intrinsic: Intrinsic, arguments: Vec<Operand>, result: TypeId, location: &Location) -> Op {
    Op::Intrinsic { intrinsic, arguments, result, location: location.clone() }
}

/// The number of a case and the type of its first field.
fn case<'p>(program: &'p Program, ty: TypeId, name: &str) -> Option<(u32, Option<&'p TypeId>)> {
    let Type::Nominal(nominal) = program.types.get(ty) else { return None };
    let Definition::Enum(cases) = &program.types.nominal_data(*nominal).definition else { return None };
    let (number, case) = (0..).zip(cases).find(|(_, case)| case.name == name)?;
    Some((number, case.fields.first()))
}

/// Puts the loops where their last stages were called, and takes the other stages away.
pub(super) fn replace(
    function: &mut Function,
    int64: TypeId,
    loops: &FxHashMap<Var, (FunctionId, Vec<Start>)>,
    gone: &FxHashSet<Var>,
) {
    let mut replace = Replace { vars: &mut function.vars, int64, loops, gone };
    replace.block(&mut function.body);
}

struct Replace<'a> {
    vars: &'a mut Vec<TypeId>,
    int64: TypeId,
    loops: &'a FxHashMap<Var, (FunctionId, Vec<Start>)>,
    gone: &'a FxHashSet<Var>,
}

impl Replace<'_> {
    /// Takes no stack for one operation behind the other.
    fn block(&mut self, expr: &mut Expr) {
        let mut at = expr;
        loop {
            while let Expr::Let { var, body, .. } = at
                && self.gone.contains(var)
            {
                let rest = std::mem::replace(&mut **body, Expr::Value(Operand::Const(Const::Unit)));
                *at = rest;
            }
            if let Expr::Let { var, op: Op::Call { location, .. }, .. } = at
                && let Some((function, starts)) = self.loops.get(var)
            {
                let (location, function) = (location.clone(), *function);
                let (arguments, lengths) = self.arguments(starts, &location);
                if let Expr::Let { op, .. } = at {
                    *op = Op::Call { function, arguments, location };
                }
                let call = std::mem::replace(at, Expr::Value(Operand::Const(Const::Unit)));
                let steps = lengths.len();
                *at = lengths.into_iter().rev().fold(call, |body, (var, op)| before(var, op, body));
                for _ in 0..steps {
                    let Expr::Let { body, .. } = at else { return };
                    at = &mut **body;
                }
            }
            at = match at {
                Expr::Let { body, .. } => &mut **body,
                Expr::LetExpr { value, body, .. } => {
                    self.block(value);
                    &mut **body
                }
                other => return crate::children::exprs_mut(other).for_each(|child| self.block(child)),
            };
        }
    }

    /// What a loop is called with, and the lengths to find out first.
    fn arguments(&mut self, starts: &[Start], location: &Location) -> (Vec<Operand>, Vec<(Var, Op)>) {
        let mut lengths = Vec::new();
        let mut argument = |start: &Start| match start {
            Start::Given(operand) => operand.clone(),
            Start::LengthOf(list) => {
                self.vars.push(self.int64);
                let length = Var(self.vars.len() as u32 - 1);
                lengths.push((length, intrinsic(Intrinsic::ListLength, vec![list.clone()], self.int64, location)));
                Operand::Var(length)
            }
        };
        let arguments = starts.iter().map(&mut argument).collect();
        (arguments, lengths)
    }
}
