//! Values of any type from a tree of parts: for library functions whose results are records, lists and enum cases.
//!
//! The tree says what the value holds, the descriptor how it lies in memory. What does not fit together is a fault of the
//! library, and an internal failure of the invocation.

use ::std::ptr::null_mut;

use dark_abi::{Kind, SLOTS_MAX};

use super::{Ty, cases, element, fields, make_aggregate, make_case};
use crate::invocation::{Failure, Fault, static_text};
use crate::memory::Heap;
use crate::{dict, list, number, text};

/// What a value holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Unit,
    Bool(bool),
    /// Any integer type of at most 64 bits, and `Int`.
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Tree>),
    Dict(Vec<(String, Tree)>),
    /// The fields of a tuple or record, in declared order.
    Parts(Vec<Tree>),
    /// The case of that name, with its fields.
    Case(&'static str, Vec<Tree>),
}

impl Tree {
    pub fn text(text: impl Into<String>) -> Tree {
        Tree::Text(text.into())
    }

    pub fn ok(value: Tree) -> Tree {
        Tree::Case("Ok", vec![value])
    }

    pub fn error(message: impl Into<String>) -> Tree {
        Tree::Case("Error", vec![Tree::text(message)])
    }

    /// `Some` of what is there, else `None`.
    pub fn option(value: Option<Tree>) -> Tree {
        match value {
            Some(value) => Tree::Case("Some", vec![value]),
            None => Tree::Case("None", Vec::new()),
        }
    }

    /// A list of pairs of texts: headers, fields of a form.
    pub fn pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Tree {
        let pair = |(name, value)| Tree::Parts(vec![Tree::Text(name), Tree::Text(value)]);
        Tree::List(pairs.into_iter().map(pair).collect())
    }
}

/// Makes the value. When that fails the invocation ends, and what was made goes with its heap.
///
/// # Safety
/// The result has room for the type's slots.
pub unsafe fn build(heap: &mut Heap, tree: &Tree, ty: Ty, result: *mut u64) -> Result<(), Fault> {
    // SAFETY: promised by the caller; each kind has the slots of its type.
    unsafe {
        match (tree, ty.kind) {
            (Tree::Unit, Kind::Unit) => *result = 0,
            (Tree::Bool(value), Kind::Bool) => *result = u64::from(*value),
            (Tree::Int(value), Kind::Int) => *result = number::from_i64(heap, *value)?,
            (Tree::Int(value), kind) if is_small_integer(kind) => *result = *value as u64,
            (Tree::Float(value), Kind::Float) => *result = value.to_bits(),
            (Tree::Text(value), Kind::String) => *result = text::new(heap, value)? as u64,
            (Tree::Bytes(value), Kind::Blob) => *result = text::bytes(heap, value)? as u64,
            (Tree::List(elements), Kind::List) => {
                let element = element(ty);
                let slots = all(heap, elements.iter().map(|tree| (tree, element)))?;
                *result = list::make(heap, slots.as_ptr(), elements.len(), element)? as u64;
            }
            (Tree::Dict(entries), Kind::Dict) => {
                let value_type = element(ty);
                let mut dict = null_mut();
                for (key, value) in entries {
                    let mut slots = [0; SLOTS_MAX];
                    build(heap, value, value_type, slots.as_mut_ptr())?;
                    let key = text::new(heap, key)?;
                    dict = dict::set(heap, dict, key, slots.as_ptr(), value_type)?;
                }
                *result = dict as u64;
            }
            (Tree::Parts(parts), Kind::Tuple | Kind::Record) if parts.len() == fields(ty).len() => {
                let slots = all(heap, parts.iter().zip(fields(ty).iter().map(|field| super::ty(field.ty))))?;
                make_aggregate(heap, ty, &slots, result)?;
            }
            (Tree::Case(name, parts), Kind::Enum) => {
                let known = cases(ty).iter().position(|case| static_text(&case.name) == *name);
                let Some(index) = known else { return Err(unfit(ty)) };
                let wanted = super::items(&cases(ty)[index].fields);
                if wanted.len() != parts.len() {
                    return Err(unfit(ty));
                }
                let slots = all(heap, parts.iter().zip(wanted.iter().map(|field| super::ty(field.ty))))?;
                make_case(heap, ty, index, &slots, result)?;
            }
            _ => return Err(unfit(ty)),
        }
    }
    Ok(())
}

/// The slots of values one after the other.
fn all<'a>(heap: &mut Heap, trees: impl Iterator<Item = (&'a Tree, Ty)>) -> Result<Vec<u64>, Fault> {
    let mut all = Vec::new();
    for (tree, ty) in trees {
        let mut slots = [0; SLOTS_MAX];
        // SAFETY: room for any value.
        unsafe { build(heap, tree, ty, slots.as_mut_ptr())? };
        all.extend_from_slice(&slots[..ty.slots as usize]);
    }
    Ok(all)
}

fn is_small_integer(kind: Kind) -> bool {
    use Kind::*;
    matches!(kind, Int8 | UInt8 | Int16 | UInt16 | Int32 | UInt32 | Int64 | UInt64)
}

#[cold]
fn unfit(ty: Ty) -> Fault {
    // SAFETY: a descriptor is static data.
    let name = unsafe { static_text(&ty.name) };
    Failure::internal(format!("a library function made something else than its result, {name}"))
}
