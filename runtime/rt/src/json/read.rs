//! JSON to values, straight from the text by the type that is wanted.

use ::std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dark_abi::{FieldInfo, Kind, SLOTS_MAX, flags};
use unicode_segmentation::UnicodeSegmentation;

use super::scan::{Broken, Scanner};
use super::{DEPTH_MAX, JsonProblem};
use crate::invocation::{Fault, static_text};
use crate::memory::Heap;
use crate::value::{self, Ty};
use crate::{dict, list, number, text};

/// Why reading stopped.
enum Stop {
    Problem(JsonProblem),
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// Makes a value of that type of a text. What was made before a problem was found is dropped.
///
/// # Safety
/// The result has room for the type's slots.
pub unsafe fn read(heap: &mut Heap, json: &str, ty: Ty, result: *mut u64) -> Result<Result<(), JsonProblem>, Fault> {
    // SAFETY: promised by the caller.
    unsafe { whole(heap, json, ty, result, false) }
}

/// As `read`, from the stored form.
///
/// # Safety
/// As `read`.
pub unsafe fn read_stored(
    heap: &mut Heap,
    json: &str,
    ty: Ty,
    result: *mut u64,
) -> Result<Result<(), JsonProblem>, Fault> {
    // SAFETY: promised by the caller.
    unsafe { whole(heap, json, ty, result, true) }
}

/// # Safety
/// As `read`.
unsafe fn whole(
    heap: &mut Heap,
    json: &str,
    ty: Ty,
    result: *mut u64,
    stored: bool,
) -> Result<Result<(), JsonProblem>, Fault> {
    let mut reader = Reader { scanner: Scanner::new(json), heap, path: Vec::new(), depth: 0, stored };
    // SAFETY: promised by the caller.
    let read = unsafe { reader.value(ty, result) }.and_then(|()| match reader.scanner.peek() {
        None => Ok(()),
        Some(_) => {
            // SAFETY: just made.
            unsafe { value::drop_value(reader.heap, result, ty) };
            Err(reader.broken(Broken { at: reader.scanner.at, expected: "the end" }))
        }
    });
    match read {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Problem(problem)) => Ok(Err(problem)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

enum Step<'a> {
    Field(&'static str),
    Key(Cow<'a, str>),
    Index(usize),
}

struct Reader<'a, 'h> {
    scanner: Scanner<'a>,
    heap: &'h mut Heap,
    path: Vec<Step<'a>>,
    depth: usize,
    /// The stored form, not that of the wire.
    stored: bool,
}

/// Values that are dropped if nobody takes them over.
struct Parts {
    made: Vec<([u64; SLOTS_MAX], Ty)>,
}

impl Parts {
    fn drop_all(self, heap: &mut Heap) {
        for (slots, ty) in &self.made {
            // SAFETY: owned here.
            unsafe { value::drop_value(heap, slots.as_ptr(), ty) };
        }
    }

    fn slots(&self) -> Vec<u64> {
        self.made.iter().flat_map(|(slots, ty)| slots[..ty.slots as usize].iter().copied()).collect()
    }
}

impl<'a> Reader<'a, '_> {
    fn problem(&self, message: String) -> Stop {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Step::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        Stop::Problem(JsonProblem { path, message })
    }

    fn broken(&self, broken: Broken) -> Stop {
        Stop::Problem(JsonProblem { path: String::new(), message: broken.message(self.scanner.text) })
    }

    /// What stands here is not what is wanted: broken text is said first.
    fn unfit<T>(&mut self, wanted: &str) -> Result<T, Stop> {
        let mut ahead = Scanner { text: self.scanner.text, at: self.scanner.at };
        if let Err(broken) = ahead.skip(DEPTH_MAX) {
            return Err(self.broken(broken));
        }
        let found = self.scanner.found();
        Err(self.problem(format!("must be {wanted}, not {found}")))
    }

    fn scan<T>(&mut self, scanned: Result<T, Broken>) -> Result<T, Stop> {
        scanned.map_err(|broken| self.broken(broken))
    }

    /// # Safety
    /// As `read`.
    unsafe fn value(&mut self, ty: Ty, result: *mut u64) -> Result<(), Stop> {
        if self.depth > DEPTH_MAX {
            return Err(self.problem(format!("is nested more than {DEPTH_MAX} deep")));
        }
        self.depth += 1;
        // SAFETY: promised by the caller; each function writes as many slots as its kind has.
        unsafe {
            match ty.kind {
                Kind::Unit => {
                    self.null()?;
                    *result = 0;
                }
                Kind::Bool => *result = u64::from(self.bool()?),
                Kind::Int8 => *result = self.integer(i8::MIN.into(), i8::MAX.into())? as u64,
                Kind::UInt8 => *result = self.integer(0, u8::MAX.into())? as u64,
                Kind::Int16 => *result = self.integer(i16::MIN.into(), i16::MAX.into())? as u64,
                Kind::UInt16 => *result = self.integer(0, u16::MAX.into())? as u64,
                Kind::Int32 => *result = self.integer(i32::MIN.into(), i32::MAX.into())? as u64,
                Kind::UInt32 => *result = self.integer(0, u32::MAX.into())? as u64,
                Kind::Int64 => *result = self.integer(i64::MIN.into(), i64::MAX.into())? as u64,
                Kind::UInt64 => *result = self.integer(0, u64::MAX.into())? as u64,
                Kind::Int128 => wide(result, self.integer(i128::MIN, i128::MAX)? as u128),
                Kind::UInt128 => wide(result, self.unsigned()?),
                Kind::Int => *result = self.int()?,
                Kind::Float => *result = self.float()?.to_bits(),
                Kind::String => {
                    let read = self.string("text")?;
                    *result = text::new(self.heap, &read)? as u64;
                }
                Kind::Char => *result = self.char()?,
                Kind::DateTime => *result = self.moment()? as u64,
                Kind::Uuid => wide(result, self.uuid()?),
                Kind::Blob => *result = self.blob()?,
                Kind::List => *result = self.list(value::element(ty))?,
                Kind::Dict => *result = self.dict(value::element(ty))?,
                Kind::Tuple => self.tuple(ty, result)?,
                Kind::Record => self.record(ty, result)?,
                Kind::Enum if ty.flags & flags::OPTION != 0 => self.option(ty, result)?,
                Kind::Enum => self.case(ty, result)?,
                Kind::Function => return Err(self.problem("is a function, which has no JSON form".to_owned())),
                Kind::Stream => return Err(self.problem("is a stream, which has no JSON form".to_owned())),
                Kind::Db => return Err(self.problem("is a datastore, which has no JSON form".to_owned())),
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn null(&mut self) -> Result<(), Stop> {
        if self.scanner.peek() != Some(b'n') {
            return self.unfit("null");
        }
        let scanned = self.scanner.word("null");
        self.scan(scanned)
    }

    fn bool(&mut self) -> Result<bool, Stop> {
        let word = match self.scanner.peek() {
            Some(b't') => "true",
            Some(b'f') => "false",
            _ => return self.unfit("true or false"),
        };
        let scanned = self.scanner.word(word);
        self.scan(scanned)?;
        Ok(word == "true")
    }

    /// The text of a number.
    fn number(&mut self, wanted: &str) -> Result<&str, Stop> {
        match self.scanner.peek() {
            Some(b'-' | b'0'..=b'9') => {}
            _ => return self.unfit(wanted),
        }
        let scanned = self.scanner.number();
        match scanned {
            Ok(digits) => Ok(digits),
            Err(broken) => Err(self.broken(broken)),
        }
    }

    /// The digits of a number without fraction and exponent.
    fn whole(&mut self, wanted: &str) -> Result<String, Stop> {
        let digits = self.number(wanted)?.to_owned();
        match digits.contains(['.', 'e', 'E']) {
            true => Err(self.problem(format!("must be {wanted}, not {digits}"))),
            false => Ok(digits),
        }
    }

    fn integer(&mut self, min: i128, max: i128) -> Result<i128, Stop> {
        let wanted = format!("a whole number from {min} to {max}");
        let digits = self.whole(&wanted)?;
        match digits.parse::<i128>().ok().filter(|number| (min..=max).contains(number)) {
            Some(number) => Ok(number),
            None => Err(self.problem(format!("must be {wanted}, not {digits}"))),
        }
    }

    fn unsigned(&mut self) -> Result<u128, Stop> {
        let wanted = format!("a whole number from 0 to {}", u128::MAX);
        let digits = self.whole(&wanted)?;
        match digits.parse() {
            Ok(number) => Ok(number),
            Err(_) if digits == "-0" => Ok(0),
            Err(_) => Err(self.problem(format!("must be {wanted}, not {digits}"))),
        }
    }

    fn int(&mut self) -> Result<u64, Stop> {
        let digits = self.whole("a whole number")?;
        match number::parse(self.heap, &digits)? {
            Some(word) => Ok(word),
            None => Err(self.problem(format!("must be a whole number, not {digits}"))),
        }
    }

    fn float(&mut self) -> Result<f64, Stop> {
        if self.stored && self.scanner.peek() == Some(b'"') {
            let name = self.string("a number")?;
            return match &*name {
                "NaN" => Ok(f64::NAN),
                "Infinity" => Ok(f64::INFINITY),
                "-Infinity" => Ok(f64::NEG_INFINITY),
                _ => Err(self.problem(format!("must be a number, not {name:?}"))),
            };
        }
        let digits = self.number("a number")?.to_owned();
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(self.problem(format!("must be a number that a Float can hold, not {digits}"))),
        }
    }

    fn string(&mut self, wanted: &str) -> Result<Cow<'a, str>, Stop> {
        if self.scanner.peek() != Some(b'"') {
            return self.unfit(wanted);
        }
        let scanned = self.scanner.string();
        self.scan(scanned)
    }

    fn char(&mut self) -> Result<u64, Stop> {
        let read = self.string("text of one character")?;
        let made = text::new(self.heap, &read)?;
        // SAFETY: just made, and dropped here if it is not kept.
        unsafe {
            if text::as_str(made).graphemes(true).count() == 1 {
                return Ok(made as u64);
            }
            text::release(self.heap, made);
        }
        Err(self.problem(format!("must be text of one character, not {read:?}")))
    }

    fn moment(&mut self) -> Result<i64, Stop> {
        let wanted = "a date and time such as \"2026-11-23T09:00:00.000Z\"";
        let read = self.string(wanted)?;
        parse_moment(&read).ok_or_else(|| self.problem(format!("must be {wanted}, not {read:?}")))
    }

    fn uuid(&mut self) -> Result<u128, Stop> {
        let wanted = "a UUID such as \"12345678-9abc-def0-1234-56789abcdef0\"";
        let read = self.string(wanted)?;
        parse_uuid(&read).ok_or_else(|| self.problem(format!("must be {wanted}, not {read:?}")))
    }

    fn blob(&mut self) -> Result<u64, Stop> {
        let read = self.string("bytes in base64")?;
        match STANDARD.decode(&*read) {
            Ok(bytes) => Ok(text::bytes(self.heap, &bytes)? as u64),
            Err(error) => Err(self.problem(format!("must be bytes in base64 ({error})"))),
        }
    }

    /// # Safety
    /// The type is that of the wanted value.
    unsafe fn part(&mut self, parts: &mut Parts, ty: Ty, step: Step<'a>) -> Result<(), Stop> {
        let mut slots = [0; SLOTS_MAX];
        self.path.push(step);
        // SAFETY: there is room for every value.
        unsafe { self.value(ty, slots.as_mut_ptr())? };
        self.path.pop();
        parts.made.push((slots, ty));
        Ok(())
    }

    fn list(&mut self, element: Ty) -> Result<u64, Stop> {
        let mut parts = Parts { made: Vec::new() };
        match self.elements(element, &mut parts) {
            Ok(()) => {
                let (slots, count) = (parts.slots(), parts.made.len());
                // SAFETY: that many elements, which are consumed.
                match unsafe { list::make(self.heap, slots.as_ptr(), count, element) } {
                    Ok(list) => Ok(list as u64),
                    Err(fault) => Err(fault.into()),
                }
            }
            Err(stop) => {
                parts.drop_all(self.heap);
                Err(stop)
            }
        }
    }

    fn elements(&mut self, element: Ty, parts: &mut Parts) -> Result<(), Stop> {
        if self.scanner.peek() != Some(b'[') {
            return self.unfit("a list");
        }
        self.scanner.at += 1;
        if self.scanner.accept(b']') {
            return Ok(());
        }
        loop {
            let index = parts.made.len();
            if index.is_multiple_of(1024) {
                self.heap.check_room(parts.made.capacity() * size_of::<([u64; SLOTS_MAX], Ty)>())?;
            }
            // SAFETY: the element's type.
            unsafe { self.part(parts, element, Step::Index(index))? };
            if !self.scanner.accept(b',') {
                let scanned = self.scanner.expect(b']', "`,` or `]`");
                return self.scan(scanned);
            }
        }
    }

    fn dict(&mut self, of: Ty) -> Result<u64, Stop> {
        let mut dict = ::std::ptr::null_mut();
        match self.entries(of, &mut dict) {
            Ok(()) => Ok(dict as u64),
            Err(stop) => {
                // SAFETY: null or owned here.
                unsafe { dict::release(self.heap, dict) };
                Err(stop)
            }
        }
    }

    fn entries(&mut self, of: Ty, made: &mut *mut dict::Dict) -> Result<(), Stop> {
        if self.scanner.peek() != Some(b'{') {
            return self.unfit("an object");
        }
        self.scanner.at += 1;
        if self.scanner.accept(b'}') {
            return Ok(());
        }
        loop {
            let key = self.key()?;
            let mut slots = [0; SLOTS_MAX];
            self.path.push(Step::Key(key.clone()));
            // SAFETY: there is room for every value; key, value and dict are owned here and consumed.
            unsafe {
                self.value(of, slots.as_mut_ptr())?;
                let key = text::new(self.heap, &key)?;
                let whole = ::std::mem::replace(made, ::std::ptr::null_mut());
                *made = dict::set(self.heap, whole, key, slots.as_ptr(), of)?;
            }
            self.path.pop();
            if !self.scanner.accept(b',') {
                let scanned = self.scanner.expect(b'}', "`,` or `}`");
                return self.scan(scanned);
            }
        }
    }

    /// A field's name and its colon.
    fn key(&mut self) -> Result<Cow<'a, str>, Stop> {
        self.scanner.peek();
        let scanned = self.scanner.string();
        let key = self.scan(scanned)?;
        let scanned = self.scanner.expect(b':', "`:`");
        self.scan(scanned)?;
        Ok(key)
    }

    /// # Safety
    /// As `read`, for a tuple.
    unsafe fn tuple(&mut self, ty: Ty, result: *mut u64) -> Result<(), Stop> {
        let fields = value::fields(ty);
        // SAFETY: promised by the caller.
        unsafe {
            let parts = self.array(fields)?;
            Ok(value::make_aggregate(self.heap, ty, &parts.slots(), result)?)
        }
    }

    /// As many values as there are fields.
    ///
    /// # Safety
    /// The fields are those of a static descriptor.
    unsafe fn array(&mut self, fields: &'static [FieldInfo]) -> Result<Parts, Stop> {
        let mut parts = Parts { made: Vec::new() };
        // SAFETY: promised by the caller.
        match unsafe { self.array_into(fields, &mut parts) } {
            Ok(()) => Ok(parts),
            Err(stop) => {
                parts.drop_all(self.heap);
                Err(stop)
            }
        }
    }

    /// # Safety
    /// As `array`.
    unsafe fn array_into(&mut self, fields: &'static [FieldInfo], parts: &mut Parts) -> Result<(), Stop> {
        let wanted = format!("a list of {}", fields.len());
        if self.scanner.peek() != Some(b'[') {
            return self.unfit(&wanted);
        }
        self.scanner.at += 1;
        for (index, field) in fields.iter().enumerate() {
            if self.scanner.peek() == Some(b']') || (index > 0 && !self.scanner.accept(b',')) {
                let scanned = self.scanner.expect(b']', "`,` or `]`");
                self.scan(scanned)?;
                return Err(self.problem(format!("must be {wanted}, and has only {index}")));
            }
            // SAFETY: promised by the caller.
            unsafe { self.part(parts, value::ty(field.ty), Step::Index(index))? };
        }
        if self.scanner.peek() == Some(b',') {
            return Err(self.problem(format!("must be {wanted}, and has more")));
        }
        let scanned = self.scanner.expect(b']', "`,` or `]`");
        self.scan(scanned)
    }

    /// # Safety
    /// As `read`, for a record.
    unsafe fn record(&mut self, ty: Ty, result: *mut u64) -> Result<(), Stop> {
        let fields = value::fields(ty);
        let mut made: Vec<Option<[u64; SLOTS_MAX]>> = vec![None; fields.len()];
        // SAFETY: promised by the caller.
        unsafe {
            let read = self.record_into(fields, &mut made);
            let mut parts = Parts { made: Vec::new() };
            for (slots, field) in made.into_iter().zip(fields) {
                parts.made.extend(slots.map(|slots| (slots, value::ty(field.ty))));
            }
            match read {
                Ok(()) => Ok(value::make_aggregate(self.heap, ty, &parts.slots(), result)?),
                Err(stop) => {
                    parts.drop_all(self.heap);
                    Err(stop)
                }
            }
        }
    }

    /// # Safety
    /// As `record`.
    unsafe fn record_into(
        &mut self,
        fields: &'static [FieldInfo],
        made: &mut [Option<[u64; SLOTS_MAX]>],
    ) -> Result<(), Stop> {
        if self.scanner.peek() != Some(b'{') {
            return self.unfit("an object");
        }
        self.scanner.at += 1;
        let mut more = !self.scanner.accept(b'}');
        while more {
            let key = self.key()?;
            // SAFETY: names are static text; each value has room.
            unsafe {
                match fields.iter().position(|field| static_text(&field.name) == key) {
                    Some(index) => {
                        let field = &fields[index];
                        let mut slots = [0; SLOTS_MAX];
                        self.path.push(Step::Field(static_text(&field.name)));
                        self.value(value::ty(field.ty), slots.as_mut_ptr())?;
                        self.path.pop();
                        // The last of several counts.
                        if let Some(old) = made[index].replace(slots) {
                            value::drop_value(self.heap, old.as_ptr(), value::ty(field.ty));
                        }
                    }
                    None => {
                        let scanned = self.scanner.skip(DEPTH_MAX.saturating_sub(self.depth).max(1));
                        self.scan(scanned)?;
                    }
                }
            }
            more = self.scanner.accept(b',');
            if !more {
                let scanned = self.scanner.expect(b'}', "`,` or `}`");
                self.scan(scanned)?;
            }
        }
        for (field, slots) in fields.iter().zip(made) {
            if slots.is_none() {
                // SAFETY: a static descriptor.
                *slots = Some(unsafe { self.absent(field)? });
            }
        }
        Ok(())
    }

    /// What an absent field is.
    ///
    /// # Safety
    /// The field is part of a static descriptor.
    unsafe fn absent(&mut self, field: &'static FieldInfo) -> Result<[u64; SLOTS_MAX], Stop> {
        // SAFETY: promised by the caller.
        let (ty, name) = unsafe { (value::ty(field.ty), static_text(&field.name)) };
        if ty.flags & flags::OPTION == 0 {
            self.path.push(Step::Field(name));
            return Err(self.problem("is missing".to_owned()));
        }
        let mut slots = [0; SLOTS_MAX];
        // SAFETY: there is room.
        unsafe { self.none(ty, slots.as_mut_ptr())? };
        Ok(slots)
    }

    /// # Safety
    /// As `read`, for an option.
    unsafe fn none(&mut self, ty: Ty, result: *mut u64) -> Result<(), Stop> {
        let index = value::cases(ty).iter().position(|case| case.fields.len == 0).unwrap_or_default();
        // SAFETY: promised by the caller.
        unsafe { Ok(value::make_case(self.heap, ty, index, &[], result)?) }
    }

    /// # Safety
    /// As `read`, for an option.
    unsafe fn option(&mut self, ty: Ty, result: *mut u64) -> Result<(), Stop> {
        // SAFETY: promised by the caller.
        unsafe {
            if self.scanner.peek() == Some(b'n') {
                self.null()?;
                return self.none(ty, result);
            }
            let some = value::cases(ty).iter().position(|case| case.fields.len > 0).unwrap_or_default();
            let Some(field) = value::cases(ty).get(some).and_then(|case| value::items(&case.fields).first()) else {
                return Err(self.problem("is an option of nothing".to_owned()));
            };
            let (of, mut slots) = (value::ty(field.ty), [0; SLOTS_MAX]);
            if self.stored && super::write::may_be_null(of) {
                return self.case(ty, result);
            }
            self.value(of, slots.as_mut_ptr())?;
            Ok(value::make_case(self.heap, ty, some, &slots[..of.slots as usize], result)?)
        }
    }

    /// # Safety
    /// As `read`, for an enum.
    unsafe fn case(&mut self, ty: Ty, result: *mut u64) -> Result<(), Stop> {
        // SAFETY: promised by the caller.
        unsafe {
            match self.scanner.peek() {
                Some(b'"') => {
                    let before = self.scanner.at;
                    let name = self.string("")?;
                    let found = value::cases(ty).iter().position(|case| static_text(&case.name) == name);
                    match found.filter(|index| value::cases(ty)[*index].fields.len == 0) {
                        Some(index) => Ok(value::make_case(self.heap, ty, index, &[], result)?),
                        None => {
                            self.scanner.at = before;
                            self.unfit(&cases_text(ty))
                        }
                    }
                }
                Some(b'{') => {
                    let before = self.scanner.at;
                    self.scanner.at += 1;
                    if self.scanner.peek() == Some(b'}') {
                        self.scanner.at = before;
                        return self.unfit(&cases_text(ty));
                    }
                    let name = self.key()?;
                    let Some(index) = value::cases(ty).iter().position(|case| static_text(&case.name) == name) else {
                        return Err(self.problem(format!("must be {}, not {{{name:?}: …}}", cases_text(ty))));
                    };
                    self.path.push(Step::Key(name));
                    let parts = self.array(value::items(&value::cases(ty)[index].fields))?;
                    self.path.pop();
                    if !self.scanner.accept(b'}') {
                        parts.drop_all(self.heap);
                        let scanned = self.scanner.expect(b'}', "`}` behind the only case");
                        return self.scan(scanned);
                    }
                    Ok(value::make_case(self.heap, ty, index, &parts.slots(), result)?)
                }
                _ => self.unfit(&cases_text(ty)),
            }
        }
    }
}

/// The forms an enum may have.
fn cases_text(ty: Ty) -> String {
    let shown: Vec<String> = value::cases(ty)
        .iter()
        .map(|case| {
            // SAFETY: a descriptor is static data.
            let name = unsafe { static_text(&case.name) };
            if case.fields.len == 0 { format!("{name:?}") } else { format!("{{{name:?}: […]}}") }
        })
        .collect();
    match shown.as_slice() {
        [only] => only.clone(),
        all => format!("one of {}", all.join(", ")),
    }
}

/// # Safety
/// There is room for two slots.
unsafe fn wide(result: *mut u64, number: u128) {
    // SAFETY: promised by the caller.
    unsafe {
        *result = number as u64;
        *result.add(1) = (number >> 64) as u64;
    }
}

/// Milliseconds of an RFC 3339 date and time. Years before 0 have a sign in front, as when they are written.
pub(crate) fn parse_moment(text: &str) -> Option<i64> {
    let (bytes, sign) = match text.as_bytes() {
        [b'-', bytes @ ..] => (bytes, -1),
        bytes => (bytes, 1),
    };
    let (head, rest) = bytes.split_first_chunk::<19>()?;
    let [_, _, _, _, b'-', _, _, b'-', _, _, b'T' | b't' | b' ', _, _, b':', _, _, b':', _, _] = head else {
        return None;
    };
    let two = |at: usize| two_digits(head[at], head[at + 1]);
    let (year, month, day) = (sign * (two(0)? * 100 + two(2)?), two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [31, 28 + i64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let last = *days.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    if !(1..=last).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (ms, zone) = match rest {
        [b'.', fraction @ ..] => fraction_ms(fraction)?,
        zone => (0, zone),
    };
    let offset = match *zone {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h, hours, b':', m, minutes] => {
            let (hours, minutes) = (two_digits(h, hours)?, two_digits(m, minutes)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            if sign == b'-' { -(hours * 60 + minutes) } else { hours * 60 + minutes }
        }
        _ => return None,
    };
    // Days from the civil date, in years that begin in March so that the leap day is a year's last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_number = 365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 1;
    let days = day_number - 719_468;
    Some(((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + ms)
}

#[inline]
fn two_digits(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

/// The milliseconds of the digits behind a point, of which there is at least one, and what follows them.
fn fraction_ms(fraction: &[u8]) -> Option<(i64, &[u8])> {
    let count = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = fraction.split_at(count);
    let digit = |at: usize| digits.get(at).map_or(0, |digit| i64::from(digit - b'0'));
    (count > 0).then(|| (digit(0) * 100 + digit(1) * 10 + digit(2), rest))
}

pub(crate) fn parse_uuid(text: &str) -> Option<u128> {
    let hyphens = text.len() == 36 && [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-');
    let digits: String = text.chars().filter(|it| *it != '-').collect();
    let valid = hyphens && digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| u128::from_str_radix(&digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::date_time_text;

    #[test]
    fn moments_are_read_back() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59.123Z",
            "0001-01-01T00:00:00Z",
            "0000-02-29T00:00:00Z",
            "-0004-02-29T00:00:00Z",
            "-9998-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_moment(text).map(date_time_text).as_deref(), Some(text));
        }
        for same in [
            "2026-11-23T10:00:00+01:00",
            "2026-11-23t08:30:00.0-00:30",
            "2026-11-23 09:00:00.0009z",
            "2026-11-23T09:00:00.00Z",
        ] {
            assert_eq!(parse_moment(same), parse_moment("2026-11-23T09:00:00.000Z"), "{same}");
        }
        assert_eq!(parse_moment("1970-01-01T00:00:00.45678Z"), Some(456));
        for wrong in [
            "2026-02-29T00:00:00Z",
            "2026-01-01",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "é026-01-01T00:00:00Z",
            "--001-01-01T00:00:00Z",
            "-001-01-01T00:00:00Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+01:0",
            "2026-01-01T00:00:00ZZ",
            "2026-01-01T00:00:0:Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
        ] {
            assert_eq!(parse_moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn uuids_are_read_back() {
        let text = "12345678-9abc-def0-0123-456789abcdef";
        assert_eq!(parse_uuid(text).map(value::uuid_text).as_deref(), Some(text));
        assert_eq!(parse_uuid("12345678-9abc-def0-0123-456789abcde"), None);
        assert_eq!(parse_uuid("+2345678-9abc-def0-0123-456789abcdef"), None);
    }
}
