//! dark_ir
