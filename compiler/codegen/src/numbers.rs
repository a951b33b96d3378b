//! Arithmetic and comparison of numbers: the table in the language's reference, section 11.
//!
//! Sized integers wrap. `Int` is a word: odd, the number shifted left by one; even, a pointer to a big integer. The fast
//! paths below work on the words themselves; what does not fit goes to the runtime.

use crate::function::Emitter;
use crate::values::Shape;
use crate::{Made, fault};
use dark_ir::core::{Const, Location, Operand, Var};
use dark_ir::intrinsics::Intrinsic;
use dark_ir::types::{Scalar, Type, TypeId};
use inkwell::FloatPredicate;
use inkwell::IntPredicate::{self, EQ, SGE, SGT, SLE, SLT, UGE, UGT, ULE, ULT};
use inkwell::basic_block::BasicBlock;
use inkwell::values::{BasicValue, BasicValueEnum, FloatValue, IntValue};

/// The kinds of numbers that arithmetic tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Sized(Scalar),
    Int,
    Float,
}

impl<'c> Emitter<'_, 'c, '_> {
    pub fn number(&self, ty: TypeId) -> Option<Number> {
        match self.unit.program.types.get(ty) {
            Type::Sized(scalar) => Some(Number::Sized(*scalar)),
            Type::Int => Some(Number::Int),
            Type::Float => Some(Number::Float),
            _ => None,
        }
    }

