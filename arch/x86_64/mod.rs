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
//! Not here: x32, 64-bit registers with 32-bit pointers, whose numbers have bit 30 set. A word on its way into the trap is
//! a pointer in this crate, and would be half of a register there, where an offset is a whole one. Such a program gets
//! `arch/none`: it compiles, and every call answers ENOSYS. So do most kernels: few are built with CONFIG_X86_X32_ABI, and
//! Debian's want `syscall.x32=y` on their command line as well (admin-guide/kernel-parameters.txt in its sources).
//!
//! Sources: arch/x86/entry/entry_64.S (`entry_SYSCALL_64`), syscall(2).

pub use super::x86_64::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
