//! Boxed objects: allocating and freeing small ones without a call, taking them apart, building new ones in their place.
//!
//! The head of the heap lies behind the context (`dark_abi::InvocationHead`). A freed object waits in the list of its size
//! class; allocation takes one from there, else from the rest of the chunk, else it calls the runtime.

use crate::function::Emitter;
use crate::operations::HEADER_BYTES;
use crate::unit::Unit;
use crate::{Made, fault};
use dark_abi::{CLASS_BYTES, HeapHead, INLINE_BYTES_MAX, InvocationHead};
use dark_ir::core::{Operand, Var};
use dark_ir::types::TypeId;
use inkwell::IntPredicate;
use inkwell::builder::Builder;
use inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PointerValue};
use std::mem::offset_of;

/// What the memory of a token holds: variables, by where in the object they were read.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    ty: TypeId,
    case: u32,
    fields: Vec<(u32, Var)>,
}

/// Where in an invocation a field of the heap's head lies.
fn at(field: usize) -> u32 {
    (offset_of!(InvocationHead, heap) + field) as u32
}

/// As the heap rounds it.
fn class(bytes: u32) -> u32 {
    bytes.max(1).div_ceil(CLASS_BYTES as u32)
}

fn list(class: u32) -> u32 {
    at(offset_of!(HeapHead, free)) + class * 8
}

/// The header of a new object: one reference, and the case in the upper half.
fn header(case: u32) -> u64 {
    u64::from(case) << 32 | 1
}

impl<'c> Unit<'c, '_> {
    /// Adds to the number of live objects.
    fn count_live(&self, builder: &Builder<'c>, context: PointerValue<'c>, difference: u64) -> Made<()> {
        let place = self.offset(builder, context, at(offset_of!(HeapHead, live)))?;
        let live = builder.build_load(self.i64(), place, "live")?.into_int_value();
        let live = builder.build_int_add(live, self.i64().const_int(difference, true), "")?;
        builder.build_store(place, live)?;
        Ok(())
    }

    /// `ptr alloc(context)` for one size class. The header is not written.
    fn allocator(&mut self, class: u32) -> Made<FunctionValue<'c>> {
        let (slow, _) = self.entry_point("dark_alloc")?;
        let ptr = self.ptr();
        let ty = ptr.fn_type(&[ptr.into()], false);
        self.small_function(&format!("alloc.{class}"), ty, |unit, builder, function| {
            let Some(context) = function.get_first_param() else { return fault("a helper without parameters") };
            let context = context.into_pointer_value();
            let names = ["reuse", "empty", "carve", "slow"];
            let [reuse, empty, carve, slowly] = names.map(|name| unit.context.append_basic_block(function, name));
            let place = unit.offset(builder, context, list(class))?;
            let cell = builder.build_load(ptr, place, "cell")?.into_pointer_value();
            let none = builder.build_is_null(cell, "")?;
            builder.build_conditional_branch(none, empty, reuse)?;
            builder.position_at_end(reuse);
            let next = builder.build_load(ptr, cell, "next")?;
            builder.build_store(place, next)?;
            unit.count_live(builder, context, 1)?;
            builder.build_return(Some(&cell))?;

            builder.position_at_end(empty);
            let place = unit.offset(builder, context, at(offset_of!(HeapHead, next)))?;
            let object = builder.build_load(ptr, place, "object")?.into_pointer_value();
            let end = unit.offset(builder, context, at(offset_of!(HeapHead, end)))?;
            let end = builder.build_load(unit.i64(), end, "end")?.into_int_value();
            let start = builder.build_ptr_to_int(object, unit.i64(), "")?;
            let room = builder.build_int_sub(end, start, "room")?;
            let bytes = unit.word(u64::from(class) * CLASS_BYTES as u64);
            let fits = builder.build_int_compare(IntPredicate::UGE, room, bytes.into_int_value(), "")?;
            builder.build_conditional_branch(fits, carve, slowly)?;
            builder.position_at_end(carve);
            let rest = unit.offset(builder, object, class * CLASS_BYTES as u32)?;
            builder.build_store(place, rest)?;
            unit.count_live(builder, context, 1)?;
            builder.build_return(Some(&object))?;

            builder.position_at_end(slowly);
            let call = builder.build_call(slow, &[context.into(), bytes.into()], "")?;
            let inkwell::values::ValueKind::Basic(object) = call.try_as_basic_value() else {
                return fault("an allocation without a result");
            };
            builder.build_return(Some(&object))?;
            Ok(())
        })
    }

    /// `void free(context, object)` for one size class.
    fn freer(&mut self, class: u32) -> Made<FunctionValue<'c>> {
        let (slow, _) = self.entry_point("dark_free")?;
        let ptr = self.ptr();
        let ty = self.context.void_type().fn_type(&[ptr.into(), ptr.into()], false);
        self.small_function(&format!("free.{class}"), ty, |unit, builder, function| {
            let (Some(context), Some(object)) = (function.get_first_param(), function.get_nth_param(1)) else {
                return fault("a helper without parameters");
            };
            let (context, object) = (context.into_pointer_value(), object.into_pointer_value());
            let [pooled, block] = ["pooled", "block"].map(|name| unit.context.append_basic_block(function, name));
            let place = unit.offset(builder, context, at(offset_of!(HeapHead, pooled)))?;
            let mode = builder.build_load(unit.i64(), place, "mode")?.into_int_value();
            let none = builder.build_int_compare(IntPredicate::EQ, mode, unit.i64().const_zero(), "")?;
            builder.build_conditional_branch(none, block, pooled)?;
            builder.position_at_end(pooled);
            let place = unit.offset(builder, context, list(class))?;
            let next = builder.build_load(ptr, place, "next")?;
            builder.build_store(object, next)?;
            builder.build_store(place, object)?;
            unit.count_live(builder, context, u64::MAX)?;
            builder.build_return(None)?;
            builder.position_at_end(block);
            let bytes = unit.word(u64::from(class) * CLASS_BYTES as u64);
            builder.build_call(slow, &[context.into(), object.into(), bytes.into()], "")?;
            builder.build_return(None)?;
            Ok(())
        })
    }
}

