//! What a reference says, as plain data. Paths are as people write them: `Stdlib.List.map`.

/// A whole reference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    pub title: String,
    /// The program's own modules, then those of the library (`Stdlib` first), each by path.
    pub modules: Vec<Module>,
    /// Files that declarations stand in.
    pub sources: Vec<Source>,
    /// The version of the library.
    pub version: String,
}

impl Reference {
    /// The nearest module around another one that has a page. Everything in the library is in `Stdlib`, which says nothing.
    pub fn parent(&self, module: usize) -> Option<usize> {
        let inner = self.modules.get(module)?;
        let is_around = |it: &Module| {
            let rest = inner.path.strip_prefix(it.path.as_str());
            it.library == inner.library && it.path != "Stdlib" && rest.is_some_and(|rest| rest.starts_with('.'))
        };
        let around = (0..).zip(&self.modules).filter(|(_, it)| is_around(it));
        around.max_by_key(|(_, it)| it.path.len()).map(|(index, _)| index)
    }

    /// The outermost module around another one, or that one itself.
    pub fn root(&self, module: usize) -> usize {
        let mut root = module;
        while let Some(parent) = self.parent(root) {
            root = parent;
        }
        root
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Module {
    /// Empty for a file without a module.
    pub path: String,
    pub library: bool,
    pub docs: Option<String>,
    /// In the order of the files.
    pub declarations: Vec<Declaration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    pub name: String,
    pub docs: Option<String>,
    /// Other names, below `Builtin`.
    pub aliases: Vec<String>,
    pub place: Place,
    pub kind: Kind,
}

/// Where a declaration stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Index into `Reference::sources`.
    pub source: usize,
    /// From 1.
    pub line: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As shown to people: `std/list.dark`.
    pub name: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Function(Function),
    Value(Shape),
    Type {
        parameters: Vec<String>,
        definition: Definition,
    },
    /// A datastore with the type of its rows.
    Datastore(Shape),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Type parameters that are written down.
    pub parameters: Vec<String>,
    pub params: Vec<Param>,
    pub result: Shape,
    pub role: Role,
    /// Queries of datastores may use it.
    pub in_queries: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Empty for `()`.
    pub name: String,
    pub shape: Shape,
    /// For handlers: what of the request it is, with a verb.
    pub source: Option<&'static str>,
}

/// What attributes make of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    Plain,
    Http { method: String, route: String },
    Worker { name: String },
    Cron { name: String, schedule: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definition {
    Alias(Shape),
    Record(Vec<Member>),
    Enum(Vec<Member>),
    /// Declared by the language itself.
    Primitive,
}

/// A field of a record, or a case of an enum with its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    pub docs: Option<String>,
    /// A record's field has one; labels are those of a case.
    pub fields: Vec<(Option<String>, Shape)>,
}

/// A type as it is written, names resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// With its path: `Stdlib.Option.Option`.
    Named(String, Vec<Shape>),
    /// A type of the language itself: `Int`, `List<…>`.
    Primitive(String, Vec<Shape>),
    /// Without apostrophe.
    Variable(String),
    Tuple(Vec<Shape>),
    Function(Vec<Shape>, Box<Shape>),
    Unknown,
}
