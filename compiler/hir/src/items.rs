//! Which definitions there are: names and kinds, no bodies, no spans.

use crate::db::{Db, FileKind, Project, SourceFile, parse};
use crate::def::{Def, DefKind};
use crate::signature::text_argument;
use dark_source::Span;
use dark_syntax::ast::{Attribute, File, Function, Item, ItemKind};
use dark_syntax::outline::{Keyword, outline};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One declaration of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub def: Def,
    /// Which item it is: index in the file, then in each module on the way.
    pub place: Vec<u32>,
    /// The modules around it.
    pub module: Vec<String>,
    /// Its own name; empty for statements and tests.
    pub name: String,
    /// Its other name, below `Builtin`.
    pub builtin: Option<String>,
}

/// How the owner of a test file's definitions begins; its number follows. No name in a program has this sign.
const TESTS: &str = "Tests@";

/// The declarations of a file, in order.
#[salsa::tracked]
pub fn items(db: &dyn Db, file: SourceFile) -> Vec<Entry> {
    if file.carried(db) {
        return outlined(db, file);
    }
    let mut out = Vec::new();
    Collector::run(db, file, &mut out, &mut Vec::new());
    out
}

/// The declarations of a file that is known to be right, without reading what they consist of.
fn outlined(db: &dyn Db, file: SourceFile) -> Vec<Entry> {
    let outline = outline(file.text(db));
    let entry = |it: &dark_syntax::outline::Declaration<'_>| {
        let module = it.module.and_then(|module| outline.modules.get(module));
        let mut place = module.map(|module| module.place.clone()).unwrap_or_default();
        place.push(it.index);
        let module = module.map(|module| module.path.clone()).unwrap_or_default();
        let kind = match it.keyword {
            Keyword::Let => DefKind::Function,
            Keyword::Val => DefKind::Value,
            Keyword::Type => DefKind::Type,
        };
        let def = Def::new(db, kind, join(&module, it.name));
        Entry { def, place, module, name: it.name.into(), builtin: it.builtin.map(String::from) }
    };
    outline.declarations.iter().map(entry).collect()
}

/// Where each of them stands, with the comments above it.
#[salsa::tracked]
fn spans(db: &dyn Db, file: SourceFile) -> Vec<Span> {
    outline(file.text(db)).declarations.iter().map(|it| it.span).collect()
}

/// The names of declarations of the project that could not be read.
#[salsa::tracked]
pub fn lost(db: &dyn Db) -> FxHashSet<String> {
    let files = Project::try_get(db).map(|project| project.files(db)).unwrap_or_default();
    files.iter().filter(|file| !file.carried(db)).flat_map(|file| parse(db, *file).lost.iter().cloned()).collect()
}

/// The modules that a file writes, outer ones first, with their documentation.
pub fn modules(db: &dyn Db, file: SourceFile) -> Vec<(Vec<String>, Option<String>)> {
    let mut out = Vec::new();
    Collector::run(db, file, &mut Vec::new(), &mut out);
    out
}

/// The module of what stands in a file outside of any `module`. A script by itself has none, so that its types print by
/// their own name; one among other files is in the project's module, as they are. Each test file has an owner of its own, which is not shown: what two test files declare does not meet.
pub fn root_module(db: &dyn Db, file: SourceFile) -> Vec<String> {
    match file.kind(db) {
        FileKind::Package | FileKind::Examples => own_module(db),
        FileKind::Script if has_packages(db) => own_module(db),
        FileKind::Test => vec![format!("{TESTS}{}", file.id(db).0)],
        FileKind::Std | FileKind::Script | FileKind::Eval => Vec::new(),
    }
}

fn own_module(db: &dyn Db) -> Vec<String> {
    let project = Project::try_get(db);
    project.map(|project| project.module(db).split('.').map(String::from).collect()).unwrap_or_default()
}

fn has_packages(db: &dyn Db) -> bool {
    Project::try_get(db).is_some_and(|it| it.files(db).iter().any(|file| file.kind(db) == FileKind::Package))
}

struct Collector<'a> {
    db: &'a dyn Db,
    file: SourceFile,
    out: &'a mut Vec<Entry>,
    modules: &'a mut Vec<(Vec<String>, Option<String>)>,
    place: Vec<u32>,
    module: Vec<String>,
}

