//! The injector: what its rules do to calls, seen from the other end.
#![no_std]
#![no_main]

use core::hint::spin_loop;
use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicI32, AtomicU32, Ordering::Relaxed};
use core::time::Duration;

use rawtrap::interpose::{self, Hook, Injector, Rule, Script};
use rawtrap::*;
use rawtrap_programs::injected::{HOOK, INJECTOR, under, under_rules};
use rawtrap_programs::threads::Thread;
use rawtrap_programs::{Failure, Outcome, cases, check, check_eq, check_err};

cases![
    the_third_write_fails_and_only_that,
    rules_from_code,
    when_forms,
    the_first_rule_whose_turn_it_is_acts,
    any_counts_all_calls_together,
    what_passes_no_hook_is_not_hit,
    short_reads_and_writes_move_that_much,
    short_at_an_offset,
    short_vectors,
    short_on_a_socket,
    short_datagram_keeps_its_real_length,
    short_into_uninitialised_memory,
    short_between_files,
    what_asks_for_less_stays,
    a_refused_close_closes,
    an_interrupted_sleep_has_all_its_time_left,
    processes_are_refused,
    a_call_that_cannot_fail_is_a_negative_number,
    a_signal_arrives_before_the_call,
    delays_wait,
    exactly_one_of_many_threads_is_hit,
    rules_change_while_threads_call,
    the_child_of_a_fork_goes_on_with_its_own_counts,
    the_report_tells_what_never_hit,
    // Last, because an emulator of ci/gaps ends the program here.
    a_handler_is_counted_with_the_rest,
];

/// The calls of a rule, and how many were hit.
fn counts(at: usize) -> Option<(usize, usize)> {
    INJECTOR.report().nth(at).map(|counted| (counted.calls, counted.hits))
}

fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    sys_pipe2(O_CLOEXEC | O_NONBLOCK)
}

/// A file without a name that holds these bytes.
fn memfd(bytes: &[u8]) -> Result<OwnedFd> {
    // SAFETY: the name ends with a zero byte, and the fd is new.
    let file: Result<OwnedFd> = unsafe { call!(SYS_memfd_create, c"inject".as_ptr(), 0u32) };
    let file = file?;
    sys_pwrite64(file.as_fd(), bytes, 0)?;
    Ok(file)
}

fn the_third_write_fails_and_only_that() -> Outcome {
    let (reader, writer) = pipe()?;
    let mut buf = [0; 8];
    let (written, read) = under("write:error=EINTR:when=3", || {
        let written = [b"1", b"2", b"3", b"4", b"5"].map(|byte| sys_write(writer.as_fd(), byte));
        (written, sys_read(reader.as_fd(), &mut buf))
    });
    check_eq!(written, [Ok(1), Ok(1), Err(EINTR), Ok(1), Ok(1)]);
    check_eq!(read, Ok(4));
    check_eq!(&buf, b"1245\0\0\0\0");
    check_eq!(counts(0), Some((5, 1)));
    Ok(())
}

fn rules_from_code() -> Outcome {
    static OWN: Injector = Injector::with(&[Rule::of(SYS_write).short(2), Rule::of(SYS_read).error(EIO).when(2)]);
    static OWN_HOOK: Hook = OWN.hook();
    let (reader, writer) = pipe()?;
    let mut buf = [0; 8];
    interpose::install(&OWN_HOOK);
    let written = sys_write(writer.as_fd(), b"abcdef");
    let reads = [
        sys_read(reader.as_fd(), &mut buf),
        sys_read(reader.as_fd(), &mut [0; 8]),
    ];
    interpose::remove();
    check_eq!(written, Ok(2));
    check_eq!(reads, [Ok(2), Err(EIO)]);
    check_eq!(&buf[..2], b"ab");
    Ok(())
}

/// Which of nine calls fail under a rule.
fn failing(when: Rule) -> Result<u32> {
    let (_reader, writer) = pipe()?;
    INJECTOR.set(&Script::new(&[when]))?;
    interpose::install(&HOOK);
    let mut failed = 0;
    for number in 1..10 {
        if sys_write(writer.as_fd(), b"x") == Err(EIO) {
            failed = failed * 10 + number;
        }
    }
    interpose::remove();
    Ok(failed)
}

