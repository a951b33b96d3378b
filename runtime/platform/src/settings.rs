//! Settings of a program: `[limits]` and `[cors]` of its `dark.toml`, which the compiler puts into the executable as
//! JSON. What is absent has the defaults below; what has a wrong type is an error at the start. Words that are not
//! known here are somebody else's.

use std::net::IpAddr;
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
    /// Who may say whom a request comes from.
    pub(crate) proxies: Vec<Network>,
}

/// Addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// `10.0.0.0/8`, or one address.
    pub(crate) fn parse(text: &str) -> Option<Network> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(width), |bits| bits.parse().ok()).filter(|bits| *bits <= width)?;
        Some(Network { address, bits })
    }

    pub(crate) fn holds(self, address: IpAddr) -> bool {
        let differs = match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            _ => return false,
        };
        differs >= self.bits
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct File {
    secrets: Vec<String>,
    proxies: Vec<String>,
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
        let network = |text: &String| {
            let wrong = || format!("the settings of dark.toml: `{text}` in `proxies` is no address and no network");
            Network::parse(text).ok_or_else(wrong)
        };
        let proxies = file.proxies.iter().map(network).collect::<Result<_, _>>()?;
        Ok(Settings { limits, limits_memory, cors, secrets: file.secrets, proxies })
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
    fn networks_hold_addresses_that_begin_alike() {
        let holds = |network: &str, address: &str| Network::parse(network).unwrap().holds(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("10.0.0.1", "10.0.0.1") && !holds("10.0.0.1", "10.0.0.2"));
        assert!(holds("0.0.0.0/0", "255.1.1.1") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("fd00::/8", "fdff::1") && !holds("fd00::/8", "fe00::1"));
        for wrong in ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "localhost"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
        assert!(Settings::parse(r#"{"proxies":["x"]}"#).unwrap_err().contains("`x`"));
    }

    #[test]
    fn origins_are_read() {
        let cors = |json| Settings::parse(json).unwrap().cors;
        assert_eq!(cors(r#"{"cors":{"origins":["https://a.example"]}}"#), Cors::Only(vec!["https://a.example".into()]));
        assert_eq!(cors(r#"{"cors":{"origins":["*"]}}"#), Cors::Anyone);
    }
}
