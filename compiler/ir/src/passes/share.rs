//! Functions that become the same code are one: for fast builds.
//!
//! A generic function is lowered once for every list of types it is used with, but most code does not depend on them: a
//! list of one record is walked like a list of another. Two functions are alike when their bodies are equal, with types
//! written only as far as the code of a fast build depends on them (`Class`), in full where code names the type to the
//! runtime or looks into an object of it; and when what they call is alike. That is a partition which is refined until
//! nothing changes, as the states of an automaton are: Moore, "Gedanken-experiments on sequential machines" (Automata Studies,
//! 1956).
//!
//! Example: `List.map<Cat, Int>` and `List.map<Dog, Int>` are one function, `List.map<Cat, Dog>` and `List.map<Dog, Cat>` are
//! two, because their results say what they hold.
//!
//! The one that is left has the first symbol in order, so that it depends on the program alone.

use super::reachable;
use crate::core::{Const, Expr, Failure, Function, FunctionId, Location, Op, Operand, Param, Program, Var};
use crate::intrinsics::Intrinsic;
use crate::types::{Definition, Type, TypeId};
use rustc_hash::FxHashMap;

/// Makes one function of those that are alike.
pub fn run(program: &mut Program) {
    let classes = classes(program);
    let mut first: FxHashMap<u32, FunctionId> = FxHashMap::default();
    let mut order: Vec<usize> = (0..program.functions.len()).collect();
    order.sort_by(|a, b| program.functions[*a].symbol.cmp(&program.functions[*b].symbol));
    for index in order {
        first.entry(classes[index]).or_insert(FunctionId(index as u32));
    }
    if first.len() == program.functions.len() {
        return;
    }
    let shared = |id: FunctionId| classes.get(id.0 as usize).and_then(|class| first.get(class)).copied().unwrap_or(id);
    for function in &mut program.functions {
        reachable::renumber(&mut function.body, &shared);
    }
    reachable::run(program);
}

/// By `FunctionId`: a number that functions have in common which are alike.
fn classes(program: &Program) -> Vec<u32> {
    let functions = &program.functions;
    // Functions of one text; all others are like no other.
    let mut texts: FxHashMap<_, Vec<usize>> = FxHashMap::default();
    for (index, function) in functions.iter().enumerate() {
        let Location { file, line, column, .. } = &function.location;
        texts.entry((&**file, *line, *column, function.vars.len())).or_default().push(index);
    }
    let mut is_root = vec![false; functions.len()];
    // The runtime hands them arguments by their types.
    reachable::roots(program).iter().for_each(|id| is_root[id.0 as usize] = true);
    let mut numbers = Numbers { program, types: vec![None; program.types.len()], classes: FxHashMap::default() };
    let mut names = FxHashMap::default();
    let (mut written, mut contents) = (Vec::new(), FxHashMap::default());
    let mut classes: Vec<u32> = (0..functions.len() as u32).collect();
    for index in texts.into_values().filter(|it| it.len() > 1).flatten().filter(|index| !is_root[*index]) {
        let function = &functions[index];
        let mut writer =
            Writer { numbers: &mut numbers, names: &mut names, function, out: Vec::new(), used: Vec::new() };
        if writer.function() {
            let (out, used) = (writer.out, writer.used);
            classes[index] = *contents.entry(out).or_insert(classes[index]);
            written.push((index, used));
        }
    }
    // All that look alike by themselves are taken to be alike, until they are seen to call what is not.
    let mut found = 0;
    loop {
        let mut refined: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        let mut next = classes.clone();
        for (index, used) in &written {
            let key = std::iter::once(classes[*index]).chain(used.iter().map(|id| classes[id.0 as usize])).collect();
            next[*index] = *refined.entry(key).or_insert(*index as u32);
        }
        classes = next;
        if refined.len() == found {
            return classes;
        }
        found = refined.len();
    }
}

/// A type as far as code depends on it that does not look into objects.
#[derive(PartialEq, Eq, Hash)]
enum Class {
    /// No other type is like it.
    Itself(TypeId),
    List,
    Dict,
    Closure,
    Boxed,
    /// Without a box: the classes of the fields of each case.
    Parts {
        is_enum: bool,
        slots: u32,
        cases: Vec<Vec<u32>>,
    },
}

