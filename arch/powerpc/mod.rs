//! powerpc
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
//! Odd here: an error is a positive errno with a flag set; `sc` keeps lr, which a call would not; a 64-bit value takes an
//! aligned pair of registers, the upper half first; fadvise64_64(2) and sync_file_range(2) take their flags second; most
//! constants of terminals and some of sockets, files and memory are this machine's own.
//!
//! Sources: arch/powerpc/kernel/entry_32.S, Documentation/arch/powerpc/syscall64-abi.rst (whose rules this machine shares),
//! syscall(2), the Power Architecture 32-bit ABI supplement.

pub use super::powerpc::{convention, errno, nr, signal};

#[allow(dead_code)] // some of the terminals' numbers are the decoder's alone
pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
