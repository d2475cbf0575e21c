//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "svc 0",
            in("r1") 4usize,
            inlateout("r2") fd as isize => result,
            in("r3") buf.as_ptr(),
            in("r4") buf.len(),
            options(nostack),
        );
    }
    result
}

#[inline(always)]
pub fn getpid() -> isize {
    let result;
    // SAFETY: getpid(2) touches no memory.
    unsafe { asm!("svc 0", in("r1") 20usize, lateout("r2") result, options(nostack)) };
    result
}
