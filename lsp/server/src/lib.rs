//! The language server: transport, positions, capabilities, scheduling. The only crate that knows protocol types.
//!
//! tower-lsp runs its handlers concurrently, so none of them owns state: each puts one message on a queue before its
//! first `await`, which keeps the client's order. One thread (`state`) takes them off, owns the databases, applies
//! edits, answers requests, and computes diagnostics file by file whenever the queue is empty; a new message is
//! therefore never behind more than one file's check.
//!
//! Reading order: `host` (what the outside must provide), `backend` (messages in), `state` (the loop), `project`,
//! `convert`, `requests`.

mod backend;
mod convert;
mod host;
mod project;
mod requests;
mod state;

pub use host::{FileOnDisk, FileRole, Host, ProjectOnDisk};

use tower_lsp::{LspService, Server};

/// Serves one client on standard input and output until it says `exit` or closes the pipe.
pub fn serve(host: Host) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (service, socket) = LspService::new(|client| backend::Backend::start(client, host));
        Server::new(tokio::io::stdin(), tokio::io::stdout(), socket).serve(service).await;
    });
    // Reading standard input blocks a thread that cannot be interrupted; do not wait for it.
    runtime.shutdown_background();
    Ok(())
}
