//! The printed form of a value, for people: `Shop.Cart { lines: [Some(1), None] }`.
//!
//! Two passes. The first writes the value's text as pieces with possible line breaks between them and marks the
//! bracketed groups; the second decides for each group, from the outside in, whether it stays on one line: when it and
//! the text after it up to the next possible break fit into 80 columns. Neither recurses.

use ::std::borrow::Cow;

use dark_abi::{Closure, DbInfo, Elements, FieldInfo, Kind, List, Str, flags};
use unicode_width::UnicodeWidthStr;

use super::{Ty, base, case_index, cases, date_time_text, element, fields, items, object, uuid_text, wide};
use crate::dict::{self, Dict};
use crate::invocation::{Failure, Fault, static_text};
use crate::memory::Heap;
use crate::{list, number, text};

const WIDTH: u64 = 80;
const INDENT: usize = 2;
/// Deeper levels are indented no further, so that a deeply nested value has no text of quadratic length.
const INDENT_LEVELS_MAX: usize = 40;
const KEYWORDS: [&str; 15] =
    ["let", "val", "in", "if", "elif", "then", "else", "type", "of", "match", "with", "fun", "when", "true", "false"];

/// The printed form.
///
/// # Safety
/// The slots hold a value of that type.
pub unsafe fn repr(slots: *const u64, ty: Ty) -> String {
    // SAFETY: promised by the caller. Without a limit there is always a text.
    unsafe { print(slots, ty, usize::MAX) }.unwrap_or_default()
}

/// The printed form, or the failure that there is no room for it.
///
/// # Safety
/// The slots hold a value of that type.
pub unsafe fn repr_within(heap: &Heap, slots: *const u64, ty: Ty) -> Result<String, Fault> {
    let limit_bytes = heap.limit_bytes().saturating_sub(heap.reserved_bytes());
    // SAFETY: promised by the caller.
    unsafe { print(slots, ty, limit_bytes) }.ok_or_else(Failure::memory)
}

unsafe fn print(slots: *const u64, ty: Ty, limit_bytes: usize) -> Option<String> {
    let mut document = Document { text: String::new(), tokens: Vec::new() };
    let mut pending = vec![Item::Value(slots, ty)];
    while let Some(item) = pending.pop() {
        // SAFETY: the parts of values are values.
        unsafe { document.write(item, &mut pending) };
        if document.bytes() > limit_bytes {
            return None;
        }
    }
    document.measure();
    document.lay_out(limit_bytes)
}

/// A field's or dict key's name, in double backticks when it is no identifier.
pub fn field_name_text(name: &str) -> Cow<'_, str> {
    let mut bytes = name.bytes();
    let starts = bytes.next().is_none_or(|it| it.is_ascii_alphabetic() || it == b'_');
    let plain = starts && bytes.all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'\'');
    if plain && name != "_" && !KEYWORDS.contains(&name) { name.into() } else { format!("``{name}``").into() }
}

