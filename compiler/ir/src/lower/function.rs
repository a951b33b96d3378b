//! The inside of one function: expressions to A-normal form.
//!
//! `operand` puts what has to be computed first into the current block and answers a variable or constant; `tail` answers
//! the expression that ends the block, so that branches in tail position stay in tail position. A lambda is a frame of its
//! own on a stack: a local that belongs to an outer frame becomes a capture on first use.

use super::types::{angled, scalar};
use super::{Instance, Lower, LowerError, Statement, symbol_path, wrap};
use crate::core::{Const, Expr, Failure, Function, FunctionId, Label, Location, Op, Operand, Param, Var};
use crate::intrinsics::Intrinsic;
use crate::types::{Type, TypeId};
use dark_hir::body::{Body, Expr as Hir, ExprId, LocalId, Pat, PatId, SourceMap};
use dark_hir::def::{Def, DefKind};
use dark_hir::infer::{Inference, infer};
use dark_hir::items::{module_of, shown};
use dark_hir::queries;
use dark_hir::types::lower::substitute;
use dark_hir::types::{Binding, Role, Ty};
use dark_source::FileId;
use dark_syntax::ast::{Literal, Operator};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// One function or lambda under construction.
#[derive(Default)]
pub(super) struct Frame {
    pub vars: Vec<TypeId>,
    pub places: Vec<dark_source::Location>,
    pub blocks: Vec<Vec<Statement>>,
    pub locals: FxHashMap<LocalId, Operand>,
    /// Locals of outer frames with the variable they are loaded into.
    pub captures: Vec<(LocalId, Var)>,
}

pub(super) struct Builder<'a, 'db> {
    pub lower: &'a mut Lower<'db>,
    pub def: Def,
    file: FileId,
    pub body: Arc<Body>,
    pub map: SourceMap,
    pub inference: Inference,
    /// By index of `Ty::Param`, those of generalised locals included.
    pub arguments: Vec<Ty>,
    pub frames: Vec<Frame>,
    /// Locals whose closure's code is known, with its number of parameters.
    known: FxHashMap<LocalId, (FunctionId, usize)>,
    /// Generalised locals: their lambda is lowered again for each use.
    generic: FxHashMap<LocalId, Closure>,
    symbol: String,
    lambdas: u32,
    labels: u32,
    /// The expression that is being lowered.
    at: ExprId,
}

/// A lambda or nested function.
#[derive(Debug, Clone)]
struct Closure {
    local: Option<LocalId>,
    params: Vec<PatId>,
    body: ExprId,
}

impl<'db> Lower<'db> {
    /// Lowers one instance.
    pub(super) fn function(&mut self, instance: &Instance) -> Result<Function, LowerError> {
        let def = instance.def;
        let unchecked = |what| LowerError::Unchecked { def, what };
        let body = queries::body(self.db, def).ok_or_else(|| unchecked("it has no body"))?;
        let map = queries::source_map(self.db, def).clone().ok_or_else(|| unchecked("it has no source map"))?;
        let place = queries::location(self.db, def).ok_or_else(|| unchecked("it has no place"))?;
        let symbol = self.symbol(instance);
        let mut builder = Builder {
            file: place.file,
            def,
            map,
            inference: infer(self.db, def).clone(),
            arguments: instance.arguments.clone(),
            frames: vec![Frame::default()],
            known: FxHashMap::default(),
            generic: FxHashMap::default(),
            symbol: symbol.clone(),
            lambdas: 0,
            labels: 0,
            at: body.root,
            body: Arc::clone(&body),
            lower: self,
        };
        let (params, result, code) = builder.whole()?;
        let frame = builder.frames.pop().unwrap_or_default();
        let location = self.location(place.file, place.span);
        Ok(Function {
            symbol,
            name: speaking_name(self.db, def),
            group: module_of(self.db, def).join("."),
            params: params.into_iter().map(|var| Param { var, borrowed: false }).collect(),
            result,
            body: code,
            location,
            vars: frame.vars,
            places: self.own_places(def, frame.places),
            sql: queries::signature(self.db, def).as_ref().and_then(|it| it.sql.clone()),
            tail_called: false,
            recursive: true,
            captures: None,
            value_of: None,
        })
    }

    /// The places of variables, none for the library.
    fn own_places(&self, def: Def, places: Vec<dark_source::Location>) -> Vec<dark_source::Location> {
        let library = def.path(self.db).starts_with("Darklang.");
        if library { Vec::new() } else { places }
    }

