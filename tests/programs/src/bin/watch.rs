//! What the watcher prints of each kind of call, line by line; of those on files see `watch_files`.
#![no_std]
#![no_main]

use core::fmt::{self, Write};
use core::ptr;

use rawtrap::*;
use rawtrap_programs::log::{Either, Log, Repeated, Text, expect, watch};
use rawtrap_programs::{Outcome, PAGES, bad, cases, check};

cases![
    bytes_in_and_out,
    strings_are_escaped_and_cut,
    bytes_of_an_error_are_an_address,
    vectors,
    fds,
    fcntl_by_command,
    ioctl_by_request,
    memory,
    signals_and_sets,
    timers,
    times,
    poll_and_epoll,
    answers_in_place,
];

/// How long a set of signals is, which the calls are told.
const SET: usize = size_of::<Sigset>();

fn bytes_in_and_out() -> Outcome {
    let log = Log::new()?;
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let (r, w) = (reader.as_raw(), writer.as_raw());
    watch(&log, || {
        sys_write(writer.as_fd(), b"hi\n")?;
        sys_read(reader.as_fd(), &mut [0; 8])?;
        sys_write(writer.as_fd(), b"")?;
        drop(writer);
        sys_read(reader.as_fd(), &mut [0; 8])
    })?;
    expect(
        &log,
        format_args!(
            "write({w}, \"hi\\n\", 3) = 3\n\
             read({r}, \"hi\\n\", 8) = 3\n\
             write({w}, \"\", 0) = 0\n\
             close({w}) = 0\n\
             read({r}, \"\", 8) = 0\n",
        ),
    )
}

fn strings_are_escaped_and_cut() -> Outcome {
    let log = Log::new()?;
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let w = writer.as_raw();
    watch(&log, || {
        sys_write(writer.as_fd(), b"\"\\\x07\x08\t\n\x0b\x0c\r\x1b\x7f\xff?")?;
        // An octal digit behind the byte, none, and the string's end.
        sys_write(writer.as_fd(), b"\x017\x018\x01")?;
        sys_write(writer.as_fd(), &[b'a'; 32])?;
        sys_write(writer.as_fd(), &[b'b'; 33])
    })?;
    expect(
        &log,
        format_args!(
            "write({w}, \"\\\"\\\\\\7\\10\\t\\n\\v\\f\\r\\33\\177\\377?\", 13) = 13\n\
             write({w}, \"\\0017\\18\\1\", 5) = 5\n\
             write({w}, \"{0}\", 32) = 32\n\
             write({w}, \"{1}\"..., 33) = 33\n",
            Repeated("a", 32),
            Repeated("b", 32),
        ),
    )
}

fn bytes_of_an_error_are_an_address() -> Outcome {
    let log = Log::new()?;
    let mut buf = [0; 4];
    let at = buf.as_ptr();
    let _ = watch(&log, || sys_read(bad(), &mut buf));
    expect(
        &log,
        format_args!("read(999, {at:p}, 4) = -1 EBADF (bad file descriptor)\n"),
    )
}

fn vectors() -> Outcome {
    let log = Log::new()?;
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let (r, w) = (reader.as_raw(), writer.as_raw());
    let (mut a, mut b) = ([0; 2], [0; 8]);
    let (at_a, at_b) = (a.as_ptr(), b.as_ptr());
    watch(&log, || {
        sys_writev(writer.as_fd(), &[IoSlice::new(b"one"), IoSlice::new(b"two")])?;
        let bufs = &mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)];
        let _ = sys_readv(bad(), bufs);
        sys_readv(reader.as_fd(), bufs)
    })?;
    expect(
        &log,
        format_args!(
            "writev({w}, [{{iov_base=\"one\", iov_len=3}}, {{iov_base=\"two\", iov_len=3}}], 2) = 6\n\
             readv(999, [{{iov_base={at_a:p}, iov_len=2}}, {{iov_base={at_b:p}, iov_len=8}}], 2) \
             = -1 EBADF (bad file descriptor)\n\
             readv({r}, [{{iov_base=\"on\", iov_len=2}}, {{iov_base=\"etwo\", iov_len=8}}], 2) = 6\n",
        ),
    )
}

