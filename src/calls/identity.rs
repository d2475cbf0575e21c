//! Whose process this is.

use crate::reg::{Arg, Reg, Regs, Ret, Value};
use crate::{call, wide};

/// A number of 32 bits that names somebody.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[repr(transparent)]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// Any number.
            #[inline(always)]
            pub const fn from_raw(number: u32) -> $name {
                $name(number)
            }

            /// The number.
            #[inline(always)]
            pub const fn as_raw(self) -> u32 {
                self.0
            }
        }

        impl core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl Arg for $name {
            #[inline(always)]
            fn put(self, regs: &mut Regs, at: usize) {
                regs.set(at, Reg::from(self.0));
            }
        }

        impl Value for $name {
            #[inline(always)]
            unsafe fn from_reg(reg: Reg) -> $name {
                $name(reg.to_usize() as u32)
            }
        }

        /// For the calls that cannot fail.
        impl Ret for $name {
            #[inline(always)]
            unsafe fn from_reg(reg: Reg) -> $name {
                // SAFETY: any number is one.
                unsafe { <$name as Value>::from_reg(reg) }
            }
        }
    };
}

id! {
    /// The number of a user; 0 is root.
    Uid
}

id! {
    /// The number of a group.
    Gid
}

/// getuid(2): the real user of this process, who started it.
///
/// # Errors
/// None. Where the call is not made (another operating system, a seccomp filter) the number is the negative errno.
///
/// # Kernel
/// Since Linux 1.0; numbers of 32 bits since 2.4. Source: getuid(2).
#[inline]
pub fn sys_getuid() -> Uid {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: wide::SYS_getuid) }
}

/// geteuid(2): the effective user, by whom permissions are decided.
///
/// # Errors
/// None; see [`sys_getuid`].
///
/// # Kernel
/// Since Linux 1.0; numbers of 32 bits since 2.4. Source: getuid(2).
#[inline]
pub fn sys_geteuid() -> Uid {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: wide::SYS_geteuid) }
}

/// getgid(2): the real group of this process.
///
/// # Errors
/// None; see [`sys_getuid`].
///
/// # Kernel
/// Since Linux 1.0; numbers of 32 bits since 2.4. Source: getgid(2).
#[inline]
pub fn sys_getgid() -> Gid {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: wide::SYS_getgid) }
}

/// getegid(2): the effective group, by which permissions are decided.
///
/// # Errors
/// None; see [`sys_getuid`].
///
/// # Kernel
/// Since Linux 1.0; numbers of 32 bits since 2.4. Source: getgid(2).
#[inline]
pub fn sys_getegid() -> Gid {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: wide::SYS_getegid) }
}