fn when_forms() -> Outcome {
    let rule = Rule::of(SYS_write).error(EIO);
    check_eq!(failing(rule)?, 123456789);
    check_eq!(failing(rule.when(3))?, 3);
    check_eq!(failing(rule.since(7))?, 789);
    check_eq!(failing(rule.since(2).every(3))?, 258);
    check_eq!(failing(rule.since(2).until(4))?, 234);
    check_eq!(failing(rule.since(2).until(7).every(3))?, 25);
    check_eq!(failing(rule.when(10))?, 0);
    Ok(())
}

fn the_first_rule_whose_turn_it_is_acts() -> Outcome {
    let (reader, writer) = pipe()?;
    let script = "write:error=EIO:when=2  write:short=1:when=2..3  write:error=EPIPE:when=4";
    let written = under(script, || [(); 5].map(|()| sys_write(writer.as_fd(), b"abc")));
    check_eq!(written, [Ok(3), Err(EIO), Ok(1), Err(EPIPE), Ok(3)]);
    check_eq!(sys_read(reader.as_fd(), &mut [0; 16]), Ok(7));
    check_eq!(
        (counts(0), counts(1), counts(2)),
        (Some((5, 1)), Some((5, 1)), Some((5, 1)))
    );
    Ok(())
}

fn any_counts_all_calls_together() -> Outcome {
    let answers = under("any:error=ENOMEM:when=2+2", || {
        (
            sys_getpid(),
            sys_umask(0o22),
            pipe().map(drop),
            sys_dup(STDOUT).map(drop),
        )
    });
    check!(answers.0.as_raw() > 0);
    // umask(2) cannot fail: the number is -ENOMEM's bits. The third call is pipe2, the fourth and fifth its closes.
    check!(answers.1 as i32 == -ENOMEM.raw());
    check_eq!((answers.2, answers.3), (Ok(()), Err(ENOMEM)));
    check_eq!(counts(0), Some((6, 3)));
    Ok(())
}

fn what_passes_no_hook_is_not_hit() -> Outcome {
    let (_reader, writer) = pipe()?;
    let fd = writer.as_fd();
    let answers = under("write:error=EIO", || {
        // SAFETY: the kernel reads one byte.
        let bare = unsafe { syscall3(SYS_write, fd.as_raw(), b"x".as_ptr(), 1usize) };
        (rawtrap::raw::sys_write(fd, b"x"), bare.to_isize(), sys_write(fd, b"x"))
    });
    check_eq!(answers, (Ok(1), 1, Err(EIO)));
    check_eq!(sys_write(fd, b"x"), Ok(1));
    check_eq!(counts(0), Some((1, 1)));
    Ok(())
}

fn short_reads_and_writes_move_that_much() -> Outcome {
    let (reader, writer) = pipe()?;
    let mut buf = [b'.'; 16];
    let written = under("write:short=3:when=2+", || {
        [(); 3].map(|()| sys_write(writer.as_fd(), b"abcdef"))
    });
    check_eq!(written, [Ok(6), Ok(3), Ok(3)]);
    let read = under("read:short=5", || {
        [
            sys_read(reader.as_fd(), &mut buf[..10]),
            sys_read(reader.as_fd(), &mut buf[10..]),
            sys_read(reader.as_fd(), &mut [0; 16]),
        ]
    });
    check_eq!(read, [Ok(5), Ok(5), Ok(2)]);
    check_eq!(&buf, b"abcde.....fabca.");
    check_err!(sys_read(reader.as_fd(), &mut buf), EAGAIN);
    Ok(())
}

fn short_at_an_offset() -> Outcome {
    let file = memfd(b"0123456789")?;
    let mut buf = [b'.'; 8];
    let (read, written) = under("pread64,pwrite64:short=4", || {
        (
            sys_pread64(file.as_fd(), &mut buf, 3),
            sys_pwrite64(file.as_fd(), b"abcdef", 5),
        )
    });
    check_eq!((read, written), (Ok(4), Ok(4)));
    check_eq!(&buf, b"3456....");
    let mut buf = [0; 10];
    check_eq!(sys_pread64(file.as_fd(), &mut buf, 0), Ok(10));
    check_eq!(&buf, b"01234abcd9");
    Ok(())
}

