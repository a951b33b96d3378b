//! `textDocument/hover`

use crate::state::State;
use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

pub fn handle(state: &mut State, params: HoverParams) -> Option<Hover> {
    let at = state.place(&params.text_document_position_params)?;
    let project = state.project(at.project)?;
    let hover = project.analysis.hover(at.file, at.offset)?;
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: hover.markdown }),
        range: project.range(at.file, hover.span),
    })
}
