//! Intrinsics of Core: emitted inline, or as one call of an entry point. Who owns what is said in `dark_ir::intrinsics`.

use crate::function::Emitter;
use crate::numbers::Number;
use crate::values::Shape;
use crate::{Made, fault};
use dark_abi::SLOT_BYTES;
use dark_ir::core::{Location, Operand, Var};
use dark_ir::intrinsics::Intrinsic;
use dark_ir::types::{Type, TypeId};
use inkwell::IntPredicate;
use inkwell::values::{BasicValueEnum, IntValue, PointerValue};

impl<'c> Emitter<'_, 'c, '_> {
    pub fn intrinsic(
        &mut self,
        var: Var,
        intrinsic: Intrinsic,
        arguments: &[Operand],
        result: TypeId,
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        use Intrinsic::*;
        let [a, rest @ ..] = arguments else { return fault(format!("{intrinsic:?} without operands")) };
        let b = || match rest.first() {
            Some(b) => Ok(b),
            None => fault(format!("{intrinsic:?} of one operand")),
        };
        match intrinsic {
            Add | Subtract | Multiply | Divide | Modulo | Power | BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight => {
                let number = self.number_of(a)?;
                let (left, right) = (self.operand(a)?, self.operand(b()?)?);
                self.arithmetic(intrinsic, number, left, right, location)
            }
            Negate => {
                let number = self.number_of(a)?;
                let value = self.operand(a)?;
                self.negate(number, value, location)
            }
            Less | LessEqual | Greater | GreaterEqual => {
                let ty = self.operand_type(a)?;
                let (left, right) = (self.operand(a)?, self.operand(b()?)?);
                if let Some(holds) = self.order_of_small(intrinsic, a, b()?) {
                    let (left, right) = (left.into_int_value(), right.into_int_value());
                    return Ok(self.order_beside_big(intrinsic, left, right, holds)?.into());
                }
                Ok(self.order(intrinsic, ty, left, right)?.into())
            }
            Equal => Ok(self.equal(a, b()?)?.into()),
            NotEqual => {
                if let Ok(Number::Float) = self.number_of(a) {
                    let ty = self.operand_type(a)?;
                    let (left, right) = (self.operand(a)?, self.operand(b()?)?);
                    return Ok(self.order(NotEqual, ty, left, right)?.into());
                }
                let equal = self.equal(a, b()?)?;
                Ok(self.builder.build_not(equal, "")?.into())
            }
            Compare => {
                let (left, info) = self.in_memory(a, 0)?;
                let (right, _) = self.in_memory(b()?, 1)?;
                self.entry_value("dark_compare", &[left.into(), right.into(), info.into()])
            }
            Repr => {
                self.set_location(location)?;
                let (place, info) = self.in_memory(a, 0)?;
                self.entry_value("dark_repr", &[place.into(), info.into()])
            }
            TestCompare => {
                self.set_location(location)?;
                let (actual, info) = self.in_memory(a, 0)?;
                let (expected, _) = self.in_memory(b()?, 1)?;
                self.entry_value("dark_test_compare", &[actual.into(), expected.into(), info.into()])
            }
            BoolNot => {
                let value = self.operand(a)?.into_int_value();
                Ok(self.builder.build_not(value, "")?.into())
            }
            BoolAnd | BoolOr => {
                let (left, right) = (self.operand(a)?.into_int_value(), self.operand(b()?)?.into_int_value());
                Ok(match intrinsic {
                    BoolAnd => self.builder.build_and(left, right, "")?,
                    _ => self.builder.build_or(left, right, "")?,
                }
                .into())
            }
            StringConcat => {
                self.set_location(location)?;
                let left = self.operand(a)?;
                if let [right] = rest {
                    let right = self.operand(right)?;
                    return self.entry_value("dark_string_concat", &[left.into(), right.into()]);
                }
                let parts = self.scratch(0, rest.len() as u32)?;
                for (index, part) in rest.iter().enumerate() {
                    let part = self.operand(part)?;
                    let place = self.unit.offset(&self.builder, parts, (index * SLOT_BYTES) as u32)?;
                    self.builder.build_store(place, part)?;
                }
                let count = self.unit.i64().const_int(rest.len() as u64, false);
                self.entry_value("dark_string_concat_all", &[left.into(), parts.into(), count.into()])
            }
            ListCons | ListPush | ListTail | ListAppend | ListLength | ListGet | ListSet | ListPut | ListIsSole
            | ListSlice => self.list(intrinsic, a, rest, location),
            DictLength | DictContains | DictGet | DictSet | DictRemove | DictKeyAt | DictValueAt => {
                self.set_location(location)?;
                self.dict(intrinsic, a, rest)
            }
            IntConvert => {
                let from = self.operand_type(a)?;
                let value = self.operand(a)?;
                self.convert(value, from, result, location)
            }
            SumFits | DifferenceFits | ProductFits => {
                let (left, right) = (self.operand(a)?.into_int_value(), self.operand(b()?)?.into_int_value());
                self.fits(intrinsic, var, left, right)
            }
            Fitted => match a {
                Operand::Var(fits) => self.fitted(*fits),
                Operand::Const(_) => fault("a number that nobody computed"),
            },
            IntIsSmall => {
                let word = self.operand(a)?.into_int_value();
                let small = self.builder.build_int_truncate(word, self.unit.context.bool_type(), "")?;
                self.likely(small)
            }
            SmallInt => {
                let word = self.operand(a)?.into_int_value();
                Ok(self.builder.build_right_shift(word, self.unit.i64().const_int(1, false), true, "")?.into())
            }
            IntToIndex => {
                let word = self.operand(a)?.into_int_value();
                let one = self.unit.i64().const_int(1, false);
                let is_small = self.builder.build_int_truncate(word, self.unit.context.bool_type(), "")?;
                let number = self.builder.build_right_shift(word, one, true, "")?;
                let none = self.unit.i64().const_all_ones();
                Ok(self.builder.build_select(is_small, number, none, "")?)
            }
            FloatOfInt64 => {
                let value = self.operand(a)?.into_int_value();
                let float = self.unit.context.f64_type();
                Ok(self.builder.build_signed_int_to_float(value, float, "")?.into())
            }
            FloatToInt64 => {
                let value = self.operand(a)?;
                let types = [self.unit.i64().into(), self.unit.context.f64_type().into()];
                self.llvm("llvm.fptosi.sat", &types, &[value.into()])
            }
            FloatSqrt | FloatFloor | FloatCeiling | FloatRound | FloatTruncate | FloatAbsolute => {
                let name = match intrinsic {
                    FloatSqrt => "llvm.sqrt",
                    FloatFloor => "llvm.floor",
                    FloatCeiling => "llvm.ceil",
                    // Halves go to the even neighbour.
                    FloatRound => "llvm.roundeven",
                    FloatTruncate => "llvm.trunc",
                    _ => "llvm.fabs",
                };
                let value = self.operand(a)?;
                self.llvm(name, &[self.unit.context.f64_type().into()], &[value.into()])
            }
            Unwrap => self.unwrap(a, result, location),
            FunctionEntry => {
                let ty = self.operand_type(a)?;
                let entry = self.unit.closure_entry(ty)?.as_global_value().as_pointer_value();
                Ok(self.builder.build_ptr_to_int(entry, self.unit.i64(), "")?.into())
            }
            Emit => {
                self.set_location(location)?;
                let worker = self.operand(a)?;
                let (event, info) = self.in_memory(b()?, 0)?;
                self.entry_point("dark_emit", &[worker.into(), event.into(), info.into()])?;
                Ok(self.unit.word(0))
            }
            Waiting => {
                self.set_location(location)?;
                let (worker, info) = (self.operand(a)?, self.unit.type_info(result)?);
                self.entry_value("dark_waiting", &[worker.into(), info.into()])
            }
            QueryExpression => fault("a query that was not compiled to SQL"),
        }
    }

