//! The function that computes what a query needs besides the row: the values of its parameters, as text.
//!
//! Its code stands in blocks. A branch that depends on no row is a real branch here: what stands in it is computed only
//! when it is taken. Each block ends in the list of its parameters; those of a branch that is not taken are empty texts,
//! which are bound as NULL.

use crate::core::{Const, Expr, Extern, ExternId, Location, Op, Operand, Var};
use crate::intrinsics::Intrinsic;
use crate::lower::{Statement, wrap};
use crate::types::{Type, TypeId, Types};
use std::sync::Arc;

/// Parameters that stand next to each other in the list.
enum Item {
    /// One text.
    One(u32, Operand),
    /// The list of a branch.
    Many(Vec<u32>, Operand),
}

#[derive(Default)]
pub struct Block {
    statements: Vec<Statement>,
    items: Vec<Item>,
}

impl Block {
    fn ids(&self) -> Vec<u32> {
        let ids = |item: &Item| match item {
            Item::One(id, _) => vec![*id],
            Item::Many(ids, _) => ids.clone(),
        };
        self.items.iter().flat_map(ids).collect()
    }
}

/// How a branch ends.
pub enum End {
    Value(Operand),
    Fail(Expr),
}

pub struct Binder<'a> {
    pub types: &'a mut Types,
    pub externs: &'a mut Vec<Extern>,
    pub vars: Vec<TypeId>,
    blocks: Vec<(u32, Block)>,
    next_param: u32,
    next_block: u32,
    string: TypeId,
    strings: TypeId,
}

pub fn nowhere() -> Location {
    Location { file: Arc::from("std"), line: 0, column: 0, function: None }
}

