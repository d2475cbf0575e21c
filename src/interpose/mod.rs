//! Between a call and its trap: a hook that sees each typed call, makes it or refuses it, and sees the answer.
//!
//! With the feature `interpose`, every typed call of this crate, and every [`call!`](crate::call), passes through one
//! place. While no hook is set it loads one word, finds it null, and traps. Without the feature there is no such place.
//!
//! A hook is made of something that implements [`Interpose`]. It may answer anything, that a read filled memory which it
//! did not, for example: so it takes `unsafe` to vouch for one.
//!
//! ```
//! use core::sync::atomic::{AtomicU32, Ordering};
//! use rawtrap::interpose::{self, Call, Hook, Interpose};
//! use rawtrap::{Reg, sys_getpid};
//!
//! /// Counts the calls, whatever they are.
//! struct Counter(AtomicU32);
//!
//! impl Interpose for Counter {
//!     fn around(&self, call: &Call) -> Reg {
//!         self.0.fetch_add(1, Ordering::Relaxed);
//!         // SAFETY: the call is made once, as its caller wants it.
//!         unsafe { call.make() }
//!     }
//! }
//!
//! static COUNTER: Counter = Counter(AtomicU32::new(0));
//! // SAFETY: it answers what the kernel answers.
//! static HOOK: Hook = unsafe { Hook::new(&COUNTER) };
//!
//! interpose::install(&HOOK);
//! sys_getpid();
//! interpose::remove();
//! assert_eq!(COUNTER.0.load(Ordering::Relaxed), 1);
//! ```
//!
//! Some are ready made, and safe to set: a [`Watcher`] prints each call as strace(1) does, or counts them; an
//! [`Injector`] makes calls fail by a script; [`Scheduled`] tells a scheduler of the calls that may block. What a call
//! looks like as a [`Line`] can be had without a hook too, of this process or, through [`Memory`], of a traced one.
//!
//! # What passes
//! - Typed calls, [`call!`](crate::call), and what is built on them (`write_all`, the drop of an `OwnedFd`). Not
//!   [`syscall0`](crate::syscall0) to [`syscall6`](crate::syscall6), not the twins in [`raw`](crate::raw), not what other
//!   libraries, a libc or the vDSO do.
//! - exit(2) and exit_group(2) are announced ([`Interpose::exits`]): nobody comes back from them.
//! - execve(2) comes back only if it fails. The hook is gone with the old program.
//! - fork(2) comes back twice, to a hook that exists twice from there on, with all that it had counted.
//! - The child of [`sys_clone`](crate::sys_clone) does not come back through the hook: it begins on its own stack. The
//!   parent does. What shares the memory (CLONE_VM) shares the hook.
//! - vfork(2), and clone(2) that shares the memory without another stack, must not be made by [`call!`](crate::call):
//!   their child would return through the hook's frames, which the parent still needs.
//! - rt_sigreturn(2) is no call of ours: a signal handler returns into the kernel's or `sigreturn.rs`'s hands.
//!
//! # What a hook must bear
//! - It is called on the thread that makes the call, on that thread's stack, by any number of threads at once, and from
//!   signal handlers, also from one that interrupted the hook itself. So it takes no lock that it could hold already, and
//!   keeps what it must remember in atomics or on the stack.
//! - A typed call that it makes passes through the hook again. It makes its own calls with [`raw`](crate::raw) and
//!   `syscall0` to `syscall6`.
//! - It does not allocate, unless the allocator makes no typed call and bears signal handlers.
//! - Calls made before [`install`] met nothing; calls that were under way when a hook was set or removed go on as they
//!   began. A hook lives for good, because some thread may be inside it for good.
//!
//! # One hook for the whole program
//! Features are unified in a build: where one crate asks for `interpose`, all users of this crate have the place in their
//! calls. The hook is the program's: a library leaves it to the binary.

mod counts;
pub mod decode;
pub mod inject;
mod memory;
mod output;
pub mod schedule;
mod span;
pub mod watch;

pub use counts::{Count, Counts};
#[doc(hidden)]
pub use decode::names;
pub use decode::{Before, Line, Part};
pub use inject::{Injector, Rule, RuleCount, Script, ScriptError};
pub use memory::{Memory, OwnMemory};
pub use schedule::{Runtime, Scheduled};
pub use watch::Watcher;

use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::arch::Word;
use crate::reg::{MOST, Reg, Regs};
use crate::sysno::Sysno;
use crate::trap::{self, Blocks, Child};

/// What stands between a call and its trap.
pub trait Interpose: Sync {
    /// Called in the place of the call. It makes it ([`Call::make`]) or refuses it (`Reg::from(EIO)`), and what it
    /// answers is what the caller gets.
    fn around(&self, call: &Call) -> Reg;

