//! Structs and constants of sparc: those of both sparcs.

pub use super::family::*;
