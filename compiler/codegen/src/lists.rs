//! Lists: what compiled code does with them itself, without a call, while nobody else has the list and its buffer has
//! room. Everything else is the runtime's (`dark_rt::list`, whose rules are kept here).
//!
//! The functions of the module that look for a place (`room`) are shared by all lists with elements of that many bytes.

use crate::descriptors::scalar_kind;
use crate::function::Emitter;
use crate::unit::Unit;
use crate::values::Shape;
use crate::{Made, fault};
use dark_abi::{Buffer, Kind, List, PACKED_CAPACITY_STEP, SLOT_BYTES};
use dark_ir::core::{Location, Operand};
use dark_ir::intrinsics::Intrinsic;
use dark_ir::types::{Type, TypeId};
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::types::FunctionType;
use inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PointerValue, ValueKind};
use std::mem::offset_of;

/// Bytes in front of a buffer's elements.
const BUFFER_BYTES: u32 = size_of::<Buffer>() as u32;
/// The fields of lists and buffers.
const BUFFER: u32 = offset_of!(List, buffer) as u32;
const START: u32 = offset_of!(List, start) as u32;
const LEN: u32 = offset_of!(List, len) as u32;
const CAPACITY: u32 = offset_of!(Buffer, capacity) as u32;
const LOW: u32 = offset_of!(Buffer, low) as u32;
const HIGH: u32 = offset_of!(Buffer, high) as u32;

/// Where an element is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    Front,
    Back,
    /// In the place of another one.
    At,
}

/// The blocks of a function that finds something or leaves with nothing.
struct Search<'b, 'c> {
    builder: &'b Builder<'c>,
    function: FunctionValue<'c>,
    nothing: BasicBlock<'c>,
}

