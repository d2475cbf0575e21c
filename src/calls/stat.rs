//! What is known of a file.

use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;

use crate::Result;
use crate::arch::abi::KernelStat;
pub use crate::arch::abi::{STAT_BY_STATX, Stat};
use crate::calls::file::{AT_EMPTY_PATH, AT_NO_AUTOMOUNT, AT_SYMLINK_NOFOLLOW, AtFlags};
use crate::calls::time::Timespec;
use crate::errno::EBADF;
use crate::fd::{AT_FDCWD, BorrowedFd};
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

/// The bits of a mode that are the file's type: `stat.st_mode & S_IFMT == S_IFDIR`.
pub const S_IFMT: u32 = 0o170000;
/// A socket.
pub const S_IFSOCK: u32 = 0o140000;
/// A symbolic link.
pub const S_IFLNK: u32 = 0o120000;
/// A regular file.
pub const S_IFREG: u32 = 0o100000;
/// A block device.
pub const S_IFBLK: u32 = 0o060000;
/// A directory.
pub const S_IFDIR: u32 = 0o040000;
/// A character device.
pub const S_IFCHR: u32 = 0o020000;
/// A FIFO, or a pipe.
pub const S_IFIFO: u32 = 0o010000;
/// In a mode: run it as its owner.
pub const S_ISUID: u32 = 0o004000;
/// In a mode: run it as its group; in a directory's: what is made there gets the directory's group.
pub const S_ISGID: u32 = 0o002000;
/// In a directory's mode: only a file's owner, or the directory's, may remove it.
pub const S_ISVTX: u32 = 0o001000;

/// In a time's nanoseconds, for [`sys_utimensat`]: now.
pub const UTIME_NOW: i64 = (1 << 30) - 1;
/// In a time's nanoseconds, for [`sys_utimensat`]: it stays.
pub const UTIME_OMIT: i64 = (1 << 30) - 2;

/// Makes a call that fills a struct of the kernel's, `K`, which may be another than the one to return.
///
/// # Safety
/// If `call` succeeds, it has initialised the struct.
#[inline(always)]
unsafe fn filled<K, T: From<K>>(call: impl FnOnce(*mut K) -> Result<()>) -> Result<T> {
    let mut answer = MaybeUninit::uninit();
    // SAFETY: the caller answers for `call`.
    call(answer.as_mut_ptr()).map(|()| T::from(unsafe { answer.assume_init() }))
}

