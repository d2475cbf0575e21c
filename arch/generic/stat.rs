//! What is known of a file, where registers have 64 bits: include/uapi/asm-generic/stat.h. The seconds are signed here as
//! the kernel stores them, whatever the header says: a file may be older than 1970.

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
    /// The file's type ([`S_IFMT`](crate::S_IFMT)) and its permissions.
    pub st_mode: u32,
    /// How many names the file has.
    pub st_nlink: u32,
    /// The owner.
    pub st_uid: u32,
    /// The group.
    pub st_gid: u32,
    /// The device that the file stands for, if it is a device.
    pub st_rdev: u64,
    __pad1: u64,
    /// The length in bytes; of a symbolic link, its target's.
    pub st_size: i64,
    /// How many bytes at a time suit the file system.
    pub st_blksize: i32,
    __pad2: i32,
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
    __unused4: u32,
    __unused5: u32,
}

/// What the call that [`crate::sys_fstat`] makes fills in.
pub type KernelStat = Stat;
/// Whether [`Stat`] is our own, made from what statx(2) answers, and no struct of the kernel's.
pub const STAT_BY_STATX: bool = false;
