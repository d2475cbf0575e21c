//! The scheduler's pair: around which calls it stands, and that nothing gets by it.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use rawtrap::interpose::{self, Call, Hook, Interpose, Runtime, Scheduled};
use rawtrap::*;
use rawtrap_programs::threads::{Stack, Thread};
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    a_pair_around_each_call_that_may_block,
    a_pair_around_a_call_that_always_blocks,
    no_pair_around_calls_that_never_block,
    no_pair_around_raw_twins,
    a_call_that_fails_is_left,
    a_call_that_an_inner_hook_refuses_is_left,
    an_inner_hook_stands_within_the_pair,
    comforts_enter_as_often_as_they_call,
    clone_is_left_by_the_parent_alone,
    fork_enters_nothing,
    execve_that_fails_is_left,
    what_was_under_way_is_left_though_the_hook_is_gone,
    threads_leave_what_they_entered,
    a_signal_handler_enters_within,
];

/// What happened: even entries are entries, odd ones are exits, and the number says of which call.
struct Recorder {
    log: [AtomicU32; 4096],
    length: AtomicUsize,
    open: AtomicU32,
    /// Exits with another call's or another thread's token.
    foreign: AtomicU32,
}

/// Which call on which thread.
struct Token {
    nr: Sysno,
    tid: usize,
}

impl Recorder {
    const fn new() -> Recorder {
        Recorder {
            log: [const { AtomicU32::new(0) }; 4096],
            length: AtomicUsize::new(0),
            open: AtomicU32::new(0),
            foreign: AtomicU32::new(0),
        }
    }

    fn note(&self, nr: Sysno, exit: u32) {
        if let Some(entry) = self.log.get(self.length.fetch_add(1, Ordering::Relaxed)) {
            entry.store(nr.number() << 1 | exit, Ordering::Relaxed);
        }
    }
}

fn tid() -> usize {
    // SAFETY: gettid(2) touches no memory.
    unsafe { syscall0(SYS_gettid) }.to_usize()
}

impl Runtime for Recorder {
    type Token = Token;

    fn enter_syscall(&self, call: &Call) -> Token {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.note(call.nr(), 0);
        Token {
            nr: call.nr(),
            tid: tid(),
        }
    }

    fn exit_syscall(&self, token: Token, call: &Call) {
        if token.nr != call.nr() || token.tid != tid() {
            self.foreign.fetch_add(1, Ordering::Relaxed);
        }
        self.note(call.nr(), 1);
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

static SCHEDULED: Scheduled<Recorder> = Scheduled::new(Recorder::new());
static HOOK: Hook = SCHEDULED.hook();

/// The log of what `work` does, from its beginning.
fn recorded<T>(work: impl FnOnce() -> T) -> (T, &'static Recorder) {
    recorded_by(&HOOK, work)
}

fn recorded_by<T>(hook: &'static Hook, work: impl FnOnce() -> T) -> (T, &'static Recorder) {
    let recorder = SCHEDULED.runtime();
    recorder.length.store(0, Ordering::Relaxed);
    interpose::install(hook);
    let value = work();
    interpose::remove();
    (value, recorder)
}

/// The calls were entered and left, one after the other.
fn check_pairs(recorder: &Recorder, calls: &[Sysno]) -> Outcome {
    check_eq!(recorder.length.load(Ordering::Relaxed), 2 * calls.len());
    for (pair, nr) in recorder.log.chunks(2).zip(calls) {
        let pair = [&pair[0], &pair[1]].map(|entry| entry.load(Ordering::Relaxed));
        check_eq!(pair, [nr.number() << 1, nr.number() << 1 | 1]);
    }
    check_balance(recorder)
}

fn check_balance(recorder: &Recorder) -> Outcome {
    check_eq!(recorder.open.load(Ordering::Relaxed), 0);
    check_eq!(recorder.foreign.load(Ordering::Relaxed), 0);
    Ok(())
}

const SHORT: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 1_000_000,
};

fn a_pair_around_each_call_that_may_block() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let mut buf = [0; 4];
    let (counts, recorder) = recorded(|| (sys_write(writer.as_fd(), b"ping"), sys_read(reader.as_fd(), &mut buf)));
    check_eq!(counts, (Ok(4), Ok(4)));
    check_eq!(&buf, b"ping");
    check_pairs(recorder, &[SYS_write, SYS_read])
}

fn a_pair_around_a_call_that_always_blocks() -> Outcome {
    let (answer, recorder) = recorded(|| sys_nanosleep(&SHORT, None));
    answer?;
    check_pairs(recorder, &[wide::SYS_nanosleep])
}

fn no_pair_around_calls_that_never_block() -> Outcome {
    let (answers, recorder) = recorded(|| {
        let word = AtomicU32::new(0);
        sys_getpid();
        (
            sys_pipe2(O_CLOEXEC).is_ok(),
            sys_futex_op_wake(&word, FUTEX_PRIVATE_FLAG, 1),
        )
    });
    check_eq!(answers, (true, Ok(0)));
    // The ends of the pipe are closed when they are dropped, and close(2) may wait for what is behind an fd.
    check_pairs(recorder, &[SYS_close, SYS_close])
}

