//! dark_platform