    /// `dark$Shop.Cart.add<Int64>`: the same in every build. A value and a function may have one name.
    fn symbol(&self, instance: &Instance) -> String {
        let path = symbol_path(instance.def.path(self.db));
        let kind = if instance.def.kind(self.db) == DefKind::Value { "dark_init" } else { "dark" };
        format!("{kind}${path}{}", angled(&instance.arguments, |ty| self.key(ty)))
    }
}

impl Builder<'_, '_> {
    /// Parameters, result type and code of the whole definition.
    fn whole(&mut self) -> Result<(Vec<Var>, TypeId, Expr), LowerError> {
        let root = self.body.root;
        self.open();
        let params = self.params(&self.body.params.clone())?;
        let end = match (self.def.kind(self.lower.db), self.body.exprs.get(root.index())) {
            (DefKind::Test, Some(Hir::TestEqual { actual, expected })) => {
                let (actual, expected) = (*actual, *expected);
                let arguments = vec![self.operand(actual)?, self.operand(expected)?];
                let text = self.string_type();
                let at = self.location(actual);
                Expr::Value(self.intrinsic(Intrinsic::TestCompare, arguments, text, at))
            }
            (DefKind::Test, _) => {
                let value = self.operand(root)?;
                let (text, at) = (self.string_type(), self.location(root));
                Expr::Value(self.intrinsic(Intrinsic::Repr, vec![value], text, at))
            }
            _ => self.tail(root)?,
        };
        let code = self.close(end);
        let result = match self.def.kind(self.lower.db) {
            DefKind::Test => self.string_type(),
            _ => self.expr_type(root),
        };
        Ok((params, result, code))
    }

    // Blocks and variables.

    pub fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub fn open(&mut self) {
        self.frame().blocks.push(Vec::new());
    }

    /// Ends the current block.
    pub fn close(&mut self, end: Expr) -> Expr {
        let statements = self.frame().blocks.pop().unwrap_or_default();
        wrap(statements, end)
    }

    pub fn push(&mut self, statement: Statement) {
        if let Some(block) = self.frame().blocks.last_mut() {
            block.push(statement);
        }
    }

    pub fn var(&mut self, ty: TypeId) -> Var {
        let span = self.map.exprs.get(self.at.index()).copied().unwrap_or_default();
        let place = dark_source::Location { file: self.file, span };
        let frame = self.frame();
        frame.vars.push(ty);
        frame.places.push(place);
        Var((frame.vars.len() - 1) as u32)
    }

    pub fn let_(&mut self, ty: TypeId, op: Op) -> Operand {
        let var = self.var(ty);
        self.push(Statement::Let(var, op));
        Operand::Var(var)
    }

    pub fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    // Types and places.

    pub fn expr_ty(&self, id: ExprId) -> Ty {
        let ty = self.inference.exprs.get(id.index()).cloned().unwrap_or(Ty::Unit);
        substitute(&ty, &self.arguments)
    }

    pub fn expr_type(&mut self, id: ExprId) -> TypeId {
        let ty = self.expr_ty(id);
        self.lower.ty(&ty, &[])
    }

    pub fn pat_ty(&self, id: PatId) -> Ty {
        let ty = self.inference.pats.get(id.index()).cloned().unwrap_or(Ty::Unit);
        substitute(&ty, &self.arguments)
    }

    fn string_type(&mut self) -> TypeId {
        self.lower.types.intern(Type::String)
    }

    pub fn bool_type(&mut self) -> TypeId {
        self.lower.types.intern(Type::Bool)
    }

    pub fn int64_type(&mut self) -> TypeId {
        self.lower.types.intern(Type::Sized(crate::types::Scalar::Int64))
    }

    pub fn location(&mut self, id: ExprId) -> Location {
        let span = self.map.exprs.get(id.index()).copied().unwrap_or_default();
        self.lower.location(self.file, span)
    }

    pub fn unchecked<T>(&self, what: &'static str) -> Result<T, LowerError> {
        Err(LowerError::Unchecked { def: self.def, what })
    }

    pub fn intrinsic(
        &mut self,
        intrinsic: Intrinsic,
        arguments: Vec<Operand>,
        result: TypeId,
        location: Location,
    ) -> Operand {
        self.let_(result, Op::Intrinsic { intrinsic, arguments, result, location })
    }

    // Locals.

