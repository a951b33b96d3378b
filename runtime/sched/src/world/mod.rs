//! What services know of the outside, as traits: time, chance, signals, connections. Each has a real implementation
//! and one that a test holds in its hand; with the latter and a paused timer, a seed replays a run exactly.
//!
//! Waiting for a time is the event loop's (`tokio::time`, which a test pauses). The disk is SQLite's, behind the
//! store; a simulated one would stand below SQLite and is absent.

mod chance;
mod network;
mod signals;
mod time;

pub use chance::{Random, Seeded, SystemRandom};
pub use network::{Accepted, Listener, SimulatedListener, SimulatedNetwork, TcpPort, bind};
pub use signals::{Signals, SimulatedSignals, SystemSignals};
pub use time::{Clock, HandClock, SystemClock};
