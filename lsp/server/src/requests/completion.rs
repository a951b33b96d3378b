//! `textDocument/completion`

use crate::state::State;
use dark_ide::CompletionKind;
use tower_lsp::lsp_types::*;

/// A short list marked incomplete is what keeps completion of a bare name fast in large projects.
const ITEMS_MAX: usize = 200;

pub fn handle(state: &mut State, params: CompletionParams) -> Option<CompletionResponse> {
    let at = state.place(&params.text_document_position)?;
    let project = state.project_mut(at.project)?;
    let mut found = project.analysis.completions(at.file, at.offset);
    let is_incomplete = found.items.len() > ITEMS_MAX;
    found.items.truncate(ITEMS_MAX);
    let range = project.range(at.file, found.replace)?;
    let items = found.items.into_iter().enumerate().map(|(rank, item)| CompletionItem {
        kind: Some(kind(item.kind)),
        detail: item.detail,
        documentation: item
            .docs
            .map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })),
        sort_text: Some(format!("{rank:04}")),
        filter_text: Some(item.label.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: item.insert })),
        label: item.label,
        ..Default::default()
    });
    Some(CompletionResponse::List(CompletionList { is_incomplete, items: items.collect() }))
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Local => CompletionItemKind::VARIABLE,
        CompletionKind::Function => CompletionItemKind::FUNCTION,
        CompletionKind::Value => CompletionItemKind::CONSTANT,
        CompletionKind::Field => CompletionItemKind::FIELD,
        CompletionKind::Module => CompletionItemKind::MODULE,
        CompletionKind::Type => CompletionItemKind::STRUCT,
        CompletionKind::Case => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Datastore => CompletionItemKind::CLASS,
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
    }
}
