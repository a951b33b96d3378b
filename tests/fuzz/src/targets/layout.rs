//! Any text: the layout pass ends, what it opens it closes in order, its places go forward, and a text it has nothing to
//! say about keeps every token.

use crate::corpus::Corpus;
use crate::mutate;
use crate::random::Random;
use crate::target::Promise;
use crate::targets::{broken, outside};
use dark_source::Span;
use dark_syntax::inspect::{LaidOut, Piece, laid_out, tokens};
use std::collections::HashSet;

#[derive(Debug)]
pub struct Layout {
    corpus: Corpus,
}

impl Layout {
    pub fn new() -> Layout {
        Layout { corpus: Corpus::read() }
    }
}

impl Promise for Layout {
    const NAME: &'static str = "layout";

    fn input(&mut self, random: &mut Random) -> String {
        let mut text = broken(&self.corpus, random);
        // Layout is about lines.
        for _ in 0..random.below(6) {
            text = mutate::lines(&text, random);
        }
        text
    }

    fn check(&mut self, text: &str) -> Result<(), String> {
        let lexed = tokens(text);
        for script in [false, true] {
            let out = laid_out(text, script);
            balanced(&out)?;
            if let Some(span) =
                out.pieces.iter().map(|it| it.0).chain(out.problems.clone()).find(|it| outside(text, *it))
            {
                return Err(format!("a span outside of the text: {span:?}"));
            }
            let real: Vec<Span> = out.pieces.iter().filter(|it| it.1 == Piece::Token).map(|it| it.0).collect();
            if let Some(pair) = real.windows(2).find(|pair| pair[1].start < pair[0].start) {
                return Err(format!("places go back: {pair:?}"));
            }
            if out.problems.is_empty() && lexed.problems.is_empty() {
                complete(text, &lexed.tokens, &out)?;
            }
        }
        Ok(())
    }
}

fn balanced(out: &LaidOut) -> Result<(), String> {
    let mut open = Vec::new();
    for (span, piece) in &out.pieces {
        match piece {
            Piece::Opens(pair) => open.push(*pair),
            Piece::Closes(pair) if open.pop() == Some(*pair) => {}
            Piece::Closes(pair) => return Err(format!("{pair:?} is closed at {span:?} and was not the last to open")),
            Piece::Token | Piece::Virtual => {}
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

fn complete(text: &str, tokens: &[Span], out: &LaidOut) -> Result<(), String> {
    let there: HashSet<u32> =
        out.pieces.iter().flat_map(|(span, _)| span.start..span.end.max(span.start + 1)).collect();
    // The brackets of an attribute stand at their first half.
    let second = |at: u32| at > 0 && matches!(text.get(at as usize - 1..at as usize + 1), Some("[<" | ">]"));
    match tokens.iter().find(|token| !there.contains(&token.start) && !second(token.start)) {
        Some(token) => Err(format!("the token at {token:?} is gone, and nothing was said")),
        None => Ok(()),
    }
}
