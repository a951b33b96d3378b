//! Dark in colours: each piece in its class, and names as links to what they mean.

use crate::html::{escape, link};
use dark_source::Span;
use dark_syntax::{Class, classes};

/// Code as HTML. `meaning` knows where a dotted name leads.
pub fn highlight(text: &str, meaning: &dyn Fn(&str) -> Option<String>) -> String {
    let pieces = classes(text);
    let mut out = String::new();
    let (mut index, mut at) = (0, 0);
    while let Some((span, class)) = pieces.get(index) {
        let start = span.start as usize;
        out.push_str(&escape(text.get(at..start).unwrap_or_default()));
        let count = path_length(text, &pieces[index..]);
        let last = pieces[index + count - 1].0;
        let written = text.get(start..last.end as usize).unwrap_or_default();
        match Some(written).filter(|_| *class == Class::Upper).and_then(meaning) {
            Some(place) => {
                out.push_str(&link(&place, &escape(written)));
                index += count;
                at = last.end as usize;
            }
            None => {
                out.push_str(&piece(text.get(span.range()).unwrap_or_default(), *class));
                index += 1;
                at = span.end as usize;
            }
        }
    }
    out.push_str(&escape(text.get(at..).unwrap_or_default()));
    out
}

/// How many pieces from the first one are one dotted name: `Stdlib`, `.`, `List`, `.`, `map`.
fn path_length(text: &str, pieces: &[(Span, Class)]) -> usize {
    let mut count = 1;
    while let [(before, Class::Upper), (dot, _), (next, class), ..] = &pieces[count - 1..] {
        let glued = before.end == dot.start && dot.end == next.start && text.get(dot.range()) == Some(".");
        if !glued || !matches!(class, Class::Upper | Class::Lower) {
            break;
        }
        count += 2;
    }
    count
}

fn piece(text: &str, class: Class) -> String {
    let name = match class {
        Class::Keyword => "k",
        Class::Upper => "t",
        Class::TypeVariable => "v",
        Class::Number => "n",
        Class::Text => "s",
        Class::Comment => "c",
        Class::Lower | Class::Operator | Class::Punctuation => return escape(text),
    };
    format!("<span class=\"{name}\">{}</span>", escape(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_meaning_are_links_and_the_rest_has_colours() {
        let meaning = |name: &str| (name == "Stdlib.List.map").then(|| "List.html#map".to_string());
        assert_eq!(
            highlight("Stdlib.List.map x.y < \"<\"", &meaning),
            "<a href=\"List.html#map\">Stdlib.List.map</a> x.y &lt; <span class=\"s\">&quot;&lt;&quot;</span>"
        );
        assert_eq!(highlight("Some 1", &meaning), "<span class=\"t\">Some</span> <span class=\"n\">1</span>");
    }

    #[test]
    fn what_is_no_code_stays_text() {
        assert_eq!(highlight("a ` <b>", &|_| None), "a ` &lt;b&gt;");
    }
}