    /// The value of a local in the current frame; captured when it belongs to an outer one.
    fn local(&mut self, local: LocalId) -> Result<Operand, LowerError> {
        let top = self.frames.len() - 1;
        self.local_in(top, local)
    }

    fn local_in(&mut self, frame: usize, local: LocalId) -> Result<Operand, LowerError> {
        if let Some(operand) = self.frames[frame].locals.get(&local) {
            return Ok(operand.clone());
        }
        if frame == 0 {
            return self.unchecked("a local is used outside of its scope");
        }
        let outer = self.local_in(frame - 1, local)?;
        let here = match &outer {
            Operand::Const(_) => outer,
            Operand::Var(var) => {
                let ty = self.frames[frame - 1].vars[var.0 as usize];
                let place = self.frames[frame - 1].places[var.0 as usize];
                self.frames[frame].vars.push(ty);
                self.frames[frame].places.push(place);
                let own = Var((self.frames[frame].vars.len() - 1) as u32);
                self.frames[frame].captures.push((local, own));
                Operand::Var(own)
            }
        };
        self.frames[frame].locals.insert(local, here.clone());
        Ok(here)
    }

    /// Variables for parameters, taken apart where the pattern says so.
    fn params(&mut self, pats: &[PatId]) -> Result<Vec<Var>, LowerError> {
        let mut vars = Vec::new();
        for pat in pats {
            let ty = self.pat_ty(*pat);
            let ty = self.lower.ty(&ty, &[]);
            vars.push(self.var(ty));
        }
        for (pat, var) in pats.iter().zip(&vars) {
            self.bind(*pat, Operand::Var(*var))?;
        }
        Ok(vars)
    }

    // Expressions.

    /// The expression as the end of the current block.
    pub fn tail(&mut self, id: ExprId) -> Result<Expr, LowerError> {
        let before = std::mem::replace(&mut self.at, id);
        let end = self.tail_here(id);
        self.at = before;
        end
    }

    fn tail_here(&mut self, id: ExprId) -> Result<Expr, LowerError> {
        let body = Arc::clone(&self.body);
        match body.exprs.get(id.index()) {
            Some(Hir::If { condition, then, otherwise }) => self.if_(*condition, *then, *otherwise),
            Some(Hir::Match { scrutinee, arms }) => self.match_(id, *scrutinee, arms),
            Some(Hir::Let { .. } | Hir::LetFunction { .. }) => {
                let last = self.lets(id)?;
                self.tail(last)
            }
            Some(Hir::Statements(list)) => {
                let Some((last, others)) = list.split_last() else {
                    return Ok(Expr::Value(Operand::Const(Const::Unit)));
                };
                for statement in others {
                    self.operand(*statement)?;
                }
                self.tail(*last)
            }
            Some(Hir::Binary { operator: Operator::And | Operator::Or, .. }) => self.lazy(id),
            Some(Hir::Call { function, arguments }) => self.tail_call(id, *function, arguments),
            _ => Ok(Expr::Value(self.operand(id)?)),
        }
    }

    /// The expression in a block of its own.
    pub fn block(&mut self, id: ExprId) -> Result<Expr, LowerError> {
        self.open();
        let end = self.tail(id)?;
        Ok(self.close(end))
    }

    /// Computes the expression in the current block.
    pub fn operand(&mut self, id: ExprId) -> Result<Operand, LowerError> {
        let before = std::mem::replace(&mut self.at, id);
        let operand = self.operand_here(id);
        self.at = before;
        operand
    }

