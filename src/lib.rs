#![cfg_attr(not(test), no_std)]
#![allow(non_upper_case_globals)] // the kernel's spelling: SYS_write

#[cfg(feature = "std")]
extern crate std;

#[macro_use]
mod flags;
#[macro_use]
pub mod tables;
mod arch;
pub mod buffer;
mod calls;
mod errno;
mod fd;
#[doc(hidden)]
pub mod memory_functions;
pub mod reg;
mod retry;
pub mod start;
mod sysno;

pub use buffer::{Buffer, IoSlice, IoSliceMut};
pub use calls::*;
pub use errno::*;
pub use fd::{AT_FDCWD, BorrowedFd, OwnedFd, STDERR, STDIN, STDOUT};
pub use reg::{Arg, Reg, Ret, syscall0, syscall1, syscall2, syscall3, syscall4, syscall5, syscall6};
pub use retry::{Partial, Writer, pread_exact, pwrite_all, read_exact, read_to_end, retry, write_all};
pub use sysno::*;

/// What a call answers: a value, or the kernel's [`Errno`].
pub type Result<T> = core::result::Result<T, Errno>;
