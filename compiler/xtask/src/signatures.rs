//! Compares `tests/conformance/signatures.txt` with the library in `std/`: every name is there with that type, or
//! `tests/conformance/differences.md` says why not.
//!
//! Each line of the list becomes a declaration beside the real one, in the same module and under a name that nobody
//! writes. The type checker reads both, so names are resolved as in a program, and what has to be equal are types.

use dark_hir::def::DefKind;
use dark_hir::items::definitions;
use dark_hir::types::display::Printer;
use dark_hir::types::{Generics, Ty, TypeKind};
use dark_hir::{Database, FileKind, Project, SourceFile, queries};
use dark_source::FileId;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Ends the name of a declaration that comes from the list.
const LISTED: &str = "__listed";

/// A line of the list.
struct Row {
    kind: Kind,
    path: String,
    /// Behind the name: parameters and result, or a definition.
    rest: String,
    /// Headings of the list: `list`, `string`.
    section: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    Value,
    Type,
}

/// How a row differs from the library.
enum Difference {
    Missing,
    /// The list's type, and the library's.
    Type(String, String),
}

/// What was found, and whether it is as it should be.
pub fn run(root: &Path) -> Result<bool, String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"));
    let rows = rows(&read("tests/conformance/signatures.txt")?)?;
    let chosen = chosen(&read("tests/conformance/differences.md")?);
    let library = Library::read(root, &rows)?;
    let mut sections: BTreeMap<&str, (usize, Vec<String>)> = BTreeMap::new();
    let mut good = true;
    for row in &rows {
        let (count, problems) = sections.entry(&row.section).or_default();
        *count += 1;
        match (library.difference(row), chosen.contains_key(&row.path)) {
            (None, true) => problems.push(format!("{}: is as listed; take it out of differences.md", row.path)),
            (None, false) | (Some(_), true) => {}
            (Some(Difference::Missing), false) => problems.push(format!("{}: is missing", row.path)),
            (Some(Difference::Type(listed, found)), false) => {
                let types = format!("listed: {}\n      means:  {listed}\n      std/:   {found}", row.rest);
                problems.push(format!("{}: has another type\n      {types}", row.path));
            }
        }
    }
    for (section, (count, problems)) in &sections {
        good &= problems.is_empty();
        println!("{:>5} of {count:>4}  {section}", count - problems.len());
        problems.iter().for_each(|problem| println!("    {problem}"));
    }
    for name in chosen.keys().filter(|name| !rows.iter().any(|row| row.path == **name)) {
        good = false;
        println!("    {name}: is in differences.md, but not in signatures.txt");
    }
    println!("{:>5} differ on purpose (tests/conformance/differences.md)", chosen.len());
    Ok(good)
}

fn rows(text: &str) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let mut section = String::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.to_owned();
        }
        let Some((word, signature)) = line.split_once(' ').filter(|_| !line.starts_with('#')) else { continue };
        let signature = signature.trim_start();
        let end = signature.find([' ', '<', ':']).unwrap_or(signature.len());
        let (path, rest) = signature.split_at(end);
        let kind = match word {
            "fn" | "builtin" if rest.trim_start().starts_with('(') => Kind::Function,
            "val" | "builtin" => Kind::Value,
            "fn" => Kind::Function,
            "type" => Kind::Type,
            _ => return Err(format!("tests/conformance/signatures.txt:{}: `{word}` is no kind", index + 1)),
        };
        rows.push(Row { kind, path: path.into(), rest: rest.trim().into(), section: section.clone() });
    }
    Ok(rows)
}

/// The table of differences: names and reasons.
fn chosen(text: &str) -> BTreeMap<String, String> {
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let (name, reason) = (cells.next()?.trim_matches('`'), cells.next()?);
        let is_head = name == "name" || name.starts_with('-');
        (!is_head && !name.is_empty()).then(|| (name.to_owned(), reason.to_owned()))
    };
    text.lines().filter_map(row).collect()
}

/// The library and the list, read by the type checker.
struct Library {
    db: Database,
}