impl<'c> Unit<'c, '_> {
    fn word_at(&self, builder: &Builder<'c>, object: PointerValue<'c>, bytes: u32) -> Made<IntValue<'c>> {
        let place = self.offset(builder, object, bytes)?;
        Ok(builder.build_load(self.i64(), place, "")?.into_int_value())
    }

    fn set_word(&self, builder: &Builder<'c>, object: PointerValue<'c>, bytes: u32, word: IntValue<'c>) -> Made<()> {
        let place = self.offset(builder, object, bytes)?;
        builder.build_store(place, word)?;
        Ok(())
    }

    /// Goes on if the condition holds, and leaves with nothing if it does not.
    fn demand(&self, search: &Search<'_, 'c>, condition: IntValue<'c>) -> Made<()> {
        let block = self.context.append_basic_block(search.function, "");
        search.builder.build_conditional_branch(condition, block, search.nothing)?;
        search.builder.position_at_end(block);
        Ok(())
    }

    /// Demands that an object has one reference.
    fn demand_sole(&self, search: &Search<'_, 'c>, object: PointerValue<'c>) -> Made<()> {
        let count = search.builder.build_load(self.i32(), object, "count")?.into_int_value();
        let one = self.i32().const_int(1, false);
        let sole = search.builder.build_int_compare(IntPredicate::EQ, count, one, "")?;
        self.demand(search, sole)
    }

    pub fn buffer_of(&self, builder: &Builder<'c>, list: PointerValue<'c>) -> Made<PointerValue<'c>> {
        let place = self.offset(builder, list, BUFFER)?;
        Ok(builder.build_load(self.ptr(), place, "buffer")?.into_pointer_value())
    }

    /// Drops all elements of a buffer that is about to be freed; `function` is the one being built, whose first parameter is the
    /// context.
    pub fn drop_elements(
        &mut self,
        builder: &Builder<'c>,
        function: FunctionValue<'c>,
        buffer: PointerValue<'c>,
        element: TypeId,
    ) -> Made<()> {
        let Some(context) = function.get_first_param() else { return fault("a helper without parameters") };
        let [turn, some, behind] =
            ["turn", "some", "behind"].map(|name| self.context.append_basic_block(function, name));
        let low = self.word_at(builder, buffer, LOW)?;
        let high = self.word_at(builder, buffer, HIGH)?;
        if *self.program.types.get(element) == Type::Int {
            let common = self.common_bits(builder, function, buffer, (low, high))?;
            let small = builder.build_int_truncate(common, self.context.bool_type(), "small")?;
            let mixed = self.context.append_basic_block(function, "mixed");
            builder.build_conditional_branch(small, behind, mixed)?;
            builder.position_at_end(mixed);
        }
        let Some(from) = builder.get_insert_block() else { return fault("no current block") };
        builder.build_unconditional_branch(turn)?;
        builder.position_at_end(turn);
        let at = builder.build_phi(self.i64(), "at")?;
        at.add_incoming(&[(&low, from)]);
        let index = at.as_basic_value().into_int_value();
        let more = builder.build_int_compare(IntPredicate::ULT, index, high, "")?;
        builder.build_conditional_branch(more, some, behind)?;
        builder.position_at_end(some);
        let place = self.element_in(builder, buffer, index, self.element_bytes(element))?;
        let value = self.load_element(builder, place, element)?;
        self.drop(builder, context.into_pointer_value(), value, element)?;
        let next = builder.build_int_add(index, self.i64().const_int(1, false), "")?;
        let Some(end) = builder.get_insert_block() else { return fault("no current block") };
        at.add_incoming(&[(&next, end)]);
        builder.build_unconditional_branch(turn)?;
        builder.position_at_end(behind);
        Ok(())
    }

    /// The bits that all words of a buffer between two places have: a loop that LLVM makes vectors of. Numbers that are
    /// small all have the lowest one, and nothing has to be done with them.
    fn common_bits(
        &self,
        builder: &Builder<'c>,
        function: FunctionValue<'c>,
        buffer: PointerValue<'c>,
        (low, high): (IntValue<'c>, IntValue<'c>),
    ) -> Made<IntValue<'c>> {
        let Some(from) = builder.get_insert_block() else { return fault("no current block") };
        let [turn, word, behind] =
            ["common", "word", "all"].map(|name| self.context.append_basic_block(function, name));
        builder.build_unconditional_branch(turn)?;
        builder.position_at_end(turn);
        let (at, common) = (builder.build_phi(self.i64(), "at")?, builder.build_phi(self.i64(), "common")?);
        let index = at.as_basic_value().into_int_value();
        let so_far = common.as_basic_value().into_int_value();
        let more = builder.build_int_compare(IntPredicate::ULT, index, high, "")?;
        builder.build_conditional_branch(more, word, behind)?;
        builder.position_at_end(word);
        let place = self.element_in(builder, buffer, index, SLOT_BYTES as u32)?;
        let value = builder.build_load(self.i64(), place, "")?.into_int_value();
        let next = builder.build_int_add(index, self.i64().const_int(1, false), "")?;
        at.add_incoming(&[(&low, from), (&next, word)]);
        common.add_incoming(&[(&self.i64().const_all_ones(), from), (&builder.build_and(so_far, value, "")?, word)]);
        builder.build_unconditional_branch(turn)?;
        builder.position_at_end(behind);
        Ok(so_far)
    }

    /// Gives the memory of a buffer back.
    pub fn free_buffer(
        &mut self,
        builder: &Builder<'c>,
        context: PointerValue<'c>,
        buffer: PointerValue<'c>,
        element: TypeId,
    ) -> Made<()> {
        let capacity = self.word_at(builder, buffer, CAPACITY)?;
        let stride = self.i64().const_int(self.element_bytes(element).into(), false);
        let bytes = builder.build_int_mul(capacity, stride, "")?;
        let bytes = builder.build_int_add(bytes, self.i64().const_int(BUFFER_BYTES.into(), false), "")?;
        let (free, _) = self.entry_point("dark_free")?;
        builder.build_call(free, &[context.into(), buffer.into(), bytes.into()], "")?;
        Ok(())
    }

    /// Whether an element of that type has one byte instead of slots.
    fn is_packed(&self, element: TypeId) -> bool {
        match self.program.types.get(element) {
            Type::Bool => Kind::Bool.is_packed(),
            Type::Sized(scalar) => scalar_kind(*scalar).is_packed(),
            _ => false,
        }
    }

    /// Bytes of an element of that type.
    pub fn element_bytes(&self, element: TypeId) -> u32 {
        if self.is_packed(element) { 1 } else { self.slots(element) * SLOT_BYTES as u32 }
    }

    /// Reads an element.
    fn load_element(
        &self,
        builder: &Builder<'c>,
        place: PointerValue<'c>,
        element: TypeId,
    ) -> Made<BasicValueEnum<'c>> {
        if !self.is_packed(element) {
            return self.load(builder, place, element);
        }
        let byte = builder.build_load(self.context.i8_type(), place, "")?.into_int_value();
        Ok(match self.shape(element) {
            Shape::Bool => builder.build_int_truncate(byte, self.context.bool_type(), "")?,
            _ => byte,
        }
        .into())
    }

    /// Writes an element.
    fn store_element(
        &self,
        builder: &Builder<'c>,
        place: PointerValue<'c>,
        value: BasicValueEnum<'c>,
        element: TypeId,
    ) -> Made<()> {
        if !self.is_packed(element) {
            return self.store(builder, place, value, element);
        }
        let byte = match self.shape(element) {
            Shape::Bool => builder.build_int_z_extend(value.into_int_value(), self.context.i8_type(), "")?,
            _ => value.into_int_value(),
        };
        builder.build_store(place, byte)?;
        Ok(())
    }

    /// The place of an element of a buffer, by its index there.
    fn element_in(
        &self,
        builder: &Builder<'c>,
        buffer: PointerValue<'c>,
        at: IntValue<'c>,
        bytes: u32,
    ) -> Made<PointerValue<'c>> {
        let first = self.offset(builder, buffer, BUFFER_BYTES)?;
        self.element_from(builder, first, at, bytes)
    }

    /// The place of an element of so many bytes, so many behind another one.
    fn element_from(
        &self,
        builder: &Builder<'c>,
        first: PointerValue<'c>,
        at: IntValue<'c>,
        bytes: u32,
    ) -> Made<PointerValue<'c>> {
        let stride = self.context.i8_type().array_type(bytes);
        // SAFETY: the index is within the buffer's capacity.
        Ok(unsafe { builder.build_in_bounds_gep(stride, first, &[at], "")? })
    }

    /// The length of a list that is not empty.
    pub fn length_of(&self, builder: &Builder<'c>, list: PointerValue<'c>) -> Made<IntValue<'c>> {
        self.word_at(builder, list, LEN)
    }

    /// The place of the first element of a list that is not empty.
    pub fn first_element(
        &self,
        builder: &Builder<'c>,
        list: PointerValue<'c>,
        element: TypeId,
    ) -> Made<PointerValue<'c>> {
        let buffer = self.buffer_of(builder, list)?;
        let start = self.word_at(builder, list, START)?;
        self.element_in(builder, buffer, start, self.element_bytes(element))
    }

    /// `ptr room(list[, index])`: where an element is to be written, when the list can be changed in place; else null. The
    /// list has grown by it already, but for `At`, which leaves what stands there to the caller.
    fn room(&mut self, room: Room, bytes: u32) -> Made<FunctionValue<'c>> {
        let ptr = self.ptr();
        let ty = match room {
            Room::At => ptr.fn_type(&[ptr.into(), self.i64().into()], false),
            _ => ptr.fn_type(&[ptr.into()], false),
        };
        let nothing = self.null().into();
        self.searching(&format!("list.{room:?}.{bytes}"), ty, nothing, |unit, search, list| {
            let builder = search.builder;
            if room != Room::At {
                let some = builder.build_is_not_null(list, "")?;
                unit.demand(search, some)?;
            }
            unit.demand_sole(search, list)?;
            let buffer = unit.buffer_of(builder, list)?;
            let start = unit.word_at(builder, list, START)?;
            let at = match (room, search.function.get_nth_param(1)) {
                (Room::At, Some(index)) => {
                    unit.demand_sole(search, buffer)?;
                    builder.build_int_add(start, index.into_int_value(), "")?
                }
                (Room::Front, _) => unit.grow_down(search, list, buffer, start)?,
                _ => unit.grow_up(search, list, buffer, start)?,
            };
            Ok(unit.element_in(builder, buffer, at, bytes)?.into())
        })
    }

    /// A function of a list that gives what `find` finds, or `nothing`.
    fn searching(
        &mut self,
        name: &str,
        ty: FunctionType<'c>,
        nothing: BasicValueEnum<'c>,
        find: impl FnOnce(&mut Self, &Search<'_, 'c>, PointerValue<'c>) -> Made<BasicValueEnum<'c>>,
    ) -> Made<FunctionValue<'c>> {
        self.small_function(name, ty, |unit, builder, function| {
            let Some(list) = function.get_first_param() else { return fault("a helper without parameters") };
            let block = unit.context.append_basic_block(function, "nothing");
            let search = Search { builder, function, nothing: block };
            let found = find(unit, &search, list.into_pointer_value())?;
            builder.build_return(Some(&found))?;
            builder.position_at_end(block);
            builder.build_return(Some(&nothing))?;
            Ok(())
        })
    }

    /// The list begins one element earlier in its buffer; immortal buffers have no room, but gaps.
    fn grow_down(
        &self,
        search: &Search<'_, 'c>,
        list: PointerValue<'c>,
        buffer: PointerValue<'c>,
        start: IntValue<'c>,
    ) -> Made<IntValue<'c>> {
        let builder = search.builder;
        let count = builder.build_load(self.i32(), buffer, "count")?.into_int_value();
        let mortal = builder.build_int_compare(IntPredicate::SGT, count, self.i32().const_zero(), "")?;
        self.demand(search, mortal)?;
        let low = self.word_at(builder, buffer, LOW)?;
        let first = builder.build_int_compare(IntPredicate::EQ, start, low, "")?;
        self.demand(search, first)?;
        let some = builder.build_int_compare(IntPredicate::NE, low, self.i64().const_zero(), "")?;
        self.demand(search, some)?;
        let one = self.i64().const_int(1, false);
        let at = builder.build_int_sub(start, one, "")?;
        let len = builder.build_int_add(self.word_at(builder, list, LEN)?, one, "")?;
        self.set_word(builder, list, START, at)?;
        self.set_word(builder, list, LEN, len)?;
        self.set_word(builder, buffer, LOW, at)?;
        Ok(at)
    }

    /// The list ends one element later in its buffer. Immortal buffers have no room there.
    fn grow_up(
        &self,
        search: &Search<'_, 'c>,
        list: PointerValue<'c>,
        buffer: PointerValue<'c>,
        start: IntValue<'c>,
    ) -> Made<IntValue<'c>> {
        let builder = search.builder;
        let len = self.word_at(builder, list, LEN)?;
        let high = self.word_at(builder, buffer, HIGH)?;
        let end = builder.build_int_add(start, len, "")?;
        let last = builder.build_int_compare(IntPredicate::EQ, end, high, "")?;
        self.demand(search, last)?;
        let capacity = self.word_at(builder, buffer, CAPACITY)?;
        let room = builder.build_int_compare(IntPredicate::ULT, high, capacity, "")?;
        self.demand(search, room)?;
        let one = self.i64().const_int(1, false);
        self.set_word(builder, list, LEN, builder.build_int_add(len, one, "")?)?;
        self.set_word(builder, buffer, HIGH, builder.build_int_add(high, one, "")?)?;
        Ok(high)
    }

    /// `i1 shorten(list)`: the first element leaves the window of a list that nobody else has and that has more. A buffer
    /// with elements that are counted must be shared: else the first one would have to be dropped.
    fn shorten(&mut self, counted: bool) -> Made<FunctionValue<'c>> {
        let truth = self.context.bool_type();
        let ty = truth.fn_type(&[self.ptr().into()], false);
        let name = if counted { "list.shorten.counted" } else { "list.shorten" };
        self.searching(name, ty, truth.const_zero().into(), |unit, search, list| {
            let builder = search.builder;
            unit.demand_sole(search, list)?;
            let one = unit.i64().const_int(1, false);
            let len = unit.word_at(builder, list, LEN)?;
            let more = builder.build_int_compare(IntPredicate::UGT, len, one, "")?;
            unit.demand(search, more)?;
            if counted {
                let buffer = unit.buffer_of(builder, list)?;
                let count = builder.build_load(unit.i32(), buffer, "count")?.into_int_value();
                let one = unit.i32().const_int(1, false);
                let shared = builder.build_int_compare(IntPredicate::NE, count, one, "")?;
                unit.demand(search, shared)?;
            }
            let start = unit.word_at(builder, list, START)?;
            unit.set_word(builder, list, START, builder.build_int_add(start, one, "")?)?;
            unit.set_word(builder, list, LEN, builder.build_int_sub(len, one, "")?)?;
            Ok(truth.const_int(1, false).into())
        })
    }
}

