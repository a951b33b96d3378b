//! What a text declares, by columns and first words alone: a hundredth of the work of parsing it.
//!
//! For texts that have nothing wrong with them and are laid out by the formatter, as those of the library that `darkc`
//! carries; of others it tells nonsense. An item begins in the column of the body it stands in, with an attribute or the
//! word of a declaration. `dark_hir`'s tests compare what is found with the trees of the whole library.

use dark_source::Span;

/// What the declarations of a file are called, and where they stand.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outline<'a> {
    pub modules: Vec<OutlineModule>,
    pub declarations: Vec<Declaration<'a>>,
}

/// A module that is written in the file.
#[derive(Debug, PartialEq, Eq)]
pub struct OutlineModule {
    /// With those around it.
    pub path: Vec<String>,
    /// Which item it is, as `Declaration::index` says it.
    pub place: Vec<u32>,
}

/// A function, value or type.
#[derive(Debug, PartialEq, Eq)]
pub struct Declaration<'a> {
    /// The innermost module around it, by its number.
    pub module: Option<usize>,
    /// Which item of its module or file it is.
    pub index: u32,
    pub keyword: Keyword,
    pub name: &'a str,
    /// What `[<Builtin "name">]` says.
    pub builtin: Option<&'a str>,
    /// From the comments above it to those above the next item.
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    Let,
    Val,
    Type,
}

/// The items of a file or module that are being gone through.
struct Body {
    /// Where its items begin; not known in front of the first one.
    column: Option<usize>,
    /// Where the word `module` stands.
    outer: Option<usize>,
    module: Option<usize>,
    items: u32,
}

/// An item that has begun.
struct Open<'a> {
    start: usize,
    builtin: Option<&'a str>,
    /// Nothing but attributes yet.
    attributes: bool,
}

/// What a text declares.
pub fn outline(text: &str) -> Outline<'_> {
    let mut out = Outline::default();
    let mut bodies = vec![Body { column: Some(0), outer: None, module: None, items: 0 }];
    let mut comments = None;
    let mut item: Option<Open<'_>> = None;
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let (start, code) = (begin, line.trim_start_matches(' '));
        begin += line.len();
        let column = line.len() - code.len();
        let code = code.trim_end();
        if code.starts_with("//") {
            comments.get_or_insert(start);
        }
        if code.is_empty() || code.starts_with("//") {
            continue;
        }
        let above = comments.take().unwrap_or(start);
        let mut continues = item.as_ref().is_some_and(|it| it.attributes);
        while let Some(body) = bodies.last_mut() {
            if body.column.is_none() && body.outer.is_some_and(|outer| column > outer) {
                body.column = Some(column);
            }
            let ends = body.column.is_none_or(|first| column < first);
            if !ends || bodies.len() == 1 {
                break;
            }
            bodies.pop();
            continues = false;
        }
        let Some(body) = bodies.last_mut() else { break };
        let begins = body.column == Some(column);
        // What stands deeper and is no more of an attribute belongs to the item that was named before.
        if !begins && !continues {
            continue;
        }
        let (attributes, rest) = attributes(code, continues);
        let declared = declared(rest);
        if begins && (attributes.is_some() || declared.is_some()) && !continues {
            close(&mut out, &item, above);
            item = Some(Open { start: above, builtin: None, attributes: true });
        }
        let Some(open) = item.as_mut() else { continue };
        open.builtin = open.builtin.or_else(|| attributes.and_then(builtin));
        let Some(declared) = declared else { continue };
        open.attributes = false;
        let index = body.items;
        body.items += 1;
        match declared {
            Declared::Named(keyword, name) => {
                let builtin = open.builtin.filter(|_| keyword != Keyword::Type);
                let span = Span::new(open.start, text.len());
                out.declarations.push(Declaration { module: body.module, index, keyword, name, builtin, span });
            }
            Declared::Module { path, header } => {
                item = None;
                let around = body.module.and_then(|it| out.modules.get(it));
                let mut place = around.map(|it| it.place.clone()).unwrap_or_default();
                let mut whole = around.map(|it| it.path.clone()).unwrap_or_default();
                place.push(index);
                whole.extend(path.split('.').map(|part| part.trim().to_string()));
                let module = Some(out.modules.len());
                out.modules.push(OutlineModule { path: whole, place });
                let outer = Some(column);
                bodies.push(Body { column: header.then_some(column), outer, module, items: 0 });
            }
        }
    }
    out
}

