//! `dark.toml`: name, limits and origins of a project. Unknown keys are errors that name the known ones.
//!
//! Limits and origins go into the executable as JSON; `dark_platform` reads them when the program starts.

use serde::{Deserialize, Serialize};
use std::path::Path;

/// The project file.
pub const FILE: &str = "dark.toml";

/// What a project file may say.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The application's name; its module is the same in PascalCase.
    #[serde(skip_serializing)]
    pub name: Option<String>,
    /// Names of what `Stdlib.Secret.get` may ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Addresses and networks (`10.0.0.0/8`) of proxies, which say whom a request comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proxies: Vec<String>,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub cors: Cors,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,
}

/// How workers run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Seconds before the second, third, … run of an event that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_seconds: Option<Vec<f64>>,
    /// Runs of one worker at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
}

/// Limits of one invocation.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Milliseconds a request may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u32>,
    /// Milliseconds a run of a worker or cron may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_deadline_ms: Option<u32>,
    /// Mebibytes of values an invocation may hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u32>,
    /// Mebibytes of stack an invocation may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_mb: Option<u32>,
    /// Mebibytes a request's body may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_mb: Option<u32>,
    /// Requests that are answered at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<u32>,
}

/// Which pages of other origins may read answers.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// `["*"]`, the default, is every origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
}

impl Settings {
    /// What the executable carries of them.
    pub fn to_json(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|error| format!("dark.toml cannot be carried over: {error}"))
    }
}

/// The settings of a folder; the default ones without a file.
pub fn read(folder: &Path) -> Result<Settings, String> {
    let path = folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Settings::default()),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    };
    parse(&text).map_err(|message| format!("{}: {message}", path.display()))
}

fn parse(text: &str) -> Result<Settings, String> {
    let settings: Settings = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_string())?;
    if settings.name.as_deref().is_some_and(|name| !name.chars().any(char::is_alphabetic)) {
        return Err("`name` needs at least one letter".into());
    }
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if let Some(name) = settings.secrets.iter().find(|name| !is_name(name)) {
        return Err(format!("`secrets` holds names of letters, digits and `_`; `{name}` is none"));
    }
    let limits = &settings.limits;
    for (name, value) in [
        ("deadline_ms", limits.deadline_ms),
        ("run_deadline_ms", limits.run_deadline_ms),
        ("memory_mb", limits.memory_mb),
        ("stack_mb", limits.stack_mb),
        ("requests", limits.requests),
    ] {
        if value == Some(0) {
            return Err(format!("`limits.{name}` must be at least 1"));
        }
    }
    if let Some(queue) = &settings.queue {
        if queue.concurrency.is_some_and(|number| !(1..=1000).contains(&number)) {
            return Err("`queue.concurrency` must be from 1 to 1000".into());
        }
        if queue.retry_seconds.iter().flatten().any(|wait| !(0.0..=31_536_000.0).contains(wait)) {
            return Err("`queue.retry_seconds` holds seconds, from 0 to a year".into());
        }
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_name_the_known_ones() {
        let message = parse("nam = \"x\"").unwrap_err();
        assert!(message.contains("nam") && message.contains("name"), "{message}");
        assert!(parse("[limits]\ndeadline_ms = -1").is_err());
        assert!(parse("[limits]\nrequests = 0").unwrap_err().contains("limits.requests"));
        assert_eq!(parse("name = \"shop\"").map(|it| it.name), Ok(Some("shop".into())));
    }

    #[test]
    fn only_what_is_said_goes_into_the_executable() {
        let json = |text| parse(text).and_then(|it| it.to_json()).unwrap();
        assert_eq!(json("name = \"shop\""), r#"{"limits":{},"cors":{}}"#);
        assert_eq!(json("secrets = [\"A_KEY\"]"), r#"{"secrets":["A_KEY"],"limits":{},"cors":{}}"#);
        assert!(parse("secrets = [\"a key\"]").unwrap_err().contains("`a key`"));
        assert!(parse("[queue]\nconcurrency = 0").unwrap_err().contains("queue.concurrency"));
        assert!(parse("[queue]\nretry_seconds = [-1.0]").unwrap_err().contains("queue.retry_seconds"));
        let text = "[limits]\nmemory_mb = 64\n[cors]\norigins = [\"https://a.example\"]";
        assert_eq!(json(text), r#"{"limits":{"memory_mb":64},"cors":{"origins":["https://a.example"]}}"#);
    }
}
