//! What a handler's value is as an answer.
//!
//! A `Stdlib.Http.Response` is sent as it is; `Unit` is 204; a `String` is text, a `Blob` octets; of an `Option`, `None`
//! is 404; of a `Result`, `Error` is a failed run unless it says its status; everything else is JSON.

use bytes::Bytes;
use dark_abi::{Kind, TypeInfo, flags};
use hyper::StatusCode;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};

use super::answer::Reply;
use super::refusal::Refusal;
use super::stream::MARK;
use crate::descriptor::{bytes_of, case_of, elements_of, field_named, is_option, small_int, text, text_of};
use crate::engine::Engine;

const RESPONSE: &str = "Stdlib.Http.Response";
const ERROR: &str = "Stdlib.Http.Error";

/// What a run has come to.
#[derive(Debug)]
pub(crate) enum Made {
    Reply(Reply),
    /// An answer without its body, and the number of the function that sends it.
    Stream(Reply, usize),
    /// `None`, or an `Error` with a status.
    Refusal(Refusal),
    /// The run has failed after all, for this reason.
    Failure(String),
}

/// The answer that a value stands for.
///
/// # Safety
/// `slots` is a value of type `ty`.
pub(crate) unsafe fn of_value(engine: &dyn Engine, slots: *const u64, ty: &'static TypeInfo) -> Made {
    // SAFETY: the parts of a value of that type, as the type says.
    unsafe {
        match ty.kind {
            Kind::Unit => Made::Reply(Reply { status: StatusCode::NO_CONTENT, ..Reply::default() }),
            Kind::String => with_type("text/plain; charset=utf-8", Bytes::copy_from_slice(bytes_of(*slots))),
            Kind::Blob => with_type("application/octet-stream", Bytes::copy_from_slice(bytes_of(*slots))),
            Kind::Record if text(&ty.name) == RESPONSE => of_response(slots, ty),
            Kind::Enum if is_option(ty) => match case_of(slots, ty) {
                Some((_, Some((value, of)))) => of_value(engine, value, of),
                _ => Made::Refusal(Refusal::of(StatusCode::NOT_FOUND)),
            },
            Kind::Enum if ty.flags & flags::RESULT != 0 => match case_of(slots, ty) {
                Some(("Ok", Some((value, of)))) => of_value(engine, value, of),
                Some((_, Some((error, of)))) => of_error(engine, error, of),
                _ => Made::Failure("a result without a value".to_owned()),
            },
            _ => match engine.write_json(slots, ty) {
                Ok(json) => with_type("application/json", Bytes::from(json)),
                Err(message) => Made::Failure(message),
            },
        }
    }
}

fn with_type(content_type: &'static str, body: Bytes) -> Made {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Made::Reply(Reply { status: StatusCode::OK, headers, body, stream: None })
}

/// # Safety
/// `slots` is a value of type `ty`.
unsafe fn of_error(engine: &dyn Engine, slots: *const u64, ty: &'static TypeInfo) -> Made {
    // SAFETY: the fields of `Stdlib.Http.Error`, by name and type.
    unsafe {
        if text(&ty.name) != ERROR {
            return Made::Failure(format!("the handler returned Error {}", engine.repr(slots, ty)));
        }
        let (Some((code, _)), Some((message, _))) =
            (field_named(slots, ty, "statusCode"), field_named(slots, ty, "message"))
        else {
            return Made::Failure("an error without its fields".to_owned());
        };
        let message = text_of(*message);
        match status(*code) {
            Ok(status) if status.is_server_error() => {
                Made::Failure(format!("the handler returned Error with status {}: {message}", status.as_u16()))
            }
            Ok(status) => Made::Refusal(Refusal::with(status, message)),
            Err(problem) => Made::Failure(problem),
        }
    }
}

/// A status that a final answer may have.
fn status(slot: u64) -> Result<StatusCode, String> {
    let code = small_int(slot).and_then(|code| u16::try_from(code).ok());
    match code.and_then(|code| StatusCode::from_u16(code).ok()).filter(|status| !status.is_informational()) {
        Some(status) => Ok(status),
        None => Err("the status code of a response is a number from 200 to 999".to_owned()),
    }
}

