//! Everything that decides the code of a part, as bytes: equal bytes, equal code.
//!
//! Numbers of types, functions and the rest are those of one build and change when something is added elsewhere. So what they
//! stand for is written where it is met first, and from then on how many were met before it. Every field is named here, so
//! that a new one does not compile until somebody has thought of it.

use super::Part;
use crate::core::{
    App, Const, Cron, DbId, Entry, Expr, Extern, ExternId, Failure, Function, FunctionId, GlobalId, Handler, Location,
    Op, Operand, Param, Program, Test, Var, Worker,
};
use crate::types::{Definition, Layout, Nominal, Type, TypeId};
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// The bytes of a part.
pub fn content(program: &Program, part: &Part) -> Vec<u8> {
    let mut writer = Writer {
        program,
        out: Vec::with_capacity(1 << 14),
        types: FxHashMap::default(),
        functions: FxHashMap::default(),
        externs: FxHashMap::default(),
        globals: FxHashMap::default(),
        dbs: FxHashMap::default(),
    };
    let Part { name: _, own, shared, entries, app, alone } = part;
    writer.out.extend([u8::from(*app), u8::from(*alone)]);
    for list in [shared, entries] {
        writer.number(list.len());
        list.iter().for_each(|id| writer.function_ref(*id));
    }
    writer.number(own.len());
    own.iter().filter_map(|id| program.functions.get(id.0 as usize)).for_each(|function| writer.function(function));
    if *app {
        writer.app(&program.app);
    }
    writer.out
}

struct Writer<'a> {
    program: &'a Program,
    out: Vec<u8>,
    types: FxHashMap<TypeId, u32>,
    functions: FxHashMap<FunctionId, u32>,
    externs: FxHashMap<ExternId, u32>,
    globals: FxHashMap<GlobalId, u32>,
    dbs: FxHashMap<DbId, u32>,
}

/// How many were met before; `None` for the first time, when what it is has to follow.
fn met<K: Hash + Eq>(known: &mut FxHashMap<K, u32>, key: K) -> (u32, bool) {
    let next = known.len() as u32;
    match known.entry(key) {
        std::collections::hash_map::Entry::Occupied(entry) => (*entry.get(), true),
        std::collections::hash_map::Entry::Vacant(entry) => (*entry.insert(next), false),
    }
}

