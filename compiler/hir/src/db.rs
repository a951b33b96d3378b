//! The database: inputs, and the page of queries.
//!
//! | query | answers | runs again when |
//! | --- | --- | --- |
//! | `parse(file)` | tree, syntax diagnostics | the text changes |
//! | `items::items(file)` | names and kinds of a file's declarations, no bodies, no spans | as `parse`; its result seldom changes |
//! | `items::definitions()` | every path of the project, the members of each module | a declaration comes, goes or is renamed |
//! | `items::source(def)` | which file and which item a definition is | as `definitions` |
//! | `items::carried_item(def)` | the syntax of a definition of the library that `darkc` carries | never |
//! | `signature::signature(def)` | types of a function's parameters and result, its role | its file or a type's kind changes; mostly same result |
//! | `signature::type_definition(def)` | fields, cases, alias | likewise |
//! | `lower::body(def)`, `lower::source_map(def)` | resolved body; spans apart | its file changes; `body` mostly with the same result |
//! | `infer::infer(def)` | types of the body | the body or something it refers to changes its result |
//! | `needs::needs(def)` | which type parameters of a generic function are compared or become JSON; functions that call each other are looked at together | its body, or that of a generic function it calls |
//! | `check::findings(file)` | everything to say about a file | anything in it |
//! | `check::diagnostics(file)` | the same without what only follows from broken declarations | likewise |
//! | `program::program()` | handlers, workers, crons, datastores, values in order | signatures change |
//!
//! One query a definition, none an expression. Nothing above `parse` holds a span except `source_map`, so an edit inside
//! one function runs `infer` for that function alone. Diagnostics are results, not accumulated.

use dark_source::FileId;
use dark_syntax::{Mode, Parse};
use std::sync::{Arc, Mutex};

#[salsa::db]
pub trait Db: salsa::Database {}

#[salsa::input(debug)]
pub struct SourceFile {
    #[returns(copy)]
    pub id: FileId,
    #[returns(deref)]
    pub path: String,
    #[returns(deref)]
    pub text: String,
    #[returns(copy)]
    pub kind: FileKind,
    /// Whether its text is the one that `darkc` carries: it is known to have nothing wrong with it, so only what is asked for
    /// is read of it (`items::item_of`).
    #[default]
    #[returns(copy)]
    pub carried: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// The standard library.
    Std,
    Package,
    /// A file whose top-level expressions run in order.
    Script,
    Test,
    /// Examples from documentation comments as tests, in the module of what they document.
    Examples,
    /// The expression of `darkc eval`.
    Eval,
}

/// The project; there is one.
#[salsa::input(singleton, debug)]
pub struct Project {
    #[returns(deref)]
    pub files: Vec<SourceFile>,
    /// Module of package files without a header.
    #[returns(deref)]
    pub module: String,
}

/// What the project's settings declare; there is one, or none where settings make no difference.
#[salsa::input(singleton, debug)]
pub struct Settings {
    /// The names of secrets.
    #[returns(deref)]
    pub secrets: Vec<String>,
}

/// The concrete database, used by the driver, the language server and tests.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    log: Arc<Mutex<Option<Vec<String>>>>,
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {}

impl Default for Database {
    fn default() -> Database {
        Database { storage: salsa::Storage::new(None), log: Arc::default() }
    }
}

impl Database {
    /// One that can tell which queries run. Writing that down takes time.
    pub fn watched() -> Database {
        let log: Arc<Mutex<Option<Vec<String>>>> = Arc::default();
        let events = Arc::clone(&log);
        let record = move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind
                && let Ok(mut log) = events.lock()
                && let Some(log) = log.as_mut()
            {
                log.push(format!("{database_key:?}"));
            }
        };
        Database { storage: salsa::Storage::new(Some(Box::new(record))), log }
    }

    /// The queries of a watched database that run while `run` does, in order: `infer(Def(Id(3)))`.
    pub fn queries_of<T>(&mut self, run: impl FnOnce(&mut Database) -> T) -> (T, Vec<String>) {
        self.set_log(Some(Vec::new()));
        let result = run(self);
        let log = self.log.lock().map(|mut log| log.take()).unwrap_or_default();
        (result, log.unwrap_or_default())
    }

    fn set_log(&self, log: Option<Vec<String>>) {
        if let Ok(mut current) = self.log.lock() {
            *current = log;
        }
    }
}

#[salsa::tracked]
pub fn parse(db: &dyn Db, file: SourceFile) -> Parse {
    let mode = match file.kind(db) {
        FileKind::Std => Mode::Std,
        FileKind::Package => Mode::Package,
        FileKind::Script => Mode::Script,
        FileKind::Test | FileKind::Examples => Mode::Test,
        FileKind::Eval => return eval(file.text(db), file.id(db)),
    };
    dark_syntax::parse(file.text(db), file.id(db), mode)
}

/// The expression of `darkc eval` as a file with one item.
fn eval(text: &str, file: FileId) -> Parse {
    use dark_syntax::ast::{File, Item, ItemKind};
    let parsed = dark_syntax::parse_expression(text, file);
    let span = parsed.expr.span;
    let item = Item { doc: None, attributes: Vec::new(), kind: ItemKind::Expr(parsed.expr), span };
    Parse {
        tree: File { items: vec![item], span },
        diagnostics: parsed.diagnostics,
        comments: Vec::new(),
        starts: Vec::new(),
        lost: Vec::new(),
    }
}

/// The file of that id.
pub fn file(db: &dyn Db, id: FileId) -> Option<SourceFile> {
    let files = Project::try_get(db)?.files(db);
    // Files are numbered in their order, but for those that an editor has removed.
    let at_its_number = files.get(id.0 as usize).copied().filter(|file| file.id(db) == id);
    at_its_number.or_else(|| files.iter().copied().find(|file| file.id(db) == id))
}