fn fds() -> Outcome {
    let log = Log::new()?;
    let (one, two, three) = watch(&log, || {
        let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK)?;
        let mut other = sys_dup(reader.as_fd())?;
        sys_dup3(writer.as_fd(), &mut other, O_CLOEXEC)?;
        let _ = sys_pwrite64(writer.as_fd(), b"x", -2i64 as u64);
        let fds = (reader.as_raw(), writer.as_raw(), other.as_raw());
        let _: Result<()> = sys_close(other);
        Ok::<_, Errno>(fds)
    })?;
    expect(
        &log,
        format_args!(
            "pipe2([{one}, {two}], O_NONBLOCK|O_CLOEXEC) = 0\n\
             dup({one}) = {three}\n\
             dup3({two}, {three}, O_CLOEXEC) = {three}\n\
             pwrite64({two}, \"x\", 1, -2) = -1 EINVAL (invalid argument)\n\
             close({three}) = 0\n\
             close({two}) = 0\n\
             close({one}) = 0\n",
        ),
    )
}

fn fcntl_by_command() -> Outcome {
    let log = Log::new()?;
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let (r, w) = (reader.as_raw(), writer.as_raw());
    let other = watch(&log, || {
        sys_fcntl_getfd(reader.as_fd())?;
        sys_fcntl_setfd(reader.as_fd(), FdFlags::empty())?;
        sys_fcntl_getfd(reader.as_fd())?;
        sys_fcntl_setfd(reader.as_fd(), FD_CLOEXEC)?;
        sys_fcntl_getfl(reader.as_fd())?;
        sys_fcntl_setfl(writer.as_fd(), O_NONBLOCK)?;
        sys_fcntl_getfl(writer.as_fd())?;
        let size = sys_fcntl_getpipe_sz(reader.as_fd())?;
        let other = sys_fcntl_dupfd_cloexec(reader.as_fd(), 100)?;
        // SAFETY: the kernel refuses the command before it looks at the argument.
        let _ = unsafe { sys_fcntl(reader.as_fd(), FcntlCommand::from_bits(0x7777), 5) };
        Ok::<_, Errno>((other, size))
    })?;
    expect(
        &log,
        format_args!(
            "{fcntl:?}({r}, F_GETFD) = 0x1 (flags FD_CLOEXEC)\n\
             {fcntl:?}({r}, F_SETFD, 0) = 0\n\
             {fcntl:?}({r}, F_GETFD) = 0\n\
             {fcntl:?}({r}, F_SETFD, FD_CLOEXEC) = 0\n\
             {fcntl:?}({r}, F_GETFL) = 0 (flags O_RDONLY)\n\
             {fcntl:?}({w}, F_SETFL, O_RDONLY|O_NONBLOCK) = 0\n\
             {fcntl:?}({w}, F_GETFL) = {write:#x} (flags O_WRONLY|O_NONBLOCK)\n\
             {fcntl:?}({r}, F_GETPIPE_SZ) = {size}\n\
             {fcntl:?}({r}, F_DUPFD_CLOEXEC, 100) = {other}\n\
             {fcntl:?}({r}, 0x7777 /* F_??? */, 0x5) = -1 EINVAL (invalid argument)\n",
            fcntl = wide::SYS_fcntl,
            write = (O_WRONLY | O_NONBLOCK).bits(),
            size = other.1,
            other = other.0.as_raw(),
        ),
    )
}

fn ioctl_by_request() -> Outcome {
    let log = Log::new()?;
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let r = reader.as_raw();
    sys_write(writer.as_fd(), b"12345")?;
    let mut count = 0i32;
    let at: *mut () = (&raw mut count).cast();
    // With the bit of _IOC_WRITE of every machine: 1 << 30, where three bits tell the direction 4 << 29.
    let unknown = if FIONREAD.bits() == 0x541b {
        0x4004_fe12
    } else {
        0x8004_fe12
    };
    let refused = watch(&log, || {
        // SAFETY: FIONREAD takes a pointer to an int.
        unsafe { sys_ioctl(reader.as_fd(), FIONREAD.bits(), at) }?;
        // SAFETY: a pipe is no terminal, and has no request with the other number.
        unsafe {
            let _ = sys_ioctl(reader.as_fd(), TIOCGWINSZ.bits(), at);
            Ok::<_, Errno>(sys_ioctl(reader.as_fd(), unknown, at).err().unwrap_or(EIO))
        }
    })?;
    expect(
        &log,
        format_args!(
            "ioctl({r}, FIONREAD, [5]) = 0\n\
             ioctl({r}, TIOCGWINSZ, {at:p}) = -1 ENOTTY (inappropriate ioctl for this file)\n\
             ioctl({r}, _IOC(_IOC_WRITE, 0xfe, 0x12, 0x4), {at:p}) = -1 {refused:?} ({refused})\n",
        ),
    )
}

