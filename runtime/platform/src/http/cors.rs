//! Which pages of other sites may read answers, and the answer to a browser that asks in advance.
//!
//! Without a setting, any may: the usual addresses of a page under development are named back to it, everybody else
//! gets `*`. With `[cors] origins = ["https://shop.example"]` only those are named. A header the handler has set wins.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, HeaderMap, HeaderValue, VARY,
};

const DEVELOPMENT: [&str; 3] = ["http://localhost:3000", "http://localhost:5000", "http://localhost:8000"];
const METHODS: &str = "GET, PUT, POST, DELETE, PATCH, HEAD, OPTIONS";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Cors {
    #[default]
    Anyone,
    Only(Vec<String>),
}

impl Cors {
    /// Adds the headers of any answer to a request with that `Origin`.
    pub(crate) fn apply(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        if answer.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
            return;
        }
        let is_named = |names: &[&str]| origin.filter(|it| names.iter().any(|name| it.as_bytes() == name.as_bytes()));
        let (named, otherwise) = match self {
            Cors::Anyone => (is_named(&DEVELOPMENT), Some(HeaderValue::from_static("*"))),
            Cors::Only(origins) => (is_named(&origins.iter().map(String::as_str).collect::<Vec<_>>()), None),
        };
        if named.is_some() || otherwise.is_none() {
            // Caches must not give one site's answer to another.
            answer.append(VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(value) = named.cloned().or(otherwise) {
            answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, value);
        }
    }

    /// Adds the further headers of an answer to `OPTIONS` that no handler gives.
    pub(crate) fn preflight(&self, request: &HeaderMap, answer: &mut HeaderMap) {
        let asked = request.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.unwrap_or(HeaderValue::from_static("*")));
        answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(cors: &Cors, origin: Option<&str>) -> Option<String> {
        let origin = origin.map(|origin| HeaderValue::from_str(origin).unwrap());
        let mut answer = HeaderMap::new();
        cors.apply(origin.as_ref(), &mut answer);
        answer.get(ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn without_a_setting_anyone_may() {
        let cors = Cors::default();
        for origin in DEVELOPMENT {
            assert_eq!(allowed(&cors, Some(origin)).as_deref(), Some(origin));
        }
        assert_eq!(allowed(&cors, Some("https://else.example")).as_deref(), Some("*"));
        assert_eq!(allowed(&cors, Some("http://localhost:3001")).as_deref(), Some("*"));
        assert_eq!(allowed(&cors, None).as_deref(), Some("*"));
    }

    #[test]
    fn with_a_setting_only_those_may() {
        let cors = Cors::Only(vec!["https://shop.example".to_owned()]);
        assert_eq!(allowed(&cors, Some("https://shop.example")).as_deref(), Some("https://shop.example"));
        assert_eq!(allowed(&cors, Some("http://localhost:3000")), None);
        assert_eq!(allowed(&cors, None), None);
    }

    #[test]
    fn what_the_handler_says_wins() {
        let mut answer = HeaderMap::new();
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("https://mine.example"));
        Cors::default().apply(None, &mut answer);
        assert_eq!(answer.get(ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(), "https://mine.example");
        assert!(!answer.contains_key(VARY));
    }
}
