//! The hook between a call and its trap: the rules that `rawtrap::interpose` states.
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering};

use rawtrap::interpose::{self, Call, Hook, Interpose};
use rawtrap::{Reg, SYS_getpid, sys_getpid, syscall0};
use rawtrap_programs::{Outcome, cases, check_eq};

cases![a_call_passes_the_hook];

/// Counts calls.
struct Counter(AtomicU32);

impl Interpose for Counter {
    fn around(&self, call: &Call) -> Reg {
        self.0.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }
}

fn a_call_passes_the_hook() -> Outcome {
    static COUNTER: Counter = Counter(AtomicU32::new(0));
    // SAFETY: it answers what the kernel answers.
    static HOOK: Hook = unsafe { Hook::new(&COUNTER) };
    sys_getpid();
    check_eq!(COUNTER.0.load(Ordering::Relaxed), 0);
    interpose::install(&HOOK);
    let seen = sys_getpid();
    // SAFETY: getpid(2) touches no memory.
    let unseen = unsafe { syscall0(SYS_getpid) };
    interpose::remove();
    check_eq!(seen.as_raw() as isize, unseen.to_isize());
    sys_getpid();
    check_eq!(COUNTER.0.load(Ordering::Relaxed), 1);
    Ok(())
}
