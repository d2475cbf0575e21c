//! The data of csky, which compiles on any host.

pub mod convention;
pub mod errno;
pub mod nr;
pub mod signal;
