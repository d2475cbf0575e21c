//! Reading, writing, and what an fd is.

use crate::Result;
use crate::buffer::{Buffer, IoSlice, IoSliceMut, fill};
use crate::calls::file::OpenFlags;
use crate::fd::{BorrowedFd, OwnedFd};
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

values! {
    /// Where an offset is counted from, for [`sys_lseek`].
    pub type Whence = WhenceFamily(u32) {
        /// From the beginning of the file.
        SEEK_SET = 0,
        /// From the current offset.
        SEEK_CUR = 1,
        /// From the end of the file.
        SEEK_END = 2,
        /// The next data at or after the offset.
        SEEK_DATA = 3,
        /// The next hole at or after the offset.
        SEEK_HOLE = 4,
    }
}

values! {
    /// What fcntl(2) is asked to do; the typed functions below spell the usual ones.
    pub type FcntlCommand = FcntlCommandFamily(u32) {
        /// Duplicate the fd to the lowest free one at or above the argument.
        F_DUPFD = 0,
        /// Get the flags of the fd.
        F_GETFD = 1,
        /// Set the flags of the fd.
        F_SETFD = 2,
        /// Get the flags of the open file.
        F_GETFL = 3,
        /// Set the flags of the open file.
        F_SETFL = 4,
        /// As F_DUPFD, and close the new fd on execve(2).
        F_DUPFD_CLOEXEC = 1030,
        /// Set the capacity of a pipe.
        F_SETPIPE_SZ = 1031,
        /// Get the capacity of a pipe.
        F_GETPIPE_SZ = 1032,
    }
}

flags! {
    /// The flags of an fd, as against those of the open file behind it.
    pub type FdFlags = FdFlagsFamily(u32) {
        /// The fd is closed by execve(2).
        FD_CLOEXEC = 1,
    }
}

