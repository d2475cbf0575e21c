//! The twins of the calls that may block: the same functions, around which no hook stands.
//!
//! A hook makes its own calls with these, so that it does not meet itself; a program makes a call with them that its
//! hooks need not know of, as Go does with RawSyscall. The functions are those of [`calls`](crate::calls), by the same
//! names, from the same declarations.
//!
//! Calls that never block have no twin: a scheduler is not told of them. A hook of another kind, which is, makes those by
//! [`syscall0`](crate::syscall0) to [`syscall6`](crate::syscall6), which pass no hook either.

#[doc(inline)]
pub use crate::calls::dir::raw::*;
#[doc(inline)]
pub use crate::calls::exec::raw::*;
#[doc(inline)]
pub use crate::calls::file::raw::*;
#[doc(inline)]
pub use crate::calls::io::raw::*;
#[doc(inline)]
pub use crate::calls::memory::raw::*;
#[doc(inline)]
pub use crate::calls::net::raw::*;
#[doc(inline)]
pub use crate::calls::poll::raw::*;
#[doc(inline)]
pub use crate::calls::ptrace::raw::*;
#[doc(inline)]
pub use crate::calls::range::raw::*;
#[doc(inline)]
pub use crate::calls::select::raw::*;
#[doc(inline)]
pub use crate::calls::stat::raw::*;
#[doc(inline)]
pub use crate::calls::system::raw::*;
#[doc(inline)]
pub use crate::calls::thread::raw::*;
#[doc(inline)]
pub use crate::calls::time::raw::*;
#[doc(inline)]
pub use crate::calls::wait::raw::*;
