//! The trap as one would write it for one call.

use core::arch::asm;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let result;
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "syscall 0",
            in("$a7") 64usize,
            inlateout("$a0") fd as isize => result,
            in("$a1") buf.as_ptr(),
            in("$a2") buf.len(),
            out("$t0") _, out("$t1") _, out("$t2") _, out("$t3") _, out("$t4") _,
            out("$t5") _, out("$t6") _, out("$t7") _, out("$t8") _,
            options(nostack),
        );
    }
    result
}

#[inline(always)]
pub fn getpid() -> isize {
    let result;
    // SAFETY: getpid(2) touches no memory.
    unsafe {
        asm!(
            "syscall 0",
            in("$a7") 172usize,
            lateout("$a0") result,
            out("$t0") _, out("$t1") _, out("$t2") _, out("$t3") _, out("$t4") _,
            out("$t5") _, out("$t6") _, out("$t7") _, out("$t8") _,
            options(nostack),
        );
    }
    result
}
