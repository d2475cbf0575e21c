//! The trap of x86: `mod.rs` has the table of registers.
//!
//! esi and ebp cannot be operands. Where a register is left that can (edi, which is argument 5), argument 4 comes in it
//! and changes places with esi around the trap. Beyond that all of them are taken: the arguments from the fourth on
//! come through memory, edi pointing at them, and what esi and ebp held waits on the stack. No register is left to the
//! compiler's choice, which with a frame pointer has none left to choose.

use core::arch::asm;

use crate::arch::Word;
pub use crate::arch::generic::six::syscall7;

/// The instruction, the number's register, the result's: once for the first five. The kernel keeps all others.
macro_rules! trap {
    ($nr:ident $(, $register:tt = $arg:ident)* $(; $around:literal)?) => {{
        let result;
        // SAFETY: operands and clobbers are those of the table in mod.rs; the caller answers for the call.
        unsafe {
            asm!(
                $($around,)?
                "int 0x80",
                $($around,)?
                inlateout("eax") $nr => result,
                $(in($register) $arg,)*
                options(nostack),
            );
        }
        result
    }};
}

/// The same for those whose last arguments come through memory. The stack is used: no `nostack`.
macro_rules! trap_by_memory {
    ($nr:ident, $($register:tt = $arg:ident),*; $($before:literal)*; $($after:literal)*; edi = $rest:ident) => {{
        let result;
        // SAFETY: as above; edi points at the words, and esi and ebp are put back.
        unsafe {
            asm!(
                $($before,)*
                "int 0x80",
                $($after,)*
                inlateout("eax") $nr => result,
                $(in($register) $arg,)*
                inout("edi") $rest.as_ptr() => _,
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
    trap!(nr, "ebx" = a)
}

/// Traps with 2 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall2(nr: usize, a: Word, b: Word) -> *mut () {
    trap!(nr, "ebx" = a, "ecx" = b)
}

/// Traps with 3 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall3(nr: usize, a: Word, b: Word, c: Word) -> *mut () {
    trap!(nr, "ebx" = a, "ecx" = b, "edx" = c)
}

/// Traps with 4 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall4(nr: usize, a: Word, b: Word, c: Word, d: Word) -> *mut () {
    trap!(nr, "ebx" = a, "ecx" = b, "edx" = c, "edi" = d; "xchg esi, edi")
}

/// Traps with 5 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall5(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word) -> *mut () {
    let rest = [d, e];
    trap_by_memory!(
        nr, "ebx" = a, "ecx" = b, "edx" = c;
        "push esi" "mov esi, [edi]" "mov edi, [edi + 4]";
        "pop esi";
        edi = rest
    )
}

/// Traps with 6 arguments.
///
/// # Safety
/// The kernel believes every register.
#[inline(always)]
pub unsafe fn syscall6(nr: usize, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) -> *mut () {
    let rest = [d, e, f];
    trap_by_memory!(
        nr, "ebx" = a, "ecx" = b, "edx" = c;
        "push esi" "push ebp" "mov esi, [edi]" "mov ebp, [edi + 8]" "mov edi, [edi + 4]";
        "pop ebp" "pop esi";
        edi = rest
    )
}

/// Traps with one argument, and does not come back.
///
/// # Safety
/// The kernel believes every register, and `nr` is a call that does not return.
#[inline(always)]
pub unsafe fn syscall1_noreturn(nr: usize, a: Word) -> ! {
    // SAFETY: nothing runs after this; should the kernel return, `ud2` ends the program.
    unsafe { asm!("int 0x80", "ud2", in("eax") nr, in("ebx") a, options(noreturn, nostack)) }
}
