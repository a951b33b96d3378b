//! Lists that nobody else has are changed in place without asking each time.
//!
//! `ListSet` asks whether others see the list, and its result is another variable: a loop that sets elements asks in each turn, and
//! LLVM reads the list's object anew. Here a function that sets elements of a list it owns is made twice: `f` asks once and
//! calls `f$alone`, where the list is one that nobody else has, so it stays the same object from the beginning to the end
//! and its elements are put in their places (`ListPut`). What others see is never changed: they would hold a reference, and the
//! question would be answered with no. The question is that of Reinking, Xie, de Moura and Leijen, "Perceus" (PLDI 2021); to
//! ask it once for a whole body is the splitting of Chambers and Ungar, "Customization" (PLDI 1989), and that the list goes
//! through the loop as one object is what "Fully in-place functional programming" (Lorenz, Leijen, Swierstra, ICFP 2023)
//! has its types for.
//!
//! A function that does nothing but change its list and give it back gives back nothing there, and borrows the list: so its
//! callers know that it is the same one, and go on in the same way.
//!
//! Example: `let zero xs i = if i == 9L then xs else zero (setAt xs i 0) (i + 1)` becomes
//! `zero xs i = if sole xs then (zero$alone xs i; xs) else …`, and
//! `zero$alone xs i = if i == 9 then () else (put xs i 0; zero$alone xs (i + 1))`.
//!
//! Runs behind `reuse`, where counts are known: a list that is duplicated anywhere in the body is left alone.

use super::components;
use crate::children::{all, exprs_mut, functions, map_operands, map_own_operands};
use crate::core::{Const, Expr, Function, FunctionId, Label, Location, Op, Operand, Param, Program, Var};
use crate::intrinsics::Intrinsic;
use crate::types::{Type, TypeId};
use rustc_hash::FxHashMap;

/// A body of more nodes is not made twice.
const BODY_MAX: usize = 250;

/// Gives every function that sets elements of its lists its second form.
pub fn run(program: &mut Program) {
    let types = (program.types.find(&Type::Unit), program.types.find(&Type::Bool));
    let (Some(unit), Some(truth)) = types else { return };
    let edges: Vec<Vec<usize>> = program
        .functions
        .iter()
        .map(|it| functions(&it.body).into_iter().map(|FunctionId(id)| id as usize).collect())
        .collect();
    let components = components::of(&edges);
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by_key(|index| components.numbers[*index]);
    let mut changers = FxHashMap::default();
    for group in order.chunk_by(|a, b| components.numbers[*a] == components.numbers[*b]) {
        let seconds = second_forms(program, &mut changers, group, unit);
        for (index, second) in seconds {
            let form = FunctionId(program.functions.len() as u32);
            ask(&mut program.functions[index], &second, (form, unit, truth));
            program.functions.push(second.function);
        }
    }
}

/// A function that changes a list and gives it back.
#[derive(Clone, Copy)]
struct Changer {
    form: FunctionId,
    position: usize,
}

type Changers = FxHashMap<FunctionId, Changer>;

/// A function for lists that nobody else has.
struct Second {
    function: Function,
    /// The positions of these lists.
    lists: Vec<usize>,
    /// It gives back the list, so it need not.
    gives_back: bool,
}

/// The second forms of functions that call each other, as they will stand behind all others. At first each that could give
/// back its list is taken to do so; those that do not are taken out until nothing changes.
fn second_forms(program: &Program, changers: &mut Changers, group: &[usize], unit: TypeId) -> Vec<(usize, Second)> {
    // Numbers that no function has, until it is known which get a second form.
    let form = |place: usize| FunctionId(u32::MAX - place as u32);
    let mut taken = Vec::new();
    for (place, index) in group.iter().enumerate() {
        if let Some(position) = given_back(&program.functions[*index]) {
            let id = FunctionId(*index as u32);
            taken.push(id);
            changers.insert(id, Changer { form: form(place), position });
        }
    }
    let mut seconds = loop {
        let mut seconds = Vec::new();
        for (place, index) in group.iter().enumerate() {
            let id = FunctionId(*index as u32);
            seconds.extend(second_form(program, changers, (id, form(place)), unit).map(|second| (*index, second)));
        }
        let before = taken.len();
        taken.retain(|id| {
            let found = seconds.iter().any(|(index, second)| *index == id.0 as usize && second.gives_back);
            if !found {
                changers.remove(id);
            }
            found
        });
        if taken.len() == before {
            break seconds;
        }
    };
    let next = program.functions.len();
    let changes = |second: &Second| all(&second.function.body).any(|expr| sets(expr, changers, next));
    if !seconds.iter().any(|(_, second)| changes(second)) {
        changers.retain(|id, _| !taken.contains(id));
        return Vec::new();
    }
    let places: Vec<usize> = seconds.iter().map(|(index, _)| *index).collect();
    let real = |id: FunctionId| {
        let place = (u32::MAX - id.0) as usize;
        let at = group.get(place).and_then(|index| places.iter().position(|it| it == index));
        at.map_or(id, |at| FunctionId((next + at) as u32))
    };
    for (_, second) in &mut seconds {
        renumber(&mut second.function.body, &real);
    }
    for id in taken {
        if let Some(changer) = changers.get_mut(&id) {
            changer.form = real(changer.form);
        }
    }
    seconds
}

