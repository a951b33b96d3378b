//! Dup and drop: how reference counts change, by type.
//!
//! The tests of the count are small functions of the module, which LLVM inlines; freeing is the runtime's. An object whose
//! count has its highest bit set is immortal (`dark_abi::IMMORTAL`): as a signed number it is negative.

use crate::unit::{PRESERVE_MOSTCC, Unit};
use crate::values::Shape;
use crate::{Made, fault};
use dark_ir::types::{Definition, Type, TypeId};
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::module::Linkage;
use inkwell::types::FunctionType;
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, FunctionValue, PointerValue};

/// What kind of object a pointer leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Object {
    Text,
    /// With its element.
    List(TypeId),
    Dict,
    Closure,
    Boxed(TypeId),
}

impl Object {
    /// The empty list and dict are null pointers.
    fn may_be_null(self) -> bool {
        matches!(self, Object::List(_) | Object::Dict)
    }

    fn free(self) -> &'static str {
        match self {
            Object::Text => "dark_free_str",
            Object::List(_) => "dark_free_list",
            Object::Dict => "dark_free_dict",
            Object::Closure => "dark_free_closure",
            Object::Boxed(_) => "dark_free_boxed",
        }
    }
}

impl<'c> Unit<'c, '_> {
    fn object(&self, ty: TypeId) -> Option<Object> {
        if self.program.types.layout(ty).boxed {
            return Some(Object::Boxed(ty));
        }
        Some(match self.program.types.get(ty) {
            Type::Char | Type::String | Type::Blob => Object::Text,
            Type::List(element) => Object::List(*element),
            Type::Dict(_) => Object::Dict,
            Type::Function(..) | Type::Stream(_) => Object::Closure,
            _ => return None,
        })
    }

    pub(crate) fn counted(&self, ty: TypeId) -> bool {
        self.program.types.layout(ty).counted
    }

    /// One reference more to whatever the value holds.
    pub(crate) fn dup(&mut self, builder: &Builder<'c>, value: BasicValueEnum<'c>, ty: TypeId) -> Made<()> {
        if !self.counted(ty) {
            return Ok(());
        }
        if let Some(object) = self.object(ty) {
            let helper = self.dup_object(object.may_be_null())?;
            return self.call_dup(builder, helper, value);
        }
        match self.shape(ty) {
            Shape::Word => {
                let helper = self.dup_int()?;
                self.call_dup(builder, helper, value)
            }
            Shape::Struct(fields) => {
                for (index, field) in fields.iter().copied().enumerate() {
                    if self.counted(field) {
                        let part = self.part(builder, value, ty, &fields, index)?;
                        self.dup(builder, part, field)?;
                    }
                }
                Ok(())
            }
            Shape::Enum(_) => {
                let helper = self.enum_helper(ty, true)?;
                self.call_dup(builder, helper, value)
            }
            other => fault(format!("counting {other:?}")),
        }
    }

    fn call_dup(&self, builder: &Builder<'c>, helper: FunctionValue<'c>, value: BasicValueEnum<'c>) -> Made<()> {
        let call = builder.build_call(helper, &[value.into()], "")?;
        call.set_call_convention(helper.get_call_conventions());
        Ok(())
    }

    /// One reference less; what nobody refers to any more is freed.
    pub(crate) fn drop(
        &mut self,
        builder: &Builder<'c>,
        context: PointerValue<'c>,
        value: BasicValueEnum<'c>,
        ty: TypeId,
    ) -> Made<()> {
        if !self.counted(ty) {
            return Ok(());
        }
        if let Some(object) = self.object(ty) {
            let helper = self.drop_object(object, ty)?;
            let mut arguments: Vec<BasicMetadataValueEnum<'c>> = vec![context.into(), value.into()];
            if let Object::Boxed(ty) = object
                && !self.optimise
            {
                arguments.push(self.type_info(ty)?.into());
            }
            builder.build_call(helper, &arguments, "")?;
            return Ok(());
        }
        match self.shape(ty) {
            Shape::Word => {
                let helper = self.drop_int()?;
                builder.build_call(helper, &[context.into(), value.into()], "")?;
                Ok(())
            }
            Shape::Struct(fields) => {
                for (index, field) in fields.iter().copied().enumerate() {
                    if self.counted(field) {
                        let part = self.part(builder, value, ty, &fields, index)?;
                        self.drop(builder, context, part, field)?;
                    }
                }
                Ok(())
            }
            Shape::Enum(_) => {
                let helper = self.enum_helper(ty, false)?;
                builder.build_call(helper, &[context.into(), value.into()], "")?;
                Ok(())
            }
            other => fault(format!("counting {other:?}")),
        }
    }

    /// The name of a helper for one type. Types of different owners may print alike.
    fn type_helper(&self, what: &str, ty: TypeId) -> String {
        format!("{what}.{}.{}", ty.0, dark_ir::print::type_name(&self.program.types, ty))
    }

    /// Whether small functions of the module stay functions. Most of LLVM's work on a large program would be what these
    /// become where they are called, and few of those places are run often.
    fn calls_helpers(&self) -> bool {
        self.optimise && !self.part.alone
    }

    /// A small function of the module.
    fn helper(
        &mut self,
        name: &str,
        params: &[inkwell::types::BasicMetadataTypeEnum<'c>],
        make: impl FnOnce(&mut Self, &Builder<'c>, FunctionValue<'c>) -> Made<()>,
    ) -> Made<FunctionValue<'c>> {
        let ty = self.context.void_type().fn_type(params, false);
        self.small_function(name, ty, make)
    }

    /// As `helper`, for one that calls nothing: where it stays a function, it costs its callers no register.
    fn dup_helper(
        &mut self,
        name: &str,
        param: inkwell::types::BasicMetadataTypeEnum<'c>,
        make: impl FnOnce(&mut Self, &Builder<'c>, FunctionValue<'c>) -> Made<()>,
    ) -> Made<FunctionValue<'c>> {
        let function = self.helper(name, &[param], make)?;
        if self.calls_helpers() {
            function.set_call_conventions(PRESERVE_MOSTCC);
        }
        Ok(function)
    }

    /// A small function of the module with any result.
    pub(crate) fn small_function(
        &mut self,
        name: &str,
        ty: FunctionType<'c>,
        make: impl FnOnce(&mut Self, &Builder<'c>, FunctionValue<'c>) -> Made<()>,
    ) -> Made<FunctionValue<'c>> {
        if let Some(known) = self.helpers.get(name) {
            return Ok(*known);
        }
        let function = self.module.add_function(name, ty, Some(Linkage::Private));
        self.attribute(function, "nounwind");
        self.attribute(function, if self.calls_helpers() { "noinline" } else { "inlinehint" });
        self.helpers.insert(name.to_owned(), function);
        let builder = self.builder();
        builder.position_at_end(self.context.append_basic_block(function, ""));
        make(self, &builder, function)?;
        Ok(function)
    }

    /// Leaves the function when the pointer is null.
    fn return_if_null(
        &self,
        builder: &Builder<'c>,
        function: FunctionValue<'c>,
        pointer: PointerValue<'c>,
    ) -> Made<()> {
        let object = self.context.append_basic_block(function, "object");
        let nothing = self.context.append_basic_block(function, "nothing");
        let is_null = builder.build_is_null(pointer, "")?;
        builder.build_conditional_branch(is_null, nothing, object)?;
        builder.position_at_end(nothing);
        builder.build_return(None)?;
        builder.position_at_end(object);
        Ok(())
    }

    /// Ends a helper: one reference less to the object, and `free` with its arguments when that was the last one. Counts
    /// below one belong to objects that are never freed.
    fn give_up(
        &self,
        builder: &Builder<'c>,
        function: FunctionValue<'c>,
        pointer: PointerValue<'c>,
        (free, arguments): (FunctionValue<'c>, &[BasicMetadataValueEnum<'c>]),
    ) -> Made<()> {
        let blocks = ["shared", "last", "free", "done"].map(|name| self.context.append_basic_block(function, name));
        let [shared, last, free_block, done] = blocks;
        let one = self.i32().const_int(1, false);
        let count = builder.build_load(self.i32(), pointer, "")?.into_int_value();
        let is_shared = builder.build_int_compare(IntPredicate::SGT, count, one, "")?;
        builder.build_conditional_branch(is_shared, shared, last)?;
        builder.position_at_end(shared);
        let less = builder.build_int_sub(count, one, "")?;
        builder.build_store(pointer, less)?;
        builder.build_return(None)?;
        builder.position_at_end(last);
        let is_last = builder.build_int_compare(IntPredicate::EQ, count, one, "")?;
        builder.build_conditional_branch(is_last, free_block, done)?;
        builder.position_at_end(free_block);
        let call = builder.build_call(free, arguments, "")?;
        call.set_call_convention(free.get_call_conventions());
        builder.build_return(None)?;
        builder.position_at_end(done);
        builder.build_return(None)?;
        Ok(())
    }

    fn dup_object(&mut self, may_be_null: bool) -> Made<FunctionValue<'c>> {
        let name = if may_be_null { "dup.nullable" } else { "dup.object" };
        let ptr = self.ptr();
        self.dup_helper(name, ptr.into(), |unit, builder, function| {
            let Some(pointer) = function.get_first_param() else { return fault("a helper without parameters") };
            let pointer = pointer.into_pointer_value();
            if may_be_null {
                unit.return_if_null(builder, function, pointer)?;
            }
            let counted = unit.context.append_basic_block(function, "counted");
            let done = unit.context.append_basic_block(function, "done");
            let count = builder.build_load(unit.i32(), pointer, "")?.into_int_value();
            let mortal = builder.build_int_compare(IntPredicate::SGE, count, unit.i32().const_zero(), "")?;
            builder.build_conditional_branch(mortal, counted, done)?;
            builder.position_at_end(counted);
            let more = builder.build_int_add(count, unit.i32().const_int(1, false), "")?;
            builder.build_store(pointer, more)?;
            builder.build_unconditional_branch(done)?;
            builder.position_at_end(done);
            builder.build_return(None)?;
            Ok(())
        })
    }

    fn drop_object(&mut self, object: Object, ty: TypeId) -> Made<FunctionValue<'c>> {
        let own = match object {
            Object::Boxed(_) | Object::List(_) if self.optimise => Some(ty),
            _ => None,
        };
        let ptr = self.ptr();
        let generic = matches!(object, Object::Boxed(_)) && own.is_none();
        let params = vec![ptr.into(); if generic { 3 } else { 2 }];
        let name = match own {
            Some(ty) => self.type_helper("drop", ty),
            None => format!("drop.{}", object.free().trim_start_matches("dark_free_")),
        };
        let free = match own {
            Some(ty) => match object {
                Object::List(element) => self.free_list(ty, element)?,
                _ => self.free_boxed(ty)?,
            },
            None => self.entry_point(object.free())?.0,
        };
        self.helper(&name, &params, |unit, builder, function| {
            let Some(pointer) = function.get_nth_param(1) else { return fault("a helper without parameters") };
            let pointer = pointer.into_pointer_value();
            if object.may_be_null() {
                unit.return_if_null(builder, function, pointer)?;
            }
            let arguments: Vec<BasicMetadataValueEnum<'c>> =
                function.get_param_iter().map(BasicMetadataValueEnum::from).collect();
            unit.give_up(builder, function, pointer, (free, &arguments))
        })
    }

    /// `void free(context, object)`, which frees a boxed object of that type and drops what it holds. It calls itself for
    /// what is of the same type, and leaves the rest to the runtime, which needs no stack, when the stack is nearly used
    /// up.
    fn free_boxed(&mut self, ty: TypeId) -> Made<FunctionValue<'c>> {
        let (function, found) = self.begin_free(ty)?;
        if found {
            return Ok(function);
        }
        let builder = self.builder();
        let (Some(context), Some(object)) = (function.get_first_param(), function.get_nth_param(1)) else {
            return fault("a helper without parameters");
        };
        let (context, object) = (context.into_pointer_value(), object.into_pointer_value());
        let [entry, deep, go_on, done] =
            ["entry", "deep", "cases", "done"].map(|name| self.context.append_basic_block(function, name));
        builder.position_at_end(entry);
        let below = self.stack_is_below_limit(&builder, context)?;
        builder.build_conditional_branch(below, deep, go_on)?;
        builder.position_at_end(deep);
        let (slow, _) = self.entry_point("dark_free_boxed")?;
        let info = self.type_info(ty)?;
        builder.build_call(slow, &[context.into(), object.into(), info.into()], "")?;
        builder.build_return(None)?;
        builder.position_at_end(done);
        builder.build_return(None)?;
        builder.position_at_end(go_on);
        self.free_cases(&builder, function, ty, done)?;
        Ok(function)
    }

    /// The function that frees objects of a type, and whether it was there already.
    fn begin_free(&mut self, ty: TypeId) -> Made<(FunctionValue<'c>, bool)> {
        let name = self.type_helper("free", ty);
        if let Some(known) = self.helpers.get(&name) {
            return Ok((*known, true));
        }
        let ptr = self.ptr();
        let function_type = self.context.void_type().fn_type(&[ptr.into(), ptr.into()], false);
        let function = self.module.add_function(&name, function_type, Some(Linkage::Private));
        self.attribute(function, "nounwind");
        self.helpers.insert(name, function);
        Ok((function, false))
    }

    /// `void free(context, list)`, which frees a list of that type, and its buffer with all elements if nobody else has it.
    /// With counted elements it leaves everything to the runtime when the stack is nearly used up, as `free_boxed` does.
    fn free_list(&mut self, ty: TypeId, element: TypeId) -> Made<FunctionValue<'c>> {
        let (function, found) = self.begin_free(ty)?;
        if found {
            return Ok(function);
        }
        let builder = self.builder();
        let (Some(context), Some(list)) = (function.get_first_param(), function.get_nth_param(1)) else {
            return fault("a helper without parameters");
        };
        let (context, list) = (context.into_pointer_value(), list.into_pointer_value());
        builder.position_at_end(self.context.append_basic_block(function, "entry"));
        if self.counted(element) {
            let [deep, go_on] = ["deep", "list"].map(|name| self.context.append_basic_block(function, name));
            let below = self.stack_is_below_limit(&builder, context)?;
            builder.build_conditional_branch(below, deep, go_on)?;
            builder.position_at_end(deep);
            let (slow, _) = self.entry_point("dark_free_list")?;
            builder.build_call(slow, &[context.into(), list.into()], "")?;
            builder.build_return(None)?;
            builder.position_at_end(go_on);
        }
        let buffer = self.buffer_of(&builder, list)?;
        self.free_object(&builder, context, list, size_of::<dark_abi::List>() as u32)?;
        let [last, other, shared, done] =
            ["last", "other", "shared", "done"].map(|name| self.context.append_basic_block(function, name));
        let one = self.i32().const_int(1, false);
        let count = builder.build_load(self.i32(), buffer, "count")?.into_int_value();
        let is_last = builder.build_int_compare(IntPredicate::EQ, count, one, "")?;
        builder.build_conditional_branch(is_last, last, other)?;
        builder.position_at_end(other);
        let is_shared = builder.build_int_compare(IntPredicate::SGT, count, one, "")?;
        builder.build_conditional_branch(is_shared, shared, done)?;
        builder.position_at_end(shared);
        builder.build_store(buffer, builder.build_int_sub(count, one, "")?)?;
        builder.build_unconditional_branch(done)?;
        builder.position_at_end(done);
        builder.build_return(None)?;
        builder.position_at_end(last);
        if self.counted(element) {
            self.drop_elements(&builder, function, buffer, element)?;
        }
        self.free_buffer(&builder, context, buffer, element)?;
        builder.build_return(None)?;
        Ok(function)
    }

    /// The body of `free_boxed`: by case, the object first, then what it held.
    fn free_cases(
        &mut self,
        builder: &Builder<'c>,
        function: FunctionValue<'c>,
        ty: TypeId,
        done: BasicBlock<'c>,
    ) -> Made<()> {
        let (Some(context), Some(object)) = (function.get_first_param(), function.get_nth_param(1)) else {
            return fault("a helper without parameters");
        };
        let (context, object) = (context.into_pointer_value(), object.into_pointer_value());
        let cases = match self.is_enum(ty) {
            true => self.case_count(ty)?,
            false => 1,
        };
        let place = self.offset(builder, object, 4)?;
        let case = builder.build_load(self.i32(), place, "case")?.into_int_value();
        let start = builder.get_insert_block();
        let mut blocks = Vec::new();
        for index in 0..cases {
            let block = self.context.append_basic_block(function, "case");
            builder.position_at_end(block);
            let fields = self.fields(ty, index)?;
            let mut held = Vec::new();
            for (at, field) in fields.iter().enumerate().filter(|(_, field)| self.counted(**field)).collect::<Vec<_>>()
            {
                let bytes = crate::operations::HEADER_BYTES + self.slots_before(&fields, at) * 8;
                let place = self.offset(builder, object, bytes)?;
                held.push((self.load(builder, place, *field)?, *field));
            }
            self.free_object(builder, context, object, self.program.types.layout(ty).box_bytes)?;
            for (value, field) in held {
                self.drop(builder, context, value, field)?;
            }
            builder.build_unconditional_branch(done)?;
            blocks.push((self.i32().const_int(index.into(), false), block));
        }
        if let Some(start) = start {
            builder.position_at_end(start);
            builder.build_switch(case, done, &blocks)?;
        }
        Ok(())
    }

    /// Leaves the function when the word is a small number; else its pointer.
    fn big_int(
        &self,
        builder: &Builder<'c>,
        function: FunctionValue<'c>,
        word: BasicValueEnum<'c>,
    ) -> Made<PointerValue<'c>> {
        let big = self.context.append_basic_block(function, "big");
        let small = self.context.append_basic_block(function, "small");
        let word = word.into_int_value();
        let is_small = builder.build_int_truncate(word, self.context.bool_type(), "")?;
        builder.build_conditional_branch(is_small, small, big)?;
        builder.position_at_end(small);
        builder.build_return(None)?;
        builder.position_at_end(big);
        Ok(builder.build_int_to_ptr(word, self.ptr(), "")?)
    }

    fn dup_int(&mut self) -> Made<FunctionValue<'c>> {
        let dup = self.dup_object(false)?;
        let word = self.i64();
        self.dup_helper("dup.int", word.into(), |unit, builder, function| {
            let Some(word) = function.get_first_param() else { return fault("a helper without parameters") };
            let pointer = unit.big_int(builder, function, word)?;
            unit.call_dup(builder, dup, pointer.into())?;
            builder.build_return(None)?;
            Ok(())
        })
    }

    fn drop_int(&mut self) -> Made<FunctionValue<'c>> {
        let free = self.free_big()?;
        let (word, ptr) = (self.i64(), self.ptr());
        self.helper("drop.int", &[ptr.into(), word.into()], |unit, builder, function| {
            let (Some(context), Some(word)) = (function.get_first_param(), function.get_nth_param(1)) else {
                return fault("a helper without parameters");
            };
            let pointer = unit.big_int(builder, function, word)?;
            unit.give_up(builder, function, pointer, (free, &[context.into(), pointer.into()]))
        })
    }

    /// `void free(context, object)` of a big integer: few are, so those who drop an `Int` keep their registers.
    fn free_big(&mut self) -> Made<FunctionValue<'c>> {
        let (free, _) = self.entry_point("dark_free_big")?;
        let ptr = self.ptr();
        let function = self.helper("free.big", &[ptr.into(), ptr.into()], |_, builder, function| {
            let arguments: Vec<BasicMetadataValueEnum<'c>> =
                function.get_param_iter().map(BasicMetadataValueEnum::from).collect();
            builder.build_call(free, &arguments, "")?;
            builder.build_return(None)?;
            Ok(())
        })?;
        self.set_aside(function, PRESERVE_MOSTCC);
        Ok(function)
    }

    /// Dup or drop of an enum in registers: by case.
    fn enum_helper(&mut self, ty: TypeId, dup: bool) -> Made<FunctionValue<'c>> {
        let Type::Nominal(nominal) = self.program.types.get(ty) else { return fault("an enum without cases") };
        let Definition::Enum(cases) = self.program.types.nominal_data(*nominal).definition.clone() else {
            return fault("an enum without cases");
        };
        let name = self.type_helper(if dup { "dup" } else { "drop" }, ty);
        let (register, ptr) = (self.register(ty), self.ptr());
        let make = |unit: &mut Self, builder: &Builder<'c>, function: FunctionValue<'c>| {
            let Some(value) = function.get_last_param() else { return fault("a helper without parameters") };
            let context = function.get_first_param();
            let number = unit.case_number(builder, value, ty)?;
            let done = unit.context.append_basic_block(function, "done");
            let entry = builder.get_insert_block();
            let mut blocks = Vec::new();
            for (index, case) in cases.iter().enumerate() {
                if !case.fields.iter().any(|field| unit.counted(*field)) {
                    continue;
                }
                let block = unit.context.append_basic_block(function, &case.name);
                builder.position_at_end(block);
                for (index, field) in case.fields.iter().enumerate() {
                    if !unit.counted(*field) {
                        continue;
                    }
                    let part = unit.case_part(builder, value, ty, &case.fields, index)?;
                    match context {
                        Some(context) if !dup => unit.drop(builder, context.into_pointer_value(), part, *field)?,
                        _ => unit.dup(builder, part, *field)?,
                    }
                }
                builder.build_unconditional_branch(done)?;
                blocks.push((unit.i64().const_int(index as u64, false), block));
            }
            builder.position_at_end(done);
            builder.build_return(None)?;
            if let Some(entry) = entry {
                builder.position_at_end(entry);
                unit.choose(builder, number, done, &blocks)?;
            }
            Ok(())
        };
        match dup {
            true => self.dup_helper(&name, register.into(), make),
            false => self.helper(&name, &[ptr.into(), register.into()], make),
        }
    }
}
