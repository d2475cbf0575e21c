//! Structs and constants of powerpc: the shared ones, and what differs (arch/powerpc/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::stat_by_statx::*;

pub const O_DIRECTORY: u32 = 0o40000;
pub const O_NOFOLLOW: u32 = 0o100000;
pub const O_LARGEFILE: u32 = 0o200000;
pub const O_DIRECT: u32 = 0o400000;

pub const MAP_NORESERVE: u32 = 0x40;
pub const MAP_LOCKED: u32 = 0x80;

pub const SO_RCVLOWAT: u32 = 16;
pub const SO_SNDLOWAT: u32 = 17;
pub const SO_RCVTIMEO_OLD: u32 = 18;
pub const SO_SNDTIMEO_OLD: u32 = 19;
pub const SO_PASSCRED: u32 = 20;
pub const SO_PEERCRED: u32 = 21;

// Their numbers are packed as asm/ioctl.h has it, and tell the size of what they point to.
pub const TCGETS: u32 = 0x402c_7413;
pub const TCSETS: u32 = 0x802c_7414;
pub const TCSETSW: u32 = 0x802c_7415;
pub const TCSETSF: u32 = 0x802c_7416;
pub const TIOCGPGRP: u32 = 0x4004_7477;
pub const TIOCSPGRP: u32 = 0x8004_7476;
pub const TIOCGWINSZ: u32 = 0x4008_7468;
pub const FIONREAD: u32 = 0x4004_667f;
pub const FIONBIO: u32 = 0x8004_667e;
pub const FIONCLEX: u32 = 0x2000_6602;
pub const FIOCLEX: u32 = 0x2000_6601;

pub const _IOC_NONE: u32 = 1;
pub const _IOC_READ: u32 = 2;
pub const _IOC_WRITE: u32 = 4;
pub const _IOC_SIZEBITS: u32 = 13;
