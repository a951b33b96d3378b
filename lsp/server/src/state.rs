//! The loop: one thread that owns every database.

use crate::convert;
use crate::host::{FileRole, Host};
use crate::project::Project;
use dark_source::{FileId, LineIndex};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError};
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::lsp_types::*;

pub enum Message {
    /// The workspace's folders, from `initialize`.
    Roots(Vec<Url>),
    /// The client is ready for diagnostics.
    Start,
    Open {
        uri: Url,
        version: i32,
        text: String,
    },
    Change {
        uri: Url,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
    },
    Close {
        uri: Url,
    },
    Saved {
        uri: Url,
    },
    /// Files changed outside the editor.
    Disk(Vec<FileEvent>),
    Request(Box<dyn FnOnce(&mut State) + Send>),
}

pub struct State {
    host: Host,
    out: UnboundedSender<PublishDiagnosticsParams>,
    roots: Vec<PathBuf>,
    projects: Vec<Project>,
    open: HashMap<PathBuf, Document>,
    started: bool,
}

struct Document {
    version: i32,
    text: String,
}

/// A place a request asks about.
pub struct Place {
    pub project: usize,
    pub file: FileId,
    pub offset: u32,
}

impl State {
    pub fn new(host: Host, out: UnboundedSender<PublishDiagnosticsParams>) -> State {
        State { host, out, roots: Vec::new(), projects: Vec::new(), open: HashMap::new(), started: false }
    }

    /// Runs until the client is gone. A panic in one message is reported on stderr and does not end the server.
    pub fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let next = if self.has_work() {
                match messages.try_recv() {
                    Ok(message) => Some(message),
                    Err(TryRecvError::Empty) => None,
                    Err(TryRecvError::Disconnected) => return,
                }
            } else {
                match messages.recv() {
                    Ok(message) => Some(message),
                    Err(_) => return,
                }
            };
            let step = AssertUnwindSafe(|| match next {
                Some(message) => self.handle(message),
                None => self.check_one(),
            });
            if catch_unwind(step).is_err() {
                eprintln!("darkc lsp: an internal fault was caught; the request is dropped (please report it)");
            }
        }
    }

    fn has_work(&self) -> bool {
        self.started && self.projects.iter().any(Project::has_work)
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Roots(roots) => self.roots = roots.iter().filter_map(convert::path).collect(),
            Message::Start => self.start(),
            Message::Open { uri, version, text } => self.set_open(&uri, version, text),
            Message::Change { uri, version, changes } => self.change(&uri, version, changes),
            Message::Close { uri } => self.close(&uri),
            Message::Saved { uri } => self.saved(&uri),
            Message::Disk(events) => self.disk(events),
            Message::Request(request) => request(self),
        }
    }

    fn start(&mut self) {
        self.started = true;
        for root in self.roots.clone() {
            if root.join("dark.toml").is_file() {
                self.project_at(root);
            }
        }
    }

    fn check_one(&mut self) {
        let Some(project) = self.projects.iter_mut().find(|project| project.has_work()) else { return };
        let open = &self.open;
        if let Some(params) = project.check_one(&self.host, |path| open.get(path).map(|document| document.version)) {
            // The receiver lives as long as the client.
            let _ = self.out.send(params);
        }
    }

    fn set_open(&mut self, uri: &Url, version: i32, text: String) {
        let Some(path) = convert::path(uri) else { return };
        self.open.insert(path.clone(), Document { version, text: text.clone() });
        self.set(&path, text);
    }

    fn change(&mut self, uri: &Url, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let Some(path) = convert::path(uri) else { return };
        let Some(document) = self.open.get_mut(&path) else {
            eprintln!("darkc lsp: a change of {} came before it was opened", path.display());
            return;
        };
        for change in changes {
            apply(&mut document.text, change);
        }
        document.version = version;
        let text = document.text.clone();
        self.set(&path, text);
    }

    fn close(&mut self, uri: &Url) {
        let Some(path) = convert::path(uri) else { return };
        if self.open.remove(&path).is_some() {
            self.reload(&path);
        }
    }

    fn saved(&mut self, uri: &Url) {
        if let Some(project) = self.file(uri).and_then(|(index, _)| self.projects.get_mut(index)) {
            project.saved();
        }
    }

    fn disk(&mut self, events: Vec<FileEvent>) {
        for event in events {
            let Some(path) = convert::path(&event.uri) else { continue };
            if path.file_name().is_some_and(|name| name == "dark.toml") {
                let root = path.parent().map(Path::to_path_buf);
                self.projects.retain(|project| Some(&project.root) != root.as_ref());
                let open: Vec<_> = self.open.iter().map(|(path, it)| (path.clone(), it.text.clone())).collect();
                root.into_iter().for_each(|root| {
                    self.project_at(root);
                });
                open.into_iter().for_each(|(path, text)| self.set(&path, text));
            } else if !self.open.contains_key(&path) {
                self.reload(&path);
            }
        }
    }

    /// Takes a file's text from disk again, or forgets the file when it is not there any more.
    fn reload(&mut self, path: &Path) {
        match std::fs::read_to_string(path) {
            Ok(text) => self.set(path, text),
            Err(_) => {
                for project in &mut self.projects {
                    if let Some(params) = project.remove(path) {
                        let _ = self.out.send(params);
                    }
                }
            }
        }
    }

    fn set(&mut self, path: &Path, text: String) {
        if path.extension().is_none_or(|extension| extension != "dark") || self.is_std(path) {
            return;
        }
        let (root, role) = self.project_of(path, &text);
        // What an edit makes of it may belong elsewhere than before.
        for project in self.projects.iter_mut().filter(|project| project.root != root) {
            if let Some(params) = project.remove(path) {
                let _ = self.out.send(params);
            }
        }
        let index = self.project_at(root);
        if let Some(project) = self.projects.get_mut(index) {
            project.set(path, text, role);
        }
    }

    fn is_std(&self, path: &Path) -> bool {
        self.host.std.iter().any(|file| file.path == path)
    }

    /// The root of a file's project, and what the file is there: the nearest folder above it with a `dark.toml`; else the
    /// file itself, if it is a script or has tests; else the workspace folder it is in, or its own folder.
    fn project_of(&self, path: &Path, text: &str) -> (PathBuf, FileRole) {
        let folder = path.parent().unwrap_or(path);
        if let Some(root) = folder.ancestors().find(|folder| folder.join("dark.toml").is_file()) {
            return (root.to_path_buf(), role(root, path));
        }
        if let Some(role) = (self.host.alone)(text) {
            return (path.to_path_buf(), role);
        }
        let workspace = self.roots.iter().find(|root| path.starts_with(root)).map(PathBuf::as_path);
        let root = workspace.unwrap_or(folder);
        (root.to_path_buf(), role(root, path))
    }

    fn project_at(&mut self, root: PathBuf) -> usize {
        if let Some(index) = self.projects.iter().position(|project| project.root == root) {
            return index;
        }
        self.projects.push(Project::load(root, &self.host));
        self.projects.len() - 1
    }

    pub fn project(&self, index: usize) -> Option<&Project> {
        self.projects.get(index)
    }

    pub fn project_mut(&mut self, index: usize) -> Option<&mut Project> {
        self.projects.get_mut(index)
    }

    /// The project and the file at an address.
    pub fn file(&self, uri: &Url) -> Option<(usize, FileId)> {
        let path = convert::path(uri)?;
        self.projects.iter().enumerate().find_map(|(index, project)| Some((index, project.file(&path)?)))
    }

    /// Where a request points; `None` for files of no project.
    pub fn place(&self, params: &TextDocumentPositionParams) -> Option<Place> {
        let (index, file) = self.file(&params.text_document.uri)?;
        let project = self.project(index)?;
        let text = project.text(file)?;
        let offset = match project.lines(file) {
            Some(lines) => convert::offset(text, lines, params.position),
            None => convert::offset(text, &LineIndex::new(text), params.position),
        };
        Some(Place { project: index, file, offset })
    }
}

