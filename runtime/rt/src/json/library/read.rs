//! A value of a document, by the type that is wanted, or what does not fit. Most texts are read by `direct`; this reader
//! is for the others.
//!
//! What is being made lies in frames, one for each list, dict, tuple, record or case that has begun; their places say
//! where in the document the reader is.

use ::std::collections::HashMap;

use dark_abi::{FieldInfo, Kind, SLOTS_MAX, Str, flags};

use super::direct;
use super::document::{Document, Form};
use super::problem::{Part, Problem, Trouble};
use super::scalar::{self, Token};
use crate::dict::{self, Dict};
use crate::invocation::{Failure, Fault, static_text};
use crate::memory::Heap;
use crate::value::{self, Ty};
use crate::{list, text};

/// A value outside its box.
pub(super) type Slots = [u64; SLOTS_MAX];

/// Why reading stopped.
enum Stop {
    Problem(Problem),
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// A value of that type from a JSON text.
pub fn parse(heap: &mut Heap, json: &str, ty: Ty) -> Result<Result<Slots, Problem>, Fault> {
    if let Some(slots) = direct::read(heap, json, ty) {
        return Ok(Ok(slots));
    }
    carefully(heap, json, ty)
}

/// The same, for every text.
pub(super) fn carefully(heap: &mut Heap, json: &str, ty: Ty) -> Result<Result<Slots, Problem>, Fault> {
    let Some(document) = Document::read(heap, json)? else { return Ok(Err(Problem::not_json())) };
    let mut reader = Reader { document: &document, heap, frames: Vec::new() };
    match reader.value(ty) {
        Ok(slots) => Ok(Ok(slots)),
        Err(stop) => {
            reader.drop_all();
            match stop {
                Stop::Problem(problem) => Ok(Err(problem)),
                Stop::Fault(fault) => Err(fault),
            }
        }
    }
}

struct Reader<'d, 'h> {
    document: &'d Document<'d>,
    heap: &'h mut Heap,
    frames: Vec<Frame>,
}

/// Something with parts, and those it has already.
struct Frame {
    ty: Ty,
    /// Its value in the document.
    node: usize,
    plan: Plan,
    /// The slots of the parts, and how many parts they are.
    slots: Vec<u64>,
    count: usize,
}

/// Where the next part comes from.
enum Plan {
    /// A list: the node of the next element.
    List(usize),
    /// A dict: the node of the next key, the entries, and the key whose value is being read.
    Dict { next: usize, made: *mut Dict, key: *mut Str },
    /// A tuple: the node of the next part.
    Tuple(usize),
    /// A record: what the object has for each of its fields.
    Record(Vec<Member>),
    /// A case: which one, its array, and the node of the next field.
    Case { index: usize, array: usize, next: usize },
}

/// What an object has for a field.
#[derive(Clone, Copy)]
enum Member {
    Missing,
    Once(usize),
    Repeated,
}

impl Frame {
    /// The parts' declarations; a list and a dict have none.
    fn fields(&self) -> &'static [FieldInfo] {
        match self.plan {
            // SAFETY: a descriptor is static data.
            Plan::Case { index, .. } => unsafe { value::items(&value::cases(self.ty)[index].fields) },
            _ => value::fields(self.ty),
        }
    }

    fn part_type(&self) -> Ty {
        match self.plan {
            Plan::List(_) | Plan::Dict { .. } => value::element(self.ty),
            // SAFETY: a descriptor is static data.
            _ => unsafe { value::ty(self.fields()[self.count].ty) },
        }
    }

    /// Where the part that is being read is.
    fn path(&self, path: &mut Vec<Part>) {
        // SAFETY: a descriptor is static data; the key is alive.
        unsafe {
            match self.plan {
                Plan::List(_) | Plan::Tuple(_) => path.push(Part::Index(self.count)),
                Plan::Dict { key, .. } => path.push(Part::Field(text::as_str(key).to_owned())),
                Plan::Record(_) => path.push(Part::Field(static_text(&self.fields()[self.count].name).to_owned())),
                Plan::Case { index, .. } => path.extend([case_part(self.ty, index), Part::Index(self.count)]),
            }
        }
    }
}