    fn operand_here(&mut self, id: ExprId) -> Result<Operand, LowerError> {
        let body = Arc::clone(&self.body);
        let Some(expr) = body.exprs.get(id.index()) else { return self.unchecked("an expression is missing") };
        match expr {
            Hir::Missing => self.unchecked("it has a syntax error"),
            Hir::Literal(literal) => Ok(Operand::Const(self.literal(id, &literal.0))),
            Hir::Interpolation(parts) => self.interpolation(id, parts),
            Hir::Local(local) => self.use_local(id, *local),
            Hir::Def { def, .. } => self.definition(id, *def),
            Hir::Db(def) => Ok(Operand::Const(Const::Db(self.lower.db_id(*def)))),
            Hir::Call { .. } => self.call_value(id),
            Hir::Construct { arguments, .. } => self.construct(id, arguments),
            Hir::Record { fields, .. } => self.record(id, fields),
            Hir::RecordUpdate { record, fields } => self.update(id, *record, fields),
            Hir::Dict(entries) => self.dict(id, entries),
            Hir::Field { record, .. } => self.field(id, *record),
            Hir::Binary { operator, left, right } => self.binary(id, *operator, *left, *right),
            Hir::Negate(inner) => {
                let value = self.operand(*inner)?;
                let (ty, at) = (self.expr_type(id), self.location(id));
                Ok(self.intrinsic(Intrinsic::Negate, vec![value], ty, at))
            }
            Hir::Unit => Ok(Operand::Const(Const::Unit)),
            Hir::Tuple(items) => {
                let arguments = self.operands(items)?;
                let ty = self.expr_type(id);
                Ok(self.let_(ty, Op::Construct { ty, case: 0, arguments }))
            }
            Hir::List(items) => {
                let items = self.operands(items)?;
                let ty = self.expr_type(id);
                match items.is_empty() {
                    true => Ok(Operand::Const(Const::Empty(ty))),
                    false => Ok(self.let_(ty, Op::MakeList { ty, items })),
                }
            }
            Hir::If { .. } | Hir::Match { .. } => self.control(id),
            Hir::Let { .. } | Hir::LetFunction { .. } => {
                let last = self.lets(id)?;
                self.operand(last)
            }
            Hir::Lambda { params, body } => {
                self.closure(id, &Closure { local: None, params: params.clone(), body: *body })
            }
            Hir::Statements(list) => {
                let Some((last, others)) = list.split_last() else { return Ok(Operand::Const(Const::Unit)) };
                for statement in others {
                    self.operand(*statement)?;
                }
                self.operand(*last)
            }
            Hir::TestEqual { .. } => self.unchecked("a test stands inside an expression"),
        }
    }

    pub fn operands(&mut self, list: &[ExprId]) -> Result<Vec<Operand>, LowerError> {
        list.iter().map(|id| self.operand(*id)).collect()
    }

    /// Branching whose value is needed.
    pub fn control(&mut self, id: ExprId) -> Result<Operand, LowerError> {
        let value = self.block(id)?;
        let ty = self.expr_type(id);
        let var = self.var(ty);
        self.push(Statement::LetExpr(var, value));
        Ok(Operand::Var(var))
    }

    fn if_(&mut self, condition: ExprId, then: ExprId, otherwise: Option<ExprId>) -> Result<Expr, LowerError> {
        let condition = self.operand(condition)?;
        let then = Box::new(self.block(then)?);
        let otherwise = match otherwise {
            Some(otherwise) => self.block(otherwise)?,
            None => Expr::Value(Operand::Const(Const::Unit)),
        };
        Ok(Expr::If { condition, then, otherwise: Box::new(otherwise) })
    }

    /// `&&` and `||` look at the right side only when it matters.
    fn lazy(&mut self, id: ExprId) -> Result<Expr, LowerError> {
        let body = Arc::clone(&self.body);
        let Some(Hir::Binary { operator, left, right }) = body.exprs.get(id.index()) else {
            return self.unchecked("an operator is missing");
        };
        let condition = self.operand(*left)?;
        let known = Box::new(Expr::Value(Operand::Const(Const::Bool(*operator == Operator::Or))));
        let right = Box::new(self.block(*right)?);
        Ok(match operator {
            Operator::Or => Expr::If { condition, then: known, otherwise: right },
            _ => Expr::If { condition, then: right, otherwise: known },
        })
    }

    /// Binds a chain of `let`s; what stands behind them.
    fn lets(&mut self, id: ExprId) -> Result<ExprId, LowerError> {
        let body = Arc::clone(&self.body);
        let mut at = id;
        loop {
            match body.exprs.get(at.index()) {
                Some(Hir::Let { pattern, value, body: rest }) => {
                    self.let_value(*pattern, *value)?;
                    at = *rest;
                }
                Some(Hir::LetFunction { local, params, value, body: rest, .. }) => {
                    let params = params.iter().map(|(pat, _)| *pat).collect();
                    self.let_closure(*local, Closure { local: Some(*local), params, body: *value }, *value)?;
                    at = *rest;
                }
                _ => return Ok(at),
            }
        }
    }

