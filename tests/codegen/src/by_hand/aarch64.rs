//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "svc 0",
            in("x8") 64usize,
            inlateout("x0") fd as isize => result,
            in("x1") buf.as_ptr(),
            in("x2") buf.len(),
            options(nostack),
        );
    }
    result
}

#[inline(always)]
pub fn getpid() -> isize {
    let result;
    // SAFETY: getpid(2) touches no memory.
    unsafe { asm!("svc 0", in("x8") 172usize, lateout("x0") result, options(nostack)) };
    result
}
