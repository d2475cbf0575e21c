//! Waiting until fds are ready, and events as fds.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use rawtrap::*;
use rawtrap_programs::threads::Thread;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    ppoll_finds_what_is_ready,
    ppoll_passes_over_negative_fds,
    ppoll_finds_ends_and_errors,
    ppoll_times_out,
    ppoll_of_nothing_sleeps,
    ppoll_keeps_what_is_left_of_the_time,
    ppoll_refuses_a_time,
    ppoll_mask_lets_a_signal_in,
    ppoll_interrupted_keeps_what_is_left_of_the_time,
    ppoll_mask_keeps_a_signal_out,
    epoll_create1_flags,
    epoll_reports_events_with_their_data,
    epoll_goes_round,
    epoll_edge_and_oneshot,
    epoll_modify_and_delete,
    epoll_watches_the_file_behind_the_fd,
    epoll_ctl_refuses,
    epoll_pwait_times_out,
    epoll_pwait_refuses,
    epoll_pwait_fills_uninitialised_memory,
    epoll_pwait_mask_lets_a_signal_in,
    epoll_pwait_mask_keeps_a_signal_out,
    eventfd_counts,
    eventfd_semaphore,
    eventfd_flags,
    eventfd_wakes_another_thread,
];

const FOREVER: i32 = -1;

const fn milliseconds(count: i64) -> Timespec {
    Timespec {
        tv_sec: count / 1000,
        tv_nsec: count % 1000 * 1_000_000,
    }
}

fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    sys_pipe2(O_CLOEXEC | O_NONBLOCK)
}

fn memfd() -> Result<OwnedFd> {
    // SAFETY: the name ends with a zero byte.
    unsafe { call!(SYS_memfd_create, c"poll".as_ptr(), 0u32) }
}

fn stopwatch() -> Result<impl Fn() -> Result<Duration>> {
    let start = sys_clock_gettime(CLOCK_MONOTONIC)?;
    Ok(move || {
        Ok(sys_clock_gettime(CLOCK_MONOTONIC)?
            .duration_since(start)
            .unwrap_or_default())
    })
}

fn event(events: EpollEvents, data: u64) -> EpollEvent {
    EpollEvent { events, data }
}

const NOTHING: EpollEvent = EpollEvent {
    events: EpollEvents::empty(),
    data: 0,
};

fn ppoll_finds_what_is_ready() -> Outcome {
    let (reader, writer) = pipe()?;
    let mut fds = [
        Pollfd::new(reader.as_fd(), POLLIN),
        Pollfd::new(writer.as_fd(), POLLOUT),
    ];
    check_eq!(sys_ppoll(&mut fds, None, None), Ok(1));
    check_eq!(fds.map(|fd| fd.revents), [PollEvents::empty(), POLLOUT]);
    sys_write(writer.as_fd(), b"x")?;
    check_eq!(sys_ppoll(&mut fds, Some(&mut milliseconds(0)), None), Ok(2));
    check_eq!(fds.map(|fd| fd.revents), [POLLIN, POLLOUT]);
    check_eq!(fds.map(|fd| fd.events), [POLLIN, POLLOUT]);
    // What is not asked for is not told.
    fds[0].events = POLLPRI;
    check_eq!(sys_ppoll(&mut fds[..1], Some(&mut milliseconds(0)), None), Ok(0));
    check_eq!(fds[0].revents, PollEvents::empty());
    Ok(())
}

fn ppoll_passes_over_negative_fds() -> Outcome {
    let (_reader, writer) = pipe()?;
    // SAFETY: -1 is no fd.
    let none = unsafe { BorrowedFd::borrow_raw(-1) };
    let mut fds = [Pollfd::new(none, POLLIN), Pollfd::new(writer.as_fd(), POLLOUT)];
    fds[0].revents = POLLERR;
    check_eq!(sys_ppoll(&mut fds, None, None), Ok(1));
    check_eq!(fds.map(|fd| fd.revents), [PollEvents::empty(), POLLOUT]);
    Ok(())
}

fn ppoll_finds_ends_and_errors() -> Outcome {
    let (reader, writer) = pipe()?;
    let (other_reader, other_writer) = pipe()?;
    sys_write(writer.as_fd(), b"x")?;
    drop((writer, other_reader));
    let mut fds = [
        Pollfd::new(reader.as_fd(), POLLIN),
        Pollfd::new(other_writer.as_fd(), PollEvents::empty()),
        Pollfd::new(bad(), POLLIN),
    ];
    check_eq!(sys_ppoll(&mut fds, None, None), Ok(3));
    check_eq!(fds.map(|fd| fd.revents), [POLLIN | POLLHUP, POLLERR, POLLNVAL]);
    Ok(())
}

