//! The nodes of Core.
//!
//! A function body is a tree of `Expr`; operands are variables or constants (A-normal form); each variable is bound
//! once in its function. Control that yields a value may stand on the right of a let (`LetExpr`); several paths meet
//! at a `Join`.
//!
//! # Ownership
//!
//! After `passes::count` every counted variable that is *owned* is consumed exactly once on each path, and `Dup` and
//! `Drop` say where counts change. Owned: parameters that are not marked borrowed, results of calls, constructions and
//! intrinsics, and join parameters. **Borrowed** (valid while their base is alive; must be `Dup`ed to be consumed):
//! results of `Field`, `CaseField`, `Capture`, `Global`, and what is looked up in a list or dict. Consuming positions: arguments of `Call`, `CallClosure` (the
//! closure too), `Construct`, `MakeList`, `MakeDict`, `MakeClosure`, `Jump`, the result (`Expr::Value`), operands an
//! intrinsic or extern owns. Everything else borrows. Constants are immortal and need neither.
//!
//! A `Let` of a `Call` or `CallClosure` whose body is just its variable, in tail position, is a tail call: codegen
//! guarantees constant stack for it.

use crate::intrinsics::Intrinsic;
use crate::stages::Stage;
use crate::types::{TypeId, Types};
pub use dark_hir::types::ParamSource;
use std::sync::Arc;

/// A variable of one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var(pub u32);

/// A join point of one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExternId(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GlobalId(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DbId(pub u32);

#[derive(Debug, Clone)]
pub struct Program {
    pub types: Types,
    pub functions: Vec<Function>,
    pub externs: Vec<Extern>,
    pub globals: Vec<Global>,
    pub dbs: Vec<Db>,
    pub app: App,
}

#[derive(Debug, Clone)]
pub struct Function {
    /// The symbol: unique and the same in every build of the same definition (qualified name, type arguments, a
    /// counter for lambdas inside).
    pub symbol: String,
    /// Qualified, as printed in messages; lambdas: their function's.
    pub name: String,
    /// Functions of one group are compiled into one object: the module they are declared in.
    pub group: String,
    pub params: Vec<Param>,
    pub result: TypeId,
    pub body: Expr,
    pub location: Location,
    /// By `Var`: its type.
    pub vars: Vec<TypeId>,
    /// By `Var`: where the expression stands that it is the value of. Empty for the library, for what was put together
    /// by the compiler, and after `query`, which needs it for its messages.
    pub places: Vec<dark_source::Location>,
    /// The function the database has for it: what `[<Sql>]` says.
    pub sql: Option<String>,
    /// What it does with the elements of a list: what `[<Fuses>]` says.
    pub stage: Option<Stage>,
    /// It is on a circle of tail calls, or the code of a closure: it has the calling convention that lets calls in tail
    /// position take no stack. Set by `passes::tails`.
    pub tail_called: bool,
    /// It may come back to itself, so it compares the stack pointer with the limit before it calls. True until
    /// `passes::limits` has found out.
    pub recursive: bool,
    /// True for the code of a closure: the first parameter is the closure itself; its captures have these types.
    pub captures: Option<Vec<TypeId>>,
    /// Of the code of a closure that stands for a named function: the function's name, as the value prints.
    pub value_of: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param {
    pub var: Var,
    pub borrowed: bool,
}

/// A place in Dark source: line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    pub file: Arc<str>,
    pub line: u32,
    pub column: u32,
    /// The function it stands in, where its code has become part of another one's (`passes::inline`).
    pub function: Option<Arc<str>>,
}

/// A Rust function of the runtime; conventions in `dark_abi::externs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extern {
    pub symbol: String,
    pub params: Vec<TypeId>,
    pub consumes: Vec<bool>,
    pub result: TypeId,
    /// Some type variable in its declaration: everything goes through memory.
    pub reflective: bool,
    pub fails: bool,
    pub pure_: bool,
    /// The function the database has for it: what `[<Sql>]` says.
    pub sql: Option<String>,
    /// As messages call it.
    pub name: String,
}

/// The value of a `val`: static slots, filled before anything else runs by `init`.
#[derive(Debug, Clone)]
pub struct Global {
    pub symbol: String,
    pub ty: TypeId,
    pub init: FunctionId,
}

#[derive(Debug, Clone)]
pub struct Db {
    pub symbol: String,
    pub name: String,
    pub row: TypeId,
}