    fn let_value(&mut self, pattern: PatId, value: ExprId) -> Result<(), LowerError> {
        let body = Arc::clone(&self.body);
        if let (Some(Pat::Bind(local)), Some(Hir::Lambda { params, body })) =
            (body.pats.get(pattern.index()), body.exprs.get(value.index()))
        {
            let closure = Closure { local: Some(*local), params: params.clone(), body: *body };
            return self.let_closure(*local, closure, value);
        }
        let value = self.operand(value)?;
        self.bind(pattern, value)
    }

    /// A named lambda: made at once, or for each use when it is generic.
    fn let_closure(&mut self, local: LocalId, closure: Closure, at: ExprId) -> Result<(), LowerError> {
        if self.inference.generalised.contains_key(&local) {
            self.generic.insert(local, closure);
            return Ok(());
        }
        let ty = substitute(self.inference.locals.get(local.index()).unwrap_or(&Ty::Unit), &self.arguments);
        let ty = self.lower.ty(&ty, &[]);
        let value = self.make_closure(&closure, ty, at)?;
        self.frame().locals.insert(local, value);
        Ok(())
    }

    fn use_local(&mut self, id: ExprId, local: LocalId) -> Result<Operand, LowerError> {
        let instantiation = self.inference.instantiations.get(&id).cloned();
        if let (Some(closure), Some(types)) = (self.generic.get(&local).cloned(), instantiation) {
            return self.generic_closure(id, local, &closure, &types);
        }
        self.local(local)
    }

    /// A use of a generalised local: its lambda with these types.
    fn generic_closure(
        &mut self,
        id: ExprId,
        local: LocalId,
        closure: &Closure,
        types: &[Ty],
    ) -> Result<Operand, LowerError> {
        let Some(generalised) = self.inference.generalised.get(&local).copied() else {
            return self.unchecked("a local is not generic");
        };
        let concrete: Vec<Ty> = types.iter().map(|ty| substitute(ty, &self.arguments)).collect();
        let ty = self.expr_type(id);
        let before = self.arguments.clone();
        let end = (generalised.first + generalised.count) as usize;
        if self.arguments.len() < end {
            self.arguments.resize(end, Ty::Unit);
        }
        for (slot, ty) in self.arguments[generalised.first as usize..end].iter_mut().zip(concrete) {
            *slot = ty;
        }
        let made = self.make_closure(closure, ty, id);
        self.arguments = before;
        self.known.remove(&local);
        made
    }

    fn closure(&mut self, id: ExprId, closure: &Closure) -> Result<Operand, LowerError> {
        let ty = self.expr_type(id);
        self.make_closure(closure, ty, id)
    }

    /// Lowers the lambda into a function of its own and makes the closure in the current block.
    fn make_closure(&mut self, closure: &Closure, ty: TypeId, at: ExprId) -> Result<Operand, LowerError> {
        let function = self.lower.reserve();
        self.lambdas += 1;
        let symbol = format!("{}${}", self.symbol, self.lambdas);
        let location = self.location(at);
        self.frames.push(Frame::default());
        let own = self.var(ty);
        if let Some(local) = closure.local {
            self.frame().locals.insert(local, Operand::Var(own));
            self.known.insert(local, (function, closure.params.len()));
        }
        self.open();
        let params = self.params(&closure.params)?;
        let end = self.tail(closure.body)?;
        let code = self.close(end);
        let result = self.expr_type(closure.body);
        let Some(frame) = self.frames.pop() else { return self.unchecked("a frame is missing") };
        let code = frame.captures.iter().enumerate().rev().fold(code, |body, (index, (_, var))| {
            let op = Op::Capture { closure: Operand::Var(own), index: index as u32, ty: frame.vars[var.0 as usize] };
            Expr::Let { var: *var, op, body: Box::new(body) }
        });
        let captures: Vec<TypeId> = frame.captures.iter().map(|(_, var)| frame.vars[var.0 as usize]).collect();
        let params = std::iter::once(own).chain(params).map(|var| Param { var, borrowed: false }).collect();
        self.lower.functions[function.0 as usize] = Some(Function {
            symbol,
            name: speaking_name(self.lower.db, self.def),
            group: module_of(self.lower.db, self.def).join("."),
            params,
            result,
            body: code,
            location,
            vars: frame.vars,
            places: self.lower.own_places(self.def, frame.places),
            sql: None,
            tail_called: false,
            recursive: true,
            captures: Some(captures),
            value_of: None,
        });
        if frame.captures.is_empty() {
            return Ok(Operand::Const(Const::Closure(function, ty)));
        }
        let captures = frame.captures.iter().map(|(local, _)| self.local(*local)).collect::<Result<_, _>>()?;
        Ok(self.let_(ty, Op::MakeClosure { function, captures, ty }))
    }

