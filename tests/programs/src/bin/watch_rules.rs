//! How the watcher behaves: filters, counts, threads, signal handlers, an fd that takes nothing.
#![no_std]
#![no_main]

use core::fmt::Write;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use rawtrap::interpose::{self, Count, Counts, Hook, Watcher};
use rawtrap::tables::NATIVE;
use rawtrap::*;
use rawtrap_programs::log::{Log, Repeated, Text, expect, watch};
use rawtrap_programs::threads::Thread;
use rawtrap_programs::{Outcome, PAGES, bad, cases, check, check_eq, check_err};

cases![
    only_the_calls_that_are_named,
    names_may_be_set_while_it_runs,
    what_is_set_may_be_taken_back,
    a_name_that_no_call_has,
    lines_may_begin_with_the_thread,
    counts_and_no_lines,
    counts_and_lines,
    long_lines_are_whole,
    lines_of_threads_do_not_mix,
    an_fd_that_is_none,
    a_pipe_without_reader,
    a_pipe_without_reader_while_sigpipe_waits,
    a_file_that_may_not_grow,
    raw_calls_are_not_seen,
    pointers_to_nothing,
    // Last: an emulator that starts handlers on a crooked stack ends the program here.
    a_handler_is_watched_while_a_line_is_made,
    a_line_takes_so_much_stack,
];

fn only_the_calls_that_are_named() -> Outcome {
    static WATCHER: Watcher = Watcher::new(STDERR).only(&["getpid", "dup"]);
    static HOOK: Hook = WATCHER.hook();
    let log = Log::new()?;
    let pid = log.watch(&WATCHER, &HOOK, || {
        sys_getuid();
        let _ = sys_dup(bad());
        sys_getgid();
        sys_getpid()
    });
    expect(
        &log,
        format_args!("dup(999) = -1 EBADF (bad file descriptor)\ngetpid() = {pid:?}\n"),
    )
}

fn names_may_be_set_while_it_runs() -> Outcome {
    static WATCHER: Watcher = Watcher::new(STDERR);
    static HOOK: Hook = WATCHER.hook();
    let log = Log::new()?;
    let pid = log.watch(&WATCHER, &HOOK, || {
        let pid = sys_getpid();
        let set = WATCHER.set_only(" getppid, dup\n");
        sys_getpid();
        let _ = sys_dup(bad());
        set.map(|()| pid)
    });
    check!(pid.is_ok());
    let pid = pid.unwrap_or(Pid::from_raw(0));
    expect(
        &log,
        format_args!("getpid() = {pid:?}\ndup(999) = -1 EBADF (bad file descriptor)\n"),
    )
}

fn what_is_set_may_be_taken_back() -> Outcome {
    static WATCHER: Watcher = Watcher::new(STDERR).only(&["dup"]).quiet().with_ids();
    static HOOK: Hook = WATCHER.hook();
    let log = Log::new()?;
    let pid = log.watch(&WATCHER, &HOOK, || {
        let _ = sys_dup(bad());
        WATCHER.set_quiet(false);
        WATCHER.set_ids(false);
        sys_getpid();
        WATCHER.set_all();
        // SAFETY: no call has this number.
        let _: Result<()> = unsafe { call!(Sysno::new(9999)) };
        sys_getpid();
        WATCHER.set_ids_beside(sys_gettid());
        sys_getpid();
        WATCHER.set_ids(true);
        sys_getpid();
        WATCHER.set_quiet(true);
        sys_getpid()
    });
    expect(
        &log,
        format_args!(
            "syscall_0x270f() = -1 ENOSYS (function not implemented)\n\
             getpid() = {pid:?}\n\
             gettid() = {pid:?}\n\
             getpid() = {pid:?}\n\
             [pid {pid:?}] getpid() = {pid:?}\n"
        ),
    )
}

fn a_name_that_no_call_has() -> Outcome {
    static WATCHER: Watcher = Watcher::new(STDERR);
    static HOOK: Hook = WATCHER.hook();
    for (names, wrong) in [
        ("dup,wirte,read", "wirte"),
        ("", ""),
        ("dup,", ""),
        ("dup, wirte", "wirte"),
        ("dup read", "dup read"),
        ("SYS_dup", "SYS_dup"),
    ] {
        check_eq!(WATCHER.set_only(names), Err(wrong));
    }
    let log = Log::new()?;
    let pid = log.watch(&WATCHER, &HOOK, sys_getpid);
    expect(&log, format_args!("getpid() = {pid:?}\n"))
}

