//! Values as SQL: operands, constants and parts of the row.

use super::{Frame, Made, Planner, Sym};
use crate::core::{Const, Operand};
use crate::query::problem::Reason;
use crate::query::sql::Sql;
use crate::query::types::{self, Form, Step, form};
use crate::types::{Type, TypeId};

impl<'p> Planner<'_, 'p> {
    pub fn value(&mut self, frame: &Frame<'p>, operand: &Operand) -> Made<Sym> {
        match operand {
            Operand::Var(var) => match frame.env.get(var) {
                Some(value) => Ok(value.clone()),
                None => Err(self.stop(Reason::Operation("a value that is not there"))),
            },
            Operand::Const(Const::Closure(function, ty)) => {
                Ok(Sym::Closure { function: *function, captures: Vec::new(), operand: Some(operand.clone()), ty: *ty })
            }
            Operand::Const(constant) => {
                let ty = self.const_type(constant);
                Ok(Sym::Const { operand: operand.clone(), ty, from: None })
            }
        }
    }

    fn const_type(&mut self, constant: &Const) -> TypeId {
        let types = &mut *self.binder.types;
        match constant {
            Const::Unit => types.intern(Type::Unit),
            Const::Bool(_) => types.intern(Type::Bool),
            Const::SmallInt(_) | Const::BigInt(_) => types.intern(Type::Int),
            Const::Float(_) => types.intern(Type::Float),
            Const::Int(_, ty) | Const::Text(_, ty) | Const::Empty(ty) | Const::Case(ty, _) | Const::Closure(_, ty) => {
                *ty
            }
            // A datastore in a query is only handed on.
            Const::Db(_) => types.intern(Type::Unit),
        }
    }

    /// The value as one SQL value.
    pub fn scalar(&mut self, sym: &Sym) -> Made<Sql> {
        match sym {
            Sym::Const { operand, ty, .. } => self.constant(operand, *ty),
            Sym::Path { base, steps, ty } => self.part(base, steps, *ty),
            Sym::Sql { sql, .. } => Ok(sql.clone()),
            Sym::Either { condition, then, otherwise } => {
                let ty = sym.ty();
                let (then, otherwise) = (self.scalar(then)?, self.scalar(otherwise)?);
                Ok(match form(self.types(), ty) {
                    Form::Bool => Sql::truth_case(condition.clone(), then, otherwise),
                    _ => Sql::case(condition.clone(), then, otherwise),
                })
            }
            Sym::Fail { value: None, message, .. } => Ok(Sql::failing("dark_fail", vec![Sql::text(message)])),
            Sym::Fail { value: Some(value), .. } => {
                let descriptor = Sql::Param(self.binder.descriptor(value.ty()));
                let value = self.json(value)?;
                Ok(Sql::failing("dark_no_match", vec![value, descriptor]))
            }
            Sym::Parts { .. } => Err(self.stop(Reason::Operation("a value put together from the row, as a whole"))),
            Sym::List { .. } => Err(self.stop(Reason::List)),
            Sym::Closure { .. } => Err(self.stop(Reason::NestedLambda)),
        }
    }

    /// The value as JSON text.
    pub fn json(&mut self, sym: &Sym) -> Made<Sql> {
        match sym {
            Sym::Path { base, steps, .. } => {
                let path = self.json_path(steps)?;
                let part = Sql::Part { base: Box::new(base.clone()), path, json: true };
                Ok(Sql::call("ifnull", vec![part, Sql::text("null")]))
            }
            other => {
                let form = form(self.types(), other.ty());
                let sql = self.scalar(other)?;
                Ok(match form {
                    Form::Json | Form::Big(_) | Form::Small(_) => sql,
                    Form::Bool => Sql::case(sql, Sql::text("true"), Sql::text("false")),
                    Form::Unit => Sql::text("null"),
                    Form::Float => Sql::call("dark_float_json", vec![sql]),
                    Form::Text | Form::Moment => Sql::call("json_quote", vec![sql]),
                })
            }
        }
    }

    pub(super) fn constant(&mut self, operand: &Operand, ty: TypeId) -> Made<Sql> {
        Ok(match operand {
            Operand::Const(Const::Bool(value)) => Sql::truth(*value),
            Operand::Const(Const::Int(bits, ty)) => match form(self.types(), *ty) {
                Form::Small(_) => Sql::Literal(bits.to_string()),
                _ => Sql::Param(self.binder.parameter(operand.clone(), *ty)),
            },
            Operand::Const(Const::SmallInt(number)) => Sql::text(&number.to_string()),
            Operand::Const(Const::BigInt(digits)) => Sql::text(digits),
            Operand::Const(Const::Unit) => Sql::text("null"),
            operand => match form(self.types(), ty) {
                Form::Unit => Sql::text("null"),
                _ if matches!(self.types().get(ty), Type::Function(..)) => {
                    return Err(self.stop(Reason::NestedLambda));
                }
                _ => Sql::Param(self.binder.parameter(operand.clone(), ty)),
            },
        })
    }

    pub fn json_path(&self, steps: &[Step]) -> Made<String> {
        types::path(steps).map_err(|name| self.stop(Reason::FieldName(name)))
    }

    pub(super) fn part(&mut self, base: &Sql, steps: &[Step], ty: TypeId) -> Made<Sql> {
        let form = form(self.types(), ty);
        let json = matches!(form, Form::Json | Form::Big(_));
        if form == Form::Unit {
            return Ok(Sql::text("null"));
        }
        let part = Sql::Part { base: Box::new(base.clone()), path: self.json_path(steps)?, json };
        // Rows that were written before an optional field was added lack it.
        Ok(match types::is_option(self.types(), ty) {
            true => Sql::call("ifnull", vec![part, Sql::text("null")]),
            false => part,
        })
    }
}
