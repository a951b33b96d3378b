//! `Stdlib.Sqlite`: files of the program's own, on threads that may block.
//!
//! A call opens its file, or takes the open one of its invocation along, works on a thread of the blocking pool, and comes
//! back. An invocation that ends meanwhile has its statement interrupted and its transaction rolled back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dark_rt::std::answer::Call;
use dark_rt::value::{self, Tree};
use dark_rt::{Failure, Fault, answers, list, text};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, OpenFlags, Statement};

use super::wait;
use crate::rt_engine::locals_of;

/// How long a call waits for others that use the file.
const BUSY: Duration = Duration::from_secs(30);
/// Steps of SQLite between two looks at whether the invocation is still there.
const STEPS: i32 = 10_000;

/// Files that an invocation holds open.
#[derive(Default)]
pub(crate) struct Files {
    open: HashMap<i64, Connection>,
    opened: i64,
}

/// A cell, and a parameter.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

type Row = Vec<(String, Cell)>;

impl Cell {
    fn of(value: ValueRef<'_>) -> Cell {
        match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Int(number),
            ValueRef::Real(number) => Cell::Real(number),
            ValueRef::Text(bytes) => Cell::Text(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        }
    }

    /// As `Stdlib.Sqlite.Value`.
    fn tree(self) -> Tree {
        match self {
            Cell::Null => Tree::Case("Null", Vec::new()),
            Cell::Int(number) => Tree::Case("Int", vec![Tree::Int(number)]),
            Cell::Real(number) => Tree::Case("Real", vec![Tree::Float(number)]),
            Cell::Text(text) => Tree::Case("Text", vec![Tree::Text(text)]),
            Cell::Bytes(bytes) => Tree::Case("Bytes", vec![Tree::Bytes(bytes)]),
        }
    }

    /// Of a `Stdlib.Sqlite.Value`.
    ///
    /// # Safety
    /// The slots hold one, and `ty` is its descriptor.
    unsafe fn read(slots: *const u64, ty: value::Ty) -> Cell {
        // SAFETY: promised by the caller; each case but the first has one field.
        unsafe {
            let index = value::case_index(slots, ty);
            let Some(field) = value::cases(ty).get(index).and_then(|case| value::items(&case.fields).first()) else {
                return Cell::Null;
            };
            let field_slots = value::field_at(slots, ty, field.offset);
            match value::ty(field.ty).kind {
                dark_abi::Kind::Int64 => Cell::Int(*field_slots as i64),
                dark_abi::Kind::Float => Cell::Real(f64::from_bits(*field_slots)),
                dark_abi::Kind::String => Cell::Text(text::as_str(value::object(field_slots)).to_owned()),
                _ => Cell::Bytes(text::as_bytes(value::object(field_slots)).to_vec()),
            }
        }
    }
}

impl rusqlite::ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        let value = match self {
            Cell::Null => ValueRef::Null,
            Cell::Int(number) => ValueRef::Integer(*number),
            Cell::Real(number) => ValueRef::Real(*number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Bytes(bytes) => ValueRef::Blob(bytes),
        };
        Ok(rusqlite::types::ToSqlOutput::Borrowed(value))
    }
}

/// SQLite's own words.
fn message(error: rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message,
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        error => error.to_string(),
    }
}

fn open(path: &str) -> Result<Connection, String> {
    // Without SQLITE_OPEN_URI: a path is only a path.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(message)?;
    connection.busy_timeout(BUSY).map_err(message)?;
    Ok(connection)
}

/// Gives the statement its parameters `@p0`, `@p1` and so on.
fn bind(statement: &mut Statement<'_>, parameters: &[Cell]) -> Result<(), String> {
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).unwrap_or("?").to_owned();
        let place = name.strip_prefix("@p").filter(|digits| *digits == "0" || !digits.starts_with('0'));
        let cell = place.and_then(|digits| digits.parse::<usize>().ok()).and_then(|place| parameters.get(place));
        let cell = cell.ok_or_else(|| format!("Must add values for the following parameters: {name}"))?;
        statement.raw_bind_parameter(index, cell).map_err(message)?;
    }
    Ok(())
}