/// What the executable serves; becomes `dark_abi::AppInfo`.
#[derive(Debug, Clone, Default)]
pub struct App {
    pub name: String,
    /// JSON; `{}` without a project file.
    pub settings: String,
    pub mode: AppMode,
    pub handlers: Vec<Handler>,
    pub workers: Vec<Worker>,
    pub crons: Vec<Cron>,
    pub tests: Vec<Test>,
    /// In dependency order.
    pub values: Vec<GlobalId>,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AppMode {
    #[default]
    Serve,
    Script,
    Eval,
    Test,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub name: String,
    pub function: FunctionId,
    /// One per parameter: name and where an HTTP handler's comes from (`None`: plain).
    pub params: Vec<(String, Option<dark_hir::types::ParamSource>)>,
}

#[derive(Debug, Clone)]
pub struct Handler {
    pub method: String,
    pub route: String,
    pub entry: Entry,
}

#[derive(Debug, Clone)]
pub struct Worker {
    pub name: String,
    pub entry: Entry,
}

#[derive(Debug, Clone)]
pub struct Cron {
    pub name: String,
    pub schedule: String,
    pub entry: Entry,
}

#[derive(Debug, Clone)]
pub struct Test {
    pub entry: Entry,
    pub group: String,
    pub text: String,
    pub expected_error: Option<String>,
    pub location: Location,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    Var(Var),
    Const(Const),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Const {
    Unit,
    Bool(bool),
    /// A sized integer, or DateTime: its bits, sign- or zero-extended.
    Int(i128, TypeId),
    /// An unbounded integer that fits 63 bits.
    SmallInt(i64),
    /// An unbounded integer that does not: decimal digits with sign.
    BigInt(Arc<str>),
    Float(f64),
    /// String or Char.
    Text(Arc<str>, TypeId),
    /// The empty list or dict of that type.
    Empty(TypeId),
    /// A boxed enum's case without fields: a static object.
    Case(TypeId, u32),
    /// A static closure of a function without captures. The function takes the closure as its first parameter.
    Closure(FunctionId, TypeId),
    Db(DbId),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// The result of the function, join body, or `LetExpr` it ends.
    Value(Operand),
    Let {
        var: Var,
        op: Op,
        body: Box<Expr>,
    },
    /// `value` is control that ends in `Value`s.
    LetExpr {
        var: Var,
        value: Box<Expr>,
        body: Box<Expr>,
    },
    If {
        condition: Operand,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    /// On the case of an enum; borrows. Without default all cases are listed.
    Switch {
        scrutinee: Operand,
        cases: Vec<(u32, Expr)>,
        default: Option<Box<Expr>>,
    },
    /// `rest` may jump to `body`. The value of the whole is that of whichever path is taken. Jumps to a join stand
    /// only in its `rest`, in tail position with respect to it; a join is no loop.
    Join {
        label: Label,
        params: Vec<Var>,
        body: Box<Expr>,
        rest: Box<Expr>,
    },
    Jump {
        label: Label,
        arguments: Vec<Operand>,
    },
    Dup {
        var: Var,
        body: Box<Expr>,
    },
    Drop {
        var: Var,
        body: Box<Expr>,
    },
    /// Gives up a reference to a boxed object that is in that case, and owns the named fields from then on: what the last
    /// reference held is moved out, otherwise it is duplicated. Inserted by `passes::reuse`.
    Take {
        value: Var,
        case: u32,
        fields: Vec<(u32, Var)>,
        /// Bound to the object's memory when that was the last reference, else to null; it is used by exactly one
        /// `Rebuild` or `Release` on each path. Without it the memory is freed.
        token: Option<Var>,
        body: Box<Expr>,
    },
    /// Frees the memory of a token.
    Release {
        token: Var,
        body: Box<Expr>,
    },
    /// Ends the invocation.
    Fail {
        failure: Failure,
        location: Location,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// `No matching case found for value … in match expression`; borrows.
    NoMatch(Operand),
    Message(Arc<str>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Call {
        function: FunctionId,
        arguments: Vec<Operand>,
        location: Location,
    },
    /// The closure has exactly as many parameters as there are arguments (`ClosureArity` was tested).
    CallClosure {
        closure: Operand,
        arguments: Vec<Operand>,
        result: TypeId,
        location: Location,
    },
    /// UInt32 as Int64: how many parameters the closure's code takes.
    ClosureArity(Operand),
    CallExtern {
        function: ExternId,
        arguments: Vec<Operand>,
        location: Location,
    },
    Intrinsic {
        intrinsic: Intrinsic,
        arguments: Vec<Operand>,
        result: TypeId,
        location: Location,
    },
    /// A tuple, record (case 0) or enum case.
    Construct {
        ty: TypeId,
        case: u32,
        arguments: Vec<Operand>,
    },
    /// As `Construct`, in the memory of a token if it has any.
    Rebuild {
        token: Var,
        ty: TypeId,
        case: u32,
        arguments: Vec<Operand>,
    },
    /// Of a tuple or record; a borrowed result.
    Field {
        value: Operand,
        index: u32,
    },
    /// Of an enum known to be in that case; a borrowed result.
    CaseField {
        value: Operand,
        case: u32,
        index: u32,
    },
    MakeList {
        ty: TypeId,
        items: Vec<Operand>,
    },
    MakeDict {
        ty: TypeId,
        entries: Vec<(Arc<str>, Operand)>,
    },
    MakeClosure {
        function: FunctionId,
        captures: Vec<Operand>,
        ty: TypeId,
    },
    /// Of the closure the code belongs to; a borrowed result.
    Capture {
        closure: Operand,
        index: u32,
        ty: TypeId,
    },
    Global(GlobalId),
}

impl Op {
    /// Whether the result is a part of something else, and borrowed from it.
    pub fn is_projection(&self) -> bool {
        use Intrinsic::{DictGet, DictKeyAt, DictValueAt, ListGet};
        match self {
            Op::Field { .. } | Op::CaseField { .. } | Op::Capture { .. } | Op::Global(_) => true,
            Op::Intrinsic { intrinsic, .. } => matches!(intrinsic, ListGet | DictGet | DictKeyAt | DictValueAt),
            _ => false,
        }
    }

    /// What a projection is a part of. A global is a part of the program.
    pub fn base(&self) -> Option<&Operand> {
        match self {
            Op::Field { value, .. } | Op::CaseField { value, .. } | Op::Capture { closure: value, .. } => Some(value),
            Op::Intrinsic { arguments, .. } if self.is_projection() => arguments.first(),
            _ => None,
        }
    }
}
