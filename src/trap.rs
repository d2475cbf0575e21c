//! The way from registers to the trap, and the one place where a hook may stand ([`call`]).

use core::mem::MaybeUninit;

use crate::arch::{self, CONVENTION};
#[cfg(feature = "interpose")]
use crate::interpose;
use crate::reg::{Args, Reg, Regs, Ret};
#[cfg(feature = "interpose")]
use crate::sysno::SYS_clone;
use crate::sysno::Sysno;

/// Whether a call keeps its thread waiting: for a device, a disk, the network, another process, or for time to pass.
/// Each call's declaration says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// The kernel answers from what it has at hand.
    Never,
    /// It depends: on the file behind the fd, on flags, on what others do.
    May,
    /// To wait is what the call is for.
    Always,
}

/// The way of typed calls, past the hook.
pub(crate) mod hooked {
    pub(crate) use super::{call, clone};
}

/// The one way from a typed call to the trap; [`call!`](crate::call) is its spelling.
///
/// # Safety
/// As for the call itself: see [`call!`](crate::call).
#[inline(always)]
pub unsafe fn call<A: Args, R: Ret>(nr: Sysno, blocks: Blocks, args: A) -> R {
    let mut regs = Regs::empty();
    args.put_all(&mut regs);
    #[cfg(not(feature = "interpose"))]
    let _ = blocks;
    #[cfg(feature = "interpose")]
    if let Some(hook) = interpose::first() {
        // SAFETY: the caller answers for the call, and who set the hook for what that does.
        return unsafe { R::from_reg(interpose::around(hook, nr, blocks, regs, A::PLACES.count)) };
    }
    // SAFETY: the caller answers for what the kernel does with these registers, and says that the call answers an `R`.
    unsafe { R::from_reg(trap(nr, regs, A::PLACES.count)) }
}

/// Traps with the first `count` registers.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub(crate) unsafe fn trap(nr: Sysno, regs: Regs, count: usize) -> Reg {
    let Regs([a, b, c, d, e, f, g]) = regs;
    let nr = nr.number() as usize;
    // SAFETY: the caller answers for what the kernel does with these registers.
    Reg(unsafe {
        match count {
            0 => arch::syscall0(nr),
            1 => arch::syscall1(nr, a),
            2 => arch::syscall2(nr, a, b),
            3 => arch::syscall3(nr, a, b, c),
            4 => arch::syscall4(nr, a, b, c, d),
            5 => arch::syscall5(nr, a, b, c, d, e),
            6 => arch::syscall6(nr, a, b, c, d, e, f),
            _ => arch::syscall7(nr, a, b, c, d, e, f, g),
        }
    })
}

/// The way of the two calls that end something, exit(2) and exit_group(2).
#[inline(always)]
pub(crate) fn exit(nr: Sysno, status: i32) -> ! {
    let mut regs = Regs::empty();
    regs.set(0, Reg::from(status));
    #[cfg(feature = "interpose")]
    if let Some(hook) = interpose::first() {
        interpose::exits(hook, nr, regs);
    }
    // SAFETY: the kernel touches no memory of ours, and both calls end what calls them.
    unsafe { arch::syscall1_noreturn(nr.number() as usize, regs.0[0]) }
}

/// Where the child of clone(2) begins: it calls the function with the pointer.
#[derive(Clone, Copy)]
pub(crate) struct Child {
    pub entry: extern "C" fn(*mut ()) -> !,
    pub arg: *mut (),
}

/// The registers of clone(2), in this machine's order.
#[inline(always)]
fn clone_regs(args: [Reg; 5]) -> Regs {
    let mut regs = Regs::empty();
    // No loop: built for size it would stay one.
    let (places, [a, b, c, d, e]) = (CONVENTION.clone, args);
    regs.set(places[0], a);
    regs.set(places[1], b);
    regs.set(places[2], c);
    regs.set(places[3], d);
    regs.set(places[4], e);
    regs
}

/// The way of clone(2) onto a new stack, with `flags`, `stack`, `ptid`, `tls`, `ctid`: the answer is the parent's.
///
/// # Safety
/// As for [`sys_clone`](crate::sys_clone).
#[inline(always)]
pub(crate) unsafe fn clone(args: [Reg; 5], child: Child) -> Reg {
    let regs = clone_regs(args);
    #[cfg(feature = "interpose")]
    if let Some(hook) = interpose::first() {
        // SAFETY: the caller answers for the call, and who set the hook for what that does.
        return unsafe { interpose::around_clone(hook, SYS_clone, regs, child) };
    }
    // SAFETY: the caller answers for all of it.
    unsafe { trap_clone(regs, child) }
}

/// Traps for clone(2).
///
/// # Safety
/// As for [`sys_clone`](crate::sys_clone).
#[inline(always)]
pub(crate) unsafe fn trap_clone(regs: Regs, child: Child) -> Reg {
    let Regs([a, b, c, d, e, ..]) = regs;
    // SAFETY: the caller answers for all of it.
    Reg(unsafe { arch::clone([a, b, c, d, e], child.entry, child.arg) })
}

