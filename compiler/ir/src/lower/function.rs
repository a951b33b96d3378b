//! One function under construction: its blocks, variables and locals. A lambda is a frame of its own on a stack: a local
//! that belongs to an outer frame becomes a capture on first use.
//!
//! What stands in it is in `expressions`, `calls`, `closures` and `values`.

use super::closures::Closure;
use super::types::angled;
use super::{Instance, Lower, LowerError, Statement, symbol_path, wrap};
use crate::core::{Expr, Function, FunctionId, Label, Location, Op, Operand, Param, Var};
use crate::intrinsics::Intrinsic;
use crate::stages::Stage;
use crate::types::{Type, TypeId};
use dark_hir::body::{Body, Expr as Hir, ExprId, LocalId, PatId, SourceMap};
use dark_hir::def::{Def, DefKind};
use dark_hir::infer::{Inference, infer};
use dark_hir::items::{module_of, shown};
use dark_hir::queries;
use dark_hir::types::Ty;
use dark_hir::types::lower::substitute;
use dark_source::FileId;
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
    pub file: FileId,
    pub body: Arc<Body>,
    pub map: &'db SourceMap,
    pub inference: &'db Inference,
    /// By index of `Ty::Param`, those of generalised locals included.
    pub arguments: Vec<Ty>,
    pub frames: Vec<Frame>,
    /// Locals whose closure's code is known, with its number of parameters.
    pub known: FxHashMap<LocalId, (FunctionId, usize)>,
    /// Generalised locals: their lambda is lowered again for each use.
    pub generic: FxHashMap<LocalId, Closure>,
    pub symbol: String,
    pub lambdas: u32,
    pub labels: u32,
    /// The expression that is being lowered.
    pub at: ExprId,
}

impl<'db> Lower<'db> {
    /// Lowers one instance.
    pub(super) fn function(&mut self, instance: &Instance) -> Result<Function, LowerError> {
        let def = instance.def;
        let unchecked = |what| LowerError::Unchecked { def, what };
        let body = queries::body(self.db, def).ok_or_else(|| unchecked("it has no body"))?;
        let map = queries::source_map(self.db, def).as_ref().ok_or_else(|| unchecked("it has no source map"))?;
        let place = queries::location(self.db, def).ok_or_else(|| unchecked("it has no place"))?;
        let symbol = self.symbol(instance);
        let mut builder = Builder {
            file: place.file,
            def,
            map,
            inference: infer(self.db, def),
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
        let signature = queries::signature(self.db, def).as_ref();
        let stage = match signature.and_then(|it| it.fuses.as_deref()) {
            Some(name) => {
                Some(Stage::from_name(name).ok_or_else(|| LowerError::UnknownIntrinsic { name: name.to_string() })?)
            }
            None => None,
        };
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
            sql: signature.and_then(|it| it.sql.clone()),
            stage,
            tail_called: false,
            recursive: true,
            captures: None,
            value_of: None,
        })
    }

    /// The places of variables, none for the library.
    pub fn own_places(&self, def: Def, places: Vec<dark_source::Location>) -> Vec<dark_source::Location> {
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
        let ty = self.inference.exprs.get(id.index()).unwrap_or(&Ty::Unit);
        self.lower.ty(ty, &self.arguments)
    }

    pub fn pat_ty(&self, id: PatId) -> Ty {
        let ty = self.inference.pats.get(id.index()).cloned().unwrap_or(Ty::Unit);
        substitute(&ty, &self.arguments)
    }

    pub fn string_type(&mut self) -> TypeId {
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
    pub fn local(&mut self, local: LocalId) -> Result<Operand, LowerError> {
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
    pub fn params(&mut self, pats: &[PatId]) -> Result<Vec<Var>, LowerError> {
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
}

/// What a failure calls the code it happens in; statements and tests have no name.
pub(super) fn speaking_name(db: &dyn dark_hir::Db, def: Def) -> String {
    match def.kind(db) {
        DefKind::Statement | DefKind::Test => String::new(),
        _ => shown(def.path(db)).to_string(),
    }
}
