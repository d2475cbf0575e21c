//! Faults on request: calls that fail, counts that are short, signals and delays, by a script.
//!
//! ```
//! use rawtrap::interpose::{self, Hook, Injector, Rule};
//! use rawtrap::{EINTR, O_CLOEXEC, SYS_read, SYS_write, sys_pipe2, sys_read, sys_write};
//!
//! /// The second write is interrupted; from the second read on, each takes one byte.
//! static INJECTOR: Injector = Injector::with(&[
//!     Rule::of(SYS_write).error(EINTR).when(2),
//!     Rule::of(SYS_read).short(1).since(2),
//! ]);
//! static HOOK: Hook = INJECTOR.hook();
//!
//! let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
//! interpose::install(&HOOK);
//! assert_eq!(sys_write(writer.as_fd(), b"ping"), Ok(4));
//! assert_eq!(sys_write(writer.as_fd(), b"pong"), Err(EINTR));
//! let mut buf = [0; 3];
//! assert_eq!(sys_read(reader.as_fd(), &mut buf), Ok(3));
//! assert_eq!(sys_read(reader.as_fd(), &mut buf), Ok(1));
//! interpose::remove();
//! # Ok::<(), rawtrap::Errno>(())
//! ```
//!
//! Or from text, while the program runs:
//!
//! ```
//! use rawtrap::interpose::{Injector, Script};
//!
//! static INJECTOR: Injector = Injector::new();
//!
//! let script = Script::parse("write:error=EINTR:when=2  read:short=1:when=2+").unwrap();
//! INJECTOR.set(&script)?;
//!
//! let error = Script::parse("write:error=EINTER").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "line 1, column 13: expected an errno's name or number, 1 to 4095
//! write:error=EINTER
//!             ^"
//! );
//! # Ok::<(), rawtrap::Errno>(())
//! ```
//!
//! # The script
//! Rules stand between blanks, newlines or `;`, and a `#` begins a comment. A rule is the calls that it is for and what
//! it does to them, with colons in between:
//!
//! | word | what it does |
//! |------|--------------|
//! | `NAME[,NAME...]` | these calls, each counted by itself; a call's name on this architecture (aarch64 has no `open`) |
//! | `any` | all calls, counted together |
//! | `error=ERRNO` | the call is not made, and fails: `EINTR`, or a number from 1 to 4095; see below on `EINTR` |
//! | `short=N` | at most N bytes are asked for; N is at least 1, because a read of none would tell the end of a file |
//! | `signal=SIGNAL` | the thread is sent a signal before the call: `SIGALRM`, `SIGRTMIN` (32), `SIGRT_1` (33), or a number |
//! | `delay_enter=TIME`, `delay_exit=TIME` | waits before or after: microseconds, or with a unit: `us`, `ms`, `s` |
//! | `count` | nothing, alone or beside other words: its calls are counted, for the [report](Injector::report) |
//! | `when=FIRST` | only for the call of this number, counted from 1 |
//! | `when=FIRST+` | from that one on |
//! | `when=FIRST+STEP` | from that one on, each STEPth |
//! | `when=FIRST..LAST`, `when=FIRST..LAST+STEP` | up to LAST and no further |
//!
//! A rule does at least one thing and nothing twice; `error` and `short` exclude each other. A script has at most
//! [`Script::RULES`] rules, where a rule for three names counts as three.
//!
//! **Give `error=EINTR` a `when`.** Who was interrupted tries again: under `write:error=EINTR` alone,
//! [`write_all`](crate::write_all) and [`retry`](crate::retry) of a write go on for ever.
//!
//! **Two rules for one call**: a call has one number, whatever the rules do with it, and of the rules whose turn it is the
//! first in the script acts, alone.
//!
//! # Beside strace's `--inject`
//! These words mean what they mean there (strace(1)), besides:
//! - strace counts for each thread, and the child of a fork begins at 1. Here the numbers are the program's: with threads,
//!   exactly one call is the third, whoever makes it; the child of a fork goes on from where the parent was.
//! - Of two rules strace takes the last, for all calls of the name.
//! - strace counts each trap. Here are the calls that pass a hook ([what passes](super#what-passes)).
//! - close(2) with an error closes all the same and answers the error, as Linux does; strace leaves the fd open.
//! - nanosleep(2) and clock_nanosleep(2) that fail with `EINTR` say that all of the time is left. Where the time cannot be
//!   read or the rest not be written they say nothing, and fail all the same; nor do those with 32-bit seconds.
//! - Calls have the kernel's names, and with 32-bit registers other ones (`fcntl64`, `clock_nanosleep_time64`):
//!   [`wide`] has those that the typed calls make. No `%file`, no `/regex`, no `!`. A word that is given twice is an error; strace takes the last
//!   `when`. Numbers go up to 4294967294, strace's to 65535.
//! - A signal arrives before the call. It does not interrupt its waiting; `error=EINTR` beside it looks as if it did.
//! - `short`, `any` and `count` are ours. There is no `retval=`: a call that was never made but is said to have read has
//!   its caller look at memory that nobody filled. So a short count is made by a smaller request, which the kernel answers.
//!
//! # Short counts
//! [`short`](Rule::short) is for read, write, pread64, pwrite64, readv, writev, sendto, recvfrom and getrandom, and for
//! calls of one's own to preadv, preadv2, pwritev, pwritev2, sendfile, splice, tee and copy_file_range. Whoever makes them
//! must bear an answer that is smaller than what was asked. It is not for getdents64, whose answer ends between two entries,
//! and fails where the first does not fit; nor for readlinkat and getcwd, where a smaller buffer is a wrong answer.
//!
//! The kernel answers the smaller request as it answers one of that size. That is what a slow peer looks like to streams,
//! pipes and files. What is taken in whole units is different: the rest of a datagram is lost, and an eventfd refuses.
//! Calls that ask for no more than N bytes, empty ones and those of recvfrom with `MSG_TRUNC` (it answers with a length that
//! it has not filled) stay as they are. So do lengths above `isize::MAX` and vectors that cannot be read, which the
//! kernel refuses.
//!
//! # Among other hooks
//! A hook outside of the injector sees what the program sees, one within it what the kernel is really asked:
//! `WATCHER.hook().then(&INJECT)` shows the errors, `INJECTOR.hook().then(&WATCH)` the shortened requests.
//!
//! # What a hit call answers
//! An errno, or what the kernel answers: so the hook is safe to set. Calls that cannot fail answer a negative number if the
//! script refuses them, as they do where seccomp does: [`sys_getpid`](crate::sys_getpid), for example. exit and exit_group
//! are spared: they do not come back.
//!
//! Its own calls are clock_gettime(2) where it fills in what is left of a sleep, nanosleep(2) for delays, getpid(2),
//! gettid(2) and tgkill(2) for signals, and process_vm_readv(2) or futex(2) to read vectors and times. A seccomp(2) filter
//! that kills must let them pass.
//!
//! The same program with the same script meets the same faults in each run, as far as it makes the same calls. Everything
//! is counted in atomics: threads and signal handlers do not wait for each other, and nothing is allocated.

