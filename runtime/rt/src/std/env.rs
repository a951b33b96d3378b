//! `Stdlib.Env`: the environment of the process.

use super::answer::answers;
use crate::value::Tree;

/// The environment as text; what is not UTF-8 has U+FFFD in its place.
fn all() -> Vec<(String, String)> {
    let text = |text: ::std::ffi::OsString| text.to_string_lossy().into_owned();
    let mut all: Vec<(String, String)> = ::std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
    all.sort();
    all
}

/// What a name is set to. Names the system cannot have are not set.
fn get(name: &str) -> Option<String> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return None;
    }
    ::std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

answers! {
    /// `Env.Internal.get name`
    dark_env_internal_get(_, call) { Ok(Tree::option(get(call.text(0)).map(Tree::Text))) }

    /// `Env.Internal.getAll ()`
    dark_env_internal_get_all(_, _) {
        Ok(Tree::Dict(all().into_iter().map(|(name, value)| (name, Tree::Text(value))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_are_not_set() {
        for name in ["", "A=B", "A\0", "DARK_NO_SUCH_NAME"] {
            assert_eq!(get(name), None, "{name:?}");
        }
        assert!(get("PATH").is_some());
        assert!(all().iter().any(|(name, _)| name == "PATH"));
    }
}
