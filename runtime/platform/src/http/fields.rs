//! Texts as values: path variables, queries, headers and forms are turned into JSON by the type that is wanted, and
//! read as that. So there is one place that makes values, and one set of rules for what a number is.

use std::fmt::Write;

use dark_abi::{Kind, TypeInfo};

use super::path::Pair;
use super::refusal::FieldProblem;
use crate::descriptor::{is_option, items, option_of, text, type_at};

/// The JSON object for a record type; `place` begins the paths of what is wrong: `query`, `headers`, `body`.
pub(crate) fn record_json(pairs: &[Pair], ty: &TypeInfo, place: &str) -> Result<String, Vec<FieldProblem>> {
    let mut json = String::from("{");
    let mut problems = Vec::new();
    for field in items(&ty.fields) {
        let name = text(&field.name);
        let Some(field_ty) = type_at(field.ty) else { continue };
        let values: Vec<Option<&str>> =
            pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_deref()).collect();
        match field_json(&values, field_ty) {
            Ok(Some(value)) => {
                let comma = if json.len() > 1 { "," } else { "" };
                // Writing to a text cannot fail.
                let _ = write!(json, "{comma}{}:{value}", quoted(name));
            }
            Ok(None) => {}
            Err(message) => problems.push(FieldProblem { path: format!("{place}.{name}"), message }),
        }
    }
    json.push('}');
    match problems.is_empty() {
        true => Ok(json),
        false => Err(problems),
    }
}

/// `None`: the field is absent and may be. A value is `None` for a name without `=`.
fn field_json(values: &[Option<&str>], ty: &TypeInfo) -> Result<Option<String>, String> {
    match values {
        [] if is_option(ty) => Ok(None),
        [] if ty.kind == Kind::List => Ok(Some("[]".to_owned())),
        [] => Err("is missing".to_owned()),
        values if ty.kind == Kind::List => {
            let element = type_at(ty.element).ok_or_else(unsuitable)?;
            let elements: Result<Vec<String>, String> =
                values.iter().map(|value| scalar_json(*value, element)).collect();
            Ok(Some(format!("[{}]", elements?.join(","))))
        }
        // The last one wins, as in JSON.
        [.., value] if is_option(ty) => scalar_json(*value, option_of(ty).ok_or_else(unsuitable)?).map(Some),
        [.., value] => scalar_json(*value, ty).map(Some),
    }
}

/// A single text as JSON of a type: a path variable, or a value of a field.
pub(crate) fn scalar_json(value: Option<&str>, ty: &TypeInfo) -> Result<String, String> {
    // A name that just stands there says yes.
    let value = match (value, ty.kind) {
        (None, Kind::Bool) => return Ok("true".to_owned()),
        (value, _) => value.unwrap_or_default(),
    };
    match ty.kind {
        Kind::Bool => match value {
            "true" | "false" => Ok(value.to_owned()),
            _ => Err("is not true or false".to_owned()),
        },
        Kind::Int8 | Kind::UInt8 | Kind::Int16 | Kind::UInt16 | Kind::Int32 | Kind::UInt32 => whole(value),
        Kind::Int64 | Kind::UInt64 | Kind::Int128 | Kind::UInt128 | Kind::Int => whole(value),
        Kind::Float => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(format!("{number:?}")),
            _ => Err("is not a number".to_owned()),
        },
        Kind::String | Kind::Char | Kind::DateTime | Kind::Uuid => Ok(quoted(value)),
        Kind::Enum if items(&ty.cases).iter().all(|case| case.fields.len == 0) => Ok(quoted(value)),
        _ => Err(unsuitable()),
    }
}

fn unsuitable() -> String {
    "has a type that a text cannot carry".to_owned()
}

/// A whole number in the form of JSON.
fn whole(value: &str) -> Result<String, String> {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", value.strip_prefix('+').unwrap_or(value)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is not a whole number".to_owned());
    }
    match digits.trim_start_matches('0') {
        "" => Ok("0".to_owned()),
        digits => Ok(format!("{sign}{digits}")),
    }
}

fn quoted(text: &str) -> String {
    // A text cannot fail to be written.
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::path::pairs;
    use crate::test_types::{enum_of, list_of, option, plain, record};

    fn json(query: &str) -> Result<String, Vec<String>> {
        let ty = record(
            "Shop.Search",
            &[
                ("page", plain(Kind::Int)),
                ("q", option(plain(Kind::String))),
                ("tag", list_of(plain(Kind::String))),
                ("all", option(plain(Kind::Bool))),
                ("most", option(plain(Kind::Float))),
                ("order", option(enum_of("Shop.Order", &["Up", "Down"]))),
            ],
        );
        let found = record_json(&pairs(query).unwrap(), ty, "query");
        found.map_err(|problems| problems.iter().map(|it| format!("{} {}", it.path, it.message)).collect())
    }

    #[test]
    fn fields_are_read_by_their_types() {
        assert_eq!(json("page=2").unwrap(), r#"{"page":2,"tag":[]}"#);
        let all = json("page=-007&q=a+b&tag=x&tag=y&all&most=1e3&order=Up&other=1").unwrap();
        assert_eq!(all, r#"{"page":-7,"q":"a b","tag":["x","y"],"all":true,"most":1000.0,"order":"Up"}"#);
        assert_eq!(json("page=1&page=2&q=").unwrap(), r#"{"page":2,"q":"","tag":[]}"#);
    }

    #[test]
    fn all_that_is_wrong_is_named() {
        let problems = json("all=perhaps&most=NaN&tag=x").unwrap_err();
        let expected = ["query.page is missing", "query.all is not true or false", "query.most is not a number"];
        assert_eq!(problems, expected);
        for page in ["", "1.5", "x", "-", "1e3", "٣"] {
            assert_eq!(json(&format!("page={page}")).unwrap_err(), ["query.page is not a whole number"], "{page}");
        }
    }

    #[test]
    fn a_text_cannot_break_out_of_its_quotes() {
        assert_eq!(json(r#"page=1&q="},{"#).unwrap(), r#"{"page":1,"q":"\"},{","tag":[]}"#);
    }
}
