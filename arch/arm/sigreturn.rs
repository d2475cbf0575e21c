//! The way out of a signal handler on arm.

/// `None`: without SA_RESTORER the kernel returns through a page of its own, in the handler's mode
/// (arch/arm/kernel/signal.c, `setup_return`).
#[inline]
pub fn restorer(_siginfo: bool) -> Option<*const ()> {
    None
}
