//! Structs and constants of csky: the shared ones, and what differs (arch/csky/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction_without_restorer::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::stat_by_statx::*;
pub use crate::arch::generic::tty::*;

/// arch/csky/kernel/syscall.c, `csky_fadvise64_64`.
pub const FADVISE_ADVICE_SECOND: bool = true;
