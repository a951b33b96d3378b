//! What can go wrong with the database, in words that name the file and the next step.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// The database cannot be used at all; the message says why and what to do.
    Unusable(String),
    /// No room left on the disk.
    Full,
    /// Something a transaction had read was changed before it could commit.
    Conflict,
    /// A rule was broken by what was asked: a bad key, a row that does not fit.
    Refused(String),
    /// The store is closing.
    Closed,
    /// SQLite or the operating system reported something unexpected.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Unusable(message) | StoreError::Refused(message) => f.write_str(message),
            StoreError::Full => f.write_str("the database's disk is full: nothing was written"),
            StoreError::Conflict => f.write_str("the data was changed by somebody else meanwhile"),
            StoreError::Closed => f.write_str("the database is closed: the program is stopping"),
            StoreError::Failed(message) => write!(f, "the database failed: {message}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => StoreError::Full,
            _ => StoreError::Failed(error.to_string()),
        }
    }
}