fn memory() -> Outcome {
    let log = Log::new()?;
    // SAFETY: the kernel chooses an address where nothing is, and nobody else knows of it.
    let at = watch(&log, || unsafe {
        let at = sys_mmap(
            ptr::null_mut(),
            2 * PAGES,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS,
            None,
            0,
        )?;
        sys_mprotect(at, PAGES, PROT_NONE)?;
        sys_munmap(at, 2 * PAGES)?;
        let _ = sys_mmap(
            ptr::null_mut(),
            PAGES,
            PROT_READ,
            MAP_PRIVATE,
            Some(bad()),
            PAGES as u64,
        );
        Ok::<_, Errno>(at)
    })?;
    expect(
        &log,
        format_args!(
            "{mmap:?}(NULL, 131072, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = {at:p}\n\
             mprotect({at:p}, 65536, PROT_NONE) = 0\n\
             munmap({at:p}, 131072) = 0\n\
             {mmap:?}(NULL, 65536, PROT_READ, MAP_PRIVATE, 999, 0x10000) = -1 EBADF (bad file descriptor)\n",
            mmap = wide::SYS_mmap,
        ),
    )
}

fn signals_and_sets() -> Outcome {
    let log = Log::new()?;
    let me = sys_getpid();
    let last = Signal::from_raw(40);
    let set = Sigset::empty().with(SIGUSR1).with(last);
    let ignore = Sigaction::new(Handler::Ignore);
    let stack = watch(&log, || {
        sys_rt_sigprocmask(SIG_BLOCK, Some(&set))?;
        sys_rt_sigprocmask(SIG_SETMASK, Some(&Sigset::full().without(SIGINT)))?;
        sys_rt_sigprocmask(SIG_UNBLOCK, Some(&Sigset::full()))?;
        // SAFETY: SIG_IGN is no function; the stack is none.
        let stack = unsafe {
            sys_rt_sigaction(SIGUSR2, None)?;
            let mut handler = Sigaction::new(Handler::Ignore);
            handler.sa_flags = SA_RESTART | SA_NODEFER;
            handler.sa_mask = set;
            sys_rt_sigaction(SIGUSR2, Some(&handler))?;
            let _ = sys_rt_sigaction(SIGKILL, Some(&ignore));
            sys_sigaltstack(None)?
        };
        sys_kill(me, Signal::NONE)?;
        sys_tgkill(me, me, SIGUSR2)?;
        let _ = sys_kill(me, Signal::from_raw(200));
        Ok::<_, Errno>(stack)
    })?;
    let mut text = Text::new();
    log.take(&mut text)?;
    let start = |n: usize| text.lines().nth(n).unwrap_or_default();
    let has = |n: usize, words: &[u8]| start(n).windows(words.len()).any(|part| part == words);
    let ends = |n: usize, words: fmt::Arguments<'_>| {
        let mut end = Text::new();
        end.write_fmt(words).is_ok() && start(n).ends_with(end.as_bytes())
    };
    check!(ends(
        0,
        format_args!("rt_sigprocmask(SIG_BLOCK, [USR1 RT_8], [], {SET}) = 0\n")
    ));
    check!(ends(
        1,
        format_args!("rt_sigprocmask(SIG_SETMASK, ~[INT], [USR1 RT_8], {SET}) = 0\n")
    ));
    check!(has(2, b"rt_sigprocmask(SIG_UNBLOCK, ~[], "));
    check!(has(
        3,
        b"rt_sigaction(SIGUSR2, NULL, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, "
    ));
    check!(ends(3, format_args!(", {SET}) = 0\n")));
    check!(has(
        4,
        b"rt_sigaction(SIGUSR2, {sa_handler=SIG_IGN, sa_mask=[USR1 RT_8], sa_flags="
    ));
    check!(has(4, b"SA_RESTART|SA_NODEFER"));
    check!(has(4, b"}, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, "));
    check!(ends(4, format_args!(", {SET}) = 0\n")));
    check!(has(
        5,
        b"rt_sigaction(SIGKILL, {sa_handler=SIG_IGN, sa_mask=[], sa_flags="
    ));
    check!(ends(5, format_args!(", {SET}) = -1 EINVAL (invalid argument)\n")));
    check!(has(6, b"sigaltstack(NULL, {ss_sp="));
    check!(stack.ss_flags != SS_DISABLE || has(6, b"{ss_sp=NULL, ss_flags=SS_DISABLE, ss_size=0}) = 0\n"));
    check!(has(8, b", SIGUSR2) = 0\n"));
    check!(has(9, b", 200) = -1 EINVAL (invalid argument)\n"));
    Ok(())
}

