//! Structs and constants of s390x: the shared ones, and what differs (arch/s390/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::tty::*;

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
    __pad1: u32,
    /// The device that the file stands for, if it is a device.
    pub st_rdev: u64,
    /// The length in bytes; of a symbolic link, its target's.
    pub st_size: i64,
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
    /// How many bytes at a time suit the file system.
    pub st_blksize: i64,
    /// The space that the file takes, in units of 512 bytes.
    pub st_blocks: i64,
    __unused: [i64; 3],
}

/// What the call that [`crate::sys_fstat`] makes fills in.
pub type KernelStat = Stat;
/// Whether [`Stat`] is our own, made from what statx(2) answers, and no struct of the kernel's.
pub const STAT_BY_STATX: bool = false;

pub const MMAP_BY_POINTER: bool = true;

// include/uapi/linux/fadvise.h
pub const POSIX_FADV_DONTNEED: u32 = 6;
pub const POSIX_FADV_NOREUSE: u32 = 7;
