//! Core: small, typed, specialised A-normal form between the checked program and LLVM. Plain data: passes and codegen
//! take it and return it; the salsa database is read only in `lower`.
//!
//! Reading order: `core`, `types`, `layout`, `intrinsics`, `stages`, `lower`, `query`, `passes`, `parts`, `verify`, `print`.

pub mod children;
pub mod core;
pub mod intrinsics;
pub mod layout;
pub mod lower;
pub mod parts;
pub mod passes;
pub mod print;
pub mod query;
pub mod stages;
pub mod types;
pub mod verify;
