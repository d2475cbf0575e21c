//! x86_64
//!
//! | what | register |
//! |---|---|
//! | instruction | `syscall` |
//! | number | rax |
//! | arguments 1 to 6 | rdi rsi rdx r10 r8 r9 |
//! | result | rax |
//! | error | -4095..=-1 in rax |
//! | clobbered | rcx (the return address), r11 (the flags) |
//!
//! Odd here: the fourth argument is in r10 where the function call ABI has rcx, because `syscall` itself overwrites
//! rcx; `struct epoll_event` is packed; a signal handler needs a restorer (SA_RESTORER).
//!
//! Sources: arch/x86/entry/entry_64.S (`entry_SYSCALL_64`), syscall(2).

pub use super::x86_64::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
