//! Structs and constants of hexagon: the shared ones, and what differs (arch/hexagon/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction_without_restorer::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::stat_by_statx::*;
pub use crate::arch::generic::tty::*;
