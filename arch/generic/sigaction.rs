//! The `struct sigaction` that rt_sigaction(2) takes where it has a restorer (include/linux/signal_types.h; the one in
//! the exported headers is libc's on some architectures).

use super::signal::{_NSIG, SA_SIGINFO};
use crate::arch::restorer;

/// The kernel's `struct sigaction`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KernelSigaction {
    /// The handler's address, or 0 (SIG_DFL), or 1 (SIG_IGN).
    pub sa_handler: *const (),
    /// SA_* bits.
    pub sa_flags: usize,
    /// Where the handler returns to, if SA_RESTORER says so.
    pub sa_restorer: *const (),
    /// One bit for each signal that is blocked while the handler runs.
    pub sa_mask: [usize; _NSIG / usize::BITS as usize],
}

/// The words behind the struct that an emulator reads and writes as well.
pub const SIGACTION_TAIL: usize = 0;

const RESTORER: u32 = 0x0400_0000;

/// `sa_restorer` holds.
pub const SA_RESTORER: Option<u32> = Some(RESTORER);

impl KernelSigaction {
    /// Where `sa_restorer` begins.
    pub const RESTORER: Option<usize> = Some(core::mem::offset_of!(KernelSigaction, sa_restorer));

    /// As the kernel takes it: with the machine's restorer, where it has one.
    #[inline]
    pub(crate) fn new(
        sa_handler: *const (),
        flags: u32,
        sa_mask: [usize; _NSIG / usize::BITS as usize],
    ) -> KernelSigaction {
        let restorer = restorer(flags & SA_SIGINFO != 0);
        KernelSigaction {
            sa_handler,
            sa_flags: (flags | restorer.map_or(0, |_| RESTORER)) as usize,
            sa_restorer: restorer.unwrap_or(core::ptr::null()),
            sa_mask,
        }
    }

    #[cfg(feature = "interpose")]
    #[inline]
    pub(crate) fn restorer(&self) -> Option<*const ()> {
        (self.sa_flags as u32 & RESTORER != 0).then_some(self.sa_restorer)
    }

    /// The flags without those that belong to the restorer.
    #[inline]
    pub(crate) fn flags(&self) -> u32 {
        self.sa_flags as u32 & !RESTORER
    }
}
