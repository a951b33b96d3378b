//! dark_hir
