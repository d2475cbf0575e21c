//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "trap0(#1)",
            in("r6") 64usize,
            inlateout("r0") fd as isize => result,
            in("r1") buf.as_ptr(),
            in("r2") buf.len(),
            options(nostack),
        );
    }
    result
}

#[inline(always)]
pub fn getpid() -> isize {
    let result;
    // SAFETY: getpid(2) touches no memory.
    unsafe { asm!("trap0(#1)", in("r6") 172usize, lateout("r0") result, options(nostack)) };
    result
}
