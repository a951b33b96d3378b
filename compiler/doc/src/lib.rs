//! The reference of a program or of the library as pages of HTML, from its documentation comments.
//!
//! `gather` reads the database and makes plain data of it (`facts`); `render` makes pages of those and knows no database.
//! Nothing here touches the disk: the caller gets names and texts of files, which open from a folder without a server and
//! without a network.
//!
//! Reading order: `facts`, `shape` (types), `gather`; then `links` (what stands where), `html`, `code`, `markdown`,
//! `declaration`, `module`, `index`, `page` (what is around them), `search`.

mod code;
mod declaration;
pub mod facts;
mod gather;
mod html;
mod index;
mod links;
mod markdown;
mod module;
mod page;
mod search;
mod shape;
mod source;

pub use facts::Reference;
pub use gather::{Subject, gather};

/// A file of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name; there are no folders inside.
    pub name: String,
    pub text: String,
}

/// The files of a reference; `index.html` is the first.
pub fn render(reference: &Reference) -> Vec<File> {
    let links = links::Links::of(reference);
    let mut files = vec![index::render(reference, &links)];
    files.extend(reference.modules.iter().map(|it| module::render(reference, it, &links)));
    files.extend(reference.sources.iter().map(|it| source::render(reference, it, &links)));
    files.push(search::index(reference, &links));
    files.push(File { name: links::SCRIPT.into(), text: include_str!("assets/search.js").into() });
    files.push(File { name: links::STYLE.into(), text: include_str!("assets/style.css").into() });
    files
}
