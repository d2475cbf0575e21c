//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "ecall",
            in("a7") 64usize,
            inlateout("a0") fd as isize => result,
            in("a1") buf.as_ptr(),
            in("a2") buf.len(),
            options(nostack),
        );
    }
    result
}

#[inline(always)]
pub fn getpid() -> isize {
    let result;
    // SAFETY: getpid(2) touches no memory.
    unsafe { asm!("ecall", in("a7") 172usize, lateout("a0") result, options(nostack)) };
    result
}
