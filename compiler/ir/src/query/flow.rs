//! Which function a query gets.
//!
//! Starting from what the program serves, every function is copied to the new program; one that leads to a query is
//! copied once for each known function it is given, so that inside of a copy the query's function is known. Functions
//! that nothing reaches any more are left out.
//!
//! Where a query's function comes from a parameter that no copy knows, whoever called with something unknown is at
//! fault: `needs` follows the calls backwards and the problem is told there.

use super::Refused;
use super::plan::{Functions, Slot, Stop, plan};
use super::problem::{Problem, Reason};
use crate::children::{all, exprs_mut, functions, map_operands, map_own_operands, operands};
use crate::core::{App, Const, Entry, Expr, Function, FunctionId, Op, Operand, Program, Var};
use crate::intrinsics::Intrinsic;
use crate::types::{TypeId, Types};
use dark_source::Location;
use rustc_hash::{FxHashMap, FxHashSet};

/// Known functions that hold known functions, deeper than this, are taken as unknown: recursion may nest them forever.
const NESTING_MAX: usize = 6;

/// What is known of a value.
#[derive(Debug, Clone)]
enum Value {
    Known(FunctionId, Vec<Value>),
    /// A parameter, or what a parameter holds at that path of captures.
    Param(usize, Vec<usize>),
    Other,
}

/// A call, or the making of a closure, seen from the function that is called.
struct Edge {
    caller: FunctionId,
    callee: FunctionId,
    arguments: Vec<Value>,
    place: Option<Location>,
}

/// A function parameter (or what it holds) that a query must know.
type Need = (FunctionId, usize, Vec<usize>);

struct Flow<'a> {
    functions: Functions<'a>,
    /// By original function: whether it leads to a query.
    reaches: Vec<bool>,
    types: Types,
    externs: Vec<crate::core::Extern>,
    accessors: Vec<Function>,
    out: Vec<Option<Function>>,
    copies: FxHashMap<(FunctionId, Vec<Slot>), FunctionId>,
    plans: FxHashMap<Slot, FunctionId>,
    queue: Vec<(FunctionId, Function, Vec<Slot>)>,
    edges: Vec<Edge>,
    needs: Vec<(Need, Problem)>,
    problems: Vec<(FunctionId, Problem)>,
}

pub fn run(program: &mut Program) -> Vec<Refused> {
    let originals = std::mem::take(&mut program.functions);
    let globals = program.globals.clone();
    let mut flow = Flow {
        reaches: reaching(&originals, &globals),
        functions: Functions { originals: &originals, globals: &globals },
        types: std::mem::take(&mut program.types),
        externs: std::mem::take(&mut program.externs),
        accessors: Vec::new(),
        out: Vec::new(),
        copies: FxHashMap::default(),
        plans: FxHashMap::default(),
        queue: Vec::new(),
        edges: Vec::new(),
        needs: Vec::new(),
        problems: Vec::new(),
    };
    for root in super::roots(program) {
        *root = flow.copy(*root, Vec::new());
    }
    while let Some((id, function, key)) = flow.queue.pop() {
        let finished = flow.function(id, function, &key);
        flow.out[id.0 as usize] = Some(finished);
    }
    flow.follow_needs();
    let problems = std::mem::take(&mut flow.problems);
    let refused = flow.refused(problems, &program.app);
    program.types = flow.types;
    program.externs = flow.externs;
    program.functions = flow.out.into_iter().flatten().collect();
    program.functions.iter_mut().for_each(|function| function.places = Vec::new());
    refused
}

/// The functions a function names.
fn named(function: &Function, globals: &[crate::core::Global]) -> Vec<FunctionId> {
    let read = all(&function.body).filter_map(|expr| match expr {
        Expr::Let { op: Op::Global(global), .. } => globals.get(global.0 as usize).map(|it| it.init),
        _ => None,
    });
    functions(&function.body).into_iter().chain(read).collect()
}

/// Which functions lead to a query.
fn reaching(functions: &[Function], globals: &[crate::core::Global]) -> Vec<bool> {
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); functions.len()];
    let mut open = Vec::new();
    for (index, function) in functions.iter().enumerate() {
        for callee in named(function, globals) {
            callers[callee.0 as usize].push(index);
        }
        if super::has_query(&function.body) {
            open.push(index);
        }
    }
    let mut reaches = vec![false; functions.len()];
    while let Some(index) = open.pop() {
        if !std::mem::replace(&mut reaches[index], true) {
            open.extend(&callers[index]);
        }
    }
    reaches
}