/// The parameter that a function may give back.
fn given_back(function: &Function) -> Option<usize> {
    let same = |param: &Param| !param.borrowed && function.vars[param.var.0 as usize] == function.result;
    if function.captures.is_some() { None } else { function.params.iter().position(same) }
}

/// Whether the expression changes a list other than by calling a function of the same group, whose form has no number yet.
fn sets(expr: &Expr, changers: &Changers, real: usize) -> bool {
    match expr {
        Expr::Let { op: Op::Intrinsic { intrinsic, .. }, .. } => *intrinsic == Intrinsic::ListPut,
        Expr::Let { op: Op::Call { function, .. }, .. } => {
            (function.0 as usize) < real && changers.values().any(|changer| changer.form == *function)
        }
        _ => false,
    }
}

fn renumber(expr: &mut Expr, real: &impl Fn(FunctionId) -> FunctionId) {
    if let Expr::Let { op: Op::Call { function, .. }, .. } = expr {
        *function = real(*function);
    }
    exprs_mut(expr).for_each(|child| renumber(child, real));
}

fn second_form(program: &Program, changers: &Changers, ids: (FunctionId, FunctionId), unit: TypeId) -> Option<Second> {
    let function = &program.functions[ids.0.0 as usize];
    if function.captures.is_some() || all(&function.body).count() > BODY_MAX {
        return None;
    }
    let is_list = |var: Var| matches!(program.types.get(function.vars[var.0 as usize]), Type::List(_));
    let params = function.params.iter().enumerate();
    let owned =
        params.filter(|(_, param)| !param.borrowed && is_list(param.var) && !is_duplicated(function, param.var));
    let mut lists: Vec<usize> = owned.map(|(index, _)| index).collect();
    loop {
        if lists.is_empty() {
            return None;
        }
        let mut pass = Pass::new(function, changers, ids, &lists, unit);
        let body = pass.expr(function.body.clone(), true);
        let kept: Vec<usize> = lists
            .iter()
            .copied()
            .filter(|at| {
                let var = function.params[*at].var;
                pass.changed.contains(&var) && !pass.shared.contains(&var)
            })
            .collect();
        if kept.len() == lists.len() {
            let second = Function { body, vars: pass.vars, ..function.clone() };
            let gives_back = changers.get(&ids.0).is_some_and(|changer| lists == [changer.position]);
            return Some(finished(second, lists, gives_back, unit));
        }
        lists = kept;
    }
}

fn is_duplicated(function: &Function, list: Var) -> bool {
    all(&function.body).any(|expr| matches!(expr, Expr::Dup { var, .. } if *var == list))
}

fn finished(mut second: Function, lists: Vec<usize>, may_give_back: bool, unit: TypeId) -> Second {
    second.symbol.push_str("$alone");
    let list = second.params[lists[0]].var;
    let gives_back = may_give_back && ends(&second.body).iter().all(|end| **end == Operand::Var(list));
    if gives_back {
        second.result = unit;
        second.params[lists[0]].borrowed = true;
        give_nothing(&mut second.body, list, unit, &second.vars);
    }
    Second { function: second, lists, gives_back }
}

/// What an expression yields, on all its ways.
fn ends(expr: &Expr) -> Vec<&Operand> {
    match expr {
        Expr::Value(value) => vec![value],
        Expr::LetExpr { body, .. } => ends(body),
        _ => crate::children::exprs(expr).flat_map(ends).collect(),
    }
}

