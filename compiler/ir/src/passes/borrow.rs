//! Which parameters are only looked at: their callers keep them, and no count changes.
//!
//! After Ullrich and de Moura, "Counting Immutable Beans: Reference Counting Optimized for Purely Functional Programming"
//! (IFL 2019): at first every parameter is borrowed; one that is stored, returned, handed on where ownership is needed, or
//! taken apart to be built anew (`reuse`) becomes owned, until nothing changes. A call in tail position may leave nothing
//! to drop behind it, so what it hands over and owns itself makes the callee's parameter owned: tail calls stay tail calls.
//!
//! What a projection yields of a borrowed value is borrowed itself. Closure code and what the runtime calls own their
//! parameters. Runs before counts are inserted.

use crate::core::{Expr, Extern, Function, FunctionId, Op, Operand, Program, Var};
use crate::intrinsics::Passing;
use crate::types::Types;
use rustc_hash::FxHashSet;

/// Marks the borrowed parameters of every function.
pub fn run(program: &mut Program) {
    let roots: FxHashSet<FunctionId> = super::reachable::roots(program).into_iter().collect();
    for (index, function) in program.functions.iter_mut().enumerate() {
        let fixed = function.captures.is_some() || roots.contains(&FunctionId(index as u32));
        for param in &mut function.params {
            let ty = function.vars[param.var.0 as usize];
            param.borrowed = !fixed && program.types.layout(ty).counted;
        }
    }
    for id in code_of_closures(program) {
        program.functions[id.0 as usize].params.iter_mut().for_each(|param| param.borrowed = false);
    }
    loop {
        let mut owned = Vec::new();
        for (index, function) in program.functions.iter().enumerate() {
            let id = FunctionId(index as u32);
            let mut search = Search { id, functions: &program.functions, externs: &program.externs, owned: &mut owned };
            let mut borrowed = borrowed_params(function);
            search.expr(&function.body, &mut borrowed, true);
            if rebuilds(function, &program.types) {
                taken_apart(function, &program.types).into_iter().for_each(|index| owned.push((id, index)));
            }
        }
        let mut changed = false;
        for (id, index) in owned {
            if let Some(param) = program.functions[id.0 as usize].params.get_mut(index) {
                changed |= std::mem::replace(&mut param.borrowed, false);
            }
        }
        if !changed {
            return;
        }
    }
}

/// The functions whose address some closure has.
pub(super) fn code_of_closures(program: &Program) -> FxHashSet<FunctionId> {
    let mut closures = FxHashSet::default();
    program.functions.iter().for_each(|it| closure_code(&it.body, &mut closures));
    closures
}

fn borrowed_params(function: &Function) -> FxHashSet<Var> {
    function.params.iter().filter(|param| param.borrowed).map(|param| param.var).collect()
}

fn closure_code(expr: &Expr, out: &mut FxHashSet<FunctionId>) {
    let mut note = |operand: &Operand| {
        if let Operand::Const(crate::core::Const::Closure(function, _)) = operand {
            out.insert(*function);
        }
    };
    crate::children::own_operands(expr).for_each(&mut note);
    if let Expr::Let { op, .. } = expr {
        crate::children::operands(op).for_each(&mut note);
        if let Op::MakeClosure { function, .. } = op {
            out.insert(*function);
        }
    }
    crate::children::exprs(expr).for_each(|child| closure_code(child, out));
}

/// How the operands of an operation are passed, given what each function borrows.
pub fn passing(op: &Op, functions: &[Function], externs: &[Extern]) -> Vec<(Operand, Passing)> {
    let operands = crate::children::operands(op).cloned().enumerate().collect::<Vec<_>>().into_iter();
    let with = |how: &dyn Fn(usize) -> Passing| operands.clone().map(|(index, it)| (it, how(index))).collect();
    match op {
        Op::Call { function, .. } => with(&|index| {
            let param = functions.get(function.0 as usize).and_then(|it| it.params.get(index));
            if param.is_some_and(|param| param.borrowed) { Passing::Borrow } else { Passing::Own }
        }),
        Op::CallClosure { .. }
        | Op::Construct { .. }
        | Op::Rebuild { .. }
        | Op::MakeList { .. }
        | Op::MakeDict { .. }
        | Op::MakeClosure { .. } => with(&|_| Passing::Own),
        Op::ClosureArity(_) | Op::Field { .. } | Op::CaseField { .. } | Op::Capture { .. } | Op::Global(_) => {
            with(&|_| Passing::Borrow)
        }
        Op::Intrinsic { intrinsic, .. } => with(&|index| intrinsic.passing(index)),
        Op::CallExtern { function, .. } => {
            let consumes = externs.get(function.0 as usize).map(|it| it.consumes.as_slice()).unwrap_or_default();
            with(&|index| if consumes.get(index) == Some(&true) { Passing::Own } else { Passing::Borrow })
        }
    }
}

