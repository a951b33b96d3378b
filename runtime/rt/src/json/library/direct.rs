//! A value made while its JSON is read, in one walk: what most texts are.
//!
//! Only a text that is right in every way is read here. At anything else this reader gives up, and `read` looks again, in
//! the order in which problems are said. It recurses, but not deep.

use dark_abi::{FieldInfo, Kind, SLOTS_MAX, Str, flags};

use super::read::Slots;
use super::scalar::{self, Token};
use crate::dict::{self, Dict};
use crate::invocation::static_text;
use crate::json::scan::{Scanner, unescaped};
use crate::memory::Heap;
use crate::value::{self, Ty};
use crate::{list, text};

/// Deeper values are left to `read`, which does not recurse.
const DEPTH_MAX: usize = 64;

struct Direct<'a, 'h> {
    scanner: Scanner<'a>,
    heap: &'h mut Heap,
    /// The parts of everything that has begun, one after the other.
    slots: Vec<u64>,
}

/// A value of that type from a JSON text; none when there is more to be said.
pub(super) fn read(heap: &mut Heap, json: &str, ty: Ty) -> Option<Slots> {
    let mut reader = Direct { scanner: Scanner::new(json), heap, slots: Vec::new() };
    let made = reader.value(ty, DEPTH_MAX)?;
    if reader.scanner.peek().is_none() {
        return Some(made);
    }
    // SAFETY: just made, and used no more.
    unsafe { value::drop_value(heap, made.as_ptr(), ty) };
    None
}

impl Direct<'_, '_> {
    fn value(&mut self, ty: Ty, depth: usize) -> Option<Slots> {
        if ty.flags & flags::SECRET != 0 {
            return None;
        }
        match ty.kind {
            Kind::List | Kind::Dict | Kind::Tuple | Kind::Record | Kind::Enum => {
                let (depth, base) = (depth.checked_sub(1)?, self.slots.len());
                let made = match ty.kind {
                    Kind::List => self.list(ty, depth),
                    Kind::Dict => self.dict(value::element(ty), depth),
                    Kind::Tuple => self.tuple(ty, depth),
                    Kind::Record => self.record(ty, depth),
                    _ => self.case(ty, depth),
                };
                self.slots.truncate(base);
                made
            }
            _ => self.scalar(ty),
        }
    }

    #[inline]
    fn scalar(&mut self, ty: Ty) -> Option<Slots> {
        let scanner = &mut self.scanner;
        let decoded;
        let token = match scanner.peek()? {
            b'"' => {
                let (inner, escaped) = scanner.quoted().ok()?;
                decoded = if escaped { unescaped(inner) } else { String::new() };
                Token::Text(if escaped { &decoded } else { inner })
            }
            b'-' | b'0'..=b'9' => Token::Number(scanner.number().ok()?),
            b'n' => scanner.word("null").map(|()| Token::Null).ok()?,
            b't' => scanner.word("true").map(|()| Token::Bool(true)).ok()?,
            b'f' => scanner.word("false").map(|()| Token::Bool(false)).ok()?,
            _ => return None,
        };
        scalar::read(self.heap, token, ty).ok()?
    }

    /// Keeps a part, if there is room.
    fn keep(&mut self, part: &[u64]) -> Option<()> {
        if self.slots.len() + SLOTS_MAX > self.slots.capacity() {
            self.heap.check_room(self.slots.capacity() * 2 * size_of::<u64>()).ok()?;
        }
        self.slots.extend_from_slice(part);
        Some(())
    }

