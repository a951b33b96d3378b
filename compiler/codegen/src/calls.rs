//! Calls: of compiled functions, closures, and Rust functions of the runtime (`dark_abi::externs`).

use crate::function::Emitter;
use crate::values::Shape;
use crate::{Made, fault};
use dark_ir::core::{Extern, ExternId, Location, Op, Operand};
use dark_ir::types::TypeId;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use inkwell::values::{
    BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, FunctionValue, LLVMTailCallKind, PointerValue, ValueKind,
};

/// An argument or result of a direct extern, as C sees it.
#[derive(Clone, Copy)]
struct CSlot<'c> {
    ty: BasicTypeEnum<'c>,
    /// `zeroext` or `signext`, for what is smaller than an int.
    extension: Option<&'static str>,
}

impl<'c> Emitter<'_, 'c, '_> {
    /// The value of a call of compiled code.
    pub fn call_value(&mut self, op: &Op) -> Made<BasicValueEnum<'c>> {
        let result = self.result(op)?;
        let place = match self.unit.in_memory(result) {
            true => Some(self.unit.place(&self.builder, self.unit.slots(result))?),
            false => None,
        };
        match (self.call(op, place)?.try_as_basic_value(), place) {
            (_, Some(place)) => Ok(place.into()),
            (ValueKind::Basic(returned), None) => self.unit.given(&self.builder, returned, result),
            (ValueKind::Instruction(_), None) => fault("a call without a result"),
        }
    }

    /// The type of what a call of compiled code gives.
    fn result(&self, op: &Op) -> Made<TypeId> {
        match op {
            Op::Call { function, .. } => match self.unit.program.functions.get(function.0 as usize) {
                Some(function) => Ok(function.result),
                None => fault("no such function"),
            },
            Op::CallClosure { result, .. } => Ok(*result),
            _ => fault("a call that is none"),
        }
    }

    /// A call of compiled code; `place` is where its result goes, if that lies in memory.
    pub fn call(&mut self, op: &Op, place: Option<PointerValue<'c>>) -> Made<CallSiteValue<'c>> {
        let call = match op {
            Op::Call { function, arguments, .. } => {
                let values = self.passed(arguments)?;
                let function = self.unit.function(*function)?;
                self.builder.build_call(function, &self.with_context(place, &values), "")?
            }
            Op::CallClosure { closure, arguments, result, .. } => {
                let closure_type = self.operand_type(closure)?;
                let closure = self.operand(closure)?;
                let mut types = vec![closure_type];
                for argument in arguments {
                    types.push(self.operand_type(argument)?);
                }
                let signature = self.unit.signature(&types, *result);
                let mut values = vec![closure];
                values.extend(self.passed(arguments)?);
                let code = self.unit.offset(&self.builder, closure.into_pointer_value(), 8)?;
                let code = self.builder.build_load(self.unit.ptr(), code, "code")?.into_pointer_value();
                self.builder.build_indirect_call(signature, code, &self.with_context(place, &values), "")?
            }
            _ => return fault("a call that is none"),
        };
        let tail_called = match op {
            Op::Call { function, .. } => self.is_tail_called(*function),
            _ => true,
        };
        call.set_call_convention(self.unit.convention(tail_called));
        // Recursion without end must reach the stack's limit, optimised or not: LLVM makes no loop of it by itself.
        call.set_tail_call_kind(LLVMTailCallKind::LLVMTailCallKindNoTail);
        Ok(call)
    }

    /// The operands as arguments of compiled code.
    fn passed(&mut self, operands: &[Operand]) -> Made<Vec<BasicValueEnum<'c>>> {
        let mut values = Vec::new();
        for operand in operands {
            let (value, ty) = (self.operand(operand)?, self.operand_type(operand)?);
            values.extend(self.unit.pass(&self.builder, value, ty)?);
        }
        Ok(values)
    }

    fn with_context(
        &self,
        place: Option<PointerValue<'c>>,
        values: &[BasicValueEnum<'c>],
    ) -> Vec<BasicMetadataValueEnum<'c>> {
        let mut all: Vec<BasicMetadataValueEnum<'c>> = vec![self.context.into()];
        all.extend(place.map(BasicMetadataValueEnum::from));
        all.extend(values.iter().map(|value| BasicMetadataValueEnum::from(*value)));
        all
    }

    pub fn call_extern(
        &mut self,
        function: ExternId,
        arguments: &[Operand],
        location: &Location,
    ) -> Made<BasicValueEnum<'c>> {
        let program = self.unit.program;
        let Some(declared) = program.externs.get(function.0 as usize) else { return fault("no such extern") };
        if declared.fails {
            self.set_location(location)?;
        }
        if declared.reflective { self.reflective(declared, arguments) } else { self.direct(declared, arguments) }
    }

    /// Everything through memory, with descriptors.
    fn reflective(&mut self, declared: &Extern, arguments: &[Operand]) -> Made<BasicValueEnum<'c>> {
        let ptr = self.unit.ptr();
        let function = match self.unit.module.get_function(&declared.symbol) {
            Some(known) => known,
            None => {
                let params: Vec<BasicMetadataTypeEnum<'c>> = vec![ptr.into(); 5];
                let ty = self.unit.context.void_type().fn_type(&params, false);
                let function = self.unit.module.add_function(&declared.symbol, ty, None);
                self.unit.attribute(function, "nounwind");
                function
            }
        };
        let count = arguments.len() as u32;
        let places = self.scratch(100, count)?;
        let mut infos = Vec::new();
        for (index, (argument, ty)) in arguments.iter().zip(&declared.params).enumerate() {
            let value = self.operand(argument)?;
            let place = self.spill(value, *ty, index as u32)?;
            let slot = self.unit.slot(&self.builder, places, index as u32)?;
            self.builder.build_store(slot, place)?;
            infos.push(self.unit.type_info(*ty)?);
        }
        let infos = self.pointer_table(&infos);
        let result = self.result_place(declared.result)?;
        let result_info = self.unit.type_info(declared.result)?;
        let all: [BasicMetadataValueEnum<'c>; 5] =
            [self.context.into(), result.into(), result_info.into(), places.into(), infos.into()];
        self.builder.build_call(function, &all, "")?;
        self.result_at(result, declared.result)
    }

    /// Where a function of the runtime writes its result.
    fn result_place(&mut self, ty: TypeId) -> Made<PointerValue<'c>> {
        match self.unit.in_memory(ty) {
            true => self.unit.place(&self.builder, self.unit.slots(ty)),
            false => self.scratch(101, dark_abi::SLOTS_MAX as u32),
        }
    }

    /// The result that was written to its place.
    fn result_at(&mut self, place: PointerValue<'c>, ty: TypeId) -> Made<BasicValueEnum<'c>> {
        if self.unit.in_memory(ty) { Ok(place.into()) } else { self.unit.load(&self.builder, place, ty) }
    }

    /// A static table of pointers.
    fn pointer_table(&mut self, pointers: &[PointerValue<'c>]) -> PointerValue<'c> {
        if pointers.is_empty() {
            return self.unit.null();
        }
        let array = self.unit.ptr().const_array(pointers);
        let value = self.unit.context.const_struct(&[array.into()], false);
        self.unit.static_data("types", value).as_pointer_value()
    }

    fn direct(&mut self, declared: &Extern, arguments: &[Operand]) -> Made<BasicValueEnum<'c>> {
        let mut slots = Vec::new();
        let mut values: Vec<BasicMetadataValueEnum<'c>> = vec![self.context.into()];
        for (argument, ty) in arguments.iter().zip(&declared.params) {
            let value = self.operand(argument)?;
            self.c_arguments(value, *ty, &mut slots, &mut values)?;
        }
        let mut written = None;
        let result = match self.unit.shape(declared.result) {
            Shape::Nothing => None,
            _ if self.unit.slots(declared.result) > 1 => {
                let place = self.result_place(declared.result)?;
                slots.push(CSlot { ty: self.unit.ptr().into(), extension: None });
                values.push(place.into());
                written = Some(place);
                None
            }
            _ => Some(self.c_slot(declared.result)),
        };
        let function = self.declared(declared, &slots, result);
        let call = self.builder.build_call(function, &values, "")?;
        match (call.try_as_basic_value(), self.unit.shape(declared.result)) {
            (_, Shape::Nothing) => Ok(self.unit.word(0)),
            (ValueKind::Instruction(_), _) => match written {
                Some(place) => self.result_at(place, declared.result),
                None => fault("a function of the runtime without a result"),
            },
            (ValueKind::Basic(value), Shape::Bool) => {
                let bool_type = self.unit.context.bool_type();
                Ok(self.builder.build_int_truncate(value.into_int_value(), bool_type, "")?.into())
            }
            (ValueKind::Basic(value), Shape::Struct(_) | Shape::Enum(_)) => {
                let mut words = std::iter::once(value.into_int_value());
                self.unit.from_words(&self.builder, &mut words, declared.result)
            }
            (ValueKind::Basic(value), _) => Ok(value),
        }
    }

    fn declared(&mut self, declared: &Extern, slots: &[CSlot<'c>], result: Option<CSlot<'c>>) -> FunctionValue<'c> {
        if let Some(known) = self.unit.module.get_function(&declared.symbol) {
            return known;
        }
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = vec![self.unit.ptr().into()];
        params.extend(slots.iter().map(|slot| BasicMetadataTypeEnum::from(slot.ty)));
        let ty: FunctionType<'c> = match result {
            Some(slot) => slot.ty.fn_type(&params, false),
            None => self.unit.context.void_type().fn_type(&params, false),
        };
        let function = self.unit.module.add_function(&declared.symbol, ty, None);
        self.unit.attribute(function, "nounwind");
        let extended = |loc, extension: Option<&'static str>| {
            if let Some(name) = extension {
                let kind = Attribute::get_named_enum_kind_id(name);
                function.add_attribute(loc, self.unit.context.create_enum_attribute(kind, 0));
            }
        };
        for (index, slot) in slots.iter().enumerate() {
            extended(AttributeLoc::Param(index as u32 + 1), slot.extension);
        }
        if let Some(slot) = result {
            extended(AttributeLoc::Return, slot.extension);
        }
        function
    }

    /// How a value of one slot is passed.
    fn c_slot(&self, ty: TypeId) -> CSlot<'c> {
        match self.unit.shape(ty) {
            Shape::Bool => CSlot { ty: self.unit.context.i8_type().into(), extension: Some("zeroext") },
            Shape::Integer { bits, signed } => {
                let extension = if signed { "signext" } else { "zeroext" };
                CSlot { ty: self.unit.register(ty), extension: (bits < 32).then_some(extension) }
            }
            Shape::Float | Shape::Pointer => CSlot { ty: self.unit.register(ty), extension: None },
            Shape::Nothing | Shape::Word | Shape::Wide | Shape::Struct(_) | Shape::Enum(_) => {
                CSlot { ty: self.unit.i64().into(), extension: None }
            }
        }
    }

    /// The C arguments of a value: one a slot; `Unit` is not passed.
    fn c_arguments(
        &mut self,
        value: BasicValueEnum<'c>,
        ty: TypeId,
        slots: &mut Vec<CSlot<'c>>,
        values: &mut Vec<BasicMetadataValueEnum<'c>>,
    ) -> Made<()> {
        match self.unit.shape(ty) {
            Shape::Nothing => Ok(()),
            Shape::Bool => {
                slots.push(self.c_slot(ty));
                let wide = self.unit.context.i8_type();
                values.push(self.builder.build_int_z_extend(value.into_int_value(), wide, "")?.into());
                Ok(())
            }
            Shape::Integer { .. } | Shape::Word | Shape::Float | Shape::Pointer => {
                slots.push(self.c_slot(ty));
                values.push(value.into());
                Ok(())
            }
            Shape::Struct(fields) => {
                for (index, field) in fields.iter().copied().enumerate() {
                    let part = self.unit.part(&self.builder, value, ty, &fields, index)?;
                    if matches!(self.unit.shape(field), Shape::Float | Shape::Struct(_)) {
                        self.c_arguments(part, field, slots, values)?;
                    } else {
                        self.c_words(part, field, slots, values)?;
                    }
                }
                Ok(())
            }
            Shape::Wide | Shape::Enum(_) => self.c_words(value, ty, slots, values),
        }
    }

    fn c_words(
        &mut self,
        value: BasicValueEnum<'c>,
        ty: TypeId,
        slots: &mut Vec<CSlot<'c>>,
        values: &mut Vec<BasicMetadataValueEnum<'c>>,
    ) -> Made<()> {
        for word in self.unit.to_words(&self.builder, value, ty)? {
            slots.push(CSlot { ty: self.unit.i64().into(), extension: None });
            values.push(word.into());
        }
        Ok(())
    }
}
