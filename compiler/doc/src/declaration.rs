//! One declaration: its name, how it is declared with every type a link, and what its comment says.

use crate::facts::{Declaration, Definition, Function, Kind, Member, Param, Reference, Role, Shape};
use crate::html::{escape, link};
use crate::links::{Links, join};
use crate::markdown::{self, Around};
use crate::shape::Piece;

/// Signatures over this many characters have a line for each parameter.
const SIGNATURE_CHARS_MAX: usize = 76;

/// What a declaration is shown with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub reference: &'a Reference,
    pub links: &'a Links,
    pub module: usize,
}

impl<'a> Context<'a> {
    pub fn path(&self) -> &'a str {
        self.reference.modules.get(self.module).map_or("", |module| &module.path)
    }

    fn around(&self, depth: usize) -> Around<'a> {
        Around { links: self.links, module: self.path(), depth }
    }
}

pub fn render(context: Context<'_>, index: usize, it: &Declaration) -> String {
    let anchor = escape(context.links.anchor(context.module, index));
    let here = context.links.declaration(context.module, index);
    let mut out = format!("<section class=\"declaration\" aria-labelledby=\"{anchor}\">\n<div class=\"name\">");
    let own = here.split_once('#').map_or("", |(_, anchor)| anchor);
    out.push_str(&format!("<h3 id=\"{anchor}\">{}</h3>", link(&format!("#{own}"), &escape(&it.name))));
    out.push_str(&place(context, it));
    out.push_str("</div>\n");
    if let Kind::Function(function) = &it.kind {
        out.push_str(&role(&function.role));
    }
    out.push_str(&format!("<pre class=\"signature\"><code>{}</code></pre>\n", signature(context, it).html));
    if let Some(docs) = &it.docs {
        out.push_str(&format!("<div class=\"text\">{}</div>\n", markdown::render(docs, context.around(3))));
    }
    out.push_str(&notes(it));
    out.push_str("</section>\n");
    out
}

fn place(context: Context<'_>, it: &Declaration) -> String {
    let Some(source) = context.reference.sources.get(it.place.source) else { return String::new() };
    let to = context.links.line(it.place.source, it.place.line);
    let file = source.name.rsplit('/').next().unwrap_or(&source.name);
    let label = format!("{}, line {}: source of {}", source.name, it.place.line, it.name);
    format!(
        "<a class=\"place\" href=\"{}\" aria-label=\"{}\">{}:{}</a>",
        escape(&to),
        escape(&label),
        escape(file),
        it.place.line
    )
}

/// What a program does with a function by itself.
fn role(role: &Role) -> String {
    let said = match role {
        Role::Plain => return String::new(),
        Role::Http { method, route } => format!("<b>{}</b> <code>{}</code>", escape(method), escape(route)),
        Role::Worker { name } => format!("<b>worker</b> of the queue <code>{}</code>", escape(name)),
        Role::Cron { schedule, .. } => format!("<b>cron</b> <code>{}</code>", escape(schedule)),
    };
    format!("<p class=\"role\">{said}</p>\n")
}

fn notes(it: &Declaration) -> String {
    let mut notes = Vec::new();
    if let Kind::Function(function) = &it.kind {
        let said = function.params.iter().filter_map(|param| {
            let source = param.source?;
            Some(format!("<code>{}</code> {source}", escape(&param.name)))
        });
        let said: Vec<String> = said.collect();
        if !said.is_empty() {
            notes.push(format!("{}.", said.join(", ")));
        }
        if function.in_queries {
            notes.push("Queries may call it on rows.".to_string());
        }
    }
    if !it.aliases.is_empty() {
        let names: Vec<String> = it.aliases.iter().map(|name| format!("<code>{}</code>", escape(name))).collect();
        notes.push(format!("Also called {}.", names.join(", ")));
    }
    match notes.is_empty() {
        true => String::new(),
        false => format!("<p class=\"notes\">{}</p>\n", notes.join(" ")),
    }
}

/// HTML, and how many characters of it are seen.
#[derive(Default)]
pub struct Shown {
    pub html: String,
    width: usize,
}

impl Shown {
    fn text(&mut self, text: &str) {
        self.html.push_str(&escape(text));
        self.width += text.chars().count();
    }

    fn word(&mut self, class: &str, text: &str) {
        self.html.push_str(&format!("<span class=\"{class}\">{}</span>", escape(text)));
        self.width += text.chars().count();
    }

    fn add(&mut self, other: &Shown) {
        self.html.push_str(&other.html);
        self.width += other.width;
    }
}

/// The declaration as one would write it, without its body.
fn signature(context: Context<'_>, it: &Declaration) -> Shown {
    let mut out = Shown::default();
    match &it.kind {
        Kind::Function(function) => return self::function(context, &it.name, function),
        Kind::Value(shape) => {
            out.word("k", "val");
            out.text(&format!(" {}: ", it.name));
            out.add(&self::shape(context, shape));
        }
        Kind::Datastore(shape) => {
            out.text("[<DB>] ");
            out.word("k", "type");
            out.text(&format!(" {} = ", it.name));
            out.add(&self::shape(context, shape));
        }
        Kind::Type { parameters, definition } => {
            out.word("k", "type");
            out.text(&format!(" {}", it.name));
            self::parameters(&mut out, parameters);
            self::definition(context, &mut out, definition);
        }
    }
    out
}

fn parameters(out: &mut Shown, names: &[String]) {
    if names.is_empty() {
        return;
    }
    let names: Vec<String> = names.iter().map(|name| format!("'{name}")).collect();
    out.text("<");
    out.word("v", &names.join(", "));
    out.text(">");
}

