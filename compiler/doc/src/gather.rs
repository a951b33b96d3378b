//! From the database to the facts of a reference. Tests, statements and the library's own parts stay out.

use crate::facts::{Declaration, Definition, Function, Kind, Member, Module, Param, Place, Reference, Role, Source};
use crate::shape::{inferred, written};
use dark_hir::items::{self, Entry, definitions, item_at, shown};
use dark_hir::resolve::is_private;
use dark_hir::types::{ParamSource, Role as HirRole, Signature};
use dark_hir::{Db, FileKind, Project, SourceFile, queries};
use dark_source::LineIndex;
use dark_syntax::ast::{self, ItemKind, ParamKind, TypeDefinition};
use std::collections::BTreeMap;

/// What a reference is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub title: String,
    pub version: String,
    /// Files of the program are called by their names without this in front.
    pub folder: String,
}

/// The facts of everything in the database.
pub fn gather(db: &dyn Db, subject: Subject) -> Reference {
    let mut gatherer = Gatherer { db, modules: BTreeMap::new(), sources: Vec::new() };
    if let Some(project) = Project::try_get(db) {
        for &file in project.files(db) {
            gatherer.file(file, &subject.folder);
        }
    }
    let modules = gatherer.modules.into_iter().map(|((library, path), module)| Module { path, library, ..module });
    let told = |it: &Module| it.docs.is_some() || !it.declarations.is_empty();
    let mut modules: Vec<Module> = modules.filter(told).collect();
    modules.sort_by_cached_key(|it| (it.library, it.library && !it.path.starts_with("Stdlib"), it.path.to_lowercase()));
    Reference { title: subject.title, version: subject.version, modules, sources: gatherer.sources }
}

struct Gatherer<'a> {
    db: &'a dyn Db,
    /// Of the library or not, and the path.
    modules: BTreeMap<(bool, String), Module>,
    sources: Vec<Source>,
}