    /// The thread or the program is about to end, by exit(2) or exit_group(2), which do not come back.
    #[inline]
    fn exits(&self, call: &Call) {
        let _ = call;
    }
}

/// Something to stand between, vouched for, and what stands behind it.
pub struct Hook {
    interposer: &'static dyn Interpose,
    inner: Option<&'static Hook>,
}

impl Hook {
    /// A hook of one's own.
    ///
    /// # Safety
    /// The caller of a typed call believes its answer. So each answer is an error's word, or it is what the kernel
    /// answered to this very call, or to one that differs from it so that the answer is true of the caller's as well (a
    /// shorter read). A call is made at most once; a call that failed with nothing done may be made again.
    #[inline]
    pub const unsafe fn new(interposer: &'static dyn Interpose) -> Hook {
        Hook {
            interposer,
            inner: None,
        }
    }

    /// This hook, and within it `inner`, which sees the calls that this one makes.
    ///
    /// # Panics
    /// If something was put within already: at compile time, in a static.
    #[must_use = "it returns the new hook"]
    #[inline]
    pub const fn then(self, inner: &'static Hook) -> Hook {
        assert!(
            self.inner.is_none(),
            "this hook has an inner one: give that one its own"
        );
        Hook {
            interposer: self.interposer,
            inner: Some(inner),
        }
    }

    /// False if the hooks within this one stand in a ring, which statics that name each other can: then one that goes two
    /// hooks a step meets one that goes one.
    #[inline]
    fn ends(&self) -> bool {
        let (mut slow, mut fast) = (Some(self), self.inner);
        while let (Some(one), Some(other)) = (slow, fast) {
            if ptr::eq(one, other) {
                return false;
            }
            slow = one.inner;
            fast = other.inner.and_then(|hook| hook.inner);
        }
        true
    }
}

impl core::fmt::Debug for Hook {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Hook({:p})", ptr::from_ref(self.interposer).cast::<()>())
    }
}

/// The outermost hook.
static FIRST: AtomicPtr<Hook> = AtomicPtr::new(ptr::null_mut());

/// Sets the hook, for all threads, and answers the one that was set before.
///
/// # Panics
/// If the hooks stand within each other in a ring: no call would ever come to the trap.
#[inline]
pub fn install(hook: &'static Hook) -> Option<&'static Hook> {
    assert!(hook.ends(), "hooks stand within each other in a ring");
    swap(ptr::from_ref(hook).cast_mut())
}

/// Takes the hook away. Threads that are inside of it come back through it.
#[inline]
pub fn remove() -> Option<&'static Hook> {
    swap(ptr::null_mut())
}

#[inline]
fn swap(hook: *mut Hook) -> Option<&'static Hook> {
    // SAFETY: only `install` puts a hook there, and that lives for good.
    unsafe { FIRST.swap(hook, Ordering::AcqRel).as_ref() }
}

/// The hook that is set.
#[inline(always)]
pub(crate) fn first() -> Option<&'static Hook> {
    // SAFETY: as in `swap`.
    unsafe { FIRST.load(Ordering::Acquire).as_ref() }
}

/// A call on its way to the trap.
pub struct Call {
    nr: Sysno,
    blocks: Blocks,
    args: [Reg; MOST],
    count: usize,
    /// Where the child of clone(2) begins.
    child: Option<Child>,
    /// What stands between this hook and the trap.
    inner: Option<&'static Hook>,
}

impl Call {
    #[inline]
    fn new(nr: Sysno, blocks: Blocks, regs: Regs, count: usize, hook: &'static Hook) -> Call {
        Call {
            nr,
            blocks,
            // SAFETY: with this feature, registers begin as zero.
            args: regs.0.map(|word| Reg(unsafe { word.assume_init() })),
            count,
            child: None,
            inner: hook.inner,
        }
    }

    /// Which call it is.
    #[inline]
    pub fn nr(&self) -> Sysno {
        self.nr
    }

    /// Whether it keeps its thread waiting, as its declaration says.
    #[inline]
    pub fn blocks(&self) -> Blocks {
        self.blocks
    }

    /// Its arguments as the kernel gets them: as many registers as it takes.
    #[inline]
    pub fn args(&self) -> &[Reg] {
        &self.args[..self.count]
    }

    /// Makes the call, through the hooks within this one, and answers what the kernel answers.
    ///
    /// # Safety
    /// Called from [`Interpose::around`], under the rules of [`Hook::new`].
    #[inline]
    pub unsafe fn make(&self) -> Reg {
        // SAFETY: the caller answers for it.
        unsafe { self.make_with(self.args()) }
    }

