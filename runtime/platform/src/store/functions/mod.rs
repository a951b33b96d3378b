//! What queries compute in the database that SQLite does not, or does otherwise than Dark: each connection for reading
//! knows these functions by the names the compiler uses (`dark_ir::query`).
//!
//! A failure of Dark's (a division by zero) ends the statement; its message waits in `take_failure`.
//!
//! Reading order: this file, `numbers`, `floats`, `texts`, `values`.

mod floats;
mod numbers;
#[cfg(test)]
mod tests;
mod texts;
mod values;

use std::cell::RefCell;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Error};

/// A message for the person whose query it is.
#[derive(Debug)]
struct Failed(String);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

thread_local! {
    static FAILURE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The failure that ended a statement on this thread.
pub fn take_failure() -> Option<String> {
    FAILURE.take()
}

/// Ends the statement with a failure of the program.
fn failed<T>(message: impl Into<String>) -> rusqlite::Result<T> {
    let message = message.into();
    FAILURE.set(Some(message.clone()));
    Err(Error::UserFunctionError(Box::new(Failed(message))))
}

/// Gives the functions to a connection.
pub fn register(connection: &Connection) -> rusqlite::Result<()> {
    numbers::register(connection)?;
    floats::register(connection)?;
    texts::register(connection)?;
    values::register(connection)
}

/// A function whose value depends on its arguments alone.
fn define<T>(
    connection: &Connection,
    name: &str,
    arguments: i32,
    body: impl Fn(&Context<'_>) -> rusqlite::Result<T> + Send + 'static,
) -> rusqlite::Result<()>
where
    T: Into<Value>,
{
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function(name, arguments, flags, move |context| {
        body(context).map(|value| ToSqlOutput::Owned(value.into()))
    })
}

/// A text argument. NULL stands only where nobody looks; it is the empty text.
fn text<'a>(context: &'a Context<'_>, index: usize) -> rusqlite::Result<&'a str> {
    match context.get_raw(index) {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).or_else(|_| failed("What is stored is no text")),
        ValueRef::Null => Ok(""),
        other => failed(format!("What is stored must be text, not {}", other.data_type())),
    }
}