blocking! {
    /// newfstatat(2), fstatat(2) in C: what is known of the file that `path` names.
    ///
    /// A relative `path` begins at the directory `dirfd`, or at the current one for [`AT_FDCWD`]. In `flags`,
    /// [`AT_SYMLINK_NOFOLLOW`] asks of a symbolic link itself; with [`AT_EMPTY_PATH`](crate::AT_EMPTY_PATH) and an
    /// empty `path`, `dirfd` is the file. The file itself needs no permission.
    ///
    /// # Errors
    /// Those of every path:
    /// - `ENOENT`: a part of the path is not there, or leads nowhere as a symbolic link; or the path is empty.
    /// - `ENOTDIR`: a part of the path that should be a directory is none; or the path is relative and `dirfd` is none.
    /// - `EACCES`: a directory on the way may not be searched.
    /// - `ELOOP`: more than 40 symbolic links on the way.
    /// - `ENAMETOOLONG`: a name is longer than 255 bytes, or the path than 4095.
    /// - `EBADF`: the path is relative, and `dirfd` is not open.
    /// - `ENOMEM`: the kernel has no memory left.
    ///
    /// And `EINVAL`: another flag.
    ///
    /// # Kernel
    /// Since Linux 2.6.16; `AT_EMPTY_PATH` since 2.6.39. Where the machine's own struct has 32-bit times or no nanoseconds,
    /// and on riscv32 and loongarch64, which began without the call, this is statx(2), of Linux 4.11. Source: stat(2).
    #[inline]
    pub fn sys_newfstatat(dirfd: BorrowedFd<'_>, path: &CStr, flags: AtFlags) -> Result<Stat> {
        // SAFETY: the kernel only reads `path`, and writes the whole struct, its padding too.
        unsafe {
            filled::<KernelStat, _>(|stat| {
                if STAT_BY_STATX {
                    // As stat(2) and its sisters, it is to mount nothing (fs/stat.c, vfs_fstatat).
                    let flags = flags | AT_NO_AUTOMOUNT;
                    call!(may_block: SYS_statx, dirfd, path.as_ptr(), flags, STATX_BASIC_STATS, stat)
                } else {
                    call!(may_block: SYS_newfstatat, dirfd, path.as_ptr(), stat, flags)
                }
            })
        }
    }

    /// fstat(2): what is known of the file behind `fd`.
    ///
    /// ```
    /// use rawtrap::{O_CLOEXEC, S_IFIFO, S_IFMT, sys_fstat, sys_pipe2};
    /// let (reader, _writer) = sys_pipe2(O_CLOEXEC)?;
    /// assert_eq!(sys_fstat(reader.as_fd())?.st_mode & S_IFMT, S_IFIFO);
    /// # Ok::<(), rawtrap::Errno>(())
    /// ```
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open.
    ///
    /// # Kernel
    /// Since Linux 1.0; statx(2) where [`sys_newfstatat`] is. Source: stat(2).
    #[inline]
    pub fn sys_fstat(fd: BorrowedFd<'_>) -> Result<Stat> {
        // By that number statx(2) knows the current directory, and fstat(2) nothing.
        if STAT_BY_STATX && fd.as_raw() == AT_FDCWD.as_raw() {
            return Err(EBADF);
        }
        // SAFETY: the kernel writes the whole struct, its padding too.
        unsafe {
            filled::<KernelStat, _>(|stat| {
                if STAT_BY_STATX {
                    call!(may_block: SYS_statx, fd, c"".as_ptr(), AT_EMPTY_PATH, STATX_BASIC_STATS, stat)
                } else {
                    call!(may_block: SYS_fstat, fd, stat)
                }
            })
        }
    }

    /// stat(2), which is [`sys_newfstatat`] on [`AT_FDCWD`] without flags: what is known of the file that `path` leads
    /// to.
    ///
    /// # Errors
    /// Those of [`sys_newfstatat`].
    ///
    /// # Kernel
    /// The call that is made is newfstatat(2), as the newer architectures have no stat(2). Source: stat(2).
    #[inline]
    pub fn sys_stat(path: &CStr) -> Result<Stat> {
        sys_newfstatat(AT_FDCWD, path, AtFlags::empty())
    }

    /// lstat(2), which is [`sys_newfstatat`] on [`AT_FDCWD`] with [`AT_SYMLINK_NOFOLLOW`]: as [`sys_stat`], but of a
    /// symbolic link itself.
    ///
    /// # Errors
    /// Those of [`sys_newfstatat`].
    ///
    /// # Kernel
    /// The call that is made is newfstatat(2), as the newer architectures have no lstat(2). Source: stat(2).
    #[inline]
    pub fn sys_lstat(path: &CStr) -> Result<Stat> {
        sys_newfstatat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW)
    }

    /// statx(2): what is known of the file that `path` names, more of it than [`sys_newfstatat`] tells.
    ///
    /// `mask` says what is wanted; the kernel may tell more or less, and [`Statx::stx_mask`] says what it told.
    /// `dirfd`, `path` and `flags` are as for [`sys_newfstatat`]; [`AT_STATX_FORCE_SYNC`](crate::AT_STATX_FORCE_SYNC)
    /// and [`AT_STATX_DONT_SYNC`](crate::AT_STATX_DONT_SYNC) say whether a server is asked, and what is mounted on use
    /// is mounted, unless [`AT_NO_AUTOMOUNT`] is given.
    ///
    /// # Errors
    /// Those of [`sys_newfstatat`], and `EINVAL` for both of `AT_STATX_FORCE_SYNC` and `AT_STATX_DONT_SYNC`, or for the bit
    /// 31 of `mask`.
    ///
    /// # Kernel
    /// Since Linux 4.11, the same on every architecture. What a kernel does not know of is 0, and not in `stx_mask`. Source:
    /// statx(2), include/uapi/linux/stat.h.
    #[inline]
    pub fn sys_statx(dirfd: BorrowedFd<'_>, path: &CStr, flags: AtFlags, mask: StatxMask) -> Result<Statx> {
        // SAFETY: the kernel only reads `path`, and writes a whole `struct statx`, what is spare too.
        unsafe { filled::<Statx, _>(|statx| call!(may_block: SYS_statx, dirfd, path.as_ptr(), flags, mask, statx)) }
    }

    /// utimensat(2): sets when the file that `path` names was last read and when it was last changed, in this order;
    /// without `times` both to now.
    ///
    /// [`UTIME_NOW`] as nanoseconds means now, [`UTIME_OMIT`] that this time stays, whatever the seconds are. `dirfd` and
    /// `path` are as for [`sys_newfstatat`]; without a `path`, `dirfd` is the file. In `flags`, [`AT_SYMLINK_NOFOLLOW`]
    /// means a symbolic link itself.
    ///
    /// # Errors
    /// Those of every path, which [`sys_newfstatat`] lists, and:
    /// - `EACCES`: now, and the file is another's, and may not be written.
    /// - `EPERM`: another time than now, and the file is another's; or it is immutable or append-only.
    /// - `EINVAL`: another flag; or nanoseconds that are neither below 1,000,000,000 nor one of the two.
    /// - `EFAULT`: neither a path nor a `dirfd`, which is then [`AT_FDCWD`].
    /// - `EROFS`: the file system is read-only.
    ///
    /// # Kernel
    /// Since Linux 2.6.22. Where registers have 32 bits this is utimensat_time64, of Linux 5.1. A time that the file system
    /// cannot hold becomes the last that it can (ext4 with small inodes: 2038). Source: utimensat(2).
    #[inline]
    pub fn sys_utimensat(
        dirfd: BorrowedFd<'_>,
        path: Option<&CStr>,
        times: Option<&[Timespec; 2]>,
        flags: AtFlags,
    ) -> Result<()> {
        let path = path.map_or(ptr::null(), CStr::as_ptr);
        let times = times.map_or(ptr::null(), ptr::from_ref);
        // SAFETY: the kernel only reads `path` and the times.
        unsafe { call!(may_block: wide::SYS_utimensat, dirfd, path, times, flags) }
    }
}

