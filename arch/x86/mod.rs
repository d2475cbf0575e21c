//! x86
//!
//! | what | register |
//! |---|---|
//! | instruction | `int 0x80` |
//! | number | eax |
//! | arguments 1 to 6 | ebx ecx edx esi edi ebp |
//! | result | eax |
//! | error | -4095..=-1 in eax |
//! | clobbered | nothing |
//!
//! Odd here: rustc takes neither esi nor ebp as an operand of `asm!`, as LLVM may hold a base pointer and the frame
//! pointer there, so the arguments 4 and 6 are moved by hand; mmap(2) by number 90 takes a pointer to its arguments, and
//! mmap2 its offset in units of 4096 bytes; clone(2)'s tls is a pointer to a `struct user_desc`; a signal handler
//! returns by one of two calls, as its frame is one of two.
//!
//! The vDSO has a faster way in (`__kernel_vsyscall`, which is `sysenter` or `syscall`, vdso(7)). Its address comes with
//! the auxiliary vector and is not the same in two processes: a trap that used it would need to be told first, and would
//! be a call of foreign code. `int 0x80` works from the first instruction on, on every processor and under every
//! kernel; on those for x86_64, if they were built with IA32_EMULATION.
//!
//! Sources: arch/x86/entry/entry_32.S (`entry_INT80_32`), syscall(2).

pub use super::x86::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
