//! The `struct sigaction` that rt_sigaction(2) takes where it has a restorer that the kernel does not look at (m68k, sparc:
//! there is no flag for it).

use super::signal::_NSIG;

/// The kernel's `struct sigaction`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KernelSigaction {
    /// The handler's address, or 0 (SIG_DFL), or 1 (SIG_IGN).
    pub sa_handler: *const (),
    /// SA_* bits.
    pub sa_flags: usize,
    /// The kernel keeps it, and no more.
    pub sa_restorer: *const (),
    /// One bit for each signal that is blocked while the handler runs.
    pub sa_mask: [usize; _NSIG / usize::BITS as usize],
}

/// The words behind the struct that an emulator reads and writes as well.
pub const SIGACTION_TAIL: usize = 0;

/// There is no such flag.
pub const SA_RESTORER: Option<u32> = None;

impl KernelSigaction {
    /// Where `sa_restorer` begins.
    pub const RESTORER: Option<usize> = Some(core::mem::offset_of!(KernelSigaction, sa_restorer));

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
            sa_restorer: core::ptr::null(),
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
