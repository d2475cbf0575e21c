//! mips64 (n64), in either order of bytes, release 2 or 6
//!
//! | what | register |
//! |---|---|
//! | instruction | `syscall` |
//! | number | $2 |
//! | arguments 1 to 6 | $4 $5 $6 $7 $8 $9 |
//! | result | $2 |
//! | error | an errno in $2, and $7 is not zero |
//! | clobbered | $1 $3 $7 $10 $11 $12 $13 $14 $15 $24 hi lo |
//!
//! Odd here: the numbers begin at 5000. Errnos, signals, flags and options have numbers of their own, and a set of signals
//! has 128 bits. asm! cannot name $1, hi and lo, and the compiler keeps values in them all the same: the trap puts them
//! aside. pipe(2) answers the second fd in $3: pipe2(2) does not. Release 6 has no hi and lo.
//!
//! Sources: arch/mips/kernel/scall64-n64.S, arch/mips/include/asm/stackframe.h (SAVE_SOME), syscall(2).

pub use super::mips64::{convention, errno, nr, signal};

// The same text as on mips: what differs between the two follows from the width of a register.
// The decoder alone asks for some of it.
#[allow(dead_code)]
#[path = "../mips/abi.rs"]
pub mod abi;
#[macro_use]
#[path = "../mips/aside.rs"]
mod aside;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