    /// Where two paths meet with a value each.
    fn meet(
        &mut self,
        meet: BasicBlock<'c>,
        paths: &[(BasicValueEnum<'c>, BasicBlock<'c>)],
    ) -> Made<BasicValueEnum<'c>> {
        self.builder.position_at_end(meet);
        let Some((first, _)) = paths.first() else { return fault("no paths meet") };
        let phi = self.builder.build_phi(first.get_type(), "")?;
        for (value, from) in paths {
            phi.add_incoming(&[(value as &dyn BasicValue<'c>, *from)]);
        }
        Ok(phi.as_basic_value())
    }

    fn here(&self) -> Made<BasicBlock<'c>> {
        match self.builder.get_insert_block() {
            Some(block) => Ok(block),
            None => fault("no current block"),
        }
    }

    /// Ends the invocation by an entry point when the condition holds.
    fn fail_if(&mut self, condition: IntValue<'c>, entry: &str, location: &Location) -> Made<()> {
        let (bad, good) = (self.block("bad"), self.block("good"));
        self.builder.build_conditional_branch(condition, bad, good)?;
        self.builder.position_at_end(bad);
        self.set_location(location)?;
        self.entry_point(entry, &[])?;
        self.builder.build_unreachable()?;
        self.builder.position_at_end(good);
        Ok(())
    }

    /// `add` … `power` of two numbers of one type.
    pub fn arithmetic(
        &mut self,
        intrinsic: Intrinsic,
        number: Number,
        a: BasicValueEnum<'c>,
        b: BasicValueEnum<'c>,
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        match number {
            Number::Float => self.float(intrinsic, a.into_float_value(), b.into_float_value(), location),
            Number::Int => self.int(intrinsic, a.into_int_value(), b.into_int_value(), location),
            Number::Sized(scalar) => self.sized(intrinsic, scalar, a.into_int_value(), b.into_int_value(), location),
        }
    }

    fn float(
        &mut self,
        intrinsic: Intrinsic,
        a: FloatValue<'c>,
        b: FloatValue<'c>,
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        Ok(match intrinsic {
            Intrinsic::Add => self.builder.build_float_add(a, b, "")?.into(),
            Intrinsic::Subtract => self.builder.build_float_sub(a, b, "")?.into(),
            Intrinsic::Multiply => self.builder.build_float_mul(a, b, "")?.into(),
            Intrinsic::Divide => self.builder.build_float_div(a, b, "")?.into(),
            Intrinsic::Power => self.entry_value("dark_float_power", &[a.into(), b.into()])?,
            Intrinsic::Modulo => {
                self.set_location(location)?;
                self.entry_value("dark_float_modulo", &[a.into(), b.into()])?
            }
            other => return fault(format!("{other:?} of floats")),
        })
    }

    fn sized(
        &mut self,
        intrinsic: Intrinsic,
        scalar: Scalar,
        a: IntValue<'c>,
        b: IntValue<'c>,
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        let ty = a.get_type();
        let zero = ty.const_zero();
        Ok(match intrinsic {
            Intrinsic::Add => self.builder.build_int_add(a, b, "")?.into(),
            Intrinsic::Subtract => self.builder.build_int_sub(a, b, "")?.into(),
            Intrinsic::Multiply => self.builder.build_int_mul(a, b, "")?.into(),
            Intrinsic::BitAnd => self.builder.build_and(a, b, "")?.into(),
            Intrinsic::BitOr => self.builder.build_or(a, b, "")?.into(),
            Intrinsic::BitXor => self.builder.build_xor(a, b, "")?.into(),
            Intrinsic::ShiftLeft | Intrinsic::ShiftRight => {
                let count = self.builder.build_and(b, ty.const_int(u64::from(scalar.bits() - 1), false), "")?;
                match intrinsic {
                    Intrinsic::ShiftLeft => self.builder.build_left_shift(a, count, "")?.into(),
                    _ => self.builder.build_right_shift(a, count, scalar.signed(), "")?.into(),
                }
            }
            Intrinsic::Divide => {
                let is_zero = self.builder.build_int_compare(EQ, b, zero, "")?;
                self.fail_if(is_zero, "dark_fail_division_by_zero", location)?;
                if !scalar.signed() {
                    return Ok(self.builder.build_int_unsigned_div(a, b, "")?.into());
                }
                // The lowest number by -1 is itself; the machine's instruction traps.
                let minus_one = ty.const_all_ones();
                let is_minus_one = self.builder.build_int_compare(EQ, b, minus_one, "")?;
                let one = ty.const_int(1, false);
                let by = self.builder.build_select(is_minus_one, one, b, "")?.into_int_value();
                let quotient = self.builder.build_int_signed_div(a, by, "")?;
                let negated = self.builder.build_int_sub(zero, a, "")?;
                self.builder.build_select(is_minus_one, negated, quotient, "")?
            }
            Intrinsic::Modulo => {
                let is_zero = self.builder.build_int_compare(EQ, b, zero, "")?;
                self.fail_if(is_zero, "dark_fail_modulus_zero", location)?;
                if !scalar.signed() {
                    return Ok(self.builder.build_int_unsigned_rem(a, b, "")?.into());
                }
                let is_negative = self.builder.build_int_compare(SLT, b, zero, "")?;
                self.fail_if(is_negative, "dark_fail_modulus_negative", location)?;
                let rest = self.builder.build_int_signed_rem(a, b, "")?;
                let below = self.builder.build_int_compare(SLT, rest, zero, "")?;
                let lifted = self.builder.build_int_add(rest, b, "")?;
                self.builder.build_select(below, lifted, rest, "")?
            }
            Intrinsic::Power => {
                self.set_location(location)?;
                let [a_low, a_high] = self.halves(a, scalar.signed())?;
                let [b_low, b_high] = self.halves(b, scalar.signed())?;
                let bits = self.unit.half(scalar.bits());
                let signed = self.unit.context.bool_type().const_int(u64::from(scalar.signed()), false);
                let place = self.scratch(101, dark_abi::SLOTS_MAX as u32)?;
                let arguments = [
                    a_low.into(),
                    a_high.into(),
                    b_low.into(),
                    b_high.into(),
                    bits.into(),
                    signed.into(),
                    place.into(),
                ];
                self.entry_point("dark_power_i128", &arguments)?;
                let wide = self.unit.load_as(&self.builder, self.unit.context.i128_type(), place)?.into_int_value();
                self.resize(wide, ty.get_bit_width(), false)?.into()
            }
            other => return fault(format!("{other:?} of integers")),
        })
    }

    /// An integer of any width as the two words of 128 bits.
    fn halves(&mut self, value: IntValue<'c>, signed: bool) -> Made<[IntValue<'c>; 2]> {
        let wide = self.resize(value, 128, signed)?;
        let low = self.builder.build_int_truncate(wide, self.unit.i64(), "")?;
        let shift = wide.get_type().const_int(64, false);
        let high = self.builder.build_right_shift(wide, shift, false, "")?;
        Ok([low, self.builder.build_int_truncate(high, self.unit.i64(), "")?])
    }

    /// An integer with that many bits.
    fn resize(&mut self, value: IntValue<'c>, bits: u32, signed: bool) -> Made<IntValue<'c>> {
        let ty = match std::num::NonZeroU32::new(bits).map(|bits| self.unit.context.custom_width_int_type(bits)) {
            Some(Ok(ty)) => ty,
            _ => return fault("an integer of no bits"),
        };
        let has = value.get_type().get_bit_width();
        Ok(match has.cmp(&bits) {
            std::cmp::Ordering::Equal => value,
            std::cmp::Ordering::Greater => self.builder.build_int_truncate(value, ty, "")?,
            std::cmp::Ordering::Less if signed => self.builder.build_int_s_extend(value, ty, "")?,
            std::cmp::Ordering::Less => self.builder.build_int_z_extend(value, ty, "")?,
        })
    }

    /// Whether both words are small numbers.
    fn both_small(&mut self, a: IntValue<'c>, b: IntValue<'c>) -> Made<IntValue<'c>> {
        let both = self.builder.build_and(a, b, "")?;
        Ok(self.builder.build_int_truncate(both, self.unit.context.bool_type(), "")?)
    }

    fn int(
        &mut self,
        intrinsic: Intrinsic,
        a: IntValue<'c>,
        b: IntValue<'c>,
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        let slow_entry = match intrinsic {
            Intrinsic::Add => "dark_int_add",
            Intrinsic::Subtract => "dark_int_subtract",
            Intrinsic::Multiply => "dark_int_multiply",
            Intrinsic::Divide => "dark_int_divide",
            Intrinsic::Modulo => "dark_int_modulo",
            Intrinsic::Power => "dark_int_power",
            other => return fault(format!("{other:?} of Ints")),
        };
        if intrinsic == Intrinsic::Power {
            self.set_location(location)?;
            return self.entry_value(slow_entry, &[a.into(), b.into()]);
        }
        let (small, slow, meet) = (self.block("small"), self.block("slow"), self.block("meet"));
        let both = self.both_small(a, b)?;
        self.builder.build_conditional_branch(both, small, slow)?;
        self.builder.position_at_end(small);
        let (fast, fits) = match intrinsic {
            Intrinsic::Divide | Intrinsic::Modulo => self.divided(intrinsic, a, b)?,
            _ => self.exact(intrinsic, a, b)?,
        };
        let from_fast = self.here()?;
        self.builder.build_conditional_branch(fits, meet, slow)?;
        self.builder.position_at_end(slow);
        self.set_location(location)?;
        let result = self.entry_value(slow_entry, &[a.into(), b.into()])?;
        let from_slow = self.here()?;
        self.builder.build_unconditional_branch(meet)?;
        self.meet(meet, &[(fast.into(), from_fast), (result, from_slow)])
    }

    /// Sum, difference or product of small numbers, and whether it is one. With words 2x+1 and 2y+1: the sum is
    /// a + (b-1), the difference a - (b-1), the product (a>>1) * (b-1) + 1.
    fn exact(&mut self, intrinsic: Intrinsic, a: IntValue<'c>, b: IntValue<'c>) -> Made<(IntValue<'c>, IntValue<'c>)> {
        let one = self.unit.i64().const_int(1, false);
        let even = self.builder.build_int_sub(b, one, "")?;
        let (name, left) = match intrinsic {
            Intrinsic::Add => ("llvm.sadd.with.overflow", a),
            Intrinsic::Subtract => ("llvm.ssub.with.overflow", a),
            _ => ("llvm.smul.with.overflow", self.builder.build_right_shift(a, one, true, "")?),
        };
        let types = [self.unit.i64().into()];
        let pair = self.llvm(name, &types, &[left.into(), even.into()])?.into_struct_value();
        let value = self.builder.build_extract_value(pair, 0, "")?.into_int_value();
        let overflow = self.builder.build_extract_value(pair, 1, "")?.into_int_value();
        let fits = self.builder.build_not(overflow, "")?;
        let value = match intrinsic {
            Intrinsic::Add | Intrinsic::Subtract => value,
            _ => self.builder.build_or(value, one, "")?,
        };
        Ok((value, fits))
    }

    /// Whether a sum, difference or product of two Int64 is one; `fitted` gives it.
    pub fn fits(
        &mut self,
        intrinsic: Intrinsic,
        var: Var,
        a: IntValue<'c>,
        b: IntValue<'c>,
    ) -> Made<BasicValueEnum<'c>> {
        let name = match intrinsic {
            Intrinsic::SumFits => "llvm.sadd.with.overflow",
            Intrinsic::DifferenceFits => "llvm.ssub.with.overflow",
            _ => "llvm.smul.with.overflow",
        };
        let types = [self.unit.i64().into()];
        let pair = self.llvm(name, &types, &[a.into(), b.into()])?.into_struct_value();
        self.fitted.insert(var, self.builder.build_extract_value(pair, 0, "")?);
        let overflow = self.builder.build_extract_value(pair, 1, "")?.into_int_value();
        let fits = self.builder.build_not(overflow, "")?;
        self.likely(fits)
    }

