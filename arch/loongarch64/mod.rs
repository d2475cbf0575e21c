//! loongarch64
//!
//! | what | register |
//! |---|---|
//! | instruction | `syscall 0` |
//! | number | $a7 |
//! | arguments 1 to 6 | $a0 $a1 $a2 $a3 $a4 $a5 |
//! | result | $a0 |
//! | error | -4095..=-1 in $a0 |
//! | clobbered | $t0 to $t8 |
//!
//! Odd here: the kernel puts none of the temporary registers back. The floating-point and vector registers, the
//! condition flags among them, are the thread's own all the time: the kernel uses them only after it has saved them
//! whole (kernel_fpu_begin). fstat and newfstatat are there since Linux 6.11 only, so a file is asked for by statx; the
//! other calls that have a newer form are gone: no open, pipe, fork, dup2, renameat, getrlimit. A handler returns
//! through the vDSO, and the kernel's `struct sigaction` has no restorer.
//!
//! Sources: arch/loongarch/kernel/entry.S (handle_syscall), arch/loongarch/include/asm/stackframe.h (SAVE_STATIC,
//! RESTORE_SOME), arch/loongarch/kernel/kfpu.c, Documentation/arch/loongarch/introduction.rst (GPRs), syscall(2).

pub use super::loongarch64::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
