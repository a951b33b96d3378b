//! Numbers of the machine in place of `Int` where loops count.
//!
//! An `Int` has no bounds: each sum asks whether both numbers are small and whether the result is, each comparison asks for
//! both, and what leaves the small ones goes through the runtime and back into the loop, so LLVM knows nothing of a counter.
//! Here a function that calls itself and works on its `Int` parameters is made twice. `f` asks once whether they are small
//! and calls `f$machine`, which has them as Int64. There a sum asks whether it overflows, and only where it does, the rest of the
//! turn goes on with `Int`, in a copy of the function's code (`Rewriter::generic`) that ends by calling `f` again. After
//! Peyton Jones and Launchbury, "Unboxed values as first class citizens" (FPCA 1991), and, for the code made twice, the message
//! splitting of Chambers and Ungar, "Iterative type analysis and extended message splitting" (PLDI 1990).
//!
//! Example: `let sum n acc = if n > 9 then acc else sum (n + 1) (acc + n)` becomes, with n and acc as Int64,
//! `sum$machine n acc = if n > 9 then int acc else if (n + 1) fits && (acc + n) fits then sum$machine … else sum (int n + 1) …`.
//!
//! Runs before counts are inserted, behind the passes that look for recursions.

use super::inline::copied_expr;
use super::sink::mentions;
use crate::children::{all, exprs_mut, map_operands, map_own_operands, operands};
use crate::core::{Const, Expr, Function, FunctionId, Location, Op, Operand, Param, Program, Var};
use crate::intrinsics::Intrinsic;
use crate::types::{Scalar, Type, TypeId};
use rustc_hash::FxHashMap;

/// A body of more nodes is not made twice, and with its copies it does not grow over the second number.
const BODY_MAX: usize = 160;
const COPIES_MAX: usize = 700;

/// The types it needs.
#[derive(Clone, Copy)]
struct Kinds {
    int: TypeId,
    int64: TypeId,
    truth: TypeId,
}

/// The forms of a function, and which of its parameters are numbers of the machine in the first.
struct Forms {
    machine: FunctionId,
    generic: FunctionId,
    numbers: Vec<usize>,
}

/// Gives every function that counts its second form.
pub fn run(program: &mut Program) {
    let types = &program.types;
    let kinds = (types.find(&Type::Int), types.find(&Type::Sized(Scalar::Int64)), types.find(&Type::Bool));
    let (Some(int), Some(int64), Some(truth)) = kinds else { return };
    let kinds = Kinds { int, int64, truth };
    let mut forms: FxHashMap<FunctionId, Forms> = FxHashMap::default();
    let count = program.functions.len() as u32;
    for (index, function) in program.functions.iter().enumerate() {
        let id = FunctionId(index as u32);
        let numbers = numbers(function, id, kinds);
        if !numbers.is_empty() {
            let next = count + 2 * forms.len() as u32;
            forms.insert(id, Forms { machine: FunctionId(next), generic: FunctionId(next + 1), numbers });
        }
    }
    for index in 0..count {
        let id = FunctionId(index);
        let Some(own) = forms.get(&id) else { continue };
        let first = program.functions[index as usize].clone();
        program.functions.push(machine_form(&first, &forms, own, kinds));
        let symbol = format!("{}$generic", first.symbol);
        program.functions.push(Function { symbol, ..first });
        dispatch(&mut program.functions[index as usize], own, kinds);
    }
    for function in &mut program.functions {
        known_calls(&mut function.body, &forms, kinds);
    }
}

/// The `Int` parameters that a function which calls itself computes with.
fn numbers(function: &Function, id: FunctionId, kinds: Kinds) -> Vec<usize> {
    let calls_itself = |expr: &Expr| matches!(expr, Expr::Let { op: Op::Call { function, .. }, .. } if *function == id);
    let nodes = all(&function.body).count();
    if function.captures.is_some() || nodes > BODY_MAX || !all(&function.body).any(calls_itself) {
        return Vec::new();
    }
    let worked = |var: Var| {
        all(&function.body).any(|expr| match expr {
            Expr::Let { op: op @ Op::Intrinsic { intrinsic, .. }, .. } if computes(*intrinsic) => {
                operands(op).any(|it| *it == Operand::Var(var))
            }
            _ => false,
        })
    };
    let params = function.params.iter().enumerate();
    let params = params.filter(|(_, param)| function.vars[param.var.0 as usize] == kinds.int && worked(param.var));
    params.map(|(index, _)| index).collect()
}

