//! Waiting until fds are ready, and events as fds.

use core::ptr;

use crate::Result;
use crate::arch::abi;
pub use crate::arch::abi::EpollEvent;
use crate::buffer::{Buffer, fill};
use crate::calls::signal::Sigset;
use crate::calls::time::Timespec;
use crate::fd::{BorrowedFd, OwnedFd};
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

flags! {
    /// What [`sys_ppoll`] waits for on an fd, and what it found.
    pub type PollEvents = PollEventsFamily(u16) {
        /// There is something to read, or a connection to accept, or the end of the file.
        POLLIN = 0x0001,
        /// Something exceptional: out-of-band data of a socket, a change on a pseudoterminal in packet mode.
        POLLPRI = 0x0002,
        /// A write would take something.
        POLLOUT = 0x0004,
        /// An error, or the reader of a pipe is gone. Found without being asked for.
        POLLERR = 0x0008,
        /// The other end is gone; what it has left can still be read. Found without being asked for.
        POLLHUP = 0x0010,
        /// The fd is not open. Found without being asked for.
        POLLNVAL = 0x0020,
        /// The same as [`POLLIN`].
        POLLRDNORM = 0x0040,
        /// Data of a priority band can be read.
        POLLRDBAND = 0x0080,
        /// The same as [`POLLOUT`].
        POLLWRNORM = abi::POLLWRNORM,
        /// Data of a priority band may be written.
        POLLWRBAND = abi::POLLWRBAND,
        /// Not used by Linux.
        POLLMSG = abi::POLLMSG,
        /// Not used by poll(2).
        POLLREMOVE = abi::POLLREMOVE,
        /// The other end of a stream socket sends nothing more.
        POLLRDHUP = abi::POLLRDHUP,
    }
}

/// One fd of [`sys_ppoll`], what is waited for, and what was found.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pollfd<'fd> {
    /// Whom to ask; a negative number is passed over, its `revents` empty.
    pub fd: BorrowedFd<'fd>,
    /// What to wait for.
    pub events: PollEvents,
    /// What the kernel found.
    pub revents: PollEvents,
}