fn no_pair_around_raw_twins() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let mut buf = [0; 4];
    let (answers, recorder) = recorded(|| {
        (
            raw::sys_write(writer.as_fd(), b"pong"),
            raw::sys_read(reader.as_fd(), &mut buf),
            raw::sys_nanosleep(&SHORT, None),
            raw::sys_read(bad(), &mut [0; 4]),
        )
    });
    check_eq!(answers, (Ok(4), Ok(4), Ok(()), Err(EBADF)));
    check_pairs(recorder, &[])
}

fn a_call_that_fails_is_left() -> Outcome {
    let (answer, recorder) = recorded(|| sys_read(bad(), &mut [0; 4]));
    check_err!(answer, EBADF);
    check_pairs(recorder, &[SYS_read])
}

/// Refuses writes, and lets the rest pass.
struct Refuser {
    asked: AtomicU32,
    /// The pairs that were open when it was asked.
    open: AtomicU32,
}

impl Interpose for Refuser {
    fn around(&self, call: &Call) -> Reg {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.open
            .store(SCHEDULED.runtime().open.load(Ordering::Relaxed), Ordering::Relaxed);
        if call.nr() == SYS_write {
            return Reg::from(EIO);
        }
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }
}

static REFUSER: Refuser = Refuser {
    asked: AtomicU32::new(0),
    open: AtomicU32::new(0),
};
// SAFETY: it answers what the kernel answers, or an error.
static REFUSER_HOOK: Hook = unsafe { Hook::new(&REFUSER) };
static OUTERMOST: Hook = SCHEDULED.hook().then(&REFUSER_HOOK);

fn a_call_that_an_inner_hook_refuses_is_left() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK)?;
    let (answer, recorder) = recorded_by(&OUTERMOST, || sys_write(writer.as_fd(), b"ping"));
    check_err!(answer, EIO);
    check_err!(sys_read(reader.as_fd(), &mut [0; 4]), EAGAIN);
    check_pairs(recorder, &[SYS_write])
}

fn an_inner_hook_stands_within_the_pair() -> Outcome {
    let asked = REFUSER.asked.load(Ordering::Relaxed);
    let (answer, recorder) = recorded_by(&OUTERMOST, || sys_nanosleep(&SHORT, None));
    answer?;
    check_eq!(REFUSER.asked.load(Ordering::Relaxed), asked + 1);
    check_eq!(REFUSER.open.load(Ordering::Relaxed), 1);
    check_pairs(recorder, &[wide::SYS_nanosleep])?;
    let (_, recorder) = recorded_by(&OUTERMOST, sys_getpid);
    check_eq!(REFUSER.asked.load(Ordering::Relaxed), asked + 2);
    check_eq!(REFUSER.open.load(Ordering::Relaxed), 0);
    check_pairs(recorder, &[])
}

fn comforts_enter_as_often_as_they_call() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    sys_write(writer.as_fd(), b"all")?;
    drop(writer);
    let mut buf = [0; 8];
    let (count, recorder) = recorded(|| read_to_end(reader.as_fd(), &mut buf));
    check_eq!(count?, 3);
    check_pairs(recorder, &[SYS_read, SYS_read])
}

/// The thread ends by exit(2), which enters nothing either.
fn clone_is_left_by_the_parent_alone() -> Outcome {
    let ran = AtomicU32::new(0);
    let task = || {
        sys_gettid();
        ran.store(1, Ordering::Relaxed);
    };
    let stack = Stack::new()?;
    let (thread, recorder) = recorded(|| Thread::on(stack, &task));
    thread?.join();
    check_eq!(ran.into_inner(), 1);
    check_pairs(recorder, &[SYS_clone])
}

fn fork_enters_nothing() -> Outcome {
    let (child, recorder) = recorded(|| {
        // SAFETY: there is one thread. The child ends without touching anything.
        unsafe { sys_fork() }.map(|child| child.unwrap_or_else(|| child_ends()))
    });
    let ended = sys_wait4(child?, WaitOptions::empty(), None)?;
    check_eq!(ended.and_then(|(_, status)| status.exited()), Some(0));
    check_pairs(recorder, &[])
}

/// In the child: the pair works on its own copy.
fn child_ends() -> ! {
    let failed = sys_read(bad(), &mut [0; 4]) == Err(EBADF);
    let good = failed && check_pairs(SCHEDULED.runtime(), &[SYS_read]).is_ok();
    sys_exit_group(i32::from(!good))
}

fn execve_that_fails_is_left() -> Outcome {
    let (answer, recorder) =
        recorded(|| sys_execve(c"/there/is/no/such/program", CStrList::empty(), CStrList::empty()));
    check_err!(answer, ENOENT);
    check_pairs(recorder, &[SYS_execve])
}