fn lines_may_begin_with_the_thread() -> Outcome {
    static WATCHER: Watcher = Watcher::new(STDERR).with_ids();
    static HOOK: Hook = WATCHER.hook();
    let log = Log::new()?;
    let pid = log.watch(&WATCHER, &HOOK, sys_getpid);
    let tid = sys_gettid();
    expect(&log, format_args!("[pid {tid:?}] getpid() = {pid:?}\n"))
}

fn counts_and_no_lines() -> Outcome {
    static COUNTS: Counts = Counts::new();
    static WATCHER: Watcher = Watcher::new(STDERR).counting(&COUNTS).quiet();
    static HOOK: Hook = WATCHER.hook();
    let log = Log::new()?;
    let span = Timespec {
        tv_sec: 0,
        tv_nsec: 20_000_000,
    };
    log.watch(&WATCHER, &HOOK, || {
        for _ in 0..3 {
            sys_getpid();
        }
        let _ = sys_dup(bad());
        sys_nanosleep(&span, None)
    })?;
    let Count { calls, errors, .. } = COUNTS.of(SYS_getpid);
    check_eq!((calls, errors), (3, 0));
    let Count { calls, errors, .. } = COUNTS.of(SYS_dup);
    check_eq!((calls, errors), (1, 1));
    let Count {
        calls,
        errors,
        time: slept,
    } = COUNTS.of(wide::SYS_nanosleep);
    check_eq!((calls, errors), (1, 0));
    check!(slept.as_millis() >= 20);
    check_eq!(COUNTS.of(SYS_write).calls, 0);
    let mut text = Text::new();
    log.take(&mut text)?;
    check_eq!(text.as_bytes(), b"");

    WATCHER.report();
    log.take(&mut text)?;
    let mut lines = text.lines();
    check_eq!(
        lines.next(),
        Some(&b"% time     seconds  usecs/call     calls    errors syscall\n"[..])
    );
    // The longest first.
    let mut longest = Text::new();
    check!(writeln!(longest, "         1           {:?}", wide::SYS_nanosleep).is_ok());
    check!(lines.nth(1).unwrap_or_default().ends_with(longest.as_bytes()));
    check!(
        text.lines()
            .any(|line| line.ends_with(b"         3           getpid\n"))
    );
    check!(text.lines().any(|line| line.ends_with(b"         1         1 dup\n")));
    check!(
        text.lines()
            .last()
            .unwrap_or_default()
            .ends_with(b"         5         1 total\n")
    );
    check!(text.lines().last().unwrap_or_default().starts_with(b"100.00    0."));
    Ok(())
}

fn counts_and_lines() -> Outcome {
    static COUNTS: Counts = Counts::new();
    static WATCHER: Watcher = Watcher::new(STDERR).counting(&COUNTS).only(&["getpid"]);
    static HOOK: Hook = WATCHER.hook();
    let log = Log::new()?;
    let pid = log.watch(&WATCHER, &HOOK, || {
        sys_getuid();
        sys_getpid()
    });
    check_eq!((COUNTS.of(SYS_getpid).calls, COUNTS.of(SYS_getuid).calls), (1, 0));
    expect(&log, format_args!("getpid() = {pid:?}\n"))
}

fn long_lines_are_whole() -> Outcome {
    let log = Log::new()?;
    let mut path = [b'x'; 3001];
    for len in [400, 500, 520, 1900, 2030, 2080, 3000] {
        path.fill(b'x');
        path[len] = 0;
        let name = core::ffi::CStr::from_bytes_until_nul(&path).unwrap_or_default();
        watch(&log, || check_err_name(name))?;
        expect(
            &log,
            format_args!(
                "chdir(\"{}\") = -1 ENAMETOOLONG (file name too long)\n",
                Repeated("x", len)
            ),
        )?;
    }
    Ok(())
}

fn check_err_name(name: &core::ffi::CStr) -> Outcome {
    check_err!(sys_chdir(name), ENAMETOOLONG);
    Ok(())
}

const THREADS: usize = 4;
const ROUNDS: usize = 150;

