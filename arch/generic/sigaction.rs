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

/// `sa_restorer` holds.
const SA_RESTORER: usize = 0x0400_0000;

impl KernelSigaction {
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
            sa_flags: flags as usize | restorer.map_or(0, |_| SA_RESTORER),
            sa_restorer: restorer.unwrap_or(core::ptr::null()),
            sa_mask,
        }
    }

    #[cfg(feature = "interpose")]
    #[inline]
    pub(crate) fn has_restorer(&self) -> bool {
        self.sa_flags & SA_RESTORER != 0
    }

    /// The flags without those that belong to the restorer.
    #[inline]
    pub(crate) fn flags(&self) -> u32 {
        (self.sa_flags & !SA_RESTORER) as u32
    }
}
