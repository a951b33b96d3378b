//! Function bodies: Core's tree of expressions becomes basic blocks.
//!
//! A call in tail position takes no stack (see `tail_kind`), one of the function itself is a branch to its beginning.
//!
//! A function that may come back to itself compares the stack pointer with the context's limit in front of the first call
//! on each path: it stops deep recursion, and it is how the runtime gets the attention of a program that loops. What calls
//! nothing pays nothing. A loop is tested where it turns: each time when the turn has called the runtime, which may have
//! taken long, else each `TURNS`th time; the turns between are a loop of their own whose length LLVM knows.

use crate::memory::Held;
use crate::unit::Unit;
use crate::views::View;
use crate::{Made, fault};
use dark_ir::children;
use dark_ir::core::{Expr, Failure, Function, FunctionId, Label, Location, Op, Operand, Var};
use dark_ir::intrinsics::Intrinsic;
use dark_ir::types::TypeId;
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{
    BasicMetadataValueEnum, BasicValue, BasicValueEnum, FunctionValue, IntValue, LLVMTailCallKind, PhiValue,
    PointerValue, ValueKind,
};
use rustc_hash::FxHashMap;

/// Words of arguments, the context among them, that every target passes in registers.
const REGISTERS: u32 = 6;

/// Turns of a loop of short operations between two tests of the limit.
const TURNS: u64 = 1024;

/// What has happened since the function's beginning, or its last turn, on the path that is emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Path {
    /// The limit was tested.
    tested: bool,
    /// The runtime was called.
    slow: bool,
}

/// A loop that the function is: it calls itself at its end.
#[derive(Clone, Copy)]
struct Turn<'c> {
    /// Where a turn begins that is not tested.
    block: BasicBlock<'c>,
    /// How many are left until the next test.
    left: PhiValue<'c>,
}

/// Where a value goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Dest<'c> {
    Return,
    /// On to a block, where paths meet.
    Block(BasicBlock<'c>, PhiValue<'c>),
}

/// Keys that were looked for in dicts, and where their values are.
#[derive(Default)]
pub(crate) struct Found<'c>(Vec<(Operand, Operand, PointerValue<'c>)>);

impl<'c> Found<'c> {
    pub fn get(&self, dict: &Operand, key: &Operand) -> Option<PointerValue<'c>> {
        self.0.iter().find(|(of, at, _)| of == dict && at == key).map(|(.., place)| *place)
    }

    pub fn note(&mut self, dict: &Operand, key: &Operand, place: PointerValue<'c>) {
        self.0.push((dict.clone(), key.clone(), place));
    }
}

pub(crate) struct Emitter<'u, 'c, 'p> {
    pub unit: &'u mut Unit<'c, 'p>,
    pub builder: Builder<'c>,
    pub function: &'p Function,
    id: FunctionId,
    value: FunctionValue<'c>,
    /// The first parameter.
    pub context: PointerValue<'c>,
    /// The second one, where the result is written, if it lies in memory.
    out: Option<PointerValue<'c>>,
    /// Where all paths return: of a function whose return LLVM's fast selection does not know, so that it need not give up
    /// the rest of their last blocks.
    exit: Option<(BasicBlock<'c>, Option<PhiValue<'c>>)>,
    vars: Vec<Option<BasicValueEnum<'c>>>,
    joins: FxHashMap<Label, (BasicBlock<'c>, Vec<PhiValue<'c>>)>,
    /// Holds nothing but `alloca`s, and reads the arguments.
    entry: BasicBlock<'c>,
    /// Where the function begins again when it calls itself at its end, and the limit was tested.
    start: BasicBlock<'c>,
    /// By parameter, as the caller passes them.
    arguments: Vec<BasicValueEnum<'c>>,
    params: Vec<PhiValue<'c>>,
    turn: Option<Turn<'c>>,
    /// The parameters at the beginning of `turn`.
    turn_params: Vec<PhiValue<'c>>,
    /// Where all turns end that are not tested, with the arguments of the next one.
    latch: Option<(BasicBlock<'c>, Vec<PhiValue<'c>>)>,
    /// What is known of lists that stay the same in all turns.
    pub views: FxHashMap<Var, View<'c>>,
    /// The fields of records that stay the same in all turns.
    pub fields: FxHashMap<(Var, u32), BasicValueEnum<'c>>,
    path: Path,
    /// What has been looked for in dicts on the way to here.
    pub found: Found<'c>,
    /// Places in memory for arguments and results, used again and again.
    scratch: FxHashMap<(u32, u32), PointerValue<'c>>,
    /// By token.
    pub held: FxHashMap<Var, Held>,
    /// The sums, differences and products, by the truth that says that they fit.
    pub fitted: FxHashMap<Var, BasicValueEnum<'c>>,
}

