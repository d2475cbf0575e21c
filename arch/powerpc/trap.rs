//! The trap of powerpc: `mod.rs` has the table of registers.

use core::arch::asm;

use crate::arch::Word;
use crate::arch::generic::flag;
pub use crate::arch::generic::six::syscall7;

/// Summary overflow in the first field of the condition register, whose bits are counted from the upper end of 32.
pub const CR0_SO: usize = 1 << 28;

/// The instruction, the number's register, the result's, and what the kernel does not keep: once for all seven.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)*) => {{
        let (result, flags): (_, usize);
        // SAFETY: operands and clobbers are those of the table in mod.rs; the caller answers for the call.
        unsafe {
            asm!(
                "sc",
                "mfcr 0",
                in("r0") $nr,
                $(in($register) $arg,)*
                lateout("r3") result,
                lateout("r0") flags,
                lateout("r4") _, lateout("r5") _, lateout("r6") _, lateout("r7") _, lateout("r8") _,
                lateout("r9") _, lateout("r10") _, lateout("r11") _, lateout("r12") _,
                lateout("cr0") _, lateout("ctr") _, lateout("xer") _,
                options(nostack),
            );
        }
        flag::word(result, flags & CR0_SO != 0)
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
    trap!(nr, "r3" = a)
}

/// Traps with 2 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall2(nr: usize, a: Word, b: Word) -> *mut () {
    trap!(nr, "r3" = a, "r4" = b)
}

/// Traps with 3 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall3(nr: usize, a: Word, b: Word, c: Word) -> *mut () {
    trap!(nr, "r3" = a, "r4" = b, "r5" = c)
}

/// Traps with 4 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall4(nr: usize, a: Word, b: Word, c: Word, d: Word) -> *mut () {
    trap!(nr, "r3" = a, "r4" = b, "r5" = c, "r6" = d)
}

/// Traps with 5 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall5(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word) -> *mut () {
    trap!(nr, "r3" = a, "r4" = b, "r5" = c, "r6" = d, "r7" = e)
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    trap!(nr, "r3" = a, "r4" = b, "r5" = c, "r6" = d, "r7" = e, "r8" = f)
}

/// Traps with one argument, and does not come back.
///
/// # Safety
/// The kernel believes every register, and `nr` is a call that does not return.
#[inline(always)]
pub unsafe fn syscall1_noreturn(nr: usize, a: Word) -> ! {
    // SAFETY: nothing runs after this; should the kernel return, a word that is no instruction ends the program.
    unsafe { asm!("sc", ".long 0", in("r0") nr, in("r3") a, options(noreturn, nostack)) }
}
