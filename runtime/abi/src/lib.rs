//! dark_abi