    // Applications.

    fn call_value(&mut self, id: ExprId) -> Result<Operand, LowerError> {
        self.open();
        let end = self.tail(id)?;
        // A plain call is statements and a value: put them into the current block.
        let statements = self.frame().blocks.pop().unwrap_or_default();
        if let Expr::Value(value) = end {
            for statement in statements {
                self.push(statement);
            }
            return Ok(value);
        }
        let ty = self.expr_type(id);
        let var = self.var(ty);
        self.push(Statement::LetExpr(var, wrap(statements, end)));
        Ok(Operand::Var(var))
    }

    fn tail_call(&mut self, id: ExprId, function: ExprId, arguments: &[ExprId]) -> Result<Expr, LowerError> {
        let body = Arc::clone(&self.body);
        match body.exprs.get(function.index()) {
            Some(Hir::Def { def, .. }) if def.kind(self.lower.db) == DefKind::Function => {
                self.call_definition(id, function, *def, arguments)
            }
            Some(Hir::Local(local))
                if self.known.get(local).is_some_and(|(_, count)| *count == arguments.len())
                    && !self.generic.contains_key(local) =>
            {
                let Some((code, _)) = self.known.get(local).copied() else {
                    return self.unchecked("a closure is missing");
                };
                let mut operands = self.operands(arguments)?;
                operands.insert(0, self.local(*local)?);
                let (ty, location) = (self.expr_type(id), self.location(id));
                Ok(Expr::Value(self.let_(ty, Op::Call { function: code, arguments: operands, location })))
            }
            _ => {
                let operands = self.operands(arguments)?;
                let closure = self.operand(function)?;
                let ty = self.expr_type(function);
                let at = self.location(id);
                self.apply(closure, ty, operands, at)
            }
        }
    }

    /// A call of a named function: exactly, with too few, or with too many arguments.
    fn call_definition(
        &mut self,
        id: ExprId,
        function: ExprId,
        def: Def,
        arguments: &[ExprId],
    ) -> Result<Expr, LowerError> {
        let Some(signature) = queries::signature(self.lower.db, def).clone() else {
            return self.unchecked("a function has no signature");
        };
        let count = signature.params.len();
        if let Binding::Intrinsic(name) = &signature.binding
            && signature.names_a_worker()
            && arguments.len() == count
        {
            let intrinsic = Intrinsic::from_name(name);
            return self.of_worker(id, intrinsic, arguments);
        }
        let mut operands = self.operands(arguments)?;
        let at = self.location(id);
        if operands.len() < count {
            let types = self.instantiation(function);
            let (whole, ty) = (self.expr_ty(function), self.expr_type(id));
            let function = self.lower.partial(def, &types, &whole, operands.len(), ty)?;
            return Ok(Expr::Value(self.let_(ty, Op::MakeClosure { function, captures: operands, ty })));
        }
        let rest = operands.split_off(count);
        let whole = self.expr_ty(function);
        let result = result_after(&whole, count);
        let result = self.lower.ty(&result, &[]);
        let types = self.instantiation(function);
        let op = self.call_op(def, &types, operands, result, at.clone())?;
        let value = self.let_(result, op);
        if rest.is_empty() {
            return Ok(Expr::Value(value));
        }
        self.apply(value, result, rest, at)
    }

    /// What is done to a worker's queue: the worker is known by name.
    fn of_worker(
        &mut self,
        id: ExprId,
        intrinsic: Option<Intrinsic>,
        arguments: &[ExprId],
    ) -> Result<Expr, LowerError> {
        let body = Arc::clone(&self.body);
        let role = |def: Def| queries::signature(self.lower.db, def).as_ref().map(|it| it.role.clone());
        let worker = arguments.first().and_then(|first| match body.exprs.get(first.index()) {
            Some(Hir::Def { def, .. }) => role(*def),
            _ => None,
        });
        let (Some(Role::Worker { name }), Some(intrinsic)) = (worker, intrinsic) else {
            return self.unchecked("it names no worker");
        };
        let text = self.string_type();
        let mut operands = vec![Operand::Const(Const::Text(Arc::from(name), text))];
        operands.extend(self.operands(&arguments[1..])?);
        let (ty, at) = (self.expr_type(id), self.location(id));
        Ok(Expr::Value(self.intrinsic(intrinsic, operands, ty, at)))
    }

