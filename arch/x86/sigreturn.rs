//! The way out of a signal handler on x86.

use core::arch::asm;

use super::nr::{SYS_rt_sigreturn, SYS_sigreturn};

/// Where a handler returns to. Without it the kernel sends it to the vDSO, which a system can be booted without; then to
/// code on the stack, which is not executable, or nowhere (arch/x86/kernel/signal_32.c).
///
/// The code is a stretch of asm in a section of its own, and not a function: a prologue would move esp off the signal
/// frame. Its bytes are those by which debuggers and unwinders recognise a signal frame, if no function's table for
/// unwinding covers the address before it: hence the `nop`. No instruction tells an address relative to itself, so a
/// call pushes one.
macro_rules! restorer {
    ($($code:literal),* ; $nr:ident) => {{
        let address;
        // SAFETY: only an address is computed; the stack is as it was.
        unsafe {
            asm!(
                ".pushsection .text.rawtrap_restorer,\"ax\",@progbits",
                "nop",
                "2:",
                $($code,)*
                "int $0x80",
                "ud2",
                ".popsection",
                "call 3f",
                "3:",
                "popl {address}",
                "leal 2b - 3b({address}), {address}",
                address = out(reg) address,
                nr = const $nr,
                options(preserves_flags, att_syntax), // Intel's takes no difference of two labels
            );
        }
        Some(address)
    }};
}

/// The one of the handler's kind: a handler with SA_SIGINFO has another frame than one without, and each frame has its
/// call. Where there is no SA_SIGINFO, `pop` takes the handler's argument away.
#[inline]
pub fn restorer(siginfo: bool) -> Option<*const ()> {
    if siginfo {
        restorer!("movl ${nr}, %eax"; SYS_rt_sigreturn)
    } else {
        restorer!("popl %eax", "movl ${nr}, %eax"; SYS_sigreturn)
    }
}