/// Ends with the list become ends with nothing; a call in front of such an end is in tail position again.
fn give_nothing(expr: &mut Expr, list: Var, unit: TypeId, vars: &[TypeId]) {
    match expr {
        Expr::Value(value) if *value == Operand::Var(list) => *value = Operand::Const(Const::Unit),
        Expr::Let { var, op: Op::Call { .. }, body }
            if vars[var.0 as usize] == unit && super::is_value_of(&*body, list) =>
        {
            **body = Expr::Value(Operand::Var(*var));
        }
        Expr::LetExpr { body, .. } => give_nothing(body, list, unit, vars),
        _ => exprs_mut(expr).for_each(|child| give_nothing(child, list, unit, vars)),
    }
}

/// The function asks, and calls its second form if nobody else has the lists.
fn ask(function: &mut Function, second: &Second, (form, unit, truth): (FunctionId, TypeId, TypeId)) {
    let mut fresh = |ty| {
        function.vars.push(ty);
        Var(function.vars.len() as u32 - 1)
    };
    let mut steps = Vec::new();
    let mut sole: Option<Var> = None;
    for at in &second.lists {
        let list = Operand::Var(function.params[*at].var);
        let answer = fresh(truth);
        steps.push((answer, intrinsic(&function.location, Intrinsic::ListIsSole, vec![list], truth)));
        sole = Some(match sole {
            None => answer,
            Some(before) => {
                let both = fresh(truth);
                let arguments = vec![Operand::Var(before), Operand::Var(answer)];
                steps.push((both, intrinsic(&function.location, Intrinsic::BoolAnd, arguments, truth)));
                both
            }
        });
    }
    let Some(sole) = sole else { return };
    let result = fresh(if second.gives_back { unit } else { function.result });
    let value = if second.gives_back { function.params[second.lists[0]].var } else { result };
    let arguments = function.params.iter().map(|param| Operand::Var(param.var)).collect();
    let location = Location { function: None, ..function.location.clone() };
    let op = Op::Call { function: form, arguments, location };
    let then = Expr::Let { var: result, op, body: Box::new(Expr::Value(Operand::Var(value))) };
    let otherwise = std::mem::replace(&mut function.body, Expr::Value(Operand::Const(Const::Unit)));
    let whole = Expr::If { condition: Operand::Var(sole), then: Box::new(then), otherwise: Box::new(otherwise) };
    let steps = steps.into_iter().rev();
    function.body = steps.fold(whole, |body, (var, op)| Expr::Let { var, op, body: Box::new(body) });
}

fn intrinsic(location: &Location, intrinsic: Intrinsic, arguments: Vec<Operand>, result: TypeId) -> Op {
    Op::Intrinsic { intrinsic, arguments, result, location: Location { function: None, ..location.clone() } }
}

struct Pass<'a> {
    changers: &'a Changers,
    /// The function, and its second form.
    ids: (FunctionId, FunctionId),
    params: Vec<Var>,
    lists: &'a [usize],
    unit: TypeId,
    vars: Vec<TypeId>,
    /// The list that a variable is.
    home: FxHashMap<Var, Var>,
    changed: Vec<Var>,
    /// Lists that get another reference somewhere.
    shared: Vec<Var>,
    /// What jumps hand to their joins.
    jumps: FxHashMap<Label, Vec<Vec<Operand>>>,
}

