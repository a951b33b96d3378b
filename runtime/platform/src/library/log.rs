//! `Stdlib.Log`: lines of JSON on standard error, with the trace id of the request or run that writes them.

use dark_rt::answers;
use dark_rt::value::Tree;
use serde::Serialize;
use serde_json::Map;

use crate::http::TraceId;
use crate::queue::log;
use crate::rt_engine::locals_of;

const LINES_MAX: u64 = 1000;
const BYTES_MAX: usize = 1 << 20;

/// What a run has written, so that one that writes without end does no harm.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    trace: Option<TraceId>,
    written: u64,
    bytes: usize,
    left_out: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    level: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    trace: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    fields: Map<String, serde_json::Value>,
}

fn line(level: &str, trace: &str, message: &str, fields: Vec<(String, String)>) -> String {
    let fields = fields.into_iter().map(|(name, value)| (name, value.into())).collect();
    // Texts cannot fail to be written.
    serde_json::to_string(&Line { level, trace, message, fields }).unwrap_or_default()
}

impl Lines {
    /// Of a run with that number.
    pub(crate) fn of(trace: TraceId) -> Lines {
        Lines { trace: Some(trace), ..Lines::default() }
    }

    fn trace(&self) -> String {
        self.trace.map(|trace| trace.to_string()).unwrap_or_default()
    }

    /// Whether the line may still go out.
    fn admit(&mut self, line: &str) -> bool {
        let fits = self.written < LINES_MAX && self.bytes + line.len() <= BYTES_MAX;
        if fits {
            self.written += 1;
            self.bytes += line.len();
        } else {
            self.left_out += 1;
        }
        fits
    }
}

/// At the end of a run: what there is to say about lines that were left out.
impl Drop for Lines {
    fn drop(&mut self) {
        if self.left_out > 0 {
            let count = vec![("lines".to_owned(), self.left_out.to_string())];
            log(&line("warn", &self.trace(), "lines of this run were left out: it writes too many", count));
        }
    }
}

answers! {
    /// `Log.Internal.line level message fields`
    dark_log_internal_line(invocation, call) {
        let lines = &mut locals_of(invocation).lines;
        let line = line(call.text(0), &lines.trace(), call.text(1), call.pairs(2));
        if lines.admit(&line) {
            log(&line);
        }
        Ok(Tree::Unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_holds_what_is_given() {
        let fields = vec![("a".to_owned(), "x\ny\"".to_owned()), ("b".to_owned(), String::new())];
        let written = line("info", "7f", "hi\n", fields);
        assert_eq!(written, r#"{"level":"info","trace":"7f","message":"hi\n","fields":{"a":"x\ny\"","b":""}}"#);
        assert_eq!(line("warn", "", "hi", Vec::new()), r#"{"level":"warn","message":"hi"}"#);
    }

    #[test]
    fn a_run_has_a_budget() {
        let mut lines = Lines::default();
        let admitted = (0..LINES_MAX + 10).filter(|_| lines.admit("short")).count();
        assert_eq!((admitted as u64, std::mem::take(&mut lines.left_out)), (LINES_MAX, 10));
        let long = "x".repeat(BYTES_MAX / 2 + 1);
        let mut lines = Lines::default();
        assert!(lines.admit(&long) && !lines.admit(&long) && lines.admit("short"));
        assert_eq!(std::mem::take(&mut lines.left_out), 1);
    }
}