fn lines_of_threads_do_not_mix() -> Outcome {
    let log = Log::new()?;
    let null = sys_open(c"/dev/null", O_WRONLY | O_CLOEXEC, 0)?;
    let n = null.as_raw();
    let task = || {
        for _ in 0..ROUNDS {
            let _ = sys_write(null.as_fd(), b"ping");
        }
    };
    watch(&log, || {
        let threads = [(); THREADS].map(|()| Thread::new(&task));
        for thread in threads {
            thread?.join();
        }
        Ok::<_, Errno>(())
    })?;
    let mut line = Text::new();
    check!(writeln!(line, "write({n}, \"ping\", 4) = 4").is_ok());
    let mut text = Text::new();
    log.take(&mut text)?;
    let mut pings = 0;
    for seen in text.lines() {
        if seen == line.as_bytes() {
            pings += 1;
        } else {
            let known = [
                &b"clone("[..],
                b"mmap(",
                b"mmap2(",
                b"futex(",
                b"futex_time64(",
                b"exit(0) = ?\n",
                b"munmap(",
            ];
            check!(known.iter().any(|start| seen.starts_with(start)) && seen.ends_with(b"\n"));
        }
    }
    check_eq!(pings, THREADS * ROUNDS);
    Ok(())
}

fn a_handler_is_watched_while_a_line_is_made() -> Outcome {
    static HANDLED: AtomicU32 = AtomicU32::new(0);
    unsafe extern "C" fn handler(_: Signal) {
        // SAFETY: no call has this number.
        let _: Result<()> = unsafe { call!(Sysno::new(9999), 7u32) };
        HANDLED.fetch_add(1, Ordering::Relaxed);
    }
    let log = Log::new()?;
    let mut action = Sigaction::new(Handler::Signal(handler));
    action.sa_flags = SA_RESTART;
    // SAFETY: the handler makes a call and counts.
    unsafe { sys_rt_sigaction(SIGALRM, Some(&action))? };
    let mut path = [0; 64];
    let mut calls = 0;
    sys_chdir(c"/")?;
    let arm = |microseconds: u32| {
        let timer = Itimerval {
            it_interval: Timeval::default(),
            it_value: Timeval {
                tv_sec: 0,
                tv_usec: microseconds as _,
            },
        };
        // SAFETY: the kernel reads one itimerval. No hook sees the call.
        unsafe { syscall3(SYS_setitimer, ITIMER_REAL.bits(), &raw const timer, 0usize) };
    };
    watch(&log, || {
        // One alarm at a time: a timer that goes on would leave a slow machine no time for anything else.
        while HANDLED.load(Ordering::Relaxed) < 20 && calls < 400 {
            calls += 1;
            arm(1 + calls as u32 * 37 % 500);
            let _ = sys_getcwd(&mut path);
        }
    });
    arm(0);
    let mut text = Text::new();
    log.take(&mut text)?;
    let (mut own, mut handlers) = (0, 0);
    for line in text.lines() {
        match line {
            b"getcwd(\"/\", 64) = 2\n" => own += 1,
            b"syscall_0x270f(0x7) = -1 ENOSYS (function not implemented)\n" => handlers += 1,
            line => {
                return Err(rawtrap_programs::Failure::new(format_args!(
                    "`{}`",
                    line.escape_ascii()
                )));
            }
        }
    }
    check_eq!(own, calls);
    check!(handlers > 0 && handlers <= HANDLED.load(Ordering::Relaxed));
    Ok(())
}

fn an_fd_that_is_none() -> Outcome {
    static WATCHER: Watcher = Watcher::new(STDERR);
    static HOOK: Hook = WATCHER.hook();
    WATCHER.write_to(bad());
    interpose::install(&HOOK);
    let (pid, dup) = (sys_getpid(), sys_dup(bad()));
    interpose::remove();
    check_eq!(pid, sys_getpid());
    check_err!(dup, EBADF);
    Ok(())
}

/// Watches a call with a pipe that nobody reads.
fn into_a_broken_pipe() -> Outcome {
    static WATCHER: Watcher = Watcher::new(STDERR);
    static HOOK: Hook = WATCHER.hook();
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    drop(reader);
    // SAFETY: it is open until the hook is gone.
    WATCHER.write_to(unsafe { BorrowedFd::borrow_raw(writer.as_raw()) });
    interpose::install(&HOOK);
    let pid = sys_getpid();
    interpose::remove();
    check_eq!(pid, sys_getpid());
    Ok(())
}

