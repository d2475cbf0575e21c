//! The calls, grouped as the manual groups them.

pub mod file;
pub mod io;
pub mod process;
pub mod signal;
pub mod tty;

pub use file::*;
pub use io::*;
pub use process::*;
pub use signal::*;
pub use tty::*;
