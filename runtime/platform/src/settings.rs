//! Settings of a program: `[limits]` and `[cors]` of its `dark.toml`, which the compiler puts into the executable as
//! JSON. What is absent has the defaults below; what has a wrong type is an error at the start. Words that are not
//! known here are somebody else's.

use std::time::Duration;

use serde::Deserialize;

use crate::http::Cors;

const MIB: usize = 1 << 20;

/// What a program and its parts may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// An HTTP request from the handler's begin to its end.
    pub deadline: Duration,
    /// A run of a worker or cron.
    pub run_deadline: Duration,
    /// Of one invocation's values.
    pub memory_bytes: usize,
    /// Address space of one invocation's stack.
    pub stack_bytes: usize,
    /// Of a request.
    pub body_bytes: usize,
    /// Answered at once, on all threads.
    pub requests: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            deadline: Duration::from_secs(10),
            run_deadline: Duration::from_secs(180),
            memory_bytes: 256 * MIB,
            stack_bytes: 1024 * MIB,
            body_bytes: 10 * MIB,
            requests: 1000,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub limits: Limits,
    /// Whether `memory_mb` is set: scripts have no limit else.
    pub(crate) limits_memory: bool,
    pub(crate) cors: Cors,
    /// Names of the secrets.
    pub(crate) secrets: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct File {
    secrets: Vec<String>,
    limits: FileLimits,
    cors: FileCors,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FileLimits {
    deadline_ms: Option<u32>,
    run_deadline_ms: Option<u32>,
    memory_mb: Option<u32>,
    stack_mb: Option<u32>,
    body_mb: Option<u32>,
    requests: Option<u32>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FileCors {
    origins: Option<Vec<String>>,
}

impl Settings {
    /// Reads the settings; the error says which one is wrong.
    pub fn parse(json: &str) -> Result<Settings, String> {
        let file: File = serde_json::from_str(json).map_err(|error| format!("the settings of dark.toml: {error}"))?;
        let limits = file.limits;
        for (name, value) in [
            ("deadline_ms", limits.deadline_ms),
            ("run_deadline_ms", limits.run_deadline_ms),
            ("memory_mb", limits.memory_mb),
            ("stack_mb", limits.stack_mb),
            ("requests", limits.requests),
        ] {
            if value == Some(0) {
                return Err(format!("the settings of dark.toml: limits.{name} must be at least 1"));
            }
        }
        let limits_memory = limits.memory_mb.is_some();
        let ms = |value: Option<u32>, default| value.map_or(default, |ms| Duration::from_millis(u64::from(ms)));
        let mb = |value: Option<u32>, default| value.map_or(default, |mb| (mb as usize).saturating_mul(MIB));
        let default = Limits::default();
        let limits = Limits {
            deadline: ms(limits.deadline_ms, default.deadline),
            run_deadline: ms(limits.run_deadline_ms, default.run_deadline),
            memory_bytes: mb(limits.memory_mb, default.memory_bytes),
            stack_bytes: mb(limits.stack_mb, default.stack_bytes),
            body_bytes: mb(limits.body_mb, default.body_bytes),
            requests: limits.requests.map_or(default.requests, |requests| requests as usize),
        };
        let cors = match file.cors.origins {
            Some(origins) if !origins.iter().any(|origin| origin == "*") => Cors::Only(origins),
            _ => Cors::Anyone,
        };
        Ok(Settings { limits, limits_memory, cors, secrets: file.secrets })
    }
}

impl std::fmt::Display for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Limits { deadline, memory_bytes, body_bytes, requests, .. } = self;
        let (memory, body) = (memory_bytes / MIB, body_bytes / MIB);
        write!(f, "{} ms, {memory} MB memory, {body} MB body, {requests} requests at once", deadline.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_settings_have_defaults() {
        assert_eq!(Settings::parse("{}").unwrap(), Settings::default());
        let settings = Settings::parse(r#"{"name":"shop","limits":{"deadline_ms":1500,"memory_mb":64}}"#).unwrap();
        let expected = Limits { deadline: Duration::from_millis(1500), memory_bytes: 64 << 20, ..Limits::default() };
        assert_eq!(settings.limits, expected);
    }

    #[test]
    fn wrong_settings_are_named() {
        assert!(Settings::parse(r#"{"limits":{"deadline_ms":"soon"}}"#).is_err());
        assert!(Settings::parse(r#"{"limits":{"requests":0}}"#).unwrap_err().contains("limits.requests"));
        assert!(Settings::parse("").is_err());
    }

    #[test]
    fn origins_are_read() {
        let cors = |json| Settings::parse(json).unwrap().cors;
        assert_eq!(cors(r#"{"cors":{"origins":["https://a.example"]}}"#), Cors::Only(vec!["https://a.example".into()]));
        assert_eq!(cors(r#"{"cors":{"origins":["*"]}}"#), Cors::Anyone);
    }
}
