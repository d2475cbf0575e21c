//! The way out of a signal handler on powerpc64.

/// `None`: the kernel returns through its own trampoline in the vDSO (arch/powerpc/kernel/signal_64.c).
#[inline]
pub fn restorer(_siginfo: bool) -> Option<*const ()> {
    None
}