mod rule;
mod script;
mod short;
#[cfg(test)]
mod tests;

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicU32, AtomicUsize, fence};

use crate::reg::Reg;
use crate::sysno::*;
use crate::{CLOCK_MONOTONIC, EBUSY, EINTR, Errno, Result, TIMER_ABSTIME, Timespec};
use crate::{raw, syscall0, syscall2, syscall3, wide};

use super::{Call, Hook, Interpose, Memory, OwnMemory};
use rule::{ANY, Words};
pub use rule::{Rule, RuleCount};
pub use script::{Script, ScriptError};

/// Injects what its rules say into the calls that pass it.
#[derive(Debug)]
pub struct Injector {
    /// Odd while the rules change, and another number afterwards. What was read counts if it is even and the same after
    /// the reading as before.
    generation: AtomicUsize,
    used: AtomicUsize,
    slots: [Slot; Script::RULES],
}

/// A rule, and what it has seen.
#[derive(Debug)]
struct Slot {
    words: [AtomicU32; Words::COUNT],
    /// How many of its calls came, in the first slot of all with the same call.
    seen: AtomicUsize,
    hits: AtomicUsize,
}

impl Slot {
    const fn new(rule: Rule) -> Slot {
        let words = rule.0.to_array();
        let mut slot = Slot {
            words: [const { AtomicU32::new(0) }; Words::COUNT],
            seen: AtomicUsize::new(0),
            hits: AtomicUsize::new(0),
        };
        let mut at = 0;
        while at < words.len() {
            slot.words[at] = AtomicU32::new(words[at]);
            at += 1;
        }
        slot
    }

