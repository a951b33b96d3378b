//! Hover: the type of what is under the cursor and its documentation.

use crate::analysis::Analysis;
use crate::target::{Meaning, at, module};
use dark_hir::items::shown;
use dark_hir::types::display::Printer;
use dark_hir::types::{Generics, Role, Ty, TypeKind};
use dark_hir::{Def, DefKind, queries};
use dark_source::{FileId, Span};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    pub markdown: String,
    pub span: Span,
}

impl Analysis {
    /// What to show for an offset.
    pub fn hover(&self, file: FileId, offset: u32) -> Option<Hover> {
        let at = at(self, file, offset)?;
        let markdown = match &at.meaning {
            Meaning::Def(def) => self.describe(*def),
            Meaning::Local { owner, local, ty } => {
                let body = queries::body(&self.db, *owner)?;
                let name = &body.locals.get(local.index())?.name;
                code(&format!("{name}: {}", self.show(*owner, ty)))
            }
            Meaning::Field { record, name, ty } => {
                let owner = shown(record.path(&self.db));
                code(&format!("{owner}.{name}: {}", self.show(*record, ty)))
            }
            Meaning::Case { enum_, name } => self.case(*enum_, name),
            Meaning::Value { ty: Ty::Error, .. } => return None,
            Meaning::Value { owner, ty } => code(&self.show(*owner, ty)),
        };
        Some(Hover { markdown, span: at.span })
    }

    /// A declaration as one would write its head, with its documentation.
    pub(crate) fn describe(&self, def: Def) -> String {
        let mut out = code(&self.head(def));
        if let Some(docs) = queries::docs(&self.db, def) {
            out.push_str("\n\n");
            out.push_str(&docs);
        }
        out
    }

    /// `let name (a: T) : R`, `type Name = …`, `val name: T`.
    pub(crate) fn head(&self, def: Def) -> String {
        let path = shown(def.path(&self.db));
        match def.kind(&self.db) {
            DefKind::Function => self.function(def, path),
            DefKind::Value => format!("val {path}: {}", self.show(def, &dark_hir::infer::value_type(&self.db, def).ty)),
            DefKind::Db => format!("[<DB>] type {path} = {}", self.show(def, &queries::row_type(&self.db, def))),
            DefKind::Type => self.type_head(def, path),
            DefKind::Statement | DefKind::Test => String::new(),
        }
    }

    fn function(&self, def: Def, path: &str) -> String {
        let Some(signature) = queries::signature(&self.db, def) else { return format!("let {path}") };
        let module = module(self, def);
        let printer = Printer { db: &self.db, module: &module, generics: &signature.generics };
        let mut out = match &signature.role {
            Role::HttpHandler { method, route, .. } => format!("// {method} {route}\n"),
            Role::Worker { name } => format!("// worker {name}\n"),
            Role::Cron { schedule, .. } => format!("// cron: {schedule}\n"),
            Role::Plain => String::new(),
        };
        out.push_str(&format!("let {path}"));
        for param in &signature.params {
            match (param.name.as_str(), &param.ty) {
                ("", _) => out.push_str(" ()"),
                (name, ty) => out.push_str(&format!(" ({name}: {})", printer.show(ty))),
            }
        }
        out.push_str(&format!(" : {}", printer.show(&signature.result)));
        out
    }

    fn type_head(&self, def: Def, path: &str) -> String {
        let Some(definition) = queries::type_definition(&self.db, def) else { return format!("type {path}") };
        let module = module(self, def);
        let printer = Printer { db: &self.db, module: &module, generics: &definition.generics };
        let names: Vec<String> = definition.generics.names.iter().map(|name| format!("'{name}")).collect();
        let parameters = if names.is_empty() { String::new() } else { format!("<{}>", names.join(", ")) };
        let right = match &definition.kind {
            TypeKind::Record(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|field| format!("{}: {}", field.name, printer.show(&field.ty))).collect();
                format!("{{ {} }}", fields.join("; "))
            }
            TypeKind::Enum(cases) => {
                let cases: Vec<String> =
                    cases.iter().map(|case| case_text(&case.name, &case.fields, &printer)).collect();
                format!("\n  | {}", cases.join("\n  | "))
            }
            TypeKind::Alias(ty) => printer.show(ty),
            TypeKind::Error => return format!("type {path}{parameters}"),
        };
        format!("type {path}{parameters} = {right}")
    }

    fn case(&self, enum_: Def, name: &str) -> String {
        let path = shown(enum_.path(&self.db));
        let Some(definition) = queries::type_definition(&self.db, enum_) else { return code(path) };
        let module = module(self, enum_);
        let printer = Printer { db: &self.db, module: &module, generics: &definition.generics };
        match definition.kind.cases().iter().find(|case| case.name == name) {
            Some(case) => code(&format!("{path}.{}", case_text(name, &case.fields, &printer))),
            None => code(path),
        }
    }

    pub(crate) fn show(&self, owner: Def, ty: &Ty) -> String {
        let module = module(self, owner);
        let generics = queries::signature(&self.db, owner).as_ref().map(|it| it.generics.clone()).unwrap_or_default();
        let generics: Generics = generics;
        Printer { db: &self.db, module: &module, generics: &generics }.show(ty)
    }
}

fn case_text(name: &str, fields: &[Ty], printer: &Printer<'_>) -> String {
    let fields: Vec<String> = fields.iter().map(|field| printer.show(field)).collect();
    match fields.is_empty() {
        true => name.to_string(),
        false => format!("{name} of {}", fields.join(" * ")),
    }
}

fn code(text: &str) -> String {
    format!("```dark\n{text}\n```")
}

#[cfg(test)]
mod tests {
    use crate::testing::project;

    fn check(marked: &str, expected: &str) {
        let (analysis, file, offset) = project(marked);
        let found = analysis.hover(file, offset).map(|hover| hover.markdown).unwrap_or_default();
        assert!(found.contains(expected), "{marked}\nshows\n{found}");
    }

    #[test]
    fn a_local_shows_its_type() {
        check("let f (n: Int) : String =\n  let pair = (n, \"a\")\n  let (a, b) = pa$ir\n  b", "pair: Int * String");
        check("let f (p: Other.Point) : Int = p$.x", "p: Other.Point");
    }

    #[test]
    fn a_function_shows_its_head_and_documentation() {
        check("let f (n: Int) : Int = Other.dou$ble n", "let Other.double (n: Int) : Int");
        check("let f (n: Int) : Int = Other.dou$ble n", "Twice the number.");
    }

    #[test]
    fn fields_and_types_show_what_they_are() {
        check("let f (p: Other.Point) : Int = p.y$", "Other.Point.y: Int");
        check("let f (p: Other.Poi$nt) : Int = p.y", "type Other.Point = { x: Int; y: Int }");
    }
}