fn role(root: &Path, path: &Path) -> FileRole {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let is_below = |name: &str| inside.components().any(|part| part.as_os_str() == name);
    match () {
        () if is_below("tests") => FileRole::Test,
        () if is_below("scripts") => FileRole::Script,
        () => FileRole::Package,
    }
}

/// One incremental change; without a range it is the whole text.
fn apply(text: &mut String, change: TextDocumentContentChangeEvent) {
    let Some(range) = change.range else {
        *text = change.text;
        return;
    };
    let lines = LineIndex::new(text);
    let start = convert::offset(text, &lines, range.start) as usize;
    let end = (convert::offset(text, &lines, range.end) as usize).max(start);
    text.replace_range(start..end, &change.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(range: Option<((u32, u32), (u32, u32))>, text: &str) -> TextDocumentContentChangeEvent {
        let position = |(line, character)| Position { line, character };
        let range = range.map(|(start, end)| Range { start: position(start), end: position(end) });
        TextDocumentContentChangeEvent { range, range_length: None, text: text.into() }
    }

    #[test]
    fn incremental_changes_count_utf16_units() {
        let mut text = String::from("let a = \"👩\"\nb\n");
        apply(&mut text, change(Some(((0, 11), (0, 11))), " ++ c"));
        assert_eq!(text, "let a = \"👩 ++ c\"\nb\n");
        apply(&mut text, change(Some(((1, 0), (9, 9))), ""));
        assert_eq!(text, "let a = \"👩 ++ c\"\n");
        apply(&mut text, change(None, "x"));
        assert_eq!(text, "x");
    }
}
