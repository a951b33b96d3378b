//! The page of a module: what it is for, and its declarations by kind, each kind in the order of the file.

use crate::File;
use crate::declaration::{self, Context};
use crate::facts::{Declaration, Function, Kind, Module, Reference, Role};
use crate::html::{escape, link};
use crate::links::Links;
use crate::markdown::{self, Around, first_sentence};
use crate::page::{self, Page};

/// The headings of a page, in their order.
const GROUPS: [(&str, fn(&Kind) -> bool); 7] = [
    ("Types", |it| matches!(it, Kind::Type { .. })),
    ("Datastores", |it| matches!(it, Kind::Datastore(_))),
    ("HTTP", |it| matches!(role(it), Some(Role::Http { .. }))),
    ("Workers", |it| matches!(role(it), Some(Role::Worker { .. }))),
    ("Crons", |it| matches!(role(it), Some(Role::Cron { .. }))),
    ("Values", |it| matches!(it, Kind::Value(_))),
    ("Functions", |it| matches!(role(it), Some(Role::Plain))),
];

pub fn role(kind: &Kind) -> Option<&Role> {
    match kind {
        Kind::Function(Function { role, .. }) => Some(role),
        _ => None,
    }
}

/// The declarations of a kind with their places in the module; kinds without any are left out.
pub fn groups(module: &Module) -> Vec<(&'static str, Vec<(usize, &Declaration)>)> {
    let all = || module.declarations.iter().enumerate();
    let groups = GROUPS.iter().map(|(title, holds)| (*title, all().filter(|(_, it)| holds(&it.kind)).collect()));
    groups.filter(|(_, found): &(_, Vec<_>)| !found.is_empty()).collect()
}

pub fn render(reference: &Reference, module: &Module, links: &Links) -> File {
    let index = reference.modules.iter().position(|it| std::ptr::eq(it, module)).unwrap_or_default();
    let context = Context { reference, links, module: index };
    let mut main = format!("<h1>{}</h1>\n", heading(reference, module));
    if let Some(docs) = &module.docs {
        let around = Around { links, module: &module.path, depth: 1 };
        main.push_str(&format!("<div class=\"text\">{}</div>\n", markdown::render(docs, around)));
    }
    main.push_str(&inside(reference, index, links));
    for (title, declarations) in groups(module) {
        main.push_str(&format!("<h2>{title}</h2>\n"));
        for (place, declaration) in declarations {
            main.push_str(&declaration::render(context, place, declaration));
        }
    }
    let title = page::module_title(reference, module);
    page::render(reference, links, Page { file: links.module_file(index), title, module: Some(index), main: &main })
}

/// The modules around it are said quietly.
fn heading(reference: &Reference, module: &Module) -> String {
    match module.path.rsplit_once('.') {
        Some((around, name)) => {
            format!("<span class=\"quiet\">{}.</span>{}", escape(around), escape(name))
        }
        None => escape(page::module_title(reference, module)),
    }
}

/// The modules inside of it.
fn inside(reference: &Reference, index: usize, links: &Links) -> String {
    let rows = list(reference, links, |it, _| reference.parent(it) == Some(index));
    if rows.is_empty() { String::new() } else { format!("<h2>Modules</h2>\n{rows}") }
}

/// Modules with their first sentences.
pub fn list(reference: &Reference, links: &Links, holds: impl Fn(usize, &Module) -> bool) -> String {
    let mut rows = String::new();
    for (index, module) in reference.modules.iter().enumerate().filter(|(index, it)| holds(*index, it)) {
        let said = module.docs.as_deref().map(first_sentence).unwrap_or_default();
        let name = link(&links.module(index), &escape(page::module_name(reference, module)));
        rows.push_str(&format!("<dt>{name}</dt><dd>{said}</dd>\n"));
    }
    if rows.is_empty() { rows } else { format!("<dl class=\"modules\">\n{rows}</dl>\n") }
}
