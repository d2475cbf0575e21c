//! Structs and constants of x86: the shared ones, and what differs (arch/x86/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::stat_by_statx::*;
pub use crate::arch::generic::tty::*;

pub const SET_THREAD_AREA: crate::Sysno = crate::SYS_set_thread_area;
