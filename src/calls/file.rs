//! Files by name.

use core::ffi::CStr;

use crate::Result;
use crate::arch::abi;
use crate::buffer::{Buffer, fill};
use crate::fd::{AT_FDCWD, BorrowedFd, OwnedFd};
use crate::reg::Reg;
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

flags! {
    /// How a file is opened (openat(2)), and the flags of an open file (fcntl(2), pipe2(2)).
    pub type OpenFlags = OpenFlagsFamily(u32) {
        /// For reading. The access mode is a value and not a flag: [`O_ACCMODE`] masks it.
        O_RDONLY = abi::O_RDONLY,
        /// For writing.
        O_WRONLY = abi::O_WRONLY,
        /// For reading and writing.
        O_RDWR = abi::O_RDWR,
        /// Make the file if it is not there; its mode is an argument.
        O_CREAT = abi::O_CREAT,
        /// With O_CREAT: `EEXIST` if it is there.
        O_EXCL = abi::O_EXCL,
        /// A terminal does not become the process's controlling one.
        O_NOCTTY = abi::O_NOCTTY,
        /// Cut the file to length 0.
        O_TRUNC = abi::O_TRUNC,
        /// Each write goes to the end of the file.
        O_APPEND = abi::O_APPEND,
        /// Do not wait: `EAGAIN` instead.
        O_NONBLOCK = abi::O_NONBLOCK,
        /// As O_DSYNC, and the metadata too.
        O_SYNC = abi::__O_SYNC | abi::O_DSYNC,
        /// Each write returns when the data is on the disk.
        O_DSYNC = abi::O_DSYNC,
        /// Signal when input or output becomes possible.
        O_ASYNC = abi::O_ASYNC,
        /// Past the page cache; for a pipe: packets.
        O_DIRECT = abi::O_DIRECT,
        /// Sizes that do not fit into 31 bits are welcome; 64-bit kernels set it themselves.
        O_LARGEFILE = abi::O_LARGEFILE,
        /// `ELOOP` if it is a symbolic link.
        O_NOFOLLOW = abi::O_NOFOLLOW,
        /// Reading does not change the time of the last access.
        O_NOATIME = abi::O_NOATIME,
        /// execve(2) closes the fd.
        O_CLOEXEC = abi::O_CLOEXEC,
        /// The fd only names the file.
        O_PATH = abi::O_PATH,
        /// An unnamed file in a directory.
        O_TMPFILE = abi::__O_TMPFILE | abi::O_DIRECTORY,
        /// `ENOTDIR` if it is no directory.
        O_DIRECTORY = abi::O_DIRECTORY,
    }
}

/// The bits of the access mode: [`O_RDONLY`], [`O_WRONLY`] or [`O_RDWR`].
pub const O_ACCMODE: OpenFlags = O_WRONLY.union(O_RDWR);

flags! {
    /// How the calls that take a directory's fd and a path treat the path. Each call knows some of them, and answers
    /// the others with `EINVAL`.
    pub type AtFlags = AtFlagsFamily(u32) {
        /// A symbolic link at the end of the path is meant itself.
        AT_SYMLINK_NOFOLLOW = 0x100,
        /// For [`sys_unlinkat`]: remove a directory.
        AT_REMOVEDIR = 0x200,
        /// The file that a symbolic link at the end of the path leads to is meant, where the link is by default.
        AT_SYMLINK_FOLLOW = 0x400,
        /// Do not mount what would be mounted on the end of the path when it is used (autofs).
        AT_NO_AUTOMOUNT = 0x800,
        /// If the path is empty, what the fd itself stands for is meant.
        AT_EMPTY_PATH = 0x1000,
        /// For [`sys_statx`](crate::sys_statx): ask the server, if the file is on one.
        AT_STATX_FORCE_SYNC = 0x2000,
        /// For [`sys_statx`](crate::sys_statx): take what is cached, if the file is on a server.
        AT_STATX_DONT_SYNC = 0x4000,
    }
}

/// For [`sys_statx`](crate::sys_statx): ask the server or not as stat(2) would, the default.
pub const AT_STATX_SYNC_AS_STAT: AtFlags = AtFlags::empty();

/// The kernel sets O_LARGEFILE itself where registers have 64 bits.
const LARGE: OpenFlags = if wide::HALVES { O_LARGEFILE } else { OpenFlags::empty() };