impl Gatherer<'_> {
    fn file(&mut self, file: SourceFile, folder: &str) {
        let library = match file.kind(self.db) {
            FileKind::Std => true,
            FileKind::Package | FileKind::Script => false,
            FileKind::Test | FileKind::Examples | FileKind::Eval => return,
        };
        let path = file.path(self.db);
        let name = match library {
            true => format!("std/{path}"),
            false => path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/').to_string(),
        };
        self.sources.push(Source { name, text: file.text(self.db).to_string() });
        for (path, docs) in items::modules(self.db, file) {
            self.document(library, &path, docs);
        }
        let lines = LineIndex::new(file.text(self.db));
        for entry in items::items(self.db, file) {
            if is_private(entry.def.path(self.db)) {
                continue;
            }
            if let Some(declaration) = self.declaration(file, entry, &lines) {
                self.module(library, &entry.module).declarations.push(declaration);
            }
        }
    }

    fn module(&mut self, library: bool, path: &[String]) -> &mut Module {
        let path = path.join(".");
        self.modules.entry((library, shown(&path).to_string())).or_default()
    }

    /// Several files may say something about one module.
    fn document(&mut self, library: bool, path: &[String], docs: Option<String>) {
        if is_private(&path.join(".")) {
            return;
        }
        let Some(docs) = docs else { return };
        let known = &mut self.module(library, path).docs;
        match known {
            Some(known) => {
                known.push_str("\n\n");
                known.push_str(&docs);
            }
            None => *known = Some(docs),
        }
    }

    fn declaration(&self, file: SourceFile, entry: &Entry, lines: &LineIndex) -> Option<Declaration> {
        let db = self.db;
        let item = item_at(&queries::parse(db, file).tree, &entry.place)?;
        let (kind, at) = match &item.kind {
            ItemKind::Function(function) => (Kind::Function(self.function(entry, function)?), function.name.span),
            ItemKind::Value(value) => {
                let found = dark_hir::infer::value_type(db, entry.def);
                (Kind::Value(inferred(db, &Default::default(), &found.ty)), value.name.span)
            }
            ItemKind::Type(decl) => {
                let parameters = decl.type_params.iter().map(|name| name.text.clone()).collect();
                let definition = self.definition(&entry.module, &decl.definition);
                (Kind::Type { parameters, definition }, decl.name.span)
            }
            ItemKind::Db(decl) => (Kind::Datastore(written(db, &entry.module, &decl.ty)), decl.name.span),
            ItemKind::Module(_) | ItemKind::Expr(_) | ItemKind::Test(_) | ItemKind::Error => return None,
        };
        let own = shown(entry.def.path(db));
        let line = lines.position(file.text(db), at.start).line + 1;
        Some(Declaration {
            name: entry.name.clone(),
            docs: item.doc.clone(),
            aliases: definitions(db).builtin_names(entry.def).filter(|it| it != own).collect(),
            place: Place { source: self.sources.len() - 1, line },
            kind,
        })
    }

    fn function(&self, entry: &Entry, function: &ast::Function) -> Option<Function> {
        let signature = queries::signature(self.db, entry.def).as_ref()?;
        let known = |ty| inferred(self.db, &signature.generics, ty);
        let spell = |ty: &ast::Type| written(self.db, &entry.module, ty);
        let result = function.result.as_ref().map_or_else(|| known(&signature.result), spell);
        // The historic form of handlers writes no types and has parameters that are not written either.
        let historic = function.params.len() != signature.params.len() || function.result.is_none();
        let params = signature.params.iter().enumerate().map(|(index, param)| {
            let own = function.params.get(index).filter(|_| !historic);
            let unit = own.is_some_and(|it| matches!(it.kind, ParamKind::Unit));
            let name = if unit { String::new() } else { param.name.clone() };
            let shape = own.and_then(|it| it.ty.as_ref()).map_or_else(|| known(&param.ty), spell);
            Param { name, shape, source: source(signature, index) }
        });
        Some(Function {
            parameters: function.type_params.iter().map(|name| name.text.clone()).collect(),
            params: params.collect(),
            result,
            role: role(signature),
            in_queries: signature.sql.is_some(),
        })
    }

    fn definition(&self, module: &[String], definition: &TypeDefinition) -> Definition {
        let spell = |ty: &ast::Type| written(self.db, module, ty);
        match definition {
            TypeDefinition::Alias(ty) => Definition::Alias(spell(ty)),
            TypeDefinition::Record(fields) => {
                let member = |it: &ast::FieldDecl| Member {
                    name: it.name.text.clone(),
                    docs: it.doc.clone(),
                    fields: vec![(None, spell(&it.ty))],
                };
                Definition::Record(fields.iter().map(member).collect())
            }
            TypeDefinition::Enum(cases) => {
                let label = |it: &ast::CaseField| it.label.as_ref().map(|label| label.text.clone());
                let member = |it: &ast::CaseDecl| Member {
                    name: it.name.text.clone(),
                    docs: it.doc.clone(),
                    fields: it.fields.iter().map(|field| (label(field), spell(&field.ty))).collect(),
                };
                Definition::Enum(cases.iter().map(member).collect())
            }
            TypeDefinition::Extern | TypeDefinition::Error => Definition::Primitive,
        }
    }
}

fn role(signature: &Signature) -> Role {
    match signature.role.clone() {
        HirRole::Plain => Role::Plain,
        HirRole::HttpHandler { method, route, .. } => Role::Http { method, route },
        HirRole::Worker { name } => Role::Worker { name },
        HirRole::Cron { name, schedule } => Role::Cron { name, schedule },
    }
}

/// What of a request a handler's parameter is.
fn source(signature: &Signature, index: usize) -> Option<&'static str> {
    let HirRole::HttpHandler { params, .. } = &signature.role else { return None };
    Some(match params.get(index)? {
        ParamSource::RouteVariable => "comes from the path",
        ParamSource::Request => "is the whole request",
        ParamSource::BodyTyped => "comes from the JSON of the body",
        ParamSource::BodyText => "is the text of the body",
        ParamSource::BodyBytes => "is the bytes of the body",
        ParamSource::Query => "comes from the query",
        ParamSource::Headers => "comes from the headers",
        ParamSource::Unit => return None,
    })
}
