//! Structs and constants of loongarch64: the shared ones, and what differs (arch/loongarch/include/uapi/asm/signal.h).
//! [`Stat`] is made from statx(2), as fstat(2) came with Linux 6.11.

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction_without_restorer::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::stat_by_statx::*;
pub use crate::arch::generic::tty::*;

pub const MINSIGSTKSZ: usize = 4096;
pub const SIGSTKSZ: usize = 16384;