/// The item that was begun before ends where the next one begins.
fn close(out: &mut Outline<'_>, item: &Option<Open<'_>>, end: usize) {
    if let (Some(_), Some(last)) = (item, out.declarations.last_mut()) {
        last.span.end = end as u32;
    }
}

/// The attributes at the beginning of a line, and what stands behind them.
fn attributes(code: &str, continues: bool) -> (Option<&str>, &str) {
    let are_attributes = code.starts_with("[<") || continues && declared(code).is_none();
    if !are_attributes {
        return (None, code);
    }
    match code.rfind(">]") {
        Some(end) => (code.get(..end), code.get(end + 2..).unwrap_or_default().trim_start()),
        None => (Some(code), ""),
    }
}

fn builtin(attributes: &str) -> Option<&str> {
    let (_, behind) = attributes.split_once("Builtin \"")?;
    behind.split_once('"').map(|(name, _)| name)
}

enum Declared<'a> {
    Named(Keyword, &'a str),
    Module { path: &'a str, header: bool },
}

fn declared(code: &str) -> Option<Declared<'_>> {
    let (word, rest) = code.split_once(' ')?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '\''))).unwrap_or(rest.len());
    let named = |keyword| rest.get(..end).filter(|it| !it.is_empty()).map(|name| Declared::Named(keyword, name));
    match word {
        "let" => named(Keyword::Let),
        "val" => named(Keyword::Val),
        "type" => named(Keyword::Type),
        "module" => {
            let path = rest.strip_suffix('=');
            Some(Declared::Module { path: path.unwrap_or(rest).trim(), header: path.is_none() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `place keyword name` of each declaration, and the first and last line of its text.
    fn check(text: &str, expected: &[(&str, &str, &str)]) {
        let outline = outline(text);
        let found: Vec<(String, &str, &str)> = outline
            .declarations
            .iter()
            .map(|it| {
                let module = it.module.map(|module| &outline.modules[module]);
                let path = module.map(|it| it.path.join(".")).unwrap_or_default();
                let mut place: Vec<String> = module.iter().flat_map(|it| &it.place).map(ToString::to_string).collect();
                place.push(it.index.to_string());
                let builtin = it.builtin.map(|name| format!(" {name}")).unwrap_or_default();
                let name = format!("{} {:?} {path}:{}{builtin}", place.join("."), it.keyword, it.name);
                let mut lines = text[it.span.range()].lines().filter(|line| !line.is_empty());
                let first = lines.next().unwrap_or_default();
                (name, first, lines.next_back().unwrap_or(first))
            })
            .collect();
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|(name, first, last)| (name.as_str(), *first, *last)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn items_begin_in_the_column_of_their_body() {
        check(
            "module A.B\n\n/// One.\nlet one () : Int =\n  let two = 2\n  two\n\nval three =\n  3\n// End.\n",
            &[("0.0 Let A.B:one", "/// One.", "  two"), ("0.1 Val A.B:three", "val three =", "// End.")],
        );
    }

    #[test]
    fn inner_modules_end_where_something_stands_left_of_them() {
        check(
            "module A\nmodule B =\n  module C =\n    type T = Int\n  /// Two.\n  val two = 2\n\nval one = 1\n",
            &[
                ("0.0.0.0 Type A.B.C:T", "    type T = Int", "    type T = Int"),
                ("0.0.1 Val A.B:two", "  /// Two.", "  val two = 2"),
                ("0.1 Val A:one", "val one = 1", "val one = 1"),
            ],
        );
    }

    #[test]
    fn attributes_belong_to_what_follows() {
        check(
            "[<Extern>]\n[<Fails; Builtin \"f\">]\nlet f () : Int\n\n[<Builtin \"g\";\n  Extern>]\nlet g\n  (n: Int)\n  : Int\n[<Sql>] val h = 1\n",
            &[
                ("0 Let :f f", "[<Extern>]", "let f () : Int"),
                ("1 Let :g g", "[<Builtin \"g\";", "  : Int"),
                ("2 Val :h", "[<Sql>] val h = 1", "[<Sql>] val h = 1"),
            ],
        );
    }

    #[test]
    fn what_closes_in_the_column_of_an_item_begins_none() {
        check(
            "type R = {\n  a: Int\n}\nval a = 1\n",
            &[("0 Type :R", "type R = {", "}"), ("1 Val :a", "val a = 1", "val a = 1")],
        );
    }
}
