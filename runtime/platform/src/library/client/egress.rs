//! Which addresses a program may call: not those of its own machine and network, unless they are on the list.
//!
//! A name is refused by what it says, and again by every address it resolves to; the connection then goes to an address
//! that was looked at, so that a name cannot say one thing first and another later.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use url::Host;

/// In the environment: names and addresses that may be called, with commas between.
pub(crate) const VARIABLE: &str = "ALLOW_EGRESS";

/// Hosts that may be called whatever their addresses are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Allowed(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// In lower case, without brackets.
    host: String,
    port: Option<u16>,
}

static ALLOWED: OnceLock<Allowed> = OnceLock::new();

/// Sets the list of this process; the first one counts.
pub(crate) fn install(allowed: Allowed) {
    let _ = ALLOWED.set(allowed);
}

/// The list of this process: the one that was installed, else that of the environment.
pub(super) fn allowed() -> &'static Allowed {
    ALLOWED.get_or_init(|| Allowed::parse(&std::env::var(VARIABLE).unwrap_or_default()))
}

impl Allowed {
    /// Reads `localhost,10.0.0.7:8080,*.internal,[::1]:80`.
    pub(crate) fn parse(list: &str) -> Allowed {
        Allowed(list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(Entry::parse).collect())
    }

    /// Whether a host's name or address is on the list, for a port.
    pub(super) fn has(&self, host: &str, port: u16) -> bool {
        self.0.iter().any(|entry| entry.fits(host, port))
    }
}

impl Entry {
    fn parse(text: &str) -> Entry {
        let text = text.to_lowercase();
        let whole = |host: &str| Entry { host: host.trim_matches(['[', ']']).to_owned(), port: None };
        match text.rsplit_once(':') {
            // What has several colons and no brackets is an address, not a host with a port.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => match port.parse() {
                Ok(port) => Entry { port: Some(port), ..whole(host) },
                Err(_) => whole(&text),
            },
            _ => whole(&text),
        }
    }

    fn fits(&self, host: &str, port: u16) -> bool {
        let named = match self.host.strip_prefix('*') {
            Some(end) => end.starts_with('.') && host.ends_with(end),
            None => host == self.host,
        };
        named && self.port.is_none_or(|wanted| wanted == port)
    }
}

/// Whether a URL may not have that host, by its name or literal address.
pub(super) fn is_refused_host(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let named = matches!(name, "localhost" | "metadata" | "metadata.google.internal");
            named || name.ends_with(".localhost") || name.parse().is_ok_and(is_refused)
        }
        Host::Ipv4(address) => is_refused(IpAddr::V4(*address)),
        // Of no particular machine: nobody answers, as everywhere.
        Host::Ipv6(address) => !address.is_unspecified() && is_refused(IpAddr::V6(*address)),
    }
}

/// Whether an address is of this machine, of a private network, of a cloud's metadata, or no machine's at all.
pub(super) fn is_refused(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_refused_v4(address),
        IpAddr::V6(address) => is_refused_v6(address),
    }
}

/// Networks of IPv4, and how many bits name them.
const REFUSED_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    // Google's addresses for its own services, from within.
    ([199, 36, 153, 4], 30),
    ([199, 36, 153, 8], 30),
    // Multicast, and what is kept for later; the last one is broadcast.
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

fn is_refused_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    REFUSED_V4.iter().any(|(network, length)| (bits ^ u32::from_be_bytes(*network)) >> (32 - length) == 0)
}

fn is_refused_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| is_refused_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match parts {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => true,
        // IPv4 within: compatible, mapped, translated, and 6to4.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => embedded(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Unique local, link-local, site-local, multicast.
        [first, ..] => {
            first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80 || first & 0xffc0 == 0xfec0 || first & 0xff00 == 0xff00
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str) -> bool {
        is_refused(address.parse().unwrap())
    }

    #[test]
    fn own_and_private_addresses_are_refused_in_every_form() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.9.10",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "199.36.153.4",
            "199.36.153.11",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "fc00::1",
            "fdff::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(refused(address), "{address}");
        }
    }

    #[test]
    fn the_rest_of_the_internet_may_be_called() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.0.0.1",
            "128.0.0.1",
            "169.253.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "199.36.153.3",
            "199.36.153.12",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::",
            "2001:db8::1",
        ] {
            assert!(!refused(address), "{address}");
        }
    }

    #[test]
    fn names_of_this_machine_are_refused() {
        for name in ["localhost", "localhost.", "a.localhost", "metadata", "metadata.google.internal", "127.0.0.1"] {
            assert!(is_refused_host(&Host::Domain(name)), "{name}");
        }
        for name in ["example.com", "localhost.example.com", "notlocalhost", "metadata.example.com"] {
            assert!(!is_refused_host(&Host::Domain(name)), "{name}");
        }
    }

    #[test]
    fn the_list_names_hosts_with_and_without_ports() {
        let list = Allowed::parse(" Localhost , 10.0.0.7:8080,[::1]:80,::2,*.internal,");
        for (host, port) in [("localhost", 1), ("10.0.0.7", 8080), ("::1", 80), ("::2", 5), ("a.internal", 1)] {
            assert!(list.has(host, port), "{host}:{port}");
        }
        for (host, port) in [("10.0.0.7", 80), ("::1", 81), ("internal", 1), ("xinternal", 1), ("localhost2", 1)] {
            assert!(!list.has(host, port), "{host}:{port}");
        }
        assert_eq!(Allowed::parse(""), Allowed::default());
    }
}
