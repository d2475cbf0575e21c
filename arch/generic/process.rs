//! Processes: include/uapi/asm-generic/resource.h, and linux/time_types.h.

use crate::Sysno;

/// set_thread_area(2) where it takes a `struct user_desc`.
pub const SET_THREAD_AREA: Sysno = Sysno::new(crate::tables::ABSENT);

pub const RLIMIT_RSS: u32 = 5;
pub const RLIMIT_NPROC: u32 = 6;
pub const RLIMIT_NOFILE: u32 = 7;
pub const RLIMIT_MEMLOCK: u32 = 8;
pub const RLIMIT_AS: u32 = 9;

/// The kernel's `struct __kernel_old_timeval`, for spans in the calls that never got 64-bit seconds everywhere.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timeval {
    /// Whole seconds.
    pub tv_sec: isize,
    /// Microseconds on top of them.
    pub tv_usec: isize,
}
