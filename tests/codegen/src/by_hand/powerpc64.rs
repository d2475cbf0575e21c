//! The trap as one would write it for one call.

use core::arch::asm;

const SO: usize = 1 << 28;

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let (result, cr): (isize, usize);
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            "sc",
            "mfcr 0",
            inlateout("r0") 4usize => cr,
            inlateout("r3") fd as isize => result,
            inlateout("r4") buf.as_ptr() => _,
            inlateout("r5") buf.len() => _,
            lateout("r6") _, lateout("r7") _, lateout("r8") _, lateout("r9") _, lateout("r10") _, lateout("r11") _,
            lateout("r12") _, lateout("cr0") _, lateout("ctr") _, lateout("xer") _,
            options(nostack),
        );
    }
    if cr & SO != 0 { -result } else { result }
}

#[inline(always)]
pub fn getpid() -> isize {
    let (result, cr): (isize, usize);
    // SAFETY: getpid(2) touches no memory.
    unsafe {
        asm!(
            "sc",
            "mfcr 0",
            inlateout("r0") 20usize => cr,
            lateout("r3") result,
            lateout("r4") _, lateout("r5") _, lateout("r6") _, lateout("r7") _, lateout("r8") _, lateout("r9") _,
            lateout("r10") _, lateout("r11") _, lateout("r12") _, lateout("cr0") _, lateout("ctr") _,
            lateout("xer") _,
            options(nostack),
        );
    }
    if cr & SO != 0 { -result } else { result }
}
