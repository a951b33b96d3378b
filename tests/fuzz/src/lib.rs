//! Fuzzing: programs made and changed at random, and what every part of the toolchain promises about them.
//!
//! A *target* makes an input from a number and checks it. The same seed gives the same rounds, so a finding is a pair of
//! numbers; it is made small before it is printed. There is no feedback from coverage: what inputs begin with is every
//! `.dark` file of the tree, and the generator of `programs` knows the types and the whole library.
//!
//! Reading order: `random`, `corpus`, `mutate`, `target` (what one is), `targets` (the front end), `programs` (generated
//! ones, built twice and run), `shrink`, `campaign` (many rounds, with somebody watching).

pub mod campaign;
pub mod corpus;
pub mod mutate;
pub mod programs;
pub mod random;
pub mod shrink;
pub mod target;
pub mod targets;

pub use campaign::{Limit, Report, run_here};
pub use target::{Finding, Target};
