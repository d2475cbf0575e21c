//! Processes: who we are, making others, ending.

use crate::call;
use crate::reg::{Reg, Ret, Value, exit};
use crate::sysno::*;

/// The number of a process or a thread.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pid(i32);

impl Pid {
    /// A number that is known to name a process; the kernel answers `ESRCH` where it does not.
    #[inline(always)]
    pub const fn from_raw(number: i32) -> Pid {
        Pid(number)
    }

    /// The number.
    #[inline(always)]
    pub const fn as_raw(self) -> i32 {
        self.0
    }
}

impl core::fmt::Debug for Pid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Value for Pid {
    #[inline(always)]
    fn from_reg(reg: Reg) -> Pid {
        Pid(reg.to_usize() as i32)
    }
}

/// For the calls that cannot fail.
impl Ret for Pid {
    #[inline(always)]
    fn from_reg(reg: Reg) -> Pid {
        <Pid as Value>::from_reg(reg)
    }
}

/// getpid(2): the number of this process.
///
/// # Errors
/// None. Where the call is not made (another operating system, a seccomp filter) the number is the negative errno.
///
/// # Kernel
/// Since Linux 1.0. Source: getpid(2).
#[inline]
pub fn sys_getpid() -> Pid {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(SYS_getpid) }
}

/// exit_group(2): ends all threads of the process. The parent sees the low 8 bits of `status`.
///
/// # Errors
/// None: it does not return. On a system without a trap it panics.
///
/// # Kernel
/// Since Linux 2.5.35. Source: exit_group(2).
#[inline]
pub fn sys_exit_group(status: i32) -> ! {
    exit(SYS_exit_group, status)
}