blocking! {
    /// read(2): fills `buf` from `fd` and returns what was filled.
    ///
    /// See [`Buffer`] for what may be passed. A count smaller than the buffer is no error: it is what a pipe, a socket
    /// or a terminal had; 0 is the end of the file. [`read_exact`](crate::read_exact) repeats until the buffer is full.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open for reading.
    /// - `EAGAIN`: `fd` is `O_NONBLOCK` and nothing is there yet.
    /// - `EINTR`: a signal came before any byte did; see [`retry`](crate::retry).
    /// - `EISDIR`: `fd` is a directory.
    /// - `EINVAL`: `fd` cannot be read, or `O_DIRECT` and the buffer is not aligned.
    /// - `EIO`: the device failed, or a background process reads from its terminal.
    ///
    /// # Kernel
    /// Since Linux 1.0, the same on every architecture; at most 0x7fff_f000 bytes a call. Source: read(2).
    #[inline]
    pub fn sys_read<B: Buffer>(fd: BorrowedFd<'_>, buf: B) -> Result<B::Filled> {
        // SAFETY: the kernel writes at most `len` bytes at `start`, and answers how many.
        unsafe { fill(buf, |start, len| call!(may_block: SYS_read, fd, start, len)) }
    }

    /// write(2): writes bytes of `buf` to `fd`, and returns how many the kernel took.
    ///
    /// The count may be smaller than `buf.len()`: a pipe or socket had no more room, the disk or a limit ended, a
    /// signal came in the middle. What was not taken is not written: [`write_all`](crate::write_all) goes on with the
    /// rest.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open for writing.
    /// - `EAGAIN`: `fd` is `O_NONBLOCK` and there is no room now.
    /// - `EINTR`: a signal came before any byte was taken; see [`retry`](crate::retry).
    /// - `EPIPE`: nobody can read the other end; the process also gets `SIGPIPE`.
    /// - `ENOSPC`, `EDQUOT`, `EFBIG`: the disk, the quota or the file size limit is exhausted.
    /// - `EINVAL`: `fd` cannot be written, or `O_DIRECT` and the buffer is not aligned.
    /// - `EIO`: the device failed, perhaps on an earlier write.
    /// - `EPERM`: the file is sealed.
    ///
    /// # Kernel
    /// Since Linux 1.0, the same on every architecture; at most 0x7fff_f000 bytes a call. Source: write(2).
    #[inline]
    pub fn sys_write(fd: BorrowedFd<'_>, buf: &[u8]) -> Result<usize> {
        // SAFETY: the kernel only reads `buf.len()` bytes at `buf`.
        unsafe { call!(may_block: SYS_write, fd, buf.as_ptr(), buf.len()) }
    }

    /// pread(2): as [`sys_read`], from `offset` bytes after the beginning of the file; the fd's own offset stays.
    ///
    /// # Errors
    /// Those of [`sys_read`], and:
    /// - `ESPIPE`: `fd` is a pipe, a socket or another thing without offsets.
    /// - `EINVAL`: `offset` is above `i64::MAX`.
    ///
    /// # Kernel
    /// Since Linux 2.1.60, as pread64. Where registers have 32 bits, `offset` takes two. Source: pread(2).
    #[inline]
    pub fn sys_pread64<B: Buffer>(fd: BorrowedFd<'_>, buf: B, offset: u64) -> Result<B::Filled> {
        // SAFETY: as for read(2).
        unsafe { fill(buf, |start, len| call!(may_block: SYS_pread64, fd, start, len, offset)) }
    }

    /// pwrite(2): as [`sys_write`], at `offset` bytes after the beginning of the file; the fd's own offset stays.
    ///
    /// On an fd with `O_APPEND` Linux appends, whatever `offset` is.
    ///
    /// # Errors
    /// Those of [`sys_write`], and:
    /// - `ESPIPE`: `fd` is a pipe, a socket or another thing without offsets.
    /// - `EINVAL`: `offset` is above `i64::MAX`.
    ///
    /// # Kernel
    /// Since Linux 2.1.60, as pwrite64. Where registers have 32 bits, `offset` takes two. Source: pwrite(2).
    #[inline]
    pub fn sys_pwrite64(fd: BorrowedFd<'_>, buf: &[u8], offset: u64) -> Result<usize> {
        // SAFETY: the kernel only reads `buf.len()` bytes at `buf`.
        unsafe { call!(may_block: SYS_pwrite64, fd, buf.as_ptr(), buf.len(), offset) }
    }

    /// readv(2): as [`sys_read`], into several buffers, one after the other. Returns how many bytes were filled in all.
    ///
    /// # Errors
    /// Those of [`sys_read`], and `EINVAL` for more than 1024 buffers (`UIO_MAXIOV`) or a sum above `isize::MAX`.
    ///
    /// # Kernel
    /// Since Linux 2.0. Source: readv(2).
    #[inline]
    pub fn sys_readv(fd: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>]) -> Result<usize> {
        // SAFETY: each element is a `struct iovec` over bytes that are borrowed mutably.
        unsafe { call!(may_block: SYS_readv, fd, bufs.as_mut_ptr(), bufs.len()) }
    }

    /// writev(2): as [`sys_write`], from several buffers, one after the other. Returns how many bytes were taken in
    /// all.
    ///
    /// # Errors
    /// Those of [`sys_write`], and `EINVAL` for more than 1024 buffers (`UIO_MAXIOV`) or a sum above `isize::MAX`.
    ///
    /// # Kernel
    /// Since Linux 2.0. Source: writev(2).
    #[inline]
    pub fn sys_writev(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> Result<usize> {
        // SAFETY: each element is a `struct iovec` over bytes that are borrowed; the kernel only reads them.
        unsafe { call!(may_block: SYS_writev, fd, bufs.as_ptr(), bufs.len()) }
    }

    /// lseek(2): moves the offset of the open file behind `fd`, and returns the new one, from the beginning of the
    /// file.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open.
    /// - `ESPIPE`: `fd` is a pipe, a socket or another thing without offsets.
    /// - `EINVAL`: the result would be negative, or `whence` is unknown to this file.
    /// - `ENXIO`: [`SEEK_DATA`] or [`SEEK_HOLE`] found nothing more.
    /// - `EOVERFLOW`: the result does not fit.
    ///
    /// # Kernel
    /// Since Linux 1.0; [`SEEK_DATA`] and [`SEEK_HOLE`] since 3.1. Where registers have 32 bits this is _llseek, which
    /// takes the upper half of `offset` first on every machine, and writes its answer to memory. Source: lseek(2),
    /// llseek(2).
    #[inline]
    pub fn sys_lseek(fd: BorrowedFd<'_>, offset: i64, whence: Whence) -> Result<u64> {
        if wide::HALVES {
            // The kernel writes no offset that looks negative, as /proc/self/mem has them: what SEEK_SET asked for is it.
            let mut place = offset as u64;
            let (high, low) = ((offset >> 32) as u32, offset as u32);
            // SAFETY: the kernel writes one 64-bit number.
            let answer: Result<()> =
                unsafe { call!(may_block: wide::SYS_llseek, fd, high, low, &raw mut place, whence) };
            return answer.map(|()| place);
        }
        // SAFETY: the kernel touches no memory of ours.
        unsafe { call!(may_block: SYS_lseek, fd, offset, whence) }
    }

    /// dup3(2): makes `new` another fd for the open file behind `old`, and closes what `new` was, silently.
    ///
    /// `flags` is [`O_CLOEXEC`](crate::O_CLOEXEC) or empty. A number that no [`OwnedFd`] stands for, such as standard
    /// output, is wrapped for the call and forgotten afterwards:
    ///
    /// ```
    /// # use rawtrap::*;
    /// # let (_reader, log) = sys_pipe2(O_CLOEXEC)?;
    /// # let spare = sys_dup(STDOUT)?;
    /// // SAFETY: 1 is open, and this name for it is given up before it would close it.
    /// let mut stdout = unsafe { OwnedFd::from_raw(1) };
    /// let result = sys_dup3(log.as_fd(), &mut stdout, OpenFlags::empty());
    /// # sys_dup3(spare.as_fd(), &mut stdout, OpenFlags::empty())?;
    /// stdout.into_raw();
    /// # result
    /// # ; Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    /// - `EBADF`: `old` is not open.
    /// - `EINVAL`: `flags` holds another flag, or `old` and `new` are the same number.
    /// - `EBUSY`: `new` is just being opened by another thread.
    /// - `EINTR`: a signal came while the file system closed what `new` was (dup(2)).
    ///
    /// # Kernel
    /// Since Linux 2.6.27, the same on every architecture. Source: dup(2).
    #[inline]
    pub fn sys_dup3(old: BorrowedFd<'_>, new: &mut OwnedFd, flags: OpenFlags) -> Result<()> {
        // SAFETY: the kernel touches no memory of ours; `new` stays open, and is borrowed by nobody else.
        unsafe { call!(may_block: SYS_dup3, old, new.as_fd(), flags) }
    }

    /// close(2): gives the fd back, and says whether the file system is content.
    ///
    /// Never repeat it: Linux has given the fd back when it answers, with an error too, and a second close would hit
    /// whoever got the number since (close(2), "Dealing with error returns").
    ///
    /// # Errors
    /// - `EINTR`, `EIO`, `ENOSPC`, `EDQUOT`: an earlier write failed in the end (NFS, quotas), or a signal came
    ///   meanwhile. The fd is gone.
    /// - `EBADF`: `fd` was not open, which an [`OwnedFd`] made in `unsafe` can cause.
    ///
    /// # Kernel
    /// Since Linux 1.0, the same on every architecture. Source: close(2).
    #[inline]
    pub fn sys_close(fd: OwnedFd) -> Result<()> {
        // SAFETY: the owner gives it up.
        unsafe { close_raw(fd.into_raw()) }
    }

    /// close(2) of a number, for [`OwnedFd`]'s drop.
    ///
    /// # Safety
    /// The caller owns the fd and gives it up.
    #[inline(always)]
    pub(crate) unsafe fn close_raw(fd: i32) -> Result<()> {
        // SAFETY: the kernel touches no memory of ours; the caller answers for the fd.
        unsafe { call!(may_block: SYS_close, fd) }
    }

    /// fcntl(2): any command, with its argument as it stands in a register. The typed functions are safe and say what
    /// the answer means.
    ///
    /// # Safety
    /// Where `argument` is a pointer it must be valid for what `command` does with it; where it is an fd, or the answer is
    /// one, its owner must agree.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open.
    /// - `EINVAL`: the kernel does not know the command, or not for this file.
    /// - Others by command: see fcntl(2).
    ///
    /// # Kernel
    /// Since Linux 1.0; where registers have 32 bits this is fcntl64, whose record locks have 64-bit offsets. Source:
    /// fcntl(2).
    #[inline]
    pub unsafe fn sys_fcntl(fd: BorrowedFd<'_>, command: FcntlCommand, argument: usize) -> Result<usize> {
        // SAFETY: the caller answers for the argument.
        unsafe { call!(may_block: wide::SYS_fcntl, fd, command, argument) }
    }

    /// ioctl(2): a request to the driver behind `fd`. What it means and answers is the driver's.
    ///
    /// # Safety
    /// `argument` must be what the driver takes for `request`.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open.
    /// - `ENOTTY`: the file behind `fd` knows no such request.
    /// - Others by driver: see ioctl(2), and ioctl_tty(2) and its sisters.
    ///
    /// # Kernel
    /// Since Linux 1.0. The numbers of requests differ between architectures: on powerpc, mips and sparc the direction is
    /// encoded differently. Source: ioctl(2).
    #[inline]
    pub unsafe fn sys_ioctl(fd: BorrowedFd<'_>, request: u32, argument: *mut ()) -> Result<u32> {
        // SAFETY: the caller answers for the argument.
        unsafe { call!(may_block: SYS_ioctl, fd, request, argument) }
    }
}

