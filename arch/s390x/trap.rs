//! The trap of s390x: `mod.rs` has the table of registers.

use core::arch::asm;

use crate::arch::Word;
pub use crate::arch::generic::six::syscall7;

/// The instruction, the number's register, the result's, and what the kernel does not keep: once for all seven.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)*) => {{
        let result;
        // SAFETY: operands and clobbers are those of the table in mod.rs; the caller answers for the call.
        unsafe {
            asm!(
                "svc 0",
                in("r1") $nr,
                $(in($register) $arg,)*
                lateout("r2") result,
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
    trap!(nr, "r2" = a)
}

/// Traps with 2 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall2(nr: usize, a: Word, b: Word) -> *mut () {
    trap!(nr, "r2" = a, "r3" = b)
}

/// Traps with 3 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall3(nr: usize, a: Word, b: Word, c: Word) -> *mut () {
    trap!(nr, "r2" = a, "r3" = b, "r4" = c)
}

/// Traps with 4 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall4(nr: usize, a: Word, b: Word, c: Word, d: Word) -> *mut () {
    trap!(nr, "r2" = a, "r3" = b, "r4" = c, "r5" = d)
}

/// Traps with 5 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall5(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word) -> *mut () {
    trap!(nr, "r2" = a, "r3" = b, "r4" = c, "r5" = d, "r6" = e)
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    trap!(nr, "r2" = a, "r3" = b, "r4" = c, "r5" = d, "r6" = e, "r7" = f)
}

/// Traps with one argument, and does not come back.
///
/// # Safety
/// The kernel believes every register, and `nr` is a call that does not return.
#[inline(always)]
pub unsafe fn syscall1_noreturn(nr: usize, a: Word) -> ! {
    // SAFETY: nothing runs after this; should the kernel return, the word that is no
    // instruction ends the program.
    unsafe { asm!("svc 0", ".short 0", in("r1") nr, in("r2") a, options(noreturn, nostack)) }
}
