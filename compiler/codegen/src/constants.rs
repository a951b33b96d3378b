//! Static data: texts, places, closures without captures, cases without fields, datastores.

use crate::unit::Unit;
use crate::{Made, fault};
use dark_abi::IMMORTAL;
use dark_ir::core::{Const, DbId, FunctionId, Location};
use dark_ir::types::{Type, TypeId};
use inkwell::module::Linkage;
use inkwell::values::{BasicValueEnum, GlobalValue, PointerValue, StructValue};
use std::sync::Arc;

impl<'c> Unit<'c, '_> {
    /// A constant of the module that nothing outside refers to.
    pub(crate) fn static_data(&self, name: &str, value: StructValue<'c>) -> GlobalValue<'c> {
        let global = self.module.add_global(value.get_type(), None, name);
        global.set_linkage(Linkage::Private);
        global.set_constant(true);
        global.set_alignment(8);
        global.set_initializer(&value);
        global
    }

    pub(crate) fn word(&self, value: u64) -> BasicValueEnum<'c> {
        self.i64().const_int(value, false).into()
    }

    pub(crate) fn half(&self, value: u32) -> BasicValueEnum<'c> {
        self.i32().const_int(value.into(), false).into()
    }

    pub(crate) fn null(&self) -> PointerValue<'c> {
        self.ptr().const_null()
    }

    /// A `Str` object.
    pub(crate) fn text(&mut self, text: &Arc<str>) -> PointerValue<'c> {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let len = self.word(text.len() as u64);
        let bytes = self.context.const_string(text.as_bytes(), false);
        let value = self.context.const_struct(&[self.half(IMMORTAL), self.half(0), len, len, bytes.into()], false);
        let pointer = self.static_data("text", value).as_pointer_value();
        self.texts.insert(Arc::clone(text), pointer);
        pointer
    }

    /// A `dark_abi::StaticStr`.
    pub(crate) fn static_str(&mut self, text: &str) -> BasicValueEnum<'c> {
        if text.is_empty() {
            let empty = [self.null().into(), self.word(0)];
            return self.context.const_struct(&empty, false).into();
        }
        let pointer = match self.bytes.get(text) {
            Some(known) => *known,
            None => {
                let bytes = self.context.const_string(text.as_bytes(), false);
                let global = self.module.add_global(bytes.get_type(), None, "name");
                global.set_linkage(Linkage::Private);
                global.set_constant(true);
                global.set_unnamed_addr(true);
                global.set_initializer(&bytes);
                self.bytes.insert(Arc::from(text), global.as_pointer_value());
                global.as_pointer_value()
            }
        };
        self.context.const_struct(&[pointer.into(), self.word(text.len() as u64)], false).into()
    }

    /// A `dark_abi::StaticSlice` of values of one type.
    pub(crate) fn static_slice(&mut self, name: &str, values: &[StructValue<'c>]) -> BasicValueEnum<'c> {
        let pointer = match values.first() {
            None => self.null(),
            Some(first) => {
                let array = first.get_type().const_array(values);
                let global = self.module.add_global(array.get_type(), None, name);
                global.set_linkage(Linkage::Private);
                global.set_constant(true);
                global.set_alignment(8);
                global.set_initializer(&array);
                global.as_pointer_value()
            }
        };
        self.context.const_struct(&[pointer.into(), self.word(values.len() as u64)], false).into()
    }

    /// A `dark_abi::SourceLocation`.
    pub(crate) fn location(&mut self, location: &Location, function: &str) -> PointerValue<'c> {
        let key = (Arc::clone(&location.file), location.line, location.column, Arc::from(function));
        if let Some(known) = self.locations.get(&key) {
            return *known;
        }
        let (file, function) = (self.static_str(&location.file), self.static_str(function));
        let value =
            self.context.const_struct(&[file, self.half(location.line), self.half(location.column), function], false);
        let pointer = self.static_data("location", value).as_pointer_value();
        self.locations.insert(key, pointer);
        pointer
    }

    /// A case without fields of a boxed enum.
    pub(crate) fn case_constant(&mut self, ty: TypeId, case: u32) -> PointerValue<'c> {
        if let Some(known) = self.case_constants.get(&(ty, case)) {
            return *known;
        }
        let value = self.context.const_struct(&[self.half(IMMORTAL), self.half(case)], false);
        let pointer = self.static_data("case", value).as_pointer_value();
        self.case_constants.insert((ty, case), pointer);
        pointer
    }

    /// A closure object without captures.
    fn closure(&mut self, function: FunctionId) -> Made<PointerValue<'c>> {
        if let Some(known) = self.closures.get(&function) {
            return Ok(*known);
        }
        let Some(core) = self.program.functions.get(function.0 as usize) else {
            return fault("a closure of no function");
        };
        let params = core.params.len().saturating_sub(1) as u32;
        let code = self.function(function)?.as_global_value().as_pointer_value();
        let captures = self.captures_info(&[], core.value_of.as_deref())?;
        let value =
            self.context.const_struct(&[self.half(IMMORTAL), self.half(params), code.into(), captures.into()], false);
        let pointer = self.static_data("closure", value).as_pointer_value();
        self.closures.insert(function, pointer);
        Ok(pointer)
    }

    /// A `dark_abi::DbInfo`.
    pub(crate) fn database(&mut self, id: DbId) -> Made<PointerValue<'c>> {
        if let Some(known) = self.databases.get(&id.0) {
            return Ok(*known);
        }
        let Some(db) = self.program.dbs.get(id.0 as usize) else { return fault("a datastore that is not there") };
        let (name, row) = (self.static_str(&db.name), self.type_info(db.row)?);
        let value = self.context.const_struct(&[name, row.into()], false);
        let pointer = self.static_data(&db.symbol, value).as_pointer_value();
        self.databases.insert(id.0, pointer);
        Ok(pointer)
    }

    /// A constant in a register.
    pub(crate) fn constant(&mut self, constant: &Const) -> Made<BasicValueEnum<'c>> {
        Ok(match constant {
            Const::Unit => self.word(0),
            Const::Bool(value) => self.context.bool_type().const_int(u64::from(*value), false).into(),
            Const::Int(bits, ty) => {
                let ty = self.register(*ty).into_int_type();
                let words = [*bits as u64, (*bits >> 64) as u64];
                ty.const_int_arbitrary_precision(&words[..(ty.get_bit_width() as usize).div_ceil(64)]).into()
            }
            Const::SmallInt(value) => self.word(((*value as u64) << 1) | 1),
            Const::BigInt(digits) => self.big_int_constant(digits)?,
            Const::Float(value) => self.context.f64_type().const_float(*value).into(),
            Const::Text(text, _) => self.text(text).into(),
            Const::Empty(_) => self.null().into(),
            Const::Case(ty, case) => self.case_value(*ty, *case)?,
            Const::Closure(function, _) => self.closure(*function)?.into(),
            Const::Db(id) => self.database(*id)?.into(),
        })
    }

    /// A case without fields.
    pub(crate) fn case_value(&mut self, ty: TypeId, case: u32) -> Made<BasicValueEnum<'c>> {
        if self.program.types.layout(ty).boxed {
            return Ok(self.case_constant(ty, case).into());
        }
        if !self.optimise && !self.in_memory(ty) {
            return Ok(self.word(case.into()));
        }
        let words: Vec<BasicValueEnum<'c>> =
            (0..self.slots(ty)).map(|index| self.word(if index == 0 { case.into() } else { 0 })).collect();
        if !self.in_memory(ty) {
            return Ok(self.register(ty).into_struct_type().const_named_struct(&words).into());
        }
        if let Some(known) = self.case_constants.get(&(ty, case)) {
            return Ok((*known).into());
        }
        let pointer = self.static_data("case", self.context.const_struct(&words, false)).as_pointer_value();
        self.case_constants.insert((ty, case), pointer);
        Ok(pointer.into())
    }

    /// An unbounded integer that does not fit a small word: a static object with sign and magnitude.
    fn big_int_constant(&mut self, digits: &Arc<str>) -> Made<BasicValueEnum<'c>> {
        let pointer = match self.big_ints.get(digits) {
            Some(known) => *known,
            None => {
                let Some((negative, limbs)) = limbs(digits) else { return fault(format!("the number {digits}")) };
                let limbs: Vec<_> = limbs.iter().map(|limb| self.i64().const_int(*limb, false)).collect();
                let fields = [
                    self.half(IMMORTAL),
                    self.half(u32::from(negative)),
                    self.word(limbs.len() as u64),
                    self.i64().const_array(&limbs).into(),
                ];
                let value = self.context.const_struct(&fields, false);
                let pointer = self.static_data("integer", value).as_pointer_value();
                self.big_ints.insert(Arc::clone(digits), pointer);
                pointer
            }
        };
        Ok(pointer.const_to_int(self.i64()).into())
    }

    /// The type of a constant.
    pub(crate) fn constant_type(&self, constant: &Const) -> Made<TypeId> {
        let find = |ty: Type| match self.program.types.find(&ty) {
            Some(id) => Ok(id),
            None => fault(format!("no constant of type {ty:?}")),
        };
        match constant {
            Const::Unit => find(Type::Unit),
            Const::Bool(_) => find(Type::Bool),
            Const::SmallInt(_) | Const::BigInt(_) => find(Type::Int),
            Const::Float(_) => find(Type::Float),
            Const::Int(_, ty) | Const::Text(_, ty) | Const::Empty(ty) | Const::Case(ty, _) | Const::Closure(_, ty) => {
                Ok(*ty)
            }
            Const::Db(id) => match self.program.dbs.get(id.0 as usize) {
                Some(db) => find(Type::Db(db.row)),
                None => fault("a datastore that is not there"),
            },
        }
    }
}

/// Sign and magnitude of decimal digits, in 64 bit limbs with the lowest first.
fn limbs(digits: &str) -> Option<(bool, Vec<u64>)> {
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits),
    };
    let mut limbs: Vec<u64> = Vec::new();
    for digit in digits.chars() {
        let mut carry = u128::from(digit.to_digit(10)?);
        for limb in &mut limbs {
            let value = u128::from(*limb) * 10 + carry;
            *limb = value as u64;
            carry = value >> 64;
        }
        if carry > 0 {
            limbs.push(carry as u64);
        }
    }
    Some((negative, limbs))
}

#[cfg(test)]
mod tests {
    use super::limbs;

    #[test]
    fn decimal_digits_become_limbs() {
        assert_eq!(limbs("18446744073709551616"), Some((false, vec![0, 1])));
        assert_eq!(limbs("-4611686018427387905"), Some((true, vec![4_611_686_018_427_387_905])));
        assert_eq!(limbs("1x"), None);
    }
}