/// Numbers of the classes of types.
struct Numbers<'a> {
    program: &'a Program,
    /// By `TypeId`: its class, and whether values hold objects with fields.
    types: Vec<Option<(u32, bool)>>,
    classes: FxHashMap<Class, u32>,
}

impl Numbers<'_> {
    fn class(&mut self, ty: TypeId) -> (u32, bool) {
        if let Some(known) = self.types[ty.0 as usize] {
            return known;
        }
        let types = &self.program.types;
        let layout = types.layout(ty);
        let mut boxed = layout.boxed;
        let class = match types.get(ty) {
            _ if boxed => Class::Boxed,
            Type::List(_) => Class::List,
            Type::Dict(_) => Class::Dict,
            Type::Stream(_) | Type::Function(..) => Class::Closure,
            Type::Tuple(parts) => self.parts(false, layout.slots, vec![parts.clone()], &mut boxed),
            Type::Nominal(nominal) => match &types.nominal_data(*nominal).definition {
                Definition::Record(fields) => {
                    let fields = fields.iter().map(|(_, ty)| *ty).collect();
                    self.parts(false, layout.slots, vec![fields], &mut boxed)
                }
                Definition::Enum(cases) => {
                    let cases = cases.iter().map(|case| case.fields.clone()).collect();
                    self.parts(true, layout.slots, cases, &mut boxed)
                }
                Definition::Pending => Class::Itself(ty),
            },
            _ => Class::Itself(ty),
        };
        let next = self.classes.len() as u32;
        let known = (*self.classes.entry(class).or_insert(next), boxed);
        self.types[ty.0 as usize] = Some(known);
        known
    }

    fn parts(&mut self, is_enum: bool, slots: u32, cases: Vec<Vec<TypeId>>, boxed: &mut bool) -> Class {
        let mut field = |ty: TypeId| {
            let (class, inside) = self.class(ty);
            *boxed |= inside;
            class
        };
        let cases = cases.into_iter().map(|fields| fields.into_iter().map(&mut field).collect()).collect();
        Class::Parts { is_enum, slots, cases }
    }
}

/// What a function is, without what it calls.
struct Writer<'a, 'w> {
    numbers: &'w mut Numbers<'a>,
    names: &'w mut FxHashMap<&'a str, u32>,
    function: &'a Function,
    out: Vec<u32>,
    /// What it calls and makes closures of, in order.
    used: Vec<FunctionId>,
}

