//! The wish of the outside that the program end.

use std::future::Future;
use std::io;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

pub trait Signals {
    /// Waits for the next wish to end.
    fn end(&mut self) -> impl Future<Output = ()>;
}

/// SIGTERM and SIGINT.
#[derive(Debug)]
pub struct SystemSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl SystemSignals {
    /// From now on the signals do not end the process by themselves. Called on an event loop.
    pub fn catch() -> io::Result<SystemSignals> {
        Ok(SystemSignals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }
}

impl Signals for SystemSignals {
    async fn end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Signals that a test gives.
#[derive(Debug, Clone, Default)]
pub struct SimulatedSignals(Arc<Notify>);

impl SimulatedSignals {
    pub fn give(&self) {
        self.0.notify_one();
    }
}

impl Signals for SimulatedSignals {
    async fn end(&mut self) {
        self.0.notified().await;
    }
}
