//! One LLVM module, the code of a part of the program: bodies, then what the executable serves. What other parts have is
//! declared when it is first used.

use crate::function::Emitter;
use crate::{CodegenError, Made, fault};
use dark_abi::entry_points::{Abi, EntryPoint, entry_point};
use dark_ir::core::{Function, FunctionId, GlobalId, Program};
use dark_ir::parts::Part;
use dark_ir::types::TypeId;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::intrinsics::Intrinsic as LlvmIntrinsic;
use inkwell::module::{Linkage, Module};
use inkwell::targets::TargetMachine;
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType, IntType, PointerType};
use inkwell::values::{
    BasicMetadataValueEnum, BasicValue, BasicValueEnum, FunctionValue, GlobalValue, IntValue, PointerValue, ValueKind,
};
use inkwell::{AddressSpace, GlobalVisibility, IntPredicate};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// LLVM's number for `tailcc`: calls in tail position can be guaranteed to take no stack, whatever the parameters.
const TAILCC: u32 = 18;
/// LLVM's number for C's convention.
const CCC: u32 = 0;
/// LLVM's number for `fastcc`.
const FASTCC: u32 = 8;
/// LLVM's number for `preserve_mostcc`: the callee saves every register but those of floats.
pub(crate) const PRESERVE_MOSTCC: u32 = 14;
/// LLVM's number for `preserve_allcc`: the callee saves every register.
const PRESERVE_ALLCC: u32 = 15;

/// Entry points that compiled code needs seldom, because it does the usual case itself.
const SELDOM: &[&str] = &[
    "dark_alloc",
    "dark_free",
    "dark_interrupt",
    "dark_int_",
    "dark_list_cons",
    "dark_list_push",
    "dark_list_set",
    "dark_list_tail",
];

/// Entry points that only read: two calls with the same arguments and no write between them are one.
const READING: &[&str] =
    &["dark_dict_find", "dark_dict_len", "dark_equal", "dark_compare", "dark_string_equal", "dark_int_compare"];
/// LLVM's number for the memory effect of reading anything: two bits for each kind of location.
const READS_MEMORY: u64 = 0x55;

pub(crate) struct Unit<'c, 'p> {
    pub context: &'c Context,
    pub module: Module<'c>,
    pub program: &'p Program,
    pub part: &'p Part,
    /// Whether fast code is worth more code, and more of LLVM's time.
    pub optimise: bool,
    /// For instructions that stand elsewhere than those that are being written.
    pub(crate) aside: Builder<'c>,
    /// By `FunctionId`: what has been declared.
    functions: Vec<Option<FunctionValue<'c>>>,
    /// By `GlobalId`: the slots of each value that has been declared.
    globals: Vec<Option<GlobalValue<'c>>>,
    pub(crate) texts: FxHashMap<Arc<str>, PointerValue<'c>>,
    pub(crate) bytes: FxHashMap<Arc<str>, PointerValue<'c>>,
    pub(crate) locations: FxHashMap<(Arc<str>, u32, u32, Arc<str>), PointerValue<'c>>,
    pub(crate) type_infos: FxHashMap<TypeId, GlobalValue<'c>>,
    pub(crate) case_constants: FxHashMap<(TypeId, u32), PointerValue<'c>>,
    pub(crate) closures: FxHashMap<FunctionId, PointerValue<'c>>,
    pub(crate) captures: FxHashMap<(Vec<TypeId>, String), PointerValue<'c>>,
    pub(crate) databases: FxHashMap<u32, PointerValue<'c>>,
    pub(crate) big_ints: FxHashMap<Arc<str>, PointerValue<'c>>,
    pub(crate) helpers: FxHashMap<String, FunctionValue<'c>>,
}

impl<'c, 'p> Unit<'c, 'p> {
    pub fn new(
        context: &'c Context,
        program: &'p Program,
        part: &'p Part,
        machine: &TargetMachine,
        optimise: bool,
    ) -> Unit<'c, 'p> {
        let module = context.create_module("dark");
        module.set_triple(&machine.get_triple());
        module.set_data_layout(&machine.get_target_data().get_data_layout());
        Unit {
            context,
            module,
            program,
            part,
            optimise,
            aside: context.create_builder(),
            functions: vec![None; program.functions.len()],
            globals: vec![None; program.globals.len()],
            texts: FxHashMap::default(),
            bytes: FxHashMap::default(),
            locations: FxHashMap::default(),
            type_infos: FxHashMap::default(),
            case_constants: FxHashMap::default(),
            closures: FxHashMap::default(),
            captures: FxHashMap::default(),
            databases: FxHashMap::default(),
            big_ints: FxHashMap::default(),
            helpers: FxHashMap::default(),
        }
    }