fn ppoll_times_out() -> Outcome {
    let (reader, _writer) = pipe()?;
    let elapsed = stopwatch()?;
    let mut timeout = milliseconds(20);
    check_eq!(
        sys_ppoll(&mut [Pollfd::new(reader.as_fd(), POLLIN)], Some(&mut timeout), None),
        Ok(0)
    );
    check!(elapsed()? >= Duration::from_millis(20));
    check_eq!(timeout, milliseconds(0));
    Ok(())
}

fn ppoll_of_nothing_sleeps() -> Outcome {
    let elapsed = stopwatch()?;
    check_eq!(sys_ppoll(&mut [], Some(&mut milliseconds(10)), None), Ok(0));
    check!(elapsed()? >= Duration::from_millis(10));
    Ok(())
}

fn ppoll_keeps_what_is_left_of_the_time() -> Outcome {
    let (reader, writer) = pipe()?;
    sys_write(writer.as_fd(), b"x")?;
    let mut timeout = milliseconds(100_000);
    check_eq!(
        sys_ppoll(&mut [Pollfd::new(reader.as_fd(), POLLIN)], Some(&mut timeout), None),
        Ok(1)
    );
    check!(timeout < milliseconds(100_000) && timeout > milliseconds(90_000));
    Ok(())
}

fn ppoll_refuses_a_time() -> Outcome {
    for (tv_sec, tv_nsec) in [(0, 1_000_000_000), (0, -1), (-1, 0)] {
        check_err!(
            sys_ppoll(&mut [], Some(&mut Timespec { tv_sec, tv_nsec }), None),
            EINVAL
        );
    }
    Ok(())
}

static NOTED: AtomicU32 = AtomicU32::new(0);

extern "C" fn note(_: Signal) {
    NOTED.fetch_add(1, Ordering::Relaxed);
}

/// A signal is pending, blocked and handled while `wait` waits; tells its answer, and how often the handler ran in it.
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

fn ppoll_mask_lets_a_signal_in() -> Outcome {
    let (answer, noted) = with_pending_signal(|unblocked| sys_ppoll(&mut [], None, Some(unblocked)))?;
    check_eq!((answer, noted), (Err(EINTR), 1));
    Ok(())
}

fn ppoll_interrupted_keeps_what_is_left_of_the_time() -> Outcome {
    let mut timeout = milliseconds(100_000);
    let (answer, _) = with_pending_signal(|unblocked| sys_ppoll(&mut [], Some(&mut timeout), Some(unblocked)))?;
    check_eq!(answer, Err(EINTR));
    check!(timeout < milliseconds(100_000) && timeout > milliseconds(90_000));
    Ok(())
}

fn ppoll_mask_keeps_a_signal_out() -> Outcome {
    for mask in [None, Some(Sigset::full())] {
        let (answer, noted) = with_pending_signal(|_| sys_ppoll(&mut [], Some(&mut milliseconds(10)), mask.as_ref()))?;
        check_eq!((answer, noted), (Ok(0), 0));
        // It came when it was let in.
        check_eq!(NOTED.load(Ordering::Relaxed), 1);
    }
    Ok(())
}

fn epoll_create1_flags() -> Outcome {
    let (plain, closing) = (
        sys_epoll_create1(EpollCreateFlags::empty())?,
        sys_epoll_create1(EPOLL_CLOEXEC)?,
    );
    check_eq!(sys_fcntl_getfd(plain.as_fd())?, FdFlags::empty());
    check_eq!(sys_fcntl_getfd(closing.as_fd())?, FD_CLOEXEC);
    check_err!(sys_epoll_create1(EpollCreateFlags::from_bits(1)), EINVAL);
    Ok(())
}

fn epoll_reports_events_with_their_data() -> Outcome {
    const FIRST: u64 = 0x0123_4567_89ab_cdef;
    const SECOND: u64 = 0xfedc_ba98_7654_3210;
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let (reader, writer) = pipe()?;
    sys_epoll_ctl(
        epoll.as_fd(),
        EPOLL_CTL_ADD,
        reader.as_fd(),
        Some(&event(EPOLLIN, FIRST)),
    )?;
    sys_epoll_ctl(
        epoll.as_fd(),
        EPOLL_CTL_ADD,
        writer.as_fd(),
        Some(&event(EPOLLOUT, SECOND)),
    )?;
    let mut events = [NOTHING; 4];
    check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, FOREVER, None), Ok(1));
    check_eq!(events[0], event(EPOLLOUT, SECOND));
    sys_write(writer.as_fd(), b"x")?;
    check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events[..], FOREVER, None), Ok(2));
    events[..2].sort_unstable_by_key(|event| event.data);
    check_eq!(events[..2], [event(EPOLLIN, FIRST), event(EPOLLOUT, SECOND)]);
    check_eq!(events[2], NOTHING);
    drop(writer);
    check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, FOREVER, None), Ok(1));
    check_eq!(events[0], event(EPOLLIN | EPOLLHUP, FIRST));
    Ok(())
}

