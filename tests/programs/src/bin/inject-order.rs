//! The injector among other hooks: one outside sees what the program sees, one within it what the kernel is asked.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicIsize, AtomicU32, AtomicUsize, Ordering::Relaxed};

use rawtrap::interpose::{self, Call, Hook, Injector, Interpose, Script};
use rawtrap::*;
use rawtrap_programs::{Outcome, cases, check, check_eq};

cases![
    short_requests_are_seen_within,
    refused_calls_are_seen_outside_alone,
    a_refused_close_is_made_within,
    two_injectors_stand_one_behind_the_other,
];

/// What the last call asked for, and what it was answered.
struct Seen {
    calls: AtomicU32,
    length: AtomicUsize,
    answer: AtomicIsize,
}

impl Seen {
    const fn new() -> Seen {
        Seen {
            calls: AtomicU32::new(0),
            length: AtomicUsize::new(0),
            answer: AtomicIsize::new(0),
        }
    }

    fn last(&self) -> (u32, usize, isize) {
        (
            self.calls.swap(0, Relaxed),
            self.length.load(Relaxed),
            self.answer.load(Relaxed),
        )
    }
}

impl Interpose for Seen {
    fn around(&self, call: &Call) -> Reg {
        // SAFETY: the call is made once, as its caller wants it.
        let answer = unsafe { call.make() };
        self.calls.fetch_add(1, Relaxed);
        self.length
            .store(call.args().get(2).map_or(0, |reg| reg.to_usize()), Relaxed);
        self.answer.store(answer.to_isize(), Relaxed);
        answer
    }
}

static OUTSIDE: Seen = Seen::new();
static WITHIN: Seen = Seen::new();
static INJECTOR: Injector = Injector::new();

// SAFETY: it answers what it is answered.
static WITHIN_HOOK: Hook = unsafe { Hook::new(&WITHIN) };
static INJECT: Hook = INJECTOR.hook().then(&WITHIN_HOOK);
// SAFETY: as above.
static HOOKS: Hook = unsafe { Hook::new(&OUTSIDE) }.then(&INJECT);

/// Does some work under a script, and tells what both hooks saw last.
fn under<T>(script: &str, work: impl FnOnce() -> T) -> (T, (u32, usize, isize), (u32, usize, isize)) {
    match Script::parse(script) {
        Ok(script) => assert_eq!(INJECTOR.set(&script), Ok(())),
        Err(error) => panic!("{error}"),
    }
    OUTSIDE.last();
    WITHIN.last();
    interpose::install(&HOOKS);
    let done = work();
    interpose::remove();
    (done, OUTSIDE.last(), WITHIN.last())
}

fn short_requests_are_seen_within() -> Outcome {
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let seen = under("write:short=3", || sys_write(writer.as_fd(), b"abcdef"));
    check_eq!(seen, (Ok(3), (1, 6, 3), (1, 3, 3)));
    let seen = under("write:short=7", || sys_write(writer.as_fd(), b"abcdef"));
    check_eq!(seen, (Ok(6), (1, 6, 6), (1, 6, 6)));
    Ok(())
}

fn refused_calls_are_seen_outside_alone() -> Outcome {
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let (answer, outside, within) = under("write:error=EIO", || sys_write(writer.as_fd(), b"abcdef"));
    check_eq!(answer, Err(EIO));
    check_eq!(outside, (1, 6, -(EIO.raw() as isize)));
    check_eq!(within.0, 0);
    Ok(())
}

fn a_refused_close_is_made_within() -> Outcome {
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let (answer, outside, within) = under("close:error=EIO", || sys_close(writer));
    check_eq!(answer, Err(EIO));
    check_eq!((outside.2, within.0, within.2), (-(EIO.raw() as isize), 1, 0));
    Ok(())
}

fn two_injectors_stand_one_behind_the_other() -> Outcome {
    static INNER: Injector = Injector::with(&[interpose::Rule::of(SYS_write).error(EPIPE).when(2)]);
    static INNER_HOOK: Hook = INNER.hook();
    static OUTER: Injector = Injector::with(&[interpose::Rule::of(SYS_write).error(EINTR).when(2)]);
    static BOTH: Hook = OUTER.hook().then(&INNER_HOOK);
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    interpose::install(&BOTH);
    let answers = [(); 4].map(|()| sys_write(writer.as_fd(), b"x"));
    interpose::remove();
    // The inner one never sees the second.
    check_eq!(answers, [Ok(1), Err(EINTR), Err(EPIPE), Ok(1)]);
    check!(INNER.report().all(|counted| (counted.calls, counted.hits) == (3, 1)));
    Ok(())
}
