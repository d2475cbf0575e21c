//! The trap of csky: `mod.rs` has the table of registers.

use core::arch::asm;

use crate::arch::Word;
use crate::arch::generic::absent::{is_absent, no_such_call};
pub use crate::arch::generic::six::syscall7;

/// The instruction, the number's register, the result's, and what the kernel does not keep: once for all seven. r7 cannot be
/// an operand, as the compiler may have its base pointer there.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)*) => {{
        // The kernel would leave r0 as it is, the first argument (arch/csky/kernel/entry.S, `csky_systemcall`).
        if is_absent($nr) {
            return no_such_call();
        }
        let result;
        // SAFETY: operands and clobbers are those of the table in mod.rs, and r7 is put back; the caller answers for the
        // call.
        unsafe {
            asm!(
                "lsli32 {kept}, r7, 0",
                "lsli32 r7, {nr}, 0",
                "trap32 0",
                "lsli32 r7, {kept}, 0",
                kept = out(reg) _,
                nr = in(reg) $nr,
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
    // SAFETY: nothing runs after this; should the kernel return, `bkpt` ends the program.
    unsafe { asm!("lsli32 r7, {nr}, 0", "trap32 0", "bkpt", nr = in(reg) nr, in("r0") a, options(noreturn, nostack)) }
}
