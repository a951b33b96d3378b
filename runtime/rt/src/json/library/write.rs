//! Values to JSON, without recursion.

use ::std::collections::HashMap;
use ::std::fmt::Write;
use ::std::rc::Rc;

use dark_abi::{FieldInfo, Kind, TypeInfo, flags};

use super::{number::float_text, write_string};
use crate::invocation::{Failure, Fault, static_text};
use crate::memory::Heap;
use crate::value::{self, Ty};
use crate::{dict, list, number, text};

/// What is still to be written.
enum Item {
    Value(*const u64, Ty),
    /// So many elements that stand one after the other; whether the first one is still to come.
    Elements(*const u64, usize, Ty, bool),
    Entries(dict::Entries, Ty, bool),
    /// The fields of a tuple or case from that index on, and where their offsets count from.
    Fields(*const u8, &'static [FieldInfo], usize),
    /// The fields of a record from that place in their order on.
    Members(*const u8, &'static [FieldInfo], Rc<[usize]>, usize),
    Text(&'static str),
}

struct Writer<'h> {
    out: String,
    limit_bytes: usize,
    heap: &'h Heap,
    /// Fields of records in ascending order of their names.
    orders: HashMap<*const TypeInfo, Rc<[usize]>>,
    pending: Vec<Item>,
}

/// The JSON of a value.
///
/// # Safety
/// The slots hold a value of that type.
pub unsafe fn serialize(heap: &Heap, slots: *const u64, ty: Ty) -> Result<String, Fault> {
    let limit_bytes = heap.limit_bytes().saturating_sub(heap.reserved_bytes());
    let pending = vec![Item::Value(slots, ty)];
    let mut writer = Writer { out: String::new(), limit_bytes, heap, orders: HashMap::new(), pending };
    while let Some(item) = writer.pending.pop() {
        // SAFETY: the parts of values are values.
        unsafe { writer.write(item)? };
        if writer.out.len() > writer.limit_bytes {
            return Err(Failure::memory());
        }
    }
    Ok(writer.out)
}

impl Writer<'_> {
    fn separate(&mut self, is_first: bool) {
        if !is_first {
            self.out.push(',');
        }
    }

    unsafe fn write(&mut self, item: Item) -> Result<(), Fault> {
        // SAFETY: promised by the caller.
        unsafe {
            match item {
                Item::Value(slots, ty) => return self.value(slots, ty),
                Item::Text(text) => self.out.push_str(text),
                Item::Elements(_, 0, ..) => {}
                Item::Elements(slots, left, ty, is_first) => {
                    self.separate(is_first);
                    self.pending.push(Item::Elements(slots.add(ty.slots as usize), left - 1, ty, false));
                    self.pending.push(Item::Value(slots, ty));
                }
                Item::Entries(mut entries, ty, is_first) => {
                    let Some((key, slots)) = entries.next() else { return Ok(()) };
                    self.separate(is_first);
                    write_string(&mut self.out, text::as_str(key));
                    self.out.push(':');
                    self.pending.push(Item::Entries(entries, ty, false));
                    self.pending.push(Item::Value(slots, ty));
                }
                Item::Fields(base, fields, index) => {
                    let Some(field) = fields.get(index) else { return Ok(()) };
                    self.separate(index == 0);
                    self.pending.push(Item::Fields(base, fields, index + 1));
                    self.field(base, field);
                }
                Item::Members(base, fields, order, place) => {
                    let Some(field) = order.get(place).and_then(|index| fields.get(*index)) else { return Ok(()) };
                    self.separate(place == 0);
                    write_string(&mut self.out, static_text(&field.name));
                    self.out.push(':');
                    self.pending.push(Item::Members(base, fields, order, place + 1));
                    self.field(base, field);
                }
            }
        }
        Ok(())
    }

    /// # Safety
    /// The field lies at its offset from the base.
    unsafe fn field(&mut self, base: *const u8, field: &FieldInfo) {
        // SAFETY: promised by the caller.
        unsafe { self.pending.push(Item::Value(base.add(field.offset as usize).cast(), value::ty(field.ty))) };
    }

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
            // Writing to a string does not fail.
            let _ = match ty.kind {
                Kind::Unit => write!(out, "null"),
                Kind::Bool => write!(out, "{}", word != 0),
                Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => write!(out, "{}", word as i64),
                Kind::UInt8 | Kind::UInt16 | Kind::UInt32 | Kind::UInt64 => write!(out, "{word}"),
                Kind::Int128 => write!(out, "{}", value::wide(slots) as i128),
                Kind::UInt128 => write!(out, "{}", value::wide(slots)),
                Kind::Int => write!(out, "{}", number::display(word)),
                Kind::Float => write!(out, "{}", float(f64::from_bits(word))),
                Kind::DateTime => write!(out, "\"{}\"", value::date_time_text(word as i64)),
                Kind::Uuid => write!(out, "\"{}\"", value::uuid_text(value::wide(slots))),
                Kind::Char | Kind::String => {
                    write_string(out, text::as_str(value::object(slots)));
                    Ok(())
                }
                Kind::List => {
                    let list = value::object(slots);
                    self.open("[", "]");
                    self.pending.push(Item::Elements(list::at(list, 0), list::len(list), value::element(ty), true));
                    Ok(())
                }
                Kind::Dict => {
                    self.open("{", "}");
                    let entries = dict::entries(value::object(slots));
                    self.pending.push(Item::Entries(entries, value::element(ty), true));
                    Ok(())
                }
                Kind::Tuple => {
                    self.open("[", "]");
                    self.pending.push(Item::Fields(value::base(slots, ty), value::fields(ty), 0));
                    Ok(())
                }
                Kind::Record => {
                    self.open("{", "}");
                    let order = self.order(ty);
                    self.pending.push(Item::Members(value::base(slots, ty), value::fields(ty), order, 0));
                    Ok(())
                }
                Kind::Enum => {
                    self.case(slots, ty);
                    Ok(())
                }
                _ => return self.refuse(slots, ty),
            };
        }
        Ok(())
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
            write_string(&mut self.out, static_text(&case.name));
            self.out.push(':');
            self.open("[", "]}");
            self.pending.push(Item::Fields(value::base(slots, ty), value::items(&case.fields), 0));
        }
    }

    fn order(&mut self, ty: Ty) -> Rc<[usize]> {
        let sorted = || {
            let fields = value::fields(ty);
            // SAFETY: a descriptor is static data.
            let name = |index: &usize| unsafe { static_text(&fields[*index].name) }.as_bytes();
            let mut order: Vec<usize> = (0..fields.len()).collect();
            order.sort_by(|a, b| text::compare(name(a), name(b)));
            order.into()
        };
        self.orders.entry(::std::ptr::from_ref(ty)).or_insert_with(sorted).clone()
    }

    /// # Safety
    /// The slots hold a value of that type.
    unsafe fn refuse(&self, slots: *const u64, ty: Ty) -> Result<(), Fault> {
        // SAFETY: promised by the caller.
        let shown = unsafe { value::repr_within(self.heap, slots, ty)? };
        Err(Failure::message(format!("Cannot serialize {shown} into JSON")))
    }
}

fn float(number: f64) -> String {
    match number {
        _ if number.is_nan() => "\"NaN\"".to_owned(),
        f64::INFINITY => "\"Infinity\"".to_owned(),
        f64::NEG_INFINITY => "\"-Infinity\"".to_owned(),
        _ => float_text(number),
    }
}
