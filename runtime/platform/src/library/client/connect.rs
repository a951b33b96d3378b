//! From a checked request to a connection: addresses of the name, the one that answers, and TLS.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use super::checks::Checked;
use super::egress::{allowed, is_refused};
use super::wire::Stream;

/// For name, connection and TLS together.
pub(super) const CONNECT_WAIT: Duration = Duration::from_secs(10);

fn refused() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "an address of this machine or network")
}

/// A connection to the host, if it may be called.
pub(super) async fn connect(request: &Checked) -> io::Result<Box<dyn Stream>> {
    let addresses = addresses(&request.host, request.port).await?;
    let may_call = |address: &SocketAddr| {
        let ip = address.ip().to_canonical();
        request.is_allowed || !is_refused(ip) || allowed().has(&ip.to_string(), request.port)
    };
    // A name with one refused address is not trusted with its others.
    if !addresses.iter().all(may_call) {
        return Err(refused());
    }
    let stream = first_that_answers(&addresses).await?;
    stream.set_nodelay(true)?;
    if !request.is_tls {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(request.host.clone()).map_err(io::Error::other)?;
    Ok(Box::new(TlsConnector::from(configuration()?).connect(name, stream).await?))
}

async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    // Names below `localhost` are this machine everywhere (RFC 6761), whether or not the system knows.
    if host == "localhost" || host.ends_with(".localhost") {
        let ips = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        return Ok(ips.map(|ip| SocketAddr::new(ip, port)).to_vec());
    }
    let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) => lookup_host((host, port)).await?.collect(),
    };
    if addresses.is_empty() { Err(io::Error::from(io::ErrorKind::NotFound)) } else { Ok(addresses) }
}

/// The first connection that is made; no address may use up the time of the others.
async fn first_that_answers(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let share = CONNECT_WAIT / u32::try_from(addresses.len().max(1)).unwrap_or(1);
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::Error::from(io::ErrorKind::TimedOut),
        }
    }
    Err(last)
}

/// TLS with the system's certificates; with Mozilla's where the system has none.
fn configuration() -> io::Result<Arc<ClientConfig>> {
    static CONFIGURATION: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(known) = CONFIGURATION.get() {
        return Ok(Arc::clone(known));
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let made = versions.map_err(io::Error::other)?.with_root_certificates(roots).with_no_client_auth();
    Ok(Arc::clone(CONFIGURATION.get_or_init(|| Arc::new(made))))
}