fn function(context: Context<'_>, name: &str, function: &Function) -> Shown {
    let mut head = Shown::default();
    head.word("k", "let");
    head.text(&format!(" {name}"));
    parameters(&mut head, &function.parameters);
    let mut parts: Vec<Shown> = function.params.iter().map(|it| param(context, it)).collect();
    let mut result = Shown::default();
    result.text(": ");
    result.add(&shape(context, &function.result));
    parts.push(result);
    let width = head.width + parts.iter().map(|part| part.width + 1).sum::<usize>();
    let between = if width > SIGNATURE_CHARS_MAX { "\n  " } else { " " };
    for part in &parts {
        head.text(between);
        head.add(part);
    }
    head
}

fn param(context: Context<'_>, it: &Param) -> Shown {
    let mut out = Shown::default();
    match it.name.as_str() {
        "" => out.text("()"),
        name => {
            out.text(&format!("({name}: "));
            out.add(&shape(context, &it.shape));
            out.text(")");
        }
    }
    out
}

fn definition(context: Context<'_>, out: &mut Shown, definition: &Definition) {
    match definition {
        Definition::Alias(ty) => {
            out.text(" = ");
            out.add(&shape(context, ty));
        }
        Definition::Record(members) => {
            out.text(" =");
            for (index, member) in members.iter().enumerate() {
                let indent = if index == 0 { "\n  " } else { "\n    " };
                out.text(indent);
                comment(out, member, indent);
                out.text(if index == 0 { "{ " } else { "" });
                out.text(&format!("{}: ", member.name));
                for (_, ty) in &member.fields {
                    out.add(&shape(context, ty));
                }
            }
            out.text(" }");
        }
        Definition::Enum(members) => {
            out.text(" =");
            for member in members {
                out.text("\n  ");
                comment(out, member, "\n  ");
                out.text("| ");
                out.word("t", &member.name);
                for (index, (label, ty)) in member.fields.iter().enumerate() {
                    out.text(if index == 0 { " of " } else { " * " });
                    if let Some(label) = label {
                        out.text(&format!("{label}: "));
                    }
                    out.add(&part(context, ty));
                }
            }
        }
        Definition::Primitive => {}
    }
}

/// What is said about a field or case, above it.
fn comment(out: &mut Shown, member: &Member, indent: &str) {
    for line in member.docs.iter().flat_map(|docs| docs.lines()) {
        out.word("c", &format!("/// {}", line.trim()));
        out.text(indent);
    }
}

/// A field of a case: functions and tuples in brackets.
fn part(context: Context<'_>, ty: &Shape) -> Shown {
    let bare = matches!(ty, Shape::Function(..) | Shape::Tuple(_));
    let mut out = Shown::default();
    out.text(if bare { "(" } else { "" });
    out.add(&shape(context, ty));
    out.text(if bare { ")" } else { "" });
    out
}

/// A type, each name a link to where it is declared.
pub fn shape(context: Context<'_>, ty: &Shape) -> Shown {
    let mut out = Shown::default();
    for piece in ty.pieces() {
        match piece {
            Piece::Text(text) => out.text(text),
            Piece::Variable(name) => out.word("v", &format!("'{name}")),
            Piece::Primitive(name) => named(&mut out, name, name, context.links.primitive(name).as_deref()),
            Piece::Named(path) => {
                let name = short(path, context.path());
                named(&mut out, &name, path, context.links.named_type(path));
            }
        }
    }
    out
}

fn named(out: &mut Shown, name: &str, path: &str, place: Option<&str>) {
    match place {
        Some(place) => {
            let title = if name == path { String::new() } else { format!(" title=\"{}\"", escape(path)) };
            out.html.push_str(&format!("<a href=\"{}\"{title}>{}</a>", escape(place), escape(name)));
            out.width += name.chars().count();
        }
        None => out.word("t", name),
    }
}

/// A type's name for readers: without the module at hand and without `Stdlib`, and once where module and type are called
/// the same.
fn short(path: &str, module: &str) -> String {
    if let Some(own) = path.strip_prefix(&join(module, "")).filter(|_| !module.is_empty()) {
        return own.to_string();
    }
    let path = path.strip_prefix("Stdlib.").unwrap_or(path);
    let segments: Vec<&str> = path.split('.').collect();
    match segments[..] {
        [.., module, name] if module == name => segments[..segments.len() - 1].join("."),
        _ => path.to_string(),
    }
}

/// A type's text for the search index.
pub fn plain(ty: &Shape) -> String {
    let name = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Variable(name) => format!("'{name}"),
        Piece::Primitive(name) => name.to_string(),
        Piece::Named(path) => short(path, ""),
    };
    ty.pieces().iter().map(name).collect()
}

/// A function's type as one text: `List<'a> -> Int -> 'a`.
pub fn plain_function(function: &Function) -> String {
    let mut parts: Vec<String> = function
        .params
        .iter()
        .map(|param| match &param.shape {
            ty @ Shape::Function(..) => format!("({})", plain(ty)),
            ty => plain(ty),
        })
        .collect();
    parts.push(plain(&function.result));
    parts.join(" -> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_called_as_short_as_is_clear() {
        assert_eq!(short("Stdlib.Option.Option", "Stdlib.List"), "Option");
        assert_eq!(short("Stdlib.Http.Request", "Shop"), "Http.Request");
        assert_eq!(short("Stdlib.Http.Request", "Stdlib.Http"), "Request");
        assert_eq!(short("Stdlib.Json.ParseError.ParseError", "Shop"), "Json.ParseError");
        assert_eq!(short("Shop.Cart.Line", "Shop"), "Cart.Line");
    }
}
