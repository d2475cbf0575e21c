//! Linux syscalls without libc: one inline-asm trap for each architecture, and a typed `sys_*` API on top.
//!
//! ```
//! use rawtrap::{EBADF, BorrowedFd, O_CLOEXEC, sys_getpid, sys_pipe2, sys_read, sys_write};
//!
//! let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
//! sys_write(writer.as_fd(), b"ping")?;
//! let mut buf = [0; 64];
//! let count = sys_read(reader.as_fd(), &mut buf)?;
//! assert_eq!(&buf[..count], b"ping");
//!
//! // SAFETY: 999 is no fd, so that nobody owns it.
//! let bad = unsafe { BorrowedFd::borrow_raw(999) };
//! assert_eq!(sys_write(bad, b"lost"), Err(EBADF));
//! println!("this is process {:?}", sys_getpid());
//! # Ok::<(), rawtrap::Errno>(())
//! ```
//!
//! # Where to look
//! - [`calls`]: the typed calls with their types and constants, grouped as the manual groups them. All of them are also
//!   here at the top, so that `use rawtrap::{sys_write, O_CREAT}` is enough.
//! - [`errno`] and [`sysno`]: the errors and the numbers of this architecture.
//! - [`retry`], [`write_all`], [`read_exact`]: what every caller of read(2) and write(2) ends up writing.
//! - [`call!`] declares a call that is not here yet; [`syscall0`] to [`syscall6`] are the bare trap.
//! - [`entry!`] makes a static program without libc.
//! - [`tables`]: numbers, errnos and trap ABIs as data.
//! - `interpose` (feature): what stands between a call and its trap, to watch, to inject faults, to schedule; `raw`, with
//!   it: the twins of the calls that may block, which nothing stands around.
//!
//! # On other systems
//! On an operating system other than Linux, and on architectures that have no folder under `arch/` yet, the crate
//! compiles and every call answers `ENOSYS`.
//!
//! # Features
//! None is on by default, and none adds a dependency. `std`: conversions to and from `std::os::fd`, and
//! `From<Errno> for std::io::Error`. `interpose`: a hook between each typed call and its trap, with a watcher, an
//! injector of faults and the pair that a scheduler wants, in the module of that name; without it there is no such place,
//! not an instruction. `tables`: the [`tables`] of all architectures, not only of the one that is compiled
//! for. `lesson`: for this repository's own program.

#![cfg_attr(not(test), no_std)]
// Here and not in a folder of arch/, as a crate's attributes stand in its root.
#![cfg_attr(
    any(
        target_arch = "mips",
        target_arch = "mips32r6",
        target_arch = "mips64",
        target_arch = "mips64r6",
        target_arch = "sparc",
        target_arch = "sparc64",
        target_arch = "m68k",
        target_arch = "hexagon",
        target_arch = "csky"
    ),
    // A stable compiler's error shows the next line, and what it says.
    feature(asm_experimental_arch, allow_internal_unstable), // rawtrap needs nightly here, or RUSTC_BOOTSTRAP=1
    allow(internal_features)
)]
#![warn(missing_docs)]
#![allow(non_upper_case_globals)] // the kernel's spelling: SYS_write

#[cfg(feature = "std")]
extern crate std;

#[macro_use]
pub mod flags;
#[macro_use]
pub mod tables;
mod arch;
pub mod buffer;
pub mod calls;
pub mod errno;
mod fd;
#[cfg(feature = "interpose")]
pub mod interpose;
#[doc(hidden)]
pub mod memory_functions;
#[cfg(feature = "interpose")]
pub mod raw;
pub mod reg;
mod retry;
mod sleep;
pub mod start;
#[cfg(all(feature = "std", unix))]
mod std_fd;
pub mod sysno;
pub mod trap;
pub mod wide;

pub use buffer::{Buffer, IoSlice, IoSliceMut};
#[doc(no_inline)]
pub use calls::*;
pub use errno::Errno;
#[doc(no_inline)]
pub use errno::*;
pub use fd::{AT_FDCWD, BorrowedFd, OwnedFd, STDERR, STDIN, STDOUT};
pub use reg::{Arg, Reg, Ret};
pub use retry::{Partial, Writer, pread_exact, pwrite_all, read_exact, read_to_end, retry, write_all};
pub use sleep::sleep;
pub use sysno::Sysno;
#[doc(no_inline)]
pub use sysno::*;
pub use trap::{Blocks, syscall0, syscall1, syscall2, syscall3, syscall4, syscall5, syscall6};

/// What a call answers: a value, or the kernel's [`Errno`].
pub type Result<T> = core::result::Result<T, Errno>;

/// The README's examples are tested with the rest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeExamples;
