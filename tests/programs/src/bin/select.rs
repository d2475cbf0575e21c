//! Waiting for fds with select's sets.
#![no_std]
#![no_main]

use core::net::{Ipv4Addr, SocketAddrV4};
use core::sync::atomic::{AtomicU32, Ordering};

use rawtrap::*;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    pselect6_all_six_arguments,
    pselect6_looks_below_nfds_alone,
    pselect6_far_into_a_set,
    pselect6_lets_a_signal_in,
    pselect6_keeps_a_signal_out,
    pselect6_refused,
    sets_of_what_they_cannot_hold,
];

fn milliseconds(count: i64) -> Timespec {
    Timespec {
        tv_sec: count / 1000,
        tv_nsec: count % 1000 * 1_000_000,
    }
}

fn set<const N: usize>(fds: [&OwnedFd; N]) -> Result<FdSet> {
    let mut set = FdSet::empty();
    for fd in fds {
        set.add(fd.as_fd())?;
    }
    Ok(set)
}

static NOTED: AtomicU32 = AtomicU32::new(0);

extern "C" fn note(_: Signal) {
    NOTED.fetch_add(1, Ordering::Relaxed);
}

/// While `wait` waits, a signal that is blocked and has a handler is pending; tells its answer, and how often the
/// handler ran in it.
fn with_pending_signal<T>(wait: impl FnOnce(&Sigset) -> Result<T>) -> Result<(Result<T>, u32)> {
    let set = Sigset::empty().with(SIGUSR1);
    // SAFETY: the handler adds to an atomic.
    unsafe { sys_rt_sigaction(SIGUSR1, Some(&Sigaction::new(Handler::Signal(note))))? };
    let before = sys_rt_sigprocmask(SIG_BLOCK, Some(&set))?;
    NOTED.store(0, Ordering::Relaxed);
    sys_kill(sys_getpid(), SIGUSR1)?;
    let answer = wait(&before);
    let noted = NOTED.load(Ordering::Relaxed);
    sys_rt_sigprocmask(SIG_SETMASK, Some(&before))?;
    Ok((answer, noted))
}

/// The ends of a connection over loopback, of which the second has urgent data to read: what the third set is for.
fn urgent() -> Result<(OwnedFd, OwnedFd)> {
    let socket = || sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, Protocol::DEFAULT);
    let (listener, sender) = (socket()?, socket()?);
    sys_bind(listener.as_fd(), &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into())?;
    sys_listen(listener.as_fd(), 1)?;
    sys_connect(sender.as_fd(), &sys_getsockname(listener.as_fd())?)?;
    let receiver = sys_accept4(listener.as_fd(), None, SOCK_CLOEXEC)?;
    sys_sendto(sender.as_fd(), b"!", MSG_OOB, None)?;
    Ok((sender, receiver))
}

fn pselect6_all_six_arguments() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    sys_write(writer.as_fd(), b"something")?;
    let (empty, _held_open) = sys_pipe2(O_CLOEXEC)?;
    let (sender, receiver) = urgent()?;
    // Each set holds one that is ready for what the set asks, and others that are ready for something else.
    let mut read = set([&reader, &empty, &receiver])?;
    let mut write = set([&writer, &reader])?;
    let mut except = set([&receiver, &writer, &sender])?;
    let mut timeout = milliseconds(10_000);
    let mask = Sigset::full();
    let (nfds, given) = (
        FD_SETSIZE as i32,
        (Some(&mut read), Some(&mut write), Some(&mut except)),
    );
    check_eq!(
        sys_pselect6(nfds, given.0, given.1, given.2, Some(&mut timeout), Some(&mask))?,
        3
    );
    check_eq!(
        (read, write, except),
        (set([&reader])?, set([&writer])?, set([&receiver])?)
    );
    // What is left of the time, which was not waited for.
    check!(timeout <= milliseconds(10_000) && timeout > milliseconds(1000));
    // With nothing ready it is.
    let (mut read, mut timeout) = (set([&empty])?, milliseconds(20));
    let begin = sys_clock_gettime(CLOCK_MONOTONIC)?;
    check_eq!(
        sys_pselect6(nfds, Some(&mut read), None, None, Some(&mut timeout), None)?,
        0
    );
    let waited = sys_clock_gettime(CLOCK_MONOTONIC)?.duration_since(begin);
    check!(waited >= Some(core::time::Duration::from_millis(20)));
    check_eq!((read, timeout), (FdSet::empty(), milliseconds(0)));
    Ok(())
}

fn pselect6_looks_below_nfds_alone() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let number = writer.as_fd().as_raw();
    for (nfds, ready) in [(number, 0), (number + 1, 1)] {
        let mut write = set([&writer])?;
        let mut timeout = milliseconds(0);
        check_eq!(
            sys_pselect6(nfds, None, Some(&mut write), None, Some(&mut timeout), None)?,
            ready
        );
    }
    drop(reader);
    Ok(())
}

/// Each bit has its place, in the first word of a set and in those behind.
fn pselect6_far_into_a_set() -> Outcome {
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    for number in [20, 31, 32, 63, 64, 65, 100, 200] {
        let far = sys_fcntl_dupfd_cloexec(writer.as_fd(), number)?;
        check_eq!(far.as_fd().as_raw(), number);
        let mut write = set([&far])?;
        check_eq!(sys_pselect6(number + 1, None, Some(&mut write), None, None, None)?, 1);
        check_eq!(write, set([&far])?);
    }
    Ok(())
}

fn pselect6_lets_a_signal_in() -> Outcome {
    let wait = |unblocked: &Sigset| sys_pselect6(0, None, None, None, None, Some(unblocked));
    check_eq!(with_pending_signal(wait)?, (Err(EINTR), 1));
    Ok(())
}

fn pselect6_keeps_a_signal_out() -> Outcome {
    for mask in [None, Some(Sigset::full())] {
        let wait = |_: &Sigset| sys_pselect6(0, None, None, None, Some(&mut milliseconds(10)), mask.as_ref());
        check_eq!(with_pending_signal(wait)?, (Ok(0), 0));
        // It came when it was let in.
        check_eq!(NOTED.load(Ordering::Relaxed), 1);
    }
    Ok(())
}

fn pselect6_refused() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let mut set = set([&reader])?;
    let mut wait = |nfds, mut timeout| sys_pselect6(nfds, Some(&mut set), None, None, Some(&mut timeout), None);
    let all = FD_SETSIZE as i32;
    check_err!(wait(-1, milliseconds(0)), EINVAL);
    check_err!(wait(all + 1, milliseconds(0)), EINVAL);
    check_err!(wait(all, milliseconds(-1000)), EINVAL);
    let too_many = Timespec {
        tv_sec: 0,
        tv_nsec: 1_000_000_000,
    };
    check_err!(wait(all, too_many), EINVAL);
    drop((reader, writer));
    check_err!(wait(all, milliseconds(0)), EBADF);
    Ok(())
}

fn sets_of_what_they_cannot_hold() -> Outcome {
    let mut set = FdSet::empty();
    check_eq!(set.add(bad()), Ok(()));
    check!(set.contains(bad()));
    set.remove(bad());
    check_eq!(set, FdSet::empty());
    check_err!(set.add(AT_FDCWD), EINVAL);
    Ok(())
}