impl<'c> Emitter<'_, 'c, '_> {
    /// A list of a few elements, made without a call; `None` if they are too many.
    pub fn small_list(&mut self, element: TypeId, values: &[BasicValueEnum<'c>]) -> Made<Option<BasicValueEnum<'c>>> {
        let stride = self.unit.element_bytes(element);
        // As in the runtime, a buffer of bytes has room for what its memory has room for.
        let step = if self.unit.is_packed(element) { PACKED_CAPACITY_STEP } else { 1 };
        let capacity = values.len().next_multiple_of(step);
        let bytes = BUFFER_BYTES as usize + capacity * stride as usize;
        if bytes > dark_abi::INLINE_BYTES_MAX || !self.unit.optimise {
            return Ok(None);
        }
        let count = self.unit.i64().const_int(values.len() as u64, false);
        let zero = self.unit.i64().const_zero();
        let capacity = self.unit.i64().const_int(capacity as u64, false);
        let buffer = self.allocate(bytes as u32, stride)?;
        let info = self.unit.type_info(element)?;
        let place = self.unit.offset(&self.builder, buffer, offset_of!(Buffer, element) as u32)?;
        self.builder.build_store(place, info)?;
        for (field, word) in [(CAPACITY, capacity), (LOW, zero), (HIGH, count)] {
            self.unit.set_word(&self.builder, buffer, field, word)?;
        }
        for (index, value) in values.iter().enumerate() {
            let at = BUFFER_BYTES + index as u32 * stride;
            let place = self.unit.offset(&self.builder, buffer, at)?;
            self.unit.store_element(&self.builder, place, *value, element)?;
        }
        let list = self.allocate(size_of::<List>() as u32, 0)?;
        let place = self.unit.offset(&self.builder, list, BUFFER)?;
        self.builder.build_store(place, buffer)?;
        self.unit.set_word(&self.builder, list, START, zero)?;
        self.unit.set_word(&self.builder, list, LEN, count)?;
        Ok(Some(list.into()))
    }

    /// An operation on lists; `a` is its first operand.
    pub fn list(
        &mut self,
        intrinsic: Intrinsic,
        a: &Operand,
        rest: &[Operand],
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        match (intrinsic, rest) {
            (Intrinsic::ListCons, [list]) => self.list_grow(Room::Front, list, a, location),
            (Intrinsic::ListPush, [element]) => self.list_grow(Room::Back, a, element, location),
            (Intrinsic::ListTail, []) => self.list_tail(a, location),
            (Intrinsic::ListAppend, [other]) => {
                self.set_location(location)?;
                let (list, other) = (self.operand(a)?, self.operand(other)?);
                self.entry_value("dark_list_append", &[list.into(), other.into()])
            }
            (Intrinsic::ListLength, []) => {
                if let Some(view) = self.view_of(a) {
                    return Ok(view.len.into());
                }
                let list = self.operand(a)?.into_pointer_value();
                self.list_length(list)
            }
            (Intrinsic::ListGet, [index]) => {
                let element = self.element_type(a)?;
                let index = self.operand(index)?.into_int_value();
                let place = self.element_place(a, index, element)?;
                self.unit.load_element(&self.builder, place, element)
            }
            (Intrinsic::ListSet, [index, element]) => self.list_set(a, index, element, location),
            (Intrinsic::ListPut, [index, element]) => self.list_put(a, index, element),
            (Intrinsic::ListIsSole, []) => {
                let list = self.operand(a)?.into_pointer_value();
                self.list_is_sole(list)
            }
            (Intrinsic::ListSlice, [start, length]) => {
                self.set_location(location)?;
                let list = self.operand(a)?;
                let (start, length) = (self.operand(start)?, self.operand(length)?);
                self.entry_value("dark_list_slice", &[list.into(), start.into(), length.into()])
            }
            _ => fault(format!("{intrinsic:?} with other operands")),
        }
    }

    /// The list itself when it has been changed, else what the runtime makes of it.
    fn changed(
        &mut self,
        list: BasicValueEnum<'c>,
        found: IntValue<'c>,
        fast: impl FnOnce(&mut Self) -> Made<()>,
        slow: impl FnOnce(&mut Self) -> Made<BasicValueEnum<'c>>,
    ) -> Made<BasicValueEnum<'c>> {
        let [in_place, slowly, meet] = ["in_place", "slowly", "changed"].map(|name| self.block(name));
        self.builder.build_conditional_branch(found, in_place, slowly)?;
        self.builder.position_at_end(in_place);
        fast(self)?;
        let from_fast = self.current()?;
        self.builder.build_unconditional_branch(meet)?;
        self.builder.position_at_end(slowly);
        let other = slow(self)?;
        self.test_in_loop()?;
        let from_slow = self.current()?;
        self.builder.build_unconditional_branch(meet)?;
        self.builder.position_at_end(meet);
        let phi = self.builder.build_phi(self.unit.ptr(), "list")?;
        phi.add_incoming(&[(&list, from_fast), (&other, from_slow)]);
        Ok(phi.as_basic_value())
    }

    fn call_room(
        &mut self,
        room: Room,
        element: TypeId,
        arguments: &[BasicValueEnum<'c>],
    ) -> Made<(PointerValue<'c>, IntValue<'c>)> {
        let helper = self.unit.room(room, self.unit.element_bytes(element))?;
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).into()).collect();
        let ValueKind::Basic(place) = self.builder.build_call(helper, &arguments, "")?.try_as_basic_value() else {
            return fault("a place that is none");
        };
        let place = place.into_pointer_value();
        let found = self.builder.build_is_not_null(place, "")?;
        Ok((place, found))
    }