fn computes(intrinsic: Intrinsic) -> bool {
    use Intrinsic::{Add, IntToIndex, Multiply, Negate, Subtract};
    matches!(intrinsic, Add | Subtract | Multiply | Negate | IntToIndex) || compares(intrinsic)
}

fn compares(intrinsic: Intrinsic) -> bool {
    use Intrinsic::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    matches!(intrinsic, Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual)
}

/// The function asks whether its numbers are small, and calls one of its forms.
fn dispatch(function: &mut Function, own: &Forms, kinds: Kinds) {
    let location = Location { function: None, ..function.location.clone() };
    let vars = &mut function.vars;
    let mut step = |steps: &mut Vec<(Var, Op)>, intrinsic, arguments, result| {
        vars.push(result);
        let var = Var(vars.len() as u32 - 1);
        steps.push((var, Op::Intrinsic { intrinsic, arguments, result, location: location.clone() }));
        Operand::Var(var)
    };
    let (mut asked, mut read) = (Vec::new(), Vec::new());
    let mut arguments: Vec<Operand> = function.params.iter().map(|param| Operand::Var(param.var)).collect();
    let generic = arguments.clone();
    let mut small: Option<Operand> = None;
    for at in &own.numbers {
        let number = arguments[*at].clone();
        let answer = step(&mut asked, Intrinsic::IntIsSmall, vec![number.clone()], kinds.truth);
        small = Some(match small {
            None => answer,
            Some(before) => step(&mut asked, Intrinsic::BoolAnd, vec![before, answer], kinds.truth),
        });
        arguments[*at] = step(&mut read, Intrinsic::SmallInt, vec![number], kinds.int64);
    }
    let Some(condition) = small else { return };
    let mut call = |function: FunctionId, arguments: Vec<Operand>, result: TypeId| {
        vars.push(result);
        let var = Var(vars.len() as u32 - 1);
        let op = Op::Call { function, arguments, location: location.clone() };
        Expr::Let { var, op, body: Box::new(Expr::Value(Operand::Var(var))) }
    };
    let then = behind(read, call(own.machine, arguments, function.result));
    let otherwise = call(own.generic, generic, function.result);
    let whole = Expr::If { condition, then: Box::new(then), otherwise: Box::new(otherwise) };
    function.body = behind(asked, whole);
}

fn behind(steps: Vec<(Var, Op)>, expr: Expr) -> Expr {
    steps.into_iter().rev().fold(expr, |body, (var, op)| Expr::Let { var, op, body: Box::new(body) })
}

/// Calls with constants need not ask.
fn known_calls(expr: &mut Expr, forms: &FxHashMap<FunctionId, Forms>, kinds: Kinds) {
    if let Expr::Let { op: Op::Call { function, arguments, .. }, .. } = expr
        && let Some(own) = forms.get(function)
    {
        let constant = |at: &usize| match arguments[*at] {
            Operand::Const(Const::SmallInt(number)) => Some(number),
            _ => None,
        };
        if let Some(numbers) = own.numbers.iter().map(constant).collect::<Option<Vec<i64>>>() {
            for (at, number) in own.numbers.iter().zip(numbers) {
                arguments[*at] = Operand::Const(Const::Int(number.into(), kinds.int64));
            }
            *function = own.machine;
        }
    }
    exprs_mut(expr).for_each(|child| known_calls(child, forms, kinds));
}

fn machine_form(first: &Function, forms: &FxHashMap<FunctionId, Forms>, own: &Forms, kinds: Kinds) -> Function {
    let mut function = first.clone();
    function.symbol.push_str("$machine");
    let labels = super::inline::labels(&first.body);
    let size = all(&first.body).count();
    let mut rewriter = Rewriter { first, forms, kinds, vars: first.vars.clone(), labels, size };
    let mut known = Known::default();
    for at in &own.numbers {
        let number = rewriter.fresh(kinds.int64);
        known.numbers.insert(first.params[*at].var, Operand::Var(number));
        function.params[*at] = Param { var: number, borrowed: false };
    }
    let body = rewriter.expr(first.body.clone(), &mut known, true);
    function.vars = rewriter.vars;
    function.body = super::dead::expr(body);
    function
}