/// Runs all statements; the rows of the first that has columns, and how many rows have changed.
fn run(connection: &Connection, sql: &str, parameters: &[Cell]) -> Result<(Vec<Row>, i64), String> {
    let mut batch = Batch::new(connection, sql);
    let (mut rows, mut changed, mut writes) = (None, 0, false);
    while let Some(mut statement) = batch.next().map_err(message)? {
        bind(&mut statement, parameters)?;
        let is_readonly = statement.readonly();
        let before = connection.total_changes();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut found: Vec<Row> = Vec::new();
        let mut results = statement.raw_query();
        while let Some(row) = results.next().map_err(message)? {
            let cell = |(index, name): (usize, &String)| Ok((name.clone(), Cell::of(row.get_ref(index)?)));
            found.push(names.iter().enumerate().map(cell).collect::<rusqlite::Result<Row>>().map_err(message)?);
        }
        drop(results);
        if !is_readonly {
            writes = true;
            // Statements that change no rows leave the number of those before.
            changed += if connection.total_changes() > before { connection.changes() as i64 } else { 0 };
        }
        if rows.is_none() && !names.is_empty() {
            rows = Some(found);
        }
    }
    Ok((rows.unwrap_or_default(), if writes { changed } else { -1 }))
}

/// Tells the thread that nobody waits any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Does the work on a thread that may block; the invocation waits.
fn on_thread<T: Send + 'static>(work: impl FnOnce(&Arc<AtomicBool>) -> T + Send + 'static) -> Result<T, Fault> {
    let gone = Arc::new(AtomicBool::new(false));
    let waiting = Waiting(Arc::clone(&gone));
    let task = async {
        let done = tokio::task::spawn_blocking(move || work(&gone)).await;
        drop(waiting);
        done
    };
    wait(task)?.map_err(|_| Failure::internal("a thread for SQLite has failed"))
}

/// Lets statements end when nobody waits for them.
fn watch(connection: &mut Connection, gone: &Arc<AtomicBool>) -> Result<(), String> {
    let gone = Arc::clone(gone);
    connection.progress_handler(STEPS, Some(move || gone.load(Ordering::Relaxed))).map_err(message)
}

type Ran = Result<(Vec<Row>, i64), String>;

/// Opens the file, runs, closes.
fn once(path: String, sql: String, parameters: Vec<String>) -> Result<Ran, Fault> {
    on_thread(move |gone| {
        let mut connection = open(&path)?;
        watch(&mut connection, gone)?;
        let parameters: Vec<Cell> = parameters.into_iter().map(Cell::Text).collect();
        run(&connection, &sql, &parameters)
    })
}

fn closed() -> String {
    "the connection is closed: it can be used only within withConnection".to_owned()
}

/// Runs on a file that is open.
fn within(files: &mut Files, number: i64, sql: String, parameters: Vec<Cell>) -> Result<Ran, Fault> {
    let Some(mut connection) = files.open.remove(&number) else { return Ok(Err(closed())) };
    let (connection, ran) = on_thread(move |gone| {
        let ran = watch(&mut connection, gone).and_then(|()| run(&connection, &sql, &parameters));
        (connection, ran)
    })?;
    files.open.insert(number, connection);
    Ok(ran)
}

fn rows_tree(ran: Ran) -> Tree {
    let row = |row: Row| Tree::Dict(row.into_iter().map(|(name, cell)| (name, cell.tree())).collect());
    ran.map_or_else(Tree::error, |(rows, _)| Tree::ok(Tree::List(rows.into_iter().map(row).collect())))
}

fn changed_tree(ran: Ran) -> Tree {
    ran.map_or_else(Tree::error, |(_, changed)| Tree::ok(Tree::Int(changed)))
}

/// The cells of a list of `Stdlib.Sqlite.Value`.
///
/// # Safety
/// That argument is one, of that type.
unsafe fn cells(call: Call, index: usize) -> Vec<Cell> {
    // SAFETY: promised by the caller.
    unsafe {
        let all = value::object(call.slots(index));
        let element = value::element(call.ty(index));
        (0..list::len(all)).map(|i| Cell::read(list::at(all, i), element)).collect()
    }
}

