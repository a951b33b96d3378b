//! dark_ide
