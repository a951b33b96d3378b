//! Core as text, for `--emit core`, for tests, and as what the object cache hashes. Stable: the same program prints the
//! same text in every build.

use crate::core::{Const, Expr, Failure, Function, Location, Op, Operand, Program, Var};
use crate::types::{NominalId, Scalar, Type, TypeId, Types};
use std::fmt::Write;

/// The whole program.
pub fn program(program: &Program) -> String {
    let mut functions: Vec<&Function> = program.functions.iter().collect();
    functions.sort_by(|a, b| a.symbol.cmp(&b.symbol));
    functions.into_iter().map(|it| function(program, it)).collect::<Vec<_>>().join("\n")
}

/// One function.
pub fn function(program: &Program, function: &Function) -> String {
    let mut printer = Printer { program, function, out: String::new() };
    let params: Vec<String> = function.params.iter().map(|param| printer.typed(param.var)).collect();
    let result = type_name(&program.types, function.result);
    let kind = if function.captures.is_some() { "closure" } else { "function" };
    let _ = writeln!(printer.out, "{kind} {}({}) : {result} =", function.symbol, params.join(", "));
    printer.expr(&function.body, 1);
    printer.out
}

/// `List<Int64>`, `(A * B)`, `(A -> B)`.
pub fn type_name(types: &Types, id: TypeId) -> String {
    describe(types, id, &|nominal| &types.nominal_data(nominal).name)
}

/// A type with the owners of its records and enums: `List<Darklang.Stdlib.Option.Option<Int64>>`.
pub fn full_type_name(types: &Types, id: TypeId) -> String {
    describe(types, id, &|nominal| &types.nominal_data(nominal).key)
}

fn describe<'t>(types: &'t Types, id: TypeId, nominal_name: &dyn Fn(NominalId) -> &'t str) -> String {
    let name = |id: &TypeId| describe(types, *id, nominal_name);
    match types.get(id) {
        Type::Unit => "Unit".into(),
        Type::Bool => "Bool".into(),
        Type::Sized(scalar) => scalar_name(*scalar).into(),
        Type::Int => "Int".into(),
        Type::Float => "Float".into(),
        Type::Char => "Char".into(),
        Type::String => "String".into(),
        Type::DateTime => "DateTime".into(),
        Type::Uuid => "Uuid".into(),
        Type::Blob => "Blob".into(),
        Type::List(element) => format!("List<{}>", name(element)),
        Type::Dict(value) => format!("Dict<{}>", name(value)),
        Type::Stream(element) => format!("Stream<{}>", name(element)),
        Type::Db(row) => format!("DB<{}>", name(row)),
        Type::Tuple(parts) => format!("({})", parts.iter().map(name).collect::<Vec<_>>().join(" * ")),
        Type::Nominal(nominal) => nominal_name(*nominal).into(),
        Type::Function(params, result) => {
            let params = params.iter().map(name).collect::<Vec<_>>().join(" -> ");
            format!("({params} -> {})", name(result))
        }
    }
}

fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Int8 => "Int8",
        Scalar::UInt8 => "UInt8",
        Scalar::Int16 => "Int16",
        Scalar::UInt16 => "UInt16",
        Scalar::Int32 => "Int32",
        Scalar::UInt32 => "UInt32",
        Scalar::Int64 => "Int64",
        Scalar::UInt64 => "UInt64",
        Scalar::Int128 => "Int128",
        Scalar::UInt128 => "UInt128",
    }
}

fn place(location: &Location) -> String {
    match &location.function {
        Some(function) => format!("at {}:{} in {function}", location.line, location.column),
        None => format!("at {}:{}", location.line, location.column),
    }
}

struct Printer<'a> {
    program: &'a Program,
    function: &'a Function,
    out: String,
}

