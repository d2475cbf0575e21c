//! clone(2) onto a new stack on x86_64.

use core::arch::asm;

use super::nr::{SYS_clone, SYS_exit};

/// Makes a child that calls `entry(arg)` on the stack whose end is `stack`, and exits with what that returns.
///
/// The kernel's order here is flags, stack, ptid, ctid, tls (CONFIG_CLONE_BACKWARDS is not set, clone(2)).
///
/// # Safety
/// `stack` ends a writable area large enough for `entry`; the other pointers are as clone(2) wants them for `flags`.
pub unsafe fn clone(
    flags: usize,
    stack: *mut (),
    ptid: *mut i32,
    tls: *mut (),
    ctid: *mut i32,
    entry: extern "C" fn(*mut ()) -> i32,
    arg: *mut (),
) -> *mut () {
    let result;
    // SAFETY: the parent only traps; the child leaves this function's frame for `stack` and never comes back.
    unsafe {
        let top = stack.map_addr(|end| end & !15).cast::<*mut ()>().sub(2);
        top.write(entry as *mut ());
        top.add(1).write(arg);
        asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp", // the outermost frame
            "pop rax",
            "pop rdi",
            "call rax",
            "mov edi, eax",
            "mov eax, {exit}",
            "syscall",
            "ud2",
            "2:",
            exit = const SYS_exit,
            inlateout("rax") SYS_clone as usize => result,
            in("rdi") flags,
            in("rsi") top,
            in("rdx") ptid,
            in("r10") ctid,
            in("r8") tls,
            out("rcx") _,
            out("r11") _,
            options(nostack),
        );
    }
    result
}