/// dup(2): another fd for the same open file, the lowest number that is free. The new one survives execve(2); see
/// [`sys_fcntl_dupfd_cloexec`] for one that does not.
///
/// # Errors
/// - `EBADF`: `fd` is not open.
/// - `EMFILE`: the process has `RLIMIT_NOFILE` fds open.
///
/// # Kernel
/// Since Linux 1.0, the same on every architecture. Source: dup(2).
#[inline]
pub fn sys_dup(fd: BorrowedFd<'_>) -> Result<OwnedFd> {
    // SAFETY: the kernel touches no memory of ours, and the fd that it answers is new.
    unsafe { call!(never_blocks: SYS_dup, fd) }
}

/// pipe2(2): a pipe, as its reading and its writing end. `flags` holds [`O_CLOEXEC`](crate::O_CLOEXEC),
/// [`O_NONBLOCK`](crate::O_NONBLOCK), [`O_DIRECT`](crate::O_DIRECT) (packets) or nothing.
///
/// ```
/// use rawtrap::{O_CLOEXEC, sys_pipe2, sys_read, sys_write};
/// let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
/// assert_eq!(sys_write(writer.as_fd(), b"ping")?, 4);
/// let mut buf = [0; 64];
/// let count = sys_read(reader.as_fd(), &mut buf)?;
/// assert_eq!(&buf[..count], b"ping");
/// # Ok::<(), rawtrap::Errno>(())
/// ```
///
/// # Errors
/// - `EINVAL`: `flags` holds another flag.
/// - `EMFILE`: the process has `RLIMIT_NOFILE` fds open.
/// - `ENFILE`: the system has too many files open, or the user too many pages in pipes (pipe(7)).
///
/// # Kernel
/// Since Linux 2.6.27; `O_DIRECT` since 3.4. Source: pipe(2).
#[inline]
pub fn sys_pipe2(flags: OpenFlags) -> Result<(OwnedFd, OwnedFd)> {
    let mut fds = [-1i32; 2];
    // SAFETY: the kernel writes two `int`s.
    let answer: Result<()> = unsafe { call!(never_blocks: SYS_pipe2, fds.as_mut_ptr(), flags) };
    answer.map(|()| {
        let [reader, writer] = fds;
        // SAFETY: both are new fds.
        unsafe { (OwnedFd::from_raw(reader), OwnedFd::from_raw(writer)) }
    })
}

