//! For a scheduler of one's own: told before a call that may keep its thread waiting, and after it.
//!
//! Where many tasks share a few threads, a task that waits in the kernel takes its thread along. Go's runtime counts
//! processors apart from threads for that: a thread needs one to run tasks, entersyscall lets go of it, and exitsyscall
//! gets one back, or else the task waits for its turn (src/runtime/proc.go in Go's sources: `entersyscall`, `handoffp`,
//! `exitsyscall`). Go's `syscall.Syscall` makes its call between those two, and its `RawSyscall` does not.
//!
//! Here a [`Runtime`] has such a pair of functions, and [`Scheduled`] makes a hook of it. Every typed call passes the
//! pair by its class ([`Blocks`]): one that may block or always does is told of, one that never blocks is not. The twins
//! in [`raw`](crate::raw) pass no hook. `cargo lesson scheduler` shows a small runtime at work, with the pair and without.
//!
//! ```
//! use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
//! use rawtrap::interpose::{self, Call, Hook, Runtime, Scheduled};
//! use rawtrap::{O_CLOEXEC, raw, sys_getpid, sys_pipe2, sys_read, sys_write};
//!
//! /// So many tasks may run, however many of the others wait in the kernel.
//! struct Places {
//!     free: AtomicU32,
//!     given: AtomicU32,
//! }
//!
//! impl Runtime for Places {
//!     type Token = ();
//!
//!     fn enter_syscall(&self, _: &Call) {
//!         // A place is free: here somebody who waits for one would be woken.
//!         self.free.fetch_add(1, Relaxed);
//!         self.given.fetch_add(1, Relaxed);
//!     }
//!
//!     fn exit_syscall(&self, (): (), _: &Call) {
//!         // Here one would wait until there is a free place.
//!         self.free.fetch_sub(1, Relaxed);
//!     }
//! }
//!
//! static PLACES: Scheduled<Places> = Scheduled::new(Places {
//!     free: AtomicU32::new(0),
//!     given: AtomicU32::new(0),
//! });
//! static HOOK: Hook = PLACES.hook();
//!
//! let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
//! interpose::install(&HOOK);
//! sys_write(writer.as_fd(), b"ping")?;
//! sys_read(reader.as_fd(), &mut [0; 4])?;
//! sys_getpid(); // it never blocks
//! raw::sys_write(writer.as_fd(), b"by the other way")?;
//! interpose::remove();
//! let Places { free, given } = PLACES.runtime();
//! assert_eq!((free.load(Relaxed), given.load(Relaxed)), (0, 2));
//! # Ok::<(), rawtrap::Errno>(())
//! ```
//!
//! # When the pair runs
//! - Both run on the thread that makes the call, on its stack, right before and right after it, whatever comes of it: a
//!   value, an error, an error out of a hook within this one, which refuses the call without a trap, or an unwinding
//!   panic out of such a hook. What `enter_syscall` answers is carried there on the stack, as a thread's last processor is
//!   in Go, and belongs to this call alone.
//! - Pairs nest. A signal handler that interrupts a waiting thread, and makes a call that may block, enters and leaves
//!   within the outer pair. It can also interrupt `enter_syscall` or `exit_syscall` themselves, at any point. A runtime
//!   that takes the thread's processor by one atomic swap bears that: the inner pair finds nothing to let go of, says so
//!   in its token, and asks for nothing back. Until then, a lock that the interrupted function holds must not be taken.
//! - The calls of a runtime go by [`raw`](crate::raw) or [`syscall0`](crate::syscall0) to
//!   [`syscall6`](crate::syscall6): a typed one that may block would enter again, for ever.
//! - execve(2) that succeeds has entered and never leaves, but what could count that is gone with the old program. Not so
//!   in a child that shares the memory (CLONE_VM, with CLONE_VFORK or without): let it call
//!   [`raw::sys_execve`](crate::raw::sys_execve).
//! - clone(2) counts as a call that may block, because of CLONE_VFORK: the parent enters and leaves. The child does
//!   neither. fork(2) never blocks: nothing is told of it, and the child has a copy of the runtime without its threads.
//! - exit(2) and exit_group(2) enter nothing: a thread that holds something gives it back before it ends.
//!
//! # What differs from Go
//! Go's entersyscall leaves the processor where it is, marked: a thread of the runtime's own (`sysmon`) takes it away if
//! the call is still in the kernel 20 microseconds later or more, so that a short call hands nothing on.
//! `entersyscallblock` hands it on at once. A runtime here may do either; for calls that are [`Blocks::Always`] there is
//! nothing to wait for.

