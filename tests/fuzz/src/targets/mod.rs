//! The targets of the front end, one file each.

mod checker;
mod core;
mod formatter;
mod layout;
mod lexer;
mod parser;
mod project;

use crate::corpus::Corpus;
use crate::random::Random;
use crate::target::{OfText, Target};
use crate::{mutate, programs};
use dark_syntax::Mode;
use std::path::Path;

/// Names of all targets, in the order of the compiler.
pub const NAMES: &[&str] = &["lexer", "layout", "parser", "formatter", "checker", "core", "programs"];

/// The target of that name; `darkc` builds the programs.
pub fn target(name: &str, darkc: &Path) -> Option<Box<dyn Target>> {
    Some(match name {
        "lexer" => Box::new(OfText(lexer::Lexer::new())),
        "layout" => Box::new(OfText(layout::Layout::new())),
        "parser" => Box::new(OfText(parser::Parser::new())),
        "formatter" => Box::new(OfText(formatter::Formatter::new())),
        "checker" => Box::new(OfText(checker::Checker::new())),
        "core" => Box::new(OfText(core::Core::new())),
        "programs" => Box::new(programs::Programs::new(darkc)),
        _ => return None,
    })
}

const MODES: [Mode; 4] = [Mode::Std, Mode::Package, Mode::Script, Mode::Test];

/// A piece of the corpus with its bytes, tokens, lines or tree changed; sometimes one part many times, because what is
/// slow shows in length.
fn broken(corpus: &Corpus, random: &mut Random) -> String {
    let (mut text, mode) = corpus.piece(random);
    for _ in 0..=random.below(3) {
        text = match random.below(8) {
            0 => mutate::bytes(&text, random),
            1 => mutate::lines(&text, random),
            2 => mutate::tree(&text, mode, corpus, random),
            _ => mutate::tokens(&text, corpus, random),
        };
    }
    if random.one_in(400) {
        let parts = mutate::split(&text);
        let from = random.below(parts.len());
        let part: String = parts[from..].iter().take(1 + random.below(6)).copied().collect();
        let at = parts[..from].concat().len();
        text.insert_str(at, &part.repeat(random.below(4000)));
    }
    text
}

/// Where a text is that is no text of this source: outside, or between the bytes of a character.
fn outside(text: &str, span: dark_source::Span) -> bool {
    text.get(span.range()).is_none()
}
