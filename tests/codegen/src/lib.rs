//! Each call twice: through the crate, and with `asm!` by hand and the same decoding. A function that is exported and not
//! inlined is what a caller in another crate meets without LTO.
#![no_std]
#![cfg_attr(
    any(
        target_arch = "mips",
        target_arch = "mips32r6",
        target_arch = "mips64",
        target_arch = "mips64r6",
        target_arch = "sparc",
        target_arch = "sparc64",
        target_arch = "m68k",
        target_arch = "hexagon",
        target_arch = "csky"
    ),
    feature(asm_experimental_arch)
)]

use rawtrap::{BorrowedFd, EBADF, Errno, Result, sys_getpid, sys_write};

#[cfg_attr(target_arch = "x86_64", path = "by_hand/x86_64.rs")]
#[cfg_attr(target_arch = "x86", path = "by_hand/x86.rs")]
#[cfg_attr(target_arch = "aarch64", path = "by_hand/aarch64.rs")]
#[cfg_attr(target_arch = "arm", path = "by_hand/arm.rs")]
#[cfg_attr(target_arch = "riscv64", path = "by_hand/riscv.rs")]
#[cfg_attr(target_arch = "loongarch64", path = "by_hand/loongarch64.rs")]
#[cfg_attr(target_arch = "riscv32", path = "by_hand/riscv.rs")]
#[cfg_attr(target_arch = "s390x", path = "by_hand/s390x.rs")]
#[cfg_attr(any(target_arch = "mips", target_arch = "mips32r6"), path = "by_hand/mips.rs")]
#[cfg_attr(any(target_arch = "mips64", target_arch = "mips64r6"), path = "by_hand/mips64.rs")]
#[cfg_attr(target_arch = "sparc", path = "by_hand/sparc.rs")]
#[cfg_attr(target_arch = "sparc64", path = "by_hand/sparc64.rs")]
#[cfg_attr(target_arch = "m68k", path = "by_hand/m68k.rs")]
#[cfg_attr(target_arch = "hexagon", path = "by_hand/hexagon.rs")]
#[cfg_attr(target_arch = "powerpc64", path = "by_hand/powerpc64.rs")]
#[cfg_attr(target_arch = "powerpc", path = "by_hand/powerpc.rs")]
mod by_hand;

#[unsafe(no_mangle)]
pub fn write_returning(fd: BorrowedFd<'_>, buf: &[u8]) -> Result<usize> {
    sys_write(fd, buf)
}

/// The decoding that the crate's is held against: one comparison, and the word as it came.
#[unsafe(no_mangle)]
pub fn write_returning_by_hand(fd: i32, buf: &[u8]) -> core::result::Result<usize, isize> {
    let word = by_hand::write(fd, buf);
    if word as usize > -4096isize as usize {
        Err(word)
    } else {
        Ok(word as usize)
    }
}

#[unsafe(no_mangle)]
pub fn write_matching(fd: BorrowedFd<'_>, buf: &[u8]) -> usize {
    match sys_write(fd, buf) {
        Ok(count) => count,
        Err(_) => 0,
    }
}

#[unsafe(no_mangle)]
pub fn write_matching_by_hand(fd: i32, buf: &[u8]) -> usize {
    let word = by_hand::write(fd, buf);
    if word as usize > -4096isize as usize {
        0
    } else {
        word as usize
    }
}

#[unsafe(no_mangle)]
pub fn getpid_in_a_loop(turns: u32) -> i64 {
    let mut sum = 0;
    for _ in 0..turns {
        sum += i64::from(sys_getpid().as_raw());
    }
    sum
}

#[unsafe(no_mangle)]
pub fn getpid_in_a_loop_by_hand(turns: u32) -> i64 {
    let mut sum = 0;
    for _ in 0..turns {
        sum += by_hand::getpid() as i64;
    }
    sum
}

#[unsafe(no_mangle)]
pub fn failing_write_in_a_loop(fd: BorrowedFd<'_>, buf: &[u8], turns: u32) -> usize {
    let mut failed = 0;
    for _ in 0..turns {
        failed += usize::from(matches!(sys_write(fd, buf), Err(EBADF)));
    }
    failed
}

#[unsafe(no_mangle)]
pub fn failing_write_in_a_loop_by_hand(fd: i32, buf: &[u8], turns: u32) -> usize {
    let mut failed = 0;
    for _ in 0..turns {
        failed += usize::from(by_hand::write(fd, buf) == -9);
    }
    failed
}

/// So that the size of what is compared is the same on both sides.
const _: () = assert!(size_of::<Result<usize>>() == size_of::<core::result::Result<usize, isize>>());
const _: () = assert!(size_of::<Errno>() == size_of::<isize>());