fn short_vectors() -> Outcome {
    let (reader, writer) = pipe()?;
    let pieces = [&b""[..], b"abc", b"", b"defg"].map(IoSlice::new);
    for (short, count) in [
        ("writev:short=1", 1),
        ("writev:short=3", 3),
        ("writev:short=5", 5),
        ("writev:short=7", 7),
    ] {
        let mut buf = [0; 16];
        check_eq!(under(short, || sys_writev(writer.as_fd(), &pieces)), Ok(count));
        check_eq!(sys_read(reader.as_fd(), &mut buf), Ok(count));
        check_eq!(&buf[..count], &b"abcdefg"[..count]);
    }
    check_eq!(counts(0), Some((1, 0)));

    sys_write(writer.as_fd(), b"0123456789")?;
    let (mut one, mut two, mut three) = ([b'.'; 3], [b'.'; 3], [b'.'; 3]);
    let read = under("readv:short=4", || {
        let mut bufs = [&mut one, &mut two, &mut three].map(|buf| IoSliceMut::new(buf));
        sys_readv(reader.as_fd(), &mut bufs)
    });
    check_eq!((read, &one, &two, &three), (Ok(4), b"012", b"3..", b"..."));
    check_eq!(sys_read(reader.as_fd(), &mut [0; 16]), Ok(6));

    // Nothing is still nothing, and too much is still refused.
    check_eq!(
        under("writev:short=1", || sys_writev(writer.as_fd(), &[IoSlice::new(b"")])),
        Ok(0)
    );
    let many = [IoSlice::new(b"x"); 1025];
    check_err!(under("writev:short=1", || sys_writev(writer.as_fd(), &many)), EINVAL);
    check_eq!(
        under("writev:short=99", || sys_writev(writer.as_fd(), &many[..20])),
        Ok(20)
    );
    check_eq!(
        under("writev:short=19", || sys_writev(writer.as_fd(), &many[..20])),
        Ok(8)
    );
    Ok(())
}

fn short_on_a_socket() -> Outcome {
    let (one, other) = sys_socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, Protocol::DEFAULT)?;
    let flags = MsgFlags::empty();
    let sent = under("sendto:short=4", || sys_sendto(one.as_fd(), b"abcdef", flags, None));
    check_eq!(sent, Ok(4));
    let mut buf = [b'.'; 8];
    let received = under("recvfrom:short=3", || {
        [
            sys_recvfrom(other.as_fd(), &mut buf, flags, None),
            sys_recvfrom(other.as_fd(), &mut [0; 8], flags, None),
        ]
    });
    check_eq!(received, [Ok(3), Ok(1)]);
    check_eq!(&buf, b"abc.....");
    check_err!(sys_recvfrom(other.as_fd(), &mut buf, flags, None), EAGAIN);
    Ok(())
}

/// With MSG_TRUNC the answer is more than was written: it would be wrong of a request that was made smaller.
fn short_datagram_keeps_its_real_length() -> Outcome {
    let (one, other) = sys_socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, Protocol::DEFAULT)?;
    sys_sendto(one.as_fd(), b"abcdef", MsgFlags::empty(), None)?;
    let mut buf = [MaybeUninit::uninit(); 8];
    let received = under("recvfrom:short=1", || {
        sys_recvfrom(other.as_fd(), &mut buf, MSG_TRUNC, None)
    });
    check_eq!(received?, b"abcdef");
    check_eq!(counts(0), Some((1, 0)));
    Ok(())
}

fn short_into_uninitialised_memory() -> Outcome {
    let mut buf = [MaybeUninit::uninit(); 64];
    let filled = under("getrandom:short=5", || {
        sys_getrandom(&mut buf, GrndFlags::empty()).map(|filled| filled.len())
    });
    check_eq!(filled, Ok(5));
    let (reader, writer) = pipe()?;
    sys_write(writer.as_fd(), b"abc")?;
    check_eq!(under("read:short=2", || sys_read(reader.as_fd(), &mut buf))?, b"ab");
    Ok(())
}

