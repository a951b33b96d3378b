//! Matches that miss a case, and cases that cannot be reached.

use crate::body::SourceMap;
use crate::matching::Finding;
use dark_diagnostics::{Diagnostic, codes};
use dark_source::FileId;

pub fn describe(finding: &Finding, map: &SourceMap, file: FileId, out: &mut Vec<Diagnostic>) {
    let scrutinee = map.exprs.get(finding.scrutinee.index()).copied().unwrap_or_default();
    if let Some((first, rest)) = finding.missing.split_first() {
        let more = if rest.is_empty() { "" } else { " and others" };
        let title = format!("this `match` misses `{first}`{more}");
        let mut it = Diagnostic::new(codes::W0401, title, file, scrutinee, "not every value of this has a case");
        let cases: Vec<String> = finding.missing.iter().map(|missing| format!("| {missing} -> …")).collect();
        it = it.help(format!("add {}", cases.join("  ")));
        out.push(it.note("a value without a case ends the run with a failure"));
    }
    for pat in &finding.unreachable {
        let span = map.pats.get(pat.index()).copied().unwrap_or_default();
        let it =
            Diagnostic::new(codes::W0402, "this case is never reached", file, span, "the cases above take everything");
        out.push(it.help("remove it, or move it above the case that takes its values"));
    }
}
