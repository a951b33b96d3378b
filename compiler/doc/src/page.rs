//! What is around every page: head, search box, list of modules, landmarks.

use crate::File;
use crate::facts::{Module, Reference};
use crate::html::{escape, link};
use crate::links::{INDEX, Links, SCRIPT, STYLE};
use crate::module::groups;

pub struct Page<'a> {
    pub file: &'a str,
    /// Empty for the front page.
    pub title: &'a str,
    /// The module it is about.
    pub module: Option<usize>,
    pub main: &'a str,
}

pub fn render(reference: &Reference, links: &Links, page: Page<'_>) -> File {
    let title = match page.title {
        "" => escape(&reference.title),
        title => format!("{} · {}", escape(title), escape(&reference.title)),
    };
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"{STYLE}\">\n<script src=\"{SCRIPT}\" defer></script>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#-text\">Skip to the text</a>\n{header}<div class=\"frame\">\n{nav}\
         <main id=\"-text\">\n{main}</main>\n</div>\n<footer>{footer}</footer>\n</body>\n</html>\n",
        header = header(reference),
        nav = nav(reference, links, page.module),
        main = page.main,
        footer = footer(reference),
    );
    File { name: page.file.into(), text }
}

fn header(reference: &Reference) -> String {
    let brand = link(INDEX, &escape(&reference.title));
    format!(
        "<header>\n<div class=\"brand\">{brand}</div>\n<div id=\"-search\" role=\"search\">\n<label class=\"unseen\" for=\"-query\">Search names, \
         types and sentences</label>\n<input id=\"-query\" type=\"search\" placeholder=\"Search\" autocomplete=\"off\" \
         autocapitalize=\"off\" spellcheck=\"false\" role=\"combobox\" aria-expanded=\"false\" aria-autocomplete=\"list\" \
         aria-controls=\"-found\" disabled><kbd aria-hidden=\"true\">/</kbd>\n\
         <div id=\"-panel\" hidden><ul id=\"-found\" role=\"listbox\" aria-label=\"What was found\"></ul>\
         <p id=\"-count\" role=\"status\"></p></div>\n</div>\n\
         <a class=\"contents\" href=\"#-contents\">Contents</a>\n</header>\n"
    )
}

fn footer(reference: &Reference) -> String {
    format!("<p>Made by darkc {} from documentation comments.</p>", escape(&reference.version))
}

/// The outermost modules; those inside of the one at hand, and its names.
fn nav(reference: &Reference, links: &Links, current: Option<usize>) -> String {
    let (mut own, mut library) = (String::new(), String::new());
    let open = current.map(|it| reference.root(it));
    for (index, module) in reference.modules.iter().enumerate() {
        if reference.parent(index).is_some() {
            continue;
        }
        let list = if module.library { &mut library } else { &mut own };
        list.push_str(&format!("<li>{}", entry(reference, links, index, current)));
        if open == Some(index) {
            let inside: String = (0..reference.modules.len())
                .filter(|it| *it != index && reference.root(*it) == index)
                .map(|it| format!("<li>{}</li>\n", entry(reference, links, it, current)))
                .collect();
            if !inside.is_empty() {
                list.push_str(&format!("\n<ul class=\"inside\">\n{inside}</ul>\n"));
            }
        }
        list.push_str("</li>\n");
    }
    let mut out = String::from("<nav id=\"-contents\" aria-label=\"Modules\">\n");
    match own.is_empty() {
        true => out.push_str(&format!("<ul>\n{library}</ul>\n")),
        false => {
            let in_library = current.and_then(|it| reference.modules.get(it)).is_some_and(|it| it.library);
            let open = if in_library { " open" } else { "" };
            out.push_str(&format!(
                "<ul>\n{own}</ul>\n<details{open}><summary>Library</summary>\n<ul>\n{library}</ul>\n</details>\n"
            ));
        }
    }
    out.push_str("</nav>\n");
    out
}

/// A module in the list; under the one at hand stand its names.
fn entry(reference: &Reference, links: &Links, index: usize, current: Option<usize>) -> String {
    let Some(module) = reference.modules.get(index) else { return String::new() };
    let name = escape(module_name(reference, module));
    let address = escape(&links.module(index));
    match current == Some(index) {
        true => format!("<a href=\"{address}\" aria-current=\"page\">{name}</a>\n{}", names(module, index, links)),
        false => format!("<a href=\"{address}\">{name}</a>"),
    }
}

fn names(module: &Module, index: usize, links: &Links) -> String {
    let mut out = String::from("<ul class=\"names\">\n");
    for (_, declarations) in groups(module) {
        for (place, declaration) in declarations {
            let address = links.declaration(index, place);
            let own = address.split_once('#').map_or("", |(_, anchor)| anchor);
            out.push_str(&format!("<li>{}</li>\n", link(&format!("#{own}"), &escape(&declaration.name))));
        }
    }
    out.push_str("</ul>\n");
    out
}

/// How a module is called in lists: those of the library without `Stdlib`.
pub fn module_name<'a>(reference: &'a Reference, module: &'a Module) -> &'a str {
    match module.path.strip_prefix("Stdlib.") {
        Some(rest) if module.library => rest,
        _ => module_title(reference, module),
    }
}

/// A file without a module is called as the program.
pub fn module_title<'a>(reference: &'a Reference, module: &'a Module) -> &'a str {
    if module.path.is_empty() { &reference.title } else { &module.path }
}