impl Printer<'_> {
    fn typed(&self, var: Var) -> String {
        let ty = self.function.vars.get(var.0 as usize);
        format!("v{}: {}", var.0, ty.map_or("?".into(), |ty| type_name(&self.program.types, *ty)))
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(depth));
    }

    /// Bodies of lets are printed in a loop, so that long blocks need no deep recursion.
    fn expr(&mut self, expr: &Expr, depth: usize) {
        let mut at = expr;
        loop {
            match at {
                Expr::Let { var, op, body } => {
                    let (typed, op) = (self.typed(*var), self.op(op));
                    self.line(depth, &format!("{typed} = {op}"));
                    at = body;
                }
                Expr::LetExpr { var, value, body } => {
                    let typed = self.typed(*var);
                    self.line(depth, &format!("{typed} ="));
                    self.expr(value, depth + 1);
                    at = body;
                }
                Expr::Dup { var, body } => {
                    self.line(depth, &format!("dup v{}", var.0));
                    at = body;
                }
                Expr::Drop { var, body } => {
                    self.line(depth, &format!("drop v{}", var.0));
                    at = body;
                }
                Expr::Take { value, case, fields, token, body } => {
                    let fields: Vec<String> =
                        fields.iter().map(|(index, var)| format!("{index}: {}", self.typed(*var))).collect();
                    let token = token.map_or(String::new(), |token| format!(" keeping v{}", token.0));
                    self.line(depth, &format!("take v{}.{case}({}){token}", value.0, fields.join(", ")));
                    at = body;
                }
                Expr::Release { token, body } => {
                    self.line(depth, &format!("release v{}", token.0));
                    at = body;
                }
                Expr::Join { label, params, body, rest } => {
                    let params: Vec<String> = params.iter().map(|var| self.typed(*var)).collect();
                    self.line(depth, &format!("join l{}({}) =", label.0, params.join(", ")));
                    self.expr(body, depth + 1);
                    at = rest;
                }
                _ => return self.end(at, depth),
            }
        }
    }

    fn end(&mut self, expr: &Expr, depth: usize) {
        match expr {
            Expr::Value(value) => {
                let text = self.operand(value);
                self.line(depth, &text);
            }
            Expr::If { condition, then, otherwise } => {
                let condition = self.operand(condition);
                self.line(depth, &format!("if {condition} then"));
                self.expr(then, depth + 1);
                self.line(depth, "else");
                self.expr(otherwise, depth + 1);
            }
            Expr::Switch { scrutinee, cases, default } => {
                let scrutinee = self.operand(scrutinee);
                self.line(depth, &format!("switch {scrutinee}"));
                for (case, code) in cases {
                    self.line(depth, &format!("| {case} ->"));
                    self.expr(code, depth + 1);
                }
                if let Some(default) = default {
                    self.line(depth, "| _ ->");
                    self.expr(default, depth + 1);
                }
            }
            Expr::Jump { label, arguments } => {
                let text = format!("jump l{}({})", label.0, self.operands(arguments));
                self.line(depth, &text);
            }
            Expr::Fail { failure, location } => {
                let what = match failure {
                    Failure::NoMatch(value) => format!("no match {}", self.operand(value)),
                    Failure::Message(text) => format!("{text:?}"),
                };
                self.line(depth, &format!("fail {what} {}", place(location)));
            }
            Expr::Let { .. }
            | Expr::LetExpr { .. }
            | Expr::Dup { .. }
            | Expr::Drop { .. }
            | Expr::Take { .. }
            | Expr::Release { .. }
            | Expr::Join { .. } => self.expr(expr, depth),
        }
    }

    fn operands(&self, list: &[Operand]) -> String {
        list.iter().map(|it| self.operand(it)).collect::<Vec<_>>().join(", ")
    }

    fn operand(&self, operand: &Operand) -> String {
        match operand {
            Operand::Var(var) => format!("v{}", var.0),
            Operand::Const(constant) => self.constant(constant),
        }
    }

    fn constant(&self, constant: &Const) -> String {
        let types = &self.program.types;
        match constant {
            Const::Unit => "()".into(),
            Const::Bool(value) => value.to_string(),
            Const::Int(value, ty) => format!("{value}:{}", type_name(types, *ty)),
            Const::SmallInt(value) => value.to_string(),
            Const::BigInt(digits) => digits.to_string(),
            // Bits, so that every float has its own text.
            Const::Float(value) => format!("{value:?}f#{:x}", value.to_bits()),
            Const::Text(text, ty) => format!("{text:?}:{}", type_name(types, *ty)),
            Const::Empty(ty) => format!("empty {}", type_name(types, *ty)),
            Const::Case(ty, case) => format!("case {case} of {}", type_name(types, *ty)),
            Const::Closure(function, _) => format!("closure {}", self.symbol(function.0)),
            Const::Db(db) => self.program.dbs.get(db.0 as usize).map_or("?".into(), |db| db.symbol.clone()),
        }
    }

    fn symbol(&self, index: u32) -> &str {
        self.program.functions.get(index as usize).map_or("?", |it| it.symbol.as_str())
    }

    fn op(&self, op: &Op) -> String {
        match op {
            Op::Call { function, arguments, .. } => {
                format!("call {}({})", self.symbol(function.0), self.operands(arguments))
            }
            Op::CallClosure { closure, arguments, .. } => {
                format!("call closure {}({})", self.operand(closure), self.operands(arguments))
            }
            Op::ClosureArity(closure) => format!("arity {}", self.operand(closure)),
            Op::CallExtern { function, arguments, .. } => {
                let symbol = self.program.externs.get(function.0 as usize).map_or("?", |it| it.symbol.as_str());
                format!("extern {symbol}({})", self.operands(arguments))
            }
            Op::Intrinsic { intrinsic, arguments, location, .. } => {
                format!("{intrinsic:?}({}) {}", self.operands(arguments), place(location))
            }
            Op::Construct { case, arguments, .. } => format!("construct {case}({})", self.operands(arguments)),
            Op::Rebuild { token, case, arguments, .. } => {
                format!("rebuild v{} as {case}({})", token.0, self.operands(arguments))
            }
            Op::Field { value, index } => format!("{}.{index}", self.operand(value)),
            Op::CaseField { value, case, index } => format!("{}.{case}.{index}", self.operand(value)),
            Op::MakeList { items, .. } => format!("list({})", self.operands(items)),
            Op::MakeDict { entries, .. } => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| format!("{key:?} = {}", self.operand(value))).collect();
                format!("dict({})", entries.join(", "))
            }
            Op::MakeClosure { function, captures, .. } => {
                format!("closure {}({})", self.symbol(function.0), self.operands(captures))
            }
            Op::Capture { closure, index, .. } => format!("{}.capture {index}", self.operand(closure)),
            Op::Global(global) => {
                let symbol = self.program.globals.get(global.0 as usize).map_or("?", |it| it.symbol.as_str());
                format!("global {symbol}")
            }
        }
    }
}
