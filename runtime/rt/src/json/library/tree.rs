//! `Stdlib.AltJson`: JSON of any form as an enum of the library, both ways. Its cases are found by their names.

use dark_abi::{Elements, List, SLOTS_MAX, Str};

use super::document::{Document, Form};
use super::number::number_text;
use super::read::Slots;
use super::write_string;
use crate::invocation::{Failure, Fault, static_text};
use crate::memory::Heap;
use crate::value::{self, Ty};
use crate::{list, number, text};

/// The cases of the library's enum.
struct Cases {
    ty: Ty,
    null: usize,
    bool: usize,
    number: usize,
    string: usize,
    array: usize,
    object: usize,
    /// A key and its value.
    member: Ty,
}

impl Cases {
    fn of(ty: Ty) -> Option<Cases> {
        // SAFETY: a descriptor is static data.
        let find = |name| value::cases(ty).iter().position(|case| unsafe { static_text(&case.name) } == name);
        let object = find("Object")?;
        // SAFETY: as above.
        let members = unsafe { value::ty(value::items(&value::cases(ty)[object].fields).first()?.ty) };
        Some(Cases {
            ty,
            null: find("Null")?,
            bool: find("Bool")?,
            number: find("Number")?,
            string: find("String")?,
            array: find("Array")?,
            object,
            member: value::element(members),
        })
    }
}

fn other_form() -> Fault {
    Failure::internal("the type of JSON trees has another form")
}

/// An array or object that has begun, with the slots of its elements or members.
struct Frame {
    node: usize,
    next: usize,
    slots: Vec<u64>,
    count: usize,
    /// The key whose value is being read.
    key: *mut Str,
}

struct Reader<'d, 'h> {
    document: &'d Document<'d>,
    heap: &'h mut Heap,
    cases: Cases,
    frames: Vec<Frame>,
}

/// The tree of a document.
pub fn read_tree(heap: &mut Heap, document: &Document<'_>, ty: Ty) -> Result<Slots, Fault> {
    let cases = Cases::of(ty).ok_or_else(other_form)?;
    let mut reader = Reader { document, heap, cases, frames: Vec::new() };
    reader.tree().inspect_err(|_| reader.drop_all())
}

impl Reader<'_, '_> {
    fn tree(&mut self) -> Result<Slots, Fault> {
        let mut done = self.begin(0)?;
        loop {
            match done {
                Some(slots) if self.frames.is_empty() => return Ok(slots),
                Some(slots) => self.take(slots)?,
                None => {}
            }
            done = match self.next_part()? {
                Some(node) => self.begin(node)?,
                None => Some(self.finish()?),
            };
        }
    }

    fn make(&mut self, case: usize, slots: &[u64]) -> Result<Slots, Fault> {
        let mut result = [0; SLOTS_MAX];
        // SAFETY: there is room for any value.
        unsafe { value::make_case(self.heap, self.cases.ty, case, slots, result.as_mut_ptr())? };
        Ok(result)
    }

    fn begin(&mut self, node: usize) -> Result<Option<Slots>, Fault> {
        let document = self.document;
        let form = document.form(node);
        let made = match form {
            Form::Null => self.make(self.cases.null, &[])?,
            Form::True | Form::False => self.make(self.cases.bool, &[u64::from(form == Form::True)])?,
            Form::Number => {
                let number: f64 = document.raw(node).parse().unwrap_or(f64::NAN);
                self.make(self.cases.number, &[number.to_bits()])?
            }
            Form::String => {
                let str = text::new(self.heap, &document.text_of(node))?;
                self.make(self.cases.string, &[str as u64])?
            }
            Form::Array | Form::Object => {
                let key = ::std::ptr::null_mut();
                self.frames.push(Frame { node, next: node + 1, slots: Vec::new(), count: 0, key });
                return Ok(None);
            }
        };
        Ok(Some(made))
    }

    fn next_part(&mut self) -> Result<Option<usize>, Fault> {
        let document = self.document;
        let Some(frame) = self.frames.last_mut() else { return Ok(None) };
        if frame.next >= document.after(frame.node) {
            return Ok(None);
        }
        let mut node = frame.next;
        if document.form(frame.node) == Form::Object {
            frame.key = text::new(self.heap, &document.text_of(node))?;
            node += 1;
        }
        frame.next = document.after(node);
        Ok(Some(node))
    }

