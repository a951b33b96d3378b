//! The HTTP server: one listener and one event loop per core, HTTP/1.1 and HTTP/2 on the same port.
//!
//! In reading order: `listen` takes connections, `connection` speaks the protocol, `answer` turns a request into an
//! answer with the help of `router`, `cors`, `body` and, when there is nothing to answer, `refusal`; `stream` is for answers
//! that are sent while they are made. What a handler gets and gives, as values, is `handler`'s matter, through the
//! `Handlers` trait: nothing else here knows of values.
//!
//! Absent: TLS, websockets, compression, static files.

mod answer;
mod body;
mod connection;
mod cors;
mod fields;
mod handler;
pub(crate) mod listen;
mod parameters;
mod path;
mod refusal;
mod reply;
mod router;
pub(crate) mod stream;
#[cfg(test)]
mod tests;
mod trace;

pub(crate) use answer::{Answers, Front, Reply, Shared};
pub(crate) use body::read as read_body;
pub(crate) use cors::Cors;
pub(crate) use handler::{Program, router};
pub use listen::DRAIN;
pub(crate) use reply::{Made, of_value};
pub(crate) use stream::{Pipe, Source};
pub use trace::TraceId;
pub(crate) use trace::TraceIds;
