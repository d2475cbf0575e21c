//! Comforts: what every caller of read(2) and write(2) ends up writing.

use core::fmt;

use crate::{BorrowedFd, EINTR, EIO, Errno, Result, sys_pread64, sys_pwrite64, sys_read, sys_write};

/// Repeats a call for as long as a signal interrupts it (`EINTR`).
///
/// ```
/// # use rawtrap::{O_CLOEXEC, retry, sys_pipe2, sys_read, sys_write};
/// # let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
/// # sys_write(writer.as_fd(), b"x")?;
/// let mut buf = [0; 16];
/// let count = retry(|| sys_read(reader.as_fd(), &mut buf))?;
/// # assert_eq!(count, 1);
/// # Ok::<(), rawtrap::Errno>(())
/// ```
///
/// It is wrong for two kinds of calls:
/// - [`sys_close`](crate::sys_close): Linux has given the fd back already, and the second close would hit whoever got
///   its number since.
/// - Calls with a relative timeout (nanosleep, epoll_pwait, futex): each repetition would wait the whole time again. Go
///   on with what is left, or give an absolute time. [`sys_ppoll`](crate::sys_ppoll) keeps what is left by itself.
///
/// And it defeats its purpose where the signal was meant to end the wait.
#[inline]
pub fn retry<T>(mut call: impl FnMut() -> Result<T>) -> Result<T> {
    loop {
        match call() {
            Err(EINTR) => {}
            answer => return answer,
        }
    }
}

/// Why a transfer ended early, and how far it came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Partial {
    /// The bytes that were transferred before.
    pub done: usize,
    /// What the kernel said; `None`: the file ended.
    pub errno: Option<Errno>,
}

impl fmt::Debug for Partial {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errno {
            Some(errno) => write!(f, "{errno:?} after {} bytes", self.done),
            None => write!(f, "end of file after {} bytes", self.done),
        }
    }
}

impl fmt::Display for Partial {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errno {
            Some(errno) => write!(f, "{errno} after {} bytes", self.done),
            None => write!(f, "end of file after {} bytes", self.done),
        }
    }
}

impl core::error::Error for Partial {}

/// For `?` where how far it came does not matter; the end of the file is `EIO`.
impl From<Partial> for Errno {
    #[inline]
    fn from(partial: Partial) -> Errno {
        partial.errno.unwrap_or(EIO)
    }
}

/// Moves `len` bytes by as many calls as it takes; `step` moves what it can from the given byte on.
#[inline]
fn all(len: usize, mut step: impl FnMut(usize) -> Result<usize>) -> core::result::Result<(), Partial> {
    let mut done = 0;
    while done < len {
        match retry(|| step(done)) {
            Ok(0) => return Err(Partial { done, errno: None }),
            Ok(count) => done += count,
            Err(errno) => {
                return Err(Partial {
                    done,
                    errno: Some(errno),
                });
            }
        }
    }
    Ok(())
}

/// A write that takes nothing from a buffer that is not empty is an error of the device, and no end.
#[inline]
fn written(count: usize) -> Result<usize> {
    if count == 0 { Err(EIO) } else { Ok(count) }
}

/// Writes all of `buf`: goes on after a short count, repeats after `EINTR`.
///
/// # Errors
/// The first error of [`sys_write`] besides `EINTR` (`EAGAIN` too: wait until the fd is writable, then go on at
/// [`Partial::done`]); `EIO` if the kernel takes nothing at all.
#[inline]
pub fn write_all(fd: BorrowedFd<'_>, buf: &[u8]) -> core::result::Result<(), Partial> {
    all(buf.len(), |done| sys_write(fd, &buf[done..]).and_then(written))
}

/// Writes all of `buf` at `offset`; the fd's own offset stays.
///
/// # Errors
/// As for [`write_all`], from [`sys_pwrite64`].
#[inline]
pub fn pwrite_all(fd: BorrowedFd<'_>, buf: &[u8], offset: u64) -> core::result::Result<(), Partial> {
    all(buf.len(), |done| {
        sys_pwrite64(fd, &buf[done..], offset + done as u64).and_then(written)
    })
}

/// Fills all of `buf`: goes on after a short count, repeats after `EINTR`.
///
/// # Errors
/// The first error of [`sys_read`] besides `EINTR`; no errno if the file ends before `buf` is full.
#[inline]
pub fn read_exact(fd: BorrowedFd<'_>, buf: &mut [u8]) -> core::result::Result<(), Partial> {
    all(buf.len(), |done| sys_read(fd, &mut buf[done..]))
}

/// Fills all of `buf` from `offset` on; the fd's own offset stays.
///
/// # Errors
/// As for [`read_exact`], from [`sys_pread64`].
#[inline]
pub fn pread_exact(fd: BorrowedFd<'_>, buf: &mut [u8], offset: u64) -> core::result::Result<(), Partial> {
    all(buf.len(), |done| {
        sys_pread64(fd, &mut buf[done..], offset + done as u64)
    })
}

/// Reads until the file ends or `buf` is full, and returns how many bytes that were.
///
/// # Errors
/// The first error of [`sys_read`] besides `EINTR`.
#[inline]
pub fn read_to_end(fd: BorrowedFd<'_>, buf: &mut [u8]) -> core::result::Result<usize, Partial> {
    match read_exact(fd, buf) {
        Ok(()) => Ok(buf.len()),
        Err(Partial { done, errno: None }) => Ok(done),
        Err(partial) => Err(partial),
    }
}

/// Formats to an fd, as `core::fmt::Write`: `write!(Writer::new(STDERR), "...")`. No buffer: each piece of the format
/// is one write.
#[derive(Debug)]
pub struct Writer<'fd> {
    fd: BorrowedFd<'fd>,
    error: Option<Partial>,
}

impl<'fd> Writer<'fd> {
    /// A writer on `fd`.
    #[inline]
    pub const fn new(fd: BorrowedFd<'fd>) -> Writer<'fd> {
        Writer { fd, error: None }
    }

    /// What made the last `write!` fail, which core's `fmt::Error` cannot say.
    #[inline]
    pub const fn error(&self) -> Option<Partial> {
        self.error
    }
}

impl fmt::Write for Writer<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write_all(self.fd, text.as_bytes()).map_err(|partial| {
            self.error = Some(partial);
            fmt::Error
        })
    }
}
