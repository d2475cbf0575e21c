//! The way out of a signal handler on sparc64.

use core::arch::asm;

use super::nr::SYS_rt_sigreturn;

/// What rt_sigaction(2) takes as its fourth argument. The kernel hands it to a handler as the address that it was called
/// from, in o7 (arch/sparc/kernel/signal_64.c), and a handler returns to 8 bytes behind that: past a `call` and its delay slot.
///
/// So a `call` is made, which leaves its own address in o7 and steps over the code that stands behind it; and not a
/// function, whose prologue would move the register window off the signal's frame.
#[inline]
pub fn restorer(_siginfo: bool) -> Option<*const ()> {
    let address;
    // SAFETY: control jumps over the restorer; only an address is computed.
    unsafe {
        asm!(
            "call 2f",
            "nop",
            "mov {nr}, %g1",
            "t 0x6d",
            "unimp 0",
            "2:",
            out("o7") address,
            nr = const SYS_rt_sigreturn,
            options(nomem, nostack, preserves_flags),
        );
    }
    Some(address)
}