fn epoll_goes_round() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let writers = [pipe()?, pipe()?, pipe()?];
    for (data, (_, writer)) in (0..).zip(&writers) {
        sys_epoll_ctl(
            epoll.as_fd(),
            EPOLL_CTL_ADD,
            writer.as_fd(),
            Some(&event(EPOLLOUT, data)),
        )?;
    }
    let mut seen = [0; 3];
    for _ in 0..3 {
        let mut events = [NOTHING];
        check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, FOREVER, None), Ok(1));
        seen[events[0].data as usize] += 1;
    }
    check_eq!(seen, [1, 1, 1]);
    Ok(())
}

fn epoll_edge_and_oneshot() -> Outcome {
    for kind in [EPOLLET, EPOLLONESHOT] {
        let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
        let (reader, writer) = pipe()?;
        let watch = event(EPOLLIN | kind, 1);
        sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_ADD, reader.as_fd(), Some(&watch))?;
        let mut events = [NOTHING; 2];
        sys_write(writer.as_fd(), b"x")?;
        check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, FOREVER, None), Ok(1));
        check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, 0, None), Ok(0));
        sys_write(writer.as_fd(), b"y")?;
        let again = (kind == EPOLLET) as usize;
        check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, 0, None), Ok(again));
        sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_MOD, reader.as_fd(), Some(&watch))?;
        check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, 0, None), Ok(1));
    }
    Ok(())
}

fn epoll_modify_and_delete() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let (_reader, writer) = pipe()?;
    let mut events = [NOTHING; 2];
    sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_ADD, writer.as_fd(), Some(&event(EPOLLOUT, 1)))?;
    sys_epoll_ctl(
        epoll.as_fd(),
        EPOLL_CTL_MOD,
        writer.as_fd(),
        Some(&event(EPOLLOUT, u64::MAX)),
    )?;
    check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, 0, None), Ok(1));
    check_eq!(events[0], event(EPOLLOUT, u64::MAX));
    sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_MOD, writer.as_fd(), Some(&event(EPOLLPRI, 1)))?;
    check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, 0, None), Ok(0));
    sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_DEL, writer.as_fd(), None)?;
    check_err!(
        sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_DEL, writer.as_fd(), None),
        ENOENT
    );
    Ok(())
}

fn epoll_watches_the_file_behind_the_fd() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let (_reader, writer) = pipe()?;
    let copy = sys_dup(writer.as_fd())?;
    let mut events = [NOTHING; 2];
    sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_ADD, writer.as_fd(), Some(&event(EPOLLOUT, 7)))?;
    drop(writer);
    check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, 0, None), Ok(1));
    check_eq!(events[0], event(EPOLLOUT, 7));
    drop(copy);
    check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut events, 0, None), Ok(0));
    Ok(())
}

fn epoll_ctl_refuses() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let (reader, _writer) = pipe()?;
    let file = memfd()?;
    let (epoll, reader) = (epoll.as_fd(), reader.as_fd());
    let watch = event(EPOLLIN, 0);
    sys_epoll_ctl(epoll, EPOLL_CTL_ADD, reader, Some(&watch))?;
    check_err!(sys_epoll_ctl(epoll, EPOLL_CTL_ADD, reader, Some(&watch)), EEXIST);
    check_err!(
        sys_epoll_ctl(epoll, EPOLL_CTL_MOD, _writer.as_fd(), Some(&watch)),
        ENOENT
    );
    check_err!(sys_epoll_ctl(epoll, EPOLL_CTL_ADD, file.as_fd(), Some(&watch)), EPERM);
    check_err!(sys_epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, Some(&watch)), EINVAL);
    check_err!(sys_epoll_ctl(reader, EPOLL_CTL_ADD, epoll, Some(&watch)), EINVAL);
    check_err!(
        sys_epoll_ctl(epoll, EpollOperation::from_bits(99), reader, Some(&watch)),
        EINVAL
    );
    check_err!(sys_epoll_ctl(epoll, EPOLL_CTL_ADD, bad(), Some(&watch)), EBADF);
    check_err!(sys_epoll_ctl(bad(), EPOLL_CTL_ADD, reader, Some(&watch)), EBADF);
    check_err!(sys_epoll_ctl(epoll, EPOLL_CTL_MOD, reader, None), EFAULT);
    Ok(())
}

fn epoll_pwait_times_out() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let elapsed = stopwatch()?;
    check_eq!(sys_epoll_pwait(epoll.as_fd(), &mut [NOTHING], 20, None), Ok(0));
    check!(elapsed()? >= Duration::from_millis(20));
    Ok(())
}

