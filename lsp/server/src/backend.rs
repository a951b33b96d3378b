//! The protocol's side: each handler turns its parameters into a message for the state thread.

use crate::host::Host;
use crate::requests;
use crate::state::{Message, State};
use std::sync::mpsc;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

pub struct Backend {
    queue: mpsc::Sender<Message>,
    client: Client,
    version: &'static str,
}

impl Backend {
    /// Starts the state thread and the task that publishes its diagnostics in order.
    pub fn start(client: Client, host: Host) -> Backend {
        let (queue, messages) = mpsc::channel();
        let (out, mut published) = tokio::sync::mpsc::unbounded_channel::<PublishDiagnosticsParams>();
        let version = host.version;
        let publisher = client.clone();
        tokio::spawn(async move {
            while let Some(params) = published.recv().await {
                publisher.publish_diagnostics(params.uri, params.diagnostics, params.version).await;
            }
        });
        let spawned = std::thread::Builder::new()
            .name("state".into())
            .stack_size(256 << 20)
            .spawn(move || State::new(host, out).run(&messages));
        if let Err(error) = spawned {
            eprintln!("darkc lsp: the state thread could not be started: {error}");
        }
        Backend { queue, client, version }
    }

    fn send(&self, message: Message) {
        // A closed queue means the state thread is gone; requests then answer an error, notifications have no answer.
        let _ = self.queue.send(message);
    }

    /// Asks the state thread; answers an error if it is gone or the question made it panic.
    async fn ask<T: Send + 'static>(&self, question: impl FnOnce(&mut State) -> T + Send + 'static) -> Result<T> {
        let (answer, receive) = oneshot::channel();
        self.send(Message::Request(Box::new(move |state| {
            let _ = answer.send(question(state));
        })));
        receive.await.map_err(|_| Error {
            code: ErrorCode::InternalError,
            message: "the request could not be answered; see the server's log".into(),
            data: None,
        })
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let mut roots: Vec<Url> =
            params.workspace_folders.unwrap_or_default().into_iter().map(|folder| folder.uri).collect();
        if roots.is_empty() {
            roots.extend(params.root_uri);
        }
        self.send(Message::Roots(roots));
        Ok(InitializeResult {
            capabilities: requests::capabilities(),
            server_info: Some(ServerInfo { name: "darkc".into(), version: Some(self.version.into()) }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.send(Message::Start);
        let watcher =
            |pattern: &str| FileSystemWatcher { glob_pattern: GlobPattern::String(pattern.into()), kind: None };
        let options =
            DidChangeWatchedFilesRegistrationOptions { watchers: vec![watcher("**/*.dark"), watcher("**/dark.toml")] };
        let Ok(options) = serde_value(options) else { return };
        let registration = Registration {
            id: "watch".into(),
            method: "workspace/didChangeWatchedFiles".into(),
            register_options: Some(options),
        };
        let client = self.client.clone();
        // Waiting for the client inside a handler can dead-lock the transport; clients without support answer an error.
        tokio::spawn(async move {
            let _ = client.register_capability(vec![registration]).await;
        });
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.send(Message::Open { uri: document.uri, version: document.version, text: document.text });
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        self.send(Message::Change { uri: document.uri, version: document.version, changes: params.content_changes });
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.send(Message::Close { uri: params.text_document.uri });
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.send(Message::Saved { uri: params.text_document.uri });
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.send(Message::Disk(params.changes));
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.ask(move |state| requests::hover::handle(state, params)).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        self.ask(move |state| requests::definition::handle(state, params)).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.ask(move |state| requests::formatting::handle(state, params)).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        self.ask(move |state| requests::completion::handle(state, params)).await
    }
}

fn serde_value(options: DidChangeWatchedFilesRegistrationOptions) -> std::result::Result<serde_json::Value, ()> {
    serde_json::to_value(options).map_err(|_| ())
}
