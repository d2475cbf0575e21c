//! What is known of a file, on machines whose own `struct stat` has 32-bit times or no nanoseconds, or whose kernel has
//! no call that fills one: statx(2) is asked.

use crate::{Statx, StatxTimestamp};

/// What stat(2) and its sisters answer, made from a [`Statx`]: the fields are those of asm-generic's `struct stat` on
/// machines with 64-bit registers, and the layout is nobody's.
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
    /// The length in bytes; of a symbolic link, its target's.
    pub st_size: i64,
    /// How many bytes at a time suit the file system.
    pub st_blksize: i32,
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
}

/// What the call that [`crate::sys_fstat`] makes fills in.
pub type KernelStat = Statx;
/// Whether [`Stat`] is our own, made from what statx(2) answers, and no struct of the kernel's.
pub const STAT_BY_STATX: bool = true;

/// A device's number as the kernel has it in a `struct stat` of 64-bit machines (include/linux/kdev_t.h,
/// `new_encode_dev`): 12 bits of the major number stand between the low 8 and the high 12 of the minor.
const fn device(major: u32, minor: u32) -> u64 {
    (minor & 0xff | (major & 0xfff) << 8 | (minor & 0xf_ff00) << 12) as u64
}

impl From<Statx> for Stat {
    #[inline]
    fn from(statx: Statx) -> Stat {
        let nanoseconds = |time: StatxTimestamp| u64::from(time.tv_nsec);
        Stat {
            st_dev: device(statx.stx_dev_major, statx.stx_dev_minor),
            st_ino: statx.stx_ino,
            st_mode: statx.stx_mode.into(),
            st_nlink: statx.stx_nlink,
            st_uid: statx.stx_uid,
            st_gid: statx.stx_gid,
            st_rdev: device(statx.stx_rdev_major, statx.stx_rdev_minor),
            st_size: statx.stx_size as i64,
            st_blksize: statx.stx_blksize as i32,
            st_blocks: statx.stx_blocks as i64,
            st_atime: statx.stx_atime.tv_sec,
            st_atime_nsec: nanoseconds(statx.stx_atime),
            st_mtime: statx.stx_mtime.tv_sec,
            st_mtime_nsec: nanoseconds(statx.stx_mtime),
            st_ctime: statx.stx_ctime.tv_sec,
            st_ctime_nsec: nanoseconds(statx.stx_ctime),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_has_the_kernel_s_number() {
        assert_eq!(device(8, 1), 0x801);
        assert_eq!(device(0xabc, 0x12345), 0x123a_bc45);
    }
}