/// Whether some path ends by calling the function itself.
fn is_loop(expr: &Expr, id: FunctionId) -> bool {
    match expr {
        Expr::Let { op: Op::Call { function, .. }, var, body } => {
            (*function == id && matches!(&**body, Expr::Value(Operand::Var(result)) if result == var))
                || is_loop(body, id)
        }
        Expr::LetExpr { body, .. } => is_loop(body, id),
        _ => children::exprs(expr).any(|child| is_loop(child, id)),
    }
}

/// Whether compiled code is called anywhere in the expression.
fn has_calls(expr: &Expr) -> bool {
    matches!(expr, Expr::Let { op: Op::Call { .. } | Op::CallClosure { .. }, .. })
        || children::exprs(expr).any(has_calls)
}

impl<'u, 'c, 'p> Emitter<'u, 'c, 'p> {
    pub fn emit(unit: &'u mut Unit<'c, 'p>, id: FunctionId, function: &'p Function) -> Made<()> {
        let value = unit.function(id)?;
        let Some(context) = value.get_first_param() else { return fault("a function without a context") };
        let entry = unit.context.append_basic_block(value, "entry");
        let start = match unit.optimise || is_loop(&function.body, id) {
            true => unit.context.append_basic_block(value, "start"),
            false => entry,
        };
        let out = match unit.in_memory(function.result) {
            true => value.get_nth_param(1).map(|out| out.into_pointer_value()),
            false => None,
        };
        let builder = unit.builder();
        let mut emitter = Emitter {
            builder,
            function,
            id,
            value,
            context: context.into_pointer_value(),
            out,
            exit: None,
            vars: vec![None; function.vars.len()],
            joins: FxHashMap::default(),
            entry,
            start,
            arguments: Vec::new(),
            params: Vec::new(),
            turn: None,
            turn_params: Vec::new(),
            latch: None,
            views: FxHashMap::default(),
            fields: FxHashMap::default(),
            path: Path { tested: false, slow: false },
            found: Found::default(),
            scratch: FxHashMap::default(),
            held: FxHashMap::default(),
            fitted: FxHashMap::default(),
            unit,
        };
        let first = emitter.begin()?;
        emitter.expr(&function.body, Dest::Return)?;
        emitter.end_turns()?;
        emitter.end_paths()?;
        if first != entry {
            emitter.builder.position_at_end(entry);
            emitter.builder.build_unconditional_branch(first)?;
        }
        Ok(())
    }