/// What is still to be written.
enum Item {
    Value(*const u64, Ty),
    /// So many elements; whether the first one of the group is still to come.
    Elements(Elements, usize, bool),
    Entries(dict::Entries, Ty, bool),
    /// The fields from that index on, and where their offsets count from.
    Fields(*const u8, &'static [FieldInfo], usize),
    /// The end of a group with brackets like these.
    Close(Brackets),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brackets {
    Round,
    Square,
    Curly,
}

impl Brackets {
    /// Opening and closing one, and the blanks inside when they stand on one line.
    fn texts(self) -> (&'static str, &'static str, u8) {
        match self {
            Brackets::Round => ("(", ")", 0),
            Brackets::Square => ("[", "]", 0),
            Brackets::Curly => ("{", "}", 1),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Token {
    /// The text up to that byte, and its width.
    Text(usize, u32),
    /// A possible break; so many blanks when it is none. The last one in a group stands further left.
    Break {
        blanks: u8,
        is_last: bool,
    },
    /// A group begins. With the width on one line up to the first possible break after it, once measured.
    Open(u64),
    Close,
}

struct Document {
    text: String,
    tokens: Vec<Token>,
}

impl Document {
    fn bytes(&self) -> usize {
        self.text.len() + self.tokens.len() * size_of::<Token>()
    }

    fn put(&mut self, piece: &str) {
        let width = if piece.is_ascii() { piece.len() } else { piece.width() };
        self.text.push_str(piece);
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        match self.tokens.last_mut() {
            Some(Token::Text(end, known)) => {
                *end = self.text.len();
                *known = known.saturating_add(width);
            }
            _ => self.tokens.push(Token::Text(self.text.len(), width)),
        }
    }

    fn open(&mut self, brackets: Brackets) {
        let (opening, _, blanks) = brackets.texts();
        self.tokens.push(Token::Open(0));
        self.put(opening);
        self.tokens.push(Token::Break { blanks, is_last: false });
    }

    fn close(&mut self, brackets: Brackets) {
        let (_, closing, blanks) = brackets.texts();
        self.tokens.push(Token::Break { blanks, is_last: true });
        self.put(closing);
        self.tokens.push(Token::Close);
    }

    fn separate(&mut self, is_first: bool) {
        if !is_first {
            self.put(",");
            self.tokens.push(Token::Break { blanks: 1, is_last: false });
        }
    }

    unsafe fn write(&mut self, item: Item, pending: &mut Vec<Item>) {
        // SAFETY: promised by the caller.
        unsafe {
            match item {
                Item::Value(slots, ty) => self.write_value(slots, ty, pending),
                Item::Close(brackets) => self.close(brackets),
                Item::Elements(_, 0, ..) => {}
                Item::Elements(elements, left, is_first) => {
                    self.separate(is_first);
                    pending.push(Item::Elements(elements.behind(1), left - 1, false));
                    pending.push(Item::Value(elements.at(0), elements.element));
                }
                Item::Entries(mut entries, ty, is_first) => {
                    let Some((key, value)) = entries.next() else { return };
                    self.separate(is_first);
                    self.put(&field_name_text(text::as_str(key)));
                    self.put(": ");
                    pending.push(Item::Entries(entries, ty, false));
                    pending.push(Item::Value(value, ty));
                }
                Item::Fields(base, fields, index) => {
                    let Some(field) = fields.get(index) else { return };
                    self.separate(index == 0);
                    let name = static_text(&field.name);
                    if !name.is_empty() {
                        self.put(&field_name_text(name));
                        self.put(": ");
                    }
                    pending.push(Item::Fields(base, fields, index + 1));
                    pending.push(Item::Value(base.add(field.offset as usize).cast(), super::ty(field.ty)));
                }
            }
        }
    }

    unsafe fn write_value(&mut self, slots: *const u64, ty: Ty, pending: &mut Vec<Item>) {
        if ty.flags & flags::SECRET != 0 {
            return self.put("<redacted>");
        }
        // SAFETY: promised by the caller.
        unsafe {
            match ty.kind {
                Kind::Unit => self.put("()"),
                Kind::Bool => self.put(if *slots != 0 { "true" } else { "false" }),
                Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => self.put(&(*slots as i64).to_string()),
                Kind::UInt8 | Kind::UInt16 | Kind::UInt32 | Kind::UInt64 => self.put(&(*slots).to_string()),
                Kind::Int128 => self.put(&(wide(slots) as i128).to_string()),
                Kind::UInt128 => self.put(&wide(slots).to_string()),
                Kind::Int => self.put(&number::display(*slots)),
                Kind::Float => self.put(&number::float_text(f64::from_bits(*slots))),
                Kind::Char => self.put(&quoted(text::as_str(object::<Str>(slots)), '\'')),
                Kind::String => self.put(&quoted(text::as_str(object::<Str>(slots)), '"')),
                Kind::DateTime => self.put(&format!("<DateTime: {}>", date_time_text(*slots as i64))),
                Kind::Uuid => self.put(&format!("<Uuid: {}>", uuid_text(wide(slots)))),
                Kind::Blob => self.put("<Blob: ephemeral>"),
                Kind::Function => {
                    let captures = object::<Closure>(slots).as_ref().and_then(|closure| closure.captures.as_ref());
                    let name = captures.map_or("", |captures| static_text(&captures.name));
                    self.put(if name.is_empty() { "(lambda)" } else { name });
                }
                Kind::Stream => self.put("<stream: stub>"),
                Kind::Db => {
                    let name = object::<DbInfo>(slots).as_ref().map_or("", |db| static_text(&db.name));
                    self.put(&format!("<Datastore: {name}>"));
                }
                Kind::List => self.write_list(object::<List>(slots), ty, pending),
                Kind::Dict => {
                    let dict = object::<Dict>(slots);
                    if dict::len(dict) == 0 {
                        return self.put("{}");
                    }
                    self.open(Brackets::Curly);
                    pending.push(Item::Close(Brackets::Curly));
                    pending.push(Item::Entries(dict::entries(dict), element(ty), true));
                }
                Kind::Tuple => self.write_fields(slots, ty, fields(ty), Brackets::Round, pending),
                Kind::Record => {
                    self.put(static_text(&ty.name));
                    self.put(" ");
                    self.write_fields(slots, ty, fields(ty), Brackets::Curly, pending);
                }
                Kind::Enum => {
                    let Some(case) = cases(ty).get(case_index(slots, ty)) else { return };
                    if let Some(prefix) = case_prefix(ty) {
                        self.put(prefix);
                        self.put(".");
                    }
                    self.put(static_text(&case.name));
                    let fields = items(&case.fields);
                    if !fields.is_empty() {
                        self.write_fields(slots, ty, fields, Brackets::Round, pending);
                    }
                }
            }
        }
    }

    unsafe fn write_list(&mut self, list: *const List, ty: Ty, pending: &mut Vec<Item>) {
        if list.is_null() {
            // Nobody knows at run time what an empty list is a list of.
            return self.put("List<_> []");
        }
        self.open(Brackets::Square);
        pending.push(Item::Close(Brackets::Square));
        // SAFETY: promised by the caller.
        unsafe { pending.push(Item::Elements(list::elements(list, element(ty)), list::len(list), true)) };
    }

    unsafe fn write_fields(
        &mut self,
        slots: *const u64,
        ty: Ty,
        fields: &'static [FieldInfo],
        brackets: Brackets,
        pending: &mut Vec<Item>,
    ) {
        self.open(brackets);
        pending.push(Item::Close(brackets));
        // SAFETY: promised by the caller.
        pending.push(Item::Fields(unsafe { base(slots, ty) }, fields, 0));
    }

    /// Writes into each opening token how much has to fit for its group to stay on one line.
    fn measure(&mut self) {
        // Widths from a token to the end of the text, seen from the end.
        let (mut width, mut width_at_break) = (0_u64, 0_u64);
        let mut open = Vec::new();
        for token in self.tokens.iter_mut().rev() {
            match token {
                Token::Text(_, own) => width += u64::from(*own),
                Token::Break { blanks, .. } => {
                    width += u64::from(*blanks);
                    width_at_break = width;
                }
                Token::Close => open.push(width_at_break),
                Token::Open(needed) => *needed = width - open.pop().unwrap_or(0),
            }
        }
    }

    fn lay_out(&self, limit_bytes: usize) -> Option<String> {
        let mut result = String::with_capacity(self.text.len());
        let (mut column, mut start) = (0_u64, 0);
        // Whether each of the groups around is on one line.
        let mut groups: Vec<bool> = Vec::new();
        for token in &self.tokens {
            let is_flat = groups.last().copied().unwrap_or(false);
            match *token {
                Token::Text(end, width) => {
                    result.push_str(&self.text[start..end]);
                    start = end;
                    column += u64::from(width);
                }
                Token::Break { blanks, .. } if is_flat => {
                    result.extend(::std::iter::repeat_n(' ', usize::from(blanks)));
                    column += u64::from(blanks);
                }
                Token::Break { is_last, .. } => {
                    let indent = (groups.len() - usize::from(is_last)).min(INDENT_LEVELS_MAX) * INDENT;
                    result.push('\n');
                    result.extend(::std::iter::repeat_n(' ', indent));
                    column = indent as u64;
                }
                Token::Open(needed) => groups.push(is_flat || column + needed <= WIDTH),
                Token::Close => {
                    groups.pop();
                }
            }
            if result.len() > limit_bytes {
                return None;
            }
        }
        Some(result)
    }
}

/// What stands in front of a case: nothing for Option, Result and the errors of the library's `parse` functions, which
/// look the same in every module.
fn case_prefix(ty: Ty) -> Option<&'static str> {
    if ty.flags & (flags::OPTION | flags::RESULT) != 0 {
        return None;
    }
    // SAFETY: a descriptor is static data.
    let name = unsafe { static_text(&ty.name) };
    (!(name.starts_with("Stdlib.") && name.ends_with(".ParseError"))).then_some(name)
}

fn quoted(text: &str, quote: char) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push(quote);
    for character in text.chars() {
        match character {
            '\\' => result.push_str("\\\\"),
            '\x07' => result.push_str("\\a"),
            '\x08' => result.push_str("\\b"),
            '\t' => result.push_str("\\t"),
            '\n' => result.push_str("\\n"),
            '\x0b' => result.push_str("\\v"),
            '\x0c' => result.push_str("\\f"),
            '\r' => result.push_str("\\r"),
            it if it == quote => result.extend(['\\', quote]),
            it if it < ' ' || it == '\x7f' => result.push_str(&format!("\\x{:02X}", u32::from(it))),
            it => result.push(it),
        }
    }
    result.push(quote);
    result
}