impl Flow<'_> {
    fn original(&self, id: FunctionId) -> &Function {
        let (originals, at) = (self.functions.originals, id.0 as usize);
        match originals.get(at) {
            Some(function) => function,
            None => &self.accessors[at - originals.len()],
        }
    }

    /// The copy of a function for what is known of its parameters.
    fn copy(&mut self, id: FunctionId, known: Vec<Slot>) -> FunctionId {
        let reaches = self.reaches.get(id.0 as usize).copied().unwrap_or(false);
        let known = match reaches && known.iter().any(|slot| *slot != Slot::Unknown) {
            true => known,
            false => Vec::new(),
        };
        if let Some(copy) = self.copies.get(&(id, known.clone())) {
            return *copy;
        }
        let mut function = self.original(id).clone();
        if !known.is_empty() {
            function.symbol = format!("{}|{}", function.symbol, self.names(&known));
        }
        let copy = self.reserve(function, known.clone());
        self.copies.insert((id, known), copy);
        copy
    }

    fn reserve(&mut self, function: Function, known: Vec<Slot>) -> FunctionId {
        let id = FunctionId(self.out.len() as u32);
        self.out.push(None);
        self.queue.push((id, function, known));
        id
    }

    /// A text for what is known, the same in every build.
    fn names(&self, slots: &[Slot]) -> String {
        let name = |slot: &Slot| match slot {
            Slot::Unknown => "_".to_owned(),
            Slot::Known(id, held) if held.is_empty() => self.original(*id).symbol.clone(),
            Slot::Known(id, held) => format!("{}({})", self.original(*id).symbol, self.names(held)),
        };
        slots.iter().map(name).collect::<Vec<_>>().join(",")
    }

    /// The code of a copy, with the functions it names replaced by copies and its queries compiled.
    fn function(&mut self, id: FunctionId, mut function: Function, known: &[Slot]) -> Function {
        let mut env = FxHashMap::default();
        for (index, param) in function.params.iter().enumerate() {
            let value = match known.get(index) {
                Some(slot) => value_of(slot, index, &[]),
                None => Value::Param(index, Vec::new()),
            };
            env.insert(param.var, value);
        }
        let mut walk =
            Walk { id, env, place: None, places: std::mem::take(&mut function.places), vars: &function.vars };
        self.expr(&mut walk, &mut function.body);
        function
    }

    fn expr(&mut self, walk: &mut Walk<'_>, expr: &mut Expr) {
        if let Expr::Let { var, .. } | Expr::LetExpr { var, .. } = expr
            && let Some(place) = walk.places.get(var.0 as usize)
        {
            walk.place = Some(*place);
        }
        map_own_operands(expr, &mut |operand| self.constant(walk, operand));
        if let Expr::Let { var, op, .. } = expr {
            let value = self.operation(walk, op);
            walk.env.insert(*var, value);
        }
        for inner in exprs_mut(expr) {
            self.expr(walk, inner);
        }
    }

    /// A named function as a value: its copy.
    fn constant(&mut self, walk: &Walk<'_>, operand: Operand) -> Operand {
        let Operand::Const(Const::Closure(original, ty)) = operand else { return operand };
        let copy = self.copy(original, Vec::new());
        self.edge(walk, copy, vec![Value::Known(original, Vec::new())]);
        Operand::Const(Const::Closure(copy, ty))
    }

    fn edge(&mut self, walk: &Walk<'_>, callee: FunctionId, arguments: Vec<Value>) {
        self.edges.push(Edge { caller: walk.id, callee, arguments, place: walk.place });
    }

    /// Replaces what an operation names; what is known of its result.
    fn operation(&mut self, walk: &Walk<'_>, op: &mut Op) -> Value {
        let arguments: Vec<Value> = operands(op).map(|operand| walk.value(operand)).collect();
        let value = self.known(walk, op, &arguments);
        if let Op::Intrinsic { intrinsic: Intrinsic::QueryExpression, arguments: list, result, location } = op {
            let (closure_type, result) = (walk.operand_type(&list[0]), *result);
            if let Some(function) = self.query(walk, &arguments[0], closure_type, result) {
                let location = location.clone();
                let arguments = list.iter().map(|operand| self.constant(walk, operand.clone())).collect();
                *op = Op::Call { function, arguments, location };
            }
            return Value::Other;
        }
        map_operands(op, &mut |operand| self.constant(walk, operand));
        let slots = |values: &[Value]| values.iter().map(|value| slot_of(value, 0)).collect::<Vec<_>>();
        match op {
            Op::Call { function, .. } => {
                *function = self.copy(*function, slots(&arguments));
                self.edge(walk, *function, arguments);
            }
            Op::MakeClosure { function, .. } => {
                let own = vec![Value::Known(*function, arguments.clone())];
                let known = arguments.iter().any(|value| slot_of(value, 0) != Slot::Unknown);
                *function = self.copy(*function, if known { slots(&own) } else { Vec::new() });
                self.edge(walk, *function, own);
            }
            _ => {}
        }
        value
    }

    /// What is known of an operation's result.
    fn known(&self, walk: &Walk<'_>, op: &Op, arguments: &[Value]) -> Value {
        match op {
            Op::MakeClosure { function, .. } => Value::Known(*function, arguments.to_vec()),
            Op::Capture { index, .. } => capture(&arguments[0], *index as usize),
            Op::Global(global) => {
                let init = self.functions.globals.get(global.0 as usize).map(|it| &self.original(it.init).body);
                init.map_or(Value::Other, |body| match body {
                    Expr::Value(operand) => walk.value(operand),
                    _ => Value::Other,
                })
            }
            // A function that makes a closure and does nothing else.
            Op::Call { function, .. } => self.result(*function, arguments),
            _ => Value::Other,
        }
    }

    /// What is known of the result of a function without branches.
    fn result(&self, id: FunctionId, arguments: &[Value]) -> Value {
        let function = self.original(id);
        let mut env: FxHashMap<Var, Value> =
            function.params.iter().map(|param| param.var).zip(arguments.iter().cloned()).collect();
        let mut at = &function.body;
        loop {
            let value = |operand: &Operand| value_in(&env, operand);
            match at {
                Expr::Value(operand) => return value(operand),
                Expr::Let { var, op, body } => {
                    let made = match op {
                        Op::MakeClosure { function, captures, .. } => {
                            Value::Known(*function, captures.iter().map(value).collect())
                        }
                        Op::Capture { closure, index, .. } => capture(&value(closure), *index as usize),
                        _ => Value::Other,
                    };
                    env.insert(*var, made);
                    at = body;
                }
                _ => return Value::Other,
            }
        }
    }

    /// The function that computes a query's SQL and parameters; `None` when it cannot be compiled here.
    fn query(&mut self, walk: &Walk<'_>, value: &Value, closure_type: TypeId, result: TypeId) -> Option<FunctionId> {
        let unknown = Problem { reason: Reason::UnknownFunction, place: walk.place, inside: Vec::new() };
        let slot = slot_of(value, 0);
        let Slot::Known(id, held) = &slot else {
            self.need(walk, value, &[], unknown);
            return None;
        };
        if let Some(known) = self.plans.get(&slot) {
            return Some(*known);
        }
        let made = plan(
            &self.functions,
            &mut self.accessors,
            &mut self.types,
            &mut self.externs,
            (*id, held),
            closure_type,
            result,
        );
        match made {
            Ok(mut function) => {
                function.symbol = format!("query${}", self.names(std::slice::from_ref(&slot)));
                let id = self.reserve(function, vec![slot.clone()]);
                self.plans.insert(slot, id);
                Some(id)
            }
            Err(Stop::Problem(problem)) => {
                self.problem(walk, problem);
                None
            }
            Err(Stop::Unknown(path, problem)) => {
                self.need(walk, value, &path, problem);
                None
            }
        }
    }

    fn problem(&mut self, walk: &Walk<'_>, mut problem: Problem) {
        problem.place = problem.place.or(walk.place);
        self.problems.push((walk.id, problem));
    }

    /// Something a query must know, by the value it is in.
    fn need(&mut self, walk: &Walk<'_>, value: &Value, path: &[usize], problem: Problem) {
        match follow(value, path) {
            Some((index, rest)) => self.needs.push(((walk.id, index, rest), problem)),
            None => self.problem(walk, problem),
        }
    }

    /// Follows needs from parameters to the calls that give something unknown.
    fn follow_needs(&mut self) {
        let mut seen: FxHashSet<Need> = FxHashSet::default();
        let mut open = std::mem::take(&mut self.needs);
        while let Some((need, problem)) = open.pop() {
            if !seen.insert(need.clone()) {
                continue;
            }
            let (callee, index, path) = need;
            for edge in self.edges.iter().filter(|edge| edge.callee == callee) {
                let given = edge.arguments.get(index).and_then(|value| follow(value, &path));
                let problem = Problem { place: edge.place.or(problem.place), ..problem.clone() };
                match given {
                    Some((index, rest)) => open.push(((edge.caller, index, rest), problem)),
                    None => self.problems.push((edge.caller, problem)),
                }
            }
        }
    }

    /// The problems, each place once, with the tests and what serves that lead to it.
    fn refused(&self, problems: Vec<(FunctionId, Problem)>, app: &App) -> Vec<Refused> {
        let mut out: Vec<Refused> = Vec::new();
        if problems.is_empty() {
            return out;
        }
        let mut callees: Vec<Vec<FunctionId>> = vec![Vec::new(); self.out.len()];
        for (index, function) in self.out.iter().enumerate() {
            callees[index] = function.as_ref().map(|it| named(it, &[])).unwrap_or_default();
        }
        let reached = |entry: &Entry| reached_from(entry.function, &callees);
        let tests: Vec<FxHashSet<FunctionId>> = app.tests.iter().map(|test| reached(&test.entry)).collect();
        let handlers = app.handlers.iter().map(|it| &it.entry);
        let served = handlers.chain(app.workers.iter().map(|it| &it.entry)).chain(app.crons.iter().map(|it| &it.entry));
        let served: Vec<(&str, FxHashSet<FunctionId>)> = served.map(|it| (it.name.as_str(), reached(it))).collect();
        for (function, problem) in problems {
            let needed = (0..tests.len()).filter(|test| tests[*test].contains(&function));
            let serving = served.iter().filter(|(_, reached)| reached.contains(&function));
            let serving = serving.map(|(name, _)| name.to_string());
            match out.iter_mut().find(|it| it.problem.place == problem.place && it.problem.reason == problem.reason) {
                Some(known) => {
                    known.tests.extend(needed);
                    known.served.extend(serving);
                }
                None => out.push(Refused { problem, tests: needed.collect(), served: serving.collect() }),
            }
        }
        out.sort_by_key(|it| it.problem.place.map(|place| (place.file, place.span.start)));
        out
    }
}