/// Calls that this crate does not declare: the injector knows where their length is.
fn short_between_files() -> Outcome {
    let (from, to) = (memfd(b"0123456789")?, memfd(b"")?);
    let (reader, writer) = pipe()?;
    let null = ptr::null::<()>();
    let (sendfile, rules) = if SYS_sendfile.exists() {
        (SYS_sendfile, "sendfile,copy_file_range,splice,tee:short=4")
    } else {
        (SYS_sendfile64, "sendfile64,copy_file_range,splice,tee:short=4")
    };
    // SAFETY: the kernel touches no memory of ours.
    let (sent, copied, teed, spliced): (Result<usize>, Result<usize>, Result<usize>, Result<usize>) =
        under(rules, || unsafe {
            let (second_reader, second_writer) = match pipe() {
                Ok(ends) => ends,
                Err(errno) => return (Err(errno), Err(errno), Err(errno), Err(errno)),
            };
            let sent = call!(sendfile, writer.as_fd(), from.as_fd(), null, 9usize);
            let copied = call!(SYS_copy_file_range, from.as_fd(), null, to.as_fd(), null, 6usize, 0u32);
            let teed = call!(SYS_tee, reader.as_fd(), second_writer.as_fd(), 9usize, 0u32);
            let spliced = call!(SYS_splice, second_reader.as_fd(), null, to.as_fd(), null, 9usize, 0u32);
            (sent, copied, teed, spliced)
        });
    check_eq!((sent, copied, teed, spliced), (Ok(4), Ok(4), Ok(4), Ok(4)));
    let mut buf = [0; 16];
    check_eq!(sys_pread64(to.as_fd(), &mut buf, 0), Ok(8));
    check_eq!(&buf[..8], b"45670123");
    Ok(())
}

fn what_asks_for_less_stays() -> Outcome {
    let (reader, writer) = pipe()?;
    check_eq!(under("write:short=3", || sys_write(writer.as_fd(), b"abc")), Ok(3));
    check_eq!(counts(0), Some((1, 0)));
    check_eq!(under("write:short=1", || sys_write(writer.as_fd(), b"")), Ok(0));
    check_eq!(under("any:short=1", || sys_read(reader.as_fd(), &mut [0; 8])), Ok(1));
    check_eq!(counts(0), Some((1, 1)));
    let mut nothing = [0u8; 0];
    check_eq!(under("read:short=1", || sys_read(reader.as_fd(), &mut nothing)), Ok(0));
    Ok(())
}

fn a_refused_close_closes() -> Outcome {
    let (_reader, writer) = pipe()?;
    let number = writer.as_raw();
    check_err!(under("close:error=EIO", || sys_close(writer)), EIO);
    // SAFETY: nobody owns it.
    check_err!(sys_fcntl_getfd(unsafe { BorrowedFd::borrow_raw(number) }), EBADF);
    Ok(())
}

fn an_interrupted_sleep_has_all_its_time_left() -> Outcome {
    let day = Timespec {
        tv_sec: 86400,
        tv_nsec: 5,
    };
    let nothing = Timespec { tv_sec: 0, tv_nsec: 0 };
    let (mut left, mut by_clock, mut until) = (nothing, nothing, nothing);
    let asleep = [wide::SYS_nanosleep, wide::SYS_clock_nanosleep].map(|nr| Rule::of(nr).error(EINTR));
    let answers = under_rules(&asleep, || {
        (
            sys_nanosleep(&day, Some(&mut left)),
            sys_clock_nanosleep(CLOCK_MONOTONIC, TimerFlags::empty(), &day, Some(&mut by_clock)),
            sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &day, Some(&mut until)),
            sys_nanosleep(&day, None),
        )
    });
    check_eq!(answers, (Err(EINTR), Err(EINTR), Err(EINTR), Err(EINTR)));
    check_eq!((left, by_clock, until), (day, day, nothing));
    check_err!(
        under_rules(&[Rule::of(wide::SYS_nanosleep).error(EINVAL)], || sys_nanosleep(
            &day,
            Some(&mut until)
        )),
        EINVAL
    );
    check_eq!(until, nothing);
    Ok(())
}