fn case_part(ty: Ty, index: usize) -> Part {
    // SAFETY: a descriptor is static data.
    Part::Field(unsafe { static_text(&value::cases(ty)[index].name) }.to_owned())
}

impl Reader<'_, '_> {
    fn value(&mut self, ty: Ty) -> Result<Slots, Stop> {
        let mut done = self.begin(0, ty)?;
        loop {
            match done {
                Some(slots) if self.frames.is_empty() => return Ok(slots),
                Some(slots) => self.take(slots)?,
                None => {}
            }
            done = match self.next_part()? {
                Some(node) => {
                    let ty = self.frames.last().map(Frame::part_type);
                    self.begin(node, ty.ok_or_else(|| Failure::internal("a part of nothing"))?)?
                }
                None => Some(self.finish()?),
            };
        }
    }

    /// The path of the value that is being read, or of one of those around it.
    fn path(&self, frames: &[Frame], last: Option<Part>) -> Vec<Part> {
        let mut path = vec![Part::Root];
        for frame in frames {
            frame.path(&mut path);
        }
        path.extend(last);
        path
    }

    fn problem<T>(&self, trouble: Trouble) -> Result<T, Stop> {
        Err(Stop::Problem(Problem { trouble, path: self.path(&self.frames, None) }))
    }

    /// A problem of the innermost frame itself, or of its case.
    fn problem_around<T>(&self, trouble: Trouble, case: Option<Part>) -> Result<T, Stop> {
        let around = self.frames.split_last().map_or(&[][..], |(_, around)| around);
        Err(Stop::Problem(Problem { trouble, path: self.path(around, case) }))
    }

    fn mismatch<T>(&self, node: usize, ty: Ty) -> Result<T, Stop> {
        self.problem(Trouble::CantMatch { ty, raw: self.document.raw(node).to_owned() })
    }

    /// Reads a value without parts, or begins one with parts.
    fn begin(&mut self, node: usize, ty: Ty) -> Result<Option<Slots>, Stop> {
        let form = self.document.form(node);
        let plan = match ty.kind {
            _ if ty.flags & flags::SECRET != 0 => return Err(unsupported(ty)),
            Kind::List if form == Form::Array => Plan::List(node + 1),
            Kind::Dict if form == Form::Object => {
                Plan::Dict { next: node + 1, made: ::std::ptr::null_mut(), key: ::std::ptr::null_mut() }
            }
            Kind::Tuple if form == Form::Array && self.has_parts(node, value::fields(ty).len()) => {
                Plan::Tuple(node + 1)
            }
            Kind::Record if form == Form::Object => Plan::Record(self.members(node, value::fields(ty))),
            Kind::Enum if form == Form::Object => self.case(node, ty)?,
            Kind::List | Kind::Dict | Kind::Tuple | Kind::Record | Kind::Enum => return self.mismatch(node, ty),
            _ => {
                return match self.scalar(node, ty)? {
                    Some(slots) => Ok(Some(slots)),
                    None => self.mismatch(node, ty),
                };
            }
        };
        self.frames.push(Frame { ty, node, plan, slots: Vec::new(), count: 0 });
        Ok(None)
    }

    fn has_parts(&self, node: usize, count: usize) -> bool {
        self.document.children(node).take(count + 1).count() == count
    }

    fn members(&self, node: usize, fields: &'static [FieldInfo]) -> Vec<Member> {
        // SAFETY: a descriptor is static data.
        let names = fields.iter().map(|field| unsafe { static_text(&field.name) });
        let places: HashMap<&str, usize> = names.enumerate().map(|(index, name)| (name, index)).collect();
        let mut members = vec![Member::Missing; fields.len()];
        for (key, node) in self.document.members(node) {
            if let Some(&index) = places.get(&*self.document.text_of(key)) {
                members[index] = match members[index] {
                    Member::Missing => Member::Once(node),
                    _ => Member::Repeated,
                };
            }
        }
        members
    }

