//! `textDocument/definition`

use crate::state::State;
use tower_lsp::lsp_types::{GotoDefinitionParams, GotoDefinitionResponse, Location};

pub fn handle(state: &mut State, params: GotoDefinitionParams) -> Option<GotoDefinitionResponse> {
    let at = state.place(&params.text_document_position_params)?;
    let project = state.project(at.project)?;
    let target = project.analysis.definition(at.file, at.offset)?;
    let uri = project.uri(target.file)?;
    let range = project.range(target.file, target.span)?;
    Some(GotoDefinitionResponse::Scalar(Location { uri, range }))
}
