//! The trap of loongarch64: `mod.rs` has the table of registers.

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
                "syscall 0",
                in("$a7") $nr,
                $(in($register) $arg,)*
                lateout("$a0") result,
                // Not saved at the entry, and overwritten there.
                out("$t0") _, out("$t1") _, out("$t2") _, out("$t3") _, out("$t4") _,
                out("$t5") _, out("$t6") _, out("$t7") _, out("$t8") _,
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
    trap!(nr, "$a0" = a)
}

/// Traps with 2 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall2(nr: usize, a: Word, b: Word) -> *mut () {
    trap!(nr, "$a0" = a, "$a1" = b)
}

/// Traps with 3 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall3(nr: usize, a: Word, b: Word, c: Word) -> *mut () {
    trap!(nr, "$a0" = a, "$a1" = b, "$a2" = c)
}

/// Traps with 4 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall4(nr: usize, a: Word, b: Word, c: Word, d: Word) -> *mut () {
    trap!(nr, "$a0" = a, "$a1" = b, "$a2" = c, "$a3" = d)
}

/// Traps with 5 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall5(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word) -> *mut () {
    trap!(nr, "$a0" = a, "$a1" = b, "$a2" = c, "$a3" = d, "$a4" = e)
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    trap!(nr, "$a0" = a, "$a1" = b, "$a2" = c, "$a3" = d, "$a4" = e, "$a5" = f)
}

/// Traps with one argument, and does not come back.
///
/// # Safety
/// The kernel believes every register, and `nr` is a call that does not return.
#[inline(always)]
pub unsafe fn syscall1_noreturn(nr: usize, a: Word) -> ! {
    // SAFETY: nothing runs after this; should the kernel return, `amswap.w` ends the program.
    unsafe { asm!("syscall 0", "amswap.w $zero, $ra, $zero", in("$a7") nr, in("$a0") a, options(noreturn, nostack)) }
}
