//! The way out of a signal handler on mips.

/// `None`: the kernel returns through its own trampoline in the vDSO (arch/mips/kernel/signal.c, `handle_signal`).
#[inline]
pub fn restorer(_siginfo: bool) -> Option<*const ()> {
    None
}
