//! clone(2) onto a new stack on x86_64.

use core::arch::asm;

use super::nr::SYS_clone;
use crate::arch::Word;

/// Makes a child that begins in `entry(arg)` on the stack that is among the arguments.
///
/// The child has the parent's registers but for rax, rsp, rcx and r11, so `entry` and `arg` reach it in two that the
/// kernel keeps. It jumps where one would call: a return address of 0 stands on its stack, at which unwinders and
/// debuggers end, and which leaves rsp as a function expects it at its entry (x86-64 psABI, 3.2.2).
///
/// # Safety
/// `args` are in the kernel's order (`CONVENTION.clone`) and as clone(2) wants them; the stack, a multiple of 16, ends a
/// writable area large enough for `entry`.
pub unsafe fn clone(args: [Word; 5], entry: extern "C" fn(*mut ()) -> !, arg: *mut ()) -> *mut () {
    let [a, b, c, d, e] = args;
    let result;
    // SAFETY: the parent only traps; the child leaves this function's frame for `stack` and never comes back.
    unsafe {
        asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp", // the outermost frame
            "mov rdi, r13",
            "push rbp",
            "jmp r12",
            "2:",
            inlateout("rax") SYS_clone as usize => result,
            in("rdi") a,
            in("rsi") b,
            in("rdx") c,
            in("r10") d,
            in("r8") e,
            in("r12") entry,
            in("r13") arg,
            out("rcx") _,
            out("r11") _,
            options(nostack),
        );
    }
    result
}
