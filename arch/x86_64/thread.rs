//! clone(2) onto a new stack on x86_64.

use core::arch::asm;

use super::nr::SYS_clone;

/// Makes a child that begins in `entry(arg)` on the stack whose end is `stack`.
///
/// The kernel's order here is flags, stack, ptid, ctid, tls (CONFIG_CLONE_BACKWARDS is not set, clone(2)).
///
/// The child has the parent's registers but for rax, rsp, rcx and r11, so `entry` and `arg` reach it in two that the
/// kernel keeps. It jumps where one would call: a return address of 0 stands on its stack, at which unwinders and
/// debuggers end, and which leaves rsp as a function expects it at its entry (x86-64 psABI, 3.2.2).
///
/// # Safety
/// `stack`, a multiple of 16, ends a writable area large enough for `entry`; the other pointers are as clone(2) wants
/// them for `flags`.
pub unsafe fn clone(
    flags: usize,
    stack: *mut (),
    ptid: *mut i32,
    tls: *mut (),
    ctid: *mut i32,
    entry: extern "C" fn(*mut ()) -> !,
    arg: *mut (),
) -> *mut () {
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
            in("rdi") flags,
            in("rsi") stack,
            in("rdx") ptid,
            in("r10") ctid,
            in("r8") tls,
            in("r12") entry,
            in("r13") arg,
            out("rcx") _,
            out("r11") _,
            options(nostack),
        );
    }
    result
}