impl<'fd> Pollfd<'fd> {
    /// Waits for `events` on `fd`.
    #[inline]
    pub const fn new(fd: BorrowedFd<'fd>, events: PollEvents) -> Pollfd<'fd> {
        Pollfd {
            fd,
            events,
            revents: PollEvents::empty(),
        }
    }
}

flags! {
    /// What an epoll waits for on an fd, and what it found; the last four say how it waits.
    pub type EpollEvents = EpollEventsFamily(u32) {
        /// There is something to read, or a connection to accept, or the end of the file.
        EPOLLIN = 0x0001,
        /// Something exceptional: out-of-band data of a socket, a change on a pseudoterminal in packet mode.
        EPOLLPRI = 0x0002,
        /// A write would take something.
        EPOLLOUT = 0x0004,
        /// An error, or the reader of a pipe is gone. Found without being asked for.
        EPOLLERR = 0x0008,
        /// The other end is gone; what it has left can still be read. Found without being asked for.
        EPOLLHUP = 0x0010,
        /// Not used by epoll: a file that is closed leaves it.
        EPOLLNVAL = 0x0020,
        /// The same as [`EPOLLIN`].
        EPOLLRDNORM = 0x0040,
        /// Data of a priority band can be read.
        EPOLLRDBAND = 0x0080,
        /// The same as [`EPOLLOUT`].
        EPOLLWRNORM = 0x0100,
        /// Data of a priority band may be written.
        EPOLLWRBAND = 0x0200,
        /// Not used by Linux.
        EPOLLMSG = 0x0400,
        /// The other end of a stream socket sends nothing more.
        EPOLLRDHUP = 0x2000,
        /// Of several epolls that watch the same file, wake one at least and not all.
        EPOLLEXCLUSIVE = 1 << 28,
        /// The system does not suspend while the event is pending or being handled (needs `CAP_BLOCK_SUSPEND`).
        EPOLLWAKEUP = 1 << 29,
        /// After one event the fd is watched no more, until [`EPOLL_CTL_MOD`].
        EPOLLONESHOT = 1 << 30,
        /// Edge-triggered: an event when something new comes, and not for as long as something is there.
        EPOLLET = 1 << 31,
    }
}

flags! {
    /// How [`sys_epoll_create1`] opens an epoll.
    pub type EpollCreateFlags = EpollCreateFlagsFamily(u32) {
        /// The fd is closed by execve(2).
        EPOLL_CLOEXEC = abi::O_CLOEXEC,
    }
}

values! {
    /// What [`sys_epoll_ctl`] is asked to do.
    pub type EpollOperation = EpollOperationFamily(u32) {
        /// Watch an fd.
        EPOLL_CTL_ADD = 1,
        /// Watch it no more.
        EPOLL_CTL_DEL = 2,
        /// Watch it for other events.
        EPOLL_CTL_MOD = 3,
    }
}

flags! {
    /// What kind of counter [`sys_eventfd2`] makes.
    pub type EventfdFlags = EventfdFlagsFamily(u32) {
        /// A read takes 1 from the counter, and not all of it.
        EFD_SEMAPHORE = 1,
        /// The fd is closed by execve(2).
        EFD_CLOEXEC = abi::O_CLOEXEC,
        /// A read of 0 and a write beyond the maximum answer `EAGAIN` instead of waiting.
        EFD_NONBLOCK = abi::O_NONBLOCK,
    }
}

blocking! {
    /// ppoll(2): waits until one of `fds` is ready, a signal comes or the time is over. Returns how many of them have
    /// something in `revents`; 0 is the end of the time.
    ///
    /// `None` waits for good, a zero `timeout` not at all. Afterwards `timeout` holds what is left of it, also when the
    /// call failed with `EINTR`: repeated with the same variable, it waits the rest. `sigmask` replaces the thread's
    /// blocked signals while the call waits, in one step with it.
    ///
    /// # Errors
    /// - `EINTR`: a signal came.
    /// - `EINVAL`: more `fds` than `RLIMIT_NOFILE`; or `timeout` is negative, or its nanoseconds are not below
    ///   1,000,000,000.
    /// - `ENOMEM`: no memory for the kernel's tables.
    ///
    /// # Kernel
    /// Since Linux 2.6.16. [`Timespec`] has 64-bit seconds, as the call that 32-bit architectures have for it since 5.1,
    /// ppoll_time64. Source: poll(2).
    #[inline]
    pub fn sys_ppoll(
        fds: &mut [Pollfd<'_>],
        timeout: Option<&mut Timespec>,
        sigmask: Option<&Sigset>,
    ) -> Result<usize> {
        let timeout = timeout.map_or(ptr::null_mut(), ptr::from_mut);
        let sigmask = sigmask.map_or(ptr::null(), ptr::from_ref);
        let size = size_of::<Sigset>();
        // SAFETY: the kernel writes each `revents` and the time, and only reads the mask.
        unsafe { call!(may_block: wide::SYS_ppoll, fds.as_mut_ptr(), fds.len(), timeout, sigmask, size) }
    }

    /// epoll_pwait(2): waits until something that `epoll` watches is ready, a signal comes or the time is over, and
    /// fills `events`; none is the end of the time. See [`Buffer`] for what may be passed.
    ///
    /// `timeout` is in milliseconds: -1 waits for good, 0 not at all. Where more are ready than `events` holds, the
    /// next calls go round the others. `sigmask` replaces the thread's blocked signals while the call waits, in one
    /// step with it.
    ///
    /// # Errors
    /// - `EINTR`: a signal came. The timeout begins anew when the call is repeated.
    /// - `EBADF`: `epoll` is not open.
    /// - `EINVAL`: `epoll` is no epoll, or `events` is empty.
    ///
    /// # Kernel
    /// Since Linux 2.6.19. [`EpollEvent`] is packed on x86_64. Source: epoll_wait(2).
    #[inline]
    pub fn sys_epoll_pwait<B: Buffer<EpollEvent>>(
        epoll: BorrowedFd<'_>,
        events: B,
        timeout: i32,
        sigmask: Option<&Sigset>,
    ) -> Result<B::Filled> {
        let sigmask = sigmask.map_or(ptr::null(), ptr::from_ref);
        let size = size_of::<Sigset>();
        // SAFETY: the kernel writes at most `len` events at `start`, and answers how many; it only reads the mask.
        unsafe {
            fill(
                events,
                |start, len| call!(may_block: SYS_epoll_pwait, epoll, start, len, timeout, sigmask, size),
            )
        }
    }
}

/// epoll_create1(2): an epoll, which watches fds and says which of them are ready. `flags` is [`EPOLL_CLOEXEC`] or
/// empty.
///
/// # Errors
/// - `EINVAL`: `flags` holds another flag.
/// - `EMFILE`: the process has `RLIMIT_NOFILE` fds open.
/// - `ENFILE`: the system has too many files open.
/// - `ENOMEM`: no memory for it.
///
/// # Kernel
/// Since Linux 2.6.27, the same on every architecture. Source: epoll_create(2).
#[inline]
pub fn sys_epoll_create1(flags: EpollCreateFlags) -> Result<OwnedFd> {
    // SAFETY: the kernel touches no memory of ours, and the fd that it answers is new.
    unsafe { call!(never_blocks: SYS_epoll_create1, flags) }
}

/// epoll_ctl(2): has `epoll` watch `fd`, or watch it for something else, or no more. `event` says for what, and which
/// number comes back with each event; [`EPOLL_CTL_DEL`] needs none.
///
/// The epoll does not keep the borrow of `fd`: it watches the open file behind it, until the last fd for that file is
/// closed. If there are others (dup(2), a child), events go on to come after `fd` was closed, and nobody can take the
/// watch back: remove it before (epoll(7), "Questions and answers", 6). What comes back is the number in `event`, never
/// an fd, so that nobody gets at another's file this way.
///
/// # Errors
/// - `EEXIST`: [`EPOLL_CTL_ADD`] of an fd that is watched already.
/// - `ENOENT`: [`EPOLL_CTL_MOD`] or [`EPOLL_CTL_DEL`] of an fd that is not.
/// - `EPERM`: the file is always ready, and cannot be watched: a regular file, a directory.
/// - `EBADF`: `epoll` or `fd` is not open.
/// - `EINVAL`: `epoll` is no epoll, or is `fd`; another operation; or [`EPOLLEXCLUSIVE`] where it does not go.
/// - `EFAULT`: no `event`, where the operation needs one.
/// - `ELOOP`: epolls would watch each other, or are nested more than 5 deep.
/// - `ENOMEM`, `ENOSPC`: no memory, or the user watches `/proc/sys/fs/epoll/max_user_watches` fds.
///
/// # Kernel
/// Since Linux 2.6.0; [`EPOLLEXCLUSIVE`] since 4.5. [`EpollEvent`] is packed on x86_64. Source: epoll_ctl(2).
#[inline]
pub fn sys_epoll_ctl(
    epoll: BorrowedFd<'_>,
    operation: EpollOperation,
    fd: BorrowedFd<'_>,
    event: Option<&EpollEvent>,
) -> Result<()> {
    let event = event.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the kernel only reads the event.
    unsafe { call!(never_blocks: SYS_epoll_ctl, epoll, operation, fd, event) }
}

/// eventfd2(2): a counter as an fd, beginning with `initial`. A write of a `u64` adds to it, a read of 8 bytes gives
/// its value and sets it to 0; it is readable while it is not 0, and writable while 1 can be added below `u64::MAX`.
///
/// # Errors
/// - `EINVAL`: `flags` holds another flag.
/// - `EMFILE`: the process has `RLIMIT_NOFILE` fds open.
/// - `ENFILE`: the system has too many files open.
/// - `ENOMEM`, `ENODEV`: no memory for it, or no inode.
///
/// # Kernel
/// Since Linux 2.6.27; [`EFD_SEMAPHORE`] since 2.6.30. Source: eventfd(2).
#[inline]
pub fn sys_eventfd2(initial: u32, flags: EventfdFlags) -> Result<OwnedFd> {
    // SAFETY: the kernel touches no memory of ours, and the fd that it answers is new.
    unsafe { call!(never_blocks: SYS_eventfd2, initial, flags) }
}