/// Makes a call: places each argument by its type ([`Arg`](crate::Arg)), traps with as many registers as that takes,
/// and decodes the result by the type that is asked for ([`Ret`](crate::Ret)).
///
/// A call that this crate does not declare yet is one function away:
///
/// ```
/// use rawtrap::{BorrowedFd, Result, SYS_fdatasync, call};
///
/// /// fdatasync(2)
/// fn sys_fdatasync(fd: BorrowedFd<'_>) -> Result<()> {
///     // SAFETY: fdatasync(2) touches no memory of ours.
///     unsafe { call!(SYS_fdatasync, fd) }
/// }
/// # assert!(sys_fdatasync(unsafe { BorrowedFd::borrow_raw(999) }).is_err());
/// ```
///
/// A word before the number says whether the call keeps its thread waiting ([`Blocks`]), which a hook wants to know:
/// `call!(never_blocks: SYS_getpid)`, `call!(may_block: SYS_read, fd, start, len)`, `call!(blocks: SYS_nanosleep, ...)`.
/// Without a word it may block.
///
/// # Safety
/// The kernel believes every register: pointers must be valid for what the call does with them, for as long as it does,
/// and the return type must be what the call answers. A call that returns twice on one stack, vfork(2) or clone(2) with
/// CLONE_VM and no other stack, cannot be made here: the first that returns leaves frames that the second still needs.
#[macro_export]
macro_rules! call {
    (never_blocks: $nr:expr $(, $arg:expr)* $(,)?) => {
        $crate::trap::call($nr, $crate::trap::Blocks::Never, ($($arg,)*))
    };
    (may_block: $nr:expr $(, $arg:expr)* $(,)?) => {
        $crate::trap::call($nr, $crate::trap::Blocks::May, ($($arg,)*))
    };
    (blocks: $nr:expr $(, $arg:expr)* $(,)?) => {
        $crate::trap::call($nr, $crate::trap::Blocks::Always, ($($arg,)*))
    };
    ($nr:expr $(, $arg:expr)* $(,)?) => {
        $crate::call!(may_block: $nr $(, $arg)*)
    };
}

/// Calls that may block, as they are written. With the feature `interpose` each has a twin in a module `raw`, from the
/// same words, around which no hook stands.
macro_rules! blocking {
    ($($calls:tt)*) => {
        $($calls)*

        #[cfg(feature = "interpose")]
        pub(crate) mod raw {
            use super::*;
            use $crate::trap::bare as way;

            $($calls)*
        }
    };
}

pub(crate) use blocking;

/// [`call!`](crate::call) as the declarations in `blocking!` spell it: the way is the module that each of the two has
/// imported by that name, [`hooked`] or [`bare`].
macro_rules! call_by_way {
    (never_blocks: $($call:tt)+) => { $crate::trap::call_by_way!(@ Never, $($call)+) };
    (may_block: $($call:tt)+) => { $crate::trap::call_by_way!(@ May, $($call)+) };
    (blocks: $($call:tt)+) => { $crate::trap::call_by_way!(@ Always, $($call)+) };
    (@ $blocks:ident, $nr:expr $(, $arg:expr)* $(,)?) => {
        way::call($nr, $crate::trap::Blocks::$blocks, ($($arg,)*))
    };
}
pub(crate) use call_by_way;

/// What the twins are made with.
#[cfg(feature = "interpose")]
pub(crate) mod bare {
    use super::{Blocks, Child, clone_regs, trap, trap_clone};
    use crate::reg::{Args, Reg, Regs, Ret};
    use crate::sysno::Sysno;

    /// As [`call`](super::call), without a hook.
    #[inline(always)]
    pub(crate) unsafe fn call<A: Args, R: Ret>(nr: Sysno, _: Blocks, args: A) -> R {
        let mut regs = Regs::empty();
        args.put_all(&mut regs);
        // SAFETY: the caller answers for the call, and says that it answers an `R`.
        unsafe { R::from_reg(trap(nr, regs, A::PLACES.count)) }
    }

    /// As [`clone`](super::clone), without a hook.
    #[inline(always)]
    pub(crate) unsafe fn clone(args: [Reg; 5], child: Child) -> Reg {
        // SAFETY: the caller answers for all of it.
        unsafe { trap_clone(clone_regs(args), child) }
    }
}

/// One raw call for each number of arguments.
macro_rules! raw {
    ($($name:ident($($arg:ident),*);)*) => {$(
        #[doc = concat!(
            "The bare trap with ", stringify!($name), "'s number of arguments, for calls that have no typed function."
        )]
        ///
        /// The answer follows the kernel's convention on every architecture: [`Reg::result`] tells `-errno` from a
        /// value. Numbers and pointers of any width are accepted and extended to the whole register.
        ///
        /// # Safety
        /// The kernel believes every register: pointers must be valid for what the call does with them, for as long
        /// as it does. A 64-bit value must be split as the machine wants it ([`call!`](crate::call) does that).
        #[inline(always)]
        pub unsafe fn $name(nr: Sysno $(, $arg: impl Into<Reg>)*) -> Reg {
            // SAFETY: the caller answers for what the kernel does with these registers.
            Reg(unsafe { arch::$name(nr.number() as usize $(, MaybeUninit::new($arg.into().0))*) })
        }
    )*};
}

raw! {
    syscall0();
    syscall1(a);
    syscall2(a, b);
    syscall3(a, b, c);
    syscall4(a, b, c, d);
    syscall5(a, b, c, d, e);
    syscall6(a, b, c, d, e, f);
}
