//! What can happen anywhere in a computation, as nobody sees when: it has no effect, ends, and never fails. That the
//! invocation may be out of memory or stack does not count.

use crate::core::{Const, Expr, FunctionId, Op, Operand, Program, Var};
use crate::intrinsics::Intrinsic;
use crate::types::Type;
use rustc_hash::FxHashMap;

/// Calls are followed to this depth.
const DEPTH_MAX: usize = 12;

/// The code of the closures that are known in a function.
pub(super) type Codes = FxHashMap<Var, FunctionId>;

/// Answers, remembered: functions with what is known of the closures they are handed.
pub(super) struct Effects<'a> {
    program: &'a Program,
    known: FxHashMap<(FunctionId, Vec<Option<FunctionId>>), bool>,
    depth: usize,
}

/// The closures that an expression makes.
pub(super) fn codes(expr: &Expr) -> Codes {
    let made = |expr: &Expr| match expr {
        Expr::Let { var, op: Op::MakeClosure { function, .. }, .. } => Some((*var, *function)),
        _ => None,
    };
    crate::children::all(expr).filter_map(made).collect()
}

fn code(operand: &Operand, codes: &Codes) -> Option<FunctionId> {
    match operand {
        Operand::Var(var) => codes.get(var).copied(),
        Operand::Const(Const::Closure(function, _)) => Some(*function),
        Operand::Const(_) => None,
    }
}

impl<'a> Effects<'a> {
    pub fn new(program: &'a Program) -> Effects<'a> {
        Effects { program, known: FxHashMap::default(), depth: 0 }
    }

    /// Whether an operation is nothing but its value.
    pub fn is_quiet(&mut self, op: &Op, codes: &Codes) -> bool {
        match op {
            Op::Call { function, arguments, .. } => self.is_quiet_call(*function, arguments, codes),
            Op::CallClosure { closure, arguments, .. } => self.is_quiet_closure(closure, arguments.len(), codes),
            Op::CallExtern { function, .. } => {
                self.program.externs.get(function.0 as usize).is_some_and(|it| it.pure_ && !it.fails)
            }
            Op::Intrinsic { intrinsic, arguments, result, .. } => {
                let float = *self.program.types.get(*result) == Type::Float;
                never_fails(*intrinsic, arguments, float)
            }
            // A repeated key fails.
            Op::MakeDict { .. } | Op::Rebuild { .. } => false,
            Op::ClosureArity(_)
            | Op::Construct { .. }
            | Op::Field { .. }
            | Op::CaseField { .. }
            | Op::MakeList { .. }
            | Op::MakeClosure { .. }
            | Op::Capture { .. }
            | Op::Global(_) => true,
        }
    }

    fn is_quiet_closure(&mut self, closure: &Operand, count: usize, codes: &Codes) -> bool {
        let Some(function) = code(closure, codes) else { return false };
        // With fewer or more arguments another function is made, or called behind it.
        self.program.functions[function.0 as usize].params.len() == count + 1 && self.function(function, Vec::new())
    }

    fn is_quiet_call(&mut self, function: FunctionId, arguments: &[Operand], codes: &Codes) -> bool {
        let callee = &self.program.functions[function.0 as usize];
        if let Some(stage) = callee.stage {
            // The stage itself ends, as lists do.
            return match (stage.function_arity(), arguments.last()) {
                (Some(arity), Some(closure)) => self.is_quiet_closure(closure, arity, codes),
                _ => true,
            };
        }
        if let (true, Some((closure, rest))) = (is_apply(&callee.symbol), arguments.split_first()) {
            return self.is_quiet_closure(closure, rest.len(), codes);
        }
        self.function(function, arguments.iter().map(|argument| code(argument, codes)).collect())
    }

    /// Of a function, with the code of closures among its arguments.
    fn function(&mut self, function: FunctionId, closures: Vec<Option<FunctionId>>) -> bool {
        let key = (function, closures);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.depth == DEPTH_MAX {
            return false;
        }
        // Who comes back to itself may not end.
        self.known.insert(key.clone(), false);
        let callee = &self.program.functions[function.0 as usize];
        let mut codes = codes(&callee.body);
        codes.extend(callee.params.iter().zip(&key.1).filter_map(|(param, code)| Some((param.var, (*code)?))));
        self.depth += 1;
        let quiet = crate::children::all(&callee.body).all(|expr| match expr {
            Expr::Let { op, .. } => self.is_quiet(op, &codes),
            Expr::Fail { .. } => false,
            _ => true,
        });
        self.depth -= 1;
        self.known.insert(key, quiet);
        quiet
    }
}

/// Whether a function calls its first argument with the others, however many it takes (`lower::apply`).
pub(super) fn is_apply(symbol: &str) -> bool {
    symbol.starts_with("apply$")
}

/// `float`: its result is a Float.
fn never_fails(intrinsic: Intrinsic, arguments: &[Operand], float: bool) -> bool {
    use Intrinsic::*;
    match intrinsic {
        Divide if float => true,
        Divide | Modulo => match arguments.get(1) {
            Some(Operand::Const(Const::Int(divisor, _))) => *divisor > 0,
            Some(Operand::Const(Const::SmallInt(divisor))) => *divisor > 0,
            _ => false,
        },
        Power | Unwrap | ListPut | Emit | Waiting | QueryExpression | TestCompare | FunctionEntry => false,
        Add | Subtract | Multiply | Negate | BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight | Less | LessEqual
        | Greater | GreaterEqual | Equal | NotEqual | Compare | Repr | BoolNot | BoolAnd | BoolOr | StringConcat
        | ListCons | ListPush | ListTail | ListAppend | ListLength | ListGet | ListSet | ListIsSole | ListSlice
        | DictLength | DictContains | DictGet | DictSet | DictRemove | DictKeyAt | DictValueAt | IntConvert
        | IntToIndex | IntIsSmall | SmallInt | SumFits | DifferenceFits | ProductFits | Fitted | FloatOfInt64
        | FloatToInt64 | FloatSqrt | FloatFloor | FloatCeiling | FloatRound | FloatTruncate | FloatAbsolute => true,
    }
}
