//! The `struct sigaction` that rt_sigaction(2) takes where handlers return through the vDSO alone
//! (include/linux/signal_types.h, without `__ARCH_HAS_SA_RESTORER`).

use super::signal::_NSIG;

/// The kernel's `struct sigaction`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KernelSigaction {
    /// The handler's address, or 0 (SIG_DFL), or 1 (SIG_IGN).
    pub sa_handler: *const (),
    /// SA_* bits.
    pub sa_flags: usize,
    /// One bit for each signal that is blocked while the handler runs.
    pub sa_mask: [usize; _NSIG / usize::BITS as usize],
}

/// The words behind the struct that QEMU's user mode reads and writes as well: it believes that there is a restorer
/// (linux-user/generic/signal.h), and so finds the mask one word further on.
pub const SIGACTION_TAIL: usize = 1;

/// There is no such flag.
pub const SA_RESTORER: Option<u32> = None;

impl KernelSigaction {
    /// Where `sa_restorer` begins: there is no such field.
    pub const RESTORER: Option<usize> = None;

    /// As the kernel takes it.
    #[inline]
    pub(crate) fn new(
        sa_handler: *const (),
        flags: u32,
        sa_mask: [usize; _NSIG / usize::BITS as usize],
    ) -> KernelSigaction {
        KernelSigaction {
            sa_handler,
            sa_flags: flags as usize,
            sa_mask,
        }
    }

    #[cfg(feature = "interpose")]
    #[inline]
    pub(crate) fn restorer(&self) -> Option<*const ()> {
        None
    }

    /// The flags without those that belong to a restorer.
    #[inline]
    pub(crate) fn flags(&self) -> u32 {
        self.sa_flags as u32
    }
}
