//! Answers that no handler gives: problem documents (RFC 9457) with a status, a trace id and, for wrong input, the
//! fields that are wrong. They never contain what was sent, nor anything of the program.

use bytes::Bytes;
use hyper::StatusCode;
use serde::Serialize;

/// Why a request is not answered by its handler's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// A sentence for the client's author.
    pub(crate) detail: Option<String>,
    pub(crate) fields: Vec<FieldProblem>,
}

/// What is wrong with a part of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FieldProblem {
    /// `body.lines[2].price`, `query.page`, `headers.x-version`
    pub(crate) path: String,
    pub(crate) message: String,
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "<[FieldProblem]>::is_empty")]
    errors: &'a [FieldProblem],
    #[serde(rename = "traceId")]
    trace_id: &'a str,
}

impl Refusal {
    pub(crate) fn of(status: StatusCode) -> Refusal {
        Refusal { status, detail: None, fields: Vec::new() }
    }

    pub(crate) fn with(status: StatusCode, detail: impl Into<String>) -> Refusal {
        Refusal { status, detail: Some(detail.into()), fields: Vec::new() }
    }

    /// 400, for these fields.
    pub(crate) fn of_fields(fields: Vec<FieldProblem>) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, detail: None, fields }
    }

    pub(crate) fn document(&self, trace_id: &str) -> Bytes {
        let problem = Problem {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail.as_deref(),
            errors: &self.fields,
            trace_id,
        };
        // Texts and numbers cannot fail to be written.
        Bytes::from(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_it_knows() {
        let text = |refusal: Refusal| String::from_utf8(refusal.document("7f").to_vec()).unwrap();
        assert_eq!(
            text(Refusal::of(StatusCode::INTERNAL_SERVER_ERROR)),
            r#"{"type":"about:blank","title":"Internal Server Error","status":500,"traceId":"7f"}"#
        );
        let field = FieldProblem { path: "body.title".into(), message: "is missing".into() };
        assert_eq!(
            text(Refusal::of_fields(vec![field])),
            r#"{"type":"about:blank","title":"Bad Request","status":400,"errors":[{"path":"body.title","message":"is missing"}],"traceId":"7f"}"#
        );
    }
}
