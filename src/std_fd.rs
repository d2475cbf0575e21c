//! To and from the fds of std, with the feature `std` on systems that have them.

use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd, RawFd};

use crate::{BorrowedFd, EBADF, Errno, OwnedFd, Result};

impl From<std::os::fd::OwnedFd> for OwnedFd {
    #[inline]
    fn from(fd: std::os::fd::OwnedFd) -> OwnedFd {
        // SAFETY: std's owner gives it up.
        unsafe { OwnedFd::from_raw(fd.into_raw_fd()) }
    }
}

impl From<OwnedFd> for std::os::fd::OwnedFd {
    #[inline]
    fn from(fd: OwnedFd) -> std::os::fd::OwnedFd {
        // SAFETY: our owner gives it up.
        unsafe { std::os::fd::OwnedFd::from_raw_fd(fd.into_raw()) }
    }
}

impl<'fd> From<std::os::fd::BorrowedFd<'fd>> for BorrowedFd<'fd> {
    #[inline]
    fn from(fd: std::os::fd::BorrowedFd<'fd>) -> BorrowedFd<'fd> {
        // SAFETY: its owner keeps it open for `'fd`.
        unsafe { BorrowedFd::borrow_raw(fd.as_raw_fd()) }
    }
}

/// `EBADF` for -1, which std's type cannot hold.
impl<'fd> TryFrom<BorrowedFd<'fd>> for std::os::fd::BorrowedFd<'fd> {
    type Error = Errno;

    #[inline]
    fn try_from(fd: BorrowedFd<'fd>) -> Result<std::os::fd::BorrowedFd<'fd>> {
        match fd.as_raw() {
            -1 => Err(EBADF),
            // SAFETY: not -1, and its owner keeps it open for `'fd`.
            raw => Ok(unsafe { std::os::fd::BorrowedFd::borrow_raw(raw) }),
        }
    }
}

impl AsFd for OwnedFd {
    #[inline]
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        // SAFETY: the fd is open for as long as `self` is there.
        unsafe { std::os::fd::BorrowedFd::borrow_raw(self.as_raw()) }
    }
}

impl AsRawFd for OwnedFd {
    #[inline]
    fn as_raw_fd(&self) -> RawFd {
        self.as_raw()
    }
}

impl IntoRawFd for OwnedFd {
    #[inline]
    fn into_raw_fd(self) -> RawFd {
        self.into_raw()
    }
}

impl AsRawFd for BorrowedFd<'_> {
    #[inline]
    fn as_raw_fd(&self) -> RawFd {
        self.as_raw()
    }
}