    fn rule(&self) -> Rule {
        Rule(Words::from_array(core::array::from_fn(|at| {
            self.words[at].load(Relaxed)
        })))
    }

    fn call(&self) -> u32 {
        self.words[Words::CALL].load(Relaxed)
    }
}

impl Default for Injector {
    #[inline]
    fn default() -> Injector {
        Injector::new()
    }
}

impl Injector {
    /// One without rules: what passes it is left alone, until [`Injector::set`].
    #[inline]
    pub const fn new() -> Injector {
        Injector::with(&[])
    }

    /// One with these rules.
    ///
    /// # Panics
    /// If there are more than [`Script::RULES`]: at compile time, in a static.
    #[inline]
    pub const fn with(rules: &[Rule]) -> Injector {
        let script = Script::new(rules);
        let mut injector = Injector {
            generation: AtomicUsize::new(0),
            used: AtomicUsize::new(rules.len()),
            slots: [const { Slot::new(Rule::NONE) }; Script::RULES],
        };
        let mut at = 0;
        while at < rules.len() {
            injector.slots[at] = Slot::new(script.rules()[at]);
            at += 1;
        }
        injector
    }

    /// What is set between calls and traps.
    #[inline]
    pub const fn hook(&'static self) -> Hook {
        // SAFETY: a call that was hit answers an errno, or what the kernel answered to it or to a smaller request.
        unsafe { Hook::new(self) }
    }

    /// Puts the rules of a script in the place of those that are there. All counts begin anew.
    ///
    /// A call that is made meanwhile meets the old rules, the new ones, or none; if none, it may be counted among the
    /// calls of the new ones nevertheless.
    ///
    /// # Errors
    /// `EBUSY` while another `set` is under way, in another thread or below a signal handler: nothing waits, and nothing
    /// is changed. A child of fork(2) that was made in the midst of another thread's `set` has no rules and gets none.
    pub fn set(&self, script: &Script) -> Result<()> {
        let before = self.generation.load(Relaxed) & !1;
        let taken = self
            .generation
            .compare_exchange(before, before.wrapping_add(1), Acquire, Relaxed);
        if taken.is_err() {
            return Err(EBUSY);
        }
        // Whoever reads a word of those below, reads the odd number after it.
        fence(Release);
        for (slot, rule) in self.slots.iter().zip(script.rules()) {
            for (place, word) in slot.words.iter().zip(rule.0.to_array()) {
                place.store(word, Relaxed);
            }
            slot.seen.store(0, Relaxed);
            slot.hits.store(0, Relaxed);
        }
        self.used.store(script.rules().len(), Relaxed);
        self.generation.store(before.wrapping_add(2), Release);
        Ok(())
    }

    /// Each rule, in the order of the script, with the calls that it was for and those that it hit: one that never hit
    /// anything is a fault that was not tried. Nothing, while the rules are being [set](Injector::set).
    pub fn report(&self) -> impl Iterator<Item = RuleCount> {
        let generation = self.generation();
        let slots = self.used();
        let counts = core::array::from_fn::<_, { Script::RULES }, _>(|at| {
            let slot = slots.get(at)?;
            let counting = slots.iter().find(|other| other.call() == slot.call());
            Some(RuleCount {
                rule: slot.rule(),
                calls: counting.map_or(0, |counting| counting.seen.load(Relaxed)),
                hits: slot.hits.load(Relaxed),
            })
        });
        let whole = generation.is_some_and(|generation| self.is_still(generation));
        counts.into_iter().flatten().filter(move |_| whole)
    }

    fn used(&self) -> &[Slot] {
        &self.slots[..self.used.load(Relaxed)]
    }

    /// The rules' generation, unless they are changing.
    fn generation(&self) -> Option<usize> {
        Some(self.generation.load(Acquire)).filter(|generation| generation % 2 == 0)
    }

    /// True if all that was read since [`Injector::generation`] belongs together.
    fn is_still(&self, generation: usize) -> bool {
        fence(Acquire);
        self.generation.load(Relaxed) == generation
    }

