//! Literals, texts, records, dicts, fields and operators.

use super::LowerError;
use super::function::Builder;
use super::types::scalar;
use crate::core::{Const, Op, Operand};
use crate::intrinsics::Intrinsic;
use crate::types::{Type, TypeId};
use dark_hir::body::{Expr as Hir, ExprId};
use dark_syntax::ast::{Literal, Operator};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// As many texts are joined to the first by one operation: their addresses lie in the function's frame.
const JOINED_AT_ONCE: usize = 32;

impl Builder<'_, '_> {
    pub fn literal(&mut self, literal: &Literal) -> Const {
        match literal {
            Literal::Bool(value) => Const::Bool(*value),
            Literal::Float(value) => Const::Float(*value),
            Literal::String(text) => Const::Text(Arc::from(text.as_str()), self.string_type()),
            Literal::Char(text) => {
                let ty = self.lower.types.intern(Type::Char);
                Const::Text(Arc::from(text.as_str()), ty)
            }
            Literal::Int(digits, int) => self.int_literal(digits, scalar(*int)),
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

    pub fn interpolation(&mut self, id: ExprId, parts: &[ExprId]) -> Result<Operand, LowerError> {
        let parts = self.operands(parts)?;
        Ok(self.joined(id, parts))
    }

    /// Texts one after the other as one text. Literals that stand side by side are one, where their letters cannot meet.
    fn joined(&mut self, id: ExprId, parts: Vec<Operand>) -> Operand {
        let text = self.string_type();
        let mut few: Vec<Operand> = Vec::new();
        for part in parts {
            match (few.last_mut(), &part) {
                (_, Operand::Const(Const::Text(literal, _))) if literal.is_empty() => {}
                (Some(Operand::Const(Const::Text(before, _))), Operand::Const(Const::Text(literal, _)))
                    if literal.starts_with(|c: char| c.is_ascii()) =>
                {
                    *before = Arc::from(format!("{before}{literal}"));
                }
                _ => few.push(part),
            }
        }
        let Some((first, others)) = few.split_first() else { return Operand::Const(Const::Text(Arc::from(""), text)) };
        others.chunks(JOINED_AT_ONCE).fold(first.clone(), |whole, parts| {
            let at = self.location(id);
            let all = std::iter::once(whole).chain(parts.iter().cloned()).collect();
            self.intrinsic(Intrinsic::StringConcat, all, text, at)
        })
    }

    /// What a chain of `++` joins, computed in its order.
    fn concatenated(&mut self, left: ExprId, right: ExprId, parts: &mut Vec<Operand>) -> Result<(), LowerError> {
        let body = Arc::clone(&self.body);
        for side in [left, right] {
            match body.exprs.get(side.index()) {
                Some(Hir::Binary { operator: Operator::Concat, left, right }) => {
                    self.concatenated(*left, *right, parts)?
                }
                _ => parts.push(self.operand(side)?),
            }
        }
        Ok(())
    }

    pub fn construct(&mut self, id: ExprId, arguments: &[ExprId]) -> Result<Operand, LowerError> {
        let Some((_, case)) = self.inference.cases.get(&id).copied() else {
            return self.unchecked("a case is not known");
        };
        let arguments = self.operands(arguments)?;
        let ty = self.expr_type(id);
        Ok(self.let_(ty, Op::Construct { ty, case, arguments }))
    }

    /// Values are computed as written, fields stand as declared.
    pub fn record(&mut self, id: ExprId, fields: &[(String, ExprId)]) -> Result<Operand, LowerError> {
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

    pub fn update(&mut self, id: ExprId, record: ExprId, fields: &[(String, ExprId)]) -> Result<Operand, LowerError> {
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

    pub fn dict(&mut self, id: ExprId, entries: &[(String, ExprId)]) -> Result<Operand, LowerError> {
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

    pub fn field(&mut self, id: ExprId, record: ExprId) -> Result<Operand, LowerError> {
        let Some(index) = self.inference.fields.get(&id).copied() else {
            return self.unchecked("a field is not known");
        };
        let value = self.operand(record)?;
        let ty = self.expr_type(id);
        Ok(self.let_(ty, Op::Field { value, index }))
    }

    pub fn binary(
        &mut self,
        id: ExprId,
        operator: Operator,
        left: ExprId,
        right: ExprId,
    ) -> Result<Operand, LowerError> {
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
            Operator::Concat => {
                let mut parts = Vec::new();
                self.concatenated(left, right, &mut parts)?;
                return Ok(self.joined(id, parts));
            }
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
}
