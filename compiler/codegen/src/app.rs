//! The application descriptor: `dark_abi::AppInfo`, exported as `dark_app`, with an entry in C's calling convention for each
//! function the runtime calls.

use crate::unit::Unit;
use crate::{Made, fault};
use dark_abi::{ABI_VERSION, Mode, ParamSource};
use dark_ir::core::ParamSource as Source;
use dark_ir::core::{AppMode, Entry, FunctionId};
use dark_ir::types::{Type, TypeId};
use inkwell::GlobalVisibility;
use inkwell::builder::Builder;
use inkwell::module::Linkage;
use inkwell::values::{
    BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, FunctionValue, PointerValue, StructValue, ValueKind,
};

impl<'c> Unit<'c, '_> {
    pub(crate) fn emit_app(&mut self) -> Made<()> {
        let app = &self.program.app;
        let mut values = Vec::new();
        for id in &app.values {
            let Some(global) = self.program.globals.get(id.0 as usize) else { return fault("no such value") };
            let Some(function) = self.program.functions.get(global.init.0 as usize) else {
                return fault("a value without code");
            };
            let entry = Entry { name: function.name.clone(), function: global.init, params: Vec::new() };
            let entry = self.entry(&entry)?;
            let slots = self.global(*id)?;
            values.push(self.context.const_struct(&[entry.into(), slots.as_pointer_value().into()], false));
        }
        let mut handlers = Vec::new();
        for handler in &app.handlers {
            let parts =
                [self.static_str(&handler.method), self.static_str(&handler.route), self.entry(&handler.entry)?.into()];
            handlers.push(self.context.const_struct(&parts, false));
        }
        let mut workers = Vec::new();
        for worker in &app.workers {
            let parts = [self.static_str(&worker.name), self.entry(&worker.entry)?.into()];
            workers.push(self.context.const_struct(&parts, false));
        }
        let mut crons = Vec::new();
        for cron in &app.crons {
            let parts = [self.static_str(&cron.name), self.static_str(&cron.schedule), self.entry(&cron.entry)?.into()];
            crons.push(self.context.const_struct(&parts, false));
        }
        let mut dbs = Vec::new();
        for db in &self.program.dbs {
            let parts = [self.static_str(&db.name), self.type_info(db.row)?.into()];
            dbs.push(self.context.const_struct(&parts, false));
        }
        let tests = self.tests()?;
        let mut entries = Vec::new();
        for entry in &app.entries {
            entries.push(self.entry(entry)?);
        }
        let parts = [
            self.half(ABI_VERSION),
            self.half(mode(app.mode) as u32),
            self.static_str(&app.name),
            self.static_str(&app.settings),
            self.static_slice("values", &values),
            self.static_slice("handlers", &handlers),
            self.static_slice("workers", &workers),
            self.static_slice("crons", &crons),
            self.static_slice("dbs", &dbs),
            self.static_slice("tests", &tests),
            self.static_slice("entries", &entries),
        ];
        let value = self.context.const_struct(&parts, false);
        let global = self.static_data("dark_app", value);
        global.set_linkage(Linkage::External);
        Ok(())
    }

    fn tests(&mut self) -> Made<Vec<StructValue<'c>>> {
        let mut tests = Vec::new();
        for test in &self.program.app.tests {
            let expected = match &test.expected_error {
                // An empty message is a message: its pointer is not null.
                Some(message) if message.is_empty() => {
                    let place = self.static_str(" ").into_struct_value();
                    let pointer = place.get_field_at_index(0).unwrap_or(self.null().into());
                    self.context.const_struct(&[pointer, self.word(0)], false).into()
                }
                Some(message) => self.static_str(message),
                None => self.static_str(""),
            };
            let location = self.location(&test.location, &test.entry.name);
            let parts = [
                self.entry(&test.entry)?.into(),
                self.static_str(&test.group),
                self.static_str(&test.text),
                expected,
                location.into(),
            ];
            tests.push(self.context.const_struct(&parts, false));
        }
        Ok(tests)
    }

    /// `dark_abi::Entry`
    fn entry(&mut self, entry: &Entry) -> Made<StructValue<'c>> {
        let Some(function) = self.program.functions.get(entry.function.0 as usize) else {
            return fault("an entry without code");
        };
        let mut params = Vec::new();
        for (index, param) in function.params.iter().enumerate() {
            let (name, source) = entry.params.get(index).cloned().unwrap_or_default();
            let ty = self.type_info(function.vars[param.var.0 as usize])?;
            let source = source.map_or(ParamSource::Plain, param_source);
            params
                .push(self.context.const_struct(&[self.static_str(&name), ty.into(), self.half(source as u32)], false));
        }
        let parts: [BasicValueEnum<'c>; 5] = [
            self.static_str(&entry.name),
            self.trampoline(entry.function)?.as_global_value().as_pointer_value().into(),
            self.static_slice("params", &params),
            self.type_info(function.result)?.into(),
            self.location(&function.location, &function.name).into(),
        ];
        Ok(self.context.const_struct(&parts, false))
    }

    /// `dark_abi::EntryFn`: arguments from memory, the result to memory. It stands in the part of its function.
    pub(crate) fn trampoline(&mut self, id: FunctionId) -> Made<FunctionValue<'c>> {
        let Some(function) = self.program.functions.get(id.0 as usize) else { return fault("an entry without code") };
        let name = self.link_name(&format!("entry.{}", function.symbol));
        if let Some(known) = self.module.get_function(&name) {
            return Ok(known);
        }
        let ptr = self.ptr().into();
        let ty = self.context.void_type().fn_type(&[ptr, ptr, ptr], false);
        let value = self.module.add_function(&name, ty, None);
        self.attribute(value, "nounwind");
        if self.part.alone {
            value.set_linkage(Linkage::Internal);
        } else {
            value.as_global_value().set_visibility(GlobalVisibility::Hidden);
            if self.part.app {
                return Ok(value);
            }
        }
        let callee = self.function(id)?;
        let builder = self.builder();
        builder.position_at_end(self.context.append_basic_block(value, ""));
        let pointers: Vec<_> = value.get_param_iter().map(|param| param.into_pointer_value()).collect();
        let [context, arguments, result] = pointers[..] else { return fault("an entry with other parameters") };
        let types: Vec<TypeId> = function.params.iter().map(|param| function.vars[param.var.0 as usize]).collect();
        let all = self.arguments_at(&builder, (context, arguments, result), &types, function.result)?;
        let call = builder.build_call(callee, &all, "")?;
        call.set_call_convention(callee.get_call_conventions());
        self.store_returned(&builder, call, result, function.result)?;
        builder.build_return(None)?;
        Ok(value)
    }

    /// What is handed to compiled code whose arguments lie in memory.
    fn arguments_at(
        &self,
        builder: &Builder<'c>,
        (context, arguments, result): (PointerValue<'c>, PointerValue<'c>, PointerValue<'c>),
        types: &[TypeId],
        returned: TypeId,
    ) -> Made<Vec<BasicMetadataValueEnum<'c>>> {
        let mut all: Vec<BasicMetadataValueEnum<'c>> = vec![context.into()];
        if self.in_memory(returned) {
            all.push(result.into());
        }
        let mut at = 0;
        for ty in types {
            let place = self.slot(builder, arguments, at)?;
            let value = if self.in_memory(*ty) { place.into() } else { self.load(builder, place, *ty)? };
            all.extend(self.pass(builder, value, *ty)?.into_iter().map(BasicMetadataValueEnum::from));
            at += self.slots(*ty);
        }
        Ok(all)
    }

    /// Writes what compiled code returned, unless it has done so itself.
    fn store_returned(
        &self,
        builder: &Builder<'c>,
        call: CallSiteValue<'c>,
        result: PointerValue<'c>,
        ty: TypeId,
    ) -> Made<()> {
        match call.try_as_basic_value() {
            ValueKind::Basic(returned) => {
                let value = self.given(builder, returned, ty)?;
                self.store(builder, result, value, ty)
            }
            ValueKind::Instruction(_) if self.in_memory(ty) => Ok(()),
            ValueKind::Instruction(_) => fault("a call without a result"),
        }
    }

    /// `dark_abi::EntryFn` that calls a closure of this type: it is the first slot of the arguments, and consumed.
    pub(crate) fn closure_entry(&mut self, ty: TypeId) -> Made<FunctionValue<'c>> {
        let Type::Function(params, result) = self.program.types.get(ty).clone() else {
            return fault("an entry of what is no function");
        };
        let name = format!("closure.entry.{}", dark_ir::print::type_name(&self.program.types, ty));
        if let Some(known) = self.module.get_function(&name) {
            return Ok(known);
        }
        let ptr = self.ptr().into();
        let entry_type = self.context.void_type().fn_type(&[ptr, ptr, ptr], false);
        let value = self.module.add_function(&name, entry_type, Some(Linkage::Internal));
        self.attribute(value, "nounwind");
        let builder = self.builder();
        builder.position_at_end(self.context.append_basic_block(value, ""));
        let pointers: Vec<_> = value.get_param_iter().map(|param| param.into_pointer_value()).collect();
        let [context, arguments, place] = pointers[..] else { return fault("an entry with other parameters") };
        let mut types = vec![ty];
        types.extend(params);
        let all = self.arguments_at(&builder, (context, arguments, place), &types, result)?;
        let closure = self.slot(&builder, arguments, 0)?;
        let closure = builder.build_load(self.ptr(), closure, "closure")?.into_pointer_value();
        let code = self.offset(&builder, closure, 8)?;
        let code = builder.build_load(self.ptr(), code, "code")?.into_pointer_value();
        let call = builder.build_indirect_call(self.signature(&types, result), code, &all, "")?;
        call.set_call_convention(self.convention(true));
        self.store_returned(&builder, call, place, result)?;
        builder.build_return(None)?;
        Ok(value)
    }
}

fn mode(mode: AppMode) -> Mode {
    match mode {
        AppMode::Serve => Mode::Serve,
        AppMode::Script => Mode::Script,
        AppMode::Eval => Mode::Eval,
        AppMode::Test => Mode::Test,
    }
}

fn param_source(source: Source) -> ParamSource {
    match source {
        Source::RouteVariable => ParamSource::RouteVariable,
        Source::Request => ParamSource::Request,
        Source::BodyTyped => ParamSource::BodyTyped,
        Source::BodyText => ParamSource::BodyText,
        Source::BodyBytes => ParamSource::BodyBytes,
        Source::Query => ParamSource::Query,
        Source::Headers => ParamSource::Headers,
        Source::Unit => ParamSource::Unit,
    }
}