impl Writer<'_> {
    fn byte(&mut self, value: u8) {
        self.out.push(value);
    }

    fn half(&mut self, value: u32) {
        self.out.extend(value.to_le_bytes());
    }

    fn number(&mut self, value: usize) {
        self.half(value as u32);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.out.extend(text.as_bytes());
    }

    fn texts(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        self.text(text.unwrap_or_default());
    }

    fn var(&mut self, Var(number): Var) {
        self.half(number);
    }

    fn location(&mut self, Location { file, line, column, function }: &Location) {
        self.text(file);
        self.half(*line);
        self.half(*column);
        self.texts(function.as_deref());
    }

    fn ty(&mut self, id: TypeId) {
        let (number, known) = met(&mut self.types, id);
        self.half(number);
        if known {
            return;
        }
        let types = &self.program.types;
        let Layout { slots, boxed, box_bytes, counted } = types.layout(id);
        self.half(slots);
        self.half(box_bytes);
        self.out.extend([u8::from(boxed), u8::from(counted)]);
        match types.get(id) {
            Type::Unit => self.byte(0),
            Type::Bool => self.byte(1),
            Type::Sized(scalar) => self.out.extend([2, *scalar as u8]),
            Type::Int => self.byte(3),
            Type::Float => self.byte(4),
            Type::Char => self.byte(5),
            Type::String => self.byte(6),
            Type::DateTime => self.byte(7),
            Type::Uuid => self.byte(8),
            Type::Blob => self.byte(9),
            Type::List(part) => self.of(10, &[*part]),
            Type::Dict(part) => self.of(11, &[*part]),
            Type::Stream(part) => self.of(12, &[*part]),
            Type::Db(part) => self.of(13, &[*part]),
            Type::Tuple(parts) => self.of(14, parts),
            Type::Function(params, result) => {
                self.of(15, params);
                self.ty(*result);
            }
            Type::Nominal(nominal) => {
                self.byte(16);
                self.nominal(types.nominal_data(*nominal));
            }
        }
    }

    fn of(&mut self, kind: u8, parts: &[TypeId]) {
        self.byte(kind);
        self.list(parts);
    }

    fn list(&mut self, types: &[TypeId]) {
        self.number(types.len());
        types.iter().for_each(|ty| self.ty(*ty));
    }

    fn nominal(&mut self, Nominal { key, name, definition, special }: &Nominal) {
        self.text(key);
        self.text(name);
        self.byte(*special as u8);
        match definition {
            Definition::Record(fields) => {
                self.byte(0);
                self.number(fields.len());
                for (name, ty) in fields {
                    self.text(name);
                    self.ty(*ty);
                }
            }
            Definition::Enum(cases) => {
                self.byte(1);
                self.number(cases.len());
                for case in cases {
                    self.text(&case.name);
                    self.list(&case.fields);
                }
            }
            Definition::Pending => self.byte(2),
        }
    }

    /// What others see of a function.
    fn function_ref(&mut self, id: FunctionId) {
        let (number, known) = met(&mut self.functions, id);
        self.half(number);
        let Some(function) = self.program.functions.get(id.0 as usize).filter(|_| !known) else { return };
        self.outside(function);
    }

    fn outside(&mut self, function: &Function) {
        self.text(&function.symbol);
        self.byte(u8::from(function.tail_called));
        self.number(function.params.len());
        for Param { var, borrowed } in &function.params {
            self.byte(u8::from(*borrowed));
            self.var(*var);
            function.vars.get(var.0 as usize).copied().into_iter().for_each(|ty| self.ty(ty));
        }
        self.ty(function.result);
        self.byte(u8::from(function.captures.is_some()));
        self.list(function.captures.as_deref().unwrap_or_default());
        self.byte(u8::from(function.value_of.is_some()));
        self.text(function.value_of.as_deref().unwrap_or_default());
    }

    fn function(&mut self, function: &Function) {
        self.outside(function);
        // `group` decides the part, `places`, `sql` and `stage` are for messages, queries and passes; the rest is
        // `outside`. Without `..`, so that a new field has to be thought of.
        let Function {
            vars,
            body,
            name,
            location,
            recursive,
            group: _,
            places: _,
            sql: _,
            stage: _,
            symbol: _,
            params: _,
            result: _,
            tail_called: _,
            captures: _,
            value_of: _,
        } = function;
        self.text(name);
        self.byte(u8::from(*recursive));
        self.location(location);
        self.list(vars);
        self.expr(body);
    }

    fn extern_ref(&mut self, id: ExternId) {
        let (number, known) = met(&mut self.externs, id);
        self.half(number);
        let Some(declared) = self.program.externs.get(id.0 as usize).filter(|_| !known) else { return };
        let Extern { symbol, params, consumes, result, reflective, fails, pure_, sql: _, name } = declared;
        self.text(symbol);
        self.text(name);
        self.list(params);
        self.number(consumes.len());
        self.out.extend(consumes.iter().map(|it| u8::from(*it)));
        self.ty(*result);
        self.out.extend([u8::from(*reflective), u8::from(*fails), u8::from(*pure_)]);
    }

    fn global(&mut self, id: GlobalId) {
        let (number, known) = met(&mut self.globals, id);
        self.half(number);
        let Some(global) = self.program.globals.get(id.0 as usize).filter(|_| !known) else { return };
        self.text(&global.symbol);
        self.ty(global.ty);
    }

    fn db(&mut self, id: DbId) {
        let (number, known) = met(&mut self.dbs, id);
        self.half(number);
        let Some(db) = self.program.dbs.get(id.0 as usize).filter(|_| !known) else { return };
        self.text(&db.symbol);
        self.text(&db.name);
        self.ty(db.row);
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Var(var) => {
                self.byte(0);
                self.var(*var);
            }
            Operand::Const(constant) => {
                self.byte(1);
                self.constant(constant);
            }
        }
    }

    fn operands(&mut self, operands: &[Operand]) {
        self.number(operands.len());
        operands.iter().for_each(|it| self.operand(it));
    }

    fn constant(&mut self, constant: &Const) {
        match constant {
            Const::Unit => self.byte(0),
            Const::Bool(value) => self.out.extend([1, u8::from(*value)]),
            Const::Int(bits, ty) => {
                self.byte(2);
                self.out.extend(bits.to_le_bytes());
                self.ty(*ty);
            }
            Const::SmallInt(value) => {
                self.byte(3);
                self.out.extend(value.to_le_bytes());
            }
            Const::BigInt(digits) => {
                self.byte(4);
                self.text(digits);
            }
            Const::Float(value) => {
                self.byte(5);
                self.out.extend(value.to_bits().to_le_bytes());
            }
            Const::Text(text, ty) => {
                self.byte(6);
                self.text(text);
                self.ty(*ty);
            }
            Const::Empty(ty) => {
                self.byte(7);
                self.ty(*ty);
            }
            Const::Case(ty, case) => {
                self.byte(8);
                self.ty(*ty);
                self.half(*case);
            }
            Const::Closure(function, ty) => {
                self.byte(9);
                self.function_ref(*function);
                self.ty(*ty);
            }
            Const::Db(db) => {
                self.byte(10);
                self.db(*db);
            }
        }
    }

    /// Chains of lets are long: what follows them is written in the same turn.
    fn expr(&mut self, mut expr: &Expr) {
        loop {
            expr = match expr {
                Expr::Value(value) => {
                    self.byte(0);
                    return self.operand(value);
                }
                Expr::Let { var, op, body } => {
                    self.byte(1);
                    self.var(*var);
                    self.op(op);
                    body
                }
                Expr::LetExpr { var, value, body } => {
                    self.byte(2);
                    self.var(*var);
                    self.expr(value);
                    body
                }
                Expr::If { condition, then, otherwise } => {
                    self.byte(3);
                    self.operand(condition);
                    self.expr(then);
                    otherwise
                }
                Expr::Switch { scrutinee, cases, default } => {
                    self.byte(4);
                    self.operand(scrutinee);
                    self.number(cases.len());
                    for (case, body) in cases {
                        self.half(*case);
                        self.expr(body);
                    }
                    self.byte(u8::from(default.is_some()));
                    match default {
                        Some(default) => default,
                        None => return,
                    }
                }
                Expr::Join { label, params, body, rest } => {
                    self.byte(5);
                    self.half(label.0);
                    self.number(params.len());
                    params.iter().for_each(|var| self.var(*var));
                    self.expr(body);
                    rest
                }
                Expr::Jump { label, arguments } => {
                    self.byte(6);
                    self.half(label.0);
                    return self.operands(arguments);
                }
                Expr::Dup { var, body } => {
                    self.byte(7);
                    self.var(*var);
                    body
                }
                Expr::Drop { var, body } => {
                    self.byte(8);
                    self.var(*var);
                    body
                }
                Expr::Take { value, case, fields, token, body } => {
                    self.byte(9);
                    self.var(*value);
                    self.half(*case);
                    self.number(fields.len());
                    for (index, var) in fields {
                        self.half(*index);
                        self.var(*var);
                    }
                    self.byte(u8::from(token.is_some()));
                    token.iter().for_each(|var| self.var(*var));
                    body
                }
                Expr::Release { token, body } => {
                    self.byte(10);
                    self.var(*token);
                    body
                }
                Expr::Fail { failure, location } => {
                    self.byte(11);
                    self.location(location);
                    return match failure {
                        Failure::NoMatch(value) => {
                            self.byte(0);
                            self.operand(value);
                        }
                        Failure::Message(text) => {
                            self.byte(1);
                            self.text(text);
                        }
                    };
                }
            };
        }
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Call { function, arguments, location } => {
                self.byte(0);
                self.function_ref(*function);
                self.operands(arguments);
                self.location(location);
            }
            Op::CallClosure { closure, arguments, result, location } => {
                self.byte(1);
                self.operand(closure);
                self.operands(arguments);
                self.ty(*result);
                self.location(location);
            }
            Op::ClosureArity(value) => {
                self.byte(2);
                self.operand(value);
            }
            Op::CallExtern { function, arguments, location } => {
                self.byte(3);
                self.extern_ref(*function);
                self.operands(arguments);
                self.location(location);
            }
            Op::Intrinsic { intrinsic, arguments, result, location } => {
                self.byte(4);
                self.text(&format!("{intrinsic:?}"));
                self.operands(arguments);
                self.ty(*result);
                self.location(location);
            }
            Op::Construct { ty, case, arguments } => {
                self.byte(5);
                self.ty(*ty);
                self.half(*case);
                self.operands(arguments);
            }
            Op::Rebuild { token, ty, case, arguments } => {
                self.byte(6);
                self.var(*token);
                self.ty(*ty);
                self.half(*case);
                self.operands(arguments);
            }
            Op::Field { value, index } => {
                self.byte(7);
                self.operand(value);
                self.half(*index);
            }
            Op::CaseField { value, case, index } => {
                self.byte(8);
                self.operand(value);
                self.half(*case);
                self.half(*index);
            }
            Op::MakeList { ty, items } => {
                self.byte(9);
                self.ty(*ty);
                self.operands(items);
            }
            Op::MakeDict { ty, entries } => {
                self.byte(10);
                self.ty(*ty);
                self.number(entries.len());
                for (key, value) in entries {
                    self.text(key);
                    self.operand(value);
                }
            }
            Op::MakeClosure { function, captures, ty } => {
                self.byte(11);
                self.function_ref(*function);
                self.operands(captures);
                self.ty(*ty);
            }
            Op::Capture { closure, index, ty } => {
                self.byte(12);
                self.operand(closure);
                self.half(*index);
                self.ty(*ty);
            }
            Op::Global(global) => {
                self.byte(13);
                self.global(*global);
            }
        }
    }

    fn app(&mut self, app: &App) {
        let App { name, settings, mode, handlers, workers, crons, tests, values, entries } = app;
        self.text(name);
        self.text(settings);
        self.byte(*mode as u8);
        self.number(handlers.len());
        for Handler { method, route, entry } in handlers {
            self.text(method);
            self.text(route);
            self.entry(entry);
        }
        self.number(workers.len());
        for Worker { name, entry } in workers {
            self.text(name);
            self.entry(entry);
        }
        self.number(crons.len());
        for Cron { name, schedule, entry } in crons {
            self.text(name);
            self.text(schedule);
            self.entry(entry);
        }
        self.number(tests.len());
        for Test { entry, group, text, expected_error, location } in tests {
            self.entry(entry);
            self.text(group);
            self.text(text);
            self.texts(expected_error.as_deref());
            self.location(location);
        }
        // All values have their places here, in the order of their numbers.
        self.number(self.program.globals.len());
        for (index, global) in self.program.globals.iter().enumerate() {
            self.global(GlobalId(index as u32));
            self.entry(&Entry { name: String::new(), function: global.init, params: Vec::new() });
        }
        self.number(values.len());
        values.iter().for_each(|id| self.global(*id));
        self.number(self.program.dbs.len());
        (0..self.program.dbs.len()).for_each(|index| self.db(DbId(index as u32)));
        self.number(entries.len());
        entries.iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, Entry { name, function, params }: &Entry) {
        self.text(name);
        self.function_ref(*function);
        if let Some(function) = self.program.functions.get(function.0 as usize) {
            self.text(&function.name);
            self.location(&function.location);
        }
        self.number(params.len());
        for (name, source) in params {
            self.text(name);
            self.byte(source.map_or(u8::MAX, |source| source as u8));
        }
    }
}
