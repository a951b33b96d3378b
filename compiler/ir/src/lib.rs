//! Core: small, typed, specialised A-normal form between the checked program and LLVM. Plain data: passes and codegen
//! take it and return it; the salsa database is read only in `lower`.
//!
//! Reading order: `core`, `types`, `intrinsics`, `lower`, `passes`, `verify`, `print`.

pub mod core;
pub mod intrinsics;
pub mod types;
