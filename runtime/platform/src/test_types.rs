//! Type descriptors as the compiler emits them, for tests. They live as long as the process.

use std::ptr::{null, null_mut};

use dark_abi::{CaseInfo, FieldInfo, Kind, SLOT_BYTES, SLOTS_MAX, StaticSlice, StaticStr, TypeInfo, flags};

pub(crate) type Type = &'static TypeInfo;

pub(crate) fn static_text(text: &str) -> StaticStr {
    let text: &'static str = String::from(text).leak();
    StaticStr { bytes: text.as_ptr(), len: text.len() }
}

pub(crate) fn static_list<T: 'static>(items: Vec<T>) -> StaticSlice<T> {
    let items: &'static [T] = items.leak();
    StaticSlice { first: items.as_ptr(), len: items.len() }
}

fn make(kind: Kind, name: &str) -> TypeInfo {
    let counted = match kind {
        Kind::Int
        | Kind::String
        | Kind::Char
        | Kind::Blob
        | Kind::List
        | Kind::Dict
        | Kind::Function
        | Kind::Stream => flags::COUNTED,
        _ => 0,
    };
    let slots = if matches!(kind, Kind::Int128 | Kind::UInt128 | Kind::Uuid) { 2 } else { 1 };
    TypeInfo {
        kind,
        flags: counted,
        slots,
        box_bytes: 0,
        name: static_text(name),
        element: null(),
        fields: static_list(Vec::new()),
        cases: static_list(Vec::new()),
    }
}

fn keep(ty: TypeInfo) -> Type {
    Box::leak(Box::new(ty))
}

pub(crate) fn plain(kind: Kind) -> Type {
    keep(make(kind, &format!("{kind:?}")))
}

pub(crate) fn list_of(element: Type) -> Type {
    keep(TypeInfo { element, ..make(Kind::List, "List") })
}

/// Fields one after the other from `offset` on, with the slots they take.
fn fields(named: &[(&str, Type)], offset: u32) -> (Vec<FieldInfo>, u32) {
    let mut at = offset;
    let infos = named.iter().map(|(name, ty)| {
        let info = FieldInfo { name: static_text(name), ty: *ty, offset: at };
        at += ty.slots * SLOT_BYTES as u32;
        info
    });
    let infos = infos.collect();
    (infos, (at - offset) / SLOT_BYTES as u32)
}

fn aggregate(kind: Kind, name: &str, named: &[(&str, Type)]) -> Type {
    let counted = named.iter().fold(0, |all, (_, ty)| all | ty.flags & flags::COUNTED);
    let (unboxed, slots) = fields(named, 0);
    if slots as usize <= SLOTS_MAX {
        return keep(TypeInfo { flags: counted, slots, fields: static_list(unboxed), ..make(kind, name) });
    }
    let boxed = static_list(fields(named, SLOT_BYTES as u32).0);
    let box_bytes = (1 + slots) * SLOT_BYTES as u32;
    keep(TypeInfo { flags: flags::BOXED | flags::COUNTED, slots: 1, box_bytes, fields: boxed, ..make(kind, name) })
}

pub(crate) fn record(name: &str, named: &[(&str, Type)]) -> Type {
    aggregate(Kind::Record, name, named)
}

/// An enum whose cases have at most one field each, small enough to go without a box.
fn cases(name: &str, extra_flags: u32, cases: &[(&str, Option<Type>)]) -> Type {
    let most = cases.iter().filter_map(|(_, ty)| ty.map(|ty| ty.slots)).max().unwrap_or(0);
    let counted = cases.iter().filter_map(|(_, ty)| *ty).fold(0, |all, ty| all | ty.flags & flags::COUNTED);
    let infos = cases.iter().map(|(name, ty)| {
        let named: Vec<(&str, Type)> = ty.iter().map(|ty| ("", *ty)).collect();
        let fields = static_list(fields(&named, SLOT_BYTES as u32).0);
        CaseInfo { name: static_text(name), fields, constant: null_mut() }
    });
    let infos = static_list(infos.collect());
    keep(TypeInfo { flags: extra_flags | counted, slots: 1 + most, cases: infos, ..make(Kind::Enum, name) })
}

pub(crate) fn enum_of(name: &str, names: &[&str]) -> Type {
    let named: Vec<(&str, Option<Type>)> = names.iter().map(|name| (*name, None)).collect();
    cases(name, 0, &named)
}

pub(crate) fn option(of: Type) -> Type {
    cases("Stdlib.Option.Option", flags::OPTION, &[("None", None), ("Some", Some(of))])
}

pub(crate) fn result(ok: Type, error: Type) -> Type {
    cases("Stdlib.Result.Result", flags::RESULT, &[("Ok", Some(ok)), ("Error", Some(error))])
}
