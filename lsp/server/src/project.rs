//! One project: its database, its files by path, and what was last published about each.

use crate::convert;
use crate::host::{FileOnDisk, FileRole, Host};
use dark_diagnostics::{Diagnostic, Severity};
use dark_ide::{Analysis, FileKind};
use dark_source::{FileId, LineIndex, Span};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use tower_lsp::lsp_types::{Location, PublishDiagnosticsParams, Range, Url};

pub struct Project {
    pub root: PathBuf,
    pub analysis: Analysis,
    paths: HashMap<PathBuf, FileId>,
    lines: HashMap<FileId, LineIndex>,
    /// Files whose diagnostics have to be looked at again, the edited one first.
    pending: Vec<FileId>,
    published: HashMap<FileId, Vec<tower_lsp::lsp_types::Diagnostic>>,
    /// The queries that cannot be compiled, as they were when they were asked for last.
    refused: HashMap<FileId, Vec<Diagnostic>>,
    /// They have to be asked for once all files are looked at.
    asks_queries: bool,
}

impl Project {
    pub fn load(root: PathBuf, host: &Host) -> Project {
        let on_disk = (host.load)(&root);
        for problem in &on_disk.problems {
            eprintln!("darkc lsp: {problem}");
        }
        let std = host.std.iter().map(|file| (file.path.to_string_lossy().into_owned(), file.text.clone()));
        let mut project = Project {
            root,
            analysis: Analysis::new(&on_disk.module, on_disk.secrets, std.collect(), host.std_is_carried),
            paths: HashMap::new(),
            lines: HashMap::new(),
            pending: Vec::new(),
            published: HashMap::new(),
            refused: HashMap::new(),
            asks_queries: true,
        };
        for FileOnDisk { path, text, role } in on_disk.files {
            project.set(&path, text, role);
        }
        project
    }

    /// Whether the project holds that file now.
    pub fn file(&self, path: &Path) -> Option<FileId> {
        self.paths.get(path).copied().or_else(|| self.analysis.file(&path.to_string_lossy()))
    }

    /// Adds a file or changes its text.
    pub fn set(&mut self, path: &Path, text: String, role: FileRole) {
        let kind = match role {
            FileRole::Package => FileKind::Package,
            FileRole::Script => FileKind::Script,
            FileRole::Test => FileKind::Test,
        };
        let lines = LineIndex::new(&text);
        let file = self.analysis.set_file(&path.to_string_lossy(), text, kind);
        self.paths.insert(path.to_path_buf(), file);
        self.lines.insert(file, lines);
        // Their places are those of the text before.
        self.refused.remove(&file);
        self.touch(file);
    }

    pub fn remove(&mut self, path: &Path) -> Option<PublishDiagnosticsParams> {
        let file = self.paths.remove(path)?;
        self.analysis.remove_file(file);
        self.lines.remove(&file);
        self.pending = self.paths.values().copied().collect();
        self.published.remove(&file).filter(|old| !old.is_empty())?;
        Some(PublishDiagnosticsParams { uri: convert::uri(path)?, diagnostics: Vec::new(), version: None })
    }

    /// After a change in `file` every file may have other diagnostics; queries that did not change cost next to nothing.
    fn touch(&mut self, file: FileId) {
        let rest: BTreeSet<FileId> = self.paths.values().copied().filter(|other| *other != file).collect();
        self.pending = rest.into_iter().rev().chain([file]).collect();
    }

    pub fn has_work(&self) -> bool {
        !self.pending.is_empty() || self.asks_queries
    }

    /// Something was saved: now there is time for what takes longer.
    pub fn saved(&mut self) {
        self.asks_queries = true;
    }

    /// Asks for the queries that cannot be compiled, if nothing else is wrong; files where they differ are pending.
    fn look_at_queries(&mut self, host: &Host) {
        self.asks_queries = false;
        let is_error = |it: &Diagnostic| it.code.severity == Severity::Error;
        if self.paths.values().any(|file| self.analysis.diagnostics(*file).iter().any(is_error)) {
            return;
        }
        let mut found: HashMap<FileId, Vec<Diagnostic>> = HashMap::new();
        for diagnostic in (host.refused)(self.analysis.db()) {
            found.entry(diagnostic.primary.location.file).or_default().push(diagnostic);
        }
        let differs = |file: &FileId| found.get(file) != self.refused.get(file);
        self.pending = self.paths.values().copied().filter(differs).collect();
        self.refused = found;
    }

    /// Checks one pending file; what to publish, if it differs from what was published before.
    pub fn check_one(
        &mut self,
        host: &Host,
        version: impl Fn(&Path) -> Option<i32>,
    ) -> Option<PublishDiagnosticsParams> {
        if self.pending.is_empty() && self.asks_queries {
            self.look_at_queries(host);
        }
        let file = self.pending.pop()?;
        let found: Vec<_> = self
            .analysis
            .diagnostics(file)
            .iter()
            .chain(self.refused.get(&file).into_iter().flatten())
            .filter_map(|it| {
                let range = self.range(file, it.primary.location.span)?;
                Some(convert::diagnostic(it, range, |label| {
                    let Location { uri, range } = self.location(label.location.file, label.location.span)?;
                    Some(Location { uri, range })
                }))
            })
            .collect();
        let path = PathBuf::from(self.analysis.path(file)?);
        let version = version(&path);
        // An open document is told every time its version changes, so that a client can trust the newest set.
        let known = self.published.get(&file).map(Vec::as_slice).unwrap_or_default();
        if version.is_none() && known == found {
            return None;
        }
        self.published.insert(file, found.clone());
        Some(PublishDiagnosticsParams { uri: convert::uri(&path)?, diagnostics: found, version })
    }

    pub fn text(&self, file: FileId) -> Option<&str> {
        self.analysis.text(file)
    }

    pub fn lines(&self, file: FileId) -> Option<&LineIndex> {
        self.lines.get(&file)
    }

    pub fn range(&self, file: FileId, span: Span) -> Option<Range> {
        let text = self.text(file)?;
        match self.lines.get(&file) {
            Some(lines) => Some(convert::range(text, lines, span)),
            None => Some(convert::range(text, &LineIndex::new(text), span)),
        }
    }

    pub fn uri(&self, file: FileId) -> Option<Url> {
        convert::uri(Path::new(self.analysis.path(file)?))
    }

    fn location(&self, file: FileId, span: Span) -> Option<Location> {
        Some(Location { uri: self.uri(file)?, range: self.range(file, span)? })
    }
}