/// fcntl(2), F_GETFD: the flags of the fd.
///
/// # Errors
/// `EBADF`: `fd` is not open.
///
/// # Kernel
/// Since Linux 1.0. Source: fcntl(2).
#[inline]
pub fn sys_fcntl_getfd(fd: BorrowedFd<'_>) -> Result<FdFlags> {
    // SAFETY: the command takes no argument.
    unsafe { call!(never_blocks: wide::SYS_fcntl, fd, F_GETFD) }
}

/// fcntl(2), F_SETFD: sets the flags of the fd.
///
/// # Errors
/// `EBADF`: `fd` is not open.
///
/// # Kernel
/// Since Linux 1.0. Source: fcntl(2).
#[inline]
pub fn sys_fcntl_setfd(fd: BorrowedFd<'_>, flags: FdFlags) -> Result<()> {
    // SAFETY: the argument is a number.
    unsafe { call!(never_blocks: wide::SYS_fcntl, fd, F_SETFD, flags) }
}

/// fcntl(2), F_GETFL: how the file behind the fd was opened, and its status flags.
///
/// # Errors
/// `EBADF`: `fd` is not open.
///
/// # Kernel
/// Since Linux 1.0. Source: fcntl(2).
#[inline]
pub fn sys_fcntl_getfl(fd: BorrowedFd<'_>) -> Result<OpenFlags> {
    // SAFETY: the command takes no argument.
    unsafe { call!(never_blocks: wide::SYS_fcntl, fd, F_GETFL) }
}

