//! riscv64
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
//! Odd here: the vector unit is lost, where there is one, whatever else is kept. There is one entry for each call, in
//! its newest form: no open, pipe, fork, dup2, stat, epoll_wait, renameat, getrlimit. A handler returns through the
//! vDSO, and the kernel's `struct sigaction` has no restorer.
//!
//! Sources: Documentation/arch/riscv/vector.rst (section 3), arch/riscv/kernel/entry.S, the V extension's calling
//! convention, syscall(2).

pub use super::riscv64::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
