//! `Http.Request.clientIp`: the address of the other side, or, behind proxies that `dark.toml` names, what they say.

use std::net::IpAddr;
use std::sync::OnceLock;

use dark_abi::{Context, Str};
use dark_rt::{run, text};

use crate::rt_engine::locals_of;
use crate::settings::Network;

static PROXIES: OnceLock<Vec<Network>> = OnceLock::new();

/// Gives the library the networks of the program's proxies; the first ones count.
pub(crate) fn install(proxies: Vec<Network>) {
    let _ = PROXIES.set(proxies);
}

/// Each proxy appends whom it was asked by: the last one that is no proxy itself is the client, as far as anybody here
/// can know.
fn client(peer: IpAddr, forwarded: &str, proxies: &[Network]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|network| network.holds(*address));
    let mut at = peer;
    let mut said = forwarded.rsplit(',').map(|address| address.trim().parse::<IpAddr>().map(|it| it.to_canonical()));
    while is_proxy(&at)
        && let Some(Ok(address)) = said.next()
    {
        at = address;
    }
    at
}

/// `Http.Internal.clientIp forwardedFor`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_http_internal_client_ip(context: *mut Context, forwarded: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let proxies = PROXIES.get().map(Vec::as_slice).unwrap_or_default();
            let peer = locals_of(invocation).client;
            let address = peer.map(|peer| client(peer, text::as_str(forwarded), proxies).to_string());
            text::new(&mut invocation.heap, &address.unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_are_believed() {
        let proxies: Vec<Network> =
            ["10.0.0.0/8", "::1"].iter().map(|text| Network::parse(text).expect("a network")).collect();
        let found = |peer: &str, forwarded: &str| client(peer.parse().unwrap(), forwarded, &proxies).to_string();
        assert_eq!(found("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(found("10.1.2.3", "198.51.100.1"), "198.51.100.1");
        assert_eq!(found("::1", "1.2.3.4, 198.51.100.1, 10.9.9.9"), "198.51.100.1");
        assert_eq!(found("10.1.2.3", "10.0.0.1"), "10.0.0.1");
        assert_eq!(found("10.1.2.3", "nonsense"), "10.1.2.3");
        assert_eq!(found("10.1.2.3", ""), "10.1.2.3");
        assert_eq!(found("10.1.2.3", "::ffff:198.51.100.1"), "198.51.100.1");
    }
}