    fn number_of(&self, operand: &Operand) -> Made<Number> {
        let ty = self.operand_type(operand)?;
        match self.number(ty) {
            Some(number) => Ok(number),
            None => fault("arithmetic of what is no number"),
        }
    }

    fn equal(&mut self, a: &Operand, b: &Operand) -> Made<IntValue<'c>> {
        let ty = self.operand_type(a)?;
        let (left, right) = (self.operand(a)?, self.operand(b)?);
        let string = matches!(self.unit.program.types.get(ty), Type::String | Type::Char | Type::Blob);
        match self.unit.shape(ty) {
            Shape::Nothing => Ok(self.unit.context.bool_type().const_int(1, false)),
            Shape::Bool | Shape::Wide => {
                let (left, right) = (left.into_int_value(), right.into_int_value());
                Ok(self.builder.build_int_compare(IntPredicate::EQ, left, right, "")?)
            }
            Shape::Integer { .. } | Shape::Word | Shape::Float => self.order(Intrinsic::Equal, ty, left, right),
            Shape::Enum(1) => {
                let (left, right) = (self.case_index(left, ty)?, self.case_index(right, ty)?);
                Ok(self.builder.build_int_compare(IntPredicate::EQ, left, right, "")?)
            }
            Shape::Pointer if string => {
                Ok(self.entry_value("dark_string_equal", &[left.into(), right.into()])?.into_int_value())
            }
            Shape::Pointer | Shape::Struct(_) | Shape::Enum(_) => {
                let (left, right) = (self.spill(left, ty, 0)?, self.spill(right, ty, 1)?);
                let info = self.unit.type_info(ty)?;
                Ok(self.entry_value("dark_equal", &[left.into(), right.into(), info.into()])?.into_int_value())
            }
        }
    }

    pub fn element_type(&self, operand: &Operand) -> Made<TypeId> {
        let ty = self.operand_type(operand)?;
        match self.unit.program.types.get(ty) {
            Type::List(element) | Type::Dict(element) => Ok(*element),
            _ => fault("elements of what has none"),
        }
    }

    fn dict(&mut self, intrinsic: Intrinsic, a: &Operand, rest: &[Operand]) -> Made<BasicValueEnum<'c>> {
        let element = self.element_type(a)?;
        let dict = self.operand(a)?;
        match (intrinsic, rest) {
            (Intrinsic::DictLength, []) => self.entry_value("dark_dict_len", &[dict.into()]),
            (Intrinsic::DictContains, [key]) => {
                let place = self.dict_find(a, key)?;
                Ok(self.builder.build_is_not_null(place, "")?.into())
            }
            (Intrinsic::DictGet, [key]) => {
                let place = self.dict_find(a, key)?;
                self.unit.load(&self.builder, place, element)
            }
            (Intrinsic::DictSet, [key, value]) => {
                let found = self.found.get(a, key);
                let key = self.operand(key)?;
                let value = self.operand(value)?;
                let place = self.spill(value, element, 0)?;
                let info = self.unit.type_info(element)?;
                let mut arguments = vec![dict.into(), key.into(), place.into(), info.into()];
                match found {
                    Some(found) => {
                        arguments.push(found.into());
                        self.entry_value("dark_dict_set_found", &arguments)
                    }
                    None => self.entry_value("dark_dict_set", &arguments),
                }
            }
            (Intrinsic::DictRemove, [key]) => {
                let key = self.operand(key)?;
                self.entry_value("dark_dict_remove", &[dict.into(), key.into()])
            }
            (Intrinsic::DictKeyAt, [index]) => {
                let index = self.operand(index)?;
                let out = self.scratch(1, dark_abi::SLOTS_MAX as u32)?;
                self.entry_value("dark_dict_at", &[dict.into(), index.into(), out.into()])?;
                Ok(self.builder.build_load(self.unit.ptr(), out, "key")?)
            }
            (Intrinsic::DictValueAt, [index]) => {
                let index = self.operand(index)?;
                let out = self.scratch(1, dark_abi::SLOTS_MAX as u32)?;
                let place = self.entry_value("dark_dict_at", &[dict.into(), index.into(), out.into()])?;
                self.unit.load(&self.builder, place.into_pointer_value(), element)
            }
            _ => fault(format!("{intrinsic:?} with other operands")),
        }
    }

    /// Where the value of a key is, or null. Who has looked for it on the way to here knows it already: a dict that is still
    /// there is what it was.
    fn dict_find(&mut self, dict: &Operand, key: &Operand) -> Made<PointerValue<'c>> {
        if let Some(found) = self.found.get(dict, key) {
            return Ok(found);
        }
        let arguments = [self.operand(dict)?.into(), self.operand(key)?.into()];
        let place = self.entry_value("dark_dict_find", &arguments)?.into_pointer_value();
        self.found.note(dict, key, place);
        Ok(place)
    }

    /// The value in `Some` or `Ok`, their first cases; it moves out of an option in registers.
    fn unwrap(&mut self, a: &Operand, result: TypeId, location: &Location) -> Made<BasicValueEnum<'c>> {
        let ty = self.operand_type(a)?;
        let whole = self.operand(a)?;
        let index = self.case_index(whole, ty)?;
        let (bad, good) = (self.block("bad"), self.block("good"));
        let is_first = self.builder.build_int_compare(IntPredicate::EQ, index, index.get_type().const_zero(), "")?;
        self.builder.build_conditional_branch(is_first, good, bad)?;
        self.builder.position_at_end(bad);
        self.set_location(location)?;
        let place = self.spill(whole, ty, 0)?;
        let info = self.unit.type_info(ty)?;
        self.entry_point("dark_fail_unwrap", &[place.into(), info.into()])?;
        self.builder.build_unreachable()?;
        self.builder.position_at_end(good);
        let value = self.field_of(whole, ty, 0, 0)?;
        if self.unit.program.types.layout(ty).boxed {
            self.unit.dup(&self.builder, value, result)?;
            self.unit.drop(&self.builder, self.context, whole, ty)?;
        }
        Ok(value)
    }
}
