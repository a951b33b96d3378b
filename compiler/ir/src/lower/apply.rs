//! Functions as values.
//!
//! A closure carries how many parameters its code takes, which may be fewer or more than a caller has arguments: a
//! function that returns a function and one with two parameters have the same type. A caller with k arguments tests for
//! k; everything else goes through an `apply` function, put together once for each function type and k: with fewer
//! parameters it calls and applies the result to the rest; with more it makes a closure that waits for the rest.

use super::calls::result_after;
use super::function::Builder;
use super::{Lower, LowerError, symbol_path};
use crate::core::{Const, Expr, Extern, Function, FunctionId, Location, Op, Operand, Param, Var};
use crate::intrinsics::Intrinsic;
use crate::types::{Scalar, Type, TypeId};
use dark_hir::Def;
use dark_hir::items::shown;
use dark_hir::queries;
use dark_hir::types::lower::any;
use dark_hir::types::{Binding, Ty};
use std::sync::Arc;

impl Builder<'_, '_> {
    /// Applies a closure of function type `ty` to arguments, at the end of the current block.
    pub(super) fn apply(
        &mut self,
        closure: Operand,
        ty: TypeId,
        arguments: Vec<Operand>,
        location: Location,
    ) -> Result<Expr, LowerError> {
        let count = arguments.len();
        let Some(result) = self.lower.type_after(ty, count) else { return self.unchecked("a value is applied") };
        let int64 = self.int64_type();
        let arity = self.let_(int64, Op::ClosureArity(closure.clone()));
        let wanted = Operand::Const(Const::Int(count as i128, int64));
        let bool_type = self.bool_type();
        let exact = self.intrinsic(Intrinsic::Equal, vec![arity, wanted], bool_type, location.clone());
        self.open();
        let op = Op::CallClosure {
            closure: closure.clone(),
            arguments: arguments.clone(),
            result,
            location: location.clone(),
        };
        let direct = Expr::Value(self.let_(result, op));
        let then = Box::new(self.close(direct));
        let function = self.lower.apply_function(ty, count)?;
        self.open();
        let mut all = vec![closure];
        all.extend(arguments);
        let slow = Expr::Value(self.let_(result, Op::Call { function, arguments: all, location }));
        let otherwise = Box::new(self.close(slow));
        Ok(Expr::If { condition: exact, then, otherwise })
    }
}

/// A function put together by hand.
struct Maker {
    vars: Vec<TypeId>,
}

impl Maker {
    fn var(&mut self, ty: TypeId) -> Var {
        self.vars.push(ty);
        Var((self.vars.len() - 1) as u32)
    }
}

fn nowhere() -> Location {
    Location { file: Arc::from("std"), line: 0, column: 0, function: None }
}

fn operands(vars: &[Var]) -> Vec<Operand> {
    vars.iter().map(|var| Operand::Var(*var)).collect()
}

