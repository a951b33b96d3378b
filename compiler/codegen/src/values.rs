//! Values in registers and in memory: the table in `dark_abi`, as LLVM types.
//!
//! In a register a value has its natural type, an aggregate of at most three slots is a struct; an enum is a struct of
//! 64 bit words, because its cases share the places. In memory every slot has 8 bytes. Fast builds hold what has several
//! slots in memory (`Unit::in_memory`).

use crate::unit::Unit;
use crate::{Made, fault};
use dark_ir::types::{Definition, Scalar, Type, TypeId};
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::types::{BasicType, BasicTypeEnum};
use inkwell::values::{BasicValue, BasicValueEnum, IntValue, PointerValue};

/// How a value lies in a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Always 0: `Unit`, and records without fields.
    Nothing,
    Bool,
    /// A sized integer of up to 64 bits.
    Integer {
        bits: u32,
        signed: bool,
    },
    /// `Int`, `DateTime`
    Word,
    /// 128 bits: two slots.
    Wide,
    Float,
    Pointer,
    /// A tuple or record: its fields.
    Struct(Vec<TypeId>),
    /// An enum: so many words, the first is the case.
    Enum(u32),
}

impl<'c> Unit<'c, '_> {
    pub(crate) fn shape(&self, ty: TypeId) -> Shape {
        let types = &self.program.types;
        let layout = types.layout(ty);
        if layout.boxed {
            return Shape::Pointer;
        }
        match types.get(ty) {
            Type::Unit => Shape::Nothing,
            Type::Bool => Shape::Bool,
            Type::Sized(Scalar::Int128 | Scalar::UInt128) | Type::Uuid => Shape::Wide,
            Type::Sized(scalar) => Shape::Integer { bits: scalar.bits(), signed: scalar.signed() },
            Type::Int | Type::DateTime => Shape::Word,
            Type::Float => Shape::Float,
            Type::Char
            | Type::String
            | Type::Blob
            | Type::List(_)
            | Type::Dict(_)
            | Type::Stream(_)
            | Type::Db(_)
            | Type::Function(..) => Shape::Pointer,
            Type::Tuple(parts) => Shape::Struct(parts.clone()),
            Type::Nominal(nominal) => match &types.nominal_data(*nominal).definition {
                Definition::Record(fields) if fields.is_empty() => Shape::Nothing,
                Definition::Record(fields) => Shape::Struct(fields.iter().map(|(_, ty)| *ty).collect()),
                Definition::Enum(_) | Definition::Pending => Shape::Enum(layout.slots),
            },
        }
    }

    /// The fields of a tuple or record (case 0), or of an enum's case.
    pub(crate) fn fields(&self, ty: TypeId, case: u32) -> Made<Vec<TypeId>> {
        let types = &self.program.types;
        match types.get(ty) {
            Type::Tuple(parts) => Ok(parts.clone()),
            Type::Nominal(nominal) => match &types.nominal_data(*nominal).definition {
                Definition::Record(fields) => Ok(fields.iter().map(|(_, ty)| *ty).collect()),
                Definition::Enum(cases) => match cases.get(case as usize) {
                    Some(case) => Ok(case.fields.clone()),
                    None => fault("a case that is not there"),
                },
                Definition::Pending => fault("an unfinished type"),
            },
            _ => fault("fields of what has none"),
        }
    }

    pub(crate) fn is_enum(&self, ty: TypeId) -> bool {
        match self.program.types.get(ty) {
            Type::Nominal(nominal) => {
                matches!(self.program.types.nominal_data(*nominal).definition, Definition::Enum(_))
            }
            _ => false,
        }
    }

    /// How many cases an enum has.
    pub(crate) fn case_count(&self, ty: TypeId) -> Made<u32> {
        match self.program.types.get(ty) {
            Type::Nominal(nominal) => match &self.program.types.nominal_data(*nominal).definition {
                Definition::Enum(cases) => Ok(cases.len() as u32),
                _ => fault("cases of what has none"),
            },
            _ => fault("cases of what has none"),
        }
    }

    pub(crate) fn slots(&self, ty: TypeId) -> u32 {
        self.program.types.layout(ty).slots
    }

    /// Whether a value is held as the address of its slots: in fast builds, where it has several and is no number. LLVM's
    /// fast selection of instructions does not know structs; it takes several times as long where it meets one. What is
    /// there is written once, so that an address stands for the same value as long as the function's turn lasts.
    pub(crate) fn in_memory(&self, ty: TypeId) -> bool {
        let layout = self.program.types.layout(ty);
        !self.optimise && !layout.boxed && layout.slots > 1 && !self.is_wide(ty)
    }

    fn is_wide(&self, ty: TypeId) -> bool {
        matches!(self.program.types.get(ty), Type::Sized(Scalar::Int128 | Scalar::UInt128) | Type::Uuid)
    }

    /// Room for so many slots in the frame of the function that the builder is in.
    pub(crate) fn place(&self, builder: &Builder<'c>, slots: u32) -> Made<PointerValue<'c>> {
        let function = builder.get_insert_block().and_then(|block| block.get_parent());
        let Some(entry) = function.and_then(|function| function.get_first_basic_block()) else {
            return fault("a place outside of a function");
        };
        match entry.get_first_instruction() {
            Some(first) => self.aside.position_before(&first),
            None => self.aside.position_at_end(entry),
        }
        Ok(self.aside.build_alloca(self.i64().array_type(slots.max(1)), "")?)
    }

    /// A field of a value in memory: its address, if that is in memory too.
    fn inside(
        &self,
        builder: &Builder<'c>,
        value: BasicValueEnum<'c>,
        slot: u32,
        field: TypeId,
    ) -> Made<BasicValueEnum<'c>> {
        let place = self.slot(builder, value.into_pointer_value(), slot)?;
        if self.in_memory(field) { Ok(place.into()) } else { self.load(builder, place, field) }
    }

    /// A field of a tuple or record without a box.
    pub(crate) fn part(
        &self,
        builder: &Builder<'c>,
        value: BasicValueEnum<'c>,
        ty: TypeId,
        fields: &[TypeId],
        index: usize,
    ) -> Made<BasicValueEnum<'c>> {
        let Some(field) = fields.get(index) else { return fault("a field that is not there") };
        if self.in_memory(ty) {
            return self.inside(builder, value, self.slots_before(fields, index), *field);
        }
        if !self.optimise {
            // The only one.
            return Ok(value);
        }
        Ok(builder.build_extract_value(value.into_struct_value(), index as u32, "")?)
    }

    /// The case that an enum without a box is in.
    pub(crate) fn case_number(
        &self,
        builder: &Builder<'c>,
        value: BasicValueEnum<'c>,
        ty: TypeId,
    ) -> Made<IntValue<'c>> {
        if self.in_memory(ty) {
            return Ok(self.load_as(builder, self.i64(), value.into_pointer_value())?.into_int_value());
        }
        if !self.optimise {
            return Ok(value.into_int_value());
        }
        Ok(builder.build_extract_value(value.into_struct_value(), 0, "")?.into_int_value())
    }

    /// A field of an enum without a box that is in a case with these fields.
    pub(crate) fn case_part(
        &self,
        builder: &Builder<'c>,
        value: BasicValueEnum<'c>,
        ty: TypeId,
        fields: &[TypeId],
        index: usize,
    ) -> Made<BasicValueEnum<'c>> {
        let Some(field) = fields.get(index) else { return fault("a field that is not there") };
        let slot = 1 + self.slots_before(fields, index);
        if self.in_memory(ty) {
            return self.inside(builder, value, slot, *field);
        }
        let words = self.to_words(builder, value, ty)?;
        self.from_words(builder, &mut words.into_iter().skip(slot as usize), *field)
    }

    /// The slots in front of a field.
    pub(crate) fn slots_before(&self, fields: &[TypeId], index: usize) -> u32 {
        fields.iter().take(index).map(|ty| self.slots(*ty)).sum()
    }

    /// The types a value is passed as. What has 128 bits in it is passed as words: where one lies on the stack, caller and
    /// callee of LLVM's `tailcc` do not agree on how much of the stack the callee gives back. Fast builds pass what lies in
    /// memory as its slots, and a `Bool` or small integer as a slot: a caller's frame may have gone before its arguments are
    /// read, and LLVM's fast selection passes nothing smaller.
    pub(crate) fn passed(&self, ty: TypeId) -> Vec<BasicTypeEnum<'c>> {
        let words = || (0..self.slots(ty)).map(|_| self.i64().into()).collect::<Vec<BasicTypeEnum<'c>>>();
        match self.optimise {
            true if self.has_wide(ty) => vec![self.context.struct_type(&words(), false).into()],
            true => vec![self.register(ty)],
            false if self.passes_as_it_is(ty) => vec![self.register(ty)],
            false => words(),
        }
    }

    /// The type a value is returned as; `None` where the caller says where its slots are to be written.
    pub(crate) fn returned(&self, ty: TypeId) -> Option<BasicTypeEnum<'c>> {
        match self.optimise {
            true => Some(self.register(ty)),
            false if self.in_memory(ty) => None,
            false if self.is_wide(ty) || self.passes_as_it_is(ty) => Some(self.register(ty)),
            false => Some(self.i64().into()),
        }
    }

    /// Whether the register of a value in a fast build is one that a slot of an argument has.
    fn passes_as_it_is(&self, ty: TypeId) -> bool {
        matches!(self.shape(ty), Shape::Nothing | Shape::Word | Shape::Float | Shape::Pointer)
    }

    fn has_wide(&self, ty: TypeId) -> bool {
        match self.shape(ty) {
            Shape::Wide => true,
            Shape::Struct(fields) => fields.iter().any(|field| self.has_wide(*field)),
            _ => false,
        }
    }

    /// An argument as it is passed.
    pub(crate) fn pass(
        &self,
        builder: &Builder<'c>,
        value: BasicValueEnum<'c>,
        ty: TypeId,
    ) -> Made<Vec<BasicValueEnum<'c>>> {
        if !self.optimise {
            return match self.passes_as_it_is(ty) {
                true => Ok(vec![value]),
                false => Ok(self.to_words(builder, value, ty)?.into_iter().map(BasicValueEnum::from).collect()),
            };
        }
        if !self.has_wide(ty) {
            return Ok(vec![value]);
        }
        let words = self.to_words(builder, value, ty)?;
        let types: Vec<BasicTypeEnum<'c>> = words.iter().map(|_| self.i64().into()).collect();
        let mut all = self.context.struct_type(&types, false).get_poison();
        for (index, word) in words.into_iter().enumerate() {
            all = builder.build_insert_value(all, word, index as u32, "")?.into_struct_value();
        }
        Ok(vec![all.into()])
    }

    /// A parameter from how it is passed; takes as many as it is passed as.
    pub(crate) fn taken(
        &self,
        builder: &Builder<'c>,
        passed: &mut dyn Iterator<Item = BasicValueEnum<'c>>,
        ty: TypeId,
    ) -> Made<BasicValueEnum<'c>> {
        if !self.optimise && !self.passes_as_it_is(ty) {
            return self.from_words(builder, &mut passed.map(|word| word.into_int_value()), ty);
        }
        let Some(value) = passed.next() else { return fault("a missing parameter") };
        if !self.optimise || !self.has_wide(ty) {
            return Ok(value);
        }
        let mut words = Vec::new();
        for index in 0..self.slots(ty) {
            words.push(builder.build_extract_value(value.into_struct_value(), index, "")?.into_int_value());
        }
        self.from_words(builder, &mut words.into_iter(), ty)
    }

    /// A result as it is returned; what lies in memory is written to its place instead.
    pub(crate) fn give(
        &self,
        builder: &Builder<'c>,
        value: BasicValueEnum<'c>,
        ty: TypeId,
    ) -> Made<BasicValueEnum<'c>> {
        match self.returned(ty) {
            Some(returned) if returned != self.register(ty) => match self.to_words(builder, value, ty)?.first() {
                Some(word) => Ok((*word).into()),
                None => fault("a result without a slot"),
            },
            _ => Ok(value),
        }
    }

    /// A result from how it is returned.
    pub(crate) fn given(
        &self,
        builder: &Builder<'c>,
        returned: BasicValueEnum<'c>,
        ty: TypeId,
    ) -> Made<BasicValueEnum<'c>> {
        match returned.get_type() == self.register(ty) {
            true => Ok(returned),
            false => self.from_words(builder, &mut std::iter::once(returned.into_int_value()), ty),
        }
    }

    /// Goes on by a number. Fast builds compare it with few numbers one after the other, and jump to a block that does
    /// nothing else where there are many: LLVM's fast selection knows no switch.
    pub(crate) fn choose(
        &self,
        builder: &Builder<'c>,
        number: IntValue<'c>,
        other: BasicBlock<'c>,
        cases: &[(IntValue<'c>, BasicBlock<'c>)],
    ) -> Made<()> {
        const COMPARED_MAX: usize = 4;
        let function = builder.get_insert_block().and_then(|block| block.get_parent());
        let Some(function) = function.filter(|_| !self.optimise) else {
            builder.build_switch(number, other, cases)?;
            return Ok(());
        };
        if cases.len() > COMPARED_MAX {
            let block = self.context.append_basic_block(function, "switch");
            builder.build_unconditional_branch(block)?;
            builder.position_at_end(block);
            builder.build_switch(number, other, cases)?;
            return Ok(());
        }
        let Some(((last, target), first)) = cases.split_last() else {
            builder.build_unconditional_branch(other)?;
            return Ok(());
        };
        for (case, block) in first {
            let is = builder.build_int_compare(IntPredicate::EQ, number, *case, "")?;
            let next = self.context.append_basic_block(function, "next");
            builder.build_conditional_branch(is, *block, next)?;
            builder.position_at_end(next);
        }
        let is = builder.build_int_compare(IntPredicate::EQ, number, *last, "")?;
        builder.build_conditional_branch(is, *target, other)?;
        Ok(())
    }

    pub(crate) fn register(&self, ty: TypeId) -> BasicTypeEnum<'c> {
        if self.in_memory(ty) {
            return self.ptr().into();
        }
        match self.shape(ty) {
            Shape::Nothing | Shape::Word => self.i64().into(),
            Shape::Bool => self.context.bool_type().into(),
            Shape::Integer { bits: 8, .. } => self.context.i8_type().into(),
            Shape::Integer { bits: 16, .. } => self.context.i16_type().into(),
            Shape::Integer { bits: 32, .. } => self.i32().into(),
            Shape::Integer { .. } => self.i64().into(),
            Shape::Wide => self.context.i128_type().into(),
            Shape::Float => self.context.f64_type().into(),
            Shape::Pointer => self.ptr().into(),
            // What takes one slot is what is in it.
            Shape::Struct(fields) if !self.optimise => self.register(fields[0]),
            Shape::Enum(_) if !self.optimise => self.i64().into(),
            Shape::Struct(fields) => {
                let fields: Vec<BasicTypeEnum<'c>> = fields.iter().map(|ty| self.register(*ty)).collect();
                self.context.struct_type(&fields, false).into()
            }
            Shape::Enum(slots) => {
                let words: Vec<BasicTypeEnum<'c>> = (0..slots).map(|_| self.i64().into()).collect();
                self.context.struct_type(&words, false).into()
            }
        }
    }

    /// The address of a slot.
    pub(crate) fn slot(&self, builder: &Builder<'c>, base: PointerValue<'c>, index: u32) -> Made<PointerValue<'c>> {
        if index == 0 {
            return Ok(base);
        }
        self.offset(builder, base, index * 8)
    }

    /// The address so many bytes behind another.
    pub(crate) fn offset(&self, builder: &Builder<'c>, base: PointerValue<'c>, bytes: u32) -> Made<PointerValue<'c>> {
        let bytes = self.i64().const_int(bytes.into(), false);
        // SAFETY: the address lies in the object the base points to.
        Ok(unsafe { builder.build_in_bounds_gep(self.context.i8_type(), base, &[bytes], "")? })
    }

    pub(crate) fn load_as<T: BasicType<'c>>(
        &self,
        builder: &Builder<'c>,
        ty: T,
        at: PointerValue<'c>,
    ) -> Made<BasicValueEnum<'c>> {
        let value = builder.build_load(ty, at, "")?;
        if let Some(instruction) = value.as_instruction_value() {
            // Slots have 8 bytes, whatever they hold.
            let _ = instruction.set_alignment(8);
        }
        Ok(value)
    }

    pub(crate) fn store_word(
        &self,
        builder: &Builder<'c>,
        at: PointerValue<'c>,
        value: BasicValueEnum<'c>,
    ) -> Made<()> {
        let _ = builder.build_store(at, value)?.set_alignment(8);
        Ok(())
    }

    /// The words of so many slots.
    pub(crate) fn words_at(&self, builder: &Builder<'c>, at: PointerValue<'c>, slots: u32) -> Made<Vec<IntValue<'c>>> {
        let word = |index| Ok(self.load_as(builder, self.i64(), self.slot(builder, at, index)?)?.into_int_value());
        (0..slots).map(word).collect()
    }

    pub(crate) fn store_words(&self, builder: &Builder<'c>, at: PointerValue<'c>, words: &[IntValue<'c>]) -> Made<()> {
        for (index, word) in words.iter().enumerate() {
            self.store_word(builder, self.slot(builder, at, index as u32)?, (*word).into())?;
        }
        Ok(())
    }

    /// Reads a value from its slots.
    pub(crate) fn load(&self, builder: &Builder<'c>, at: PointerValue<'c>, ty: TypeId) -> Made<BasicValueEnum<'c>> {
        if self.in_memory(ty) {
            let words = self.words_at(builder, at, self.slots(ty))?;
            return self.from_words(builder, &mut words.into_iter(), ty);
        }
        let shape = self.shape(ty);
        Ok(match &shape {
            Shape::Nothing => self.i64().const_zero().into(),
            Shape::Struct(fields) if !self.optimise => self.load(builder, at, fields[0])?,
            Shape::Word | Shape::Wide | Shape::Float | Shape::Pointer | Shape::Enum(_) => {
                self.load_as(builder, self.register(ty), at)?
            }
            Shape::Bool | Shape::Integer { .. } => {
                let word = self.load_as(builder, self.i64(), at)?.into_int_value();
                self.narrow(builder, word, ty)?.into()
            }
            Shape::Struct(fields) => {
                let mut value = self.register(ty).into_struct_type().get_poison();
                for (index, field) in fields.iter().enumerate() {
                    let place = self.slot(builder, at, self.slots_before(fields, index))?;
                    let part = self.load(builder, place, *field)?;
                    value = builder.build_insert_value(value, part, index as u32, "")?.into_struct_value();
                }
                value.into()
            }
        })
    }

    /// Writes a value to its slots.
    pub(crate) fn store(
        &self,
        builder: &Builder<'c>,
        at: PointerValue<'c>,
        value: BasicValueEnum<'c>,
        ty: TypeId,
    ) -> Made<()> {
        if self.in_memory(ty) {
            let words = self.words_at(builder, value.into_pointer_value(), self.slots(ty))?;
            return self.store_words(builder, at, &words);
        }
        match &self.shape(ty) {
            Shape::Nothing => self.store_word(builder, at, self.i64().const_zero().into()),
            Shape::Struct(fields) if !self.optimise => self.store(builder, at, value, fields[0]),
            Shape::Word | Shape::Wide | Shape::Float | Shape::Pointer | Shape::Enum(_) => {
                self.store_word(builder, at, value)
            }
            Shape::Bool | Shape::Integer { .. } => {
                let word = self.widen(builder, value.into_int_value(), ty)?;
                self.store_word(builder, at, word.into())
            }
            Shape::Struct(fields) => {
                let value = value.into_struct_value();
                for (index, field) in fields.iter().enumerate() {
                    let part = builder.build_extract_value(value, index as u32, "")?;
                    let place = self.slot(builder, at, self.slots_before(fields, index))?;
                    self.store(builder, place, part, *field)?;
                }
                Ok(())
            }
        }
    }

    /// A `Bool` or sized integer as a slot.
    pub(crate) fn widen(&self, builder: &Builder<'c>, value: IntValue<'c>, ty: TypeId) -> Made<IntValue<'c>> {
        Ok(match self.shape(ty) {
            Shape::Integer { signed: true, bits } if bits < 64 => builder.build_int_s_extend(value, self.i64(), "")?,
            Shape::Integer { bits: 64, .. } => value,
            _ => builder.build_int_z_extend(value, self.i64(), "")?,
        })
    }

    /// A slot as a `Bool` or sized integer.
    fn narrow(&self, builder: &Builder<'c>, word: IntValue<'c>, ty: TypeId) -> Made<IntValue<'c>> {
        Ok(match self.shape(ty) {
            Shape::Integer { bits: 64, .. } => word,
            _ => builder.build_int_truncate(word, self.register(ty).into_int_type(), "")?,
        })
    }

    /// The value's slots as words.
    pub(crate) fn to_words(
        &self,
        builder: &Builder<'c>,
        value: BasicValueEnum<'c>,
        ty: TypeId,
    ) -> Made<Vec<IntValue<'c>>> {
        if self.in_memory(ty) {
            return self.words_at(builder, value.into_pointer_value(), self.slots(ty));
        }
        Ok(match &self.shape(ty) {
            Shape::Nothing => vec![self.i64().const_zero()],
            Shape::Struct(fields) if !self.optimise => self.to_words(builder, value, fields[0])?,
            Shape::Enum(_) if !self.optimise => vec![value.into_int_value()],
            Shape::Word => vec![value.into_int_value()],
            Shape::Bool | Shape::Integer { .. } => vec![self.widen(builder, value.into_int_value(), ty)?],
            Shape::Wide => {
                let value = value.into_int_value();
                let low = builder.build_int_truncate(value, self.i64(), "")?;
                let shift = self.context.i128_type().const_int(64, false);
                let high = builder.build_right_shift(value, shift, false, "")?;
                vec![low, builder.build_int_truncate(high, self.i64(), "")?]
            }
            Shape::Float => vec![builder.build_bit_cast(value, self.i64(), "")?.into_int_value()],
            Shape::Pointer => vec![builder.build_ptr_to_int(value.into_pointer_value(), self.i64(), "")?],
            Shape::Struct(fields) => {
                let mut words = Vec::new();
                for (index, field) in fields.iter().enumerate() {
                    let part = builder.build_extract_value(value.into_struct_value(), index as u32, "")?;
                    words.extend(self.to_words(builder, part, *field)?);
                }
                words
            }
            Shape::Enum(slots) => {
                let mut words = Vec::new();
                for index in 0..*slots {
                    words.push(builder.build_extract_value(value.into_struct_value(), index, "")?.into_int_value());
                }
                words
            }
        })
    }

    /// A value from its slots as words; takes as many as it has.
    pub(crate) fn from_words(
        &self,
        builder: &Builder<'c>,
        words: &mut dyn Iterator<Item = IntValue<'c>>,
        ty: TypeId,
    ) -> Made<BasicValueEnum<'c>> {
        let mut next = || match words.next() {
            Some(word) => Ok(word),
            None => fault("too few slots"),
        };
        if self.in_memory(ty) {
            let words = (0..self.slots(ty)).map(|_| next()).collect::<Made<Vec<_>>>()?;
            let place = self.place(builder, self.slots(ty))?;
            self.store_words(builder, place, &words)?;
            return Ok(place.into());
        }
        Ok(match &self.shape(ty) {
            Shape::Struct(fields) if !self.optimise => self.from_words(builder, words, fields[0])?,
            Shape::Enum(_) if !self.optimise => next()?.into(),
            Shape::Nothing => {
                next()?;
                self.i64().const_zero().into()
            }
            Shape::Word => next()?.into(),
            Shape::Bool | Shape::Integer { .. } => self.narrow(builder, next()?, ty)?.into(),
            Shape::Wide => {
                let wide = self.context.i128_type();
                let low = builder.build_int_z_extend(next()?, wide, "")?;
                let high = builder.build_int_z_extend(next()?, wide, "")?;
                let high = builder.build_left_shift(high, wide.const_int(64, false), "")?;
                builder.build_or(low, high, "")?.into()
            }
            Shape::Float => builder.build_bit_cast(next()?, self.context.f64_type(), "")?,
            Shape::Pointer => builder.build_int_to_ptr(next()?, self.ptr(), "")?.into(),
            Shape::Struct(fields) => {
                let mut value = self.register(ty).into_struct_type().get_poison();
                for (index, field) in fields.iter().enumerate() {
                    let part = self.from_words(builder, words, *field)?;
                    value = builder.build_insert_value(value, part, index as u32, "")?.into_struct_value();
                }
                value.into()
            }
            Shape::Enum(slots) => {
                let mut value = self.register(ty).into_struct_type().get_poison();
                for index in 0..*slots {
                    value = builder.build_insert_value(value, next()?, index, "")?.into_struct_value();
                }
                value.into()
            }
        })
    }
}