/// fcntl(2), F_SETFL: sets the status flags of the file behind the fd, for every fd that shares it. `O_APPEND`,
/// `O_ASYNC`, `O_DIRECT`, `O_NOATIME` and `O_NONBLOCK` can be changed; the kernel ignores the rest.
///
/// # Errors
/// - `EBADF`: `fd` is not open.
/// - `EPERM`: `O_APPEND` taken off an append-only file, or `O_NOATIME` on another user's.
/// - `EINVAL`: `O_DIRECT`, and the file system has none.
///
/// # Kernel
/// Since Linux 1.0. Source: fcntl(2).
#[inline]
pub fn sys_fcntl_setfl(fd: BorrowedFd<'_>, flags: OpenFlags) -> Result<()> {
    // SAFETY: the argument is a number.
    unsafe { call!(never_blocks: wide::SYS_fcntl, fd, F_SETFL, flags) }
}

/// fcntl(2), F_DUPFD_CLOEXEC: another fd for the same open file, closed by execve(2); the lowest number that is free
/// at or above `least`.
///
/// # Errors
/// - `EBADF`: `fd` is not open.
/// - `EINVAL`: `least` is negative or not below `RLIMIT_NOFILE`.
/// - `EMFILE`: no number is free below `RLIMIT_NOFILE`.
///
/// # Kernel
/// Since Linux 2.6.24. Source: fcntl(2).
#[inline]
pub fn sys_fcntl_dupfd_cloexec(fd: BorrowedFd<'_>, least: i32) -> Result<OwnedFd> {
    // SAFETY: the argument is a number, and the fd that the kernel answers is new.
    unsafe { call!(never_blocks: wide::SYS_fcntl, fd, F_DUPFD_CLOEXEC, least) }
}

/// fcntl(2), F_GETPIPE_SZ: the capacity of the pipe, in bytes.
///
/// # Errors
/// `EBADF`: `fd` is not open, or not a pipe.
///
/// # Kernel
/// Since Linux 2.6.35. Source: fcntl(2).
#[inline]
pub fn sys_fcntl_getpipe_sz(fd: BorrowedFd<'_>) -> Result<usize> {
    // SAFETY: the command takes no argument.
    unsafe { call!(never_blocks: wide::SYS_fcntl, fd, F_GETPIPE_SZ) }
}

/// fcntl(2), F_SETPIPE_SZ: asks for a capacity of at least `size` bytes, and returns the new one.
///
/// # Errors
/// - `EBADF`: `fd` is not open, or not a pipe.
/// - `EBUSY`: the pipe holds more than that.
/// - `EPERM`: more than /proc/sys/fs/pipe-max-size, without `CAP_SYS_RESOURCE`.
/// - `EINVAL`: more than half of 32 bits.
///
/// # Kernel
/// Since Linux 2.6.35. Source: fcntl(2).
#[inline]
pub fn sys_fcntl_setpipe_sz(fd: BorrowedFd<'_>, size: u32) -> Result<usize> {
    // SAFETY: the argument is a number.
    unsafe { call!(never_blocks: wide::SYS_fcntl, fd, F_SETPIPE_SZ, size) }
}