    /// Makes the same call with other arguments.
    ///
    /// # Safety
    /// As for [`Call::make`]; the kernel believes every register.
    ///
    /// # Panics
    /// If there are not as many as the call has.
    #[inline]
    pub unsafe fn make_with(&self, args: &[Reg]) -> Reg {
        assert!(args.len() == self.count, "a call keeps its number of arguments");
        let mut regs = Regs::empty();
        for (place, arg) in args.iter().enumerate() {
            regs.set(place, *arg);
        }
        // SAFETY: the caller answers for the call.
        unsafe {
            match (self.inner, self.child) {
                (Some(hook), child) => through(hook, self.nr, self.blocks, regs, self.count, child),
                (None, None) => trap::trap(self.nr, regs, self.count),
                (None, Some(child)) => trap::trap_clone(regs, child),
            }
        }
    }
}

impl core::fmt::Debug for Call {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}{:?}", self.nr, self.args())
    }
}

/// Hands a call to a hook.
///
/// # Safety
/// The caller answers for the call.
#[cold]
#[inline(never)]
unsafe fn through(
    hook: &'static Hook,
    nr: Sysno,
    blocks: Blocks,
    regs: Regs,
    count: usize,
    child: Option<Child>,
) -> Reg {
    let call = Call {
        child,
        ..Call::new(nr, blocks, regs, count, hook)
    };
    hook.interposer.around(&call)
}

/// A call of [`trap::call`].
///
/// # Safety
/// The caller answers for the call.
#[inline(always)]
pub(crate) unsafe fn around(hook: &'static Hook, nr: Sysno, blocks: Blocks, regs: Regs, count: usize) -> Reg {
    let Regs([a, b, c, d, e, f, g]) = regs;
    // SAFETY: the caller answers for the call.
    unsafe { one_by_one(a, b, c, d, e, f, g, count, nr, blocks, hook) }
}

/// One by one, because an array would be written to the stack before it is known that a hook is set; and first, because
/// that is where the trap wants them too on most machines.
///
/// # Safety
/// The caller answers for the call.
#[cold]
#[inline(never)]
#[allow(clippy::too_many_arguments)]
unsafe fn one_by_one(
    a: Word,
    b: Word,
    c: Word,
    d: Word,
    e: Word,
    f: Word,
    g: Word,
    count: usize,
    nr: Sysno,
    blocks: Blocks,
    hook: &'static Hook,
) -> Reg {
    // SAFETY: the caller answers for the call.
    unsafe { through(hook, nr, blocks, Regs([a, b, c, d, e, f, g]), count, None) }
}

/// A call of [`trap::clone`]; its class is that of `CLONE_VFORK`, which waits for the child.
///
/// # Safety
/// The caller answers for the call.
#[inline(always)]
pub(crate) unsafe fn around_clone(hook: &'static Hook, nr: Sysno, regs: Regs, child: Child) -> Reg {
    // SAFETY: the caller answers for the call.
    unsafe { through(hook, nr, Blocks::May, regs, 5, Some(child)) }
}

/// Tells the hooks of a call that does not come back.
#[cold]
#[inline(never)]
pub(crate) fn exits(first: &'static Hook, nr: Sysno, regs: Regs) {
    let mut next = Some(first);
    while let Some(hook) = next {
        hook.interposer.exits(&Call::new(nr, Blocks::Never, regs, 1, hook));
        next = hook.inner;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Through;

    impl Interpose for Through {
        fn around(&self, call: &Call) -> Reg {
            // SAFETY: the call is made once, as its caller wants it.
            unsafe { call.make() }
        }
    }

    const fn through() -> Hook {
        // SAFETY: it answers what the kernel answers.
        unsafe { Hook::new(&Through) }
    }

    #[test]
    fn a_ring_of_hooks_has_no_end() {
        static FIRST: Hook = through().then(&SECOND);
        static SECOND: Hook = through().then(&THIRD);
        static THIRD: Hook = through().then(&SECOND);
        static ALONE: Hook = through().then(&ALONE);
        assert!(![&FIRST, &SECOND, &THIRD, &ALONE].iter().any(|hook| hook.ends()));
    }

    #[test]
    fn hooks_in_a_row_end() {
        static FIRST: Hook = through().then(&SECOND);
        static SECOND: Hook = through().then(&THIRD);
        static THIRD: Hook = through();
        assert!([&FIRST, &SECOND, &THIRD].iter().all(|hook| hook.ends()));
    }

    #[test]
    #[should_panic(expected = "in a ring")]
    fn a_ring_is_not_installed() {
        static RING: Hook = through().then(&RING);
        install(&RING);
    }
}
