//! Text to tree. Pure: no database, no paths, no clock; any bytes give a tree and diagnostics.
//!
//! Reading order: `ast`, `token`, `lexer`, `layout`, `grammar.lalrpop`, `build`, `parse`, `checks`, `diagnostics`; `classes`,
//! `inspect` and `outline` stand beside them.

pub mod ast;
mod build;
mod checks;
mod classes;
mod diagnostics;
pub mod inspect;
mod layout;
mod lexer;
pub mod outline;
mod parse;
mod token;

pub use build::operators::precedence;
pub use classes::{Class, classes};
pub use diagnostics::habit::instead_of;
pub use lexer::Comment;
pub use parse::{Mode, Parse, ParsedExpression, parse, parse_expression, parse_item};

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, dead_code, unused_imports, unused_parens)]
    grammar
);