/// What is known on a path.
#[derive(Clone, Default)]
struct Known {
    /// Variables of type `Int` that are numbers of the machine.
    numbers: FxHashMap<Var, Operand>,
    /// The `Int`s of such variables, where they have been made.
    ints: FxHashMap<Var, Var>,
    /// Variables of type Int64 that are other operands.
    same: FxHashMap<Var, Operand>,
}

struct Rewriter<'a> {
    first: &'a Function,
    forms: &'a FxHashMap<FunctionId, Forms>,
    kinds: Kinds,
    vars: Vec<TypeId>,
    labels: u32,
    size: usize,
}

impl Rewriter<'_> {
    fn fresh(&mut self, ty: TypeId) -> Var {
        self.vars.push(ty);
        Var(self.vars.len() as u32 - 1)
    }

    fn intrinsic(&self, intrinsic: Intrinsic, arguments: Vec<Operand>, result: TypeId) -> Op {
        let location = Location { function: None, ..self.first.location.clone() };
        Op::Intrinsic { intrinsic, arguments, result, location }
    }

    /// The operand as a number of the machine, if it is known to be one.
    fn number(&self, operand: &Operand, known: &Known) -> Option<Operand> {
        match operand {
            Operand::Var(var) => known.numbers.get(var).cloned(),
            Operand::Const(Const::SmallInt(number)) => {
                Some(Operand::Const(Const::Int((*number).into(), self.kinds.int64)))
            }
            // The outermost of the machine's numbers are no small ones.
            Operand::Const(Const::BigInt(digits)) => {
                let number: i64 = digits.parse().ok()?;
                Some(Operand::Const(Const::Int(number.into(), self.kinds.int64)))
            }
            Operand::Const(_) => None,
        }
    }

    fn is_int(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Var(var) => self.vars[var.0 as usize] == self.kinds.int,
            Operand::Const(constant) => matches!(constant, Const::SmallInt(_) | Const::BigInt(_)),
        }
    }

    /// The operand for those who need a value of its own type.
    fn value(&mut self, operand: Operand, known: &mut Known, steps: &mut Vec<(Var, Op)>) -> Operand {
        let Operand::Var(var) = operand else { return operand };
        if let Some(same) = known.same.get(&var) {
            return same.clone();
        }
        let Some(number) = known.numbers.get(&var).cloned() else { return Operand::Var(var) };
        if let Some(int) = known.ints.get(&var) {
            return Operand::Var(*int);
        }
        let int = self.fresh(self.kinds.int);
        steps.push((int, self.intrinsic(Intrinsic::IntConvert, vec![number], self.kinds.int)));
        known.ints.insert(var, int);
        Operand::Var(int)
    }

    fn expr(&mut self, expr: Expr, known: &mut Known, tail: bool) -> Expr {
        let mut steps = Vec::new();
        let done = match expr {
            Expr::Let { var, op, body } => return self.let_(var, op, *body, known, tail),
            Expr::LetExpr { var, value, body } => {
                let value = Box::new(self.expr(*value, &mut known.clone(), false));
                Expr::LetExpr { var, value, body: Box::new(self.expr(*body, known, tail)) }
            }
            mut other => {
                map_own_operands(&mut other, &mut |operand| self.value(operand, known, &mut steps));
                for child in exprs_mut(&mut other) {
                    let whole = std::mem::replace(child, Expr::Value(Operand::Const(Const::Unit)));
                    *child = self.expr(whole, &mut known.clone(), tail);
                }
                other
            }
        };
        behind(steps, done)
    }

    fn let_(&mut self, var: Var, op: Op, body: Expr, known: &mut Known, tail: bool) -> Expr {
        match &op {
            Op::Intrinsic { intrinsic, arguments, result, .. } => {
                let ints = arguments.first().is_some_and(|first| self.is_int(first));
                match (intrinsic, arguments.as_slice()) {
                    (Intrinsic::IntToIndex, [number]) | (Intrinsic::IntConvert, [number])
                        if *result == self.kinds.int64 && self.number(number, known).is_some() =>
                    {
                        let number = self.number(number, known);
                        known.same.extend(number.map(|number| (var, number)));
                        return self.expr(body, known, tail);
                    }
                    (Intrinsic::IntConvert, [number @ Operand::Var(from)])
                        if *result == self.kinds.int && self.vars[from.0 as usize] == self.kinds.int64 =>
                    {
                        let number = known.same.get(from).unwrap_or(number).clone();
                        known.numbers.insert(var, number);
                        return self.expr(body, known, tail);
                    }
                    (_, [_, _]) if (ints && computes(*intrinsic)) || self.divides(*intrinsic, arguments) => {
                        return self.computed(var, op, body, known, tail);
                    }
                    _ => {}
                }
            }
            Op::Call { function, arguments, .. } if self.forms.contains_key(function) => {
                let own = &self.forms[function].numbers;
                let numbers: Option<Vec<Operand>> = own.iter().map(|at| self.number(&arguments[*at], known)).collect();
                if let Some(numbers) = numbers {
                    return self.called(var, op, body, numbers, known, tail);
                }
                let unknown = own.iter().find_map(|at| self.unknown(&arguments[*at], known));
                if let Some(unknown) = unknown
                    && tail
                    && super::is_value_of(&body, var)
                    && self.may_copy(&body)
                {
                    return self.split(unknown, Expr::Let { var, op, body: Box::new(body) }, known, tail);
                }
            }
            _ => {}
        }
        self.plain(var, op, body, known, tail)
    }

    /// An operation as it is, on values of their own types.
    fn plain(&mut self, var: Var, mut op: Op, body: Expr, known: &mut Known, tail: bool) -> Expr {
        let mut steps = Vec::new();
        map_operands(&mut op, &mut |operand| self.value(operand, known, &mut steps));
        let body = Box::new(self.expr(body, known, tail));
        behind(steps, Expr::Let { var, op, body })
    }

    /// Whether it divides an `Int` by a constant above zero: what comes of that is not larger.
    fn divides(&self, intrinsic: Intrinsic, arguments: &[Operand]) -> bool {
        matches!(intrinsic, Intrinsic::Divide | Intrinsic::Modulo)
            && matches!(arguments, [_, Operand::Const(Const::SmallInt(by))] if *by > 0)
    }

    /// A variable of type `Int` of which nothing is known.
    fn unknown(&self, operand: &Operand, known: &Known) -> Option<Var> {
        match operand {
            Operand::Var(var) if self.is_int(operand) && !known.numbers.contains_key(var) => Some(*var),
            _ => None,
        }
    }

    fn may_copy(&self, body: &Expr) -> bool {
        self.size + all(body).count() <= COPIES_MAX
    }

    /// A sum, difference, product, comparison, quotient or rest of two `Int`s.
    fn computed(&mut self, var: Var, op: Op, body: Expr, known: &mut Known, tail: bool) -> Expr {
        let Op::Intrinsic { intrinsic, ref arguments, result, ref location } = op else {
            return self.plain(var, op, body, known, tail);
        };
        let [a, b] = arguments.as_slice() else { return self.plain(var, op, body, known, tail) };
        let (left, right) = match (self.number(a, known), self.number(b, known)) {
            (Some(left), Some(right)) => (left, right),
            (left, right) => {
                let unknown = self.unknown(if left.is_none() { a } else { b }, known);
                let one = left.is_some() || right.is_some();
                return match unknown {
                    Some(unknown)
                        if one && self.may_copy(&body) && (!compares(intrinsic) || mentions(&body, unknown)) =>
                    {
                        self.split(unknown, Expr::Let { var, op, body: Box::new(body) }, known, tail)
                    }
                    _ => self.plain(var, op, body, known, tail),
                };
            }
        };
        let location = location.clone();
        let fits = match intrinsic {
            Intrinsic::Add => Intrinsic::SumFits,
            Intrinsic::Subtract => Intrinsic::DifferenceFits,
            Intrinsic::Multiply => Intrinsic::ProductFits,
            Intrinsic::Divide | Intrinsic::Modulo => {
                let number = self.fresh(self.kinds.int64);
                known.numbers.insert(var, Operand::Var(number));
                let op = Op::Intrinsic { intrinsic, arguments: vec![left, right], result: self.kinds.int64, location };
                return Expr::Let { var: number, op, body: Box::new(self.expr(body, known, tail)) };
            }
            _ => {
                let op = Op::Intrinsic { intrinsic, arguments: vec![left, right], result, location };
                return Expr::Let { var, op, body: Box::new(self.expr(body, known, tail)) };
            }
        };
        if !self.may_copy(&body) {
            return self.plain(var, op, body, known, tail);
        }
        let whole = Expr::Let { var, op, body: Box::new(body.clone()) };
        let otherwise = Box::new(self.generic(&whole, known));
        let truth = self.fresh(self.kinds.truth);
        let number = self.fresh(self.kinds.int64);
        known.numbers.insert(var, Operand::Var(number));
        let rest = Box::new(self.expr(body, known, tail));
        let op = self.intrinsic(Intrinsic::Fitted, vec![Operand::Var(truth)], self.kinds.int64);
        let then = Box::new(Expr::Let { var: number, op, body: rest });
        let op = self.intrinsic(fits, vec![left, right], self.kinds.truth);
        Expr::Let { var: truth, op, body: Box::new(Expr::If { condition: Operand::Var(truth), then, otherwise }) }
    }

    /// An `Int` of which nothing is known: if it is small, its number is known from here on.
    fn split(&mut self, unknown: Var, whole: Expr, known: &mut Known, tail: bool) -> Expr {
        let otherwise = Box::new(self.generic(&whole, known));
        let (truth, number) = (self.fresh(self.kinds.truth), self.fresh(self.kinds.int64));
        known.numbers.insert(unknown, Operand::Var(number));
        known.ints.insert(unknown, unknown);
        let rest = Box::new(self.expr(whole, known, tail));
        let op = self.intrinsic(Intrinsic::SmallInt, vec![Operand::Var(unknown)], self.kinds.int64);
        let then = Box::new(Expr::Let { var: number, op, body: rest });
        let op = self.intrinsic(Intrinsic::IntIsSmall, vec![Operand::Var(unknown)], self.kinds.truth);
        Expr::Let { var: truth, op, body: Box::new(Expr::If { condition: Operand::Var(truth), then, otherwise }) }
    }

    /// A copy of what was to come, with the numbers that it uses as `Int`s.
    fn generic(&mut self, whole: &Expr, known: &Known) -> Expr {
        self.size += all(whole).count();
        let mut own = known.clone();
        let mut steps = Vec::new();
        let mut renamed = FxHashMap::default();
        let mut vars: Vec<Var> = known.numbers.keys().chain(known.same.keys()).copied().collect();
        vars.sort();
        for var in vars {
            if mentions(whole, var) {
                let value = self.value(Operand::Var(var), &mut own, &mut steps);
                renamed.insert(var, value);
            }
        }
        let copy = copied_expr(whole, self.first, renamed, &mut self.vars, &mut self.labels);
        behind(steps, copy)
    }

    /// A call of a function whose numbers are all known.
    fn called(
        &mut self,
        var: Var,
        mut op: Op,
        body: Expr,
        numbers: Vec<Operand>,
        known: &mut Known,
        tail: bool,
    ) -> Expr {
        let mut steps = Vec::new();
        if let Op::Call { function, arguments, .. } = &mut op
            && let Some(forms) = self.forms.get(function)
        {
            for (at, number) in forms.numbers.iter().zip(numbers) {
                arguments[*at] = number;
            }
            for (index, argument) in arguments.iter_mut().enumerate() {
                if !forms.numbers.contains(&index) {
                    *argument = self.value(argument.clone(), known, &mut steps);
                }
            }
            *function = forms.machine;
        }
        let body = Box::new(self.expr(body, known, tail));
        behind(steps, Expr::Let { var, op, body })
    }
}
