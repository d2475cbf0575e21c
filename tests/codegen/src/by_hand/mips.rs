//! The trap as one would write it for one call.

use core::arch::asm;

/// Release 6 has no hi and lo.
#[cfg(not(target_arch = "mips32r6"))]
macro_rules! hi_lo {
    ($move:literal) => {
        concat!($move, "hi $18\n", $move, "lo $19")
    };
}
#[cfg(target_arch = "mips32r6")]
macro_rules! hi_lo {
    ($move:literal) => {
        ""
    };
}

#[inline(always)]
pub fn write(fd: i32, buf: &[u8]) -> isize {
    let (result, failed): (isize, usize);
    // SAFETY: write(2) reads `buf` alone.
    unsafe {
        asm!(
            ".set noat",
            "move $25, $1", // the compiler's, which the kernel drops, as well as hi and lo
            hi_lo!("mf"),
            "syscall",
            hi_lo!("mt"),
            "move $1, $25",
            in("$2") 4004usize,
            in("$4") fd as isize,
            in("$5") buf.as_ptr(),
            in("$6") buf.len(),
            lateout("$2") result,
            lateout("$7") failed,
            lateout("$3") _, lateout("$8") _, lateout("$9") _, lateout("$10") _,
            lateout("$11") _, lateout("$12") _, lateout("$13") _, lateout("$14") _,
            lateout("$15") _, lateout("$24") _,
            out("$25") _,
            #[cfg(not(target_arch = "mips32r6"))]
            out("$18") _,
            #[cfg(not(target_arch = "mips32r6"))]
            out("$19") _,
            options(nostack),
        );
    }
    if failed != 0 { -result } else { result }
}

#[inline(always)]
pub fn getpid() -> isize {
    let (result, failed): (isize, usize);
    // SAFETY: getpid(2) touches no memory.
    unsafe {
        asm!(
            ".set noat",
            "move $25, $1",
            hi_lo!("mf"),
            "syscall",
            hi_lo!("mt"),
            "move $1, $25",
            in("$2") 4020usize,
            lateout("$2") result,
            lateout("$7") failed,
            lateout("$3") _, lateout("$8") _, lateout("$9") _, lateout("$10") _,
            lateout("$11") _, lateout("$12") _, lateout("$13") _, lateout("$14") _,
            lateout("$15") _, lateout("$24") _,
            out("$25") _,
            #[cfg(not(target_arch = "mips32r6"))]
            out("$18") _,
            #[cfg(not(target_arch = "mips32r6"))]
            out("$19") _,
            options(nostack),
        );
    }
    if failed != 0 { -result } else { result }
}
