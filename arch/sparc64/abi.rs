//! Structs and constants of sparc64: those of both sparcs, and what differs (arch/sparc/include/uapi/asm/).

pub use super::family::*;

/// The second number is an int.
pub const TIMEO_OLD_64: bool = false;

/// The kernel's `struct timeval`, for spans in the calls that never got 64-bit seconds everywhere.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timeval {
    /// Whole seconds.
    pub tv_sec: isize,
    /// Microseconds on top of them.
    pub tv_usec: i32,
}