impl<'a> Pass<'a> {
    fn new(
        function: &Function,
        changers: &'a Changers,
        ids: (FunctionId, FunctionId),
        lists: &'a [usize],
        unit: TypeId,
    ) -> Pass<'a> {
        let params: Vec<Var> = function.params.iter().map(|param| param.var).collect();
        let home = lists.iter().map(|at| (params[*at], params[*at])).collect();
        Pass {
            changers,
            ids,
            params,
            lists,
            unit,
            vars: function.vars.clone(),
            home,
            changed: Vec::new(),
            shared: Vec::new(),
            jumps: FxHashMap::default(),
        }
    }

    fn list(&self, operand: Option<&Operand>) -> Option<Var> {
        match operand {
            Some(Operand::Var(var)) => self.home.get(var).copied(),
            _ => None,
        }
    }

    fn at_home(&self, operand: Operand) -> Operand {
        self.list(Some(&operand)).map_or(operand, Operand::Var)
    }

    /// A variable for what is nothing.
    fn nothing(&mut self) -> Var {
        self.vars.push(self.unit);
        Var(self.vars.len() as u32 - 1)
    }

    fn expr(&mut self, mut expr: Expr, tail: bool) -> Expr {
        map_own_operands(&mut expr, &mut |operand| self.at_home(operand));
        match expr {
            Expr::Let { var, op, body } => self.let_(var, op, *body, tail),
            Expr::LetExpr { var, value, body } => {
                let mut value = self.expr(*value, false);
                let list = self.all_are(&ends(&value));
                let var = match list {
                    Some(list) => {
                        self.home.insert(var, list);
                        give_nothing(&mut value, list, self.unit, &self.vars);
                        self.nothing()
                    }
                    None => var,
                };
                Expr::LetExpr { var, value: Box::new(value), body: Box::new(self.expr(*body, tail)) }
            }
            Expr::Join { label, params, body, rest } => {
                let rest = self.expr(*rest, tail);
                self.join(label, params, *body, rest, tail)
            }
            Expr::Jump { label, arguments } => {
                self.jumps.entry(label).or_default().push(arguments.clone());
                Expr::Jump { label, arguments }
            }
            Expr::Dup { var, body } => {
                let var = match self.home.get(&var).copied() {
                    Some(list) => {
                        self.shared.push(list);
                        list
                    }
                    None => var,
                };
                Expr::Dup { var, body: Box::new(self.expr(*body, tail)) }
            }
            Expr::Drop { var, body } => {
                let var = self.home.get(&var).copied().unwrap_or(var);
                Expr::Drop { var, body: Box::new(self.expr(*body, tail)) }
            }
            mut other => {
                for child in exprs_mut(&mut other) {
                    let whole = std::mem::replace(child, Expr::Value(Operand::Const(Const::Unit)));
                    *child = self.expr(whole, tail);
                }
                other
            }
        }
    }

    /// The one list that all these ends are.
    fn all_are(&self, ends: &[&Operand]) -> Option<Var> {
        let mut lists = ends.iter().map(|end| self.list(Some(end)));
        let first = lists.next().flatten()?;
        lists.all(|list| list == Some(first)).then_some(first)
    }

    /// A join whose jumps all hand on the same list needs it no more.
    fn join(&mut self, label: Label, mut params: Vec<Var>, body: Expr, mut rest: Expr, tail: bool) -> Expr {
        let jumps = self.jumps.remove(&label).unwrap_or_default();
        for (index, param) in params.iter_mut().enumerate() {
            let mut lists = jumps.iter().map(|arguments| self.list(arguments.get(index)));
            let Some(Some(first)) = lists.next() else { continue };
            if lists.all(|list| list == Some(first)) {
                self.home.insert(*param, first);
                hand_nothing(&mut rest, label, index);
                *param = self.nothing();
            }
        }
        Expr::Join { label, params, body: Box::new(self.expr(body, tail)), rest: Box::new(rest) }
    }

    fn let_(&mut self, var: Var, mut op: Op, body: Expr, tail: bool) -> Expr {
        map_operands(&mut op, &mut |operand| self.at_home(operand));
        let last = tail && super::is_value_of(&body, var);
        match &mut op {
            Op::Intrinsic { intrinsic, arguments, result, .. } if *intrinsic == Intrinsic::ListSet => {
                if let Some(list) = self.list(arguments.first()) {
                    *intrinsic = Intrinsic::ListPut;
                    *result = self.unit;
                    return self.changed_by(op, var, list, body, tail);
                }
            }
            Op::Call { function, arguments, .. } => {
                if let Some(changer) = self.changers.get(function)
                    && let Some(list) = self.list(arguments.get(changer.position))
                {
                    *function = changer.form;
                    return self.changed_by(op, var, list, body, tail);
                }
                let same = |at: &usize| arguments.get(*at) == Some(&Operand::Var(self.params[*at]));
                if *function == self.ids.0 && last && self.lists.iter().all(same) {
                    *function = self.ids.1;
                }
            }
            _ => {}
        }
        Expr::Let { var, op, body: Box::new(self.expr(body, tail)) }
    }

    /// The operation has changed the list, which `var` is from here on.
    fn changed_by(&mut self, op: Op, var: Var, list: Var, body: Expr, tail: bool) -> Expr {
        self.changed.push(list);
        self.home.insert(var, list);
        let var = self.nothing();
        Expr::Let { var, op, body: Box::new(self.expr(body, tail)) }
    }
}

/// Jumps to the label hand nothing to that parameter.
fn hand_nothing(expr: &mut Expr, label: Label, index: usize) {
    if let Expr::Jump { label: to, arguments } = expr
        && *to == label
    {
        arguments[index] = Operand::Const(Const::Unit);
    }
    exprs_mut(expr).for_each(|child| hand_nothing(child, label, index));
}
