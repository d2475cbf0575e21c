//! The trap of m68k: `mod.rs` has the table of registers.

use core::arch::asm;

use crate::arch::Word;
pub use crate::arch::generic::six::syscall7;

/// The instruction, the number's register, the result's: once for all seven. The kernel keeps all others.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)*) => {{
        let result;
        // SAFETY: operands and clobbers are those of the table in mod.rs; the caller answers for the call.
        unsafe {
            asm!(
                "trap #0",
                inlateout("d0") $nr => result,
                $(in($register) $arg,)*
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
    trap!(nr, "d1" = a)
}

/// Traps with 2 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall2(nr: usize, a: Word, b: Word) -> *mut () {
    trap!(nr, "d1" = a, "d2" = b)
}

/// Traps with 3 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall3(nr: usize, a: Word, b: Word, c: Word) -> *mut () {
    trap!(nr, "d1" = a, "d2" = b, "d3" = c)
}

/// Traps with 4 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall4(nr: usize, a: Word, b: Word, c: Word, d: Word) -> *mut () {
    trap!(nr, "d1" = a, "d2" = b, "d3" = c, "d4" = d)
}

/// Traps with 5 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall5(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word) -> *mut () {
    trap!(nr, "d1" = a, "d2" = b, "d3" = c, "d4" = d, "d5" = e)
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    trap!(nr, "d1" = a, "d2" = b, "d3" = c, "d4" = d, "d5" = e, "a0" = f)
}

/// Traps with one argument, and does not come back.
///
/// # Safety
/// The kernel believes every register, and `nr` is a call that does not return.
#[inline(always)]
pub unsafe fn syscall1_noreturn(nr: usize, a: Word) -> ! {
    // SAFETY: nothing runs after this; should the kernel return, `illegal` ends the program.
    unsafe { asm!("trap #0", "illegal", in("d0") nr, in("d1") a, options(noreturn, nostack)) }
}
