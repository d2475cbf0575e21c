//! The data of a machine that has no folder: no call, and the errnos and signals of asm-generic.

pub mod convention;
pub mod errno;
pub mod nr;
pub mod signal;