/// Signals that came.
static SIGNALS: AtomicU32 = AtomicU32::new(0);

unsafe extern "C" fn count(_: Signal) {
    SIGNALS.fetch_add(1, Ordering::Relaxed);
}

fn a_pipe_without_reader() -> Outcome {
    // SAFETY: the handler counts.
    unsafe { sys_rt_sigaction(SIGPIPE, Some(&Sigaction::new(Handler::Signal(count))))? };
    let before = sys_rt_sigprocmask(SIG_BLOCK, None)?;
    into_a_broken_pipe()?;
    check_eq!(SIGNALS.load(Ordering::Relaxed), 0);
    check_eq!(sys_rt_sigprocmask(SIG_BLOCK, None)?, before);
    // The program's own comes as ever.
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    drop(reader);
    check_err!(sys_write(writer.as_fd(), b"x"), EPIPE);
    check_eq!(SIGNALS.load(Ordering::Relaxed), 1);
    Ok(())
}

fn a_pipe_without_reader_while_sigpipe_waits() -> Outcome {
    SIGNALS.store(0, Ordering::Relaxed);
    let pipe = Sigset::empty().with(SIGPIPE);
    sys_rt_sigprocmask(SIG_BLOCK, Some(&pipe))?;
    // None waits: none is left behind.
    into_a_broken_pipe()?;
    sys_rt_sigprocmask(SIG_UNBLOCK, Some(&pipe))?;
    check_eq!(SIGNALS.load(Ordering::Relaxed), 0);
    // One waits: it stays.
    sys_rt_sigprocmask(SIG_BLOCK, Some(&pipe))?;
    sys_tgkill(sys_getpid(), sys_gettid(), SIGPIPE)?;
    into_a_broken_pipe()?;
    check_eq!(SIGNALS.load(Ordering::Relaxed), 0);
    sys_rt_sigprocmask(SIG_UNBLOCK, Some(&pipe))?;
    check_eq!(SIGNALS.load(Ordering::Relaxed), 1);
    Ok(())
}

fn a_file_that_may_not_grow() -> Outcome {
    const LIMIT: u64 = 30;
    SIGNALS.store(0, Ordering::Relaxed);
    // SAFETY: the handler counts.
    unsafe { sys_rt_sigaction(SIGXFSZ, Some(&Sigaction::new(Handler::Signal(count))))? };
    let log = Log::new()?;
    let free = sys_prlimit64(None, RLIMIT_FSIZE, None)?;
    let limit = Rlimit64 {
        rlim_cur: LIMIT,
        ..free
    };
    sys_prlimit64(None, RLIMIT_FSIZE, Some(&limit))?;
    watch(&log, || {
        for _ in 0..10 {
            sys_getpid();
        }
    });
    sys_prlimit64(None, RLIMIT_FSIZE, Some(&free))?;
    // A line that fits in part is written in part.
    check_eq!(sys_lseek(log.fd(), 0, SEEK_END), Ok(LIMIT));
    check_eq!(SIGNALS.load(Ordering::Relaxed), 0);
    Ok(())
}

fn raw_calls_are_not_seen() -> Outcome {
    let log = Log::new()?;
    let null = sys_open(c"/dev/null", O_WRONLY | O_CLOEXEC, 0)?;
    watch(&log, || {
        raw::sys_write(null.as_fd(), b"unseen")?;
        // SAFETY: getpid(2) touches no memory.
        unsafe { syscall0(SYS_getpid) };
        Ok::<_, Errno>(())
    })?;
    expect(&log, format_args!(""))
}

