//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result: isize;
    let failed: usize;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "mov {nr}, %g1",
            "t 0x10",
            "movcs %icc, 1, {failed}",
            nr = in(reg) 4usize,
            inlateout("o0") fd as isize => result,
            inlateout("o1") buf.as_ptr() => _,
            in("o2") buf.len(),
            failed = inout(reg) 0usize => failed,
            options(nostack),
        );
    }
    if failed != 0 { -result } else { result }
}

#[inline(always)]
pub fn getpid() -> isize {
    let result: isize;
    let failed: usize;
    // SAFETY: getpid(2) touches no memory.
    unsafe {
        asm!(
            "mov {nr}, %g1",
            "t 0x10",
            "movcs %icc, 1, {failed}",
            nr = in(reg) 20usize,
            lateout("o0") result,
            lateout("o1") _,
            failed = inout(reg) 0usize => failed,
            options(nostack),
        );
    }
    if failed != 0 { -result } else { result }
}
