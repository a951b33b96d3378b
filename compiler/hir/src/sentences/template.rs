//! A message of which parts are known: fixed text, types, and values that only a run would know.

use crate::db::Db;
use crate::types::Ty;
use crate::types::display::primitive;

/// What a message looks like.
#[derive(Debug, Clone, Default)]
pub struct Sentence {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    /// One of these texts.
    Text(Vec<String>),
    /// A value: any text that is not empty.
    Value,
    Type(Ty),
}

impl Sentence {
    pub fn text(self, text: impl Into<String>) -> Sentence {
        self.one_of(vec![text.into()])
    }

    pub fn one_of(mut self, texts: Vec<String>) -> Sentence {
        self.pieces.push(Piece::Text(texts));
        self
    }

    pub fn value(mut self) -> Sentence {
        self.pieces.push(Piece::Value);
        self
    }

    pub fn ty(mut self, ty: &Ty) -> Sentence {
        self.pieces.push(Piece::Type(ty.clone()));
        self
    }

    /// A type behind its article.
    pub fn a(self, ty: &Ty) -> Sentence {
        self.one_of(vec!["a ".into(), "an ".into()]).ty(ty)
    }

    pub fn matches(&self, db: &dyn Db, message: &str) -> bool {
        matches(db, &self.pieces, message)
    }
}

fn matches(db: &dyn Db, pieces: &[Piece], rest: &str) -> bool {
    let Some((piece, pieces)) = pieces.split_first() else { return rest.is_empty() };
    let ends = || rest.char_indices().map(|(at, c)| at + c.len_utf8());
    match piece {
        Piece::Text(texts) => {
            texts.iter().any(|text| rest.strip_prefix(text.as_str()).is_some_and(|rest| matches(db, pieces, rest)))
        }
        Piece::Value => ends().any(|end| matches(db, pieces, &rest[end..])),
        Piece::Type(ty) => ends().any(|end| {
            matches(db, pieces, &rest[end..]) && read(&rest[..end]).is_some_and(|written| fits(db, &written, ty))
        }),
    }
}

/// A type as a message writes it.
#[derive(Debug, PartialEq, Eq)]
enum Written {
    Any,
    Named(String, Vec<Written>),
    Tuple(Vec<Written>),
    Function,
}

/// Whether a written type may be this one; what either side leaves open fits. Functions fit each other: their parts are
/// written in different orders.
fn fits(db: &dyn Db, written: &Written, ty: &Ty) -> bool {
    let named = |wanted: &str, arguments: &[&Ty]| match written {
        Written::Named(name, found) => {
            crate::items::shown(name) == wanted
                && found.len() == arguments.len()
                && found.iter().zip(arguments).all(|(found, ty)| fits(db, found, ty))
        }
        _ => false,
    };
    match (written, ty) {
        (Written::Any, _) | (_, Ty::Var(_) | Ty::Param(_) | Ty::Error) => true,
        (_, Ty::Function(..)) => *written == Written::Function,
        (Written::Tuple(found), Ty::Tuple(parts)) => {
            found.len() == parts.len() && found.iter().zip(parts.iter()).all(|(found, ty)| fits(db, found, ty))
        }
        (_, Ty::Tuple(_)) => false,
        (_, Ty::List(element)) => named("List", &[element]),
        (_, Ty::Dict(value)) => named("Dict", &[value]),
        (_, Ty::Db(row)) => named("DB", &[row]) || named("Datastore", &[row]),
        (_, Ty::Named(def, arguments)) => {
            named(crate::items::shown(def.path(db)), &arguments.iter().collect::<Vec<_>>())
        }
        _ => named(primitive(ty), &[]),
    }
}

fn read(text: &str) -> Option<Written> {
    let mut reader = Reader { rest: text };
    let ty = reader.arrow()?;
    reader.rest.is_empty().then_some(ty)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn arrow(&mut self) -> Option<Written> {
        let first = self.tuple()?;
        let mut is_function = false;
        while self.eat(" -> ") {
            self.tuple()?;
            is_function = true;
        }
        Some(if is_function { Written::Function } else { first })
    }

    fn tuple(&mut self) -> Option<Written> {
        let first = self.atom()?;
        let mut parts = vec![first];
        while self.eat(" * ") {
            parts.push(self.atom()?);
        }
        if parts.len() > 1 { Some(Written::Tuple(parts)) } else { parts.pop() }
    }

    fn atom(&mut self) -> Option<Written> {
        if self.eat("(") {
            let mut inner = self.arrow()?;
            // `(Int, Bool) -> String`: the parameters of a function.
            while self.eat(", ") {
                inner = Written::Tuple(vec![inner, self.arrow()?]);
            }
            return self.eat(")").then_some(inner);
        }
        if self.eat("'") {
            self.word();
            return Some(Written::Any);
        }
        let name = self.word();
        match name {
            "" => None,
            "_" => Some(Written::Any),
            _ => {
                let name = name.to_string();
                Some(Written::Named(name, self.arguments()?))
            }
        }
    }

    fn arguments(&mut self) -> Option<Vec<Written>> {
        let mut arguments = Vec::new();
        if self.eat("<") {
            arguments.push(self.arrow()?);
            while self.eat(", ") {
                arguments.push(self.arrow()?);
            }
            if !self.eat(">") {
                return None;
            }
        }
        Some(arguments)
    }

    fn word(&mut self) -> &str {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Database;
    use dark_syntax::ast::IntType;
    use std::sync::Arc;

    fn sentence() -> Sentence {
        let list = Ty::List(Arc::new(Ty::Int(IntType::Int)));
        Sentence::default().text("Expected ").ty(&list).text(", but got ").a(&Ty::Bool).text(" (").value().text(")")
    }

    #[test]
    fn values_are_any_text_and_types_must_agree() {
        let db = Database::default();
        assert!(sentence().matches(&db, "Expected List<Int>, but got a Bool (true)"));
        assert!(sentence().matches(&db, "Expected List<_>, but got a Bool (a (b) c)"));
        for wrong in [
            "Expected List<Int64>, but got a Bool (true)",
            "Expected Int, but got a Bool (true)",
            "Expected List<Int>, but got a Float (true)",
            "Expected List<Int>, but got a Bool ()",
            "Expected List<Int>, but got a Bool (true) and more",
            "expected List<Int>, but got a Bool (true)",
        ] {
            assert!(!sentence().matches(&db, wrong), "{wrong}");
        }
    }

    #[test]
    fn types_are_read_as_messages_write_them() {
        assert_eq!(read("_"), Some(Written::Any));
        assert_eq!(read("'a"), Some(Written::Any));
        assert_eq!(read("(Int -> Bool)"), Some(Written::Function));
        assert_eq!(read("(Int, Bool) -> String"), Some(Written::Function));
        assert_eq!(read("(Int * _)"), Some(Written::Tuple(vec![Written::Named("Int".into(), vec![]), Written::Any])));
        for broken in ["", "List<", "Int>", "(Int", "Int *"] {
            assert_eq!(read(broken), None, "{broken:?}");
        }
    }
}
