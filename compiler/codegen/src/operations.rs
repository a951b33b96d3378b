//! Operations: constructing values, looking into them, closures, lists and dicts.

use crate::function::Emitter;
use crate::{Made, fault};
use dark_ir::core::{FunctionId, Op, Operand, Var};
use dark_ir::types::{Type, TypeId};
use inkwell::values::BasicValueEnum;
use std::sync::Arc;

/// Bytes in front of a boxed object's fields.
pub(crate) const HEADER_BYTES: u32 = 8;
/// Bytes in front of a closure's captures.
const CLOSURE_BYTES: u32 = 24;

impl<'c> Emitter<'_, 'c, '_> {
    /// The value of an operation that is bound to `var`.
    pub fn op(&mut self, var: Var, op: &Op) -> Made<BasicValueEnum<'c>> {
        match op {
            Op::Call { .. } | Op::CallClosure { .. } => self.call_value(op),
            Op::ClosureArity(closure) => {
                let closure = self.operand(closure)?.into_pointer_value();
                let place = self.unit.offset(&self.builder, closure, 4)?;
                let arity = self.builder.build_load(self.unit.i32(), place, "")?.into_int_value();
                Ok(self.builder.build_int_z_extend(arity, self.unit.i64(), "")?.into())
            }
            Op::CallExtern { function, arguments, location } => self.call_extern(*function, arguments, location),
            Op::Intrinsic { intrinsic, arguments, location, .. } => {
                let result = self.var_type(var)?;
                self.intrinsic(var, *intrinsic, arguments, result, location)
            }
            Op::Construct { ty, case, arguments } => self.construct(*ty, *case, arguments),
            Op::Rebuild { token, ty, case, arguments } => self.rebuild(*token, *ty, *case, arguments),
            Op::Field { value, index } => self.field(value, 0, *index),
            Op::CaseField { value, case, index } => self.field(value, *case, *index),
            Op::MakeList { ty, items } => self.make_list(*ty, items),
            Op::MakeDict { ty, entries } => self.make_dict(*ty, entries),
            Op::MakeClosure { function, captures, .. } => self.make_closure(*function, captures),
            Op::Capture { closure, index, ty } => self.capture(closure, *index, *ty),
            Op::Global(id) => {
                let Some(global) = self.unit.program.globals.get(id.0 as usize) else {
                    return fault("a value that is not there");
                };
                let slots = self.unit.global(*id)?.as_pointer_value();
                // A value never changes.
                if self.unit.in_memory(global.ty) {
                    return Ok(slots.into());
                }
                self.unit.load(&self.builder, slots, global.ty)
            }
        }
    }

    fn construct(&mut self, ty: TypeId, case: u32, arguments: &[Operand]) -> Made<BasicValueEnum<'c>> {
        let fields = self.unit.fields(ty, case)?;
        if fields.len() != arguments.len() {
            return fault("a construction with other fields");
        }
        let is_enum = self.unit.is_enum(ty);
        if is_enum && fields.is_empty() {
            return self.unit.case_value(ty, case);
        }
        let values = self.operands(arguments)?;
        let layout = self.unit.program.types.layout(ty);
        if layout.boxed {
            let object = self.allocate(layout.box_bytes, case)?;
            self.fill(object, &values, &fields)?;
            return Ok(object.into());
        }
        if self.unit.in_memory(ty) {
            return self.construct_in_memory(ty, is_enum.then_some(case), &values, &fields);
        }
        if !is_enum {
            if fields.is_empty() {
                return Ok(self.unit.word(0));
            }
            if let ([only], false) = (&values[..], self.unit.optimise) {
                return Ok(*only);
            }
            let mut made = self.unit.register(ty).into_struct_type().get_poison();
            for (index, value) in values.into_iter().enumerate() {
                made = self.builder.build_insert_value(made, value, index as u32, "")?.into_struct_value();
            }
            return Ok(made.into());
        }
        let mut words = vec![self.unit.i64().const_int(case.into(), false)];
        for (value, field) in values.into_iter().zip(&fields) {
            words.extend(self.unit.to_words(&self.builder, value, *field)?);
        }
        words.resize(layout.slots as usize, self.unit.i64().const_zero());
        self.unit.from_words(&self.builder, &mut words.into_iter(), ty)
    }

    /// A tuple or record, or a case of an enum, in the frame.
    fn construct_in_memory(
        &mut self,
        ty: TypeId,
        case: Option<u32>,
        values: &[BasicValueEnum<'c>],
        fields: &[TypeId],
    ) -> Made<BasicValueEnum<'c>> {
        let slots = self.unit.slots(ty);
        let place = self.unit.place(&self.builder, slots)?;
        let mut at = 0;
        if let Some(case) = case {
            self.unit.store_word(&self.builder, place, self.unit.word(case.into()))?;
            at = 1;
        }
        for (value, field) in values.iter().zip(fields) {
            let slot = self.unit.slot(&self.builder, place, at)?;
            self.unit.store(&self.builder, slot, *value, *field)?;
            at += self.unit.slots(*field);
        }
        for rest in at..slots {
            let slot = self.unit.slot(&self.builder, place, rest)?;
            self.unit.store_word(&self.builder, slot, self.unit.word(0))?;
        }
        Ok(place.into())
    }

    /// A field of a tuple or record, or of an enum known to be in that case.
    fn field(&mut self, operand: &Operand, case: u32, index: u32) -> Made<BasicValueEnum<'c>> {
        if let Operand::Var(var) = operand
            && let Some(field) = self.fields.get(&(*var, index))
        {
            return Ok(*field);
        }
        let ty = self.operand_type(operand)?;
        let value = self.operand(operand)?;
        self.field_of(value, ty, case, index)
    }

    pub fn field_of(
        &mut self,
        value: BasicValueEnum<'c>,
        ty: TypeId,
        case: u32,
        index: u32,
    ) -> Made<BasicValueEnum<'c>> {
        let fields = self.unit.fields(ty, case)?;
        let Some(field) = fields.get(index as usize).copied() else { return fault("a field that is not there") };
        let before = self.unit.slots_before(&fields, index as usize);
        if self.unit.program.types.layout(ty).boxed {
            let place = self.unit.offset(&self.builder, value.into_pointer_value(), HEADER_BYTES + before * 8)?;
            return self.unit.load(&self.builder, place, field);
        }
        match self.unit.is_enum(ty) {
            true => self.unit.case_part(&self.builder, value, ty, &fields, index as usize),
            false => self.unit.part(&self.builder, value, ty, &fields, index as usize),
        }
    }

    fn element(&self, ty: TypeId) -> Made<TypeId> {
        match self.unit.program.types.get(ty) {
            Type::List(element) | Type::Dict(element) => Ok(*element),
            _ => fault("elements of what has none"),
        }
    }

    fn make_list(&mut self, ty: TypeId, items: &[Operand]) -> Made<BasicValueEnum<'c>> {
        if items.is_empty() {
            return Ok(self.unit.null().into());
        }
        let element = self.element(ty)?;
        let values = self.operands(items)?;
        if let Some(list) = self.small_list(element, &values)? {
            return Ok(list);
        }
        let slots = self.unit.slots(element);
        let place = self.scratch(102, slots * items.len() as u32)?;
        for (index, value) in values.into_iter().enumerate() {
            let slot = self.unit.slot(&self.builder, place, index as u32 * slots)?;
            self.unit.store(&self.builder, slot, value, element)?;
        }
        let (count, info) = (self.unit.word(items.len() as u64), self.unit.type_info(element)?);
        self.entry_value("dark_list_make", &[place.into(), count.into(), info.into()])
    }

    fn make_dict(&mut self, ty: TypeId, entries: &[(Arc<str>, Operand)]) -> Made<BasicValueEnum<'c>> {
        let element = self.element(ty)?;
        let info = self.unit.type_info(element)?;
        let mut dict: BasicValueEnum<'c> = self.unit.null().into();
        for (key, value) in entries {
            let value = self.operand(value)?;
            let place = self.spill(value, element, 0)?;
            let key = self.unit.text(key);
            dict = self.entry_value("dark_dict_set", &[dict.into(), key.into(), place.into(), info.into()])?;
        }
        Ok(dict)
    }

    fn make_closure(&mut self, function: FunctionId, captures: &[Operand]) -> Made<BasicValueEnum<'c>> {
        let program = self.unit.program;
        let Some(core) = program.functions.get(function.0 as usize) else {
            return fault("a closure of no function");
        };
        let code = self.unit.function(function)?;
        let types = core.captures.clone().unwrap_or_default();
        let values = self.operands(captures)?;
        if values.len() != types.len() {
            return fault("a closure with other captures");
        }
        let slots: u32 = types.iter().map(|ty| self.unit.slots(*ty)).sum();
        let object = self.allocate(CLOSURE_BYTES + slots * 8, core.params.len().saturating_sub(1) as u32)?;
        let place = self.unit.offset(&self.builder, object, 8)?;
        self.builder.build_store(place, code.as_global_value().as_pointer_value())?;
        let (place, info) =
            (self.unit.offset(&self.builder, object, 16)?, self.unit.captures_info(&types, core.value_of.as_deref())?);
        self.builder.build_store(place, info)?;
        for (index, (value, ty)) in values.into_iter().zip(&types).enumerate() {
            let at = CLOSURE_BYTES + self.unit.slots_before(&types, index) * 8;
            let place = self.unit.offset(&self.builder, object, at)?;
            self.unit.store(&self.builder, place, value, *ty)?;
        }
        Ok(object.into())
    }

    fn capture(&mut self, closure: &Operand, index: u32, ty: TypeId) -> Made<BasicValueEnum<'c>> {
        let closure = self.operand(closure)?.into_pointer_value();
        let types = self.function.captures.clone().unwrap_or_default();
        let at = CLOSURE_BYTES + self.unit.slots_before(&types, index as usize) * 8;
        let place = self.unit.offset(&self.builder, closure, at)?;
        self.unit.load(&self.builder, place, ty)
    }
}