impl<'c> Unit<'c, '_> {
    /// Frees the memory of an object of that many bytes.
    pub fn free_object(
        &mut self,
        builder: &Builder<'c>,
        context: PointerValue<'c>,
        object: PointerValue<'c>,
        bytes: u32,
    ) -> Made<()> {
        if bytes as usize > INLINE_BYTES_MAX {
            let (free, _) = self.entry_point("dark_free")?;
            let bytes = self.word(bytes.into());
            builder.build_call(free, &[context.into(), object.into(), bytes.into()], "")?;
        } else {
            let free = self.freer(class(bytes))?;
            builder.build_call(free, &[context.into(), object.into()], "")?;
        }
        Ok(())
    }
}

impl<'c> Emitter<'_, 'c, '_> {
    /// A new object of that many bytes with one reference and that word in its header.
    pub fn allocate(&mut self, bytes: u32, word: u32) -> Made<PointerValue<'c>> {
        let object = if bytes as usize > INLINE_BYTES_MAX {
            let bytes = self.unit.word(bytes.into());
            self.entry_value("dark_alloc", &[bytes.into()])?.into_pointer_value()
        } else {
            let allocator = self.unit.allocator(class(bytes))?;
            let call = self.builder.build_call(allocator, &[self.context.into()], "")?;
            let inkwell::values::ValueKind::Basic(object) = call.try_as_basic_value() else {
                return fault("an allocation without a result");
            };
            object.into_pointer_value()
        };
        self.write_header(object, word)?;
        Ok(object)
    }

    fn write_header(&mut self, object: PointerValue<'c>, word: u32) -> Made<()> {
        let header = self.unit.word(header(word));
        self.builder.build_store(object, header)?;
        Ok(())
    }

    fn free(&mut self, object: PointerValue<'c>, bytes: u32) -> Made<()> {
        self.unit.free_object(&self.builder, self.context, object, bytes)
    }

    fn box_bytes(&self, ty: TypeId) -> u32 {
        self.unit.program.types.layout(ty).box_bytes
    }

    /// `Take`: the fields are moved out of the last reference, and duplicated out of any other.
    pub fn take(&mut self, value: Var, case: u32, fields: &[(u32, Var)], token: Option<Var>) -> Made<()> {
        let ty = self.var_type(value)?;
        let object = self.get(value)?.into_pointer_value();
        let all = self.unit.fields(ty, case)?;
        for (index, var) in fields {
            let read = self.field_of(object.into(), ty, case, *index)?;
            self.set(*var, read);
        }
        let count = self.builder.build_load(self.unit.i32(), object, "count")?.into_int_value();
        let one = self.unit.half(1).into_int_value();
        let last = self.builder.build_int_compare(IntPredicate::EQ, count, one, "")?;
        let [unique, shared, behind] = ["unique", "shared", "taken"].map(|name| self.block(name));
        self.builder.build_conditional_branch(last, unique, shared)?;

        self.builder.position_at_end(unique);
        for (index, field) in all.iter().enumerate() {
            if self.unit.counted(*field) && !fields.iter().any(|(read, _)| *read as usize == index) {
                let unread = self.field_of(object.into(), ty, case, index as u32)?;
                self.unit.drop(&self.builder, self.context, unread, *field)?;
            }
        }
        if token.is_none() {
            self.free(object, self.box_bytes(ty))?;
        }
        let unique_end = self.current()?;
        self.builder.build_unconditional_branch(behind)?;

        self.builder.position_at_end(shared);
        for (_, var) in fields {
            let (read, field) = (self.get(*var)?, self.var_type(*var)?);
            self.unit.dup(&self.builder, read, field)?;
        }
        self.give_up(object, count)?;
        let shared_end = self.current()?;
        self.builder.build_unconditional_branch(behind)?;

        self.builder.position_at_end(behind);
        if let Some(token) = token {
            let phi = self.builder.build_phi(self.unit.ptr(), "token")?;
            phi.add_incoming(&[(&object, unique_end), (&self.unit.null(), shared_end)]);
            self.set(token, phi.as_basic_value());
            let mut held = Held { ty, case, fields: Vec::new() };
            for (index, var) in fields {
                held.fields.push((HEADER_BYTES + self.unit.slots_before(&all, *index as usize) * 8, *var));
            }
            self.held.insert(token, held);
        }
        Ok(())
    }

    /// One reference less of an object that has others, or is immortal: its count as a signed number is negative.
    fn give_up(&mut self, object: PointerValue<'c>, count: IntValue<'c>) -> Made<()> {
        let zero = self.unit.i32().const_zero();
        let mortal = self.builder.build_int_compare(IntPredicate::SGT, count, zero, "")?;
        let less = self.builder.build_int_sub(count, self.unit.half(1).into_int_value(), "")?;
        let (counted, done) = (self.block("counted"), self.block("given"));
        self.builder.build_conditional_branch(mortal, counted, done)?;
        self.builder.position_at_end(counted);
        self.builder.build_store(object, less)?;
        self.builder.build_unconditional_branch(done)?;
        self.builder.position_at_end(done);
        Ok(())
    }

    /// `Release`: the memory of a token, if it has any, is freed.
    pub fn release(&mut self, token: Var) -> Made<()> {
        let bytes = self.box_bytes(self.var_type(token)?);
        let object = self.get(token)?.into_pointer_value();
        let (some, behind) = (self.block("some"), self.block("released"));
        let none = self.builder.build_is_null(object, "")?;
        self.builder.build_conditional_branch(none, behind, some)?;
        self.builder.position_at_end(some);
        self.free(object, bytes)?;
        self.builder.build_unconditional_branch(behind)?;
        self.builder.position_at_end(behind);
        Ok(())
    }

    /// `Rebuild`: a construction in the memory of a token, or in new memory. What the memory holds already is not written.
    pub fn rebuild(&mut self, token: Var, ty: TypeId, case: u32, arguments: &[Operand]) -> Made<BasicValueEnum<'c>> {
        let fields = self.unit.fields(ty, case)?;
        let values = self.operands(arguments)?;
        let old = self.get(token)?.into_pointer_value();
        let [new, again, behind] = ["new", "again", "rebuild"].map(|name| self.block(name));
        let none = self.builder.build_is_null(old, "")?;
        self.builder.build_conditional_branch(none, new, again)?;
        self.builder.position_at_end(new);
        let made = self.allocate(self.box_bytes(ty), case)?;
        self.fill(made, &values, &fields)?;
        let new_end = self.current()?;
        self.builder.build_unconditional_branch(behind)?;
        self.builder.position_at_end(again);
        let held = self.held.get(&token).cloned();
        if held.as_ref().is_none_or(|held| (held.ty, held.case) != (ty, case)) {
            self.write_header(old, case)?;
        }
        let held = held.map(|held| held.fields).unwrap_or_default();
        for (index, (value, field)) in values.iter().zip(&fields).enumerate() {
            let at = HEADER_BYTES + self.unit.slots_before(&fields, index) * 8;
            let stays = matches!(&arguments[index], Operand::Var(var) if held.contains(&(at, *var)));
            if !stays {
                let place = self.unit.offset(&self.builder, old, at)?;
                self.unit.store(&self.builder, place, *value, *field)?;
            }
        }
        self.builder.build_unconditional_branch(behind)?;
        self.builder.position_at_end(behind);
        let phi = self.builder.build_phi(self.unit.ptr(), "object")?;
        phi.add_incoming(&[(&made, new_end), (&old, again)]);
        Ok(phi.as_basic_value())
    }

    /// Stores the fields of a boxed object.
    pub fn fill(&mut self, object: PointerValue<'c>, values: &[BasicValueEnum<'c>], fields: &[TypeId]) -> Made<()> {
        for (index, (value, field)) in values.iter().zip(fields).enumerate() {
            let at = HEADER_BYTES + self.unit.slots_before(fields, index) * 8;
            let place = self.unit.offset(&self.builder, object, at)?;
            self.unit.store(&self.builder, place, *value, *field)?;
        }
        Ok(())
    }
}
