//! The trap as one would write it for one call, in ARM and in Thumb mode: r7 is no operand in the latter.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone; r7 is put back.
    unsafe {
        asm!(
            "mov {saved}, r7",
            "mov r7, #4",
            "svc 0",
            "mov r7, {saved}",
            saved = out(reg) _,
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
    // SAFETY: getpid(2) touches no memory; r7 is put back.
    unsafe {
        asm!(
            "mov {saved}, r7",
            "mov r7, #20",
            "svc 0",
            "mov r7, {saved}",
            saved = out(reg) _,
            lateout("r0") result,
            options(nostack),
        );
    }
    result
}
