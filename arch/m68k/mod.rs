//! m68k
//!
//! | what | register |
//! |---|---|
//! | instruction | `trap #0` |
//! | number | d0 |
//! | arguments 1 to 6 | d1 d2 d3 d4 d5 a0 |
//! | result | d0 |
//! | error | -4095..=-1 in d0 |
//! | clobbered | nothing |
//!
//! Odd here: the kernel's compiler aligns every number to 2 bytes, and Rust a 64-bit one to 4: a struct with such a field at
//! an odd multiple of 2 cannot be declared as on other machines. The thread pointer is no register: the kernel
//! keeps it (set_thread_area(2), get_thread_area(2)). mmap2's offset is in pages.
//!
//! Sources: arch/m68k/kernel/entry.S (`system_call`, `RESTORE_ALL`), syscall(2).

pub use super::m68k::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
