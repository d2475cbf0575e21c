//! Structs and constants of powerpc64: the shared ones, and what differs (arch/powerpc/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction::*;
pub use crate::arch::generic::signal::*;

/// What stat(2) and its sisters answer, the kernel's `struct stat`.
///
/// The names are the same on every architecture, the order is not, nor are the widths of `st_nlink` and `st_blksize`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Stat {
    /// The device that holds the file.
    pub st_dev: u64,
    /// The file's number on that device.
    pub st_ino: u64,
    /// How many names the file has.
    pub st_nlink: u64,
    /// The file's type ([`S_IFMT`](crate::S_IFMT)) and its permissions.
    pub st_mode: u32,
    /// The owner.
    pub st_uid: u32,
    /// The group.
    pub st_gid: u32,
    __pad: u32,
    /// The device that the file stands for, if it is a device.
    pub st_rdev: u64,
    /// The length in bytes; of a symbolic link, its target's.
    pub st_size: i64,
    /// How many bytes at a time suit the file system.
    pub st_blksize: i64,
    /// The space that the file takes, in units of 512 bytes.
    pub st_blocks: i64,
    /// When it was last read: seconds since 1970.
    pub st_atime: i64,
    /// The nanoseconds to that.
    pub st_atime_nsec: u64,
    /// When its content last changed.
    pub st_mtime: i64,
    /// The nanoseconds to that.
    pub st_mtime_nsec: u64,
    /// When its content or what is known of it last changed.
    pub st_ctime: i64,
    /// The nanoseconds to that.
    pub st_ctime_nsec: u64,
    __unused: [u64; 3],
}

/// What the call that [`crate::sys_fstat`] makes fills in.
pub type KernelStat = Stat;
/// Whether [`Stat`] is our own, made from what statx(2) answers, and no struct of the kernel's.
pub const STAT_BY_STATX: bool = false;

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

pub const MINSIGSTKSZ: usize = 8192;
pub const SIGSTKSZ: usize = 32768;
