//! Errors as values: one that is compared, and one that is no failure.

use core::sync::atomic::{AtomicI32, AtomicU32, Ordering::Relaxed};

use rawtrap::{
    AT_FDCWD, BorrowedFd, EINTR, ENOENT, Errno, Handler, ITIMER_REAL, Itimerval, O_CLOEXEC, O_RDONLY, SIG_SETMASK,
    SIG_UNBLOCK, SIGALRM, Sigaction, Signal, Sigset, Timeval, retry, sys_openat, sys_pipe2, sys_read, sys_rt_sigaction,
    sys_rt_sigprocmask, sys_setitimer, sys_write,
};

use crate::lesson::{Chapter, Lesson, Of, Outcome, Stop, answer, hint, rust, same, shown, text};

pub const CHAPTER: Chapter = Chapter {
    name: "errno",
    about: "an error is a value; and EINTR, which asks to be repeated",
    argument: None,
    asks: false,
    parts: &[compare, interrupt],
};

fn compare(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "The word that a trap brings back is an error if it lies within -4095..=-1; the number without its sign is the \
         errno. There is no variable that the next call overwrites, as in C: the error is in the Result, a value to \
         compare, match and print."
    )?;
    shown!(lesson, let answer = sys_openat(AT_FDCWD, c"/there/is/no/such/file", O_RDONLY | O_CLOEXEC, 0));
    let Err(errno) = answer else {
        return Err(Stop::unexpected(&"openat: /there/is/no/such/file is there after all"));
    };
    if errno != ENOENT {
        return Err(Stop::call(&"openat", errno));
    }
    answer!(lesson, "openat -> errno {}: {errno}", errno.raw())?;
    shown!(lesson, let same = errno == ENOENT);
    answer!(lesson, "{errno:?} == ENOENT: {same}")
}

/// How often the handler ran.
static TICKS: AtomicU32 = AtomicU32::new(0);
/// Where the handler writes from its second tick on, or `NOWHERE`.
static ANSWER_TO: AtomicI32 = AtomicI32::new(NOWHERE);
/// Why it could not, or 0.
static FAILED: AtomicI32 = AtomicI32::new(0);
const NOWHERE: i32 = -1;
const ANSWER: &[u8] = b"pong";

/// Runs in the middle of whatever the program does: it may touch atomics and make syscalls, and nothing else
/// (signal-safety(7)).
extern "C" fn tick(_: Signal) {
    let ticks = TICKS.fetch_add(1, Relaxed) + 1;
    let fd = ANSWER_TO.load(Relaxed);
    if ticks >= 2 && fd != NOWHERE {
        // SAFETY: the part keeps the pipe open for as long as its number stands here.
        let fd = unsafe { BorrowedFd::borrow_raw(fd) };
        match sys_write(fd, ANSWER) {
            // An empty pipe takes so few bytes as a whole, or not at all (pipe(7)).
            Ok(count) if count == ANSWER.len() => ANSWER_TO.store(NOWHERE, Relaxed),
            // At the next tick again.
            Ok(_) | Err(EINTR) => {}
            Err(errno) => FAILED.store(errno.raw(), Relaxed),
        }
    }
}

const THIRTY_MILLISECONDS: Timeval = Timeval {
    tv_sec: 0,
    tv_usec: 30_000,
};
/// Again and again: a tick that comes before the read begins is followed by another.
const EVERY_30_MS: Itimerval = Itimerval {
    it_interval: THIRTY_MILLISECONDS,
    it_value: THIRTY_MILLISECONDS,
};