impl<'a> Writer<'a, '_> {
    /// False if the function cannot be shared.
    fn function(&mut self) -> bool {
        // Without `..`, so that a new field has to be thought of. The symbol is what differs, and the module may; `places`,
        // `sql` and `stage` are for messages, queries and other passes.
        let Function {
            symbol: _,
            name,
            group,
            params,
            result,
            body,
            location,
            vars,
            places: _,
            sql: _,
            stage: _,
            tail_called,
            recursive,
            captures,
            value_of,
        } = self.function;
        self.text(name);
        self.text(group);
        self.location(location);
        self.out.extend([u32::from(*tail_called), u32::from(*recursive), params.len() as u32]);
        for Param { var, borrowed } in params {
            self.out.extend([var.0, u32::from(*borrowed)]);
        }
        self.class(*result);
        self.out.push(vars.len() as u32);
        vars.iter().for_each(|ty| self.class(*ty));
        // Who makes the closure says what it holds.
        self.out.push(captures.as_ref().map_or(0, |captures| captures.len() as u32 + 1));
        captures.iter().flatten().for_each(|ty| self.exact(*ty));
        self.out.push(u32::from(value_of.is_some()));
        self.text(value_of.as_deref().unwrap_or_default());
        self.expr(body)
    }

    fn text(&mut self, text: &'a str) {
        let next = self.names.len() as u32;
        self.out.push(*self.names.entry(text).or_insert(next));
    }

    fn location(&mut self, Location { file, line, column, function }: &'a Location) {
        self.text(file);
        self.out.extend([*line, *column, u32::from(function.is_some())]);
        self.text(function.as_deref().unwrap_or_default());
    }

    fn class(&mut self, ty: TypeId) {
        let (class, _) = self.numbers.class(ty);
        self.out.push(class);
    }

    fn exact(&mut self, ty: TypeId) {
        self.out.push(ty.0);
    }

    /// The type where code depends on what objects of it are.
    fn inside(&mut self, ty: TypeId) {
        match self.numbers.program.types.layout(ty).boxed {
            true => self.exact(ty),
            false => self.class(ty),
        }
    }

    fn var_type(&self, var: Var) -> Option<TypeId> {
        self.function.vars.get(var.0 as usize).copied()
    }

    /// The type of an operand that has no type of its own to write beside it.
    fn type_of(&self, operand: &Operand) -> Option<TypeId> {
        match operand {
            Operand::Var(var) => self.var_type(*var),
            Operand::Const(
                Const::Int(_, ty) | Const::Text(_, ty) | Const::Empty(ty) | Const::Case(ty, _) | Const::Closure(_, ty),
            ) => Some(*ty),
            // Each has one type.
            Operand::Const(_) => None,
        }
    }

    fn wide(&mut self, bits: u64) {
        self.out.extend([bits as u32, (bits >> 32) as u32]);
    }

    fn operand(&mut self, operand: &'a Operand) {
        let constant = match operand {
            Operand::Var(var) => return self.out.extend([0, var.0]),
            Operand::Const(constant) => constant,
        };
        match constant {
            Const::Unit => self.out.push(1),
            Const::Bool(value) => self.out.extend([2, u32::from(*value)]),
            Const::Int(bits, ty) => {
                self.out.push(3);
                self.wide(*bits as u64);
                self.wide((*bits >> 64) as u64);
                self.exact(*ty);
            }
            Const::SmallInt(value) => {
                self.out.push(4);
                self.wide(*value as u64);
            }
            Const::BigInt(digits) => {
                self.out.push(5);
                self.text(digits);
            }
            Const::Float(value) => {
                self.out.push(6);
                self.wide(value.to_bits());
            }
            Const::Text(text, ty) => {
                self.out.push(7);
                self.text(text);
                self.exact(*ty);
            }
            Const::Empty(ty) => {
                self.out.push(8);
                self.class(*ty);
            }
            Const::Case(ty, case) => {
                self.out.extend([9, *case]);
                self.inside(*ty);
            }
            Const::Closure(function, ty) => {
                self.out.push(10);
                self.used.push(*function);
                self.class(*ty);
            }
            Const::Db(db) => self.out.extend([11, db.0]),
        }
    }

    fn operands(&mut self, operands: &'a [Operand]) {
        self.out.push(operands.len() as u32);
        operands.iter().for_each(|it| self.operand(it));
    }

    fn expr(&mut self, mut expr: &'a Expr) -> bool {
        loop {
            expr = match expr {
                Expr::Value(value) => {
                    self.out.push(0);
                    self.operand(value);
                    return true;
                }
                Expr::Let { var, op, body } => {
                    self.out.extend([1, var.0]);
                    if !self.op(op) {
                        return false;
                    }
                    body
                }
                Expr::LetExpr { var, value, body } => {
                    self.out.extend([2, var.0]);
                    if !self.expr(value) {
                        return false;
                    }
                    body
                }
                Expr::If { condition, then, otherwise } => {
                    self.out.push(3);
                    self.operand(condition);
                    if !self.expr(then) {
                        return false;
                    }
                    otherwise
                }
                Expr::Switch { scrutinee, cases, default } => {
                    self.out.extend([4, cases.len() as u32, u32::from(default.is_some())]);
                    self.operand(scrutinee);
                    self.type_of(scrutinee).iter().for_each(|ty| self.inside(*ty));
                    for (case, body) in cases {
                        self.out.push(*case);
                        if !self.expr(body) {
                            return false;
                        }
                    }
                    match default {
                        Some(default) => default,
                        None => return true,
                    }
                }
                Expr::Join { label, params, body, rest } => {
                    self.out.extend([5, label.0, params.len() as u32]);
                    self.out.extend(params.iter().map(|var| var.0));
                    if !self.expr(body) {
                        return false;
                    }
                    rest
                }
                Expr::Jump { label, arguments } => {
                    self.out.extend([6, label.0]);
                    self.operands(arguments);
                    return true;
                }
                Expr::Dup { var, body } => {
                    self.out.extend([7, var.0]);
                    body
                }
                Expr::Drop { var, body } => {
                    self.out.extend([8, var.0]);
                    // What objects hold is dropped by their type.
                    if let Some(ty) = self.var_type(*var).filter(|ty| self.numbers.class(*ty).1) {
                        self.exact(ty);
                    }
                    body
                }
                Expr::Fail { failure, location } => {
                    self.out.push(9);
                    self.location(location);
                    match failure {
                        Failure::NoMatch(value) => {
                            self.out.push(0);
                            self.operand(value);
                            self.type_of(value).iter().for_each(|ty| self.exact(*ty));
                        }
                        Failure::Message(text) => {
                            self.out.push(1);
                            self.text(text);
                        }
                    }
                    return true;
                }
                // Fast builds have none.
                Expr::Take { .. } | Expr::Release { .. } => return false,
            };
        }
    }

    fn op(&mut self, op: &'a Op) -> bool {
        match op {
            Op::Call { function, arguments, location } => {
                self.out.push(0);
                self.used.push(*function);
                self.operands(arguments);
                self.location(location);
            }
            Op::CallClosure { closure, arguments, result, location } => {
                self.out.push(1);
                self.operand(closure);
                self.operands(arguments);
                self.class(*result);
                self.location(location);
            }
            Op::ClosureArity(closure) => {
                self.out.push(2);
                self.operand(closure);
            }
            // One for each list of types.
            Op::CallExtern { function, arguments, location } => {
                self.out.extend([3, function.0]);
                self.operands(arguments);
                self.location(location);
            }
            Op::Intrinsic { intrinsic, arguments, result, location } => {
                self.out.extend([4, *intrinsic as u32]);
                self.operands(arguments);
                self.location(location);
                self.intrinsic_types(*intrinsic, arguments, *result);
            }
            Op::Construct { ty, case, arguments } => {
                self.out.extend([5, *case]);
                self.inside(*ty);
                self.operands(arguments);
            }
            Op::Field { value, index } => {
                self.out.extend([6, *index]);
                self.operand(value);
                self.type_of(value).iter().for_each(|ty| self.inside(*ty));
            }
            Op::CaseField { value, case, index } => {
                self.out.extend([7, *case, *index]);
                self.operand(value);
                self.type_of(value).iter().for_each(|ty| self.inside(*ty));
            }
            Op::MakeList { ty, items } => {
                self.out.push(8);
                self.exact(*ty);
                self.operands(items);
            }
            Op::MakeDict { ty, entries } => {
                self.out.extend([9, entries.len() as u32]);
                self.exact(*ty);
                for (key, value) in entries {
                    self.text(key);
                    self.operand(value);
                }
            }
            Op::MakeClosure { function, captures, ty } => {
                self.out.push(10);
                self.used.push(*function);
                self.operands(captures);
                self.class(*ty);
            }
            Op::Capture { closure, index, ty } => {
                self.out.extend([11, *index]);
                self.operand(closure);
                self.class(*ty);
            }
            Op::Global(global) => self.out.extend([12, global.0]),
            // Fast builds have none.
            Op::Rebuild { .. } => return false,
        }
        true
    }

    /// The types that the code of an intrinsic depends on: of what only walks a list, how its elements lie there.
    fn intrinsic_types(&mut self, intrinsic: Intrinsic, arguments: &[Operand], result: TypeId) {
        use Intrinsic::{ListAppend, ListGet, ListIsSole, ListLength, ListSlice, ListTail};
        let walks = matches!(intrinsic, ListAppend | ListGet | ListIsSole | ListLength | ListSlice | ListTail);
        let types = &self.numbers.program.types;
        let list = arguments.first().and_then(|list| self.type_of(list));
        match list.map(|list| types.get(list)) {
            Some(Type::List(element)) if walks => {
                let element = *element;
                self.class(element);
                self.class(result);
            }
            _ => {
                self.exact(result);
                for argument in arguments {
                    self.type_of(argument).iter().for_each(|ty| self.exact(*ty));
                }
            }
        }
    }
}
