//! Values to JSON.

use ::std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dark_abi::{CaseInfo, FieldInfo, Kind, flags};

use super::DEPTH_MAX;
use crate::invocation::static_text;
use crate::value::{self, Ty};
use crate::{dict, list, number, text};

/// The wire form of a value; the error says what has none.
///
/// # Safety
/// The slots hold a value of that type.
pub unsafe fn write(slots: *const u64, ty: Ty) -> Result<String, String> {
    // SAFETY: promised by the caller.
    unsafe { written(slots, ty, false) }
}

/// The stored form of a value: every value can be told from every other; the error says what cannot be stored.
///
/// # Safety
/// The slots hold a value of that type.
pub unsafe fn write_stored(slots: *const u64, ty: Ty) -> Result<String, String> {
    // SAFETY: promised by the caller.
    unsafe { written(slots, ty, true) }
}

/// # Safety
/// As `write`.
unsafe fn written(slots: *const u64, ty: Ty, stored: bool) -> Result<String, String> {
    let mut out = Out { text: String::new(), stored };
    // SAFETY: promised by the caller.
    unsafe { value(&mut out, slots, ty, 0)? };
    Ok(out.text)
}

/// What was written, and for whom.
struct Out {
    text: String,
    stored: bool,
}

impl ::std::ops::Deref for Out {
    type Target = String;

    fn deref(&self) -> &String {
        &self.text
    }
}

impl ::std::ops::DerefMut for Out {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.text
    }
}

/// # Safety
/// As `write`.
unsafe fn value(out: &mut Out, slots: *const u64, ty: Ty, depth: usize) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err(format!("a value nested more than {DEPTH_MAX} deep has no JSON form"));
    }
    if ty.flags & flags::SECRET != 0 && !(out.stored && ty.flags & flags::STORED != 0) {
        return Err("a secret has no JSON form".to_owned());
    }
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
            Kind::Float => return float(out, f64::from_bits(word)),
            Kind::Char | Kind::String => {
                string(out, text::as_str(value::object(slots)));
                Ok(())
            }
            Kind::DateTime => write!(out, "\"{}\"", moment(word as i64)),
            Kind::Uuid => write!(out, "\"{}\"", value::uuid_text(value::wide(slots))),
            Kind::Blob => write!(out, "\"{}\"", STANDARD.encode(text::as_bytes(value::object(slots)))),
            Kind::List => return elements(out, slots, ty, depth),
            Kind::Dict => return entries(out, slots, ty, depth),
            Kind::Tuple => return array(out, slots, ty, value::fields(ty), depth),
            Kind::Record => return record(out, slots, ty, depth),
            Kind::Enum => return case(out, slots, ty, depth),
            Kind::Function => return Err("a function has no JSON form".to_owned()),
            Kind::Stream => return Err("a stream has no JSON form".to_owned()),
            Kind::Db => return Err("a datastore has no JSON form".to_owned()),
        };
    }
    Ok(())
}

/// The library's text has milliseconds only when there are some; the wire always has.
fn moment(ms: i64) -> String {
    let text = value::date_time_text(ms);
    match text.strip_suffix('Z') {
        Some(rest) if ms.rem_euclid(1000) == 0 => format!("{rest}.000Z"),
        _ => text.to_string(),
    }
}

fn float(out: &mut Out, number: f64) -> Result<(), String> {
    if !number.is_finite() && out.stored {
        let _ = write!(out, "\"{}\"", number::float_text(number));
        return Ok(());
    }
    if !number.is_finite() {
        return Err(format!("the Float {} has no JSON form", number::float_text(number)));
    }
    let _ = write!(out, "{number:?}");
    Ok(())
}

/// Whether null stands for a value of that type: then `Some` of it is written with its name when it is stored.
pub(super) fn may_be_null(ty: Ty) -> bool {
    ty.kind == Kind::Unit || ty.flags & flags::OPTION != 0
}

/// Text in quotes.
fn string(out: &mut Out, text: &str) {
    out.push('"');
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[done..at]);
        done = at + 1;
        match escape {
            "" => {
                let _ = write!(out, "\\u{byte:04x}");
            }
            escape => out.push_str(escape),
        }
    }
    out.push_str(&text[done..]);
    out.push('"');
}

/// # Safety
/// As `write`, for a list.
unsafe fn elements(out: &mut Out, slots: *const u64, ty: Ty, depth: usize) -> Result<(), String> {
    let element = value::element(ty);
    out.push('[');
    // SAFETY: promised by the caller.
    unsafe {
        let list = value::object(slots);
        for i in 0..list::len(list) {
            if i > 0 {
                out.push(',');
            }
            value(out, list::at(list, i), element, depth + 1)?;
        }
    }
    out.push(']');
    Ok(())
}

/// # Safety
/// As `write`, for a dict.
unsafe fn entries(out: &mut Out, slots: *const u64, ty: Ty, depth: usize) -> Result<(), String> {
    let of = value::element(ty);
    out.push('{');
    // SAFETY: promised by the caller.
    unsafe {
        for (i, (key, slots)) in dict::entries(value::object(slots)).enumerate() {
            if i > 0 {
                out.push(',');
            }
            string(out, text::as_str(key));
            out.push(':');
            value(out, slots, of, depth + 1)?;
        }
    }
    out.push('}');
    Ok(())
}

/// # Safety
/// As `write`; the fields are those of the value.
unsafe fn array(out: &mut Out, slots: *const u64, ty: Ty, fields: &[FieldInfo], depth: usize) -> Result<(), String> {
    out.push('[');
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        // SAFETY: promised by the caller.
        unsafe { value(out, value::field_at(slots, ty, field.offset), value::ty(field.ty), depth + 1)? };
    }
    out.push(']');
    Ok(())
}

/// # Safety
/// As `write`, for a record.
unsafe fn record(out: &mut Out, slots: *const u64, ty: Ty, depth: usize) -> Result<(), String> {
    out.push('{');
    for (i, field) in value::fields(ty).iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        // SAFETY: promised by the caller.
        unsafe {
            string(out, static_text(&field.name));
            out.push(':');
            value(out, value::field_at(slots, ty, field.offset), value::ty(field.ty), depth + 1)?;
        }
    }
    out.push('}');
    Ok(())
}

/// # Safety
/// As `write`, for an enum.
unsafe fn case(out: &mut Out, slots: *const u64, ty: Ty, depth: usize) -> Result<(), String> {
    // SAFETY: promised by the caller.
    unsafe {
        let Some(case): Option<&CaseInfo> = value::cases(ty).get(value::case_index(slots, ty)) else {
            return Err("a case that is not there has no JSON form".to_owned());
        };
        let fields = value::items(&case.fields);
        if ty.flags & flags::OPTION != 0 {
            return match fields.first() {
                Some(field) if out.stored && may_be_null(value::ty(field.ty)) => {
                    out.push_str("{\"Some\":");
                    array(out, slots, ty, fields, depth)?;
                    out.push('}');
                    Ok(())
                }
                Some(field) => value(out, value::field_at(slots, ty, field.offset), value::ty(field.ty), depth + 1),
                None => {
                    out.push_str("null");
                    Ok(())
                }
            };
        }
        let name = static_text(&case.name);
        if fields.is_empty() {
            string(out, name);
            return Ok(());
        }
        out.push('{');
        string(out, name);
        out.push(':');
        array(out, slots, ty, fields, depth)?;
        out.push('}');
        Ok(())
    }
}