flags! {
    /// What [`sys_statx`] is asked for, and what it found out ([`Statx::stx_mask`]).
    pub type StatxMask = StatxMaskFamily(u32) {
        /// All that stat(2) tells.
        STATX_BASIC_STATS = 0x7ff,
        /// The type in `stx_mode`.
        STATX_TYPE = 0x1,
        /// The permissions in `stx_mode`.
        STATX_MODE = 0x2,
        /// `stx_nlink`.
        STATX_NLINK = 0x4,
        /// `stx_uid`.
        STATX_UID = 0x8,
        /// `stx_gid`.
        STATX_GID = 0x10,
        /// `stx_atime`.
        STATX_ATIME = 0x20,
        /// `stx_mtime`.
        STATX_MTIME = 0x40,
        /// `stx_ctime`.
        STATX_CTIME = 0x80,
        /// `stx_ino`.
        STATX_INO = 0x100,
        /// `stx_size`.
        STATX_SIZE = 0x200,
        /// `stx_blocks`.
        STATX_BLOCKS = 0x400,
        /// `stx_btime`.
        STATX_BTIME = 0x800,
        /// `stx_mnt_id`, which may be used again (Linux 5.8).
        STATX_MNT_ID = 0x1000,
        /// `stx_dio_mem_align` and `stx_dio_offset_align` (Linux 6.1).
        STATX_DIOALIGN = 0x2000,
        /// `stx_mnt_id`, as one that is never used again (Linux 6.8).
        STATX_MNT_ID_UNIQUE = 0x4000,
        /// `stx_subvol` (Linux 6.10).
        STATX_SUBVOL = 0x8000,
        /// The `stx_atomic_write_` fields (Linux 6.11).
        STATX_WRITE_ATOMIC = 0x1_0000,
        /// `stx_dio_read_offset_align` (Linux 6.14).
        STATX_DIO_READ_ALIGN = 0x2_0000,
    }
}