impl<'a> Binder<'a> {
    pub fn new(types: &'a mut Types, externs: &'a mut Vec<Extern>) -> Binder<'a> {
        let string = types.intern(Type::String);
        let strings = types.intern(Type::List(string));
        let blocks = vec![(0, Block::default())];
        Binder { types, externs, vars: Vec::new(), blocks, next_param: 0, next_block: 1, string, strings }
    }

    pub fn var(&mut self, ty: TypeId) -> Var {
        self.vars.push(ty);
        Var((self.vars.len() - 1) as u32)
    }

    /// Computes an operation before the query.
    pub fn emit(&mut self, ty: TypeId, op: Op) -> Operand {
        let var = self.var(ty);
        self.push(Statement::Let(var, op));
        Operand::Var(var)
    }

    fn push(&mut self, statement: Statement) {
        if let Some((_, block)) = self.blocks.last_mut() {
            block.statements.push(statement);
        }
    }

    /// The blocks that are open, by numbers that are never used again.
    pub fn open_blocks(&self) -> Vec<u32> {
        self.blocks.iter().map(|(id, _)| *id).collect()
    }

    pub fn open(&mut self) {
        self.blocks.push((self.next_block, Block::default()));
        self.next_block += 1;
    }

    /// Goes on with a block that was closed.
    pub fn reopen(&mut self, block: Block) {
        self.blocks.push((self.next_block, block));
        self.next_block += 1;
    }

    pub fn close(&mut self) -> Block {
        self.blocks.pop().map(|(_, block)| block).unwrap_or_default()
    }

    /// Binds a value as a parameter.
    pub fn parameter(&mut self, value: Operand, ty: TypeId) -> u32 {
        let text = self.call_extern("parameter", value, ty);
        self.one(text)
    }

    /// Binds the descriptor of a type as a parameter.
    pub fn descriptor(&mut self, ty: TypeId) -> u32 {
        let list = self.types.intern(Type::List(ty));
        let text = self.call_extern("descriptor", Operand::Const(Const::Empty(list)), list);
        self.one(text)
    }

    fn one(&mut self, text: Operand) -> u32 {
        let id = self.next_param;
        self.next_param += 1;
        if let Some((_, block)) = self.blocks.last_mut() {
            block.items.push(Item::One(id, text));
        }
        id
    }

    /// A call of `Stdlib.DB.Internal.parameter` or `descriptor`.
    fn call_extern(&mut self, name: &str, value: Operand, ty: TypeId) -> Operand {
        let declared = Extern {
            symbol: format!("dark_db_internal_{name}"),
            params: vec![ty],
            consumes: vec![false],
            result: self.string,
            reflective: true,
            fails: true,
            pure_: false,
            sql: None,
            name: format!("Stdlib.DB.Internal.{name}"),
        };
        let known = self.externs.iter().position(|it| it.symbol == declared.symbol && it.params == declared.params);
        let index = known.unwrap_or_else(|| {
            self.externs.push(declared);
            self.externs.len() - 1
        });
        let function = ExternId(index as u32);
        self.emit(self.string, Op::CallExtern { function, arguments: vec![value], location: nowhere() })
    }

    fn blank(&self) -> Operand {
        Operand::Const(Const::Text(Arc::from(""), self.string))
    }

    fn intrinsic(&mut self, intrinsic: Intrinsic, arguments: Vec<Operand>, result: TypeId) -> Operand {
        self.emit(result, Op::Intrinsic { intrinsic, arguments, result, location: nowhere() })
    }

    /// The list of a block's parameters, computed in the block that is open now.
    fn list(&mut self, block: &Block, before: Vec<Operand>, after: usize) -> Operand {
        let mut run = before;
        let mut whole: Option<Operand> = None;
        for item in &block.items {
            match item {
                Item::One(_, text) => run.push(text.clone()),
                Item::Many(_, list) => {
                    whole = Some(self.appended(whole, std::mem::take(&mut run)));
                    let left = whole.take().unwrap_or(Operand::Const(Const::Empty(self.strings)));
                    whole = Some(self.intrinsic(Intrinsic::ListAppend, vec![left, list.clone()], self.strings));
                }
            }
        }
        run.extend(std::iter::repeat_n(self.blank(), after));
        self.appended(whole, run)
    }

    fn appended(&mut self, whole: Option<Operand>, items: Vec<Operand>) -> Operand {
        let ty = self.strings;
        let list = match items.is_empty() {
            true => Operand::Const(Const::Empty(ty)),
            false => self.emit(ty, Op::MakeList { ty, items }),
        };
        match whole {
            None => list,
            Some(left) => self.intrinsic(Intrinsic::ListAppend, vec![left, list], ty),
        }
    }

    /// Joins branches that differ in what they leave for the row: a parameter that tells which one was taken, and the
    /// parameters of all of them. `branch` makes the branching of the branches' code.
    pub fn join_parameters(
        &mut self,
        blocks: Vec<(Block, Option<Expr>)>,
        branch: impl FnOnce(Vec<Expr>) -> Expr,
    ) -> u32 {
        let tag = self.next_param;
        self.next_param += 1;
        let ids: Vec<Vec<u32>> = blocks.iter().map(|(block, _)| block.ids()).collect();
        let mut exprs = Vec::new();
        for (index, (mut block, fails)) in blocks.into_iter().enumerate() {
            if let Some(end) = fails {
                exprs.push(wrap(block.statements, end));
                continue;
            }
            let count = |range: &[Vec<u32>]| range.iter().map(Vec::len).sum::<usize>();
            let number = Operand::Const(Const::Text(Arc::from(format!("i{index}")), self.string));
            let mut before = vec![number];
            before.extend(std::iter::repeat_n(self.blank(), count(&ids[..index])));
            let statements = std::mem::take(&mut block.statements);
            self.open();
            let list = self.list(&block, before, count(&ids[index + 1..]));
            let more = self.close().statements;
            exprs.push(wrap(statements.into_iter().chain(more).collect(), Expr::Value(list)));
        }
        let var = self.var(self.strings);
        self.push(Statement::LetExpr(var, branch(exprs)));
        let all = std::iter::once(tag).chain(ids.into_iter().flatten()).collect();
        if let Some((_, block)) = self.blocks.last_mut() {
            block.items.push(Item::Many(all, Operand::Var(var)));
        }
        tag
    }

    /// Joins branches whose values do not depend on the row.
    pub fn join_values(
        &mut self,
        ty: TypeId,
        blocks: Vec<(Block, End)>,
        branch: impl FnOnce(Vec<Expr>) -> Expr,
    ) -> Operand {
        let exprs = blocks
            .into_iter()
            .map(|(block, end)| {
                let end = match end {
                    End::Value(value) => Expr::Value(value),
                    End::Fail(expr) => expr,
                };
                wrap(block.statements, end)
            })
            .collect();
        let var = self.var(ty);
        self.push(Statement::LetExpr(var, branch(exprs)));
        Operand::Var(var)
    }

    /// The whole code: it answers the SQL, made for the numbers of the parameters, and their texts.
    pub fn finish(
        mut self,
        result: TypeId,
        render: impl FnOnce(&dyn Fn(u32) -> usize) -> String,
    ) -> (Vec<TypeId>, Expr) {
        let block = self.close();
        let ids = block.ids();
        let number = |id: u32| ids.iter().position(|it| *it == id).map_or(0, |index| index + 1);
        let text = Operand::Const(Const::Text(Arc::from(render(&number)), self.string));
        let mut statements = Vec::new();
        self.open();
        let list = self.list(&block, Vec::new(), 0);
        let op = Op::Construct { ty: result, case: 0, arguments: vec![text, list] };
        let value = self.emit(result, op);
        let more = self.close().statements;
        statements.extend(block.statements);
        statements.extend(more);
        (self.vars, wrap(statements, Expr::Value(value)))
    }
}