impl Lower<'_> {
    /// What a function type becomes behind that many arguments.
    pub(super) fn type_after(&mut self, ty: TypeId, count: usize) -> Option<TypeId> {
        let Type::Function(params, result) = self.types.get(ty).clone() else { return None };
        match params.len().checked_sub(count)? {
            0 => Some(result),
            _ => Some(self.types.intern(Type::Function(params[count..].to_vec(), result))),
        }
    }

    fn finished(&self, symbol: String, params: Vec<Var>, result: TypeId, body: Expr, maker: Maker) -> Function {
        Function {
            name: "a function value".into(),
            group: "functions".into(),
            params: params.into_iter().map(|var| Param { var, borrowed: false }).collect(),
            result,
            body,
            location: nowhere(),
            vars: maker.vars,
            places: Vec::new(),
            sql: None,
            stage: None,
            tail_called: false,
            recursive: true,
            captures: None,
            value_of: None,
            symbol,
        }
    }

    /// `apply` for a function type and a number of arguments.
    fn apply_function(&mut self, ty: TypeId, count: usize) -> Result<FunctionId, LowerError> {
        let symbol = format!("apply${count}${}", self.type_key(ty));
        self.synthesise(symbol.clone(), |lower, _| {
            let Type::Function(params, _) = lower.types.get(ty).clone() else {
                return Err(LowerError::UnknownIntrinsic { name: "apply of a value".into() });
            };
            let mut maker = Maker { vars: Vec::new() };
            let closure = maker.var(ty);
            let arguments: Vec<Var> = params[..count].iter().map(|param| maker.var(*param)).collect();
            let result = lower.type_after(ty, count).unwrap_or(ty);
            let int64 = lower.types.intern(Type::Sized(Scalar::Int64));
            let arity = maker.var(int64);
            let body = lower.by_arity(ty, count, closure, &arguments, arity, &mut maker)?;
            let op = Op::ClosureArity(Operand::Var(closure));
            let body = Expr::Let { var: arity, op, body: Box::new(body) };
            let all = std::iter::once(closure).chain(arguments).collect();
            Ok(lower.finished(symbol, all, result, body, maker))
        })
    }

    /// The possible numbers of parameters, one after the other; the last one needs no test.
    fn by_arity(
        &mut self,
        ty: TypeId,
        count: usize,
        closure: Var,
        arguments: &[Var],
        arity: Var,
        maker: &mut Maker,
    ) -> Result<Expr, LowerError> {
        let Type::Function(params, _) = self.types.get(ty).clone() else {
            return Err(LowerError::UnknownIntrinsic { name: "apply of a value".into() });
        };
        let mut chain: Option<Expr> = None;
        for number in (1..=params.len()).rev() {
            let code = match number.cmp(&count) {
                std::cmp::Ordering::Less => self.too_few(ty, number, closure, arguments, maker)?,
                std::cmp::Ordering::Equal => {
                    let result = self.type_after(ty, count).unwrap_or(ty);
                    let var = maker.var(result);
                    let op = Op::CallClosure {
                        closure: Operand::Var(closure),
                        arguments: operands(arguments),
                        result,
                        location: nowhere(),
                    };
                    Expr::Let { var, op, body: Box::new(Expr::Value(Operand::Var(var))) }
                }
                std::cmp::Ordering::Greater => self.waiting(ty, count, number - count, closure, arguments, maker)?,
            };
            chain = Some(match chain {
                None => code,
                Some(otherwise) => self.if_arity(arity, number, code, otherwise, maker),
            });
        }
        chain.ok_or_else(|| LowerError::UnknownIntrinsic { name: "apply of a value".into() })
    }

    fn if_arity(&mut self, arity: Var, number: usize, then: Expr, otherwise: Expr, maker: &mut Maker) -> Expr {
        let (int64, bool_type) = (self.types.intern(Type::Sized(Scalar::Int64)), self.types.intern(Type::Bool));
        let condition = maker.var(bool_type);
        let wanted = Operand::Const(Const::Int(number as i128, int64));
        let op = Op::Intrinsic {
            intrinsic: Intrinsic::Equal,
            arguments: vec![Operand::Var(arity), wanted],
            result: bool_type,
            location: nowhere(),
        };
        let branch =
            Expr::If { condition: Operand::Var(condition), then: Box::new(then), otherwise: Box::new(otherwise) };
        Expr::Let { var: condition, op, body: Box::new(branch) }
    }

    /// The code takes fewer parameters: call it, and apply the result to the rest.
    fn too_few(
        &mut self,
        ty: TypeId,
        number: usize,
        closure: Var,
        arguments: &[Var],
        maker: &mut Maker,
    ) -> Result<Expr, LowerError> {
        let between = self.type_after(ty, number).unwrap_or(ty);
        let inner = maker.var(between);
        let op = Op::CallClosure {
            closure: Operand::Var(closure),
            arguments: operands(&arguments[..number]),
            result: between,
            location: nowhere(),
        };
        let rest = &arguments[number..];
        let function = self.apply_function(between, rest.len())?;
        let result = self.type_after(between, rest.len()).unwrap_or(between);
        let var = maker.var(result);
        let mut all = vec![Operand::Var(inner)];
        all.extend(operands(rest));
        let call = Op::Call { function, arguments: all, location: nowhere() };
        let end = Expr::Let { var, op: call, body: Box::new(Expr::Value(Operand::Var(var))) };
        Ok(Expr::Let { var: inner, op, body: Box::new(end) })
    }

    /// The code takes more parameters: a closure that holds what is there and waits for `missing` more.
    fn waiting(
        &mut self,
        ty: TypeId,
        count: usize,
        missing: usize,
        closure: Var,
        arguments: &[Var],
        maker: &mut Maker,
    ) -> Result<Expr, LowerError> {
        let function = self.waiting_function(ty, count, missing)?;
        let result = self.type_after(ty, count).unwrap_or(ty);
        let var = maker.var(result);
        let captures = operands(&std::iter::once(closure).chain(arguments.iter().copied()).collect::<Vec<_>>());
        let op = Op::MakeClosure { function, captures, ty: result };
        Ok(Expr::Let { var, op, body: Box::new(Expr::Value(Operand::Var(var))) })
    }

    fn waiting_function(&mut self, ty: TypeId, count: usize, missing: usize) -> Result<FunctionId, LowerError> {
        let symbol = format!("partial${count}${missing}${}", self.type_key(ty));
        self.synthesise(symbol.clone(), |lower, _| {
            let Type::Function(params, _) = lower.types.get(ty).clone() else {
                return Err(LowerError::UnknownIntrinsic { name: "apply of a value".into() });
            };
            let mut maker = Maker { vars: Vec::new() };
            let own_type = lower.type_after(ty, count).unwrap_or(ty);
            let own = maker.var(own_type);
            let more: Vec<Var> = params[count..count + missing].iter().map(|param| maker.var(*param)).collect();
            let captured: Vec<TypeId> = std::iter::once(ty).chain(params[..count].iter().copied()).collect();
            let held: Vec<Var> = captured.iter().map(|ty| maker.var(*ty)).collect();
            let result = lower.type_after(ty, count + missing).unwrap_or(ty);
            let var = maker.var(result);
            let all: Vec<Var> = held[1..].iter().chain(&more).copied().collect();
            let op = Op::CallClosure {
                closure: Operand::Var(held[0]),
                arguments: operands(&all),
                result,
                location: nowhere(),
            };
            let call = Expr::Let { var, op, body: Box::new(Expr::Value(Operand::Var(var))) };
            let body = held.iter().enumerate().rev().fold(call, |body, (index, var)| {
                let op = Op::Capture { closure: Operand::Var(own), index: index as u32, ty: captured[index] };
                Expr::Let { var: *var, op, body: Box::new(body) }
            });
            let params = std::iter::once(own).chain(more).collect();
            let mut function = lower.finished(symbol, params, result, body, maker);
            function.captures = Some(captured);
            Ok(function)
        })
    }

    /// The code of a named function as a closure without captures.
    pub(super) fn wrapper(&mut self, def: Def, types: &[Ty], whole: &Ty, ty: TypeId) -> Result<FunctionId, LowerError> {
        let key = self.type_key(ty);
        let symbol = format!("value${}${key}", symbol_path(def.path(self.db)));
        let (types, whole) = (types.to_vec(), whole.clone());
        self.synthesise(symbol.clone(), |lower, _| {
            let count = queries::signature(lower.db, def).as_ref().map_or(0, |it| it.params.len());
            let mut maker = Maker { vars: Vec::new() };
            let own = maker.var(ty);
            let mut params = Vec::new();
            let mut at = whole.clone();
            for _ in 0..count {
                let Ty::Function(parameter, rest) = at else { break };
                let ty = lower.ty(&parameter, &[]);
                params.push(maker.var(ty));
                at = (*rest).clone();
            }
            let result = lower.ty(&result_after(&whole, count), &[]);
            let op = lower.call_op(def, &types, operands(&params), result, nowhere())?;
            let var = maker.var(result);
            let body = Expr::Let { var, op, body: Box::new(Expr::Value(Operand::Var(var))) };
            let all = std::iter::once(own).chain(params).collect();
            let mut function = lower.finished(symbol, all, result, body, maker);
            function.captures = Some(Vec::new());
            function.name = shown(def.path(lower.db)).to_string();
            function.value_of = Some(value_name(def.path(lower.db)));
            Ok(function)
        })
    }

    /// The code of a named function that holds its first `given` arguments and waits for the others.
    pub(super) fn partial(
        &mut self,
        def: Def,
        types: &[Ty],
        whole: &Ty,
        given: usize,
        ty: TypeId,
    ) -> Result<FunctionId, LowerError> {
        let whole_type = self.ty(whole, &[]);
        let symbol = format!("partial${given}${}${}", shown(def.path(self.db)), self.type_key(whole_type));
        let (types, whole) = (types.to_vec(), whole.clone());
        self.synthesise(symbol.clone(), |lower, _| {
            let count = queries::signature(lower.db, def).as_ref().map_or(0, |it| it.params.len());
            let mut maker = Maker { vars: Vec::new() };
            let own = maker.var(ty);
            let mut all = Vec::new();
            let mut at = whole.clone();
            for _ in 0..count {
                let Ty::Function(parameter, rest) = at else { break };
                let ty = lower.ty(&parameter, &[]);
                all.push(maker.var(ty));
                at = (*rest).clone();
            }
            let result = lower.ty(&result_after(&whole, count), &[]);
            let op = lower.call_op(def, &types, operands(&all), result, nowhere())?;
            let var = maker.var(result);
            let call = Expr::Let { var, op, body: Box::new(Expr::Value(Operand::Var(var))) };
            let rest = all.split_off(given.min(all.len()));
            let captured: Vec<TypeId> = all.iter().map(|var| maker.vars[var.0 as usize]).collect();
            let body = all.iter().enumerate().rev().fold(call, |body, (index, var)| {
                let op = Op::Capture { closure: Operand::Var(own), index: index as u32, ty: captured[index] };
                Expr::Let { var: *var, op, body: Box::new(body) }
            });
            let params = std::iter::once(own).chain(rest).collect();
            let mut function = lower.finished(symbol, params, result, body, maker);
            function.captures = Some(captured);
            function.name = shown(def.path(lower.db)).to_string();
            function.value_of = Some(value_name(def.path(lower.db)));
            Ok(function)
        })
    }

    /// A call of a named function with exactly its arguments.
    pub(super) fn call_op(
        &mut self,
        def: Def,
        types: &[Ty],
        arguments: Vec<Operand>,
        result: TypeId,
        location: Location,
    ) -> Result<Op, LowerError> {
        let Some(signature) = queries::signature(self.db, def).clone() else {
            return Err(LowerError::Unchecked { def, what: "it has no signature" });
        };
        match &signature.binding {
            Binding::Dark => {
                let function = self.instance(def, types.to_vec())?;
                Ok(Op::Call { function, arguments, location })
            }
            Binding::Intrinsic(name) => match Intrinsic::from_name(name) {
                Some(intrinsic) => Ok(Op::Intrinsic { intrinsic, arguments, result, location }),
                None => Err(LowerError::UnknownIntrinsic { name: name.clone() }),
            },
            Binding::Extern(declared) => {
                let generic = |ty: &Ty| any(ty, &|part| matches!(part, Ty::Param(_)));
                let reflective = signature.params.iter().any(|param| generic(&param.ty)) || generic(&signature.result);
                let params = signature.params.iter().map(|param| self.ty(&param.ty, types)).collect();
                let function = self.extern_id(Extern {
                    symbol: declared.symbol.clone(),
                    params,
                    consumes: declared.consumes.clone(),
                    result,
                    reflective,
                    fails: declared.fails,
                    pure_: declared.pure_,
                    sql: signature.sql.clone(),
                    name: shown(def.path(self.db)).to_string(),
                });
                Ok(Op::CallExtern { function, arguments, location })
            }
        }
    }

    /// A text for a type that is the same in every build and of no other type.
    pub fn type_key(&self, id: TypeId) -> String {
        crate::print::full_type_name(&self.types, id)
    }
}

/// How a named function prints as a value: with its owner, as far as that is shown at all.
fn value_name(path: &str) -> String {
    if path.starts_with("Darklang.") { path.to_string() } else { shown(path).to_string() }
}
