//! Lists and records that stay the same in every turn of a loop: where a list's elements begin, how many there are, and the
//! fields of a record are read once, in front of the loop.
//!
//! LLVM cannot know that: an object is memory like any other, and what the loop stores or calls could change it. Here it is
//! known, because who holds a reference sees a value that never changes: an object with another reference is copied, not
//! changed (`dark_rt::list`), and `ListPut` writes elements only.

use crate::Made;
use crate::function::Emitter;
use dark_ir::children::{all, operands};
use dark_ir::core::{Expr, Function, FunctionId, Op, Operand, Var};
use dark_ir::intrinsics::Intrinsic;
use dark_ir::types::{Type, TypeId};
use inkwell::values::{IntValue, PointerValue};
use std::collections::BTreeSet;

/// A list as a loop needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'c> {
    /// The place of its first element; null when there is none.
    pub first: PointerValue<'c>,
    pub len: IntValue<'c>,
}

/// The parameters that a function hands to itself as they are, wherever it calls itself.
fn steady(function: &Function, id: FunctionId) -> Vec<Var> {
    let mut steady: Vec<(usize, Var)> = function.params.iter().map(|param| param.var).enumerate().collect();
    for expr in all(&function.body) {
        if let Expr::Let { op: Op::Call { function, arguments, .. }, .. } = expr
            && *function == id
        {
            steady.retain(|(index, var)| arguments.get(*index) == Some(&Operand::Var(*var)));
        }
    }
    steady.into_iter().map(|(_, var)| var).collect()
}

/// Whether an element of the list is read or set by its index.
fn looks_into(expr: &Expr, list: Var) -> bool {
    match expr {
        Expr::Let { op: op @ Op::Intrinsic { intrinsic: Intrinsic::ListGet | Intrinsic::ListPut, .. }, .. } => {
            operands(op).next() == Some(&Operand::Var(list))
        }
        _ => false,
    }
}

/// The fields that are read of a record.
fn fields_read(body: &Expr, record: Var) -> BTreeSet<u32> {
    let field = |expr: &Expr| match expr {
        Expr::Let { op: Op::Field { value, index }, .. } if *value == Operand::Var(record) => Some(*index),
        _ => None,
    };
    all(body).filter_map(field).collect()
}

impl<'c> Emitter<'_, 'c, '_> {
    /// Reads what the loop needs of parameters that stay the same; the current block is in front of the loop.
    pub fn view_parameters(&mut self, id: FunctionId) -> Made<()> {
        let program = self.unit.program;
        let types = &program.types;
        for var in steady(self.function, id) {
            let ty = self.var_type(var)?;
            if let Type::List(element) = types.get(ty) {
                if all(&self.function.body).any(|expr| looks_into(expr, var)) {
                    self.view_list(var, *element)?;
                }
            } else if types.layout(ty).boxed && !self.unit.is_enum(ty) {
                let record = self.argument(var)?;
                for index in fields_read(&self.function.body, var) {
                    let field = self.field_of(record, ty, 0, index)?;
                    self.fields.insert((var, index), field);
                }
            }
        }
        Ok(())
    }

    fn view_list(&mut self, var: Var, element: TypeId) -> Made<()> {
        let list = self.argument(var)?.into_pointer_value();
        let from = self.current()?;
        let (some, behind) = (self.block("some"), self.block("viewed"));
        let empty = self.builder.build_is_null(list, "")?;
        self.builder.build_conditional_branch(empty, behind, some)?;
        self.builder.position_at_end(some);
        let first = self.unit.first_element(&self.builder, list, element)?;
        let len = self.unit.length_of(&self.builder, list)?;
        self.builder.build_unconditional_branch(behind)?;
        self.builder.position_at_end(behind);
        let (first_phi, len_phi) =
            (self.builder.build_phi(self.unit.ptr(), "first")?, self.builder.build_phi(self.unit.i64(), "len")?);
        first_phi.add_incoming(&[(&self.unit.null(), from), (&first, some)]);
        len_phi.add_incoming(&[(&self.unit.i64().const_zero(), from), (&len, some)]);
        let (first, len) = (first_phi.as_basic_value(), len_phi.as_basic_value());
        self.views.insert(var, View { first: first.into_pointer_value(), len: len.into_int_value() });
        Ok(())
    }

    /// What is known of a list, if anything is.
    pub fn view_of(&self, list: &Operand) -> Option<View<'c>> {
        match list {
            Operand::Var(var) => self.views.get(var).copied(),
            Operand::Const(_) => None,
        }
    }
}