blocking! {
    /// openat(2): opens the file that `path` names, and makes it if `flags` say so. The fd is the lowest number that is
    /// free.
    ///
    /// A relative `path` begins at the directory `dirfd`, or at the current one for [`AT_FDCWD`]. `mode` is the
    /// permissions of a file that is made ([`O_CREAT`], [`O_TMPFILE`]), without the bits that [`sys_umask`] holds back;
    /// otherwise it means nothing. Without [`O_CLOEXEC`] the fd survives execve(2).
    ///
    /// ```
    /// use rawtrap::{AT_FDCWD, O_CLOEXEC, O_RDONLY, sys_openat, sys_read};
    /// let file = sys_openat(AT_FDCWD, c"/proc/version", O_RDONLY | O_CLOEXEC, 0)?;
    /// let mut buf = [0; 64];
    /// let count = sys_read(file.as_fd(), &mut buf)?;
    /// assert!(buf[..count].starts_with(b"Linux version"));
    /// # Ok::<(), rawtrap::Errno>(())
    /// ```
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
    /// And of opening:
    /// - `EACCES`: the file's permissions, or those of the directory where it would be made, do not allow it; or
    ///   /proc/sys/fs/protected_regular and its sisters forbid `O_CREAT` on another user's file (proc(5)).
    /// - `EEXIST`: `O_CREAT | O_EXCL`, and the name is taken.
    /// - `EISDIR`: a directory, for writing or with `O_CREAT`.
    /// - `ENOTDIR`: `O_DIRECTORY`, and it is none.
    /// - `ELOOP`: `O_NOFOLLOW`, and it is a symbolic link.
    /// - `EMFILE`, `ENFILE`: the process, or the system, has too many files open.
    /// - `ENOSPC`, `EDQUOT`: no room for a new file.
    /// - `EINVAL`: flags that do not go together (`O_TMPFILE` without writing), or that the file system lacks
    ///   (`O_DIRECT`).
    /// - `ENXIO`: `O_WRONLY | O_NONBLOCK` on a FIFO that nobody reads; a Unix socket; a device without a driver.
    /// - `EINTR`: a signal came while the open waited, as it does for the other end of a FIFO.
    /// - `EAGAIN`: `O_NONBLOCK`, and another process has a lease on the file (fcntl(2)).
    /// - `EROFS`: for writing, on a file system that is read-only.
    /// - `ETXTBSY`: for writing, a program that is running, or a swap file.
    /// - `EBUSY`: `O_EXCL` on a block device in use.
    /// - `EPERM`: `O_NOATIME` on another user's file, or a file that is sealed, immutable or append-only.
    /// - `EOPNOTSUPP`: `O_TMPFILE`, and the file system has none.
    ///
    /// # Kernel
    /// Since Linux 2.6.16; `O_PATH` since 2.6.39, `O_TMPFILE` since 3.11. Where registers have 32 bits this function adds
    /// [`O_LARGEFILE`], without which the kernel refuses files of 2 GiB and more; 64-bit kernels set it themselves.
    /// Unknown flags are ignored. Source: open(2).
    #[inline]
    pub fn sys_openat(dirfd: BorrowedFd<'_>, path: &CStr, flags: OpenFlags, mode: u32) -> Result<OwnedFd> {
        // SAFETY: the kernel only reads `path`, up to its zero byte, and the fd that it answers is new.
        unsafe { call!(may_block: SYS_openat, dirfd, path.as_ptr(), flags | LARGE, mode) }
    }

    /// open(2), which is [`sys_openat`] on [`AT_FDCWD`]: a relative `path` begins at the current directory.
    ///
    /// # Errors
    /// Those of [`sys_openat`].
    ///
    /// # Kernel
    /// The call that is made is openat(2), on every architecture, as the newer ones have no open(2); [`O_LARGEFILE`] is added
    /// where registers have 32 bits. Source: open(2).
    #[inline]
    pub fn sys_open(path: &CStr, flags: OpenFlags, mode: u32) -> Result<OwnedFd> {
        sys_openat(AT_FDCWD, path, flags, mode)
    }

    /// unlinkat(2): removes a name, and the file with it once it has no other name and nobody has it open. With
    /// [`AT_REMOVEDIR`] in `flags` it is rmdir(2).
    ///
    /// A symbolic link is removed itself. A relative `path` begins at the directory `dirfd`, or at the current one for
    /// [`AT_FDCWD`].
    ///
    /// # Errors
    /// Those of every path, which [`sys_openat`] lists, and:
    /// - `EISDIR`: a directory, without `AT_REMOVEDIR`.
    /// - `ENOTDIR`: no directory, with `AT_REMOVEDIR`.
    /// - `ENOTEMPTY`: the directory has entries.
    /// - `EACCES`: the directory that holds the name may not be written.
    /// - `EPERM`: that directory is sticky and the file another user's, or the file is immutable or append-only, or the
    ///   file system does not remove.
    /// - `EBUSY`: something is mounted there, or the system uses it.
    /// - `EINVAL`: another flag, or the last part of a directory's path is `.`.
    /// - `EROFS`: the file system is read-only.
    /// - `EIO`: the device failed.
    ///
    /// # Kernel
    /// Since Linux 2.6.16, the same on every architecture. Source: unlink(2), rmdir(2).
    #[inline]
    pub fn sys_unlinkat(dirfd: BorrowedFd<'_>, path: &CStr, flags: AtFlags) -> Result<()> {
        // SAFETY: the kernel only reads `path`.
        unsafe { call!(may_block: SYS_unlinkat, dirfd, path.as_ptr(), flags) }
    }

    /// symlinkat(2): makes the symbolic link `path`, which leads to `target`. Whether there is such a target is not
    /// looked at.
    ///
    /// A relative `path` begins at the directory `dirfd`, or at the current one for [`AT_FDCWD`]; a
    /// relative `target` begins, whenever the link is followed, at the directory that holds the link.
    ///
    /// # Errors
    /// Those of every path, which [`sys_openat`] lists (`ENAMETOOLONG` for `target` too), and:
    /// - `EEXIST`: the name is taken.
    /// - `ENOENT`: `target` is empty.
    /// - `EACCES`: the directory may not be written.
    /// - `ENOSPC`, `EDQUOT`: no room for the link.
    /// - `EPERM`: the file system has no symbolic links.
    /// - `EROFS`: the file system is read-only.
    /// - `EIO`: the device failed.
    ///
    /// # Kernel
    /// Since Linux 2.6.16, the same on every architecture. Source: symlink(2).
    #[inline]
    pub fn sys_symlinkat(target: &CStr, dirfd: BorrowedFd<'_>, path: &CStr) -> Result<()> {
        // SAFETY: the kernel only reads both strings.
        unsafe { call!(may_block: SYS_symlinkat, target.as_ptr(), dirfd, path.as_ptr()) }
    }

    /// readlinkat(2): where the symbolic link `path` leads to, as it was given when the link was made.
    ///
    /// See [`Buffer`] for what may be passed. There is no zero byte at the end, and a target that is longer than the
    /// buffer is cut without a word: only an answer shorter than the buffer is surely whole. With an empty `path`,
    /// `dirfd` is the link itself (opened with `O_PATH | O_NOFOLLOW`).
    ///
    /// # Errors
    /// Those of every path, which [`sys_openat`] lists, and:
    /// - `EINVAL`: it is no symbolic link; or the buffer is empty, or as large as 2 GiB.
    /// - `EIO`: the device failed.
    ///
    /// # Kernel
    /// Since Linux 2.6.16; with an empty `path` since 2.6.39. The length of the buffer is an `int`. Source: readlink(2).
    #[inline]
    pub fn sys_readlinkat<B: Buffer>(dirfd: BorrowedFd<'_>, path: &CStr, buf: B) -> Result<B::Filled> {
        // SAFETY: the kernel only reads `path`, writes at most `len` bytes at `start`, and answers how many.
        unsafe {
            fill(
                buf,
                |start, len| call!(may_block: SYS_readlinkat, dirfd, path.as_ptr(), start, len),
            )
        }
    }

    /// ftruncate(2): makes the file `length` bytes long. What lies beyond is lost; what is added reads as zeros, and
    /// takes no space. The fd's own offset stays.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open.
    /// - `EINVAL`: `fd` is not open for writing, or no regular file; or `length` is above `i64::MAX`.
    /// - `EFBIG`: `length` is more than the file system, or the limit `RLIMIT_FSIZE`, allows (the latter with
    ///   `SIGXFSZ`).
    /// - `EPERM`: the file is sealed or append-only, or the file system cannot lengthen it.
    /// - `EINTR`: a signal came while the call waited for a lease.
    /// - `EIO`: the device failed.
    ///
    /// # Kernel
    /// Since Linux 1.0. Where registers have 32 bits this is ftruncate64, of Linux 2.4, and `length` takes two. Source:
    /// truncate(2).
    #[inline]
    pub fn sys_ftruncate(fd: BorrowedFd<'_>, length: u64) -> Result<()> {
        // SAFETY: the kernel touches no memory of ours.
        unsafe { call!(may_block: wide::SYS_ftruncate, fd, length) }
    }
}

/// umask(2): sets which permissions the files that this process makes do not get, and returns what was set before.
///
/// Only the bits `0o777` of `mask` count. All threads share it (unless clone(2) separated them), so changing it to look
/// at it is a race: `Umask:` in /proc/self/status tells without.
///
/// # Errors
/// None. Where the call is not made (another operating system, a seccomp filter) the answer is the negative errno.
///
/// # Kernel
/// Since Linux 1.0, the same on every architecture. Source: umask(2).
#[inline]
pub fn sys_umask(mask: u32) -> u32 {
    // SAFETY: the kernel touches no memory of ours.
    let before: Reg = unsafe { call!(never_blocks: SYS_umask, mask) };
    before.to_usize() as u32
}