answers! {
    /// `Sqlite.Internal.exec path sql params`
    dark_sqlite_internal_exec(_, call) {
        let (path, sql) = (call.text(0).to_owned(), call.text(1).to_owned());
        once(path, sql, call.texts(2)).map(changed_tree)
    }

    /// `Sqlite.Internal.query path sql params`
    dark_sqlite_internal_query(_, call) {
        let (path, sql) = (call.text(0).to_owned(), call.text(1).to_owned());
        once(path, sql, call.texts(2)).map(rows_tree)
    }

    /// `Sqlite.Internal.execWith connection sql params`
    dark_sqlite_internal_exec_with(invocation, call) {
        let (number, sql) = (call.word(0) as i64, call.text(1).to_owned());
        within(&mut locals_of(invocation).files, number, sql, cells(call, 2)).map(changed_tree)
    }

    /// `Sqlite.Internal.queryWith connection sql params`
    dark_sqlite_internal_query_with(invocation, call) {
        let (number, sql) = (call.word(0) as i64, call.text(1).to_owned());
        within(&mut locals_of(invocation).files, number, sql, cells(call, 2)).map(rows_tree)
    }

    /// `Sqlite.Internal.openFile path`: the number of a connection that has begun a transaction.
    dark_sqlite_internal_open_file(invocation, call) {
        let path = call.text(0).to_owned();
        let begun: Result<Connection, String> = on_thread(move |_| {
            let connection = open(&path)?;
            connection.execute_batch("BEGIN").map_err(message)?;
            Ok(connection)
        })?;
        Ok(match begun {
            Ok(connection) => {
                let files = &mut locals_of(invocation).files;
                files.opened += 1;
                files.open.insert(files.opened, connection);
                Tree::ok(Tree::Int(files.opened))
            }
            Err(error) => Tree::error(error),
        })
    }

    /// `Sqlite.Internal.finish connection keep`
    dark_sqlite_internal_finish(invocation, call) {
        let (number, keep) = (call.word(0) as i64, call.word(1) != 0);
        let Some(connection) = locals_of(invocation).files.open.remove(&number) else {
            return Ok(Tree::error(closed()));
        };
        let finished = on_thread(move |_| {
            // The program may have ended the transaction itself.
            match (connection.is_autocommit(), keep) {
                (true, _) => Ok(()),
                (false, true) => connection.execute_batch("COMMIT").map_err(message),
                (false, false) => connection.execute_batch("ROLLBACK").map_err(message),
            }
        })?;
        Ok(finished.map_or_else(|error: String| Tree::error(error), |()| Tree::ok(Tree::Unit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(sql: &str, parameters: &[&str]) -> Ran {
        let parameters: Vec<Cell> = parameters.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        run(&open(":memory:").unwrap(), sql, &parameters)
    }

    #[test]
    fn changed_rows_are_counted_over_all_statements() {
        let changed = |sql| ran(sql, &[]).map(|(_, changed)| changed);
        assert_eq!(changed("SELECT 1"), Ok(-1));
        assert_eq!(changed("CREATE TABLE t (a)"), Ok(0));
        assert_eq!(changed("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2); UPDATE t SET a = 3; SELECT 1"), Ok(4));
        assert_eq!(changed("CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE TABLE u (a)"), Ok(1));
        assert_eq!(changed(""), Ok(-1));
    }

    #[test]
    fn parameters_are_named_by_their_place() {
        let cell = |sql: &str, parameters: &[&str]| ran(sql, parameters).map(|(rows, _)| rows[0][0].1.clone());
        assert_eq!(cell("SELECT @p1 || @p0", &["a", "b", "c"]), Ok(Cell::Text("ba".into())));
        assert_eq!(cell("SELECT @p1", &["a"]), Err("Must add values for the following parameters: @p1".into()));
        assert_eq!(cell("SELECT :x", &["a"]), Err("Must add values for the following parameters: :x".into()));
        assert_eq!(cell("SELECT @p00", &["a"]), Err("Must add values for the following parameters: @p00".into()));
    }

    #[test]
    fn a_path_is_only_a_path() {
        let folder = std::env::temp_dir().join(format!("dark-sqlite-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.db?mode=ro").display().to_string();
        let made = open(&path).and_then(|connection| run(&connection, "CREATE TABLE t (a)", &[]));
        assert!(made.is_ok() && std::path::Path::new(&path).exists(), "{made:?}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_statement_nobody_waits_for_ends() {
        let mut connection = open(":memory:").unwrap();
        watch(&mut connection, &Arc::new(AtomicBool::new(true))).unwrap();
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        assert_eq!(run(&connection, endless, &[]).unwrap_err(), "interrupted");
    }
}