impl<'a> Collector<'a> {
    fn run(
        db: &'a dyn Db,
        file: SourceFile,
        out: &'a mut Vec<Entry>,
        modules: &'a mut Vec<(Vec<String>, Option<String>)>,
    ) {
        let module = root_module(db, file);
        let mut collector = Collector { db, file, out, modules, place: Vec::new(), module };
        collector.items(&parse(db, file).tree.items);
    }

    fn items(&mut self, items: &[Item]) {
        for (index, item) in items.iter().enumerate() {
            self.place.push(index as u32);
            self.item(item);
            self.place.pop();
        }
    }

    fn item(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::Module(module) => {
                let outer = self.module.clone();
                // A header is its whole path, not below the project's own module.
                let absolute = self.file.kind(self.db) != FileKind::Test;
                if module.header && self.place.len() == 1 && absolute {
                    self.module.clear();
                }
                self.module.extend(module.path.segments.iter().map(|segment| segment.text.clone()));
                self.modules.push((self.module.clone(), item.doc.clone()));
                self.items(&module.items);
                self.module = outer;
            }
            ItemKind::Function(function) => {
                let name = &function.name.text;
                let path =
                    join(&self.module, &historic_name(&item.attributes, function).unwrap_or_else(|| name.clone()));
                self.push(DefKind::Function, path, name);
                self.host_name(item);
            }
            ItemKind::Value(value) => {
                self.named(DefKind::Value, &value.name.text);
                self.host_name(item);
            }
            ItemKind::Type(decl) => self.named(DefKind::Type, &decl.name.text),
            ItemKind::Db(db) => self.named(DefKind::Db, &db.name.text),
            ItemKind::Expr(_) => self.numbered(DefKind::Statement),
            ItemKind::Test(_) => self.numbered(DefKind::Test),
            ItemKind::Error => {}
        }
    }

    fn named(&mut self, kind: DefKind, name: &str) {
        let path = join(&self.module, name);
        self.push(kind, path, name);
    }

    fn host_name(&mut self, item: &Item) {
        if self.file.kind(self.db) == FileKind::Std
            && let Some(entry) = self.out.last_mut()
        {
            entry.builtin = builtin_name(&item.attributes);
        }
    }

    fn numbered(&mut self, kind: DefKind) {
        let place: Vec<String> = self.place.iter().map(u32::to_string).collect();
        let path = format!("{}#{}#{}", self.module.join("."), self.file.path(self.db), place.join("."));
        self.push(kind, path, "");
    }

    fn push(&mut self, kind: DefKind, path: String, name: &str) {
        let def = Def::new(self.db, kind, path);
        let (place, module) = (self.place.clone(), self.module.clone());
        self.out.push(Entry { def, place, module, name: name.into(), builtin: None });
    }
}

/// What a historic handler is called: canvas files name all of theirs `_handler`, so the route tells them apart. Nobody can
/// name them.
fn historic_name(attributes: &[Attribute], function: &Function) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.name.text == "HttpHandler")?;
    let (method, route) = (text_argument(attribute, 0)?, text_argument(attribute, 1)?);
    let is_nameless = function.result.is_none() && function.name.text.starts_with('_');
    // A dot would end a module.
    is_nameless.then(|| format!("{}({method} {})", function.name.text, route.replace('.', "\u{2024}")))
}

/// The name that `[<Builtin "name">]` gives a function of the library.
fn builtin_name(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.name.text == "Builtin")?;
    text_argument(attribute, 0).map(String::from)
}

pub fn join(module: &[String], name: &str) -> String {
    let mut path = module.join(".");
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
    path
}

/// Everything that can be named: what the library declares, which is gathered once however often the project changes,
/// and what the project declares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Definitions {
    library: Arc<Declared>,
    project: Declared,
    /// Functions and values of the library that the project declares anew, and the library's own ones.
    replaced: FxHashMap<Def, Def>,
}

/// The declarations of some files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Declared {
    by_path: FxHashMap<String, Vec<(DefKind, Def)>>,
    /// By full path of the module (owner included).
    modules: BTreeMap<String, Vec<Def>>,
    sources: FxHashMap<Def, (SourceFile, Vec<u32>)>,
    /// Declared a second time: (the second one's file and place, the first).
    repeated: Vec<(SourceFile, Vec<u32>, Def)>,
    /// Functions with their names below `Builtin`.
    builtins: Vec<(Def, String)>,
}