fn timers() -> Outcome {
    let log = Log::new()?;
    let span = |tv_sec, tv_usec| Timeval { tv_sec, tv_usec };
    let timer = Itimerval {
        it_interval: span(7, 8),
        it_value: span(1000, 0),
    };
    watch(&log, || sys_setitimer(ITIMER_VIRTUAL, &timer))?;
    sys_setitimer(ITIMER_VIRTUAL, &Itimerval::default())?;
    expect(
        &log,
        format_args!(
            "setitimer(ITIMER_VIRTUAL, {{it_interval={{tv_sec=7, tv_usec=8}}, it_value={{tv_sec=1000, tv_usec=0}}}}, \
             {{it_interval={{tv_sec=0, tv_usec=0}}, it_value={{tv_sec=0, tv_usec=0}}}}) = 0\n",
        ),
    )
}

fn times() -> Outcome {
    let log = Log::new()?;
    let span = Timespec { tv_sec: 0, tv_nsec: 5 };
    let wrong = Timespec { tv_sec: 0, tv_nsec: -1 };
    let mut rest = Timespec::default();
    let at = &raw const rest;
    let time = watch(&log, || {
        sys_nanosleep(&span, Some(&mut rest))?;
        let _ = sys_nanosleep(&wrong, None);
        sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &span, None)?;
        sys_clock_gettime(CLOCK_MONOTONIC)
    })?;
    expect(
        &log,
        format_args!(
            "{nanosleep}{{tv_sec=0, tv_nsec=5}}, {at:p}) = 0\n\
             {nanosleep}{{tv_sec=0, tv_nsec=18446744073709551615}}, NULL) = -1 EINVAL (invalid argument)\n\
             {:?}(CLOCK_MONOTONIC, TIMER_ABSTIME, {{tv_sec=0, tv_nsec=5}}, NULL) = 0\n\
             {:?}(CLOCK_MONOTONIC, {{tv_sec={}, tv_nsec={}}}) = 0\n",
            wide::SYS_clock_nanosleep,
            wide::SYS_clock_gettime,
            time.tv_sec,
            time.tv_nsec,
            nanosleep = Either(
                format_args!("nanosleep("),
                format_args!("clock_nanosleep_time64(CLOCK_MONOTONIC, 0, ")
            ),
        ),
    )
}