    /// The concrete type arguments of a use.
    pub fn instantiation(&self, id: ExprId) -> Vec<Ty> {
        let types = self.inference.instantiations.get(&id).cloned().unwrap_or_default();
        types.iter().map(|ty| substitute(ty, &self.arguments)).collect()
    }

    /// A named function or value by itself.
    fn definition(&mut self, id: ExprId, def: Def) -> Result<Operand, LowerError> {
        let ty = self.expr_type(id);
        if def.kind(self.lower.db) == DefKind::Value {
            let global = self.lower.global(def, self.instantiation(id))?;
            return Ok(self.let_(ty, Op::Global(global)));
        }
        let types = self.instantiation(id);
        let whole = self.expr_ty(id);
        let function = self.lower.wrapper(def, &types, &whole, ty)?;
        Ok(Operand::Const(Const::Closure(function, ty)))
    }

    fn call_op(
        &mut self,
        def: Def,
        types: &[Ty],
        arguments: Vec<Operand>,
        result: TypeId,
        location: Location,
    ) -> Result<Op, LowerError> {
        self.lower.call_op(def, types, arguments, result, location)
    }

    // Values.

    fn literal(&mut self, id: ExprId, literal: &Literal) -> Const {
        match literal {
            Literal::Bool(value) => Const::Bool(*value),
            Literal::Float(value) => Const::Float(*value),
            Literal::String(text) => Const::Text(Arc::from(text.as_str()), self.string_type()),
            Literal::Char(text) => {
                let ty = self.lower.types.intern(Type::Char);
                Const::Text(Arc::from(text.as_str()), ty)
            }
            Literal::Int(digits, int) => {
                let _ = id;
                self.int_literal(digits, scalar(*int))
            }
        }
    }

    pub fn int_literal(&mut self, digits: &str, sized: Option<crate::types::Scalar>) -> Const {
        match sized {
            Some(scalar) => {
                let ty = self.lower.types.intern(Type::Sized(scalar));
                // UInt128 beyond the signed range keeps its bits.
                let bits = digits.parse::<i128>().ok().or_else(|| digits.parse::<u128>().ok().map(|it| it as i128));
                Const::Int(bits.unwrap_or_default(), ty)
            }
            None => match digits.parse::<i64>() {
                Ok(value) if (-(1 << 62)..(1 << 62)).contains(&value) => Const::SmallInt(value),
                _ => Const::BigInt(Arc::from(digits)),
            },
        }
    }

    fn interpolation(&mut self, id: ExprId, parts: &[ExprId]) -> Result<Operand, LowerError> {
        let text = self.string_type();
        let mut whole: Option<Operand> = None;
        for part in parts {
            let next = self.operand(*part)?;
            whole = Some(match whole {
                None => next,
                Some(left) => {
                    let at = self.location(id);
                    self.intrinsic(Intrinsic::StringConcat, vec![left, next], text, at)
                }
            });
        }
        Ok(whole.unwrap_or(Operand::Const(Const::Text(Arc::from(""), text))))
    }

    fn construct(&mut self, id: ExprId, arguments: &[ExprId]) -> Result<Operand, LowerError> {
        let Some((_, case)) = self.inference.cases.get(&id).copied() else {
            return self.unchecked("a case is not known");
        };
        let arguments = self.operands(arguments)?;
        let ty = self.expr_type(id);
        Ok(self.let_(ty, Op::Construct { ty, case, arguments }))
    }

    /// Values are computed as written, fields stand as declared.
    fn record(&mut self, id: ExprId, fields: &[(String, ExprId)]) -> Result<Operand, LowerError> {
        let ty = self.expr_type(id);
        let mut values = FxHashMap::default();
        for (name, value) in fields {
            let value = self.operand(*value)?;
            values.insert(name.clone(), value);
        }
        let mut arguments = Vec::new();
        for name in self.field_names(ty) {
            match values.remove(&name) {
                Some(value) => arguments.push(value),
                None => return self.unchecked("a record lacks a field"),
            }
        }
        Ok(self.let_(ty, Op::Construct { ty, case: 0, arguments }))
    }