fn interrupt(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "A read from an empty pipe waits. If a signal comes meanwhile, the kernel takes the program out of the read, runs \
         the handler, and ends the read with EINTR. Nothing has failed and nothing was read: the program is asked \
         whether it still wants to. Here a timer sends SIGALRM every 30 ms to a handler that counts, installed without \
         SA_RESTART, which would make the kernel repeat the read by itself."
    )?;
    let (reader, writer) = sys_pipe2(O_CLOEXEC).of(&"pipe2")?;
    let mut buf = [0; 16];

    shown!(lesson, let action = Sigaction::new(Handler::Signal(tick)));
    // SAFETY: the handler is async-signal-safe, and nobody else counts on SIGALRM.
    shown!(lesson, let before = unsafe { sys_rt_sigaction(SIGALRM, Some(&action)) } => "rt_sigaction");
    let _handler = Restore(before);
    // Whoever started the lesson may have blocked the signal, and a program inherits that: the read would wait for ever.
    let _unblocked = Unblocked::new()?;
    ANSWER_TO.store(NOWHERE, Relaxed);
    TICKS.store(0, Relaxed);
    rust!(lesson, "sys_setitimer(ITIMER_REAL, &EVERY_30_MS)?;")?;
    rust!(lesson, "let first = sys_read(reader.as_fd(), &mut buf);")?;
    let timer = Timer::start()?;
    let first = sys_read(reader.as_fd(), &mut buf);
    drop(timer);
    match first {
        Err(EINTR) => answer!(lesson, "read -> errno {}: {EINTR}", EINTR.raw())?,
        Err(errno) => return Err(Stop::call(&"read", errno)),
        Ok(_) => return Err(Stop::unexpected(&"read: an empty pipe gave something")),
    }

    text!(
        lesson,
        "retry repeats a call for as long as its answer is EINTR. This time the handler also writes into the pipe, when \
         it runs for the second time."
    )?;
    FAILED.store(0, Relaxed);
    ANSWER_TO.store(writer.as_raw(), Relaxed);
    TICKS.store(0, Relaxed);
    let mut tries = 0;
    rust!(
        lesson,
        "let count = retry(|| {{ tries += 1; sys_read(reader.as_fd(), &mut buf) }})?;"
    )?;
    let timer = Timer::start()?;
    let second = retry(|| {
        // Nobody would ever end the read.
        if let Some(errno) = Errno::from_raw(FAILED.load(Relaxed)) {
            return Err(errno);
        }
        tries += 1;
        sys_read(reader.as_fd(), &mut buf)
    });
    drop(timer);
    ANSWER_TO.store(NOWHERE, Relaxed);
    if let Some(errno) = Errno::from_raw(FAILED.load(Relaxed)) {
        return Err(Stop::call(&"write", errno));
    }
    let count = second.of(&"read")?;
    answer!(lesson, "read -> {} at attempt {tries}", same(&buf[..count], ANSWER)?)?;
    text!(
        lesson,
        "retry is wrong for close, which has given the number back even if it says EINTR, and for calls that wait for a \
         span of time, which would begin anew."
    )?;
    let program = lesson.program();
    hint!(lesson, "strace -e trace=read,rt_sigaction,setitimer {program} errno")
}

/// The timer while it runs.
struct Timer;

impl Timer {
    fn start() -> Outcome<Timer> {
        sys_setitimer(ITIMER_REAL, &EVERY_30_MS).of(&"setitimer")?;
        Ok(Timer)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // A signal that is already on its way arrives before this call returns, while the handler is still there.
        let _ = sys_setitimer(ITIMER_REAL, &Itimerval::default());
    }
}

/// SIGALRM arrives, until the mask is what it was.
struct Unblocked(Sigset);

impl Unblocked {
    fn new() -> Outcome<Unblocked> {
        let alarm = Sigset::empty().with(SIGALRM);
        Ok(Unblocked(
            sys_rt_sigprocmask(SIG_UNBLOCK, Some(&alarm)).of(&"rt_sigprocmask")?,
        ))
    }
}

impl Drop for Unblocked {
    fn drop(&mut self) {
        // It was the mask before: the kernel has no reason to refuse.
        let _ = sys_rt_sigprocmask(SIG_SETMASK, Some(&self.0));
    }
}

/// Puts back what SIGALRM did before.
struct Restore(Sigaction);

impl Drop for Restore {
    fn drop(&mut self) {
        // SAFETY: it is what was installed before this chapter.
        let _ = unsafe { sys_rt_sigaction(SIGALRM, Some(&self.0)) };
    }
}
