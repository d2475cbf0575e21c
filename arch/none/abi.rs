//! Structs and constants: the shared ones.

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::tty::*;
