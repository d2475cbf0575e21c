//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "trap #0",
            inlateout("d0") 4usize => result,
            in("d1") fd as isize,
            in("d2") buf.as_ptr(),
            in("d3") buf.len(),
            options(nostack),
        );
    }
    result
}

#[inline(always)]
pub fn getpid() -> isize {
    let result;
    // SAFETY: getpid(2) touches no memory.
    unsafe { asm!("trap #0", inlateout("d0") 20usize => result, options(nostack)) };
    result
}
