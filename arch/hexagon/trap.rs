//! The trap of hexagon: `mod.rs` has the table of registers.

use core::arch::asm;

use crate::arch::Word;
use crate::arch::generic::absent::{is_absent, no_such_call};
pub use crate::arch::generic::six::syscall7;

/// The instruction, the number's register, the result's: once for all seven. The kernel keeps all others.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)*) => {{
        // The kernel's answer would be -1, which is EPERM (arch/hexagon/kernel/traps.c, `do_trap0`).
        if is_absent($nr) {
            return no_such_call();
        }
        let result;
        // SAFETY: operands and clobbers are those of the table in mod.rs; the caller answers for the call.
        unsafe {
            asm!(
                "trap0(#1)",
                in("r6") $nr,
                $(in($register) $arg,)*
                lateout("r0") result,
                options(nostack),
            );
        }
        result
    }};
}

/// Traps with no arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall0(nr: usize) -> *mut () {
    trap!(nr)
}

/// Traps with 1 argument.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall1(nr: usize, a: Word) -> *mut () {
    trap!(nr, "r0" = a)
}

/// Traps with 2 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall2(nr: usize, a: Word, b: Word) -> *mut () {
    trap!(nr, "r0" = a, "r1" = b)
}

/// Traps with 3 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall3(nr: usize, a: Word, b: Word, c: Word) -> *mut () {
    trap!(nr, "r0" = a, "r1" = b, "r2" = c)
}

/// Traps with 4 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall4(nr: usize, a: Word, b: Word, c: Word, d: Word) -> *mut () {
    trap!(nr, "r0" = a, "r1" = b, "r2" = c, "r3" = d)
}

/// Traps with 5 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall5(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word) -> *mut () {
    trap!(nr, "r0" = a, "r1" = b, "r2" = c, "r3" = d, "r4" = e)
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    trap!(nr, "r0" = a, "r1" = b, "r2" = c, "r3" = d, "r4" = e, "r5" = f)
}

/// Traps with one argument, and does not come back.
///
/// # Safety
/// The kernel believes every register, and `nr` is a call that does not return.
#[inline(always)]
pub unsafe fn syscall1_noreturn(nr: usize, a: Word) -> ! {
    // SAFETY: nothing runs after this; should the kernel return, a store to an address that nobody has ends the program.
    unsafe { asm!("trap0(#1)", "memw(##0) = r0", in("r6") nr, in("r0") a, options(noreturn, nostack)) }
}