/// Ends the path of a library definition whose own path the project has taken.
pub const REPLACED: &str = "~library";

impl Definitions {
    pub fn get(&self, kind: DefKind, path: &str) -> Option<Def> {
        self.project.get(kind, path).or_else(|| self.library.get(kind, path).map(|def| self.of_library(def)))
    }

    /// The names of a function below `Builtin`.
    pub fn builtin_names(&self, def: Def) -> impl Iterator<Item = String> + '_ {
        let own = self.of_library(def);
        let all = self.library.builtins.iter().chain(&self.project.builtins);
        all.filter(move |(it, _)| *it == own || *it == def).map(|(_, name)| format!("Builtin.{name}"))
    }

    /// What the library itself means by a definition: its own one, whatever the project puts in its place.
    pub fn of_library(&self, def: Def) -> Def {
        self.replaced.get(&def).copied().unwrap_or(def)
    }

    /// Whether the library declares it, not the project.
    pub fn is_of_library(&self, db: &dyn Db, def: Def) -> bool {
        self.source(def).is_some_and(|(file, _)| file.kind(db) == FileKind::Std)
    }

    fn source(&self, def: Def) -> Option<&(SourceFile, Vec<u32>)> {
        self.project.sources.get(&def).or_else(|| self.library.sources.get(&def))
    }

    pub fn has_module(&self, path: &str) -> bool {
        self.project.modules.contains_key(path) || self.library.modules.contains_key(path)
    }

    /// The paths of all modules, owners included, in order.
    pub fn modules(&self) -> BTreeSet<&str> {
        self.library.modules.keys().chain(self.project.modules.keys()).map(String::as_str).collect()
    }

    /// What is declared directly in a module.
    pub fn members(&self, module: &str) -> impl Iterator<Item = Def> + '_ {
        let library = self.library.modules.get(module).map_or(&[][..], Vec::as_slice);
        let project = self.project.modules.get(module).map_or(&[][..], Vec::as_slice);
        library.iter().chain(project.iter().filter(move |def| !self.library.sources.contains_key(*def))).copied()
    }

    /// Declared a second time: (the second one's file and place, the first).
    pub fn repeated(&self) -> impl Iterator<Item = &(SourceFile, Vec<u32>, Def)> {
        self.library.repeated.iter().chain(&self.project.repeated)
    }

    pub fn all(&self) -> impl Iterator<Item = Def> + '_ {
        let library = self.library.sources.keys().filter(|def| !self.project.sources.contains_key(*def));
        self.project.sources.keys().chain(library).copied()
    }
}

/// What the library declares. Its files do not change while a project is written.
#[salsa::tracked(returns(clone))]
fn library(db: &dyn Db) -> Arc<Declared> {
    let mut out = Declared::default();
    for (file, entry) in entries(db, true) {
        match out.sources.contains_key(&entry.def) {
            true => out.repeated.push((file, entry.place.clone(), entry.def)),
            false => out.add(db, file, entry),
        }
    }
    Arc::new(out)
}

/// All definitions of the project and the standard library. A declaration of the project with the path of one of the
/// library takes its place, types too; the library's own code and `Builtin` names keep to the library's functions.
#[salsa::tracked]
pub fn definitions(db: &dyn Db) -> Definitions {
    let mut out = Definitions { library: library(db), ..Definitions::default() };
    for (file, entry) in entries(db, false) {
        let def = entry.def;
        if out.project.sources.contains_key(&def) {
            out.project.repeated.push((file, entry.place.clone(), def));
            continue;
        }
        if out.library.sources.contains_key(&def) {
            out.replace(db, def);
        }
        out.project.add(db, file, entry);
    }
    out
}

/// The declarations of all files of the library, or of all others.
fn entries(db: &dyn Db, of_library: bool) -> impl Iterator<Item = (SourceFile, &Entry)> {
    let files = Project::try_get(db).map_or(&[][..], |project| project.files(db));
    let files = files.iter().filter(move |file| (file.kind(db) == FileKind::Std) == of_library);
    files.flat_map(move |&file| items(db, file).iter().map(move |entry| (file, entry)))
}

