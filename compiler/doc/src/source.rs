//! The page of a source file, each line a place that declarations lead to.

use crate::File;
use crate::code::highlight;
use crate::facts::{Reference, Source};
use crate::html::escape;
use crate::links::Links;
use crate::page::{self, Page};

pub fn render(reference: &Reference, source: &Source, links: &Links) -> File {
    let index = reference.sources.iter().position(|it| std::ptr::eq(it, source)).unwrap_or_default();
    let mut lines = String::new();
    for (number, line) in (1..).zip(split(&highlight(&source.text, &|_| None))) {
        lines.push_str(&format!("<span id=\"L{number}\" class=\"line\">{line}\n</span>"));
    }
    let main = format!("<h1>{}</h1>\n<pre class=\"source\"><code>{lines}</code></pre>\n", escape(&source.name));
    let page = Page { file: links.source_file(index), title: &source.name, module: None, main: &main };
    page::render(reference, links, page)
}

/// The lines of coloured code; a colour that goes over several lines ends and begins again at each.
fn split(html: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open = String::new();
    for line in html.lines() {
        let mut text = format!("{open}{line}");
        if let Some(at) = text.rfind("<span") {
            match text[at..].contains("</span>") {
                true => open.clear(),
                false => {
                    open = text[at..].split_inclusive('>').next().unwrap_or_default().to_string();
                    text.push_str("</span>");
                }
            }
        }
        out.push(text);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_end_with_each_line() {
        let html = highlight("x = \"\"\"a\nb\nc\"\"\"\ny", &|_| None);
        let lines = split(&html);
        assert_eq!(lines.len(), 4);
        for line in &lines {
            assert_eq!(line.matches("<span").count(), line.matches("</span>").count(), "{line}");
        }
        assert_eq!(lines[1], "<span class=\"s\">b</span>");
        assert_eq!(lines[3], "y");
    }
}
