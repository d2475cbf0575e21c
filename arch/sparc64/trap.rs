//! The trap of sparc64: `mod.rs` has the table of registers.

use core::arch::asm;
use core::ptr;

use super::nr::{SYS_clone, SYS_clone3, SYS_fork, SYS_vfork};
use crate::arch::Word;
use crate::arch::generic::flag::word;
pub use crate::arch::generic::six::syscall7;

/// The instruction, the number's register, the result's, and what the kernel does not keep: once for all seven. g1
/// cannot be an operand, and the compiler keeps nothing in it.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)*) => {{
        #[inline(always)]
        unsafe fn once($nr: usize $(, $arg: Word)*) -> (*mut (), bool) {
            let result;
            let (second, failed): (usize, usize);
            // SAFETY: operands and clobbers are those of the table in mod.rs; the caller answers for the call.
            unsafe {
                asm!(
                    "mov {nr}, %g1",
                    "t 0x6d",
                    "movcs %xcc, 1, {failed}",
                    nr = in(reg) $nr,
                    $(in($register) $arg,)*
                    lateout("o0") result,
                    lateout("o1") second,
                    failed = inout(reg) 0usize => failed,
                    options(nostack),
                );
            }
            // With an error o1 is what it was before (arch/sparc/kernel/process.c).
            (word(result, failed != 0), failed == 0 && second == 1)
        }

        /// A child loses the floating-point registers (`copy_thread`). They cannot be named as clobbers, but no function
        /// keeps them for its caller.
        #[inline(never)]
        unsafe fn twice($nr: usize $(, $arg: Word)*) -> *mut () {
            // SAFETY: the caller answers for the call.
            let (result, is_child) = unsafe { once($nr $(, $arg)*) };
            if is_child { ptr::null_mut() } else { result }
        }

        // SAFETY: the caller answers for the call.
        unsafe {
            if answers_twice($nr) {
                twice($nr $(, $arg)*)
            } else {
                once($nr $(, $arg)*).0
            }
        }
    }};
}

/// Whether the call makes a process that goes on from where it was called. Its second result is 1 there, and its first one
/// the parent's number; other machines answer 0.
#[inline(always)]
fn answers_twice(nr: usize) -> bool {
    [SYS_fork, SYS_vfork, SYS_clone, SYS_clone3].contains(&(nr as u32))
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
    trap!(nr, "o0" = a)
}

/// Traps with 2 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall2(nr: usize, a: Word, b: Word) -> *mut () {
    trap!(nr, "o0" = a, "o1" = b)
}

/// Traps with 3 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall3(nr: usize, a: Word, b: Word, c: Word) -> *mut () {
    trap!(nr, "o0" = a, "o1" = b, "o2" = c)
}

/// Traps with 4 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall4(nr: usize, a: Word, b: Word, c: Word, d: Word) -> *mut () {
    trap!(nr, "o0" = a, "o1" = b, "o2" = c, "o3" = d)
}

/// Traps with 5 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall5(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word) -> *mut () {
    trap!(nr, "o0" = a, "o1" = b, "o2" = c, "o3" = d, "o4" = e)
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    trap!(nr, "o0" = a, "o1" = b, "o2" = c, "o3" = d, "o4" = e, "o5" = f)
}

/// Traps with one argument, and does not come back.
///
/// # Safety
/// The kernel believes every register, and `nr` is a call that does not return.
#[inline(always)]
pub unsafe fn syscall1_noreturn(nr: usize, a: Word) -> ! {
    // SAFETY: nothing runs after this; should the kernel return, the undefined instruction ends the program.
    unsafe {
        asm!("mov {nr}, %g1", "t 0x6d", "unimp 0", nr = in(reg) nr, in("o0") a, options(noreturn, nostack));
    }
}
