//! mips (o32): 32-bit, in either order of bytes, release 2 or 6
//!
//! | what | register |
//! |---|---|
//! | instruction | `syscall` |
//! | number | $2 |
//! | arguments 1 to 6 | $4 $5 $6 $7 16(sp) 20(sp) |
//! | argument 7 | 24(sp) |
//! | result | $2 |
//! | error | an errno in $2, and $7 is not zero |
//! | clobbered | $1 $3 $7 $8 $9 $10 $11 $12 $13 $14 $15 $24 hi lo |
//!
//! Odd here: the numbers begin at 4000. A 64-bit value begins at an even place, so that a call may take seven. Errnos,
//! signals, flags and options have numbers of their own, and a set of signals has 128 bits. asm! cannot name $1, hi and
//! lo, and the compiler keeps values in them all the same: the trap puts them aside. pipe(2) answers the second fd in $3:
//! pipe2(2) does not. Release 6 has no hi and lo.
//!
//! Sources: arch/mips/kernel/scall32-o32.S, arch/mips/include/asm/stackframe.h (SAVE_SOME), syscall(2).

pub use super::mips::{convention, errno, nr, signal};

// The decoder alone asks for some of it.
#[allow(dead_code)]
pub mod abi;
#[macro_use]
mod aside;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
