//! s390x
//!
//! | what | register |
//! |---|---|
//! | instruction | `svc 0` |
//! | number | r1 |
//! | arguments 1 to 6 | r2 r3 r4 r5 r6 r7 |
//! | result | r2 |
//! | error | -4095..=-1 in r2 |
//! | clobbered | nothing |
//!
//! Odd here: the instruction holds a number of its own, and 0 there means the one in r1; mmap(2) takes a pointer to six
//! words; clone(2) takes the stack before the flags; the caller of a function gives it 160 bytes of the stack to save
//! registers in. The kernel keeps every general register but the result's, and every floating-point and vector
//! register.
//!
//! Sources: arch/s390/kernel/entry.S (`system_call`), arch/s390/kernel/syscall.c, syscall(2).

pub use super::s390x::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
