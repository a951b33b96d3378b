//! A handler's arguments: read from the request as texts and JSON first, then made values on the invocation's heap.
//!
//! The first step is plain Rust and refuses most of what is wrong. The second runs on the invocation's stack, where a
//! memory limit may end it at any call; what it reads from belongs to the caller.

use bytes::Bytes;
use dark_abi::{Context, HandlerInfo, Kind, ParamInfo, ParamSource, TypeInfo};
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};

use super::answer::Received;
use super::fields::{record_json, scalar_json};
use super::path::{Pair, pairs};
use super::refusal::{FieldProblem, Refusal};
use super::router;
use crate::descriptor::{is_option, items, text, type_at};
use crate::engine::{Engine, JsonProblem};

/// The header through which a request says its method.
const METHOD_HEADER: &str = "x-http-method";

/// An argument that is about to become a value.
pub(crate) enum Argument {
    Unit,
    Text(String),
    Bytes(Bytes),
    Json { json: String, ty: &'static TypeInfo, place: Part },
    Request(WholeRequest),
}

/// The part of a request that an argument comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Path,
    Query,
    Headers,
    Body,
}

/// `Stdlib.Http.Request`: its url, its headers and its body, one slot each.
pub(crate) struct WholeRequest {
    url: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    /// Of the list of headers: pairs of texts.
    element: *const TypeInfo,
    /// Where the list's elements are put together.
    slots: Vec<u64>,
}

/// Reads all arguments of a handler.
pub(crate) fn read(handler: &HandlerInfo, variables: &[String], request: &Received) -> Result<Vec<Argument>, Refusal> {
    let route = text(&handler.route);
    let mut problems = Vec::new();
    let mut arguments = Vec::new();
    for param in items(&handler.entry.params) {
        let argument = match param.source {
            ParamSource::Unit | ParamSource::Plain => Ok(Argument::Unit),
            ParamSource::RouteVariable => {
                let place = router::variables(route).position(|name| name == text(&param.name));
                variable(place.and_then(|place| variables.get(place)).map_or("", String::as_str), param)
            }
            ParamSource::Request => whole_request(request, param).map(Argument::Request),
            ParamSource::BodyText => String::from_utf8(request.body.to_vec())
                .map(Argument::Text)
                .map_err(|_| Refusal::of_fields(vec![problem("body", "is not UTF-8")])),
            ParamSource::BodyBytes => Ok(Argument::Bytes(request.body.clone())),
            ParamSource::BodyTyped => body(request, param),
            ParamSource::Query => query(request, param),
            ParamSource::Headers => headers(request, param),
        };
        match argument {
            Ok(argument) => arguments.push(argument),
            // All that is wrong with fields is said at once.
            Err(refusal) if !refusal.fields.is_empty() => problems.extend(refusal.fields),
            Err(refusal) => return Err(refusal),
        }
    }
    match problems.is_empty() {
        true => Ok(arguments),
        false => Err(Refusal::of_fields(problems)),
    }
}

fn problem(path: &str, message: &str) -> FieldProblem {
    FieldProblem { path: path.to_owned(), message: message.to_owned() }
}

fn type_of(param: &ParamInfo) -> Result<&'static TypeInfo, Refusal> {
    type_at(param.ty).ok_or(Refusal::of(StatusCode::INTERNAL_SERVER_ERROR))
}

/// A path variable; one that does not parse is a path that is not there.
fn variable(value: &str, param: &ParamInfo) -> Result<Argument, Refusal> {
    let ty = type_of(param)?;
    match ty.kind {
        Kind::String => Ok(Argument::Text(value.to_owned())),
        _ => match scalar_json(Some(value), ty) {
            Ok(json) => Ok(Argument::Json { json, ty, place: Part::Path }),
            Err(_) => Err(Refusal::of(StatusCode::NOT_FOUND)),
        },
    }
}

fn query(request: &Received, param: &ParamInfo) -> Result<Argument, Refusal> {
    let ty = type_of(param)?;
    let pairs = pairs(request.uri.query().unwrap_or_default())
        .ok_or_else(|| Refusal::of_fields(vec![problem("query", "is not valid percent-encoded UTF-8")]))?;
    record(&pairs, ty, Part::Query)
}

fn headers(request: &Received, param: &ParamInfo) -> Result<Argument, Refusal> {
    let pairs: Vec<Pair> = texts(&request.headers).map(|(name, value)| (name, Some(value))).collect();
    record(&pairs, type_of(param)?, Part::Headers)
}