fn poll_and_epoll() -> Outcome {
    let log = Log::new()?;
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let (r, w) = (reader.as_raw(), writer.as_raw());
    let mut zero = Timespec::default();
    let mut short = Timespec { tv_sec: 0, tv_nsec: 9 };
    let mut events = [EpollEvent {
        events: EpollEvents::empty(),
        data: 0,
    }; 4];
    const DATA: u64 = 1 << 33 | 7;
    let (u32, three) = if cfg!(target_endian = "big") {
        (2, r"\0\0\0\0\0\0\0\3")
    } else {
        (7, r"\3\0\0\0\0\0\0\0")
    };
    let (e, v) = watch(&log, || {
        let fds = &mut [
            Pollfd::new(reader.as_fd(), POLLIN),
            Pollfd::new(writer.as_fd(), POLLOUT | POLLERR),
        ];
        sys_ppoll(fds, Some(&mut zero), None)?;
        sys_ppoll(&mut fds[..1], Some(&mut short), Some(&Sigset::full()))?;
        let epoll = sys_epoll_create1(EPOLL_CLOEXEC)?;
        let event = EpollEvent {
            events: EPOLLOUT | EPOLLET,
            data: DATA,
        };
        sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_ADD, writer.as_fd(), Some(&event))?;
        sys_epoll_pwait(epoll.as_fd(), &mut events, -1, None)?;
        sys_epoll_pwait(epoll.as_fd(), &mut events, 0, None)?;
        sys_epoll_ctl(epoll.as_fd(), EPOLL_CTL_DEL, writer.as_fd(), None)?;
        let eventfd = sys_eventfd2(3, EFD_CLOEXEC | EFD_NONBLOCK)?;
        let _ = sys_read(eventfd.as_fd(), &mut [0; 8])?;
        Ok::<_, Errno>((epoll.as_raw(), eventfd.as_raw()))
    })?;
    expect(
        &log,
        format_args!(
            "{ppoll:?}([{{fd={r}, events=POLLIN}}, {{fd={w}, events=POLLOUT|POLLERR}}], 2, {{tv_sec=0, tv_nsec=0}}, NULL, {SET}) \
             = 1 ([{{fd={w}, revents=POLLOUT}}], left {{tv_sec=0, tv_nsec=0}})\n\
             {ppoll:?}([{{fd={r}, events=POLLIN}}], 1, {{tv_sec=0, tv_nsec=9}}, ~[], {SET}) = 0 (Timeout)\n\
             epoll_create1(EPOLL_CLOEXEC) = {e}\n\
             epoll_ctl({e}, EPOLL_CTL_ADD, {w}, {{events=EPOLLOUT|EPOLLET, data={{u32={u32}, u64={DATA}}}}}) = 0\n\
             epoll_pwait({e}, [{{events=EPOLLOUT, data={{u32={u32}, u64={DATA}}}}}], 4, -1, NULL, {SET}) = 1\n\
             epoll_pwait({e}, [], 4, 0, NULL, {SET}) = 0\n\
             epoll_ctl({e}, EPOLL_CTL_DEL, {w}, NULL) = 0\n\
             eventfd2(3, EFD_CLOEXEC|EFD_NONBLOCK) = {v}\n\
             read({v}, \"{three}\", 8) = 8\n\
             close({v}) = 0\n\
             close({e}) = 0\n",
            ppoll = wide::SYS_ppoll,
        ),
    )
}

/// What a call was given is shown as it was, where its answer has come to the same place.
fn answers_in_place() -> Outcome {
    let log = Log::new()?;
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let far = sys_fcntl_dupfd_cloexec(writer.as_fd(), 100)?;
    let f = far.as_raw();
    let mut mask = Sigset::empty().with(SIGUSR1);
    let mut path = *b"/proc/self\0";
    let mut set = [0usize; 1024 / usize::BITS as usize];
    set[f as usize / usize::BITS as usize] |= 1 << (f as u32 % usize::BITS);
    let mut time = Timespec::default();
    let before = sys_rt_sigprocmask(SIG_BLOCK, None)?;
    let (mask, path, set, time) = (&raw mut mask, path.as_mut_ptr(), set.as_mut_ptr(), &raw mut time);
    let len = watch(&log, || {
        // SAFETY: the kernel writes to a set of signals, to the bytes of a path, and to a set of 1024 fds.
        unsafe {
            let blocked: Result<()> = call!(SYS_rt_sigprocmask, SIG_BLOCK.bits(), mask, mask, size_of::<Sigset>());
            let len: Result<usize> = call!(SYS_readlinkat, AT_FDCWD.as_raw(), path, path, 11usize);
            let ready: Result<usize> = call!(wide::SYS_pselect6, f + 1, 0usize, set, 0usize, time, 0usize);
            blocked.and(ready).and(len)
        }
    })?;
    sys_rt_sigprocmask(SIG_SETMASK, Some(&before))?;
    expect(
        &log,
        format_args!(
            "rt_sigprocmask(SIG_BLOCK, [USR1], [], {SET}) = 0\n\
             readlinkat(AT_FDCWD, \"/proc/self\", \"{pid}\", 11) = {len}\n\
             {pselect6:?}({n}, NULL, [{f}], NULL, {{tv_sec=0, tv_nsec=0}}, NULL) \
             = 1 (out [{f}], left {{tv_sec=0, tv_nsec=0}})\n",
            pselect6 = wide::SYS_pselect6,
            n = f + 1,
            pid = sys_getpid().as_raw(),
        ),
    )
}
