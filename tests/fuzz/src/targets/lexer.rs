//! Any bytes: the lexer ends, and its tokens, comments and complaints tile the text; between them are blanks only.

use crate::corpus::Corpus;
use crate::mutate;
use crate::random::Random;
use crate::target::Promise;
use crate::targets::{broken, outside};
use dark_source::Span;
use dark_syntax::inspect::tokens;

#[derive(Debug)]
pub struct Lexer {
    corpus: Corpus,
}

impl Lexer {
    pub fn new() -> Lexer {
        Lexer { corpus: Corpus::read() }
    }
}

impl Promise for Lexer {
    const NAME: &'static str = "lexer";

    fn input(&mut self, random: &mut Random) -> String {
        match random.below(10) {
            0 => {
                let bytes: Vec<u8> = (0..random.below(200)).map(|_| random.below(256) as u8).collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            1 => mutate::bytes(&broken(&self.corpus, random), random),
            _ => broken(&self.corpus, random),
        }
    }

    fn check(&mut self, text: &str) -> Result<(), String> {
        let lexed = tokens(text);
        let mut spans = [&lexed.tokens[..], &lexed.comments].concat();
        if let Some(span) = spans.iter().chain(&lexed.problems).find(|span| outside(text, **span)) {
            return Err(format!("a span outside of the text: {span:?}"));
        }
        spans.sort();
        let mut end = 0;
        for span in spans.into_iter().chain([Span::new(text.len(), text.len())]) {
            if span.start < end {
                return Err(format!("two tokens of the same bytes: at {span:?}, the one before ends at {end}"));
            }
            let gap = Span { start: end, end: span.start };
            let blank = |text: &str| text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{feff}'));
            let said = lexed.problems.iter().any(|problem| gap.start <= problem.start && problem.start < gap.end);
            if !said && !text.get(gap.range()).is_some_and(blank) {
                return Err(format!("bytes without a token or a message: {gap:?}"));
            }
            end = span.end;
        }
        Ok(())
    }
}