fn epoll_pwait_refuses() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let (reader, _writer) = pipe()?;
    check_err!(sys_epoll_pwait(epoll.as_fd(), &mut [NOTHING; 0], 0, None), EINVAL);
    check_err!(sys_epoll_pwait(reader.as_fd(), &mut [NOTHING], 0, None), EINVAL);
    check_err!(sys_epoll_pwait(bad(), &mut [NOTHING], 0, None), EBADF);
    Ok(())
}

fn epoll_pwait_fills_uninitialised_memory() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let (_reader, writer) = pipe()?;
    sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_ADD, writer.as_fd(), Some(&event(EPOLLOUT, 3)))?;
    let mut events = [MaybeUninit::uninit(); 8];
    let filled: &mut [EpollEvent] = sys_epoll_pwait(epoll.as_fd(), &mut events, FOREVER, None)?;
    check_eq!(filled, [event(EPOLLOUT, 3)]);
    let filled: &mut [EpollEvent] = sys_epoll_pwait(epoll.as_fd(), &mut events[..2], FOREVER, None)?;
    check_eq!(filled, [event(EPOLLOUT, 3)]);
    Ok(())
}

fn epoll_pwait_mask_lets_a_signal_in() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    let (answer, noted) =
        with_pending_signal(|unblocked| sys_epoll_pwait(epoll.as_fd(), &mut [NOTHING], FOREVER, Some(unblocked)))?;
    check_eq!((answer, noted), (Err(EINTR), 1));
    Ok(())
}

fn epoll_pwait_mask_keeps_a_signal_out() -> Outcome {
    let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
    for mask in [None, Some(Sigset::full())] {
        let (answer, noted) =
            with_pending_signal(|_| sys_epoll_pwait(epoll.as_fd(), &mut [NOTHING], 10, mask.as_ref()))?;
        check_eq!((answer, noted), (Ok(0), 0));
    }
    Ok(())
}

/// Reads the counter.
fn take(eventfd: &OwnedFd) -> Result<u64> {
    let mut value = [0; 8];
    sys_read(eventfd.as_fd(), &mut value)?;
    Ok(u64::from_ne_bytes(value))
}

fn add(eventfd: &OwnedFd, value: u64) -> Result<usize> {
    sys_write(eventfd.as_fd(), &value.to_ne_bytes())
}

fn eventfd_counts() -> Outcome {
    let counter = sys_eventfd2(u32::MAX, EFD_NONBLOCK)?;
    check_eq!(take(&counter), Ok(u32::MAX.into()));
    check_err!(take(&counter), EAGAIN);
    add(&counter, 5)?;
    add(&counter, 1 << 40)?;
    check_eq!(take(&counter), Ok((1 << 40) + 5));
    add(&counter, u64::MAX - 1)?;
    check_err!(add(&counter, 1), EAGAIN);
    check_err!(add(&counter, u64::MAX), EINVAL);
    check_err!(sys_read(counter.as_fd(), &mut [0; 7]), EINVAL);
    Ok(())
}

fn eventfd_semaphore() -> Outcome {
    let semaphore = sys_eventfd2(2, EFD_SEMAPHORE | EFD_NONBLOCK)?;
    check_eq!(take(&semaphore), Ok(1));
    check_eq!(take(&semaphore), Ok(1));
    check_err!(take(&semaphore), EAGAIN);
    Ok(())
}

fn eventfd_flags() -> Outcome {
    let (plain, closing) = (
        sys_eventfd2(0, EventfdFlags::empty())?,
        sys_eventfd2(0, EFD_CLOEXEC | EFD_NONBLOCK)?,
    );
    check_eq!(sys_fcntl_getfd(plain.as_fd())?, FdFlags::empty());
    check_eq!(sys_fcntl_getfd(closing.as_fd())?, FD_CLOEXEC);
    check!(!sys_fcntl_getfl(plain.as_fd())?.contains(O_NONBLOCK));
    check!(sys_fcntl_getfl(closing.as_fd())?.contains(O_NONBLOCK));
    check_err!(sys_eventfd2(0, EventfdFlags::from_bits(2)), EINVAL);
    Ok(())
}

fn eventfd_wakes_another_thread() -> Outcome {
    let (request, answer) = (sys_eventfd2(0, EFD_CLOEXEC)?, sys_eventfd2(0, EFD_CLOEXEC)?);
    // A thread that cannot go on would hold the test for good, so it answers what it got, an error too.
    let serve = || {
        let got = take(&request).unwrap_or(u64::MAX - 1);
        let _ = add(&answer, got + 1);
    };
    let thread = Thread::new(&serve)?;
    add(&request, 41)?;
    let mut fds = [Pollfd::new(answer.as_fd(), POLLIN)];
    check_eq!(sys_ppoll(&mut fds, None, None), Ok(1));
    check_eq!(take(&answer), Ok(42));
    thread.join();
    Ok(())
}
