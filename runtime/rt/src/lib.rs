//! dark_rt