    /// Counts a call, and finds the rule whose turn it is.
    fn turn(&self, nr: Sysno) -> Option<Turn<'_>> {
        let generation = self.generation()?;
        let (mut of_name, mut of_all) = (None, None);
        let mut found = None;
        for slot in self.used() {
            let number = match slot.call() {
                ANY => &mut of_all,
                call if call == nr.number() => &mut of_name,
                _ => continue,
            };
            if number.is_none() && !self.is_still(generation) {
                return None;
            }
            let number = *number.get_or_insert_with(|| slot.seen.fetch_add(1, Relaxed).wrapping_add(1));
            if found.is_none() {
                let Rule(words) = slot.rule();
                if words.fits(number) {
                    found = Some(Turn {
                        words,
                        hits: &slot.hits,
                        generation,
                    });
                }
            }
        }
        found.filter(|_| self.is_still(generation))
    }

    /// Counts what was done to a call, unless the rules are others by now.
    fn hit(&self, turn: &Turn<'_>) {
        if self.is_still(turn.generation) {
            turn.hits.fetch_add(1, Relaxed);
        }
    }
}

/// A rule whose turn it is.
struct Turn<'a> {
    words: Words,
    hits: &'a AtomicUsize,
    generation: usize,
}

impl Interpose for Injector {
    fn around(&self, call: &Call) -> Reg {
        let Some(turn) = self.turn(call.nr()) else {
            // SAFETY: the call is made once, as its caller wants it.
            return unsafe { call.make() };
        };
        let words = turn.words;
        let sure = words.sure_effects() != 0;
        if sure {
            self.hit(&turn);
        }
        delay(words.delay_enter);
        send(words.signal);
        let shortened = || {
            if !sure {
                self.hit(&turn);
            }
        };
        let answer = match Errno::from_raw(words.error as i32) {
            Some(errno) => refuse(call, errno),
            // SAFETY: the call is made once, as its caller wants it, or for fewer bytes.
            None => match unsafe { short::make(call, words.short, shortened) } {
                Some(answer) => answer,
                // SAFETY: it was not made yet.
                None => unsafe { call.make() },
            },
        };
        delay(words.delay_exit);
        answer
    }
}

/// Answers an error as the kernel would leave things behind.
fn refuse(call: &Call, errno: Errno) -> Reg {
    let nr = call.nr();
    if nr == SYS_close {
        // Whatever it answers, Linux has given the fd back.
        // SAFETY: it is made once.
        unsafe { call.make() };
    } else if errno == EINTR && nr == SYS_nanosleep && !wide::NANOSLEEP_BY_CLOCK {
        all_is_left(call.args());
    } else if errno == EINTR && nr == wide::SYS_clock_nanosleep {
        if let [_, flags, span @ ..] = call.args() {
            if flags.to_usize() as u32 & TIMER_ABSTIME.bits() == 0 {
                all_is_left(span);
            }
        }
    }
    Reg::from(-errno.raw())
}

/// Of a call with 64-bit seconds: the span that was asked for is what is left of it. Neither is followed where the kernel would only have refused it.
fn all_is_left(span: &[Reg]) {
    let [asked, left, ..] = span else { return };
    // SAFETY: the arguments of a call that is being made.
    let memory: &dyn Memory = unsafe { &OwnMemory::new() };
    let Some(asked) = memory.get::<Timespec>(asked.to_ptr::<u8>().expose_provenance() as u64) else {
        return;
    };
    if left.to_usize() == 0 {
        return;
    }
    // A call that writes the same struct, and tells if it cannot (QEMU's clock_getres(2) does not).
    // SAFETY: whoever made the call lets the kernel write here.
    let writable = unsafe { syscall2(wide::SYS_clock_gettime, CLOCK_MONOTONIC.bits(), *left) }.result();
    if writable.is_ok() {
        // SAFETY: as above; the kernel has just written all of it, wherever it begins.
        unsafe { left.to_ptr::<Timespec>().write_unaligned(asked) };
    }
}

/// Waits, and goes on waiting after a signal.
fn delay(microseconds: u32) {
    if microseconds == 0 {
        return;
    }
    let mut left = Timespec {
        tv_sec: i64::from(microseconds / 1_000_000),
        tv_nsec: i64::from(microseconds % 1_000_000) * 1000,
    };
    loop {
        let span = left;
        if raw::sys_nanosleep(&span, Some(&mut left)) != Err(EINTR) {
            return;
        }
    }
}

/// Sends the thread a signal. Where the kernel refuses, nothing arrives.
fn send(signal: u32) {
    if signal != 0 {
        // SAFETY: none of the three touches memory of ours.
        unsafe { syscall3(SYS_tgkill, syscall0(SYS_getpid), syscall0(SYS_gettid), signal) };
    }
}
