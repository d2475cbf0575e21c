//! The lesson's injector. It stands before all other hooks: those see the calls that are really made.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use rawtrap::interpose::{self, Call, Hook, Injector, Interpose, Script};
use rawtrap::{Errno, Reg, Sysno};

/// What it has hit.
pub static INJECTOR: Injector = Injector::new();

/// To be set first. It does nothing but in [`under`].
///
// SAFETY: each call is made once, as it came, or goes to an injector, whose hook is safe.
pub const HOOK: Hook = unsafe { Hook::new(&Faults) };

/// To be set behind that, before the others.
///
// SAFETY: each call is made once, and answers what the kernel answered.
pub const KERNEL: Hook = unsafe { Hook::new(&Kernel) };

/// How many calls the script still gets.
static LEFT: AtomicUsize = AtomicUsize::new(0);

struct Faults;

impl Interpose for Faults {
    fn around(&self, call: &Call) -> Reg {
        let left = LEFT.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
        match left {
            Ok(_) => INJECTOR.around(call),
            // SAFETY: it is made once, as its caller wants it.
            Err(_) => unsafe { call.make() },
        }
    }
}

/// The option's injector.
pub static OPTION: Bounded = Bounded {
    injector: Injector::new(),
    failures: AtomicUsize::new(0),
};

/// Its hook, to be set where the injector's own would be. A function: on the oldest Rust no constant may lead to what
/// changes.
pub const fn option_hook() -> Hook {
    // SAFETY: each call is made once, as it came, or goes to an injector, whose hook is safe.
    unsafe { Hook::new(&OPTION) }
}

pub const GAVE_UP: &str = "too many calls failed for too long: the rules were taken away";

/// An injector that gives up. What repeats for as long as it is interrupted would never end under some rules.
pub struct Bounded {
    pub injector: Injector,
    /// Two for each call that a rule hit and that failed, less one for each other.
    failures: AtomicUsize,
}

impl Bounded {
    const MOST: usize = 2000;

    fn hits(&self) -> usize {
        self.injector.report().map(|rule| rule.hits).sum()
    }

    pub fn gave_up(&self) -> bool {
        self.failures.load(Relaxed) >= Bounded::MOST
    }
}

impl Interpose for Bounded {
    fn around(&self, call: &Call) -> Reg {
        if self.gave_up() {
            // SAFETY: it is made once, as its caller wants it.
            return unsafe { call.make() };
        }
        let before = self.hits();
        let answer = self.injector.around(call);
        let failed = answer.result().is_err() && self.hits() != before;
        let _ = self.failures.fetch_update(Relaxed, Relaxed, |failures| match failed {
            // From there on it stays.
            _ if failures >= Bounded::MOST => None,
            true => Some(failures + 2),
            false => failures.checked_sub(1),
        });
        answer
    }
}

/// Remembers the first call that the kernel itself refused.
struct Kernel;

/// The call, and what the kernel said; 0: nothing.
static REFUSED: AtomicU32 = AtomicU32::new(0);
static ERRNO: AtomicU32 = AtomicU32::new(0);

impl Interpose for Kernel {
    fn around(&self, call: &Call) -> Reg {
        // SAFETY: it is made once, as its caller wants it.
        let answer = unsafe { call.make() };
        if let Err(errno) = answer.result() {
            let errno = errno.raw() as u32;
            if ERRNO.compare_exchange(0, errno, Relaxed, Relaxed).is_ok() {
                REFUSED.store(call.nr().number(), Relaxed);
            }
        }
        answer
    }
}

/// How a work under a script went.
pub struct Done<T> {
    pub answer: T,
    /// It made fewer calls than it was allowed.
    pub ended: bool,
    /// What the kernel itself refused: no fault of the script's.
    pub refused: Option<(Sysno, Errno)>,
}

/// Does some work under a script, for so many calls at most, because what repeats for as long as it is interrupted would
/// never end under some. From there on calls are left alone.
pub fn under<T>(script: &Script, calls: usize, work: impl FnOnce() -> T) -> Done<T> {
    static INNER: Hook = KERNEL;
    static ALONE: Hook = HOOK.then(&INNER);
    let set = INJECTOR.set(script);
    assert_eq!(set, Ok(()), "one thread sets the rules");
    let others = interpose::install(&ALONE);
    if let Some(others) = others {
        // An option's, with these two in front.
        interpose::install(others);
    }
    ERRNO.store(0, Relaxed);
    LEFT.store(calls, Relaxed);
    let answer = work();
    let ended = LEFT.swap(0, Relaxed) > 0;
    if others.is_none() {
        interpose::remove();
    }
    let errno = Errno::from_raw(ERRNO.load(Relaxed) as i32);
    let refused = errno.map(|errno| (Sysno::new(REFUSED.load(Relaxed)), errno));
    Done { answer, ended, refused }
}
