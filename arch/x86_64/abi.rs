//! Structs and constants of x86_64: the shared ones, and what differs.

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::tty::*;