impl Definitions {
    /// Moves a function or value of the library out of the way.
    fn replace(&mut self, db: &dyn Db, def: Def) {
        if !matches!(def.kind(db), DefKind::Function | DefKind::Value) {
            return;
        }
        let Some(source) = self.library.sources.get(&def) else { return };
        let own = Def::new(db, def.kind(db), format!("{}{REPLACED}", def.path(db)));
        self.project.sources.insert(own, source.clone());
        self.replaced.insert(def, own);
    }
}

impl Declared {
    fn get(&self, kind: DefKind, path: &str) -> Option<Def> {
        self.by_path.get(path)?.iter().find(|(it, _)| *it == kind).map(|(_, def)| *def)
    }

    fn add(&mut self, db: &dyn Db, file: SourceFile, entry: &Entry) {
        let def = entry.def;
        let (kind, path) = (def.kind(db), def.path(db));
        add_module(&mut self.modules, &entry.module, def);
        self.name(kind, path, def);
        self.sources.insert(def, (file, entry.place.clone()));
        if let Some(name) = &entry.builtin {
            self.name(kind, &format!("Builtin.{name}"), def);
            self.builtins.push((def, name.clone()));
        }
    }

    fn name(&mut self, kind: DefKind, path: &str, def: Def) {
        let known = self.by_path.entry(path.to_owned()).or_default();
        known.retain(|(it, _)| *it != kind);
        known.push((kind, def));
    }
}

fn add_module(modules: &mut BTreeMap<String, Vec<Def>>, module: &[String], def: Def) {
    for length in 1..module.len() {
        modules.entry(module[..length].join(".")).or_default();
    }
    modules.entry(module.join(".")).or_default().push(def);
}

/// Where a definition stands.
#[salsa::tracked(returns(clone))]
pub fn source(db: &dyn Db, def: Def) -> Option<(SourceFile, Vec<u32>)> {
    definitions(db).source(def).cloned()
}

/// The modules around a definition.
pub fn module_of(db: &dyn Db, def: Def) -> Vec<String> {
    let path = def.path(db);
    if matches!(def.kind(db), DefKind::Statement | DefKind::Test) {
        let module = path.split('#').next().unwrap_or_default();
        return module.split('.').filter(|part| !part.is_empty()).map(String::from).collect();
    }
    let mut parts: Vec<String> = path.split('.').map(String::from).collect();
    parts.pop();
    parts
}

/// The item at a place.
pub fn item_at<'a>(file: &'a File, place: &[u32]) -> Option<&'a Item> {
    let (last, way) = place.split_last()?;
    let mut items = &file.items;
    for index in way {
        match &items.get(*index as usize)?.kind {
            ItemKind::Module(module) => items = &module.items,
            _ => return None,
        }
    }
    items.get(*last as usize)
}

/// The syntax of a definition. Only queries whose result has no spans may call it freely.
pub fn item_of(db: &dyn Db, def: Def) -> Option<(SourceFile, &Item)> {
    let (file, place) = source(db, def)?;
    Some((file, item_in(db, file, def, &place)?))
}

/// The same for those who know where it stands.
pub(crate) fn item_in<'a>(db: &'a dyn Db, file: SourceFile, def: Def, place: &[u32]) -> Option<&'a Item> {
    match file.carried(db) {
        true => carried_item(db, def).as_ref(),
        false => item_at(&parse(db, file).tree, place),
    }
}

/// The syntax of a definition of the library that `darkc` carries: most programs use little of it.
#[salsa::tracked]
fn carried_item(db: &dyn Db, def: Def) -> Option<Item> {
    let (file, place) = source(db, def)?;
    let index = items(db, file).binary_search_by(|entry| entry.place.cmp(&place)).ok()?;
    dark_syntax::parse_item(file.text(db), *spans(db, file).get(index)?)
}

/// The path as a person writes it: without the owner.
pub fn shown(path: &str) -> &str {
    if path.starts_with(TESTS) {
        let end = path.find(['.', '#']).unwrap_or(path.len());
        return path[end..].trim_start_matches('.');
    }
    path.strip_prefix("Darklang.").unwrap_or(path)
}

/// A printed type without the owners of test files in it.
pub fn without_test_owners(text: &str) -> String {
    let mut parts = text.split(TESTS);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('.'));
    }
    out
}
