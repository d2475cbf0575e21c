//! arm
//!
//! | what | register |
//! |---|---|
//! | instruction | `svc 0` |
//! | number | r7 |
//! | arguments 1 to 6 | r0 r1 r2 r3 r4 r5 |
//! | result | r0 |
//! | error | -4095..=-1 in r0 |
//! | clobbered | nothing |
//!
//! Odd here: one text serves ARM and Thumb mode, as a stable compiler does not tell the crate which of them it is
//! compiled for; in Thumb mode r7 is the frame pointer and cannot be named as an operand. A 64-bit value begins at an even
//! register, with a hole before it. fadvise64_64(2) and sync_file_range(2) take another order, under the names
//! `arm_fadvise64_64` and `arm_sync_file_range`. The old ABI, with the number in the instruction, is gone from kernels
//! that are built for this one alone. A number from 0xf0000 on may end the program with SIGSEGV or SIGILL, where others answer
//! ENOSYS (arch/arm/kernel/traps.c, `arm_syscall`).
//!
//! Sources: arch/arm/kernel/entry-common.S (`vector_swi`), arch/arm/kernel/entry-header.S (`restore_user_regs`),
//! syscall(2).

pub use super::arm::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
