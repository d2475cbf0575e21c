//! The trap of mips: `mod.rs` has the table of registers.

use core::arch::asm;

use crate::arch::Word;
use crate::arch::generic::flag;

/// The instruction, the number's register, the result's, and what the kernel does not keep: once for all eight.
///
/// `aside.rs` has what asm! cannot name.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)*) => {
        trap!(@ ["syscall"], $nr $(, $register = $arg)*;)
    };
    // The kernel reads the fifth argument and the rest where a function would: above the room for the first four.
    ($nr:ident $(, $register:tt = $arg:ident)*; $($offset:tt = $stacked:ident),*) => {
        trap!(@ [
            "addiu $29, $29, -32",
            $(concat!("sw {", stringify!($stacked), "}, ", $offset, "($29)"),)*
            "syscall",
            "addiu $29, $29, 32"
        ], $nr $(, $register = $arg)*; $($stacked),*)
    };
    (@ [$($text:expr),*], $nr:ident $(, $register:tt = $arg:ident)*; $($stacked:ident),*) => {{
        let (result, failed): (_, usize);
        // SAFETY: operands and clobbers are those of the table in mod.rs; the caller answers for the call.
        unsafe {
            asm_around_trap!(
                [$($text),*],
                in("$2") $nr,
                $(in($register) $arg,)*
                $($stacked = in(reg) $stacked,)*
                lateout("$2") result,
                lateout("$7") failed,
                lateout("$3") _, lateout("$8") _, lateout("$9") _, lateout("$10") _,
                lateout("$11") _, lateout("$12") _, lateout("$13") _, lateout("$14") _,
                lateout("$15") _, lateout("$24") _,
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
    trap!(nr, "$4" = a, "$5" = b, "$6" = c, "$7" = d; 16 = e)
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    trap!(nr, "$4" = a, "$5" = b, "$6" = c, "$7" = d; 16 = e, 20 = f)
}

/// Traps with 7 arguments.
///
/// # Safety
/// The kernel believes every register.
#[allow(clippy::too_many_arguments)]
#[inline(always)]
pub unsafe fn syscall7(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word, g: Word) -> *mut () {
    trap!(nr, "$4" = a, "$5" = b, "$6" = c, "$7" = d; 16 = e, 20 = f, 24 = g)
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
