//! `textDocument/formatting`

use crate::state::State;
use dark_source::Span;
use tower_lsp::lsp_types::{DocumentFormattingParams, TextEdit};

/// One edit that replaces the text, or none if it is as it should be. The editor's tab size is not asked: there is one format.
pub fn handle(state: &mut State, params: DocumentFormattingParams) -> Option<Vec<TextEdit>> {
    let (project, file) = state.file(&params.text_document.uri)?;
    let project = state.project(project)?;
    let (before, after) = (project.text(file)?, project.analysis.formatted(file)?);
    if before == after {
        return Some(Vec::new());
    }
    let range = project.range(file, Span::new(0, before.len()))?;
    Some(vec![TextEdit { range, new_text: after }])
}
