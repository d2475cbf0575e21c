//! File descriptors with owners, as RFC 3128 has them: an arbitrary number becomes one only in `unsafe`.

use core::fmt;
use core::marker::PhantomData;
use core::mem;

use crate::calls::io::close_raw;

/// An fd that somebody else owns and that stays open for `'fd`.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BorrowedFd<'fd> {
    raw: i32,
    owner: PhantomData<&'fd OwnedFd>,
}

/// Standard input, fd 0.
pub const STDIN: BorrowedFd<'static> = BorrowedFd {
    raw: 0,
    owner: PhantomData,
};
/// Standard output, fd 1: results.
pub const STDOUT: BorrowedFd<'static> = BorrowedFd {
    raw: 1,
    owner: PhantomData,
};
/// Standard error, fd 2: diagnostics.
pub const STDERR: BorrowedFd<'static> = BorrowedFd {
    raw: 2,
    owner: PhantomData,
};

/// In place of a directory's fd: the current working directory (openat(2)).
pub const AT_FDCWD: BorrowedFd<'static> = BorrowedFd {
    raw: -100,
    owner: PhantomData,
};

impl<'fd> BorrowedFd<'fd> {
    /// Takes a number as an fd. No check is made: a number that is no fd is answered by the kernel with `EBADF`.
    ///
    /// # Safety
    /// Whoever owns `raw` must keep it open for `'fd`, or it must be a number that is no fd.
    #[inline(always)]
    pub const unsafe fn borrow_raw(raw: i32) -> BorrowedFd<'fd> {
        BorrowedFd {
            raw,
            owner: PhantomData,
        }
    }

    /// The number.
    #[inline(always)]
    pub const fn as_raw(self) -> i32 {
        self.raw
    }
}

impl fmt::Debug for BorrowedFd<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.raw {
            -100 => f.write_str("AT_FDCWD"),
            raw => write!(f, "{raw}"),
        }
    }
}

/// An fd of our own, closed when it is dropped.
///
/// Dropping ignores what close(2) answers; where that matters (a write error reported late, on NFS or by a quota),
/// close it with [`sys_close`](crate::sys_close).
#[repr(transparent)]
pub struct OwnedFd {
    raw: i32,
}

impl OwnedFd {
    /// Takes over a number as an fd of our own.
    ///
    /// # Safety
    /// `raw` must be open, and nobody else may own it.
    #[inline(always)]
    pub const unsafe fn from_raw(raw: i32) -> OwnedFd {
        OwnedFd { raw }
    }

    /// Lends the fd.
    #[inline(always)]
    pub const fn as_fd(&self) -> BorrowedFd<'_> {
        BorrowedFd {
            raw: self.raw,
            owner: PhantomData,
        }
    }

    /// The number.
    #[inline(always)]
    pub const fn as_raw(&self) -> i32 {
        self.raw
    }

    /// Gives the number away, open.
    #[inline(always)]
    pub const fn into_raw(self) -> i32 {
        let raw = self.raw;
        mem::forget(self);
        raw
    }
}

impl Drop for OwnedFd {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the fd is ours, and nobody can name it after this.
        let _ = unsafe { close_raw(self.raw) };
    }
}

impl fmt::Debug for OwnedFd {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.raw)
    }
}

impl<'fd> From<&'fd OwnedFd> for BorrowedFd<'fd> {
    #[inline(always)]
    fn from(fd: &'fd OwnedFd) -> BorrowedFd<'fd> {
        fd.as_fd()
    }
}
