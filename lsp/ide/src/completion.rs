//! Completion: names in scope, members of modules, fields of records, cases of enums.
//!
//! The text is completed with a placeholder name at the cursor and asked as if it stood there, so that half a line still
//! has a tree and types; the user's file is put back at once.

use crate::analysis::Analysis;
use crate::locate::modules_at;
use crate::target::{body_view, entry_at};
use dark_hir::body::{Body, Expr, ExprId, LocalId, SourceMap};
use dark_hir::items::{definitions, shown};
use dark_hir::resolve::Scope;
use dark_hir::types::Ty;
use dark_hir::{Def, DefKind, queries};
use dark_source::{FileId, Span};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completions {
    /// What an accepted item takes the place of.
    pub replace: Span,
    /// Best first.
    pub items: Vec<Completion>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub insert: String,
    pub kind: CompletionKind,
    pub detail: Option<String>,
    pub docs: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    Local,
    Field,
    Function,
    Value,
    Case,
    Datastore,
    Type,
    Module,
    Keyword,
}

/// Long and odd enough to be nobody's name.
const PLACEHOLDER: &str = "darkCompletionPlaceholder";

const KEYWORDS: [&str; 15] = [
    "let", "val", "if", "then", "else", "elif", "match", "with", "when", "fun", "type", "of", "module", "true", "false",
];

impl Analysis {
    /// What could be written at an offset.
    pub fn completions(&mut self, file: FileId, offset: u32) -> Completions {
        let Some(text) = self.text(file) else { return Completions::default() };
        let offset = (offset as usize).min(text.len());
        if !text.is_char_boundary(offset) || in_comment_or_string(text, offset) {
            return Completions { replace: Span::new(offset, offset), items: Vec::new() };
        }
        let start = word_start(text, offset);
        let word = text[start..offset].to_string();
        let qualifier = qualifier(text, start);
        let replace = Span::new(start, offset);
        let completed = format!("{}{PLACEHOLDER}{}", &text[..start], &text[word_end(text, offset)..]);
        let after_dot = text[..start].trim_end().ends_with('.');
        let asked = self.with_text(file, completed, |analysis| match &qualifier {
            Some(path) => analysis.members(file, start as u32, path),
            None if after_dot => analysis.fields(file, start as u32),
            None => analysis.names(file, start as u32),
        });
        let mut items = asked.unwrap_or_default();
        rank(&mut items, &word);
        Completions { replace, items }
    }

    /// Behind `value.`: the fields of the record.
    fn fields(&self, file: FileId, at: u32) -> Vec<Completion> {
        let Some(view) = entry_at(self, file, at).and_then(|entry| body_view(self, entry.def)) else {
            return Vec::new();
        };
        let field = view.body.exprs.iter().find_map(|expr| match expr {
            Expr::Field { record, field } if field == PLACEHOLDER => Some(*record),
            _ => None,
        });
        let Some(Ty::Named(def, arguments)) = field.and_then(|record| view.inference.exprs.get(record.index())) else {
            return Vec::new();
        };
        let Some(definition) = queries::type_definition(&self.db, *def) else { return Vec::new() };
        definition
            .kind
            .fields()
            .iter()
            .map(|field| {
                let ty = dark_hir::types::lower::substitute(&field.ty, arguments);
                item(&field.name, CompletionKind::Field, Some(self.show(view.def, &ty)))
            })
            .collect()
    }

    /// Behind `Module.` or `Type.`
    fn members(&self, file: FileId, at: u32, path: &[String]) -> Vec<Completion> {
        let modules = self.modules(file, at);
        let scope = Scope { module: &modules };
        let segments: Vec<&str> = path.iter().map(String::as_str).collect();
        let mut items = Vec::new();
        if let Some(module) = scope.find_module(&self.db, &segments) {
            self.module_members(&module, &mut items);
        }
        if let Some(def) = scope.find_type(&self.db, &segments)
            && let Some(definition) = queries::type_definition(&self.db, def)
        {
            items.extend(definition.kind.cases().iter().map(|case| item(&case.name, CompletionKind::Case, None)));
        }
        items
    }

