//! Type descriptors: `dark_abi::TypeInfo` for every type whose values the runtime has to understand.

use crate::unit::Unit;
use crate::{Made, fault};
use dark_abi::{Kind, SLOT_BYTES, flags};
use dark_ir::types::{Case, Definition, Scalar, Special, Type, TypeId};
use inkwell::module::Linkage;
use inkwell::types::StructType;
use inkwell::values::{BasicValueEnum, PointerValue, StructValue};

const HEADER_BYTES: u32 = 8;

/// What a descriptor says of a type.
struct Description {
    kind: Kind,
    flags: u32,
    element: Option<TypeId>,
    /// Name, type, and whether it takes place (parameters of functions do not).
    fields: Vec<(String, TypeId)>,
    cases: Vec<Case>,
}

impl<'c> Unit<'c, '_> {
    /// `{ kind, flags, slots, box_bytes, name, element, fields, cases }`
    fn type_info_type(&self) -> StructType<'c> {
        let (half, word, ptr) = (self.i32().into(), self.i64().into(), self.ptr().into());
        let slice = self.context.struct_type(&[ptr, word], false).into();
        self.context.struct_type(&[half, half, half, half, slice, ptr, slice, slice], false)
    }

    /// The descriptor of a type.
    pub(crate) fn type_info(&mut self, ty: TypeId) -> Made<PointerValue<'c>> {
        if let Some(known) = self.type_infos.get(&ty) {
            return Ok(known.as_pointer_value());
        }
        let name = dark_ir::print::type_name(&self.program.types, ty);
        let global = self.module.add_global(self.type_info_type(), None, &format!("type.{name}"));
        global.set_linkage(Linkage::Private);
        global.set_constant(true);
        global.set_alignment(8);
        // Known before it is filled in: a type may contain itself.
        self.type_infos.insert(ty, global);
        let described = self.describe(ty)?;
        let layout = self.program.types.layout(ty);
        let mut bits = described.flags;
        if layout.boxed {
            bits |= flags::BOXED;
        }
        if layout.counted {
            bits |= flags::COUNTED;
        }
        let value = self.fill(&described, bits, layout.slots, layout.box_bytes, layout.boxed, &name, Some(ty))?;
        global.set_initializer(&value);
        Ok(global.as_pointer_value())
    }

    /// The descriptor of a closure's captures: a tuple without a box, of any number of slots. It is called like the named
    /// function that the closure stands for, if it does.
    pub(crate) fn captures_info(&mut self, captured: &[TypeId], name: Option<&str>) -> Made<PointerValue<'c>> {
        let name = name.unwrap_or_default();
        let key = (captured.to_vec(), name.to_string());
        if let Some(known) = self.captures.get(&key) {
            return Ok(*known);
        }
        let slots: u32 = captured.iter().map(|ty| self.slots(*ty)).sum();
        let counted = captured.iter().any(|ty| self.counted(*ty));
        let described = Description {
            kind: Kind::Tuple,
            flags: 0,
            element: None,
            fields: captured.iter().map(|ty| (String::new(), *ty)).collect(),
            cases: Vec::new(),
        };
        let bits = if counted { flags::COUNTED } else { 0 };
        let value = self.fill(&described, bits, slots, 0, false, name, None)?;
        let pointer = self.static_data("captures", value).as_pointer_value();
        self.captures.insert(key, pointer);
        Ok(pointer)
    }

    #[allow(clippy::too_many_arguments)]
    fn fill(
        &mut self,
        described: &Description,
        bits: u32,
        slots: u32,
        box_bytes: u32,
        boxed: bool,
        name: &str,
        ty: Option<TypeId>,
    ) -> Made<StructValue<'c>> {
        let element = match described.element {
            Some(element) => self.type_info(element)?,
            None => self.null(),
        };
        let takes_place = described.kind != Kind::Function;
        let start = if boxed { HEADER_BYTES } else { 0 };
        let fields = self.field_infos(&described.fields, start, takes_place)?;
        let fields = self.static_slice("fields", &fields);
        let mut cases = Vec::new();
        for (index, case) in described.cases.iter().enumerate() {
            let named: Vec<(String, TypeId)> = case.fields.iter().map(|ty| (String::new(), *ty)).collect();
            // The case index of an unboxed enum takes as much as the header of a boxed one.
            let infos = self.field_infos(&named, HEADER_BYTES, true)?;
            let infos = self.static_slice("fields", &infos);
            let constant = match ty {
                Some(ty) if boxed && case.fields.is_empty() => self.case_constant(ty, index as u32),
                _ => self.null(),
            };
            let name = self.static_str(&case.name);
            cases.push(self.context.const_struct(&[name, infos, constant.into()], false));
        }
        let cases = self.static_slice("cases", &cases);
        let parts: [BasicValueEnum<'c>; 8] = [
            self.half(described.kind as u32),
            self.half(bits),
            self.half(slots),
            self.half(box_bytes),
            self.static_str(name),
            element.into(),
            fields,
            cases,
        ];
        Ok(self.context.const_struct(&parts, false))
    }

    fn field_infos(
        &mut self,
        fields: &[(String, TypeId)],
        start: u32,
        takes_place: bool,
    ) -> Made<Vec<StructValue<'c>>> {
        let mut at = start;
        let mut infos = Vec::new();
        for (name, ty) in fields {
            let parts = [self.static_str(name), self.type_info(*ty)?.into(), self.half(at)];
            infos.push(self.context.const_struct(&parts, false));
            if takes_place {
                at += self.slots(*ty) * SLOT_BYTES as u32;
            }
        }
        Ok(infos)
    }

    fn describe(&self, ty: TypeId) -> Made<Description> {
        let plain = |kind| Description { kind, flags: 0, element: None, fields: Vec::new(), cases: Vec::new() };
        let of = |kind, element: &TypeId| Description { element: Some(*element), ..plain(kind) };
        let unnamed = |parts: &[TypeId]| parts.iter().map(|ty| (String::new(), *ty)).collect::<Vec<_>>();
        Ok(match self.program.types.get(ty) {
            Type::Unit => plain(Kind::Unit),
            Type::Bool => plain(Kind::Bool),
            Type::Sized(scalar) => plain(scalar_kind(*scalar)),
            Type::Int => plain(Kind::Int),
            Type::Float => plain(Kind::Float),
            Type::Char => plain(Kind::Char),
            Type::String => plain(Kind::String),
            Type::DateTime => plain(Kind::DateTime),
            Type::Uuid => plain(Kind::Uuid),
            Type::Blob => plain(Kind::Blob),
            Type::List(element) => of(Kind::List, element),
            Type::Dict(value) => of(Kind::Dict, value),
            Type::Stream(element) => of(Kind::Stream, element),
            Type::Db(row) => of(Kind::Db, row),
            Type::Tuple(parts) => Description { fields: unnamed(parts), ..plain(Kind::Tuple) },
            Type::Function(params, result) => {
                let fields = params.iter().chain([result]).copied().collect::<Vec<_>>();
                Description { fields: unnamed(&fields), ..plain(Kind::Function) }
            }
            Type::Nominal(nominal) => {
                let data = self.program.types.nominal_data(*nominal);
                let special = match data.special {
                    Special::None => 0,
                    Special::Option => flags::OPTION,
                    Special::Result => flags::RESULT,
                    Special::Secret => flags::SECRET,
                    Special::Password => flags::SECRET | flags::STORED,
                };
                match &data.definition {
                    Definition::Record(fields) => {
                        Description { fields: fields.clone(), flags: special, ..plain(Kind::Record) }
                    }
                    Definition::Enum(cases) => {
                        Description { cases: cases.clone(), flags: special, ..plain(Kind::Enum) }
                    }
                    Definition::Pending => return fault("an unfinished type"),
                }
            }
        })
    }
}

pub(crate) fn scalar_kind(scalar: Scalar) -> Kind {
    match scalar {
        Scalar::Int8 => Kind::Int8,
        Scalar::UInt8 => Kind::UInt8,
        Scalar::Int16 => Kind::Int16,
        Scalar::UInt16 => Kind::UInt16,
        Scalar::Int32 => Kind::Int32,
        Scalar::UInt32 => Kind::UInt32,
        Scalar::Int64 => Kind::Int64,
        Scalar::UInt64 => Kind::UInt64,
        Scalar::Int128 => Kind::Int128,
        Scalar::UInt128 => Kind::UInt128,
    }
}
