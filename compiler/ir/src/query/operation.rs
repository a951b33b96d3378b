//! Operations on values that may depend on the row.

use super::plan::{Frame, Made, Planner, Stop, Sym};
use super::problem::Reason;
use super::sql::Sql;
use super::types::{self, Form, Step, form};
use crate::children::{map_operands, operands};
use crate::core::{Const, ExternId, FunctionId, Op, Operand};
use crate::intrinsics::Intrinsic;
use crate::types::{Type, TypeId};

impl<'p> Planner<'_, 'p> {
    pub fn operation(&mut self, frame: &Frame<'p>, op: &'p Op, ty: TypeId) -> Made<Sym> {
        let mut values = Vec::new();
        for operand in operands(op) {
            values.push(self.value(frame, operand)?);
        }
        match op {
            // What a known closure is can be told, also where the closure itself is known before the query.
            Op::ClosureArity(_) => return self.arity(&values[0], op, ty),
            Op::Capture { index, .. } => return self.capture(&values[0], *index),
            Op::MakeClosure { function, .. } => {
                let all: Option<Vec<Operand>> = values.iter().map(Sym::operand).collect();
                let operand = all.map(|all| self.emit(op, all, ty));
                return Ok(Sym::Closure { function: *function, captures: values, operand, ty });
            }
            Op::Global(global) => {
                let init = self.functions.globals[global.0 as usize].init;
                let operand = self.emit(op, Vec::new(), ty);
                // A function under a name is as good as the function.
                if let crate::core::Expr::Value(Operand::Const(Const::Closure(function, ty))) = self.function(init).body
                {
                    return Ok(Sym::Closure { function, captures: Vec::new(), operand: Some(operand), ty });
                }
                return Ok(Sym::Const { operand, ty, from: None });
            }
            _ => {}
        }
        if let Some(failed) = values.iter().find(|value| matches!(value, Sym::Fail { .. })) {
            return Ok(failed.clone());
        }
        if let Some(all) = values.iter().map(Sym::operand).collect::<Option<Vec<_>>>() {
            // How many parameters a known closure takes.
            if let (
                Op::Intrinsic { intrinsic: Intrinsic::Equal, .. },
                [Operand::Const(Const::Int(a, _)), Operand::Const(Const::Int(b, _))],
            ) = (op, all.as_slice())
            {
                return Ok(Sym::Const { operand: Operand::Const(Const::Bool(a == b)), ty, from: None });
            }
            let operand = self.emit(op, all, ty);
            return Ok(Sym::Const { operand, ty, from: None });
        }
        match op {
            Op::Call { function, .. } => self.call(*function, values, ty),
            Op::CallClosure { .. } => self.call_closure(values),
            Op::CallExtern { function, .. } => self.call_extern(*function, &values, ty),
            Op::Intrinsic { intrinsic, .. } => self.intrinsic(*intrinsic, &values, ty),
            Op::Construct { ty, case, .. } => Ok(Sym::Parts { ty: *ty, case: *case, parts: values }),
            Op::Field { index, .. } => self.field(&values[0], *index, ty),
            Op::CaseField { case, index, .. } => self.case_field(&values[0], *case, *index, ty),
            Op::MakeList { ty, .. } => Ok(Sym::List { ty: *ty, items: values }),
            Op::MakeDict { .. } => Err(self.stop(Reason::Dict)),
            // Seen above; memory is reused only behind this pass.
            Op::ClosureArity(_) | Op::Capture { .. } | Op::MakeClosure { .. } | Op::Global(_) | Op::Rebuild { .. } => {
                Err(self.stop(Reason::NestedLambda))
            }
        }
    }

    /// Computes it before the query.
    fn emit(&mut self, op: &Op, arguments: Vec<Operand>, ty: TypeId) -> Operand {
        let (mut op, mut arguments) = (op.clone(), arguments.into_iter());
        map_operands(&mut op, &mut |operand| arguments.next().unwrap_or(operand));
        self.binder.emit(ty, op)
    }

    fn sql(&self, sql: Sql, ty: TypeId) -> Made<Sym> {
        Ok(Sym::Sql { sql, ty })
    }

    // Functions.

    fn arity(&mut self, closure: &Sym, op: &Op, ty: TypeId) -> Made<Sym> {
        let operand = match closure {
            Sym::Closure { function, .. } => {
                let count = self.function(*function).params.len() as i128 - 1;
                Operand::Const(Const::Int(count, ty))
            }
            other => match other.operand() {
                Some(operand) => self.emit(op, vec![operand], ty),
                None => return Err(self.stop(Reason::UnknownCall)),
            },
        };
        Ok(Sym::Const { operand, ty, from: None })
    }

    fn capture(&mut self, closure: &Sym, index: u32) -> Made<Sym> {
        match closure {
            Sym::Closure { captures, .. } if (index as usize) < captures.len() => Ok(captures[index as usize].clone()),
            _ => Err(self.stop(Reason::UnknownCall)),
        }
    }

    fn call(&mut self, id: FunctionId, arguments: Vec<Sym>, ty: TypeId) -> Made<Sym> {
        let function = self.function(id);
        if let Some(name) = &function.sql {
            return self.described(name, &arguments, ty);
        }
        let from_outside = function.places.is_empty();
        let takes_function = arguments.iter().any(Sym::is_closure);
        let answer = self.run(id, arguments);
        match answer {
            // The library's insides are nobody's concern: the function that was called cannot be taken apart.
            Err(Stop::Problem(mut problem)) if from_outside => {
                problem.reason = match problem.reason {
                    Reason::Recursive(_) | Reason::Operation(_) if takes_function => Reason::NestedLambda,
                    Reason::Recursive(_) => Reason::Recursive(function.name.clone()),
                    other => other,
                };
                Err(Stop::Problem(problem))
            }
            answer => answer,
        }
    }

    fn call_closure(&mut self, mut values: Vec<Sym>) -> Made<Sym> {
        match values[0].clone() {
            Sym::Closure { function, .. } => self.run(function, values),
            Sym::Either { condition, then, otherwise } => {
                values[0] = *then;
                let taken = self.call_closure(values.clone())?;
                values[0] = *otherwise;
                let other = self.call_closure(values)?;
                Ok(self.either(condition, taken, other))
            }
            Sym::Const { from: Some(path), .. } => Err(Stop::Unknown(path, self.problem(Reason::UnknownCall))),
            _ => Err(self.stop(Reason::UnknownCall)),
        }
    }

    fn call_extern(&mut self, id: ExternId, arguments: &[Sym], ty: TypeId) -> Made<Sym> {
        let declared = &self.binder.externs[id.0 as usize];
        match declared.sql.clone() {
            Some(name) => {
                let fails = declared.fails;
                self.named(&name, arguments, fails, ty)
            }
            None => {
                let name = declared.name.clone();
                Err(self.stop(Reason::Builtin(name)))
            }
        }
    }

    /// A function that the database has.
    fn named(&mut self, name: &str, arguments: &[Sym], fallible: bool, ty: TypeId) -> Made<Sym> {
        let mut list = Vec::new();
        for argument in arguments {
            list.push(self.scalar(argument)?);
        }
        self.sql(Sql::Call { name: name.into(), arguments: list, fallible }, ty)
    }

    /// A function of any type that the database has: it gets JSON and the descriptor of the last argument's type.
    fn described(&mut self, name: &str, arguments: &[Sym], ty: TypeId) -> Made<Sym> {
        let mut list = Vec::new();
        for argument in arguments {
            list.push(self.json(argument)?);
        }
        if let Some(last) = arguments.last() {
            list.push(Sql::Param(self.binder.descriptor(last.ty())));
        }
        self.sql(Sql::call(name, list), ty)
    }

    // Parts.

    pub fn field(&mut self, value: &Sym, index: u32, ty: TypeId) -> Made<Sym> {
        match value {
            Sym::Const { operand, .. } => {
                let op = Op::Field { value: operand.clone(), index };
                Ok(Sym::Const { operand: self.binder.emit(ty, op), ty, from: None })
            }
            Sym::Path { base, steps, ty: of } => {
                let Some((step, _)) = types::fields(self.binder.types, *of).into_iter().nth(index as usize) else {
                    return Err(self.stop(Reason::Operation("a field that is not there")));
                };
                Ok(Sym::Path { base: base.clone(), steps: with(steps, [step]), ty })
            }
            Sym::Sql { sql, ty: of } => {
                self.field(&Sym::Path { base: sql.clone(), steps: Vec::new(), ty: *of }, index, ty)
            }
            Sym::Parts { parts, .. } if (index as usize) < parts.len() => Ok(parts[index as usize].clone()),
            Sym::Either { condition, then, otherwise } => {
                let (then, otherwise) = (self.field(then, index, ty)?, self.field(otherwise, index, ty)?);
                Ok(self.either(condition.clone(), then, otherwise))
            }
            Sym::Fail { .. } => Ok(value.clone()),
            _ => Err(self.stop(Reason::Operation("a field of this value"))),
        }
    }

    /// A field of an enum that is in that case.
    pub fn case_field(&mut self, value: &Sym, case: u32, index: u32, ty: TypeId) -> Made<Sym> {
        match value {
            Sym::Const { operand, .. } => {
                let op = Op::CaseField { value: operand.clone(), case, index };
                Ok(Sym::Const { operand: self.binder.emit(ty, op), ty, from: None })
            }
            Sym::Path { base, steps, ty: of } => {
                let held_bare = types::is_option(self.binder.types, *of) && !types::may_be_null(self.binder.types, ty);
                let steps = match held_bare {
                    true => steps.clone(),
                    false => {
                        let Some((name, _)) = types::case(self.binder.types, *of, case) else {
                            return Err(self.stop(Reason::Operation("a case that is not there")));
                        };
                        with(steps, [Step::Member(name), Step::Index(index as usize)])
                    }
                };
                Ok(Sym::Path { base: base.clone(), steps, ty })
            }
            Sym::Sql { sql, ty: of } => {
                self.case_field(&Sym::Path { base: sql.clone(), steps: Vec::new(), ty: *of }, case, index, ty)
            }
            Sym::Parts { case: own, parts, .. } if *own == case && (index as usize) < parts.len() => {
                Ok(parts[index as usize].clone())
            }
            // Behind a test that is never true.
            Sym::Parts { .. } => Ok(Sym::Sql { sql: Sql::Literal("NULL".into()), ty }),
            Sym::Either { condition, then, otherwise } => {
                let then = self.case_field(then, case, index, ty)?;
                let otherwise = self.case_field(otherwise, case, index, ty)?;
                Ok(self.either(condition.clone(), then, otherwise))
            }
            Sym::Fail { .. } => Ok(value.clone()),
            _ => Err(self.stop(Reason::Operation("a field of this value"))),
        }
    }

    // Built-in operations.

    fn intrinsic(&mut self, intrinsic: Intrinsic, values: &[Sym], ty: TypeId) -> Made<Sym> {
        use Intrinsic::*;
        let unsupported = |what| Err(Reason::Operation(what));
        let sql = match intrinsic {
            Equal => return self.equal_sym(&values[0], &values[1], ty),
            NotEqual => {
                let equal = self.equal(&values[0], &values[1])?;
                Ok(equal.negated())
            }
            Add | Subtract | Multiply | Divide | Modulo | Power | Negate => Ok(self.arithmetic(intrinsic, values)?),
            Less => Ok(self.less(&values[0], &values[1], false)?),
            LessEqual => Ok(self.less(&values[0], &values[1], true)?),
            Greater => Ok(self.less(&values[1], &values[0], false)?),
            GreaterEqual => Ok(self.less(&values[1], &values[0], true)?),
            BoolNot => Ok(self.scalar(&values[0])?.negated()),
            // Both sides are computed.
            BoolAnd | BoolOr => {
                let (left, right) = (self.scalar(&values[0])?, self.scalar(&values[1])?);
                let total = !left.fallible() && !right.fallible();
                Ok(match (intrinsic, total) {
                    (BoolAnd, true) => Sql::infix("AND", left, right),
                    (_, true) => Sql::infix("OR", left, right),
                    (BoolAnd, false) => Sql::infix("=", Sql::infix("+", left, right), Sql::Literal("2".into())),
                    (_, false) => Sql::infix(">", Sql::infix("+", left, right), Sql::Literal("0".into())),
                })
            }
            StringConcat => {
                let mut whole = self.scalar(&values[0])?;
                for part in &values[1..] {
                    whole = Sql::failing("dark_concat", vec![whole, self.scalar(part)?]);
                }
                Ok(whole)
            }
            ListLength => Ok(self.list_length(&values[0])?),
            ListGet => return self.list_get(&values[0], &values[1], ty),
            IntConvert | IntToIndex => {
                let value = self.scalar(&values[0])?;
                Ok(Sql::failing("dark_convert", vec![value, self.kind(ty)]))
            }
            FloatOfInt64 => Ok(Sql::call("dark_float_of_int64", vec![self.scalar(&values[0])?])),
            FloatToInt64 => Ok(Sql::call("dark_float_to_int64", vec![self.scalar(&values[0])?])),
            FloatSqrt => Ok(Sql::call("dark_float_sqrt", vec![self.scalar(&values[0])?])),
            FloatFloor => Ok(Sql::call("dark_float_floor", vec![self.scalar(&values[0])?])),
            FloatCeiling => Ok(Sql::call("dark_float_ceiling", vec![self.scalar(&values[0])?])),
            FloatRound => Ok(Sql::call("dark_float_round", vec![self.scalar(&values[0])?])),
            FloatTruncate => Ok(Sql::call("dark_float_truncate", vec![self.scalar(&values[0])?])),
            FloatAbsolute => Ok(Sql::call("dark_float_absolute", vec![self.scalar(&values[0])?])),
            BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight => unsupported("an operation on bits"),
            Compare => unsupported("the order of values as a number"),
            Repr | TestCompare => unsupported("the printed form of a value"),
            ListCons | ListPush | ListTail | ListAppend | ListSet | ListPut | ListIsSole | ListSlice => {
                unsupported("a new list")
            }
            IntIsSmall | SmallInt | SumFits | DifferenceFits | ProductFits | Fitted => {
                unsupported("a number of the machine")
            }
            DictLength | DictContains | DictGet | DictSet | DictRemove | DictKeyAt | DictValueAt => {
                unsupported("looking into a dict")
            }
            Unwrap => unsupported("`unwrap`: use `match`"),
            Emit | Waiting => unsupported("a worker's queue"),
            FunctionEntry => unsupported("a function that is called from outside"),
            QueryExpression => unsupported("a query for each row"),
        };
        match sql {
            Ok(sql) => self.sql(sql, ty),
            Err(reason) => Err(self.stop(reason)),
        }
    }

    /// Which kind of number a type is, for the runtime: bits, negative when unsigned; 0 for Int.
    fn kind(&self, ty: TypeId) -> Sql {
        let number = match self.binder.types.get(ty) {
            Type::Sized(scalar) => {
                let bits = i64::from(scalar.bits());
                if scalar.signed() { bits } else { -bits }
            }
            _ => 0,
        };
        Sql::Literal(number.to_string())
    }

    fn arithmetic(&mut self, intrinsic: Intrinsic, values: &[Sym]) -> Made<Sql> {
        let ty = values[0].ty();
        let name = match intrinsic {
            Intrinsic::Add => "add",
            Intrinsic::Subtract => "subtract",
            Intrinsic::Multiply => "multiply",
            Intrinsic::Divide => "divide",
            Intrinsic::Modulo => "modulo",
            Intrinsic::Power => "power",
            _ => "negate",
        };
        let mut list = Vec::new();
        for value in values {
            list.push(self.scalar(value)?);
        }
        if form(self.binder.types, ty) == Form::Float {
            let name = format!("dark_float_{name}");
            return Ok(if intrinsic == Intrinsic::Modulo { Sql::failing(&name, list) } else { Sql::call(&name, list) });
        }
        list.push(self.kind(ty));
        let wraps = matches!(self.binder.types.get(ty), Type::Sized(_));
        let total = wraps && !matches!(intrinsic, Intrinsic::Divide | Intrinsic::Modulo | Intrinsic::Power);
        let name = format!("dark_{name}");
        Ok(if total { Sql::call(&name, list) } else { Sql::failing(&name, list) })
    }

    fn less(&mut self, left: &Sym, right: &Sym, or_equal: bool) -> Made<Sql> {
        let form = form(self.binder.types, left.ty());
        let (left, right) = (self.scalar(left)?, self.scalar(right)?);
        let operator = if or_equal { "<=" } else { "<" };
        Ok(match form {
            Form::Small(_) => Sql::infix(operator, left, right),
            Form::Big(_) => {
                let order = Sql::call("dark_integer_order", vec![left, right]);
                Sql::infix(operator, order, Sql::Literal("0".into()))
            }
            Form::Float => {
                let name = if or_equal { "dark_float_less_equal" } else { "dark_float_less" };
                Sql::call(name, vec![left, right])
            }
            Form::Moment => {
                let moment = |sql| Sql::call("dark_moment", vec![sql]);
                Sql::infix(operator, moment(left), moment(right))
            }
            Form::Bool | Form::Text | Form::Unit | Form::Json => {
                return Err(self.stop(Reason::Operation("an order of these values")));
            }
        })
    }

    fn list_length(&mut self, list: &Sym) -> Made<Sql> {
        match list {
            Sym::List { items, .. } => Ok(Sql::Literal(items.len().to_string())),
            Sym::Path { base, steps, .. } => {
                let path = Sql::text(&self.json_path(steps)?);
                Ok(Sql::call("json_array_length", vec![base.clone(), path]))
            }
            other => Ok(Sql::call("json_array_length", vec![self.scalar(other)?])),
        }
    }

    /// An element whose place is written down, as in list patterns.
    fn list_get(&mut self, list: &Sym, index: &Sym, ty: TypeId) -> Made<Sym> {
        let Sym::Const { operand: Operand::Const(Const::Int(index, _)), .. } = index else {
            return Err(self.stop(Reason::Operation("an element of a list by a computed place")));
        };
        let index = usize::try_from(*index).unwrap_or_default();
        match list {
            Sym::List { items, .. } if index < items.len() => Ok(items[index].clone()),
            Sym::List { .. } => Ok(Sym::Sql { sql: Sql::Literal("NULL".into()), ty }),
            Sym::Path { base, steps, .. } => {
                Ok(Sym::Path { base: base.clone(), steps: with(steps, [Step::Index(index)]), ty })
            }
            other => {
                let base = self.scalar(other)?;
                Ok(Sym::Path { base, steps: vec![Step::Index(index)], ty })
            }
        }
    }
}

/// The path with more steps.
fn with<const N: usize>(steps: &[Step], more: [Step; N]) -> Vec<Step> {
    steps.iter().cloned().chain(more).collect()
}