/// # Safety
/// `slots` is a `Stdlib.Http.Response`.
unsafe fn of_response(slots: *const u64, ty: &'static TypeInfo) -> Made {
    // SAFETY: its fields by name; headers are a list of pairs of texts, two slots each.
    unsafe {
        let field = |name| field_named(slots, ty, name).map(|(slots, _)| *slots);
        let (Some(code), Some(list), Some(body)) = (field("statusCode"), field("headers"), field("body")) else {
            return Made::Failure("a response without its fields".to_owned());
        };
        let status = match status(code) {
            Ok(status) => status,
            Err(problem) => return Made::Failure(problem),
        };
        let (mut headers, mut source) = (HeaderMap::new(), None);
        for pair in elements_of(list) {
            let (name, value) = (text_of(*pair), text_of(*pair.add(1)));
            if name == MARK {
                source = value.parse().ok();
                continue;
            }
            let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
                return Made::Failure(format!("`{}` is not the name of a header", name.escape_debug()));
            };
            // How the bytes travel is not the handler's to say.
            if header == CONTENT_LENGTH || header == TRANSFER_ENCODING || header == CONNECTION {
                continue;
            }
            match HeaderValue::from_bytes(value.as_bytes()) {
                Ok(value) => headers.append(header, value),
                Err(_) => {
                    return Made::Failure(format!("the value of the header {name} has characters it must not have"));
                }
            };
        }
        let bodiless = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
        if let Some(source) = source.filter(|_| !bodiless) {
            return Made::Stream(Reply { status, headers, ..Reply::default() }, source);
        }
        let body = if bodiless { Bytes::new() } else { Bytes::copy_from_slice(bytes_of(body)) };
        Made::Reply(Reply { status, headers, body, stream: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rt_engine::RtEngine;
    use crate::test_types::{list_of, option, plain, record, result};

    fn made(slots: &[u64], ty: &'static TypeInfo) -> Made {
        // SAFETY: every test gives slots of the type beside them.
        unsafe { of_value(&RtEngine::default(), slots.as_ptr(), ty) }
    }

    /// Status, content type and body of what is sent.
    fn sent(slots: &[u64], ty: &'static TypeInfo) -> (u16, String, String) {
        match made(slots, ty) {
            Made::Reply(reply) => {
                let content_type = reply.headers.get(CONTENT_TYPE).map_or("", |value| value.to_str().unwrap());
                (reply.status.as_u16(), content_type.to_owned(), String::from_utf8(reply.body.to_vec()).unwrap())
            }
            other => panic!("no reply: {other:?}"),
        }
    }

    fn int(value: i64) -> u64 {
        (value << 1 | 1) as u64
    }

    #[test]
    fn values_are_json_and_a_text_is_text() {
        let point = record("Map.Point", &[("x", plain(Kind::Int)), ("y", plain(Kind::Int))]);
        let json = |body: &str| (200, "application/json".to_owned(), body.to_owned());
        assert_eq!(sent(&[int(-7)], plain(Kind::Int)), json("-7"));
        assert_eq!(sent(&[int(1), int(2)], point), json(r#"{"x":1,"y":2}"#));
        assert_eq!(sent(&[0], list_of(plain(Kind::Int))), json("[]"));
        assert_eq!(sent(&[0], plain(Kind::String)), (200, "text/plain; charset=utf-8".to_owned(), String::new()));
        assert_eq!(sent(&[0], plain(Kind::Unit)), (204, String::new(), String::new()));
    }

    #[test]
    fn none_is_not_found_and_some_is_what_it_holds() {
        let ty = option(plain(Kind::Int));
        assert!(matches!(made(&[0, 0], ty), Made::Refusal(refusal) if refusal.status == StatusCode::NOT_FOUND));
        assert_eq!(sent(&[1, int(5)], ty).2, "5");
    }

    #[test]
    fn an_error_is_a_failed_run() {
        let ty = result(plain(Kind::Unit), plain(Kind::Int));
        assert_eq!(sent(&[0, 0], ty).0, 204);
        let Made::Failure(message) = made(&[1, int(3)], ty) else { panic!("an Error is sent") };
        assert_eq!(message, "the handler returned Error 3");
    }

    #[test]
    fn only_final_statuses_can_be_sent() {
        assert_eq!(status(int(299)).unwrap().as_u16(), 299);
        for wrong in [0, 99, 101, 1000, -200, 65_736] {
            assert!(status(int(wrong)).is_err(), "{wrong}");
        }
    }
}
