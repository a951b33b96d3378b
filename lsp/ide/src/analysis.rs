//! One project under edit: its database and its files.

use dark_diagnostics::Diagnostic;
use dark_hir::{Database, FileKind, Project, Settings, SourceFile, queries};
use dark_source::FileId;
use salsa::{Durability, Setter};
use std::collections::HashMap;

pub struct Analysis {
    pub(crate) db: Database,
    project: Project,
    /// By `FileId`; removed files leave a hole.
    files: Vec<Option<SourceFile>>,
    by_path: HashMap<String, FileId>,
}

impl Analysis {
    /// A project without files of its own. `secrets`: the names its settings declare; `std`: the standard library by path;
    /// `carried`: whether it is the one that is known to have nothing wrong with it.
    pub fn new(module: &str, secrets: Vec<String>, std: Vec<(String, String)>, carried: bool) -> Analysis {
        let db = Database::default();
        let mut files = Vec::new();
        let mut by_path = HashMap::new();
        for (index, (path, text)) in std.into_iter().enumerate() {
            let id = FileId(index as u32);
            by_path.insert(path.clone(), id);
            let file = SourceFile::builder(id, path, text, FileKind::Std).carried(carried);
            files.push(Some(file.durability(Durability::HIGH).new(&db)));
        }
        let project = Project::new(&db, files.iter().flatten().copied().collect(), module.to_string());
        Settings::new(&db, secrets);
        Analysis { db, project, files, by_path }
    }

    /// Adds a file, or changes its text and what it is read as.
    pub fn set_file(&mut self, path: &str, text: String, kind: FileKind) -> FileId {
        if let Some(id) = self.by_path.get(path).copied()
            && let Some(file) = self.source(id)
        {
            if file.text(&self.db) != text {
                file.set_text(&mut self.db).to(text);
            }
            if file.kind(&self.db) != kind {
                file.set_kind(&mut self.db).to(kind);
            }
            return id;
        }
        let id = FileId(self.files.len() as u32);
        // What never changes is looked at once only, however often something else is edited.
        let never = Durability::NEVER_CHANGE;
        let file = SourceFile::builder(id, path.to_string(), text, kind).id_durability(never).path_durability(never);
        self.files.push(Some(file.carried_durability(never).new(&self.db)));
        self.by_path.insert(path.to_string(), id);
        self.update_project();
        id
    }

    pub fn remove_file(&mut self, id: FileId) {
        if let Some(slot) = self.files.get_mut(id.0 as usize)
            && slot.take().is_some()
        {
            self.by_path.retain(|_, it| *it != id);
            self.update_project();
        }
    }

    fn update_project(&mut self) {
        let files = self.files.iter().flatten().copied().collect();
        self.project.set_files(&mut self.db).to(files);
    }

    pub(crate) fn source(&self, id: FileId) -> Option<SourceFile> {
        self.files.get(id.0 as usize).copied().flatten()
    }

    pub fn file(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    pub fn path(&self, id: FileId) -> Option<&str> {
        self.source(id).map(|file| file.path(&self.db))
    }

    pub fn text(&self, id: FileId) -> Option<&str> {
        self.source(id).map(|file| file.text(&self.db))
    }

    /// For questions that need more than this crate knows.
    pub fn db(&self) -> &Database {
        &self.db
    }

    /// Everything to say about a file, by place.
    pub fn diagnostics(&self, id: FileId) -> &[Diagnostic] {
        match self.source(id) {
            Some(file) => queries::diagnostics(&self.db, file),
            None => &[],
        }
    }

    /// Answers a question about the project as it would be with another text for that file, and puts the text back.
    pub(crate) fn with_text<T>(&mut self, id: FileId, text: String, ask: impl FnOnce(&Analysis) -> T) -> Option<T> {
        let file = self.source(id)?;
        let own = file.text(&self.db).to_string();
        let carried = file.carried(&self.db);
        if carried {
            file.set_carried(&mut self.db).to(false);
        }
        file.set_text(&mut self.db).to(text);
        let answer = ask(self);
        file.set_text(&mut self.db).to(own);
        if carried {
            file.set_carried(&mut self.db).to(true);
        }
        Some(answer)
    }
}
