//! The front page: what a program serves and keeps, its modules, and those of the library.

use crate::File;
use crate::declaration::{Context, shape};
use crate::facts::{Declaration, Kind, Reference, Role};
use crate::html::{escape, link};
use crate::links::{INDEX, Links, UNIT};
use crate::markdown::first_sentence;
use crate::module::{self, role};
use crate::page::{self, Page};

const INTRODUCTION: &str = "<div class=\"text\"><p>What every Dark program can call. Names are written in full, as in \
    <code>Stdlib.List.map</code>. The examples are tests.</p></div>\n";

pub fn render(reference: &Reference, links: &Links) -> File {
    let mut main = format!("<h1>{}</h1>\n", escape(&reference.title));
    let outermost = |index: usize| reference.parent(index).is_none();
    if reference.modules.iter().any(|it| !it.library) {
        main.push_str(&services(reference, links));
        let own = module::list(reference, links, |index, it| outermost(index) && !it.library);
        main.push_str(&format!("<h2>Modules</h2>\n{own}<h2>The library</h2>\n"));
    } else {
        main.push_str(INTRODUCTION);
    }
    main.push_str(&module::list(reference, links, |index, it| outermost(index) && it.library));
    main.push_str(&format!(
        "<h2 id=\"{UNIT}\">Unit</h2>\n<div class=\"text\"><p>The type of <code>()</code>, the one value that says \
         nothing: what a function answers that is called for what it does.</p></div>\n"
    ));
    page::render(reference, links, Page { file: INDEX, title: "", module: None, main: &main })
}

/// Tables of what the platform does with a program.
fn services(reference: &Reference, links: &Links) -> String {
    let mut out = String::new();
    let mut table = |title: &str, heads: [&str; 2], row: &dyn Fn(&Row<'_>) -> Option<String>| {
        let rows: Vec<[String; 3]> = rows(reference)
            .filter_map(|it| {
                let name = link(&links.declaration(it.module, it.index), &escape(&it.declaration.name));
                let said = it.declaration.docs.as_deref().map(first_sentence).unwrap_or_default();
                Some([row(&it)?, name, said])
            })
            .collect();
        if rows.is_empty() {
            return;
        }
        // A column in which nothing is said is left out.
        let columns = if rows.iter().any(|[.., said]| !said.is_empty()) { 3 } else { 2 };
        let heads = [heads[0], heads[1], "What it is for"];
        let heads: String = heads.iter().take(columns).map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
        let cells = |row: &[String; 3]| row.iter().take(columns).map(|it| format!("<td>{it}</td>")).collect::<String>();
        let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>\n", cells(row))).collect();
        out.push_str(&format!(
            "<h2>{title}</h2>\n<div class=\"wide\"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n\
             </table></div>\n"
        ));
    };
    table("HTTP", ["Route", "Handler"], &|it| match role(&it.declaration.kind)? {
        Role::Http { method, route } => Some(format!("<code><b>{}</b> {}</code>", escape(method), escape(route))),
        _ => None,
    });
    table("Datastores", ["Rows", "Datastore"], &|it| match &it.declaration.kind {
        Kind::Datastore(ty) => {
            let context = Context { reference, links, module: it.module };
            Some(format!("<code>{}</code>", shape(context, ty).html))
        }
        _ => None,
    });
    table("Workers", ["Queue", "Worker"], &|it| match role(&it.declaration.kind)? {
        Role::Worker { name } => Some(format!("<code>{}</code>", escape(name))),
        _ => None,
    });
    table("Crons", ["Schedule", "Cron"], &|it| match role(&it.declaration.kind)? {
        Role::Cron { schedule, .. } => Some(format!("<code>{}</code>", escape(schedule))),
        _ => None,
    });
    out
}

struct Row<'a> {
    module: usize,
    index: usize,
    declaration: &'a Declaration,
}

fn rows(reference: &Reference) -> impl Iterator<Item = Row<'_>> {
    reference.modules.iter().enumerate().flat_map(|(module, it)| {
        it.declarations.iter().enumerate().map(move |(index, declaration)| Row { module, index, declaration })
    })
}
