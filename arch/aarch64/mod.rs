//! aarch64
//!
//! | what | register |
//! |---|---|
//! | instruction | `svc 0` |
//! | number | x8 |
//! | arguments 1 to 6 | x0 x1 x2 x3 x4 x5 |
//! | result | x0 |
//! | error | -4095..=-1 in x0 |
//! | clobbered | p0 to p15, ffr, and the bits of z0 to z31 above v0 to v31 |
//!
//! Odd here: the kernel keeps the general registers and v0 to v31, but not the rest of the SVE state. The calls that
//! have a newer form are gone: no open, pipe, fork, dup2, stat, epoll_wait. A function of yours with
//! `#[target_feature(enable = "sve")]` must not make a typed call: the compiler would keep values where the kernel drops them.
//!
//! Sources: arch/arm64/kernel/entry.S, Documentation/arch/arm64/sve.rst (section 3), syscall(2).

// Where the compiler itself uses SVE it would keep values in the upper bits of z0 to z31 over a call, and the kernel drops
// them. To name the whole registers as lost costs every other build the saving of d8 to d15.
#[cfg(target_feature = "sve")]
compile_error!(
    "rawtrap: build without the target feature `sve` (-Ctarget-feature=-sve): a syscall loses its registers"
);

pub use super::aarch64::{convention, errno, nr, signal};

pub mod abi;
pub mod sigreturn;
pub mod start;
pub mod thread;
pub mod trap;