fn pointers_to_nothing() -> Outcome {
    let log = Log::new()?;
    // SAFETY: the name ends with a zero byte.
    let file: Result<OwnedFd> = unsafe { call!(SYS_memfd_create, c"file".as_ptr(), 0u32) };
    let file = file?;
    sys_ftruncate(file.as_fd(), PAGES as u64 - 1)?;
    let map = |prot, flags, file| {
        // SAFETY: the kernel chooses an address where nothing is.
        unsafe { sys_mmap(core::ptr::null_mut(), 2 * PAGES, prot, flags, file, 0) }
    };
    // Pages of a file, with some behind its end; the same of a copy; and pages that nobody may read.
    let shared = map(PROT_READ, MAP_SHARED, Some(file.as_fd()))?.expose_provenance();
    let private = map(PROT_READ, MAP_PRIVATE, Some(file.as_fd()))?.expose_provenance();
    let closed = map(PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, None)?.expose_provenance();
    let file = [shared + PAGES - 2, private + PAGES - 2];
    for at in [
        shared + PAGES,
        private + PAGES,
        closed,
        1,
        (1u64 << 52) as usize | 2,
        usize::MAX - 4,
    ] {
        // SAFETY: the kernel tells what it cannot read; an emulator may do so before it looks at the fd.
        let refused: Result<usize> = watch(&log, || unsafe { call!(SYS_write, -1, at, 8usize) });
        let errno = refused.err().unwrap_or(EIO);
        expect(&log, format_args!("write(-1, {at:#x}, 8) = -1 {errno:?} ({errno})\n"))?;
    }
    for at in file {
        let refused = watch(&log, || {
            [3usize, 2].map(|len| {
                // SAFETY: the kernel refuses the fd; an emulator may look at the end first.
                let refused: Result<usize> = unsafe { call!(SYS_write, -1, at, len) };
                refused.err().unwrap_or(EIO)
            })
        });
        expect(
            &log,
            format_args!(
                "write(-1, {at:#x}, 3) = -1 {0:?} ({0})\n\
                 write(-1, \"\\0\\0\", 2) = -1 EBADF (bad file descriptor)\n",
                refused[0],
            ),
        )?;
    }
    Ok(())
}

/// How deep a stack is, of a handler that makes a call with a path.
fn depth(path: &core::ffi::CStr) -> Result<usize> {
    const SIZE: usize = 64 << 10;
    const UNTOUCHED: u8 = 0xaa;
    static PATH: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C" fn handler(_: Signal) {
        // SAFETY: the path lives until the signal has been handled.
        let _: Result<()> = unsafe { call!(SYS_chdir, PATH.load(Ordering::Relaxed)) };
    }
    let (prot, flags) = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    // SAFETY: the kernel chooses an address where nothing is.
    let base = unsafe { sys_mmap(core::ptr::null_mut(), SIZE, prot, flags, None, 0) }?;
    // SAFETY: it is ours, and nothing is on it yet.
    unsafe { base.cast::<u8>().write_bytes(UNTOUCHED, SIZE) };
    PATH.store(path.as_ptr().expose_provenance(), Ordering::Relaxed);
    let stack = Stack {
        ss_sp: base,
        ss_flags: StackFlags::empty(),
        ss_size: SIZE,
    };
    let mut action = Sigaction::new(Handler::Signal(handler));
    action.sa_flags = SA_ONSTACK;
    // SAFETY: the stack stays for good; the handler makes a call.
    unsafe {
        sys_sigaltstack(Some(&stack))?;
        sys_rt_sigaction(SIGUSR1, Some(&action))?;
    }
    sys_tgkill(sys_getpid(), sys_gettid(), SIGUSR1)?;
    // SAFETY: as above; the handler has returned.
    let bytes = unsafe { core::slice::from_raw_parts(base.cast::<u8>(), SIZE) };
    Ok(bytes.len() - bytes.iter().take_while(|byte| **byte == UNTOUCHED).count())
}

/// As the page of `interpose::watch` has it.
fn a_line_takes_so_much_stack() -> Outcome {
    let (most, most_of_long) = if cfg!(debug_assertions) {
        (10 << 10, 12 << 10)
    } else if ["sparc", "powerpc", "s390x"]
        .iter()
        .any(|kind| NATIVE.arch.starts_with(kind))
    {
        // A function leaves room there for the registers of those that it calls.
        (5120, 7424)
    } else {
        (3328, 5632)
    };
    let log = Log::new()?;
    let mut long = [b'x'; 3001];
    long[3000] = 0;
    let long = core::ffi::CStr::from_bytes_until_nul(&long).unwrap_or_default();
    let bare = depth(c"/none")?;
    let line = watch(&log, || depth(c"/none"))? - bare;
    let long = watch(&log, || depth(long))? - bare;
    if line > 512 && line < most && long > line && long < most_of_long {
        return Ok(());
    }
    Err(rawtrap_programs::Failure::new(format_args!(
        "a line takes {line} bytes, a long one {long}"
    )))
}