    fn module_members(&self, module: &str, items: &mut Vec<Completion>) {
        let all = definitions(&self.db);
        for def in all.members(module) {
            items.extend(self.def_item(def));
        }
        let prefix = format!("{module}.");
        for inner in all.modules().into_iter().filter_map(|path| path.strip_prefix(&prefix)) {
            let name = inner.split('.').next().unwrap_or(inner);
            if name != "Internal"
                && name != "Primitive"
                && !items.iter().any(|it| it.label == name && it.kind == CompletionKind::Module)
            {
                items.push(item(name, CompletionKind::Module, None));
            }
        }
    }

    /// A bare name: locals, what the modules around declare, the first parts of longer names, keywords.
    fn names(&self, file: FileId, at: u32) -> Vec<Completion> {
        let mut items = self.locals(file, at);
        let modules = self.modules(file, at);
        for length in (0..=modules.len()).rev() {
            self.module_members(&modules[..length].join("."), &mut items);
        }
        for name in ["Stdlib", "Builtin"] {
            items.push(item(name, CompletionKind::Module, None));
        }
        for case in ["Some", "None", "Ok", "Error"] {
            items.push(item(case, CompletionKind::Case, None));
        }
        for path in definitions(&self.db).modules().into_iter().filter(|path| !path.starts_with("Darklang")) {
            let name = path.split('.').next().unwrap_or(path);
            if !name.is_empty() && !items.iter().any(|it| it.label == name) {
                items.push(item(name, CompletionKind::Module, None));
            }
        }
        items.extend(KEYWORDS.iter().map(|word| item(word, CompletionKind::Keyword, None)));
        items
    }

    fn modules(&self, file: FileId, at: u32) -> Vec<String> {
        let Some(source) = self.source(file) else { return Vec::new() };
        if let Some(entry) = entry_at(self, file, at) {
            return entry.module.clone();
        }
        let mut modules = dark_hir::items::root_module(&self.db, source);
        let tree = &queries::parse(&self.db, source).tree;
        modules.extend(modules_at(tree, at).into_iter().map(String::from));
        modules
    }

    /// Locals bound before the cursor whose scope reaches it.
    fn locals(&self, file: FileId, at: u32) -> Vec<Completion> {
        let Some(view) = entry_at(self, file, at).and_then(|entry| body_view(self, entry.def)) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        for (index, local) in view.body.locals.iter().enumerate().rev() {
            let id = LocalId(index as u32);
            if local.name.is_empty() || local.name.starts_with(PLACEHOLDER) || !visible(&view.body, &view.map, id, at) {
                continue;
            }
            if !items.iter().any(|it: &Completion| it.label == local.name) {
                let ty = view.inference.locals.get(index).map(|ty| self.show(view.def, ty));
                items.push(item(&local.name, CompletionKind::Local, ty));
            }
        }
        items
    }

    fn def_item(&self, def: Def) -> Option<Completion> {
        let kind = match def.kind(&self.db) {
            DefKind::Function => CompletionKind::Function,
            DefKind::Value => CompletionKind::Value,
            DefKind::Type => CompletionKind::Type,
            DefKind::Db => CompletionKind::Datastore,
            DefKind::Statement | DefKind::Test => return None,
        };
        let path = shown(def.path(&self.db));
        let name = path.rsplit('.').next().unwrap_or(path);
        if name.is_empty() || name.starts_with(PLACEHOLDER) {
            return None;
        }
        let mut made = item(name, kind, Some(self.head(def).lines().last().unwrap_or_default().to_string()));
        made.docs = queries::docs(&self.db, def);
        Some(made)
    }
}

/// A local is visible where the `let`, lambda, arm or function that binds it reaches: approximated by the smallest
/// expression that contains its binding and the cursor being bound before the cursor.
fn visible(body: &Body, map: &SourceMap, local: LocalId, at: u32) -> bool {
    let Some(binding) = map.locals.get(local.index()) else { return false };
    if binding.start >= at {
        return false;
    }
    let holder = body
        .exprs
        .iter()
        .enumerate()
        .filter(|(_, expr)| {
            matches!(expr, Expr::Lambda { .. } | Expr::Match { .. } | Expr::Let { .. } | Expr::LetFunction { .. })
        })
        .filter_map(|(index, _)| map.exprs.get(ExprId(index as u32).index()))
        .filter(|span| span.contains(binding.start))
        .min_by_key(|span| span.end - span.start);
    // A parameter of the function itself has no holder.
    holder.is_none_or(|span| span.contains(at))
}

fn item(label: &str, kind: CompletionKind, detail: Option<String>) -> Completion {
    Completion { label: label.into(), insert: label.into(), kind, detail, docs: None }
}