    /// The block behind `entry`.
    fn begin(&mut self) -> Made<BasicBlock<'c>> {
        self.take_arguments()?;
        let turns = is_loop(&self.function.body, self.id);
        let (mut first, mut from) = (self.start, self.entry);
        if turns && self.unit.optimise {
            first = self.block("views");
            self.builder.position_at_end(first);
            self.view_parameters(self.id)?;
            from = self.current()?;
            self.builder.build_unconditional_branch(self.start)?;
        }
        self.builder.position_at_end(self.start);
        if !self.unit.optimise {
            self.begin_simply(turns)?;
            return Ok(first);
        }
        for param in &self.function.params {
            let phi = self.builder.build_phi(self.unit.register(self.var_type(param.var)?), "")?;
            let argument = self.argument(param.var)?;
            phi.add_incoming(&[(&argument, from)]);
            self.params.push(phi);
            self.set(param.var, phi.as_basic_value());
        }
        if turns {
            self.begin_turns()?;
        }
        Ok(first)
    }

    /// The parameters of a fast build. What lies in memory stays in its place, where the next turn's is written.
    fn begin_simply(&mut self, turns: bool) -> Made<()> {
        for param in &self.function.params {
            let (argument, ty) = (self.argument(param.var)?, self.var_type(param.var)?);
            if !turns || self.unit.in_memory(ty) {
                self.set(param.var, argument);
                continue;
            }
            let phi = self.builder.build_phi(argument.get_type(), "")?;
            phi.add_incoming(&[(&argument, self.entry)]);
            self.params.push(phi);
            self.set(param.var, phi.as_basic_value());
        }
        Ok(())
    }

    /// Reads what the caller passes, in the entry block.
    fn take_arguments(&mut self) -> Made<()> {
        self.builder.position_at_end(self.entry);
        let mut passed = self.value.get_param_iter().skip(1 + usize::from(self.out.is_some()));
        for param in &self.function.params {
            let ty = self.var_type(param.var)?;
            self.arguments.push(self.unit.taken(&self.builder, &mut passed, ty)?);
        }
        Ok(())
    }

    /// A parameter with the value that the caller passes.
    pub fn argument(&self, var: Var) -> Made<BasicValueEnum<'c>> {
        let index = self.function.params.iter().position(|param| param.var == var);
        match index.and_then(|index| self.arguments.get(index)) {
            Some(argument) => Ok(*argument),
            None => fault("a missing parameter"),
        }
    }

    /// The turns without a test are a loop inside of that which begins at `start`.
    fn begin_turns(&mut self) -> Made<()> {
        let block = self.block("turn");
        self.builder.build_unconditional_branch(block)?;
        self.builder.position_at_end(block);
        let left = self.builder.build_phi(self.unit.i32(), "left")?;
        left.add_incoming(&[(&self.unit.i32().const_int(TURNS, false), self.start)]);
        for (param, outer) in self.function.params.iter().zip(self.params.clone()) {
            let phi = self.builder.build_phi(outer.as_basic_value().get_type(), "")?;
            phi.add_incoming(&[(&outer.as_basic_value(), self.start)]);
            self.turn_params.push(phi);
            self.set(param.var, phi.as_basic_value());
        }
        self.turn = Some(Turn { block, left });
        Ok(())
    }

    /// The function begins again with other arguments.
    fn turn(&mut self, values: &[BasicValueEnum<'c>]) -> Made<()> {
        if self.path.tested || (self.unit.optimise && self.turn.is_none()) {
            return self.restart(values);
        }
        if self.path.slow || !self.unit.optimise {
            self.test_limit()?;
            return self.restart(values);
        }
        if self.latch.is_none() {
            let block = self.block("latch");
            let phis = values.iter().map(|value| self.phi(block, value.get_type())).collect::<Made<_>>()?;
            self.latch = Some((block, phis));
        }
        let from = self.current()?;
        let Some((block, phis)) = &self.latch else { return fault("a turn without an end") };
        for (phi, value) in phis.iter().zip(values) {
            phi.add_incoming(&[(value, from)]);
        }
        self.builder.build_unconditional_branch(*block)?;
        Ok(())
    }

    /// The one place where turns end, so that LLVM sees one loop whose paths may become selections.
    fn end_turns(&mut self) -> Made<()> {
        let (Some((block, phis)), Some(turn)) = (self.latch.take(), self.turn) else { return Ok(()) };
        self.builder.position_at_end(block);
        let values: Vec<BasicValueEnum<'c>> = phis.iter().map(|phi| phi.as_basic_value()).collect();
        let one = self.unit.i32().const_int(1, false);
        let left = self.builder.build_int_sub(turn.left.as_basic_value().into_int_value(), one, "")?;
        let none = self.builder.build_int_compare(IntPredicate::EQ, left, self.unit.i32().const_zero(), "")?;
        let tested = self.block("tested");
        self.builder.build_conditional_branch(none, tested, turn.block)?;
        turn.left.add_incoming(&[(&left, block)]);
        for (phi, value) in self.turn_params.iter().zip(&values) {
            phi.add_incoming(&[(value, block)]);
        }
        self.builder.position_at_end(tested);
        self.test_limit()?;
        self.restart(&values)
    }

    /// Tests the limit in the middle of a turn that has just taken long.
    pub fn test_in_loop(&mut self) -> Made<()> {
        if self.turn.is_some() && !self.path.tested { self.test_limit() } else { Ok(()) }
    }

    fn restart(&mut self, values: &[BasicValueEnum<'c>]) -> Made<()> {
        let (mut kept, mut moved) = (Vec::new(), Vec::new());
        for ((param, argument), value) in self.function.params.iter().zip(&self.arguments).zip(values) {
            let ty = self.var_type(param.var)?;
            match self.unit.in_memory(ty) {
                false => kept.push(value),
                true if argument == value => {}
                true => {
                    let words = self.unit.to_words(&self.builder, *value, ty)?;
                    moved.push((argument.into_pointer_value(), words));
                }
            }
        }
        // All have been read before any is written: they may come from each other's places.
        for (place, words) in moved {
            self.unit.store_words(&self.builder, place, &words)?;
        }
        let from = self.current()?;
        for (phi, value) in self.params.iter().zip(kept) {
            phi.add_incoming(&[(value, from)]);
        }
        self.builder.build_unconditional_branch(self.start)?;
        Ok(())
    }

    /// Tests the limit in front of a call, unless that was done on this path.
    fn test_before_calls(&mut self) -> Made<()> {
        if self.function.recursive && !self.path.tested {
            self.test_limit()?;
            self.path.tested = true;
        }
        Ok(())
    }

    /// Calls the runtime when the stack pointer is below the limit.
    fn test_limit(&mut self) -> Made<()> {
        if !self.unit.optimise {
            let location = self.unit.location(&self.function.location, &self.function.name);
            let limit = self.unit.limit()?;
            self.builder.build_call(limit, &[self.context.into(), location.into()], "")?;
            return Ok(());
        }
        let below = self.unit.stack_is_below_limit(&self.builder, self.context)?;
        let (interrupt, go_on) = (self.block("interrupt"), self.block("body"));
        self.builder.build_conditional_branch(below, interrupt, go_on)?;
        self.builder.position_at_end(interrupt);
        self.unit.interrupt(&self.builder, self.context, self.function)?;
        self.builder.build_unconditional_branch(go_on)?;
        self.builder.position_at_end(go_on);
        Ok(())
    }

    pub fn block(&self, name: &str) -> BasicBlock<'c> {
        self.unit.context.append_basic_block(self.value, name)
    }

    pub fn var_type(&self, var: Var) -> Made<TypeId> {
        match self.function.vars.get(var.0 as usize) {
            Some(ty) => Ok(*ty),
            None => fault("a variable without a type"),
        }
    }

    pub fn set(&mut self, var: Var, value: BasicValueEnum<'c>) {
        if let Some(place) = self.vars.get_mut(var.0 as usize) {
            *place = Some(value);
        }
    }

    pub fn get(&self, var: Var) -> Made<BasicValueEnum<'c>> {
        match self.vars.get(var.0 as usize).copied().flatten() {
            Some(value) => Ok(value),
            None => fault(format!("v{} is used before it has a value in {}", var.0, self.function.symbol)),
        }
    }

    pub fn operand(&mut self, operand: &Operand) -> Made<BasicValueEnum<'c>> {
        match operand {
            Operand::Var(var) => self.get(*var),
            Operand::Const(constant) => self.unit.constant(constant),
        }
    }

    pub fn operands(&mut self, operands: &[Operand]) -> Made<Vec<BasicValueEnum<'c>>> {
        operands.iter().map(|operand| self.operand(operand)).collect()
    }

    pub fn operand_type(&self, operand: &Operand) -> Made<TypeId> {
        match operand {
            Operand::Var(var) => self.var_type(*var),
            Operand::Const(constant) => self.unit.constant_type(constant),
        }
    }

    /// Emits an expression; afterwards the current block is closed.
    fn expr(&mut self, expr: &'p Expr, dest: Dest<'c>) -> Made<()> {
        let mut at = expr;
        loop {
            match at {
                Expr::Let { var, op, body } => {
                    if let (Dest::Return, Expr::Value(Operand::Var(result))) = (dest, &**body)
                        && result == var
                        && self.tail_call(op)?
                    {
                        return Ok(());
                    }
                    match op {
                        Op::Call { .. } | Op::CallClosure { .. } => self.test_before_calls()?,
                        Op::CallExtern { .. } => self.path.slow = true,
                        Op::Intrinsic { intrinsic, arguments, .. } if intrinsic.may_take_long() => {
                            let short = matches!(intrinsic, Intrinsic::Equal | Intrinsic::NotEqual)
                                && self.number(self.operand_type(&arguments[0])?).is_some();
                            self.path.slow |= !short;
                        }
                        _ => {}
                    }
                    let value = self.op(*var, op)?;
                    self.set(*var, value);
                    at = body;
                }
                Expr::LetExpr { var, value, body } => {
                    if has_calls(value) && has_calls(body) {
                        self.test_before_calls()?;
                    }
                    let path = self.path;
                    let meet = self.block("meet");
                    let phi = self.phi(meet, self.unit.register(self.var_type(*var)?))?;
                    self.expr(value, Dest::Block(meet, phi))?;
                    // Some of the paths that meet here may have called the runtime.
                    self.path = Path { slow: path.slow || self.path.slow, ..path };
                    self.builder.position_at_end(meet);
                    let value = self.settle(phi);
                    self.set(*var, value);
                    at = body;
                }
                Expr::Dup { var, body } => {
                    let (value, ty) = (self.get(*var)?, self.var_type(*var)?);
                    self.unit.dup(&self.builder, value, ty)?;
                    at = body;
                }
                Expr::Drop { var, body } => {
                    let (value, ty) = (self.get(*var)?, self.var_type(*var)?);
                    self.unit.drop(&self.builder, self.context, value, ty)?;
                    at = body;
                }
                Expr::Take { value, case, fields, token, body } => {
                    self.take(*value, *case, fields, *token)?;
                    at = body;
                }
                Expr::Release { token, body } => {
                    self.release(*token)?;
                    at = body;
                }
                Expr::Join { label, params, body, rest } => {
                    if has_calls(rest) && has_calls(body) {
                        self.test_before_calls()?;
                    }
                    let path = self.path;
                    let block = self.block("join");
                    let mut phis = Vec::new();
                    for param in params {
                        phis.push(self.phi(block, self.unit.register(self.var_type(*param)?))?);
                    }
                    self.joins.insert(*label, (block, phis.clone()));
                    let found = self.found.0.len();
                    self.expr(rest, dest)?;
                    self.found.0.truncate(found);
                    self.path = Path { slow: path.slow || self.path.slow, ..path };
                    self.builder.position_at_end(block);
                    for (param, phi) in params.iter().zip(phis) {
                        let value = self.settle(phi);
                        self.set(*param, value);
                    }
                    at = body;
                }
                _ => return self.end(at, dest),
            }
        }
    }

    /// A phi at the beginning of another block.
    fn phi(&self, block: BasicBlock<'c>, ty: BasicTypeEnum<'c>) -> Made<PhiValue<'c>> {
        self.unit.aside.position_at_end(block);
        Ok(self.unit.aside.build_phi(ty, "")?)
    }

    /// The value of a phi that has all its paths; one that no path reaches is removed.
    fn settle(&self, phi: PhiValue<'c>) -> BasicValueEnum<'c> {
        if phi.count_incoming() > 0 {
            return phi.as_basic_value();
        }
        let ty = phi.as_basic_value().get_type();
        phi.as_instruction().erase_from_basic_block();
        match ty {
            BasicTypeEnum::ArrayType(ty) => ty.get_poison().into(),
            BasicTypeEnum::FloatType(ty) => ty.get_poison().into(),
            BasicTypeEnum::IntType(ty) => ty.get_poison().into(),
            BasicTypeEnum::PointerType(ty) => ty.get_poison().into(),
            BasicTypeEnum::StructType(ty) => ty.get_poison().into(),
            BasicTypeEnum::VectorType(ty) => ty.get_poison().into(),
            BasicTypeEnum::ScalableVectorType(ty) => ty.get_poison().into(),
        }
    }

    pub fn current(&self) -> Made<BasicBlock<'c>> {
        match self.builder.get_insert_block() {
            Some(block) => Ok(block),
            None => fault("no current block"),
        }
    }

    fn end(&mut self, expr: &'p Expr, dest: Dest<'c>) -> Made<()> {
        match expr {
            Expr::Value(value) => {
                let value = self.operand(value)?;
                match dest {
                    Dest::Return => self.leave(value)?,
                    Dest::Block(block, phi) => {
                        phi.add_incoming(&[(&value, self.current()?)]);
                        self.builder.build_unconditional_branch(block)?;
                    }
                }
                Ok(())
            }
            Expr::If { condition, then, otherwise } => {
                let condition = self.operand(condition)?.into_int_value();
                let (then_block, else_block) = (self.block("then"), self.block("else"));
                self.builder.build_conditional_branch(condition, then_block, else_block)?;
                self.branches(&[(then_block, then), (else_block, otherwise)], dest)
            }
            Expr::Switch { scrutinee, cases, default } => self.switch(scrutinee, cases, default.as_deref(), dest),
            Expr::Jump { label, arguments } => {
                let values = self.operands(arguments)?;
                let from = self.current()?;
                let Some((block, phis)) = self.joins.get(label) else { return fault("a jump to nowhere") };
                for (phi, value) in phis.iter().zip(&values) {
                    phi.add_incoming(&[(value, from)]);
                }
                self.builder.build_unconditional_branch(*block)?;
                Ok(())
            }
            Expr::Fail { failure, location } => self.fail(failure, location),
            Expr::Let { .. }
            | Expr::LetExpr { .. }
            | Expr::Join { .. }
            | Expr::Dup { .. }
            | Expr::Drop { .. }
            | Expr::Take { .. }
            | Expr::Release { .. } => fault("an expression that goes on"),
        }
    }

    fn switch(
        &mut self,
        scrutinee: &Operand,
        cases: &'p [(u32, Expr)],
        default: Option<&'p Expr>,
        dest: Dest<'c>,
    ) -> Made<()> {
        let ty = self.operand_type(scrutinee)?;
        let value = self.operand(scrutinee)?;
        let index = self.case_index(value, ty)?;
        let other = self.block("other");
        let blocks: Vec<(IntValue<'c>, BasicBlock<'c>)> = cases
            .iter()
            .map(|(case, _)| (index.get_type().const_int(u64::from(*case), false), self.block("case")))
            .collect();
        self.unit.choose(&self.builder, index, other, &blocks)?;
        let mut branches: Vec<(BasicBlock<'c>, &'p Expr)> =
            cases.iter().zip(&blocks).map(|((_, code), (_, block))| (*block, code)).collect();
        match default {
            Some(code) => branches.push((other, code)),
            None => {
                self.builder.position_at_end(other);
                self.builder.build_unreachable()?;
            }
        }
        self.branches(&branches, dest)
    }

    /// Each path has a history of its own; what follows them may come from any.
    fn branches(&mut self, branches: &[(BasicBlock<'c>, &'p Expr)], dest: Dest<'c>) -> Made<()> {
        let path = self.path;
        let mut slow = path.slow;
        for (block, code) in branches {
            self.path = path;
            self.builder.position_at_end(*block);
            let found = self.found.0.len();
            self.expr(code, dest)?;
            self.found.0.truncate(found);
            slow |= self.path.slow;
        }
        self.path.slow = slow;
        Ok(())
    }

    fn fail(&mut self, failure: &Failure, location: &Location) -> Made<()> {
        self.set_location(location)?;
        match failure {
            Failure::Message(text) => {
                let text = self.unit.text(text);
                self.entry_point("dark_fail_message", &[text.into()])?;
            }
            Failure::NoMatch(value) => {
                let (place, info) = self.in_memory(value, 0)?;
                self.entry_point("dark_fail_no_match", &[place.into(), info.into()])?;
            }
        }
        self.builder.build_unreachable()?;
        Ok(())
    }

    /// Returns a value.
    fn leave(&mut self, value: BasicValueEnum<'c>) -> Made<()> {
        let ty = self.function.result;
        let mut returned = None;
        match self.out {
            Some(out) => {
                let words = self.unit.to_words(&self.builder, value, ty)?;
                self.unit.store_words(&self.builder, out, &words)?;
            }
            None => returned = Some(self.unit.give(&self.builder, value, ty)?),
        }
        if self.unit.optimise || !self.function.tail_called {
            self.builder.build_return(returned.as_ref().map(|value| value as &dyn BasicValue<'c>))?;
            return Ok(());
        }
        let exit = match self.exit {
            Some(known) => known,
            None => {
                let block = self.block("exit");
                let phi = returned.map(|value| self.phi(block, value.get_type())).transpose()?;
                *self.exit.insert((block, phi))
            }
        };
        if let (Some(phi), Some(value)) = (exit.1, returned) {
            phi.add_incoming(&[(&value, self.current()?)]);
        }
        self.builder.build_unconditional_branch(exit.0)?;
        Ok(())
    }

    fn end_paths(&mut self) -> Made<()> {
        let Some((block, phi)) = self.exit else { return Ok(()) };
        self.builder.position_at_end(block);
        let returned = phi.map(|phi| phi.as_basic_value());
        self.builder.build_return(returned.as_ref().map(|value| value as &dyn BasicValue<'c>))?;
        Ok(())
    }

    pub fn is_tail_called(&self, function: FunctionId) -> bool {
        self.unit.program.functions.get(function.0 as usize).is_some_and(|function| function.tail_called)
    }

    /// Emits a call in tail position that must take no stack; false if the operation is none.
    fn tail_call(&mut self, op: &'p Op) -> Made<bool> {
        match op {
            Op::Call { function, arguments, .. } if *function == self.id => {
                let values = self.operands(arguments)?;
                self.turn(&values)?;
                return Ok(true);
            }
            Op::Call { function, .. } if self.function.tail_called && self.is_tail_called(*function) => {}
            Op::CallClosure { .. } if self.function.tail_called => {}
            _ => return Ok(false),
        }
        self.test_before_calls()?;
        // The result goes where this function's own is to go.
        let call = self.call(op, self.out)?;
        let kind = self.tail_kind(op)?;
        call.set_tail_call_kind(kind);
        match call.try_as_basic_value() {
            ValueKind::Basic(value) => self.builder.build_return(Some(&value))?,
            ValueKind::Instruction(_) => self.builder.build_return(None)?,
        };
        Ok(true)
    }

    /// `musttail` where the arguments of both functions fit into registers. Where some lie on the stack, the place of the
    /// return address may change, which LLVM takes into account for `tail` calls only; with `tailcc` it guarantees these
    /// too.
    fn tail_kind(&self, op: &Op) -> Made<LLVMTailCallKind> {
        let (closure, arguments) = match op {
            Op::Call { arguments, .. } => (0, arguments),
            Op::CallClosure { arguments, .. } => (1, arguments),
            _ => return fault("a tail call that is none"),
        };
        let mut passed = closure;
        for argument in arguments {
            passed += self.unit.slots(self.operand_type(argument)?);
        }
        let mut taken = 0;
        for param in &self.function.params {
            taken += self.unit.slots(self.var_type(param.var)?);
        }
        let out = u32::from(self.out.is_some());
        Ok(match out + passed.max(taken) < REGISTERS {
            true => LLVMTailCallKind::LLVMTailCallKindMustTail,
            false => LLVMTailCallKind::LLVMTailCallKindTail,
        })
    }

    /// Says where the code is, for the message of a failure.
    pub fn set_location(&mut self, location: &Location) -> Made<()> {
        let pointer = self.unit.location(location, location.function.as_deref().unwrap_or(&self.function.name));
        let place = self.unit.offset(&self.builder, self.context, 8)?;
        self.builder.build_store(place, pointer)?;
        Ok(())
    }

    /// Calls an entry point; its result, if it has one.
    pub fn entry_point(
        &mut self,
        name: &str,
        arguments: &[BasicMetadataValueEnum<'c>],
    ) -> Made<Option<BasicValueEnum<'c>>> {
        let (function, _) = self.unit.entry_point(name)?;
        let mut all = vec![self.context.into()];
        all.extend(arguments.iter().copied());
        let call = self.builder.build_call(function, &all, "")?;
        Ok(match call.try_as_basic_value() {
            ValueKind::Basic(value) => Some(value),
            ValueKind::Instruction(_) => None,
        })
    }

    /// As `entry_point`, for one that has a result.
    pub fn entry_value(&mut self, name: &str, arguments: &[BasicMetadataValueEnum<'c>]) -> Made<BasicValueEnum<'c>> {
        match self.entry_point(name, arguments)? {
            Some(value) => Ok(value),
            None => fault(format!("`{name}` has no result")),
        }
    }

    /// Calls an intrinsic of LLVM.
    pub fn llvm(
        &mut self,
        name: &str,
        types: &[BasicTypeEnum<'c>],
        arguments: &[BasicMetadataValueEnum<'c>],
    ) -> Made<BasicValueEnum<'c>> {
        self.unit.llvm(&self.builder, name, types, arguments)
    }

    /// A place for so many slots, in the function's frame. Whoever stores there reads before the next one stores.
    pub fn scratch(&mut self, index: u32, slots: u32) -> Made<PointerValue<'c>> {
        if let Some(known) = self.scratch.get(&(index, slots)) {
            return Ok(*known);
        }
        let place = self.unit.place(&self.builder, slots)?;
        self.scratch.insert((index, slots), place);
        Ok(place)
    }

    /// Stores a value in the scratch place of that index: its address and descriptor.
    pub fn in_memory(&mut self, operand: &Operand, index: u32) -> Made<(PointerValue<'c>, PointerValue<'c>)> {
        let ty = self.operand_type(operand)?;
        let value = self.operand(operand)?;
        let place = self.spill(value, ty, index)?;
        Ok((place, self.unit.type_info(ty)?))
    }

    pub fn spill(&mut self, value: BasicValueEnum<'c>, ty: TypeId, index: u32) -> Made<PointerValue<'c>> {
        if self.unit.in_memory(ty) {
            return Ok(value.into_pointer_value());
        }
        let place = self.scratch(index, dark_abi::SLOTS_MAX as u32)?;
        self.unit.store(&self.builder, place, value, ty)?;
        Ok(place)
    }

    /// The case an enum value is of.
    pub fn case_index(&mut self, value: BasicValueEnum<'c>, ty: TypeId) -> Made<IntValue<'c>> {
        if self.unit.program.types.layout(ty).boxed {
            let place = self.unit.offset(&self.builder, value.into_pointer_value(), 4)?;
            return Ok(self.builder.build_load(self.unit.i32(), place, "")?.into_int_value());
        }
        self.unit.case_number(&self.builder, value, ty)
    }
}