    /// What follows a part: another one, or the end.
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        let goes_on = match self.scanner.peek()? {
            b',' => true,
            byte if byte == end => false,
            _ => return None,
        };
        self.scanner.at += 1;
        Some(goes_on)
    }

    fn list(&mut self, ty: Ty, depth: usize) -> Option<Slots> {
        let (element, base) = (value::element(ty), self.slots.len());
        let mut count = 0;
        if self.elements(element, depth, &mut count).is_none() {
            let mut at = base;
            for _ in 0..count {
                // SAFETY: so many elements are owned here.
                unsafe { value::drop_value(self.heap, self.slots[at..].as_ptr(), element) };
                at += element.slots as usize;
            }
            return None;
        }
        // SAFETY: so many elements, which are consumed.
        let list = unsafe { list::make(self.heap, self.slots[base..].as_ptr(), count, element) };
        Some([list.ok()? as u64, 0, 0])
    }

    fn elements(&mut self, element: Ty, depth: usize, count: &mut usize) -> Option<()> {
        if !self.scanner.accept(b'[') {
            return None;
        }
        if self.scanner.accept(b']') {
            return Some(());
        }
        loop {
            let part = self.value(element, depth)?;
            self.keep(&part[..element.slots as usize])?;
            *count += 1;
            if !self.goes_on(b']')? {
                return Some(());
            }
        }
    }

    fn dict(&mut self, of: Ty, depth: usize) -> Option<Slots> {
        let mut made = ::std::ptr::null_mut();
        if self.entries(of, depth, &mut made).is_none() {
            // SAFETY: owned here.
            unsafe { dict::release(self.heap, made) };
            return None;
        }
        Some([made as u64, 0, 0])
    }

    fn entries(&mut self, of: Ty, depth: usize, made: &mut *mut Dict) -> Option<()> {
        if !self.scanner.accept(b'{') {
            return None;
        }
        if self.scanner.accept(b'}') {
            return Some(());
        }
        loop {
            let name = self.scanner.string().ok()?;
            self.scanner.expect(b':', "").ok()?;
            let key = text::new(self.heap, &name).ok()?;
            let value = self.entry(*made, key, of, depth);
            // SAFETY: the key is owned here, and so are the dict and the value that are given away.
            unsafe {
                let Some(value) = value else {
                    text::release(self.heap, key);
                    return None;
                };
                let whole = ::std::mem::replace(made, ::std::ptr::null_mut());
                *made = dict::set(self.heap, whole, key, value.as_ptr(), of).ok()?;
            }
            if !self.goes_on(b'}')? {
                return Some(());
            }
        }
    }

    /// The value of a key that is not there yet.
    fn entry(&mut self, made: *mut Dict, key: *const Str, of: Ty, depth: usize) -> Option<Slots> {
        // SAFETY: both are alive.
        let is_new = unsafe { dict::find(made, text::as_str(key)).is_null() };
        if is_new { self.value(of, depth) } else { None }
    }

    fn tuple(&mut self, ty: Ty, depth: usize) -> Option<Slots> {
        let base = self.slots.len();
        self.parts(value::fields(ty), depth)?;
        let mut result = [0; SLOTS_MAX];
        // SAFETY: the parts are owned, and consumed; the result has room for any value.
        unsafe { value::make_aggregate(self.heap, ty, &self.slots[base..], result.as_mut_ptr()).ok()? };
        Some(result)
    }

    /// `{"Case":[fields]}`
    fn case(&mut self, ty: Ty, depth: usize) -> Option<Slots> {
        let base = self.slots.len();
        if !self.scanner.accept(b'{') {
            return None;
        }
        let name = self.scanner.string().ok()?;
        self.scanner.expect(b':', "").ok()?;
        // SAFETY: a descriptor is static data.
        let index = value::cases(ty).iter().position(|case| unsafe { static_text(&case.name) } == name)?;
        // SAFETY: as above.
        let fields = unsafe { value::items(&value::cases(ty)[index].fields) };
        self.parts(fields, depth)?;
        if !self.scanner.accept(b'}') {
            self.drop_parts(fields, base, fields.len());
            return None;
        }
        let mut result = [0; SLOTS_MAX];
        // SAFETY: the parts are owned, and consumed; the result has room for any value.
        unsafe { value::make_case(self.heap, ty, index, &self.slots[base..], result.as_mut_ptr()).ok()? };
        Some(result)
    }

    /// An array with one value for each field.
    fn parts(&mut self, fields: &'static [FieldInfo], depth: usize) -> Option<()> {
        let (base, mut count) = (self.slots.len(), 0);
        let all = self.parts_until(fields, depth, &mut count);
        if all.is_none() {
            self.drop_parts(fields, base, count);
        }
        all
    }

    fn parts_until(&mut self, fields: &'static [FieldInfo], depth: usize, count: &mut usize) -> Option<()> {
        if !self.scanner.accept(b'[') {
            return None;
        }
        for (index, field) in fields.iter().enumerate() {
            // SAFETY: a descriptor is static data.
            let ty = unsafe { value::ty(field.ty) };
            let part = self.value(ty, depth)?;
            self.keep(&part[..ty.slots as usize])?;
            *count += 1;
            if index + 1 < fields.len() && !self.scanner.accept(b',') {
                return None;
            }
        }
        self.scanner.accept(b']').then_some(())
    }

    fn drop_parts(&mut self, fields: &'static [FieldInfo], base: usize, count: usize) {
        let mut at = base;
        for field in &fields[..count] {
            // SAFETY: a descriptor is static data, and the part is owned here.
            unsafe {
                let ty = value::ty(field.ty);
                value::drop_value(self.heap, self.slots[at..].as_ptr(), ty);
                at += ty.slots as usize;
            }
        }
    }

    fn record(&mut self, ty: Ty, depth: usize) -> Option<Slots> {
        let fields = value::fields(ty);
        if fields.len() > 64 {
            return None;
        }
        let (base, boxed) = (self.slots.len(), usize::from(value::is_boxed(ty)));
        // Behind its header a box is like the slots of a value outside of one.
        let place = |field: &FieldInfo| base + field.offset as usize / 8 - boxed;
        // SAFETY: a descriptor is static data.
        let field_ty = |field: &FieldInfo| unsafe { value::ty(field.ty) };
        let end = fields.last().map_or(base, |last| place(last) + field_ty(last).slots as usize);
        self.slots.resize(end, 0);
        // A bit for each field.
        let (mut seen, all) = (0, u64::MAX.checked_shr(64 - fields.len() as u32).unwrap_or(0));
        if self.members(fields, place, depth, &mut seen).is_none() || seen != all {
            for (index, field) in fields.iter().enumerate() {
                if seen >> index & 1 == 1 {
                    // SAFETY: that part is owned here.
                    unsafe { value::drop_value(self.heap, self.slots[place(field)..].as_ptr(), field_ty(field)) };
                }
            }
            return None;
        }
        let mut result = [0; SLOTS_MAX];
        // SAFETY: the parts are owned, and consumed; the result has room for any value.
        unsafe { value::make_aggregate(self.heap, ty, &self.slots[base..end], result.as_mut_ptr()).ok()? };
        Some(result)
    }

    /// An object's members, each to the place of its field; those that belong to no field are passed over.
    fn members(
        &mut self,
        fields: &'static [FieldInfo],
        place: impl Fn(&FieldInfo) -> usize,
        depth: usize,
        seen: &mut u64,
    ) -> Option<()> {
        if !self.scanner.accept(b'{') {
            return None;
        }
        if self.scanner.accept(b'}') {
            return Some(());
        }
        // Members mostly come in one order, so the next field is looked at first.
        let mut next = 0;
        loop {
            let name = self.scanner.string().ok()?;
            self.scanner.expect(b':', "").ok()?;
            // SAFETY: a descriptor is static data.
            let is = |index: &usize| unsafe { static_text(&fields[*index].name) } == name;
            match (next..fields.len()).chain(0..next.min(fields.len())).find(is) {
                Some(index) => {
                    if *seen >> index & 1 == 1 {
                        return None;
                    }
                    // SAFETY: as above.
                    let ty = unsafe { value::ty(fields[index].ty) };
                    let (part, at) = (self.value(ty, depth)?, place(&fields[index]));
                    self.slots[at..at + ty.slots as usize].copy_from_slice(&part[..ty.slots as usize]);
                    *seen |= 1 << index;
                    next = index + 1;
                }
                None => self.scanner.skip(depth).ok()?,
            }
            if !self.goes_on(b'}')? {
                return Some(());
            }
        }
    }
}