fn what_was_under_way_is_left_though_the_hook_is_gone() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let task = || _ = sys_read(reader.as_fd(), &mut [0; 4]);
    let thread = Thread::new(&task)?;
    // Until here the thread may have called already. This one certainly calls behind the hook.
    sys_write(writer.as_fd(), b"ping")?;
    thread.join();
    let recorder = SCHEDULED.runtime();
    recorder.length.store(0, Ordering::Relaxed);
    interpose::install(&HOOK);
    let thread = Thread::new(&task)?;
    while recorder.open.load(Ordering::Relaxed) == 0 {
        sys_sched_yield()?;
    }
    interpose::remove();
    sys_write(writer.as_fd(), b"ping")?;
    thread.join();
    check_pairs_in_any_order(recorder, &[wide::SYS_mmap, SYS_clone, SYS_read])
}

/// Each of these calls was entered once and left once.
fn check_pairs_in_any_order(recorder: &Recorder, calls: &[Sysno]) -> Outcome {
    let length = recorder.length.load(Ordering::Relaxed);
    check_eq!(length, 2 * calls.len());
    for nr in calls {
        for entry in [nr.number() << 1, nr.number() << 1 | 1] {
            let found = recorder.log[..length]
                .iter()
                .filter(|log| log.load(Ordering::Relaxed) == entry);
            check_eq!((*nr, found.count()), (*nr, 1));
        }
    }
    check_balance(recorder)
}

fn threads_leave_what_they_entered() -> Outcome {
    const ROUNDS: usize = 100;
    const CALLS: usize = 3;
    let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK)?;
    let failed = AtomicU32::new(0);
    let task = || {
        for _ in 0..ROUNDS {
            let good = sys_write(writer.as_fd(), b"x") == Ok(1)
                && sys_read(reader.as_fd(), &mut [0]) == Ok(1)
                && sys_read(bad(), &mut [0]) == Err(EBADF);
            if !good {
                failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let stacks = (Stack::new()?, Stack::new()?, Stack::new()?);
    let recorder = SCHEDULED.runtime();
    recorder.length.store(0, Ordering::Relaxed);
    interpose::install(&HOOK);
    let threads = [
        Thread::on(stacks.0, &task)?,
        Thread::on(stacks.1, &task)?,
        Thread::on(stacks.2, &task)?,
    ];
    for thread in &threads {
        while thread.running().load(Ordering::Acquire) != 0 {
            sys_sched_yield()?;
        }
    }
    interpose::remove();
    drop(threads);
    check_eq!(failed.load(Ordering::Relaxed), 0);
    // Each thread's calls, and the three that made the threads.
    check_eq!(recorder.length.load(Ordering::Relaxed), 2 * 3 * (ROUNDS * CALLS + 1));
    check_balance(recorder)
}

/// How many pairs were open when the handler began, at most.
static DEEPEST: AtomicU32 = AtomicU32::new(0);

/// More than any stack has: for such a value the compiler aligns the stack itself. QEMU starts handlers 8 bytes off on
/// x86_64 (ci/gaps).
#[repr(align(64))]
struct Aligned(#[allow(dead_code)] [u8; 64]);

extern "C" fn handler(_: Signal) {
    black_box(Aligned([0; 64]));
    sleeps();
}

#[inline(never)]
fn sleeps() {
    DEEPEST.fetch_max(SCHEDULED.runtime().open.load(Ordering::Relaxed), Ordering::Relaxed);
    let _ = sys_nanosleep(&SHORT, None);
}

fn a_signal_handler_enters_within() -> Outcome {
    // SAFETY: the handler touches atomics and sleeps.
    unsafe { sys_rt_sigaction(SIGUSR1, Some(&Sigaction::new(Handler::Signal(handler))))? };
    let (reader, _writer) = sys_pipe2(O_CLOEXEC)?;
    let (main, ended) = (sys_gettid(), AtomicU32::new(0));
    // A signal may come before the read waits, so they come until one has ended it; not so fast that the next one is there
    // when a handler ends, on a slow machine too.
    let pause = Timespec {
        tv_sec: 0,
        tv_nsec: 20_000_000,
    };
    let disturb = || {
        while ended.load(Ordering::Acquire) == 0 {
            let _ = sys_tgkill(sys_getpid(), main, SIGUSR1);
            let _ = raw::sys_nanosleep(&pause, None);
        }
    };
    let thread = Thread::new(&disturb)?;
    let (answer, recorder) = recorded(|| sys_read(reader.as_fd(), &mut [0; 4]));
    ended.store(1, Ordering::Release);
    thread.join();
    check_err!(answer, EINTR);
    check!(DEEPEST.load(Ordering::Relaxed) >= 1);

    // What was entered last is left first.
    let length = recorder.length.load(Ordering::Relaxed);
    check!(length <= recorder.log.len());
    let (mut open, mut depth, mut nested) = ([0; 16], 0, 0);
    for entry in &recorder.log[..length] {
        let entry = entry.load(Ordering::Relaxed);
        if entry & 1 == 0 {
            check!(depth < open.len());
            open[depth] = entry;
            nested += u32::from(depth > 0);
            depth += 1;
        } else {
            check!(depth > 0);
            depth -= 1;
            check_eq!(open[depth], entry & !1);
        }
    }
    check_eq!(depth, 0);
    check!(nested >= 1);
    check_balance(recorder)
}