use core::mem::ManuallyDrop;

use super::{Call, Hook, Interpose};
use crate::reg::Reg;
use crate::trap::Blocks;

/// A scheduler that wants to know when its threads may wait in the kernel.
///
/// Both functions are called by any number of threads at once, and from signal handlers: see the
/// [module](crate::interpose::schedule).
pub trait Runtime: Sync {
    /// What [`enter_syscall`](Runtime::enter_syscall) leaves for [`exit_syscall`](Runtime::exit_syscall): the processor
    /// that was let go of, for example.
    type Token;

    /// This thread is about to make a call that may keep it waiting.
    fn enter_syscall(&self, call: &Call) -> Self::Token;

    /// The call is over, one way or the other, and this thread would go on.
    fn exit_syscall(&self, token: Self::Token, call: &Call);
}

/// Tells a [`Runtime`] of the calls that may block.
pub struct Scheduled<R>(R);

impl<R: Runtime> Scheduled<R> {
    /// With this runtime.
    #[inline]
    pub const fn new(runtime: R) -> Scheduled<R> {
        Scheduled(runtime)
    }

    /// The runtime.
    #[inline]
    pub const fn runtime(&self) -> &R {
        &self.0
    }

    /// The hook, for [`install`](super::install). The outermost is the right place for it: a call that another hook
    /// delays or refuses is a call all the same.
    #[inline]
    pub const fn hook(&'static self) -> Hook {
        // SAFETY: `around` makes each call once, as it is, and answers what came back. The runtime can change neither: it
        // sees the call, which takes `unsafe` to make, and never the answer.
        unsafe { Hook::new(self) }
    }
}

impl<R: Runtime> Interpose for Scheduled<R> {
    #[inline]
    fn around(&self, call: &Call) -> Reg {
        let _left_at_the_end = match call.blocks() {
            Blocks::Never => None,
            Blocks::May | Blocks::Always => Some(Entered {
                runtime: &self.0,
                token: ManuallyDrop::new(self.0.enter_syscall(call)),
                call,
            }),
        };
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }
}

/// Between the two. It leaves when it is dropped, so that no way out passes it by.
struct Entered<'a, R: Runtime> {
    runtime: &'a R,
    token: ManuallyDrop<R::Token>,
    call: &'a Call,
}

