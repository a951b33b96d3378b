//! dark_codegen
