//! hexagon
//!
//! | what | register |
//! |---|---|
//! | instruction | `trap0(#1)` |
//! | number | r6 |
//! | arguments 1 to 6 | r0 r1 r2 r3 r4 r5 |
//! | result | r0 |
//! | error | -4095..=-1 in r0 |
//! | clobbered | nothing |
//!
//! Odd here: a number that the kernel does not know is answered with -1, which is EPERM; pages may have 4 KiB to 1 MiB, as the
//! kernel was built, and mmap2's offset counts in them; a 64-bit value begins at an even register; fadvise64_64(2) takes its
//! advice second, and sync_file_range(2) is sync_file_range2.
//!
//! Sources: arch/hexagon/kernel/traps.c (`do_trap0`), arch/hexagon/kernel/vm_entry.S (`restore_pt_regs`: all of r0 to r31,
//! the predicates, loop and modifier registers).

pub use super::hexagon::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
