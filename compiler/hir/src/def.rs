//! The identity of definitions: a kind and a full path. It survives every edit that does not rename.

/// A definition, interned: `Copy`, compared by identity. See `DefKind` for what there is.
#[salsa::interned(unsafe(no_lifetime), revisions = usize::MAX, debug)]
pub struct Def {
    #[returns(copy)]
    pub kind: DefKind,
    /// The full path with dots, owner included: `Darklang.Stdlib.List.map`, `Shop.Cart.addLine`. The project's own
    /// module comes first. For `Statement` and `Test`: the module path, `#`, and the index in its file.
    #[returns(deref)]
    pub path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DefKind {
    /// `let f (x: T) : R = …`, extern declarations, handlers, workers and crons included.
    Function,
    /// `val x = …`
    Value,
    /// Record, enum or alias.
    Type,
    /// `[<DB>] type X = T`
    Db,
    /// A top-level expression of a script, or the expression of `darkc eval`.
    Statement,
    /// `actual = expected` of a test file.
    Test,
}