    fn case(&mut self, node: usize, ty: Ty) -> Result<Plan, Stop> {
        let mut members = self.document.members(node);
        let Some((key, array)) = members.next() else { return self.mismatch(node, ty) };
        if members.next().is_some() {
            let keys = self.document.members(node).map(|(key, _)| self.document.text_of(key).into_owned());
            return self.problem(Trouble::TooManyCases { ty, cases: keys.collect() });
        }
        let name = self.document.text_of(key);
        // SAFETY: a descriptor is static data.
        let Some(index) = value::cases(ty).iter().position(|case| unsafe { static_text(&case.name) } == name) else {
            return self.problem(Trouble::InvalidCase { ty, name: name.into_owned() });
        };
        if self.document.form(array) != Form::Array {
            let trouble = Trouble::CantMatch { ty, raw: self.document.raw(array).to_owned() };
            let path = self.path(&self.frames, Some(case_part(ty, index)));
            return Err(Stop::Problem(Problem { trouble, path }));
        }
        Ok(Plan::Case { index, array, next: array + 1 })
    }

    /// The node of the innermost frame's next part; none if it has all.
    fn next_part(&mut self) -> Result<Option<usize>, Stop> {
        let document = self.document;
        let Some(frame) = self.frames.last_mut() else { return Ok(None) };
        let (count, fields) = (frame.count, frame.fields().len());
        let (next, end) = match &mut frame.plan {
            Plan::List(next) => (next, document.after(frame.node)),
            Plan::Tuple(next) => (next, document.after(frame.node)),
            Plan::Case { array, next, .. } if count < fields => (next, document.after(*array)),
            Plan::Case { .. } => return Ok(None),
            Plan::Record(members) => {
                return match members.get(count).copied() {
                    None => Ok(None),
                    Some(Member::Once(node)) => Ok(Some(node)),
                    Some(member) => self.no_member(member, count),
                };
            }
            Plan::Dict { next, .. } if *next >= document.after(frame.node) => return Ok(None),
            Plan::Dict { .. } => return self.next_entry().map(Some),
        };
        let node = *next;
        if node >= end {
            return Ok(None);
        }
        *next = document.after(node);
        Ok(Some(node))
    }

    fn no_member(&self, member: Member, index: usize) -> Result<Option<usize>, Stop> {
        let fields = self.frames.last().map_or(&[][..], Frame::fields);
        // SAFETY: a descriptor is static data.
        let name = fields.get(index).map_or("", |field| unsafe { static_text(&field.name) }).to_owned();
        self.problem_around(
            match member {
                Member::Repeated => Trouble::DuplicateField { name },
                _ => Trouble::MissingField { name },
            },
            None,
        )
    }

    /// Reads a dict's next key, and results in the node of its value. A key that is there already would hide a value.
    fn next_entry(&mut self) -> Result<usize, Stop> {
        let document = self.document;
        let Some(Frame { plan: Plan::Dict { next, made, key }, .. }) = self.frames.last_mut() else {
            return Err(Failure::internal("an entry of no dict").into());
        };
        let node = *next;
        let name = document.text_of(node);
        *next = document.after(node + 1);
        *key = text::new(self.heap, &name)?;
        // SAFETY: both are alive.
        let is_new = unsafe { dict::find(*made, text::as_str(*key)).is_null() };
        if is_new {
            Ok(node + 1)
        } else {
            self.problem_around(Trouble::DuplicateField { name: name.into_owned() }, None)
        }
    }

    /// Gives a finished value to the innermost frame.
    fn take(&mut self, slots: Slots) -> Result<(), Stop> {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let ty = frame.part_type();
        frame.count += 1;
        if let Plan::Dict { made, key, .. } = &mut frame.plan {
            let null = ::std::ptr::null_mut();
            let (whole, key) = (::std::mem::replace(made, null), ::std::mem::replace(key, ::std::ptr::null_mut()));
            // SAFETY: dict, key and value are owned here.
            *made = unsafe { dict::set(self.heap, whole, key, slots.as_ptr(), ty)? };
            return Ok(());
        }
        let more = &slots[..ty.slots as usize];
        let room = match frame.slots.len() + more.len() > frame.slots.capacity() {
            true => self.heap.check_room(frame.slots.capacity() * 2 * size_of::<u64>()),
            false => Ok(()),
        };
        frame.slots.extend_from_slice(more);
        Ok(room?)
    }