/// Those that begin with the word come first, then those that contain its letters; the rest is left out.
fn rank(items: &mut Vec<Completion>, word: &str) {
    let lower = word.to_lowercase();
    let score = |label: &str| {
        let label = label.to_lowercase();
        if label.starts_with(&lower) {
            Some(0)
        } else if label.contains(&lower) {
            Some(1)
        } else {
            None
        }
    };
    items.retain(|it| score(&it.label).is_some());
    items.sort_by_key(|it| (score(&it.label), it.kind));
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '\''
}

fn word_start(text: &str, offset: usize) -> usize {
    text[..offset].char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map_or(offset, |(at, _)| at)
}

fn word_end(text: &str, offset: usize) -> usize {
    let rest = &text[offset..];
    offset + rest.find(|c| !is_word(c)).unwrap_or(rest.len())
}

/// The upper-case segments in front of the word: `["Stdlib", "List"]` for `Stdlib.List.ma`.
fn qualifier(text: &str, start: usize) -> Option<Vec<String>> {
    let mut segments = Vec::new();
    let mut at = start;
    while text[..at].ends_with('.') {
        let begin = word_start(text, at - 1);
        let segment = &text[begin..at - 1];
        if !segment.starts_with(char::is_uppercase) {
            return None;
        }
        segments.push(segment.to_string());
        at = begin;
    }
    segments.reverse();
    (!segments.is_empty()).then_some(segments)
}

/// Nothing is offered inside a line comment or plain text; the holes of an interpolated string are code.
fn in_comment_or_string(text: &str, offset: usize) -> bool {
    let line = text[..offset].rsplit('\n').next().unwrap_or_default();
    let (mut quoted, mut interpolated, mut depth, mut escaped) = (false, false, 0u32, false);
    let mut previous = ' ';
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth == 0 => {
                quoted = !quoted;
                interpolated = quoted && previous == '$';
            }
            '{' if quoted && interpolated => depth += 1,
            '}' if quoted && interpolated => depth = depth.saturating_sub(1),
            '/' if !quoted && previous == '/' => return true,
            _ => {}
        }
        previous = c;
    }
    quoted && depth == 0
}

#[cfg(test)]
mod tests {
    use crate::testing::project;

    fn labels(marked: &str) -> Vec<String> {
        let (mut analysis, file, offset) = project(marked);
        let before = analysis.text(file).map(str::to_string);
        let found = analysis.completions(file, offset);
        assert_eq!(analysis.text(file).map(str::to_string), before, "the file is put back");
        found.items.into_iter().map(|it| it.label).collect()
    }

    fn offers(marked: &str, wanted: &[&str], unwanted: &[&str]) {
        let labels = labels(marked);
        for name in wanted {
            assert!(labels.iter().any(|it| it == name), "`{name}` is offered in {marked}: {labels:?}");
        }
        for name in unwanted {
            assert!(!labels.iter().any(|it| it == name), "`{name}` is not offered in {marked}: {labels:?}");
        }
    }

    #[test]
    fn fields_of_a_record_complete_in_half_a_line() {
        offers("let f (p: Other.Point) : Int =\n  p.$", &["x", "y"], &["double", "let"]);
        offers("let f (p: Other.Point) : Int =\n  let a = p.$\n  a + 1", &["x", "y"], &[]);
    }

    #[test]
    fn members_of_modules_and_types_complete() {
        offers("let f (n: Int) : Int = Other.$", &["double", "Point", "Colour"], &["f"]);
        offers("let f () : Other.Colour = Other.Colour.$", &["Red", "Green"], &["double"]);
        offers("let f (n: Int) : Bool = Stdlib.Opt$", &["Option"], &["isSome"]);
    }

    #[test]
    fn names_in_scope_complete() {
        offers(
            "let helper (n: Int) : Int = n\nlet f (number: Int) : Int =\n  let other = 1\n  $",
            &["number", "other", "helper", "let"],
            &[],
        );
        offers("let f (number: Int) : Int = num$", &["number"], &["let"]);
    }

    #[test]
    fn nothing_is_offered_in_text_and_comments() {
        assert!(labels("let f () : String = \"a $\"").is_empty());
        assert!(labels("// a $").is_empty());
        offers("let f (name: String) : String = $\"{na$}\"", &["name"], &[]);
    }
}
