//! Go to definition.

use crate::analysis::Analysis;
use crate::locate::member_span;
use crate::target::{Meaning, at, body_view};
use dark_hir::{Def, queries};
use dark_source::{FileId, Span};

/// Where something is declared: the span of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub file: FileId,
    pub span: Span,
}

impl Analysis {
    /// Where the thing at an offset is declared.
    pub fn definition(&self, file: FileId, offset: u32) -> Option<Target> {
        match at(self, file, offset)?.meaning {
            Meaning::Def(def) => self.declared(def),
            Meaning::Local { owner, local, .. } => {
                let span = *body_view(self, owner)?.map.locals.get(local.index())?;
                Some(Target { file: self.declared(owner)?.file, span })
            }
            Meaning::Field { record: def, name, .. } | Meaning::Case { enum_: def, name } => self.member(def, &name),
            Meaning::Value { .. } => None,
        }
    }

    fn declared(&self, def: Def) -> Option<Target> {
        let place = queries::location(&self.db, def)?;
        Some(Target { file: place.file, span: place.span })
    }

    /// A field or case of a type.
    fn member(&self, def: Def, name: &str) -> Option<Target> {
        let (source, item) = dark_hir::items::item_of(&self.db, def)?;
        Some(Target { file: source.id(&self.db), span: member_span(item, name)? })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::project;

    fn check(marked: &str, expected: &str) {
        let (analysis, file, offset) = project(marked);
        let found = analysis.definition(file, offset).map(|target| {
            let text = analysis.text(target.file).unwrap_or_default();
            format!("{}: {}", analysis.path(target.file).unwrap_or_default(), &text[target.span.range()])
        });
        assert_eq!(found.as_deref(), Some(expected), "{marked}");
    }

    #[test]
    fn a_call_leads_to_the_function_in_another_file() {
        check("let f (n: Int) : Int = Other.do$uble n", "other.dark: double");
    }

    #[test]
    fn a_local_leads_to_its_binding() {
        check("let f (number: Int) : Int =\n  let other = number\n  oth$er", "main.dark: other");
        check("let f (number: Int) : Int = nu$mber", "main.dark: number");
    }

    #[test]
    fn fields_cases_and_types_lead_into_their_declaration() {
        check("let f (p: Other.Point) : Int = p.x$", "other.dark: x");
        check("let f (p: Other.Poi$nt) : Int = p.x", "other.dark: Point");
        check("let f () : Other.Colour = Other.Colour.Re$d", "other.dark: Red");
        check("let f (c: Other.Colour) : Int =\n  match c with\n  | Gre$en -> 1\n  | _ -> 2", "other.dark: Green");
    }

    #[test]
    fn the_standard_library_can_be_entered() {
        check("let f (o: Option<Int>) : Bool = Stdlib.Option.is$Some o", "option.dark: isSome");
    }
}
