//! The way out of a signal handler on x86_64.

use core::arch::asm;

use super::nr::SYS_rt_sigreturn;

/// Where a handler returns to. The kernel refuses to build a signal frame without it (SA_RESTORER,
/// arch/x86/kernel/signal_64.c).
///
/// The code is a stretch of asm in a section of its own, and not a function: a prologue would move rsp off the signal
/// frame. Its bytes are those by which debuggers and unwinders recognise a signal frame, `mov rax, 15; syscall`, if no
/// function's table for unwinding covers the address before it: hence the `nop`.
#[inline]
pub fn restorer(_siginfo: bool) -> Option<*const ()> {
    let address;
    // SAFETY: only an address is computed.
    unsafe {
        asm!(
            ".pushsection .text.rawtrap_restorer,\"ax\",@progbits",
            "nop",
            "2:",
            "mov rax, {nr}",
            "syscall",
            "ud2",
            ".popsection",
            "lea {address}, [rip + 2b]",
            address = out(reg) address,
            nr = const SYS_rt_sigreturn,
            options(nomem, nostack, preserves_flags),
        );
    }
    Some(address)
}
