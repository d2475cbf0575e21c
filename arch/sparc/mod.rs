//! sparc
//!
//! | what | register |
//! |---|---|
//! | instruction | `t 0x10` |
//! | number | g1 |
//! | arguments 1 to 6 | o0 o1 o2 o3 o4 o5 |
//! | result | o0 |
//! | error | carry (icc.c) set, a positive errno in o0 |
//! | clobbered | o1 (the second result of fork, vfork, clone and pipe), the condition codes |
//!
//! Odd here: SunOS's numbers and constants of the oldest calls. fork(2), vfork(2) and clone(2) answer the other process's
//! number in both processes; o1 is 1 in the child, whose floating-point registers are lost, too. A signal handler's way
//! back is an argument of rt_sigaction(2), and the handler returns to 8 bytes behind it. Register windows: the kernel may write a frame's
//! 16 registers to the 64 bytes at the stack pointer at any time. The target is v8plus: 64-bit registers, 32-bit ABI.
//!
//! Sources, all of the 64-bit kernel, as v8plus is for its processors: arch/sparc/kernel/syscalls.S
//! (`linux_sparc_syscall32`), arch/sparc/kernel/process_64.c (`copy_thread`), syscall(2).

pub use super::sparc::{convention, errno, nr, signal};

pub mod abi;
#[allow(dead_code)] // as in arch/generic
mod family;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