impl Library {
    fn read(root: &Path, rows: &[Row]) -> Result<Library, String> {
        let mut texts = Vec::new();
        let folder = fs::read_dir(root.join("std")).map_err(|error| format!("std: {error}"))?;
        for path in
            folder.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "dark"))
        {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            texts.push((path.display().to_string(), text));
        }
        texts.sort();
        texts.extend(rows.iter().enumerate().map(|(index, row)| (format!("row {index}"), declaration(row))));
        let db = Database::default();
        let files = texts
            .into_iter()
            .enumerate()
            .map(|(index, (path, text))| SourceFile::new(&db, FileId(index as u32), path, text, FileKind::Std));
        Project::new(&db, files.collect(), "Main".into());
        Ok(Library { db })
    }

    fn difference(&self, row: &Row) -> Option<Difference> {
        let Some(found) = self.shown(row.kind, &row.path) else { return Some(Difference::Missing) };
        let listed = self.shown_listed(row.kind, &format!("{}{LISTED}", row.path));
        let listed = listed.map_or_else(|| format!("unreadable: {}", row.rest), |listed| listed.replace(LISTED, ""));
        (listed != found).then_some(Difference::Type(listed, found))
    }

    /// As `shown`, of a declaration from the list: there a value is the result of a function.
    fn shown_listed(&self, kind: Kind, path: &str) -> Option<String> {
        match kind {
            Kind::Value => {
                let function = definitions(&self.db).get(DefKind::Function, path)?;
                let result = queries::signature(&self.db, function).as_ref()?.result.clone();
                Some(renumbered(&self.type_text(&result)))
            }
            _ => self.shown(kind, path),
        }
    }

    /// A definition's type, in a form that is equal for equal types.
    fn shown(&self, kind: Kind, path: &str) -> Option<String> {
        let known = definitions(&self.db);
        let text = match kind {
            Kind::Function => {
                let signature = queries::signature(&self.db, known.get(DefKind::Function, path)?).as_ref()?;
                let all = signature.params.iter().map(|param| &param.ty).chain([&signature.result]);
                all.map(|ty| self.part(ty)).collect::<Vec<_>>().join(" -> ")
            }
            Kind::Value => self.type_text(&dark_hir::infer::value_type(&self.db, known.get(DefKind::Value, path)?).ty),
            Kind::Type => {
                let definition = queries::type_definition(&self.db, known.get(DefKind::Type, path)?).as_ref()?;
                self.definition(&definition.kind)
            }
        };
        Some(renumbered(&text))
    }

    fn definition(&self, kind: &TypeKind) -> String {
        match kind {
            TypeKind::Record(fields) => {
                let fields = fields.iter().map(|field| format!("{}: {}", field.name, self.type_text(&field.ty)));
                format!("{{ {} }}", fields.collect::<Vec<_>>().join("; "))
            }
            TypeKind::Enum(cases) => {
                let case = |case: &dark_hir::types::Case| match case.fields.is_empty() {
                    true => case.name.clone(),
                    false => {
                        let fields: Vec<String> = case.fields.iter().map(|ty| self.part(ty)).collect();
                        format!("{} of {}", case.name, fields.join(" * "))
                    }
                };
                cases.iter().map(case).collect::<Vec<_>>().join(" | ")
            }
            TypeKind::Alias(ty) => self.type_text(ty),
            TypeKind::Error => "_".into(),
        }
    }

    fn type_text(&self, ty: &Ty) -> String {
        Printer { db: &self.db, module: &[], generics: &Generics::default() }.show(ty)
    }

    /// A type between arrows or stars.
    fn part(&self, ty: &Ty) -> String {
        match ty {
            Ty::Function(..) | Ty::Tuple(_) => format!("({})", self.type_text(ty)),
            _ => self.type_text(ty),
        }
    }
}

/// The row as a declaration that stands in the module of what it describes.
fn declaration(row: &Row) -> String {
    let (module, name) = row.path.rsplit_once('.').unwrap_or(("", &row.path));
    let declared = match row.kind {
        Kind::Function => format!("[<Extern>]\nlet {name}{LISTED} {}", row.rest),
        Kind::Value => format!("[<Extern>]\nlet {name}{LISTED} () {}", row.rest),
        Kind::Type => format!("type {name}{LISTED}{}", row.rest),
    };
    format!("module {module}\n\n{declared}\n")
}

/// Type variables by the order in which they appear: `'v -> 'w` and `'a -> 'b` are the same.
fn renumbered(text: &str) -> String {
    let mut parts = text.split('\'');
    let mut out = parts.next().unwrap_or_default().to_owned();
    let mut names: Vec<&str> = Vec::new();
    for part in parts {
        let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let number = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        out.push_str(&format!("'t{number}{rest}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_numbered_by_appearance() {
        assert_eq!(renumbered("'b -> List<'a> -> 'b"), "'t0 -> List<'t1> -> 't0");
    }

    #[test]
    fn rows_and_differences_are_read() {
        let rows = rows("# about\n## list\nfn   A.B.f (a: Int) : Int\nval  A.x : Int\ntype A.T<'a> = X of 'a\n")
            .expect("rows");
        let said: Vec<String> = rows.iter().map(declaration).collect();
        assert_eq!(said[0], "module A.B\n\n[<Extern>]\nlet f__listed (a: Int) : Int\n");
        assert_eq!(said[1], "module A\n\n[<Extern>]\nlet x__listed () : Int\n");
        assert_eq!(said[2], "module A\n\ntype T__listed<'a> = X of 'a\n");
        let chosen = chosen("| name | reason |\n| --- | --- |\n| `A.B.f` | not wanted |\n");
        assert_eq!(chosen.into_iter().collect::<Vec<_>>(), [("A.B.f".into(), "not wanted".into())]);
    }
}
