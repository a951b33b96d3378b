//! Secrets: the values of the names that `dark.toml` lists, found when the program starts.
//!
//! A value comes from the environment variable of its name, or from the file that `SECRETS_FILE` names: lines of
//! `NAME=value`. A server does not start when one is missing; a test that asks for a missing one fails.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use dark_abi::{Context, Str};
use dark_rt::{Failure, run, text};

use super::world;

/// Names the file of secrets.
const FILE: &str = "SECRETS_FILE";

static SECRETS: OnceLock<Secrets> = OnceLock::new();

/// What was found, by name; `None` for what was not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Secrets(BTreeMap<String, Option<String>>);

impl Secrets {
    /// Looks for the names in the environment and in the file that it names.
    pub(crate) fn read(names: &[String]) -> Result<Secrets, String> {
        if names.is_empty() {
            return Ok(Secrets::default());
        }
        let file = match std::env::var_os(FILE) {
            Some(path) => std::fs::read_to_string(&path)
                .map_err(|error| format!("{FILE}: {} cannot be read: {error}", path.to_string_lossy()))?,
            None => String::new(),
        };
        Secrets::find(names, |name| std::env::var(name).ok(), &file)
    }

    fn find(names: &[String], variable: impl Fn(&str) -> Option<String>, file: &str) -> Result<Secrets, String> {
        let lines = lines(file)?;
        let value = |name: &String| variable(name).or_else(|| lines.get(name.as_str()).map(|text| (*text).to_owned()));
        Ok(Secrets(names.iter().map(|name| (name.clone(), value(name))).collect()))
    }

    /// The error names those that were not found.
    pub(crate) fn require_all(&self) -> Result<(), String> {
        let missing: Vec<&str> =
            self.0.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name.as_str()).collect();
        match missing.as_slice() {
            [] => Ok(()),
            missing => Err(format!(
                "secrets without a value: {}; set environment variables of these names, or name a file of NAME=value \
                 lines in {FILE}",
                missing.join(", ")
            )),
        }
    }

    /// Gives them to `Secret.get`; the first ones count.
    pub(crate) fn install(self) {
        let _ = SECRETS.set(self);
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn get(&self, name: &str) -> Result<&str, String> {
        match self.0.get(name) {
            Some(Some(value)) => Ok(value),
            Some(None) => Err(format!("The secret `{name}` has no value: set an environment variable of that name")),
            None => Err(not_listed(name)),
        }
    }
}

fn not_listed(name: &str) -> String {
    format!("There is no secret `{name}`: list it under `secrets` in dark.toml")
}

/// The error says that there is no secret of that name.
pub(super) fn require_listed(name: &str) -> Result<(), String> {
    let is_listed = SECRETS.get().is_some_and(|secrets| secrets.has(name));
    if is_listed { Ok(()) } else { Err(not_listed(name)) }
}

/// The entries of a file of secrets; blank lines and comments are passed over. No value is shown in an error.
fn lines(file: &str) -> Result<BTreeMap<&str, &str>, String> {
    let mut out = BTreeMap::new();
    for (index, line) in file.lines().enumerate() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let (name, value) =
            line.split_once('=').ok_or_else(|| format!("{FILE}, line {}: expected NAME=value", index + 1))?;
        out.insert(name.trim(), value);
    }
    Ok(out)
}

/// `Stdlib.Secret.get`: a record of one text.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_secret_get(context: *mut Context, name: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let (name, none) = (text::as_str(name), Secrets::default());
            if let Some(value) = world::secret(name) {
                return text::new(&mut invocation.heap, &value);
            }
            let value = SECRETS.get().unwrap_or(&none).get(name).map_err(Failure::message)?;
            text::new(&mut invocation.heap, value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_environment_comes_before_the_file() {
        let variable = |name: &str| (name == "A").then(|| "from outside".to_owned());
        let secrets = Secrets::find(&names(&["A", "B", "C"]), variable, "# keys\n\nA=1\nB=x=y \n").expect("a file");
        assert_eq!(secrets.get("A"), Ok("from outside"));
        assert_eq!(secrets.get("B"), Ok("x=y "));
        assert!(secrets.get("C").is_err_and(|error| error.contains("has no value")));
        assert!(secrets.get("D").is_err_and(|error| error.contains("dark.toml")));
        assert!(secrets.require_all().is_err_and(|error| error.contains(": C;")));
    }

    #[test]
    fn a_broken_line_is_named_without_its_text() {
        let error = Secrets::find(&names(&["A"]), |_| None, "A=1\nhush").unwrap_err();
        assert!(error.contains("line 2") && !error.contains("hush"), "{error}");
    }
}