    fn list_grow(
        &mut self,
        room: Room,
        list: &Operand,
        element: &Operand,
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        let ty = self.operand_type(element)?;
        let (list, value) = (self.operand(list)?, self.operand(element)?);
        let (place, found) = self.call_room(room, ty, &[list])?;
        self.changed(
            list,
            found,
            |this| this.unit.store_element(&this.builder, place, value, ty),
            |this| {
                this.set_location(location)?;
                let (spilled, info) = (this.spill(value, ty, 0)?, this.unit.type_info(ty)?);
                match room {
                    Room::Front => this.entry_value("dark_list_cons", &[spilled.into(), list.into(), info.into()]),
                    _ => this.entry_value("dark_list_push", &[list.into(), spilled.into(), info.into()]),
                }
            },
        )
    }

    fn list_set(
        &mut self,
        list: &Operand,
        index: &Operand,
        element: &Operand,
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        let ty = self.operand_type(element)?;
        let (list, index, value) = (self.operand(list)?, self.operand(index)?, self.operand(element)?);
        let (place, found) = self.call_room(Room::At, ty, &[list, index])?;
        self.changed(
            list,
            found,
            |this| this.put(place, value, ty),
            |this| {
                this.set_location(location)?;
                let spilled = this.spill(value, ty, 0)?;
                this.entry_value("dark_list_set", &[list.into(), index.into(), spilled.into()])
            },
        )
    }