    fn field_names(&self, ty: TypeId) -> Vec<String> {
        match self.lower.types.get(ty) {
            Type::Nominal(nominal) => match &self.lower.types.nominal_data(*nominal).definition {
                crate::types::Definition::Record(fields) => fields.iter().map(|(name, _)| name.clone()).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    pub fn field_types(&self, ty: TypeId) -> Vec<TypeId> {
        match self.lower.types.get(ty) {
            Type::Tuple(parts) => parts.clone(),
            Type::Nominal(nominal) => match &self.lower.types.nominal_data(*nominal).definition {
                crate::types::Definition::Record(fields) => fields.iter().map(|(_, ty)| *ty).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn update(&mut self, id: ExprId, record: ExprId, fields: &[(String, ExprId)]) -> Result<Operand, LowerError> {
        let ty = self.expr_type(id);
        let value = self.operand(record)?;
        let mut changed = FxHashMap::default();
        for (name, field) in fields {
            let operand = self.operand(*field)?;
            // A repeated field is computed in order; the last one counts.
            changed.insert(name.clone(), operand);
        }
        let types = self.field_types(ty);
        let mut arguments = Vec::new();
        for (index, name) in self.field_names(ty).iter().enumerate() {
            arguments.push(match changed.remove(name) {
                Some(operand) => operand,
                None => self.let_(types[index], Op::Field { value: value.clone(), index: index as u32 }),
            });
        }
        Ok(self.let_(ty, Op::Construct { ty, case: 0, arguments }))
    }

    fn dict(&mut self, id: ExprId, entries: &[(String, ExprId)]) -> Result<Operand, LowerError> {
        let ty = self.expr_type(id);
        let mut values = Vec::new();
        for (name, value) in entries {
            values.push((Arc::from(name.as_str()), self.operand(*value)?));
        }
        match values.is_empty() {
            true => Ok(Operand::Const(Const::Empty(ty))),
            false => Ok(self.let_(ty, Op::MakeDict { ty, entries: values })),
        }
    }

    fn field(&mut self, id: ExprId, record: ExprId) -> Result<Operand, LowerError> {
        let Some(index) = self.inference.fields.get(&id).copied() else {
            return self.unchecked("a field is not known");
        };
        let value = self.operand(record)?;
        let ty = self.expr_type(id);
        Ok(self.let_(ty, Op::Field { value, index }))
    }

    fn binary(&mut self, id: ExprId, operator: Operator, left: ExprId, right: ExprId) -> Result<Operand, LowerError> {
        let intrinsic = match operator {
            Operator::And | Operator::Or => return self.control(id),
            Operator::Equal => Intrinsic::Equal,
            Operator::NotEqual => Intrinsic::NotEqual,
            Operator::Less => Intrinsic::Less,
            Operator::Greater => Intrinsic::Greater,
            Operator::LessEqual => Intrinsic::LessEqual,
            Operator::GreaterEqual => Intrinsic::GreaterEqual,
            Operator::ListAppend => Intrinsic::ListAppend,
            Operator::Add => Intrinsic::Add,
            Operator::Subtract => Intrinsic::Subtract,
            Operator::Concat => Intrinsic::StringConcat,
            Operator::Multiply => Intrinsic::Multiply,
            Operator::Divide => Intrinsic::Divide,
            Operator::Modulo => Intrinsic::Modulo,
            Operator::Power => Intrinsic::Power,
            Operator::Cons => return self.unchecked("`::` stands in an expression"),
        };
        // A chain that leans to the left is walked in a loop elsewhere; here both sides are small.
        let left = self.operand(left)?;
        let right = self.operand(right)?;
        let (ty, at) = (self.expr_type(id), self.location(id));
        Ok(self.intrinsic(intrinsic, vec![left, right], ty, at))
    }

    pub fn no_match(&mut self, id: ExprId, value: Operand) -> Expr {
        let location = self.location(id);
        Expr::Fail { failure: Failure::NoMatch(value), location }
    }
}

/// What is left of a function type after that many arguments.
pub(super) fn result_after(ty: &Ty, count: usize) -> Ty {
    let mut at = ty.clone();
    for _ in 0..count {
        match at {
            Ty::Function(_, result) => at = (*result).clone(),
            other => return other,
        }
    }
    at
}

/// What a failure calls the code it happens in; statements and tests have no name.
fn speaking_name(db: &dyn dark_hir::Db, def: Def) -> String {
    match def.kind(db) {
        DefKind::Statement | DefKind::Test => String::new(),
        _ => shown(def.path(db)).to_string(),
    }
}
