//! Queries: the condition that the compiler made of a function, on the stored rows and on those that this invocation
//! has changed but not written yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use dark_abi::{Kind, TypeInfo};
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{ToSql, params_from_iter};

use super::{Datastore, Session};
use crate::store::{StoreError, functions};

/// SQL over the columns `key` and `value`, with what to bind.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    sql: String,
    parameters: Vec<Parameter>,
}

#[derive(Debug, Clone, PartialEq)]
struct Parameter(Value);

impl ToSql for Parameter {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl Condition {
    /// The parameters in the form that `parameter` gives them.
    pub fn new(sql: String, parameters: &[String]) -> Result<Condition, String> {
        let parameters = parameters.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
        Ok(Condition { sql, parameters })
    }
}

/// A value as a parameter: nothing is NULL, `i` an integer, `f` the bits of a real number, `t` a text.
///
/// # Safety
/// The slots hold a value of that type; `stored` answers its stored JSON.
pub unsafe fn parameter(
    slots: *const u64,
    ty: *const TypeInfo,
    stored: impl FnOnce() -> Result<String, String>,
) -> Result<String, String> {
    // SAFETY: promised by the caller.
    let (word, kind) = unsafe { (*slots, (*ty).kind) };
    Ok(match kind {
        Kind::Bool | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => format!("i{}", word as i64),
        Kind::UInt8 | Kind::UInt16 | Kind::UInt32 => format!("i{word}"),
        Kind::Float if f64::from_bits(word).is_finite() => format!("f{word}"),
        // The text itself, not its JSON.
        Kind::String | Kind::Char | Kind::Uuid | Kind::DateTime | Kind::Float => {
            let text: String = serde_json::from_str(&stored()?).map_err(|error| error.to_string())?;
            format!("t{text}")
        }
        _ => format!("t{}", stored()?),
    })
}

fn parse(text: &str) -> Result<Parameter, String> {
    let wrong = || format!("a query was given `{text}`, a fault of the compiler");
    let value = match text.split_at_checked(1) {
        None => Value::Null,
        Some(("i", digits)) => Value::Integer(digits.parse().map_err(|_| wrong())?),
        Some(("f", bits)) => Value::Real(f64::from_bits(bits.parse().map_err(|_| wrong())?)),
        Some(("t", text)) => Value::Text(text.to_owned()),
        Some(_) => return Err(wrong()),
    };
    Ok(Parameter(value))
}

impl Session {
    /// The rows for which the condition holds, in the order of their keys.
    pub fn select(
        &mut self,
        datastore: &Arc<Datastore>,
        condition: &Condition,
        limit: Option<i64>,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let own = self.own_rows(datastore);
        let table = &datastore.sql.table;
        let mut sql = format!("SELECT key, value FROM {table} WHERE {} ORDER BY key", condition.sql);
        if let (Some(limit), None) = (limit, &own) {
            sql.push_str(&format!(" LIMIT {limit}"));
        }
        let parameters = &condition.parameters;
        let stored = self.scan_stored(datastore, &sql, parameters, |row| Ok((row.get(0)?, row.get(1)?)));
        let stored: Vec<(String, String)> = stored.map_err(explained)?;
        let Some(own) = own else { return Ok(stored) };
        let mut rows: BTreeMap<String, String> = stored.into_iter().filter(|(key, _)| !own.contains_key(key)).collect();
        rows.extend(self.select_own(&own, condition).map_err(explained)?);
        let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(0));
        Ok(rows.into_iter().take(limit).collect())
    }

    /// The keys of the rows for which the condition holds, in their order. No value is read.
    pub fn select_keys(
        &mut self,
        datastore: &Arc<Datastore>,
        condition: &Condition,
    ) -> Result<Vec<String>, StoreError> {
        if self.own_rows(datastore).is_some() {
            let rows = self.select(datastore, condition, None)?;
            return Ok(rows.into_iter().map(|(key, _)| key).collect());
        }
        let sql = format!("SELECT key FROM {} WHERE {} ORDER BY key", datastore.sql.table, condition.sql);
        self.scan_stored(datastore, &sql, &condition.parameters, |row| row.get(0)).map_err(explained)
    }

    /// For how many rows the condition holds.
    pub fn select_count(&mut self, datastore: &Arc<Datastore>, condition: &Condition) -> Result<i64, StoreError> {
        if self.own_rows(datastore).is_some() {
            return Ok(self.select(datastore, condition, None)?.len() as i64);
        }
        let sql = format!("SELECT count(*) FROM {} WHERE {}", datastore.sql.table, condition.sql);
        let counts = self.scan_stored(datastore, &sql, &condition.parameters, |row| row.get(0)).map_err(explained)?;
        Ok(counts.into_iter().next().unwrap_or(0))
    }

    /// Those of this invocation's own rows for which the condition holds.
    fn select_own(
        &self,
        own: &BTreeMap<String, Option<String>>,
        condition: &Condition,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let pairs: Vec<(&String, &String)> =
            own.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))).collect();
        let text = serde_json::to_string(&pairs).map_err(|error| StoreError::Failed(error.to_string()))?;
        let sql = format!(
            "SELECT key, value FROM (SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS value \
             FROM json_each(?{})) WHERE {}",
            condition.parameters.len() + 1,
            condition.sql
        );
        let all = condition.parameters.iter().cloned().chain([Parameter(Value::Text(text))]);
        self.store().read(|reader| {
            let mut select = reader.connection().prepare_cached(&sql)?;
            let rows: rusqlite::Result<Vec<(String, String)>> =
                select.query_map(params_from_iter(all), |row| Ok((row.get(0)?, row.get(1)?)))?.collect();
            Ok(rows?)
        })
    }
}

/// A failure of the program inside of the query is told as itself.
fn explained(error: StoreError) -> StoreError {
    functions::take_failure().map_or(error, StoreError::Refused)
}