    /// The number of which a truth says that it is an Int64.
    pub fn fitted(&self, fits: Var) -> Made<BasicValueEnum<'c>> {
        match self.fitted.get(&fits) {
            Some(number) => Ok(*number),
            None => fault("a number that nobody computed"),
        }
    }

    /// A condition that nearly always holds.
    pub fn likely(&mut self, condition: IntValue<'c>) -> Made<BasicValueEnum<'c>> {
        let truth = self.unit.context.bool_type();
        self.llvm("llvm.expect", &[truth.into()], &[condition.into(), truth.const_int(1, false).into()])
    }

    /// Quotient or rest of small numbers by one that is above zero; everything else is for the runtime.
    fn divided(
        &mut self,
        intrinsic: Intrinsic,
        a: IntValue<'c>,
        b: IntValue<'c>,
    ) -> Made<(IntValue<'c>, IntValue<'c>)> {
        let one = self.unit.i64().const_int(1, false);
        let above = self.builder.build_int_compare(SGT, b, one, "")?;
        // Any divisor that does not trap, where the result is not used.
        let by = self.builder.build_right_shift(b, one, true, "")?;
        let by = self.builder.build_select(above, by, one, "")?.into_int_value();
        let of = self.builder.build_right_shift(a, one, true, "")?;
        let value = match intrinsic {
            Intrinsic::Divide => self.builder.build_int_signed_div(of, by, "")?,
            _ => {
                let rest = self.builder.build_int_signed_rem(of, by, "")?;
                let below = self.builder.build_int_compare(SLT, rest, self.unit.i64().const_zero(), "")?;
                let lifted = self.builder.build_int_add(rest, by, "")?;
                self.builder.build_select(below, lifted, rest, "")?.into_int_value()
            }
        };
        let shifted = self.builder.build_left_shift(value, one, "")?;
        Ok((self.builder.build_or(shifted, one, "")?, above))
    }

    pub fn negate(&mut self, number: Number, a: BasicValueEnum<'c>, location: &Location) -> Made<BasicValueEnum<'c>> {
        match number {
            Number::Float => Ok(self.builder.build_float_neg(a.into_float_value(), "")?.into()),
            Number::Sized(_) => Ok(self.builder.build_int_neg(a.into_int_value(), "")?.into()),
            Number::Int => {
                // 0 - a, with the runtime's help for what does not fit.
                let zero = self.unit.i64().const_int(1, false);
                self.int(Intrinsic::Subtract, zero, a.into_int_value(), location)
            }
        }
    }

    /// `less` …, `equal` and `not_equal` of numbers of one type; also of `DateTime` as a word.
    pub fn order(
        &mut self,
        intrinsic: Intrinsic,
        ty: TypeId,
        a: BasicValueEnum<'c>,
        b: BasicValueEnum<'c>,
    ) -> Made<IntValue<'c>> {
        match self.number(ty) {
            Some(Number::Float) => {
                let predicate = match intrinsic {
                    Intrinsic::Less => FloatPredicate::OLT,
                    Intrinsic::LessEqual => FloatPredicate::OLE,
                    Intrinsic::Greater => FloatPredicate::OGT,
                    Intrinsic::GreaterEqual => FloatPredicate::OGE,
                    Intrinsic::Equal => FloatPredicate::OEQ,
                    Intrinsic::NotEqual => FloatPredicate::UNE,
                    other => return fault(format!("{other:?} of floats")),
                };
                Ok(self.builder.build_float_compare(predicate, a.into_float_value(), b.into_float_value(), "")?)
            }
            Some(Number::Sized(scalar)) => {
                let predicate = predicate(intrinsic, scalar.signed())?;
                Ok(self.builder.build_int_compare(predicate, a.into_int_value(), b.into_int_value(), "")?)
            }
            Some(Number::Int) => self.int_order(intrinsic, a.into_int_value(), b.into_int_value()),
            None => {
                let predicate = predicate(intrinsic, true)?;
                Ok(self.builder.build_int_compare(predicate, a.into_int_value(), b.into_int_value(), "")?)
            }
        }
    }

    /// Small words have the order of their numbers.
    fn int_order(&mut self, intrinsic: Intrinsic, a: IntValue<'c>, b: IntValue<'c>) -> Made<IntValue<'c>> {
        let predicate = predicate(intrinsic, true)?;
        let (small, slow, meet) = (self.block("small"), self.block("slow"), self.block("meet"));
        let both = self.both_small(a, b)?;
        self.builder.build_conditional_branch(both, small, slow)?;
        self.builder.position_at_end(small);
        let fast = self.builder.build_int_compare(predicate, a, b, "")?;
        self.builder.build_unconditional_branch(meet)?;
        self.builder.position_at_end(slow);
        let order = self.entry_value("dark_int_compare", &[a.into(), b.into()])?.into_int_value();
        let result = self.builder.build_int_compare(predicate, order, self.unit.i64().const_zero(), "")?;
        self.builder.build_unconditional_branch(meet)?;
        Ok(self.meet(meet, &[(fast.into(), small), (result.into(), slow)])?.into_int_value())
    }

    /// Beside a constant that is no small number: whether the order holds for every small one.
    pub fn order_of_small(&self, intrinsic: Intrinsic, a: &Operand, b: &Operand) -> Option<bool> {
        let is_negative = |digits: &str| digits.starts_with('-');
        let below = match (a, b) {
            (Operand::Var(_), Operand::Const(Const::BigInt(digits))) => !is_negative(digits),
            (Operand::Const(Const::BigInt(digits)), Operand::Var(_)) => is_negative(digits),
            _ => return None,
        };
        Some(below == matches!(intrinsic, Intrinsic::Less | Intrinsic::LessEqual))
    }

    /// The order of two words, one of which is such a constant.
    pub fn order_beside_big(
        &mut self,
        intrinsic: Intrinsic,
        a: IntValue<'c>,
        b: IntValue<'c>,
        holds: bool,
    ) -> Made<IntValue<'c>> {
        let predicate = predicate(intrinsic, true)?;
        let from = self.here()?;
        let (slow, meet) = (self.block("slow"), self.block("meet"));
        // The constant's lowest bit is 0: this asks about the other one.
        let either = self.builder.build_or(a, b, "")?;
        let small = self.builder.build_int_truncate(either, self.unit.context.bool_type(), "")?;
        self.builder.build_conditional_branch(small, meet, slow)?;
        self.builder.position_at_end(slow);
        let order = self.entry_value("dark_int_compare", &[a.into(), b.into()])?.into_int_value();
        let result = self.builder.build_int_compare(predicate, order, self.unit.i64().const_zero(), "")?;
        self.builder.build_unconditional_branch(meet)?;
        let known = self.unit.context.bool_type().const_int(u64::from(holds), false);
        Ok(self.meet(meet, &[(known.into(), from), (result.into(), slow)])?.into_int_value())
    }

    /// Between any two integer types.
    pub fn convert(
        &mut self,
        value: BasicValueEnum<'c>,
        from: TypeId,
        to: TypeId,
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        let value = value.into_int_value();
        match (self.number(from), self.number(to)) {
            (Some(Number::Sized(from)), Some(Number::Sized(to))) => {
                Ok(self.resize(value, to.bits(), from.signed())?.into())
            }
            (Some(Number::Int), Some(Number::Int)) => Ok(value.into()),
            (Some(Number::Sized(from)), Some(Number::Int)) => self.int_of(value, from, location),
            (Some(Number::Int), Some(Number::Sized(to))) => self.low_bits(value, to),
            _ => match (self.unit.shape(from), self.unit.shape(to)) {
                (Shape::Word, Shape::Word) => Ok(value.into()),
                _ => fault("a conversion of what is no integer"),
            },
        }
    }

    fn int_of(&mut self, value: IntValue<'c>, from: Scalar, location: &Location) -> Made<BasicValueEnum<'c>> {
        let one = self.unit.i64().const_int(1, false);
        if from.bits() < 64 {
            let word = self.resize(value, 64, from.signed())?;
            let shifted = self.builder.build_left_shift(word, one, "")?;
            return Ok(self.builder.build_or(shifted, one, "")?.into());
        }
        let (small, slow, meet) = (self.block("small"), self.block("slow"), self.block("meet"));
        let word = self.resize(value, 64, from.signed())?;
        let shifted = self.builder.build_left_shift(word, one, "")?;
        // It fits if shifting back, with the sign, gives the whole number again.
        let back = self.builder.build_right_shift(shifted, one, true, "")?;
        let wide = self.resize(value, 128, from.signed())?;
        let wide_back = self.resize(back, 128, true)?;
        let mut fits = self.builder.build_int_compare(EQ, wide, wide_back, "")?;
        if !from.signed() {
            // Bits that are all set are the highest number, not -1.
            let is_positive = self.builder.build_int_compare(SGE, back, self.unit.i64().const_zero(), "")?;
            fits = self.builder.build_and(fits, is_positive, "")?;
        }
        self.builder.build_conditional_branch(fits, small, slow)?;
        self.builder.position_at_end(small);
        let fast = self.builder.build_or(shifted, one, "")?;
        self.builder.build_unconditional_branch(meet)?;
        self.builder.position_at_end(slow);
        self.set_location(location)?;
        let [low, high] = self.halves(value, from.signed())?;
        let signed = self.unit.context.bool_type().const_int(u64::from(from.signed()), false);
        let big = self.entry_value("dark_int_from_wide", &[low.into(), high.into(), signed.into()])?;
        self.builder.build_unconditional_branch(meet)?;
        self.meet(meet, &[(fast.into(), small), (big, slow)])
    }

    fn low_bits(&mut self, word: IntValue<'c>, to: Scalar) -> Made<BasicValueEnum<'c>> {
        let (small, slow, meet) = (self.block("small"), self.block("slow"), self.block("meet"));
        let is_small = self.builder.build_int_truncate(word, self.unit.context.bool_type(), "")?;
        self.builder.build_conditional_branch(is_small, small, slow)?;
        self.builder.position_at_end(small);
        let one = self.unit.i64().const_int(1, false);
        let number = self.builder.build_right_shift(word, one, true, "")?;
        let fast = self.resize(number, to.bits(), true)?;
        self.builder.build_unconditional_branch(meet)?;
        self.builder.position_at_end(slow);
        let place = self.scratch(101, dark_abi::SLOTS_MAX as u32)?;
        self.entry_point("dark_int_to_wide", &[word.into(), place.into()])?;
        let wide = self.unit.load_as(&self.builder, self.unit.context.i128_type(), place)?.into_int_value();
        let low = self.resize(wide, to.bits(), false)?;
        self.builder.build_unconditional_branch(meet)?;
        self.meet(meet, &[(fast.into(), small), (low.into(), slow)])
    }
}

fn predicate(intrinsic: Intrinsic, signed: bool) -> Made<IntPredicate> {
    Ok(match (intrinsic, signed) {
        (Intrinsic::Less, true) => SLT,
        (Intrinsic::LessEqual, true) => SLE,
        (Intrinsic::Greater, true) => SGT,
        (Intrinsic::GreaterEqual, true) => SGE,
        (Intrinsic::Less, false) => ULT,
        (Intrinsic::LessEqual, false) => ULE,
        (Intrinsic::Greater, false) => UGT,
        (Intrinsic::GreaterEqual, false) => UGE,
        (Intrinsic::Equal, _) => EQ,
        (Intrinsic::NotEqual, _) => IntPredicate::NE,
        (other, _) => return fault(format!("{other:?} as an order")),
    })
}