    /// Makes the innermost frame's value of its parts.
    fn finish(&mut self) -> Result<Slots, Stop> {
        if let Some(Frame { ty, plan: Plan::Case { array, index, .. }, count, .. }) = self.frames.last() {
            self.check_fields(ty, *index, *array, *count)?;
        }
        let Some(frame) = self.frames.pop() else { return Err(Failure::internal("nothing to finish").into()) };
        let mut result = [0; SLOTS_MAX];
        // SAFETY: the parts are owned, and consumed; the result has room for any value.
        unsafe {
            match frame.plan {
                Plan::List(_) => {
                    let list = list::make(self.heap, frame.slots.as_ptr(), frame.count, value::element(frame.ty))?;
                    result[0] = list as u64;
                }
                Plan::Dict { made, .. } => result[0] = made as u64,
                Plan::Tuple(_) | Plan::Record(_) => {
                    value::make_aggregate(self.heap, frame.ty, &frame.slots, result.as_mut_ptr())?;
                }
                Plan::Case { index, .. } => {
                    value::make_case(self.heap, frame.ty, index, &frame.slots, result.as_mut_ptr())?;
                }
            }
        }
        Ok(result)
    }

    /// Whether a case has as many values as fields.
    fn check_fields(&self, ty: Ty, index: usize, array: usize, count: usize) -> Result<(), Stop> {
        // SAFETY: a descriptor is static data.
        let fields = unsafe { value::items(&value::cases(ty)[index].fields) };
        if let Some(field) = fields.get(count) {
            // SAFETY: as above.
            let ty_of_missing = unsafe { value::ty(field.ty) };
            let trouble = Trouble::MissingCaseField { ty: ty_of_missing, index: count };
            return self.problem_around(trouble, Some(case_part(ty, index)));
        }
        match self.document.children(array).nth(count) {
            Some(extra) => self.problem(Trouble::ExtraCaseField { raw: self.document.raw(extra).to_owned() }),
            None => Ok(()),
        }
    }

    /// A value without parts, if it fits.
    fn scalar(&mut self, node: usize, ty: Ty) -> Result<Option<Slots>, Stop> {
        if matches!(ty.kind, Kind::Function | Kind::Blob | Kind::Db | Kind::Stream) {
            return Err(unsupported(ty));
        }
        let said;
        let token = match self.document.form(node) {
            Form::Null => Token::Null,
            Form::True => Token::Bool(true),
            Form::False => Token::Bool(false),
            Form::Number => Token::Number(self.document.raw(node)),
            Form::String => {
                said = self.document.text_of(node);
                Token::Text(&said)
            }
            Form::Array | Form::Object => return Ok(None),
        };
        Ok(scalar::read(self.heap, token, ty)?)
    }

    /// Gives back what was made before reading stopped.
    fn drop_all(&mut self) {
        for frame in ::std::mem::take(&mut self.frames) {
            // SAFETY: owned here.
            unsafe {
                if let Plan::Dict { made, key, .. } = frame.plan {
                    dict::release(self.heap, made);
                    if !key.is_null() {
                        text::release(self.heap, key);
                    }
                    continue;
                }
                let mut at = 0;
                for index in 0..frame.count {
                    let ty = match frame.plan {
                        Plan::List(_) => value::element(frame.ty),
                        _ => value::ty(frame.fields()[index].ty),
                    };
                    if let Some(slots) = frame.slots.get(at..) {
                        value::drop_value(self.heap, slots.as_ptr(), ty);
                    }
                    at += ty.slots as usize;
                }
            }
        }
    }
}

#[cold]
fn unsupported(ty: Ty) -> Stop {
    Stop::Fault(Failure::message(format!(
        "Unsupported type in JSON: {}. Some types are not supported in Json serialization, and cannot be used as \
         arguments to Builtin.jsonParse or Builtin.jsonSerialize",
        super::problem::type_text(ty)
    )))
}