fn reached_from(root: FunctionId, callees: &[Vec<FunctionId>]) -> FxHashSet<FunctionId> {
    let mut seen = FxHashSet::default();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(&callees[id.0 as usize]);
        }
    }
    seen
}

/// A function whose code is walked.
struct Walk<'a> {
    id: FunctionId,
    env: FxHashMap<Var, Value>,
    /// The last expression outside of the library.
    place: Option<Location>,
    places: Vec<Location>,
    vars: &'a [TypeId],
}

impl Walk<'_> {
    fn value(&self, operand: &Operand) -> Value {
        value_in(&self.env, operand)
    }

    fn operand_type(&self, operand: &Operand) -> TypeId {
        match operand {
            Operand::Var(var) => self.vars[var.0 as usize],
            Operand::Const(Const::Closure(_, ty)) => *ty,
            Operand::Const(_) => TypeId(0),
        }
    }
}

fn value_in(env: &FxHashMap<Var, Value>, operand: &Operand) -> Value {
    match operand {
        Operand::Var(var) => env.get(var).cloned().unwrap_or(Value::Other),
        Operand::Const(Const::Closure(function, _)) => Value::Known(*function, Vec::new()),
        Operand::Const(_) => Value::Other,
    }
}

/// What a closure holds.
fn capture(closure: &Value, index: usize) -> Value {
    match closure {
        Value::Known(_, held) => held.get(index).cloned().unwrap_or(Value::Other),
        Value::Param(param, path) => Value::Param(*param, path.iter().copied().chain([index]).collect()),
        Value::Other => Value::Other,
    }
}

/// What a copy knows of a parameter.
fn value_of(slot: &Slot, param: usize, path: &[usize]) -> Value {
    match slot {
        Slot::Unknown => Value::Param(param, path.to_vec()),
        Slot::Known(id, held) => {
            let inner = |(index, slot): (usize, &Slot)| {
                let path: Vec<usize> = path.iter().copied().chain([index]).collect();
                value_of(slot, param, &path)
            };
            Value::Known(*id, held.iter().enumerate().map(inner).collect())
        }
    }
}

fn slot_of(value: &Value, depth: usize) -> Slot {
    match value {
        Value::Known(id, held) if depth < NESTING_MAX => {
            Slot::Known(*id, held.iter().map(|value| slot_of(value, depth + 1)).collect())
        }
        _ => Slot::Unknown,
    }
}

/// The parameter that what stands at the path of a value comes from.
fn follow(value: &Value, path: &[usize]) -> Option<(usize, Vec<usize>)> {
    match value {
        Value::Param(index, held) => Some((*index, held.iter().chain(path).copied().collect())),
        Value::Known(_, held) => match path.split_first() {
            Some((first, rest)) => held.get(*first).and_then(|value| follow(value, rest)),
            None => None,
        },
        Value::Other => None,
    }
}
