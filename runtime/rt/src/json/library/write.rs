//! Values to JSON, without recursion.

use ::std::collections::HashMap;
use ::std::rc::Rc;

use dark_abi::{Elements, FieldInfo, Kind, List, Str, TypeInfo, flags};

use super::{number::write_float, write_string};
use crate::invocation::{Failure, Fault, static_text};
use crate::memory::Heap;
use crate::text::Growing;
use crate::value::{self, Ty};
use crate::{dict, list, number, text};

/// What is still to be written.
enum Item {
    /// So many elements; whether the first one is still to come.
    Elements(Elements, usize, bool),
    Entries(dict::Entries, Ty, bool),
    /// The fields of a tuple or case from that index on, and where their offsets count from.
    Fields(*const u8, &'static [FieldInfo], usize),
    /// The members of a record from that one on.
    Members(*const u8, Rc<[Member]>, usize),
    Text(&'static str),
}

/// A field of a record, with what stands in front of its value.
struct Member {
    prefix: Box<str>,
    field: &'static FieldInfo,
}

struct Writer<'h> {
    out: Growing<'h>,
    /// The members of records, in ascending order of their names.
    records: HashMap<*const TypeInfo, Rc<[Member]>>,
    /// The record that was written last.
    latest: Option<(Ty, Rc<[Member]>)>,
    pending: Vec<Item>,
}

/// The JSON of a value.
///
/// # Safety
/// The slots hold a value of that type.
pub unsafe fn serialize(heap: &mut Heap, slots: *const u64, ty: Ty) -> Result<*mut Str, Fault> {
    let (records, pending) = (HashMap::new(), Vec::new());
    let mut writer = Writer { out: Growing::new(heap, 0), records, latest: None, pending };
    // SAFETY: promised by the caller; the parts of values are values.
    unsafe {
        writer.value(slots, ty)?;
        while let Some(item) = writer.pending.pop() {
            writer.write(item)?;
        }
    }
    writer.out.finish()
}

impl Writer<'_> {
    fn separate(&mut self, is_first: bool) {
        if !is_first {
            self.out.push(',');
        }
    }

