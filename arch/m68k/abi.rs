//! Structs and constants of m68k: the shared ones, and what differs (arch/m68k/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction_without_flag::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::stat_by_statx::*;
pub use crate::arch::generic::tty::*;

pub const O_DIRECTORY: u32 = 0o40000;
pub const O_NOFOLLOW: u32 = 0o100000;
pub const O_DIRECT: u32 = 0o200000;
pub const O_LARGEFILE: u32 = 0o400000;

pub const POLLWRNORM: u16 = 4; // POLLOUT
pub const POLLWRBAND: u16 = 256;
