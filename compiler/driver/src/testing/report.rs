//! Reports of tests: for people, a JSON object a line, or JUnit's XML for continuous integration.

use super::Outcome;
use super::workers::Status;
use clap::ValueEnum;
use std::fmt::Write;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Report {
    /// What failed, and how many passed
    Human,
    /// A JSON object for each test, a line each
    Json,
    /// JUnit's XML, a suite for each file
    Junit,
}

/// The report, without its last line end.
pub fn write(outcomes: &[Outcome], format: Report) -> String {
    match format {
        Report::Human => human(outcomes),
        // A structure of texts and numbers has a JSON form.
        Report::Json => {
            outcomes.iter().map(|it| serde_json::to_string(it).unwrap_or_default()).collect::<Vec<_>>().join("\n")
        }
        Report::Junit => junit(outcomes),
    }
}

pub fn failed(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|it| it.status != Status::Pass).count()
}

fn human(outcomes: &[Outcome]) -> String {
    let mut out = String::new();
    for outcome in outcomes.iter().filter(|it| it.status != Status::Pass) {
        let Outcome { file, line, group, name, message, .. } = outcome;
        let group = if group.is_empty() { String::new() } else { format!(" ({group})") };
        let _ = writeln!(out, "{file}:{line}{group}: {name}\n   {}", message.replace('\n', "\n   "));
    }
    let failed = failed(outcomes);
    let _ = write!(out, "{} passed, {failed} failed", outcomes.len() - failed);
    out
}

fn junit(outcomes: &[Outcome]) -> String {
    let counts = |some: &[Outcome]| {
        let count = |status: &[Status]| some.iter().filter(|it| status.contains(&it.status)).count();
        let (failures, errors) = (count(&[Status::Fail]), count(&[Status::Error, Status::CompileError]));
        format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", some.len())
    };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites {}>", counts(outcomes));
    for suite in outcomes.chunk_by(|a, b| a.file == b.file) {
        let _ = writeln!(out, "  <testsuite name=\"{}\" {}>", escaped(&suite[0].file), counts(suite));
        suite.iter().for_each(|outcome| case(outcome, &mut out));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>");
    out
}

fn case(outcome: &Outcome, out: &mut String) {
    let Outcome { file, line, group, name, status, message, .. } = outcome;
    let class = if group.is_empty() { file } else { group };
    let (class, name, file, message) = (escaped(class), escaped(name), escaped(file), escaped(message));
    let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\" file=\"{file}\" line=\"{line}\"");
    let (tag, kind) = match status {
        Status::Pass => return out.push_str("/>\n"),
        Status::Fail => ("failure", "fail"),
        Status::Error => ("error", "error"),
        Status::CompileError => ("error", "compile-error"),
    };
    let _ = writeln!(out, ">\n      <{tag} type=\"{kind}\" message=\"{message}\"/>\n    </testcase>");
}

/// A text as an attribute of XML, which has no place for most control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &str, status: Status, message: &str) -> Outcome {
        let (file, group) = ("a&b.dark".to_owned(), String::new());
        let (name, message) = (name.to_owned(), message.to_owned());
        Outcome { file, line: 3, group, name, status, message, rank: 0 }
    }

    #[test]
    fn people_read_what_failed() {
        let outcomes = [outcome("1", Status::Pass, ""), outcome("2", Status::Fail, "expected: 3\nfound:    2")];
        let said = write(&outcomes, Report::Human);
        assert_eq!(said, "a&b.dark:3: 2\n   expected: 3\n   found:    2\n1 passed, 1 failed");
    }

    #[test]
    fn xml_is_escaped() {
        let outcomes = [outcome("\"<\x01>\" ++ x", Status::Error, "a\nb"), outcome("1", Status::Pass, "")];
        let xml = write(&outcomes, Report::Junit);
        assert!(xml.contains("<testsuite name=\"a&amp;b.dark\" tests=\"2\" failures=\"0\" errors=\"1\">"), "{xml}");
        assert!(xml.contains("name=\"&quot;&lt;\u{fffd}&gt;&quot; ++ x\""), "{xml}");
        assert!(xml.contains("<error type=\"error\" message=\"a&#10;b\"/>"), "{xml}");
    }

    #[test]
    fn machines_read_the_agreed_fields() {
        let json = write(&[outcome("1", Status::CompileError, "no")], Report::Json);
        let fields = "{\"file\":\"a&b.dark\",\"line\":3,\"group\":\"\",\"name\":\"1\",\"status\":\"compile-error\",\"message\":\"no\"}";
        assert_eq!(json, fields);
    }
}