    /// Goes on with an item, up to its end or to a part that has parts itself.
    unsafe fn write(&mut self, item: Item) -> Result<(), Fault> {
        // SAFETY: promised by the caller.
        unsafe {
            match item {
                Item::Text(text) => self.out.push_str(text),
                Item::Elements(elements, len, is_first) => {
                    let ty = elements.element;
                    for i in 0..len {
                        self.separate(is_first && i == 0);
                        if has_parts(ty) {
                            self.pending.push(Item::Elements(elements.behind(i + 1), len - i - 1, false));
                            return self.value(elements.at(i), ty);
                        }
                        self.value(elements.at(i), ty)?;
                    }
                }
                Item::Entries(mut entries, ty, mut is_first) => {
                    while let Some((key, slots)) = entries.next() {
                        self.separate(::std::mem::take(&mut is_first));
                        string(&mut self.out, text::as_str(key));
                        self.out.push(':');
                        if has_parts(ty) {
                            self.pending.push(Item::Entries(entries, ty, false));
                            return self.value(slots, ty);
                        }
                        self.value(slots, ty)?;
                    }
                }
                Item::Fields(base, fields, start) => {
                    for (index, field) in fields.iter().enumerate().skip(start) {
                        self.separate(index == 0);
                        let (slots, ty) = part(base, field);
                        if has_parts(ty) {
                            self.pending.push(Item::Fields(base, fields, index + 1));
                            return self.value(slots, ty);
                        }
                        self.value(slots, ty)?;
                    }
                }
                Item::Members(base, members, start) => {
                    for (index, member) in members.iter().enumerate().skip(start) {
                        self.separate(index == 0);
                        self.out.push_str(&member.prefix);
                        let (slots, ty) = part(base, member.field);
                        if has_parts(ty) {
                            self.pending.push(Item::Members(base, members, index + 1));
                            return self.value(slots, ty);
                        }
                        self.value(slots, ty)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes a value; of one with parts its beginning, and the rest is pending.
    ///
    /// # Safety
    /// The slots hold a value of that type.
    unsafe fn value(&mut self, slots: *const u64, ty: Ty) -> Result<(), Fault> {
        if ty.flags & flags::SECRET != 0 {
            // SAFETY: promised by the caller.
            return unsafe { self.refuse(slots, ty) };
        }
        let out = &mut self.out;
        // SAFETY: each kind's slots hold what the table in `dark_abi` says.
        unsafe {
            let word = *slots;
            match ty.kind {
                Kind::Unit => out.push_str("null"),
                Kind::Bool => out.push_str(if word != 0 { "true" } else { "false" }),
                Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => integer(out, word as i64),
                Kind::UInt8 | Kind::UInt16 | Kind::UInt32 | Kind::UInt64 => integer(out, word),
                Kind::Int128 => integer(out, value::wide(slots) as i128),
                Kind::UInt128 => integer(out, value::wide(slots)),
                Kind::Int if number::is_small(word) => integer(out, number::small(word)),
                Kind::Int => out.push_str(&number::display(word)),
                Kind::Float => float(out, f64::from_bits(word)),
                Kind::DateTime => quoted(out, &value::date_time_text(word as i64)),
                Kind::Uuid => quoted(out, &value::uuid_text(value::wide(slots))),
                Kind::Char | Kind::String => string(out, text::as_str(value::object(slots))),
                Kind::List => {
                    let list: *const List = value::object(slots);
                    self.open("[", "]");
                    if !list.is_null() {
                        let elements = list::elements(list, value::element(ty));
                        self.pending.push(Item::Elements(elements, list::len(list), true));
                    }
                }
                Kind::Dict => {
                    self.open("{", "}");
                    let entries = dict::entries(value::object(slots));
                    self.pending.push(Item::Entries(entries, value::element(ty), true));
                }
                Kind::Tuple => {
                    self.open("[", "]");
                    self.pending.push(Item::Fields(value::base(slots, ty), value::fields(ty), 0));
                }
                Kind::Record => {
                    self.open("{", "}");
                    let members = self.members(ty);
                    self.pending.push(Item::Members(value::base(slots, ty), members, 0));
                }
                Kind::Enum => self.case(slots, ty),
                _ => return self.refuse(slots, ty),
            }
        }
        if self.out.is_refused() { Err(Failure::memory()) } else { Ok(()) }
    }

    fn open(&mut self, opening: &str, closing: &'static str) {
        self.out.push_str(opening);
        self.pending.push(Item::Text(closing));
    }

    /// # Safety
    /// The slots hold a value of that enum.
    unsafe fn case(&mut self, slots: *const u64, ty: Ty) {
        // SAFETY: promised by the caller.
        unsafe {
            let Some(case) = value::cases(ty).get(value::case_index(slots, ty)) else { return };
            self.out.push('{');
            string(&mut self.out, static_text(&case.name));
            self.out.push(':');
            self.open("[", "]}");
            self.pending.push(Item::Fields(value::base(slots, ty), value::items(&case.fields), 0));
        }
    }

    fn members(&mut self, ty: Ty) -> Rc<[Member]> {
        if let Some((latest, members)) = &self.latest
            && ::std::ptr::eq(*latest, ty)
        {
            return Rc::clone(members);
        }
        let members = Rc::clone(self.records.entry(::std::ptr::from_ref(ty)).or_insert_with(|| sorted(ty)));
        self.latest = Some((ty, Rc::clone(&members)));
        members
    }

    /// # Safety
    /// The slots hold a value of that type.
    unsafe fn refuse(&self, slots: *const u64, ty: Ty) -> Result<(), Fault> {
        // SAFETY: promised by the caller.
        let shown = unsafe { value::repr_within(self.out.heap(), slots, ty)? };
        Err(Failure::message(format!("Cannot serialize {shown} into JSON")))
    }
}

/// Values of these kinds are written piece by piece.
fn has_parts(ty: Ty) -> bool {
    matches!(ty.kind, Kind::List | Kind::Dict | Kind::Tuple | Kind::Record | Kind::Enum)
}

/// # Safety
/// The field lies at its offset from the base.
unsafe fn part(base: *const u8, field: &FieldInfo) -> (*const u64, Ty) {
    // SAFETY: promised by the caller; a descriptor is static data.
    unsafe { (base.add(field.offset as usize).cast(), value::ty(field.ty)) }
}

/// The members of a record in ascending order of their names.
fn sorted(ty: Ty) -> Rc<[Member]> {
    // SAFETY: a descriptor is static data.
    let name = |field: &FieldInfo| unsafe { static_text(&field.name) };
    let mut fields: Vec<&FieldInfo> = value::fields(ty).iter().collect();
    fields.sort_by(|a, b| text::compare(name(a).as_bytes(), name(b).as_bytes()));
    let members = fields.into_iter().map(|field| {
        let mut prefix = String::new();
        // Writing to a string does not fail.
        let _ = write_string(&mut prefix, name(field));
        prefix.push(':');
        Member { prefix: prefix.into(), field }
    });
    members.collect()
}

fn integer(out: &mut Growing, number: impl itoa::Integer) {
    out.push_str(itoa::Buffer::new().format(number));
}

fn string(out: &mut Growing, text: &str) {
    // What finds no room is said at the end.
    let _ = write_string(out, text);
}

/// A text that needs no escapes.
fn quoted(out: &mut Growing, text: &str) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

fn float(out: &mut Growing, number: f64) {
    match number {
        _ if number.is_nan() => out.push_str("\"NaN\""),
        f64::INFINITY => out.push_str("\"Infinity\""),
        f64::NEG_INFINITY => out.push_str("\"-Infinity\""),
        _ => {
            let _ = write_float(out, number);
        }
    }
}
