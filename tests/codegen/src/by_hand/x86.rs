//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "int 0x80",
            inlateout("eax") 4isize => result,
            in("ebx") fd,
            in("ecx") buf.as_ptr(),
            in("edx") buf.len(),
            options(nostack),
        );
    }
    result
}

#[inline(always)]
pub fn getpid() -> isize {
    let result;
    // SAFETY: getpid(2) touches no memory.
    unsafe { asm!("int 0x80", inlateout("eax") 20isize => result, options(nostack)) };
    result
}
