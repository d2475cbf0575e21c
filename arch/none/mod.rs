//! The portable fallback
//!
//! On an operating system other than Linux, and on architectures that have no folder yet, the crate compiles and every
//! call answers `ENOSYS`. Constants and structs are those of `arch/generic/`.

pub mod abi;
#[path = "data.rs"]
mod data;
pub use data::{convention, errno, nr, signal};

pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
