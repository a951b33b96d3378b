//! Connections that come in.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

pub trait Listener: 'static {
    type Stream: AsyncRead + AsyncWrite + Unpin + 'static;

    /// The next connection. An error is of this one connection, or lack of something that may be there later.
    fn accept(&mut self) -> impl Future<Output = io::Result<Accepted<Self::Stream>>>;
}

/// A connection, and whose it is.
#[derive(Debug)]
pub struct Accepted<S> {
    pub stream: S,
    /// The address of the other side, where it has one.
    pub peer: Option<IpAddr>,
}

/// Sockets of one port, one for each event loop; the kernel spreads connections over them.
#[derive(Debug)]
pub struct TcpPort {
    pub address: SocketAddr,
    pub sockets: Vec<std::net::TcpListener>,
}

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// Takes a port (0: any free one) on all addresses of the machine, with so many sockets.
pub fn bind(port: u16, sockets: usize) -> io::Result<TcpPort> {
    match bind_at(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)), sockets) {
        // A machine without IPv6.
        Err(error) if error.kind() != io::ErrorKind::AddrInUse && error.kind() != io::ErrorKind::PermissionDenied => {
            bind_at(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)), sockets)
        }
        bound => bound,
    }
}

fn bind_at(wanted: SocketAddr, sockets: usize) -> io::Result<TcpPort> {
    // Sockets that share a port also share it with another program of the same user. This one, which does not share,
    // finds out whether the port is free.
    let probe = socket(wanted)?;
    probe.bind(&wanted.into())?;
    let address = probe.local_addr()?.as_socket().unwrap_or(wanted);
    drop(probe);
    let shared = |_| {
        let socket = socket(address)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket.into())
    };
    Ok(TcpPort { address, sockets: (0..sockets.max(1)).map(shared).collect::<io::Result<_>>()? })
}

fn socket(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // Connections of a program that has just ended do not keep the port.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn accept(&mut self) -> io::Result<Accepted<TcpStream>> {
        let (stream, address) = TcpListener::accept(self).await?;
        stream.set_nodelay(true)?;
        Ok(Accepted { stream, peer: Some(address.ip().to_canonical()) })
    }
}

/// The other side of a `SimulatedListener`.
#[derive(Debug, Clone)]
pub struct SimulatedNetwork(mpsc::UnboundedSender<DuplexStream>);

/// Connections within the process.
#[derive(Debug)]
pub struct SimulatedListener(mpsc::UnboundedReceiver<DuplexStream>);

impl SimulatedNetwork {
    pub fn new() -> (SimulatedNetwork, SimulatedListener) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (SimulatedNetwork(sender), SimulatedListener(receiver))
    }

    /// A connection to the listener; refused when it is gone.
    pub fn connect(&self) -> io::Result<DuplexStream> {
        let (near, far) = duplex(64 * 1024);
        self.0.send(far).map_err(|_| io::Error::from(io::ErrorKind::ConnectionRefused))?;
        Ok(near)
    }
}

impl Listener for SimulatedListener {
    type Stream = DuplexStream;

    async fn accept(&mut self) -> io::Result<Accepted<DuplexStream>> {
        match self.0.recv().await {
            Some(stream) => Ok(Accepted { stream, peer: None }),
            // Nobody can connect any more.
            None => std::future::pending().await,
        }
    }
}
