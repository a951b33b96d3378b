//! Documentation comments as HTML. They are Markdown; HTML in them is shown as text, links lead to pages of the web or to
//! names of the reference, and nothing is loaded from elsewhere.

use crate::code::highlight;
use crate::html::{escape, link};
use crate::links::Links;
use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Marks addresses that are names of the reference.
const NAME: &str = "dark:";

/// Where a comment stands.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub links: &'a Links,
    /// Names are looked up from here.
    pub module: &'a str,
    /// How much deeper its headings are.
    pub depth: usize,
}

impl Around<'_> {
    fn meaning(&self, name: &str) -> Option<String> {
        self.links.resolve(self.module, name).map(String::from)
    }
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// A whole comment.
pub fn render(text: &str, around: Around<'_>) -> String {
    // `[Stdlib.List.map]` by itself is a link to that name.
    let known = |link: BrokenLink<'_>| {
        let name = link.reference.trim_matches('`');
        around.meaning(name).map(|_| (format!("{NAME}{name}").into(), CowStr::Borrowed("")))
    };
    let parser = Parser::new_with_broken_link_callback(text, options(), Some(known));
    let mut writer = Writer { around, events: Vec::new(), code: None, open_links: Vec::new() };
    parser.for_each(|event| writer.event(event));
    let mut out = String::new();
    html::push_html(&mut out, writer.events.into_iter());
    out
}

struct Writer<'a> {
    around: Around<'a>,
    events: Vec<Event<'a>>,
    /// The block of code we are in: is it Dark, and its text so far.
    code: Option<(bool, String)>,
    /// Whether the links we are in are written.
    open_links: Vec<bool>,
}

impl<'a> Writer<'a> {
    fn event(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => self.code = Some((is_dark(&kind), String::new())),
            Event::End(TagEnd::CodeBlock) => self.block(),
            Event::Text(text) if self.code.is_some() => {
                if let Some((_, code)) = &mut self.code {
                    code.push_str(&text);
                }
            }
            Event::Html(text) | Event::InlineHtml(text) => self.events.push(Event::Text(text)),
            Event::Start(Tag::HtmlBlock) => self.events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => self.events.push(Event::End(TagEnd::Paragraph)),
            Event::Code(code) => self.inline(&code),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => self.open(&dest_url),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if self.open_links.pop() == Some(true) {
                    self.raw("</a>".into());
                }
            }
            Event::Start(Tag::Heading { level, .. }) => {
                self.raw(format!("<h{}>", deeper(level, self.around.depth)));
            }
            Event::End(TagEnd::Heading(level)) => self.raw(format!("</h{}>\n", deeper(level, self.around.depth))),
            other => self.events.push(other),
        }
    }

    fn raw(&mut self, html: String) {
        self.events.push(Event::InlineHtml(html.into()));
    }

    fn block(&mut self) {
        let Some((dark, text)) = self.code.take() else { return };
        let text = text.trim_end();
        let around = self.around;
        let inner = if dark { highlight(text, &|name| around.meaning(name)) } else { escape(text) };
        self.raw(format!("<pre><code>{inner}</code></pre>\n"));
    }

    /// A name in backticks leads to what it means.
    fn inline(&mut self, code: &str) {
        let inner = format!("<code>{}</code>", escape(code));
        let inside_link = self.open_links.contains(&true);
        match self.around.meaning(code).filter(|_| !inside_link) {
            Some(place) => self.raw(link(&place, &inner)),
            None => self.raw(inner),
        }
    }

    /// Links elsewhere than to the web and to names are left as text; links do not stand in links.
    fn open(&mut self, to: &str) {
        let web = ["https://", "http://", "mailto:"].iter().any(|scheme| to.starts_with(scheme));
        let place = match self.around.meaning(to.strip_prefix(NAME).unwrap_or(to)) {
            Some(place) => Some(format!("<a href=\"{}\">", escape(&place))),
            None if web => Some(format!("<a href=\"{}\" rel=\"noreferrer\">", escape(to))),
            None => None,
        };
        let place = place.filter(|_| !self.open_links.contains(&true));
        self.open_links.push(place.is_some());
        if let Some(tag) = place {
            self.raw(tag);
        }
    }
}

fn is_dark(kind: &CodeBlockKind<'_>) -> bool {
    match kind {
        CodeBlockKind::Indented => true,
        CodeBlockKind::Fenced(language) => language.is_empty() || language.starts_with("dark"),
    }
}

fn deeper(level: HeadingLevel, depth: usize) -> usize {
    (level as usize + depth).min(6)
}

/// The first sentence as HTML, without links.
pub fn first_sentence(text: &str) -> String {
    pieces(text, |code| format!("<code>{}</code>", escape(code)), escape)
}

/// The first sentence as text.
pub fn first_sentence_plain(text: &str) -> String {
    pieces(text, str::to_string, str::to_string)
}

fn pieces(text: &str, code: impl Fn(&str) -> String, plain: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => match sentence_end(&text) {
                Some(end) => {
                    out.push_str(&plain(&text[..end]));
                    return out;
                }
                None => out.push_str(&plain(&text)),
            },
            Event::Code(text) => out.push_str(&code(&text)),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            // A comment that begins with an example has no sentence.
            Event::Start(Tag::CodeBlock(_)) | Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => break,
            _ => {}
        }
    }
    out
}

/// Behind the first full stop that a blank follows.
fn sentence_end(text: &str) -> Option<usize> {
    text.find(". ").map(|at| at + 1)
}