    fn take(&mut self, slots: Slots) -> Result<(), Fault> {
        let value_slots = self.cases.ty.slots as usize;
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let mut part = slots[..value_slots].to_vec();
        if self.document.form(frame.node) == Form::Object {
            let key = ::std::mem::replace(&mut frame.key, ::std::ptr::null_mut());
            part.insert(0, key as u64);
            let mut member = [0; SLOTS_MAX];
            // SAFETY: key and value are owned here, and consumed.
            unsafe { value::make_aggregate(self.heap, self.cases.member, &part, member.as_mut_ptr())? };
            part = member[..self.cases.member.slots as usize].to_vec();
        }
        frame.slots.extend_from_slice(&part);
        frame.count += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<Slots, Fault> {
        let Some(frame) = self.frames.pop() else { return Err(other_form()) };
        let (case, element) = match self.document.form(frame.node) {
            Form::Object => (self.cases.object, self.cases.member),
            _ => (self.cases.array, self.cases.ty),
        };
        // SAFETY: that many elements, which are consumed.
        let list = unsafe { list::make(self.heap, frame.slots.as_ptr(), frame.count, element)? };
        self.make(case, &[list as u64])
    }

    fn drop_all(&mut self) {
        for frame in ::std::mem::take(&mut self.frames) {
            let is_object = self.document.form(frame.node) == Form::Object;
            let element = if is_object { self.cases.member } else { self.cases.ty };
            // SAFETY: owned here.
            unsafe {
                if !frame.key.is_null() {
                    text::release(self.heap, frame.key);
                }
                for slots in frame.slots.chunks(element.slots as usize) {
                    value::drop_value(self.heap, slots.as_ptr(), element);
                }
            }
        }
    }
}

/// What is still to be written.
enum Item {
    Value(*const u64),
    /// So many elements or members; whether the first one is still to come.
    Rest {
        elements: Elements,
        left: usize,
        is_object: bool,
        is_first: bool,
    },
    Text(&'static str),
}

/// The JSON of a tree.
///
/// # Safety
/// The slots hold a value of that type.
pub unsafe fn format(heap: &Heap, slots: *const u64, ty: Ty) -> Result<String, Fault> {
    let cases = Cases::of(ty).ok_or_else(other_form)?;
    let limit_bytes = heap.limit_bytes().saturating_sub(heap.reserved_bytes());
    let (mut out, mut pending) = (String::new(), vec![Item::Value(slots)]);
    while let Some(item) = pending.pop() {
        // SAFETY: the parts of trees are trees.
        unsafe {
            match item {
                Item::Text(text) => out.push_str(text),
                Item::Value(slots) => write(&mut out, slots, &cases, &mut pending)?,
                Item::Rest { left: 0, .. } => {}
                Item::Rest { elements, left, is_object, is_first } => {
                    if !is_first {
                        out.push(',');
                    }
                    let (slots, elements) = (elements.at(0), elements.behind(1));
                    pending.push(Item::Rest { elements, left: left - 1, is_object, is_first: false });
                    pending.push(Item::Value(if is_object { key(&mut out, slots, cases.member) } else { slots }));
                }
            }
        }
        if out.len() > limit_bytes {
            return Err(Failure::memory());
        }
    }
    Ok(out)
}

/// Writes a member's key; where its value is.
///
/// # Safety
/// The slots hold a member.
unsafe fn key(out: &mut String, slots: *const u64, member: Ty) -> *const u64 {
    // SAFETY: a member is a key and a value.
    unsafe {
        let [key, tree] = [0, 1].map(|i| value::field_at(slots, member, value::fields(member)[i].offset));
        let _ = write_string(out, text::as_str(value::object(key)));
        out.push(':');
        tree
    }
}

/// # Safety
/// The slots hold a tree.
unsafe fn write(out: &mut String, slots: *const u64, cases: &Cases, pending: &mut Vec<Item>) -> Result<(), Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        let case = value::case_index(slots, cases.ty);
        let Some(field) = value::items(&value::cases(cases.ty)[case].fields).first() else {
            out.push_str("null");
            return Ok(());
        };
        let part = value::field_at(slots, cases.ty, field.offset);
        if case == cases.bool {
            out.push_str(if *part != 0 { "true" } else { "false" });
        } else if case == cases.number {
            let number = f64::from_bits(*part);
            if !number.is_finite() {
                let shown = number::float_text(number);
                return Err(Failure::message(format!("Cannot serialize {shown} into JSON")));
            }
            out.push_str(&number_text(number));
        } else if case == cases.string {
            let _ = write_string(out, text::as_str(value::object(part)));
        } else {
            let (list, is_object) = (value::object::<List>(part), case == cases.object);
            out.push(if is_object { '{' } else { '[' });
            pending.push(Item::Text(if is_object { "}" } else { "]" }));
            if !list.is_null() {
                let element = if is_object { cases.member } else { cases.ty };
                let (elements, left) = (list::elements(list, element), list::len(list));
                pending.push(Item::Rest { elements, left, is_object, is_first: true });
            }
        }
    }
    Ok(())
}
