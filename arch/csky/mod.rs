//! csky
//!
//! | what | register |
//! |---|---|
//! | instruction | `trap 0` |
//! | number | r7 |
//! | arguments 1 to 6 | r0 r1 r2 r3 r4 r5 |
//! | result | r0 |
//! | error | -4095..=-1 in r0 |
//! | clobbered | nothing |
//!
//! Odd here: r7 may be the compiler's base pointer and cannot be an operand. A 64-bit value takes two registers without a
//! hole before them (ABI v2), and is aligned to 4 bytes in memory. fadvise64_64(2) takes its advice second, and
//! sync_file_range(2) has the order of sync_file_range2(2). The calls that have a newer form are gone: no open, pipe, fork.
//! A number that the kernel does not know is answered with the first argument.
//!
//! Debian has no code generator, linker and emulator for this machine: the folder is held against the kernel's headers and
//! source (`ci/checks/gen`, `ci/checks/convention`), and neither compiled nor run.
//!
//! Sources: arch/csky/kernel/entry.S (`csky_systemcall`), arch/csky/abiv2/inc/abi/entry.h (`SAVE_ALL`, `RESTORE_ALL`),
//! arch/csky/kernel/syscall.c.

pub use super::csky::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
