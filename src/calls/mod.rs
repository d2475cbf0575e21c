//! The calls, grouped as the manual groups them.

pub mod dir;
pub mod exec;
pub mod file;
pub mod identity;
pub mod io;
pub mod memory;
pub mod poll;
pub mod process;
pub mod sigaction;
pub mod signal;
pub mod stat;
pub mod system;
pub mod thread;
pub mod time;
pub mod tty;
pub mod wait;

pub use dir::*;
pub use exec::*;
pub use file::*;
pub use identity::*;
pub use io::*;
pub use memory::*;
pub use poll::*;
pub use process::*;
pub use sigaction::*;
pub use signal::*;
pub use stat::*;
pub use system::*;
pub use thread::*;
pub use time::*;
pub use tty::*;
pub use wait::*;
