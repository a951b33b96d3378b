//! Concrete types: no type variable is left. Interned in `Types`, with the layout `dark_abi` describes.

use rustc_hash::FxHashMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Int128,
    UInt128,
}

impl Scalar {
    pub fn bits(self) -> u32 {
        match self {
            Scalar::Int8 | Scalar::UInt8 => 8,
            Scalar::Int16 | Scalar::UInt16 => 16,
            Scalar::Int32 | Scalar::UInt32 => 32,
            Scalar::Int64 | Scalar::UInt64 => 64,
            Scalar::Int128 | Scalar::UInt128 => 128,
        }
    }

    pub fn signed(self) -> bool {
        matches!(self, Scalar::Int8 | Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Int128)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    Unit,
    Bool,
    Sized(Scalar),
    /// The unbounded integer.
    Int,
    Float,
    Char,
    String,
    DateTime,
    Uuid,
    Blob,
    List(TypeId),
    Dict(TypeId),
    Stream(TypeId),
    Db(TypeId),
    Tuple(Vec<TypeId>),
    /// A record or enum; its definition is in `Types::nominal`, because it may contain itself.
    Nominal(NominalId),
    /// Parameters as far as the arrows go: `A -> B -> C` is `Function([A, B], C)` and C is no function.
    Function(Vec<TypeId>, TypeId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NominalId(pub u32);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nominal {
    /// The full path with type arguments, unique: `Darklang.Stdlib.Option.Option<Int64>`.
    pub key: String,
    /// As printed, without its own owner `Darklang.`; type arguments have theirs.
    pub name: String,
    pub definition: Definition,
    pub special: Special,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definition {
    Record(Vec<(String, TypeId)>),
    Enum(Vec<Case>),
    /// Only between interning the name and filling in the definition.
    Pending,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub name: String,
    pub fields: Vec<TypeId>,
}

/// Types the runtime treats in a way of their own (`dark_abi::flags`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    None,
    Option,
    Result,
    /// Never shown, has no JSON form.
    Secret,
    /// As a secret, but datastores keep it.
    Password,
}

/// How a value lies in registers and memory; the table in `dark_abi`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// 1 to 3.
    pub slots: u32,
    /// The value is a pointer to a boxed object. Only tuples, records and enums.
    pub boxed: bool,
    /// Bytes of the boxed object, header included (largest case); 0 if not boxed.
    pub box_bytes: u32,
    /// Dropping it may have to free something.
    pub counted: bool,
}

/// The types of one program.
#[derive(Debug, Clone, Default)]
pub struct Types {
    list: Vec<Type>,
    index: FxHashMap<Type, TypeId>,
    nominals: Vec<Nominal>,
    nominal_index: FxHashMap<String, NominalId>,
    /// By `TypeId`, filled by `compute_layouts`.
    layouts: Vec<Layout>,
}

impl Types {
    pub fn intern(&mut self, ty: Type) -> TypeId {
        if let Some(&id) = self.index.get(&ty) {
            return id;
        }
        let id = TypeId(self.list.len() as u32);
        self.list.push(ty.clone());
        self.index.insert(ty, id);
        id
    }

    /// The id of a type that some function uses.
    pub fn find(&self, ty: &Type) -> Option<TypeId> {
        self.index.get(ty).copied()
    }

    pub fn get(&self, id: TypeId) -> &Type {
        &self.list[id.0 as usize]
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        (0..self.list.len() as u32).map(TypeId)
    }

    /// The nominal type of that key; `define` must follow when it is new (second result).
    pub fn nominal(&mut self, key: &str, name: &str, special: Special) -> (NominalId, bool) {
        if let Some(&id) = self.nominal_index.get(key) {
            return (id, false);
        }
        let id = NominalId(self.nominals.len() as u32);
        let definition = Definition::Pending;
        self.nominals.push(Nominal { key: key.to_string(), name: name.to_string(), definition, special });
        self.nominal_index.insert(key.to_string(), id);
        (id, true)
    }

    pub fn define(&mut self, id: NominalId, definition: Definition) {
        self.nominals[id.0 as usize].definition = definition;
    }

    pub fn nominal_data(&self, id: NominalId) -> &Nominal {
        &self.nominals[id.0 as usize]
    }

    /// Must be called once after lowering, before passes and codegen; types interned later need it again.
    pub fn set_layouts(&mut self, layouts: Vec<Layout>) {
        self.layouts = layouts;
    }

    pub fn layout(&self, id: TypeId) -> Layout {
        self.layouts[id.0 as usize]
    }
}
