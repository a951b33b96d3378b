//! What stands where: names of files, anchors in them, and the way from a written name to its place.

use crate::facts::{Definition, Kind, Reference};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::{HashMap, HashSet};

pub const STYLE: &str = "style.css";
pub const SCRIPT: &str = "search.js";
pub const SEARCH_INDEX: &str = "search-index.js";
pub const INDEX: &str = "index.html";
/// Where the front page tells of the type that has no module.
pub const UNIT: &str = "-unit";

/// File systems allow 255 bytes.
const FILE_CHARS_MAX: usize = 60;

/// What may stand in an address as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

pub struct Links {
    /// Names of files, by module and by source.
    modules: Vec<String>,
    sources: Vec<String>,
    /// By module and declaration.
    anchors: Vec<Vec<String>>,
    types: HashMap<String, String>,
    values: HashMap<String, String>,
    cases: HashMap<String, String>,
    pages: HashMap<String, String>,
}

impl Links {
    pub fn of(reference: &Reference) -> Links {
        let mut taken = HashSet::from([INDEX.to_lowercase()]);
        let modules: Vec<String> = reference
            .modules
            .iter()
            .map(|module| if module.path.is_empty() { "program" } else { &module.path })
            .map(|path| file_name(path, &mut taken))
            .collect();
        let sources =
            reference.sources.iter().map(|it| file_name(&format!("source-{}", it.name), &mut taken)).collect();
        let mut links = Links {
            modules,
            sources,
            anchors: Vec::new(),
            types: HashMap::new(),
            values: HashMap::new(),
            cases: HashMap::new(),
            pages: HashMap::new(),
        };
        for (index, module) in reference.modules.iter().enumerate() {
            links.pages.entry(module.path.clone()).or_insert_with(|| address(&links.modules[index], ""));
            let mut taken = HashSet::new();
            let mut anchors = Vec::new();
            for declaration in &module.declarations {
                let anchor = anchor(&declaration.name, &mut taken);
                let path = join(&module.path, &declaration.name);
                let place = address(&links.modules[index], &anchor);
                if let Kind::Type { definition: Definition::Enum(cases), .. } = &declaration.kind {
                    for case in cases {
                        links.cases.entry(join(&path, &case.name)).or_insert_with(|| place.clone());
                    }
                }
                let known = match declaration.kind {
                    Kind::Type { .. } => &mut links.types,
                    Kind::Function(_) | Kind::Value(_) | Kind::Datastore(_) => &mut links.values,
                };
                // The program's own come first, and take the place of the library's.
                known.entry(path).or_insert(place);
                anchors.push(anchor);
            }
            links.anchors.push(anchors);
        }
        links
    }

    /// The file of a module.
    pub fn module_file(&self, module: usize) -> &str {
        self.modules.get(module).map_or(INDEX, String::as_str)
    }

    pub fn source_file(&self, source: usize) -> &str {
        self.sources.get(source).map_or(INDEX, String::as_str)
    }

    pub fn module(&self, module: usize) -> String {
        address(self.module_file(module), "")
    }

    pub fn anchor(&self, module: usize, declaration: usize) -> &str {
        self.anchors.get(module).and_then(|it| it.get(declaration)).map_or("", String::as_str)
    }

    pub fn declaration(&self, module: usize, declaration: usize) -> String {
        address(self.module_file(module), self.anchor(module, declaration))
    }

    pub fn line(&self, source: usize, line: u32) -> String {
        address(self.source_file(source), &format!("L{line}"))
    }

    /// A type by its full path.
    pub fn named_type(&self, path: &str) -> Option<&str> {
        self.types.get(path).map(String::as_str)
    }

    /// A type of the language: the page of its functions.
    pub fn primitive(&self, name: &str) -> Option<String> {
        match name {
            "Unit" => Some(address(INDEX, UNIT)),
            _ => self.pages.get(&format!("Stdlib.{name}")).cloned(),
        }
    }

    /// What a name means that is written in a module or its comments.
    pub fn resolve(&self, module: &str, written: &str) -> Option<&str> {
        if written.is_empty() || written.split('.').any(str::is_empty) {
            return None;
        }
        let mut around = module;
        loop {
            if let Some(found) = self.at(&join(around, written)) {
                return Some(found);
            }
            if around.is_empty() {
                return written.strip_prefix("Darklang.").and_then(|written| self.at(written));
            }
            around = around.rfind('.').map_or("", |end| &around[..end]);
        }
    }

    fn at(&self, path: &str) -> Option<&str> {
        let maps = [&self.values, &self.types, &self.cases, &self.pages];
        maps.into_iter().find_map(|map| map.get(path)).map(String::as_str)
    }
}

pub fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_string() } else { format!("{module}.{name}") }
}

/// A place in a file, or the file if there is no anchor.
fn address(file: &str, anchor: &str) -> String {
    let file = utf8_percent_encode(file, PLAIN);
    match anchor {
        "" => file.to_string(),
        anchor => format!("{file}#{}", utf8_percent_encode(anchor, PLAIN)),
    }
}

/// A name that every file system takes and that no other file has, also where capitals do not count.
fn file_name(name: &str, taken: &mut HashSet<String>) -> String {
    let kept = |c: char| if c.is_alphanumeric() || c == '.' || c == '_' { c } else { '-' };
    let plain: String = name.chars().map(kept).take(FILE_CHARS_MAX).collect();
    let plain = plain.trim_matches('.');
    let plain = if plain.is_empty() { "module" } else { plain };
    unique(plain, taken, |name| format!("{name}.html"), |name| name.to_lowercase())
}

/// An anchor: the name without white space.
fn anchor(name: &str, taken: &mut HashSet<String>) -> String {
    let kept = |c: char| if c.is_whitespace() || c.is_control() { '_' } else { c };
    let plain: String = name.chars().map(kept).collect();
    let plain = if plain.is_empty() { "_".to_string() } else { plain };
    unique(&plain, taken, str::to_string, str::to_string)
}

fn unique(
    name: &str,
    taken: &mut HashSet<String>,
    finish: impl Fn(&str) -> String,
    key: impl Fn(&str) -> String,
) -> String {
    let mut found = finish(name);
    let mut number = 1;
    while !taken.insert(key(&found)) {
        number += 1;
        found = finish(&format!("{name}-{number}"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_names_that_differ_without_capitals_too() {
        let mut taken = HashSet::from([INDEX.to_string()]);
        assert_eq!(file_name("Shop.Cart", &mut taken), "Shop.Cart.html");
        assert_eq!(file_name("Shop.CART", &mut taken), "Shop.CART-2.html");
        assert_eq!(file_name("Index", &mut taken), "Index-2.html");
        assert_eq!(file_name("../../etc/passwd", &mut taken), "-..-etc-passwd.html");
        assert_eq!(file_name(&"x".repeat(999), &mut taken).len(), FILE_CHARS_MAX + 5);
        assert_eq!(file_name("..", &mut taken), "module.html");
    }

    #[test]
    fn anchors_are_the_names() {
        let mut taken = HashSet::new();
        assert_eq!(anchor("map", &mut taken), "map");
        assert_eq!(anchor("map", &mut taken), "map-2");
        assert_eq!(anchor("a b", &mut taken), "a_b");
        assert_eq!(address("A.html", "it's <b>"), "A.html#it%27s%20%3Cb%3E");
    }
}