fn processes_are_refused() -> Outcome {
    let clone = Rule::of(SYS_clone).error(EAGAIN);
    let script = if SYS_fork.exists() {
        Script::new(&[clone, Rule::of(SYS_fork).error(EAGAIN)])
    } else {
        Script::new(&[clone])
    };
    INJECTOR.set(&script)?;
    interpose::install(&HOOK);
    // SAFETY: there is no child.
    let forked = unsafe { sys_fork() };
    let thread = Thread::new(&|| ()).map(Thread::join);
    interpose::remove();
    check_eq!((forked, thread), (Err(EAGAIN), Err(EAGAIN)));
    let none = CStrList::empty();
    let started = under("execve:error=ENOEXEC", || sys_execve(c"/proc/self/exe", none, none));
    check_err!(started, ENOEXEC);
    Ok(())
}

fn a_call_that_cannot_fail_is_a_negative_number() -> Outcome {
    check_eq!(under("getpid:error=EPERM", || sys_getpid().as_raw()), -EPERM.raw());
    Ok(())
}

static HANDLED_BY: AtomicI32 = AtomicI32::new(0);
static HANDLED: AtomicU32 = AtomicU32::new(0);

extern "C" fn handler(_: Signal) {
    // SAFETY: gettid(2) touches no memory.
    let thread = unsafe { syscall0(SYS_gettid) };
    HANDLED_BY.store(thread.to_isize() as i32, Relaxed);
    HANDLED.fetch_add(1, Relaxed);
}

fn handled(handler: Handler) -> Result<()> {
    // SAFETY: the handlers touch atomics and make calls.
    unsafe { sys_rt_sigaction(SIGUSR1, Some(&Sigaction::new(handler)))? };
    HANDLED.store(0, Relaxed);
    Ok(())
}

fn a_signal_arrives_before_the_call() -> Outcome {
    let (reader, writer) = pipe()?;
    handled(Handler::Signal(handler))?;
    let answers = under(
        "write:error=EINTR:signal=SIGUSR1:when=1  write:signal=SIGUSR1:when=3",
        || [(); 3].map(|()| (sys_write(writer.as_fd(), b"x"), HANDLED.load(Relaxed))),
    );
    handled(Handler::Default)?;
    check_eq!(answers, [(Err(EINTR), 1), (Ok(1), 1), (Ok(1), 2)]);
    check_eq!(HANDLED_BY.load(Relaxed), sys_gettid().as_raw());
    check_eq!(sys_read(reader.as_fd(), &mut [0; 8]), Ok(2));
    Ok(())
}

static WRITES_TO: AtomicI32 = AtomicI32::new(-1);
static WRITTEN: AtomicI32 = AtomicI32::new(0);

extern "C" fn writing_handler(_: Signal) {
    // SAFETY: the case that sets the handler keeps the fd open.
    let fd = unsafe { BorrowedFd::borrow_raw(WRITES_TO.load(Relaxed)) };
    WRITTEN.store(
        sys_write(fd, b"h").map_or_else(|errno| -errno.raw(), |count| count as i32),
        Relaxed,
    );
}

/// The handler's write comes within the first one, and is the second.
fn a_handler_is_counted_with_the_rest() -> Outcome {
    let (_reader, writer) = pipe()?;
    WRITES_TO.store(writer.as_raw(), Relaxed);
    handled(Handler::Signal(writing_handler))?;
    let answers = under("write:signal=SIGUSR1:when=1  write:error=EIO:when=2", || {
        [(); 2].map(|()| sys_write(writer.as_fd(), b"x"))
    });
    handled(Handler::Default)?;
    check_eq!((answers, WRITTEN.load(Relaxed)), ([Ok(1), Ok(1)], -EIO.raw()));
    check_eq!(counts(0), Some((3, 1)));
    Ok(())
}

fn delays_wait() -> Outcome {
    let before = sys_clock_gettime(CLOCK_MONOTONIC)?;
    let pid = under("getpid:delay_enter=20ms:delay_exit=30000:when=2", || {
        sys_getpid();
        sys_getpid()
    });
    let passed = sys_clock_gettime(CLOCK_MONOTONIC)?.duration_since(before);
    check!(passed >= Some(Duration::from_millis(50)));
    check_eq!(pid, sys_getpid());
    Ok(())
}

const THREADS: usize = 4;
const EACH: u32 = 5000;
const CALLS: u32 = THREADS as u32 * EACH;

