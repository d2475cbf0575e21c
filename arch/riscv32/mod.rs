//! riscv32
//!
//! | what | register |
//! |---|---|
//! | instruction | `ecall` |
//! | number | a7 |
//! | arguments 1 to 6 | a0 a1 a2 a3 a4 a5 |
//! | result | a0 |
//! | error | -4095..=-1 in a0 |
//! | clobbered | v0 to v31, vl, vtype |
//!
//! Odd here: the vector unit is lost, where there is one, whatever else is kept. A 64-bit value takes two registers,
//! the low half first, in any two neighbouring ones. There is one entry for each call, in its newest form, and time is
//! 64 bits wide in all of them: no clock_gettime but clock_gettime64, no fstat but statx, no wait4 but waitid. A
//! handler returns through the vDSO, and the kernel's `struct sigaction` has no restorer.
//!
//! Sources: Documentation/arch/riscv/vector.rst (section 3), arch/riscv/kernel/entry.S, the V extension's calling
//! convention, syscall(2).

pub use super::riscv32::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