impl<R: Runtime> Drop for Entered<'_, R> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: it is taken once, here, and nothing looks at it after that.
        let token = unsafe { ManuallyDrop::take(&mut self.token) };
        self.runtime.exit_syscall(token, self.call);
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::errno::EIO;
    use crate::interpose::around;
    use crate::reg::Regs;
    use crate::sysno::SYS_getpid;

    /// Counts the pairs; the token is the number of the pair.
    struct Pairs {
        entered: AtomicUsize,
        open: AtomicUsize,
        left: AtomicUsize,
    }

    impl Pairs {
        const fn new() -> Pairs {
            Pairs {
                entered: AtomicUsize::new(0),
                open: AtomicUsize::new(0),
                left: AtomicUsize::new(0),
            }
        }

        fn seen(&self) -> (usize, usize, usize) {
            (
                self.entered.load(Relaxed),
                self.open.load(Relaxed),
                self.left.load(Relaxed),
            )
        }
    }

    impl Runtime for Pairs {
        type Token = usize;

        fn enter_syscall(&self, _: &Call) -> usize {
            self.open.fetch_add(1, Relaxed);
            self.entered.fetch_add(1, Relaxed) + 1
        }

        fn exit_syscall(&self, token: usize, _: &Call) {
            self.open.fetch_sub(1, Relaxed);
            self.left.store(token, Relaxed);
        }
    }

    /// What stands within, and whether the pair is open around it.
    struct Inner(&'static Scheduled<Pairs>, AtomicUsize, fn(&Call) -> Reg);

    impl Interpose for Inner {
        fn around(&self, call: &Call) -> Reg {
            self.1.store(self.0.0.open.load(Relaxed), Relaxed);
            (self.2)(call)
        }
    }

    fn call(hook: &'static Hook, blocks: Blocks) -> Reg {
        // SAFETY: getpid(2) touches no memory.
        unsafe { around(hook, SYS_getpid, blocks, Regs::empty(), 0) }
    }

    /// One of each for a test, so that tests can run at once.
    macro_rules! hooks {
        ($inner:expr) => {{
            static OUTER: Scheduled<Pairs> = Scheduled::new(Pairs::new());
            static INNER: Inner = Inner(&OUTER, AtomicUsize::new(9), $inner);
            // SAFETY: it answers what the kernel answers, or an error.
            static INNER_HOOK: Hook = unsafe { Hook::new(&INNER) };
            static HOOK: Hook = OUTER.hook().then(&INNER_HOOK);
            (&HOOK, OUTER.runtime(), &INNER.1)
        }};
    }

    #[test]
    fn a_pair_by_the_class_around_the_call() {
        let (hook, pairs, open) = hooks!(|_| Reg::from(7));
        assert_eq!(call(hook, Blocks::Never), Reg::from(7));
        assert_eq!((pairs.seen(), open.load(Relaxed)), ((0, 0, 0), 0));
        assert_eq!(call(hook, Blocks::May), Reg::from(7));
        assert_eq!((pairs.seen(), open.load(Relaxed)), ((1, 0, 1), 1));
        assert_eq!(call(hook, Blocks::Always), Reg::from(7));
        assert_eq!((pairs.seen(), open.load(Relaxed)), ((2, 0, 2), 1));
    }

    #[test]
    fn a_refused_call_is_left() {
        let (hook, pairs, open) = hooks!(|_| Reg::from(EIO));
        assert_eq!(call(hook, Blocks::May).result(), Err(EIO));
        assert_eq!((pairs.seen(), open.load(Relaxed)), ((1, 0, 1), 1));
    }

    #[test]
    fn a_call_that_unwinds_is_left() {
        let (hook, pairs, open) = hooks!(|_| panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(|| call(hook, Blocks::May))).is_err());
        assert_eq!((pairs.seen(), open.load(Relaxed)), ((1, 0, 1), 1));
        assert!(catch_unwind(AssertUnwindSafe(|| call(hook, Blocks::Never))).is_err());
        assert_eq!((pairs.seen(), open.load(Relaxed)), ((1, 0, 1), 0));
    }

    #[test]
    fn pairs_nest() {
        static OUTER: Scheduled<Pairs> = Scheduled::new(Pairs::new());
        static LONE: Hook = OUTER.hook();
        /// As a signal handler does within a call: another call.
        struct Interrupted;
        impl Interpose for Interrupted {
            fn around(&self, call: &Call) -> Reg {
                let before = OUTER.runtime().seen();
                super::tests::call(&LONE, Blocks::May);
                assert_eq!((before, OUTER.runtime().seen()), ((1, 1, 0), (2, 1, 2)));
                // SAFETY: the call is made once, as its caller wants it.
                unsafe { call.make() }
            }
        }
        // SAFETY: it answers what the kernel answers.
        static INNER: Hook = unsafe { Hook::new(&Interrupted) };
        static HOOK: Hook = OUTER.hook().then(&INNER);
        call(&HOOK, Blocks::May);
        assert_eq!(OUTER.runtime().seen(), (2, 0, 1));
    }
}