struct Search<'a> {
    id: FunctionId,
    functions: &'a [Function],
    externs: &'a [Extern],
    /// Found: this parameter must be owned.
    owned: &'a mut Vec<(FunctionId, usize)>,
}

impl Search<'_> {
    fn is_param(&self, operand: &Operand) -> bool {
        let params = &self.functions[self.id.0 as usize].params;
        matches!(operand, Operand::Var(var) if params.iter().any(|param| param.var == *var))
    }

    fn consume(&mut self, operand: &Operand) {
        if let Operand::Var(var) = operand {
            let params = &self.functions[self.id.0 as usize].params;
            if let Some(index) = params.iter().position(|param| param.var == *var) {
                self.owned.push((self.id, index));
            }
        }
    }

    fn expr(&mut self, expr: &Expr, borrowed: &mut FxHashSet<Var>, tail: bool) {
        match expr {
            Expr::Value(_) | Expr::Jump { .. } => {
                crate::children::own_operands(expr).for_each(|operand| self.consume(operand));
            }
            Expr::Let { var, op, body } => {
                for (operand, passing) in passing(op, self.functions, self.externs) {
                    if passing == Passing::Own && self.is_param(&operand) && !fails(body) {
                        self.consume(&operand);
                    }
                }
                if let Op::Call { function, arguments, .. } = op
                    && tail
                    && super::is_value_of(body, *var)
                {
                    for (index, argument) in arguments.iter().enumerate() {
                        if matches!(argument, Operand::Var(var) if !borrowed.contains(var)) {
                            self.owned.push((*function, index));
                        }
                    }
                }
                if let Some(Operand::Var(base)) = op.base()
                    && borrowed.contains(base)
                {
                    borrowed.insert(*var);
                }
                self.expr(body, borrowed, tail);
            }
            Expr::LetExpr { value, body, .. } => {
                self.expr(value, borrowed, false);
                self.expr(body, borrowed, tail);
            }
            Expr::Join { body, rest, .. } => {
                self.expr(body, borrowed, tail);
                self.expr(rest, borrowed, tail);
            }
            Expr::If { .. }
            | Expr::Switch { .. }
            | Expr::Dup { .. }
            | Expr::Drop { .. }
            | Expr::Take { .. }
            | Expr::Release { .. }
            | Expr::Fail { .. } => {
                for child in crate::children::exprs(expr) {
                    self.expr(child, borrowed, tail);
                }
            }
        }
    }
}

/// Whether the invocation ends here, whatever is counted.
fn fails(mut expr: &Expr) -> bool {
    while let Expr::Let { body, .. } = expr {
        expr = body;
    }
    matches!(expr, Expr::Fail { .. })
}

/// Whether a function builds boxed objects and takes some of its parameters apart.
pub(super) fn rebuilds_parameters(function: &Function, types: &Types) -> bool {
    rebuilds(function, types) && !taken_apart(function, types).is_empty()
}

/// Whether a function builds boxed objects, for which it could use those it takes apart.
fn rebuilds(function: &Function, types: &Types) -> bool {
    fn any(expr: &Expr, types: &Types) -> bool {
        if let Expr::Let { op: Op::Construct { ty, arguments, .. }, .. } = expr
            && types.layout(*ty).boxed
            && !arguments.is_empty()
        {
            return true;
        }
        crate::children::exprs(expr).any(|child| any(child, types))
    }
    any(&function.body, types)
}

/// The boxed parameters whose fields are read.
fn taken_apart(function: &Function, types: &Types) -> Vec<usize> {
    fn collect(expr: &Expr, out: &mut FxHashSet<Var>) {
        if let Expr::Let { op, .. } = expr
            && let Op::Field { value: Operand::Var(base), .. } | Op::CaseField { value: Operand::Var(base), .. } = op
        {
            out.insert(*base);
        }
        crate::children::exprs(expr).for_each(|child| collect(child, out));
    }
    let mut read = FxHashSet::default();
    collect(&function.body, &mut read);
    let boxed = |var: Var| types.layout(function.vars[var.0 as usize]).boxed;
    let params = function.params.iter().enumerate();
    params.filter(|(_, param)| read.contains(&param.var) && boxed(param.var)).map(|(index, _)| index).collect()
}