    /// Another element in the place of one that is given up.
    fn put(&mut self, place: PointerValue<'c>, value: BasicValueEnum<'c>, ty: TypeId) -> Made<()> {
        if self.unit.counted(ty) {
            let old = self.unit.load_element(&self.builder, place, ty)?;
            self.unit.drop(&self.builder, self.context, old, ty)?;
        }
        self.unit.store_element(&self.builder, place, value, ty)
    }

    fn list_put(&mut self, list: &Operand, index: &Operand, element: &Operand) -> Made<BasicValueEnum<'c>> {
        let ty = self.operand_type(element)?;
        let (index, value) = (self.operand(index)?.into_int_value(), self.operand(element)?);
        let place = self.element_place(list, index, ty)?;
        self.put(place, value, ty)?;
        Ok(self.unit.word(0))
    }

    /// Whether nobody else has the list or its buffer.
    fn list_is_sole(&mut self, list: PointerValue<'c>) -> Made<BasicValueEnum<'c>> {
        let truth = self.unit.context.bool_type();
        let helper = self.unit.searching(
            "list.is_sole",
            truth.fn_type(&[self.unit.ptr().into()], false),
            truth.const_zero().into(),
            |unit, search, list| {
                let some = search.builder.build_is_not_null(list, "")?;
                unit.demand(search, some)?;
                unit.demand_sole(search, list)?;
                let buffer = unit.buffer_of(search.builder, list)?;
                unit.demand_sole(search, buffer)?;
                Ok(truth.const_int(1, false).into())
            },
        )?;
        match self.builder.build_call(helper, &[list.into()], "")?.try_as_basic_value() {
            ValueKind::Basic(found) => Ok(found),
            ValueKind::Instruction(_) => fault("an answer that is none"),
        }
    }

    fn list_tail(&mut self, list: &Operand, location: &Location) -> Made<BasicValueEnum<'c>> {
        let element = self.element_type(list)?;
        let list = self.operand(list)?;
        let helper = self.unit.shorten(self.unit.counted(element))?;
        let ValueKind::Basic(found) = self.builder.build_call(helper, &[list.into()], "")?.try_as_basic_value() else {
            return fault("an answer that is none");
        };
        self.changed(
            list,
            found.into_int_value(),
            |_| Ok(()),
            |this| {
                this.set_location(location)?;
                this.entry_value("dark_list_tail", &[list.into()])
            },
        )
    }

    /// The empty list is the null pointer.
    fn list_length(&mut self, list: PointerValue<'c>) -> Made<BasicValueEnum<'c>> {
        let from = self.current()?;
        let (some, meet) = (self.block("some"), self.block("meet"));
        let empty = self.builder.build_is_null(list, "")?;
        self.builder.build_conditional_branch(empty, meet, some)?;
        self.builder.position_at_end(some);
        let length = self.unit.word_at(&self.builder, list, LEN)?;
        self.builder.build_unconditional_branch(meet)?;
        self.builder.position_at_end(meet);
        let phi = self.builder.build_phi(self.unit.i64(), "")?;
        phi.add_incoming(&[(&self.unit.i64().const_zero(), from), (&length, some)]);
        Ok(phi.as_basic_value())
    }

    /// The place of an element whose index is in range.
    fn element_place(&mut self, list: &Operand, index: IntValue<'c>, element: TypeId) -> Made<PointerValue<'c>> {
        let first = match self.view_of(list) {
            Some(view) => view.first,
            None => {
                let list = self.operand(list)?.into_pointer_value();
                self.unit.first_element(&self.builder, list, element)?
            }
        };
        self.unit.element_from(&self.builder, first, index, self.unit.element_bytes(element))
    }
}
