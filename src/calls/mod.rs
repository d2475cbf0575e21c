//! The typed calls, grouped as the manual groups them: a module has the calls of its kind, their constants and structs.
//! Everything here is also at the crate's top.

pub mod dir;
pub mod exec;
pub mod file;
pub mod identity;
pub mod io;
pub mod memory;
pub mod net;
pub mod poll;
pub mod process;
pub mod ptrace;
pub mod range;
pub mod select;
pub mod sigaction;
pub mod signal;
pub mod socket_address;
pub mod socket_option;
pub mod stat;
pub mod system;
pub mod thread;
pub mod thread_area;
pub mod time;
pub mod tty;
pub mod wait;

#[doc(no_inline)]
pub use dir::*;
#[doc(no_inline)]
pub use exec::*;
#[doc(no_inline)]
pub use file::*;
#[doc(no_inline)]
pub use identity::*;
#[doc(no_inline)]
pub use io::*;
#[doc(no_inline)]
pub use memory::*;
#[doc(no_inline)]
pub use net::*;
#[doc(no_inline)]
pub use poll::*;
#[doc(no_inline)]
pub use process::*;
#[doc(no_inline)]
pub use ptrace::*;
#[doc(no_inline)]
pub use range::*;
#[doc(no_inline)]
pub use select::*;
#[doc(no_inline)]
pub use sigaction::*;
#[doc(no_inline)]
pub use signal::*;
#[doc(no_inline)]
pub use socket_address::*;
#[doc(no_inline)]
pub use socket_option::*;
#[doc(no_inline)]
pub use stat::*;
#[doc(no_inline)]
pub use system::*;
#[doc(no_inline)]
pub use thread::*;
#[doc(no_inline)]
pub use thread_area::*;
#[doc(no_inline)]
pub use time::*;
#[doc(no_inline)]
pub use tty::*;
#[doc(no_inline)]
pub use wait::*;
