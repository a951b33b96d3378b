//! How values of each type are seen by the database.

use crate::types::{Definition, Scalar, Special, Type, TypeId, Types};

/// What an SQL value of a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 0 or 1.
    Bool,
    /// An integer that fits SQLite's 64 bits.
    Small(Scalar),
    /// The digits of any other integer, as text; `None` is `Int`.
    Big(Option<Scalar>),
    /// A real number, or the text `NaN`, `Infinity`, `-Infinity`.
    Float,
    /// The text itself: String, Char, Uuid.
    Text,
    /// The stored text of a DateTime.
    Moment,
    Unit,
    /// JSON text.
    Json,
}

pub fn form(types: &Types, ty: TypeId) -> Form {
    match types.get(ty) {
        Type::Unit => Form::Unit,
        Type::Bool => Form::Bool,
        Type::Sized(scalar @ (Scalar::UInt64 | Scalar::Int128 | Scalar::UInt128)) => Form::Big(Some(*scalar)),
        Type::Sized(scalar) => Form::Small(*scalar),
        Type::Int => Form::Big(None),
        Type::Float => Form::Float,
        Type::Char | Type::String | Type::Uuid => Form::Text,
        Type::DateTime => Form::Moment,
        Type::Blob
        | Type::List(_)
        | Type::Dict(_)
        | Type::Db(_)
        | Type::Tuple(_)
        | Type::Nominal(_)
        | Type::Stream(_)
        | Type::Function(..) => Form::Json,
    }
}

/// Whether two values are equal exactly when their stored JSON is the same text. Not so for Float (-0.0, NaN), for
/// records (rows written before an optional field was added lack it) and for dicts.
pub fn textual(types: &Types, ty: TypeId) -> bool {
    fn walk(types: &Types, ty: TypeId, depth: usize) -> bool {
        // A type that contains itself ends here.
        if depth == 0 {
            return false;
        }
        let inner = |ty: &TypeId| walk(types, *ty, depth - 1);
        match types.get(ty) {
            Type::Unit
            | Type::Bool
            | Type::Sized(_)
            | Type::Int
            | Type::Char
            | Type::String
            | Type::DateTime
            | Type::Uuid
            | Type::Blob => true,
            Type::Float | Type::Dict(_) | Type::Db(_) | Type::Stream(_) | Type::Function(..) => false,
            Type::List(element) => inner(element),
            Type::Tuple(parts) => parts.iter().all(inner),
            Type::Nominal(nominal) => match &types.nominal_data(*nominal).definition {
                Definition::Enum(cases) => cases.iter().flat_map(|case| &case.fields).all(inner),
                Definition::Record(_) | Definition::Pending => false,
            },
        }
    }
    walk(types, ty, 8)
}

pub fn is_option(types: &Types, ty: TypeId) -> bool {
    matches!(types.get(ty), Type::Nominal(nominal) if types.nominal_data(*nominal).special == Special::Option)
}

/// Whether null stands for a value of that type: `Some` of it is stored with its name.
pub fn may_be_null(types: &Types, ty: TypeId) -> bool {
    matches!(types.get(ty), Type::Unit) || is_option(types, ty)
}

/// The fields of a record or the parts of a tuple, with the steps of JSON paths to them.
pub fn fields(types: &Types, ty: TypeId) -> Vec<(Step, TypeId)> {
    match types.get(ty) {
        Type::Tuple(parts) => parts.iter().enumerate().map(|(index, ty)| (Step::Index(index), *ty)).collect(),
        Type::Nominal(nominal) => match &types.nominal_data(*nominal).definition {
            Definition::Record(fields) => fields.iter().map(|(name, ty)| (Step::Member(name.clone()), *ty)).collect(),
            Definition::Enum(_) | Definition::Pending => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Name and field types of an enum's case.
pub fn case(types: &Types, ty: TypeId, index: u32) -> Option<(String, Vec<TypeId>)> {
    let Type::Nominal(nominal) = types.get(ty) else { return None };
    let Definition::Enum(cases) = &types.nominal_data(*nominal).definition else { return None };
    cases.get(index as usize).map(|case| (case.name.clone(), case.fields.clone()))
}

/// A step of a JSON path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Member(String),
    Index(usize),
}

/// `$."a"[0]`; the name of a field that no path can name otherwise.
pub fn path(steps: &[Step]) -> Result<String, String> {
    let mut out = String::from("$");
    for step in steps {
        match step {
            Step::Member(name) if name.contains(['"', '\\']) || name.chars().any(char::is_control) => {
                return Err(name.clone());
            }
            Step::Member(name) => out.push_str(&format!(".\"{name}\"")),
            Step::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    Ok(out)
}
