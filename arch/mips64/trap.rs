//! The trap of mips64: `mod.rs` has the table of registers.

use core::arch::asm;

use crate::arch::Word;
use crate::arch::generic::flag;
pub use crate::arch::generic::six::syscall7;

/// The instruction, the number's register, the result's, and what the kernel does not keep: once for all seven.
///
/// `aside.rs` has what asm! cannot name.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)*) => {{
        let (result, failed): (_, usize);
        // SAFETY: operands and clobbers are those of the table in mod.rs; the caller answers for the call.
        unsafe {
            asm_around_trap!(
                ["syscall"],
                in("$2") $nr,
                $(in($register) $arg,)*
                lateout("$2") result,
                lateout("$7") failed,
                lateout("$3") _, lateout("$10") _, lateout("$11") _, lateout("$12") _,
                lateout("$13") _, lateout("$14") _, lateout("$15") _, lateout("$24") _,
                options(nostack),
            );
        }
        flag::word(result, failed != 0)
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
    trap!(nr, "$4" = a)
}

/// Traps with 2 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall2(nr: usize, a: Word, b: Word) -> *mut () {
    trap!(nr, "$4" = a, "$5" = b)
}

/// Traps with 3 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall3(nr: usize, a: Word, b: Word, c: Word) -> *mut () {
    trap!(nr, "$4" = a, "$5" = b, "$6" = c)
}

/// Traps with 4 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall4(nr: usize, a: Word, b: Word, c: Word, d: Word) -> *mut () {
    trap!(nr, "$4" = a, "$5" = b, "$6" = c, "$7" = d)
}

/// Traps with 5 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall5(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word) -> *mut () {
    trap!(nr, "$4" = a, "$5" = b, "$6" = c, "$7" = d, "$8" = e)
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    trap!(nr, "$4" = a, "$5" = b, "$6" = c, "$7" = d, "$8" = e, "$9" = f)
}

/// Traps with one argument, and does not come back.
///
/// # Safety
/// The kernel believes every register, and `nr` is a call that does not return.
#[inline(always)]
pub unsafe fn syscall1_noreturn(nr: usize, a: Word) -> ! {
    // SAFETY: nothing runs after this; should the kernel return, `break` ends the program.
    unsafe { asm!("syscall", "break", in("$2") nr, in("$4") a, options(noreturn, nostack)) }
}
