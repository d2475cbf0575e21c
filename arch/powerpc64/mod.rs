//! powerpc64
//!
//! | what | register |
//! |---|---|
//! | instruction | `sc` |
//! | number | r0 |
//! | arguments 1 to 6 | r3 r4 r5 r6 r7 r8 |
//! | result | r3 |
//! | error | cr0.so is set, and r3 is the errno |
//! | clobbered | r0, r4 to r12, cr0, ctr, xer |
//!
//! Odd here: an error is a positive errno with a flag set; `sc` keeps lr, which a call would not; most constants of
//! terminals and some of sockets, files and memory are this machine's own. Two ABIs name functions differently: with
//! ELFv2 (little-endian, and musl) a function's address is its first instruction, which finds the table of contents (r2)
//! by r12; with ELFv1 (big-endian with glibc) it is that of a descriptor: the code, r2, and a third word.
//!
//! `scv 0`, which newer processors have, is not used: a program would have to ask AT_HWCAP2 before each call.
//!
//! Sources: Documentation/arch/powerpc/syscall64-abi.rst, arch/powerpc/kernel/interrupt_64.S, syscall(2), the 64-bit ELF
//! V2 ABI specification.

pub use super::powerpc64::{convention, errno, nr, signal};

#[allow(dead_code)] // some of the terminals' numbers are the decoder's alone
pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
