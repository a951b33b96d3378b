//! What a stored type looks like, in a form that outlives the program: kept beside each table and compared at start
//! with the type the program now has. Names of types do not matter, for rows do not contain them; names of fields and
//! cases do.

use std::collections::{BTreeMap, BTreeSet};

use crate::descriptor::{items, text};
use dark_abi::{FieldInfo, Kind, StaticSlice, TypeInfo, flags};
use serde::{Deserialize, Serialize};

/// A type with the records and enums it reaches, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeShape {
    pub root: Shape,
    pub types: BTreeMap<String, Definition>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// A type without parts, by its name: `Int64`, `String`.
    Plain(String),
    List(Box<Shape>),
    Dict(Box<Shape>),
    Option(Box<Shape>),
    Tuple(Vec<Shape>),
    /// A record or enum of `TypeShape::types`.
    Named(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Definition {
    Record(Vec<(String, Shape)>),
    Enum(Vec<(String, Vec<Shape>)>),
}

/// The shape of a type, from its descriptor.
///
/// # Safety
/// `ty` points to a descriptor that the compiler made, with all it refers to.
pub unsafe fn describe(ty: *const TypeInfo) -> TypeShape {
    let mut types = BTreeMap::new();
    // SAFETY: as promised by the caller.
    let root = unsafe { shape_of(ty, &mut types) };
    TypeShape { root, types }
}

unsafe fn shape_of(ty: *const TypeInfo, types: &mut BTreeMap<String, Definition>) -> Shape {
    // SAFETY: descriptors and what they point to are static and complete.
    unsafe {
        let info = &*ty;
        let name = text(&info.name).to_owned();
        match info.kind {
            Kind::List => Shape::List(Box::new(shape_of(info.element, types))),
            Kind::Dict => Shape::Dict(Box::new(shape_of(info.element, types))),
            Kind::Tuple => Shape::Tuple(shapes_of(&info.fields, types)),
            Kind::Enum if info.flags & flags::OPTION != 0 => {
                let inner = items(&info.cases).iter().find_map(|case| items(&case.fields).first());
                match inner {
                    Some(field) => Shape::Option(Box::new(shape_of(field.ty, types))),
                    None => Shape::Plain(name),
                }
            }
            Kind::Record => {
                if !types.contains_key(&name) {
                    // Entered before its fields are looked at: the type may contain itself.
                    types.insert(name.clone(), Definition::Record(Vec::new()));
                    let fields = items(&info.fields);
                    let fields =
                        fields.iter().map(|field| (text(&field.name).to_owned(), shape_of(field.ty, types))).collect();
                    types.insert(name.clone(), Definition::Record(fields));
                }
                Shape::Named(name)
            }
            Kind::Enum => {
                if !types.contains_key(&name) {
                    types.insert(name.clone(), Definition::Enum(Vec::new()));
                    let cases = items(&info.cases);
                    let cases = cases
                        .iter()
                        .map(|case| (text(&case.name).to_owned(), shapes_of(&case.fields, types)))
                        .collect();
                    types.insert(name.clone(), Definition::Enum(cases));
                }
                Shape::Named(name)
            }
            _ => Shape::Plain(name),
        }
    }
}

unsafe fn shapes_of(fields: &StaticSlice<FieldInfo>, types: &mut BTreeMap<String, Definition>) -> Vec<Shape> {
    // SAFETY: as in `shape_of`.
    unsafe { items(fields).iter().map(|field| shape_of(field.ty, types)).collect() }
}

impl TypeShape {
    /// Why rows of the type `self` cannot be read as `new`; `None` when they can: the types are the same but for new
    /// fields of type `Option` and new cases of enums.
    pub fn difference(&self, new: &TypeShape) -> Option<String> {
        Comparison { old: self, new, seen: BTreeSet::new() }.shapes(&self.root, &new.root, "the row")
    }
}

struct Comparison<'a> {
    old: &'a TypeShape,
    new: &'a TypeShape,
    /// Pairs of names under comparison or compared: recursive types end here.
    seen: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Comparison<'a> {
    fn shapes(&mut self, old: &'a Shape, new: &'a Shape, place: &str) -> Option<String> {
        match (old, new) {
            (Shape::Plain(a), Shape::Plain(b)) if a == b => None,
            (Shape::List(a), Shape::List(b)) => self.shapes(a, b, &format!("an element of {place}")),
            (Shape::Dict(a), Shape::Dict(b)) => self.shapes(a, b, &format!("a value of {place}")),
            (Shape::Option(a), Shape::Option(b)) => self.shapes(a, b, place),
            (Shape::Tuple(a), Shape::Tuple(b)) if a.len() == b.len() => a
                .iter()
                .zip(b)
                .enumerate()
                .find_map(|(i, (a, b))| self.shapes(a, b, &format!("part {} of {place}", i + 1))),
            (Shape::Named(a), Shape::Named(b)) => {
                if !self.seen.insert((a, b)) {
                    return None;
                }
                match (self.old.types.get(a), self.new.types.get(b)) {
                    (Some(Definition::Record(a)), Some(Definition::Record(b))) => self.records(a, b, place),
                    (Some(Definition::Enum(a)), Some(Definition::Enum(b))) => self.enums(a, b, place),
                    _ => Some(format!("{place} was {a} and now is {b}")),
                }
            }
            _ => Some(format!("{place} was {old} and now is {new}")),
        }
    }

    fn records(&mut self, old: &'a [(String, Shape)], new: &'a [(String, Shape)], place: &str) -> Option<String> {
        for (name, shape) in old {
            match new.iter().find(|(other, _)| other == name) {
                Some((_, other)) => {
                    let difference = self.shapes(shape, other, &format!("`{name}` of {place}"));
                    if difference.is_some() {
                        return difference;
                    }
                }
                None => return Some(format!("the field `{name}` of {place} is gone")),
            }
        }
        let added = new
            .iter()
            .find(|(name, shape)| !matches!(shape, Shape::Option(_)) && !old.iter().any(|(other, _)| other == name));
        added.map(|(name, shape)| {
            format!("the field `{name}` of {place} is new, and {shape} has no value for the rows that are there")
        })
    }

    fn enums(
        &mut self,
        old: &'a [(String, Vec<Shape>)],
        new: &'a [(String, Vec<Shape>)],
        place: &str,
    ) -> Option<String> {
        old.iter().find_map(|(name, fields)| match new.iter().find(|(other, _)| other == name) {
            None => Some(format!("the case `{name}` of {place} is gone")),
            Some((_, others)) if others.len() != fields.len() => {
                Some(format!("the case `{name}` of {place} had {} fields and now has {}", fields.len(), others.len()))
            }
            Some((_, others)) => fields
                .iter()
                .zip(others)
                .find_map(|(a, b)| self.shapes(a, b, &format!("a field of the case `{name}` of {place}"))),
        })
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Shape::Plain(name) | Shape::Named(name) => f.write_str(name),
            Shape::List(element) => write!(f, "List<{element}>"),
            Shape::Dict(value) => write!(f, "Dict<{value}>"),
            Shape::Option(value) => write!(f, "Option<{value}>"),
            Shape::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(Shape::to_string).collect();
                write!(f, "({})", parts.join(" * "))
            }
        }
    }
}