flags! {
    /// What is special about a file ([`Statx::stx_attributes`]).
    pub type StatxAttributes = StatxAttributesFamily(u64) {
        /// The file system compresses it.
        STATX_ATTR_COMPRESSED = 0x4,
        /// It cannot be changed.
        STATX_ATTR_IMMUTABLE = 0x10,
        /// It can only be appended to.
        STATX_ATTR_APPEND = 0x20,
        /// dump(8) passes it by.
        STATX_ATTR_NODUMP = 0x40,
        /// The file system needs a key for it.
        STATX_ATTR_ENCRYPTED = 0x800,
        /// Using it mounts something on it.
        STATX_ATTR_AUTOMOUNT = 0x1000,
        /// It is the root of a mount (Linux 5.8).
        STATX_ATTR_MOUNT_ROOT = 0x2000,
        /// fs-verity protects it (Linux 5.5).
        STATX_ATTR_VERITY = 0x10_0000,
        /// It is accessed past the page cache, as memory (Linux 5.8).
        STATX_ATTR_DAX = 0x20_0000,
        /// It can be written atomically (Linux 6.11).
        STATX_ATTR_WRITE_ATOMIC = 0x40_0000,
    }
}

/// A time in [`Statx`], the kernel's `struct statx_timestamp`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct StatxTimestamp {
    /// Seconds since 1970, on every architecture in 64 bits.
    pub tv_sec: i64,
    /// The nanoseconds to that.
    pub tv_nsec: u32,
    __reserved: i32,
}

/// What [`sys_statx`] answers, the kernel's `struct statx`: the same on every architecture. New kernels give names to
/// what is spare, the size stays.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Statx {
    /// Which of the fields hold something.
    pub stx_mask: StatxMask,
    /// How many bytes at a time suit the file system.
    pub stx_blksize: u32,
    /// What is special about the file.
    pub stx_attributes: StatxAttributes,
    /// How many names the file has.
    pub stx_nlink: u32,
    /// The owner.
    pub stx_uid: u32,
    /// The group.
    pub stx_gid: u32,
    /// The file's type ([`S_IFMT`], which is wider) and its permissions.
    pub stx_mode: u16,
    __spare0: u16,
    /// The file's number on its device.
    pub stx_ino: u64,
    /// The length in bytes; of a symbolic link, its target's.
    pub stx_size: u64,
    /// The space that the file takes, in units of 512 bytes.
    pub stx_blocks: u64,
    /// Which of the attributes this file system knows.
    pub stx_attributes_mask: StatxAttributes,
    /// When it was last read.
    pub stx_atime: StatxTimestamp,
    /// When it was made.
    pub stx_btime: StatxTimestamp,
    /// When its content or what is known of it last changed.
    pub stx_ctime: StatxTimestamp,
    /// When its content last changed.
    pub stx_mtime: StatxTimestamp,
    /// The device that the file stands for, if it is a device: the major number.
    pub stx_rdev_major: u32,
    /// And the minor number.
    pub stx_rdev_minor: u32,
    /// The device that holds the file: the major number.
    pub stx_dev_major: u32,
    /// And the minor number.
    pub stx_dev_minor: u32,
    /// The mount that it was found through.
    pub stx_mnt_id: u64,
    /// How `O_DIRECT` wants memory aligned; 0: this file has no `O_DIRECT`.
    pub stx_dio_mem_align: u32,
    /// How `O_DIRECT` wants offsets and lengths aligned.
    pub stx_dio_offset_align: u32,
    /// The subvolume that holds the file.
    pub stx_subvol: u64,
    /// The least bytes of an atomic write.
    pub stx_atomic_write_unit_min: u32,
    /// The most bytes of an atomic write.
    pub stx_atomic_write_unit_max: u32,
    /// The most buffers of an atomic write.
    pub stx_atomic_write_segments_max: u32,
    /// How `O_DIRECT` wants the offsets of reads aligned, where that is less strict.
    pub stx_dio_read_offset_align: u32,
    /// The most bytes of an atomic write that is fast.
    pub stx_atomic_write_unit_max_opt: u32,
    __spare2: u32,
    __spare3: [u64; 8],
}
