//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") 1isize => result,
            in("rdi") fd,
            in("rsi") buf.as_ptr(),
            in("rdx") buf.len(),
            out("rcx") _,
            out("r11") _,
            options(nostack),
        );
    }
    result
}

#[inline(always)]
pub fn getpid() -> isize {
    let result;
    // SAFETY: getpid(2) touches no memory.
    unsafe { asm!("syscall", inlateout("rax") 39isize => result, out("rcx") _, out("r11") _, options(nostack)) };
    result
}
