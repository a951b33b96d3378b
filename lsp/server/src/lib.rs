//! dark_lsp
