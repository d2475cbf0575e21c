//! Waiting for fds, as select(2) does.

use core::fmt;
use core::ptr;

use crate::Result;
use crate::calls::signal::Sigset;
use crate::calls::time::Timespec;
use crate::errno::EINVAL;
use crate::fd::BorrowedFd;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

/// One more than the largest number that an [`FdSet`] holds.
pub const FD_SETSIZE: usize = 1024;

const BITS: usize = usize::BITS as usize;

/// A set of fds, by their numbers: the kernel's `fd_set`.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FdSet([usize; FD_SETSIZE / BITS]);

impl FdSet {
    /// No fd.
    #[inline]
    pub const fn empty() -> FdSet {
        FdSet([0; FD_SETSIZE / BITS])
    }

    /// Puts `fd` into the set.
    ///
    /// # Errors
    /// `EINVAL`: its number is negative, or not below [`FD_SETSIZE`]: use [`sys_ppoll`](crate::sys_ppoll).
    #[inline]
    pub const fn add(&mut self, fd: BorrowedFd<'_>) -> Result<()> {
        match FdSet::place(fd) {
            Some((word, bit)) => {
                self.0[word] |= bit;
                Ok(())
            }
            None => Err(EINVAL),
        }
    }

    /// Takes `fd` out of the set.
    #[inline]
    pub const fn remove(&mut self, fd: BorrowedFd<'_>) {
        if let Some((word, bit)) = FdSet::place(fd) {
            self.0[word] &= !bit;
        }
    }

    /// True if `fd` is in the set.
    #[inline]
    pub const fn contains(&self, fd: BorrowedFd<'_>) -> bool {
        match FdSet::place(fd) {
            Some((word, bit)) => self.0[word] & bit != 0,
            None => false,
        }
    }

    /// The bit of number n is bit n of the words, counted through `unsigned long`s (include/uapi/linux/posix_types.h).
    #[inline]
    const fn place(fd: BorrowedFd<'_>) -> Option<(usize, usize)> {
        let number = fd.as_raw();
        if number >= 0 && (number as usize) < FD_SETSIZE {
            Some((number as usize / BITS, 1 << (number as usize % BITS)))
        } else {
            None
        }
    }
}

impl Default for FdSet {
    #[inline]
    fn default() -> FdSet {
        FdSet::empty()
    }
}

/// The numbers: `{0, 7}`.
impl fmt::Debug for FdSet {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = |number: &usize| self.0[number / BITS] >> (number % BITS) & 1 == 1;
        f.debug_set().entries((0..FD_SETSIZE).filter(held)).finish()
    }
}

/// What pselect6(2) takes in place of a seventh argument (fs/select.c, `struct sigset_argpack`).
#[repr(C)]
struct SigsetArgpack {
    p: *const Sigset,
    size: usize,
}

blocking! {
    /// pselect6(2): waits until one of the fds below `nfds` is ready, a signal comes or the time is over: one of
    /// `readfds` for reading, one of `writefds` for writing, one of `exceptfds` for what is exceptional. The sets then
    /// hold those that are ready, and the answer is how many bits that are in all; 0 is the end of the time.
    ///
    /// `None` waits for good, a zero `timeout` not at all. Afterwards `timeout` holds what is left of it, also when the
    /// call failed with `EINTR`: repeated with the same variable, it waits the rest; on an error the sets are as they were.
    /// `sigmask` replaces the thread's blocked signals while the call waits, in one step with it.
    /// [`sys_ppoll`](crate::sys_ppoll) does the same without a largest number.
    ///
    /// # Errors
    /// - `EBADF`: a set holds an fd that is not open.
    /// - `EINTR`: a signal came.
    /// - `EINVAL`: `nfds` is negative, or above [`FD_SETSIZE`] (the kernel would look beyond the sets, and is not asked);
    ///   or `timeout` is negative, or its nanoseconds are not below 1,000,000,000.
    /// - `ENOMEM`: no memory for the kernel's tables.
    ///
    /// # Kernel
    /// Since Linux 2.6.16. Where registers have 32 bits this is pselect6_time64, of Linux 5.1. Source: select(2).
    #[inline]
    pub fn sys_pselect6(
        nfds: i32,
        readfds: Option<&mut FdSet>,
        writefds: Option<&mut FdSet>,
        exceptfds: Option<&mut FdSet>,
        timeout: Option<&mut Timespec>,
        sigmask: Option<&Sigset>,
    ) -> Result<usize> {
        if nfds > FD_SETSIZE as i32 {
            return Err(EINVAL);
        }
        let readfds = readfds.map_or(ptr::null_mut(), ptr::from_mut);
        let writefds = writefds.map_or(ptr::null_mut(), ptr::from_mut);
        let exceptfds = exceptfds.map_or(ptr::null_mut(), ptr::from_mut);
        let timeout = timeout.map_or(ptr::null_mut(), ptr::from_mut);
        let mask = SigsetArgpack {
            p: sigmask.map_or(ptr::null(), ptr::from_ref),
            size: size_of::<Sigset>(),
        };
        // SAFETY: the kernel reads and writes no more of the sets than they have, writes the time, and only reads the
        // mask.
        unsafe { call!(may_block: wide::SYS_pselect6, nfds, readfds, writefds, exceptfds, timeout, &raw const mask) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_is_put_into_them() {
        // SAFETY: they are only numbers here.
        let fd = |number| unsafe { BorrowedFd::borrow_raw(number) };
        let mut set = FdSet::empty();
        for number in [0, 63, 1023] {
            assert_eq!(set.add(fd(number)), Ok(()));
        }
        assert_eq!(format!("{set:?}"), "{0, 63, 1023}");
        assert!(set.contains(fd(63)) && !set.contains(fd(31)));
        set.remove(fd(63));
        assert_eq!(format!("{set:?}"), "{0, 1023}");
        for number in [-1, 1024] {
            assert_eq!(set.add(fd(number)), Err(EINVAL));
            assert!(!set.contains(fd(number)));
        }
    }
}