/// Many calls by some threads at the same time: how many failed in one way, and how many in another.
fn many(rules: &[Rule]) -> core::result::Result<(u32, u32), Failure> {
    let (started, refused, interrupted) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    let task = || {
        while started.load(Relaxed) == 0 {
            spin_loop();
        }
        for _ in 0..EACH {
            match sys_fcntl_getfd(STDOUT) {
                Err(ENOLCK) => _ = refused.fetch_add(1, Relaxed),
                Err(_) => _ = interrupted.fetch_add(1, Relaxed),
                Ok(_) => {}
            }
        }
    };
    INJECTOR.set(&Script::new(rules))?;
    interpose::install(&HOOK);
    let threads = [(); THREADS].map(|()| Thread::new(&task));
    started.store(1, Relaxed);
    let all = threads.iter().all(|thread| thread.is_ok());
    drop(threads);
    interpose::remove();
    check!(all);
    check_eq!(counts(0).map(|(calls, _)| calls), Some(CALLS as usize));
    Ok((refused.load(Relaxed), interrupted.load(Relaxed)))
}

fn exactly_one_of_many_threads_is_hit() -> Outcome {
    let rule = Rule::of(wide::SYS_fcntl).error(ENOLCK);
    for number in [1, CALLS / 2, CALLS] {
        check_eq!(many(&[rule.when(number)])?, (1, 0));
    }
    check_eq!(many(&[rule.when(CALLS + 1)])?, (0, 0));
    check_eq!(many(&[rule.every(4)])?, (CALLS / 4, 0));
    // A call has the same number for all rules: what one leaves is the other's.
    let rest = Rule::of(wide::SYS_fcntl).error(EINTR).since(2).every(2);
    for _ in 0..10 {
        check_eq!(many(&[rule.every(2), rest])?, (CALLS / 2, CALLS / 2));
    }
    Ok(())
}

/// Whatever a thread meets then, it is the kernel's answer or an error of one of the scripts.
fn rules_change_while_threads_call() -> Outcome {
    let wrong = AtomicU32::new(0);
    let task = || {
        let mut buf = [0; 8];
        for _ in 0..EACH {
            match sys_getrandom(&mut buf, GrndFlags::empty()) {
                Ok(1 | 8) | Err(EIO) => {}
                _ => _ = wrong.fetch_add(1, Relaxed),
            }
        }
    };
    let scripts = [
        "getrandom:short=1:when=1+2",
        "read:short=1  getrandom:error=EIO:when=2+3",
        "",
    ];
    under("", || {
        let threads = [(); THREADS].map(|()| Thread::new(&task));
        while threads
            .iter()
            .flatten()
            .any(|thread| thread.running().load(Relaxed) != 0)
        {
            for script in scripts {
                for script in Script::parse(script).iter() {
                    INJECTOR.set(script)?;
                }
            }
        }
        check!(threads.iter().all(|thread| thread.is_ok()));
        Ok(())
    })?;
    check_eq!(wrong.load(Relaxed), 0);
    Ok(())
}

fn the_child_of_a_fork_goes_on_with_its_own_counts() -> Outcome {
    let (_reader, writer) = pipe()?;
    let write = || sys_write(writer.as_fd(), b"x");
    let (status, after) = under("write:error=EIO:when=3+2", || {
        let before = write();
        // SAFETY: the child makes calls and ends.
        match unsafe { sys_fork() } {
            Ok(None) => {
                // Numbers 2 to 4.
                let right = [write(), write(), write()] == [Ok(1), Err(EIO), Ok(1)];
                sys_exit_group(if right && before == Ok(1) { 7 } else { 8 })
            }
            Ok(Some(child)) => (
                retry(|| sys_wait4(child, WaitOptions::empty(), None)),
                [write(), write()],
            ),
            Err(errno) => (Err(errno), [Err(errno); 2]),
        }
    });
    check_eq!(status?.map(|(_, status)| status.exited()), Some(Some(7)));
    check_eq!(after, [Ok(1), Err(EIO)]);
    check_eq!(counts(0), Some((3, 1)));
    Ok(())
}

fn the_report_tells_what_never_hit() -> Outcome {
    under("read:error=EIO  write:error=EIO:when=2  any:short=1:when=1", || {
        sys_write(STDERR, b"").map(drop)
    })?;
    check_eq!(
        (counts(0), counts(1), counts(2), counts(3)),
        (Some((0, 0)), Some((1, 0)), Some((1, 0)), None)
    );
    Ok(())
}