fn record(pairs: &[Pair], ty: &'static TypeInfo, place: Part) -> Result<Argument, Refusal> {
    let json = record_json(pairs, ty, place.name()).map_err(Refusal::of_fields)?;
    Ok(Argument::Json { json, ty, place })
}

/// A body by its type: JSON, or a form when the client says so. What says it is a form and begins as a JSON object is
/// JSON: so do the requests of `curl --data`.
fn body(request: &Received, param: &ParamInfo) -> Result<Argument, Refusal> {
    let ty = type_of(param)?;
    let wrong = |message: &str| Refusal::of_fields(vec![problem("body", message)]);
    let json = std::str::from_utf8(&request.body).map_err(|_| wrong("is not UTF-8"))?;
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    if json.trim_ascii().is_empty() {
        return match is_option(ty) {
            true => Ok(Argument::Json { json: "null".to_owned(), ty, place: Part::Body }),
            false => Err(wrong("is empty")),
        };
    }
    let is_form = content_type(&request.headers) == "application/x-www-form-urlencoded";
    if is_form && ty.kind == Kind::Record && !json.trim_ascii_start().starts_with('{') {
        let pairs = pairs(json).ok_or_else(|| wrong("is not valid percent-encoded UTF-8"))?;
        return record(&pairs, ty, Part::Body);
    }
    Ok(Argument::Json { json: json.to_owned(), ty, place: Part::Body })
}

/// In lower case, without parameters.
fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Headers as texts, names in lower case, in their order.
fn texts(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

fn whole_request(request: &Received, param: &ParamInfo) -> Result<WholeRequest, Refusal> {
    let fields = items(&type_of(param)?.fields);
    let field = fields.iter().find(|field| text(&field.name) == "headers").and_then(|field| type_at(field.ty));
    let element = field.map_or(std::ptr::null(), |list| list.element);
    let mut headers: Vec<(String, String)> =
        texts(&request.headers).filter(|(name, _)| name != METHOD_HEADER).collect();
    // HTTP/2 names the host beside the headers.
    if let (false, Some(host)) = (request.headers.contains_key(HOST), request.uri.authority()) {
        headers.push(("host".to_owned(), host.as_str().to_owned()));
    }
    headers.push((METHOD_HEADER.to_owned(), request.method.as_str().to_owned()));
    let slots = Vec::with_capacity(2 * headers.len());
    Ok(WholeRequest { url: url(request), headers, body: request.body.clone(), element, slots })
}

/// The absolute address that the client asked for, as far as it says it.
fn url(request: &Received) -> String {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
    let host = header("host").or(request.uri.authority().map(|authority| authority.as_str()));
    let scheme = if header("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    host.map_or_else(|| path.to_owned(), |host| format!("{scheme}://{host}{path}"))
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Path => "path",
            Part::Query => "query",
            Part::Headers => "headers",
            Part::Body => "body",
        }
    }

    /// What a value that cannot be made of this part means for the request.
    pub(crate) fn refusal(self, problem: JsonProblem) -> Refusal {
        match self {
            Part::Path => Refusal::of(StatusCode::NOT_FOUND),
            part => {
                let path = format!("{}{}", part.name(), problem.path);
                Refusal::of_fields(vec![FieldProblem { path, message: problem.message }])
            }
        }
    }
}

impl Argument {
    /// How many slots the value has.
    pub(crate) fn slots(&self) -> usize {
        match self {
            Argument::Unit | Argument::Text(_) | Argument::Bytes(_) => 1,
            Argument::Json { ty, .. } => ty.slots as usize,
            Argument::Request(_) => 3,
        }
    }

    /// Makes the value and writes its slots.
    ///
    /// # Safety
    /// `context` is that of the running invocation, and `result` has room for the slots.
    pub(crate) unsafe fn make(
        &mut self,
        engine: &dyn Engine,
        context: *mut Context,
        result: *mut u64,
    ) -> Result<(), (Part, JsonProblem)> {
        // SAFETY: as promised by the caller.
        unsafe {
            match self {
                Argument::Unit => *result = 0,
                Argument::Text(text) => *result = engine.text(context, text),
                Argument::Bytes(bytes) => *result = engine.bytes(context, bytes),
                Argument::Json { json, ty, place } => {
                    return engine.read_json(context, json, *ty, result).map_err(|problem| (*place, problem));
                }
                Argument::Request(request) => {
                    *result = engine.text(context, &request.url);
                    for (name, value) in &request.headers {
                        request.slots.push(engine.text(context, name));
                        request.slots.push(engine.text(context, value));
                    }
                    *result.add(1) = engine.list(context, &request.slots, request.element);
                    *result.add(2) = engine.bytes(context, &request.body);
                }
            }
        }
        Ok(())
    }
}