    /// The calling convention of compiled functions. LLVM's fast selection knows C's best.
    pub(crate) fn convention(&self, tail_called: bool) -> u32 {
        match (tail_called, self.optimise) {
            (true, _) => TAILCC,
            (false, true) => FASTCC,
            (false, false) => CCC,
        }
    }

    /// A function of the program, declared when it is first used.
    pub fn function(&mut self, id: FunctionId) -> Made<FunctionValue<'c>> {
        let (Some(declared), Some(function)) =
            (self.functions.get(id.0 as usize), self.program.functions.get(id.0 as usize))
        else {
            return fault("no such function");
        };
        if let Some(known) = declared {
            return Ok(*known);
        }
        let value = self.module.add_function(&self.link_name(&function.symbol), self.function_type(function), None);
        value.as_global_value().set_visibility(GlobalVisibility::Hidden);
        value.set_call_conventions(self.convention(function.tail_called));
        self.attribute(value, "nounwind");
        self.functions[id.0 as usize] = Some(value);
        Ok(value)
    }

    /// The slots of a value, declared when it is first used.
    pub fn global(&mut self, id: GlobalId) -> Made<GlobalValue<'c>> {
        let (Some(declared), Some(global)) = (self.globals.get(id.0 as usize), self.program.globals.get(id.0 as usize))
        else {
            return fault("no such value");
        };
        if let Some(known) = declared {
            return Ok(*known);
        }
        let ty = self.i64().array_type(self.program.types.layout(global.ty).slots);
        let value = self.module.add_global(ty, None, &self.link_name(&global.symbol));
        value.set_visibility(GlobalVisibility::Hidden);
        self.globals[id.0 as usize] = Some(value);
        Ok(value)
    }

    /// A name that no other part, no library and no part of the runtime has. To linkers `@` begins a version.
    pub fn link_name(&self, symbol: &str) -> String {
        match self.part.alone {
            true => symbol.to_owned(),
            false => format!("dark:{}", symbol.replace('@', "(at)")),
        }
    }

    /// All bodies, and `dark_app`. The first error is about the function that stands with it.
    pub fn emit(&mut self) -> Result<(), CodegenError> {
        let (program, part) = (self.program, self.part);
        let shared: FxHashSet<FunctionId> = part.shared.iter().copied().collect();
        let own = part.own.iter().map(|id| {
            let linkage = if shared.contains(id) { Linkage::External } else { Linkage::Internal };
            (*id, linkage)
        });
        for (id, linkage) in own {
            let Some(core) = program.functions.get(id.0 as usize) else { return fault("no such function") };
            self.body(id, core, linkage).map_err(|error| CodegenError { function: Some(id), ..error })?;
        }
        for id in &part.entries {
            self.trampoline(*id)?;
        }
        if part.app {
            for index in 0..program.globals.len() as u32 {
                let value = self.global(GlobalId(index))?;
                value.set_initializer(&value.get_value_type().into_array_type().const_zero());
                if part.alone {
                    value.set_linkage(Linkage::Internal);
                }
            }
            self.emit_app()?;
        }
        Ok(())
    }

    fn body(&mut self, id: FunctionId, core: &'p Function, linkage: Linkage) -> Made<()> {
        let value = self.function(id)?;
        value.set_linkage(linkage);
        if linkage == Linkage::Internal {
            // What nothing outside sees is not hidden from it.
            value.as_global_value().set_visibility(GlobalVisibility::Default);
        }
        Emitter::emit(self, id, core)
    }

    /// Lets LLVM check what was made.
    pub fn verify(&self) -> Made<()> {
        let Err(error) = self.module.verify() else { return Ok(()) };
        let wrong = self.functions.iter().position(|value| value.is_some_and(|value| !value.verify(false)));
        let function = wrong.map(|index| FunctionId(index as u32));
        Err(CodegenError { function, ..CodegenError::new(format!("LLVM finds the module wrong: {error}")) })
    }

    pub fn i64(&self) -> IntType<'c> {
        self.context.i64_type()
    }

    pub fn i32(&self) -> IntType<'c> {
        self.context.i32_type()
    }

    pub fn ptr(&self) -> PointerType<'c> {
        self.context.ptr_type(AddressSpace::default())
    }

    pub fn builder(&self) -> Builder<'c> {
        self.context.create_builder()
    }

    pub fn attribute(&self, function: FunctionValue<'c>, name: &str) {
        let kind = Attribute::get_named_enum_kind_id(name);
        function.add_attribute(AttributeLoc::Function, self.context.create_enum_attribute(kind, 0));
    }

    /// The compiled signature: the context, the place of the result where it is written to one, then each parameter as it is
    /// passed.
    pub fn function_type(&self, function: &Function) -> FunctionType<'c> {
        let params: Vec<TypeId> = function.params.iter().map(|param| function.vars[param.var.0 as usize]).collect();
        self.signature(&params, function.result)
    }

    pub fn signature(&self, params: &[TypeId], result: TypeId) -> FunctionType<'c> {
        let mut types: Vec<BasicMetadataTypeEnum<'c>> = vec![self.ptr().into()];
        let returned = self.returned(result);
        if returned.is_none() {
            types.push(self.ptr().into());
        }
        types.extend(params.iter().flat_map(|ty| self.passed(*ty)).map(BasicMetadataTypeEnum::from));
        match returned {
            Some(returned) => returned.fn_type(&types, false),
            None => self.context.void_type().fn_type(&types, false),
        }
    }

    fn abi_type(&self, abi: Abi) -> Option<BasicMetadataTypeEnum<'c>> {
        Some(match abi {
            Abi::Void => return None,
            Abi::Bool => self.context.bool_type().into(),
            Abi::I64 | Abi::U64 => self.i64().into(),
            Abi::U32 => self.i32().into(),
            Abi::F64 => self.context.f64_type().into(),
            Abi::Ptr => self.ptr().into(),
        })
    }

    /// Calls an intrinsic of LLVM.
    pub fn llvm(
        &self,
        builder: &Builder<'c>,
        name: &str,
        types: &[BasicTypeEnum<'c>],
        arguments: &[BasicMetadataValueEnum<'c>],
    ) -> Made<BasicValueEnum<'c>> {
        let function = LlvmIntrinsic::find(name).and_then(|it| it.get_declaration(&self.module, types));
        let Some(function) = function else { return fault(format!("no intrinsic `{name}`")) };
        match builder.build_call(function, arguments, "")?.try_as_basic_value() {
            ValueKind::Basic(value) => Ok(value),
            ValueKind::Instruction(_) => fault(format!("`{name}` has no result")),
        }
    }

    /// Compares the stack pointer with the context's limit.
    pub fn stack_is_below_limit(&self, builder: &Builder<'c>, context: PointerValue<'c>) -> Made<IntValue<'c>> {
        let stack = self.llvm(builder, "llvm.stacksave", &[self.ptr().into()], &[])?.into_pointer_value();
        let stack = builder.build_ptr_to_int(stack, self.i64(), "")?;
        let limit = builder.build_load(self.i64(), context, "limit")?.into_int_value();
        if let Some(load) = limit.as_instruction_value() {
            // Other threads write it. A volatile load of a word is read where it stands and in one piece, and unlike an
            // atomic one it becomes an operand of the comparison.
            let _ = load.set_alignment(8);
            if load.set_volatile(true).is_err() {
                return fault("a load that cannot be volatile");
            }
        }
        Ok(builder.build_int_compare(IntPredicate::ULT, stack, limit, "")?)
    }

    /// As `dark_interrupt` with the function's location, but no register is changed, so that testing the limit costs the
    /// function none. A function of the module does it: one for each location, so that nothing has to be handed to it, but
    /// in a part of a large program one for all.
    pub fn interrupt(&mut self, builder: &Builder<'c>, context: PointerValue<'c>, of: &Function) -> Made<()> {
        let (interrupt, _) = self.entry_point("dark_interrupt")?;
        let location = self.location(&of.location, &of.name);
        let (name, handed) = match self.part.alone {
            true => (format!("interrupt.{}", of.symbol), vec![context.into()]),
            false => ("interrupt".to_owned(), vec![context.into(), location.into()]),
        };
        let ty = self.context.void_type().fn_type(&vec![self.ptr().into(); handed.len()], false);
        let function = self.small_function(&name, ty, |_, builder, function| {
            let Some(context) = function.get_first_param() else { return fault("a helper without parameters") };
            let location = function.get_nth_param(1).unwrap_or(location.into());
            builder.build_call(interrupt, &[context.into(), location.into()], "")?;
            builder.build_return(None)?;
            Ok(())
        })?;
        self.set_aside(function, PRESERVE_ALLCC);
        let call = builder.build_call(function, &handed, "")?;
        call.set_call_convention(function.get_call_conventions());
        Ok(())
    }

    /// `void limit(context, location)`: calls the runtime when the stack pointer is below the limit. Fast builds call this in
    /// place of a test in line.
    pub fn limit(&mut self) -> Made<FunctionValue<'c>> {
        let (interrupt, _) = self.entry_point("dark_interrupt")?;
        let ty = self.context.void_type().fn_type(&[self.ptr().into(), self.ptr().into()], false);
        self.small_function("limit", ty, |unit, builder, function| {
            let (Some(context), Some(location)) = (function.get_first_param(), function.get_nth_param(1)) else {
                return fault("a helper without parameters");
            };
            let [below, done] = ["below", "done"].map(|name| unit.context.append_basic_block(function, name));
            let is_below = unit.stack_is_below_limit(builder, context.into_pointer_value())?;
            builder.build_conditional_branch(is_below, below, done)?;
            builder.position_at_end(below);
            builder.build_call(interrupt, &[context.into(), location.into()], "")?;
            builder.build_unconditional_branch(done)?;
            builder.position_at_end(done);
            builder.build_return(None)?;
            Ok(())
        })
    }

    /// A function of the module that is seldom called: it saves the registers, so that who may call it does not.
    pub fn set_aside(&self, function: FunctionValue<'c>, convention: u32) {
        let inline = Attribute::get_named_enum_kind_id("inlinehint");
        function.remove_enum_attribute(AttributeLoc::Function, inline);
        self.attribute(function, "noinline");
        self.attribute(function, "cold");
        function.set_call_conventions(convention);
    }

    /// An entry point of the runtime, declared when it is first used.
    pub fn entry_point(&mut self, name: &str) -> Made<(FunctionValue<'c>, &'static EntryPoint)> {
        let Some(row) = entry_point(name) else { return fault(format!("no entry point `{name}`")) };
        if let Some(known) = self.module.get_function(name) {
            return Ok((known, row));
        }
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = vec![self.ptr().into()];
        params.extend(row.params.iter().filter_map(|abi| self.abi_type(*abi)));
        let ty = match row.result {
            Abi::Void => self.context.void_type().fn_type(&params, false),
            Abi::Bool => self.context.bool_type().fn_type(&params, false),
            Abi::I64 | Abi::U64 => self.i64().fn_type(&params, false),
            Abi::U32 => self.i32().fn_type(&params, false),
            Abi::F64 => self.context.f64_type().fn_type(&params, false),
            Abi::Ptr => self.ptr().fn_type(&params, false),
        };
        let function = self.module.add_function(name, ty, None);
        self.attribute(function, "nounwind");
        let zero_extended = Attribute::get_named_enum_kind_id("zeroext");
        for (index, abi) in row.params.iter().enumerate() {
            if *abi == Abi::Bool {
                let attribute = self.context.create_enum_attribute(zero_extended, 0);
                function.add_attribute(AttributeLoc::Param(index as u32 + 1), attribute);
            }
        }
        if row.result == Abi::Bool {
            let attribute = self.context.create_enum_attribute(zero_extended, 0);
            function.add_attribute(AttributeLoc::Return, attribute);
        }
        if row.diverges {
            self.attribute(function, "noreturn");
        }
        if row.diverges || SELDOM.iter().any(|prefix| name.starts_with(prefix)) {
            self.attribute(function, "cold");
        }
        if READING.contains(&name) {
            let memory = Attribute::get_named_enum_kind_id("memory");
            function.add_attribute(AttributeLoc::Function, self.context.create_enum_attribute(memory, READS_MEMORY));
            self.attribute(function, "willreturn");
        }
        if name == "dark_alloc" {
            let noalias = Attribute::get_named_enum_kind_id("noalias");
            function.add_attribute(AttributeLoc::Return, self.context.create_enum_attribute(noalias, 0));
            let nonnull = Attribute::get_named_enum_kind_id("nonnull");
            function.add_attribute(AttributeLoc::Return, self.context.create_enum_attribute(nonnull, 0));
        }
        Ok((function, row))
    }
}
