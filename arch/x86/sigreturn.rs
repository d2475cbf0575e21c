//! The way out of a signal handler on x86.

use core::arch::asm;

use super::nr::{SYS_rt_sigreturn, SYS_sigreturn};

/// Where a handler returns to. Without it the kernel sends it to the vDSO, which a system can be booted without; then to
/// code on the stack, which is not executable (arch/x86/kernel/signal_32.c).
///
/// There are two, as a handler with SA_SIGINFO has another frame than one without, and each frame has its call. The
/// bytes are those by which debuggers and unwinders recognise a signal frame: `mov eax, 173; int 0x80`, and `pop eax;
/// mov eax, 119; int 0x80`, where `pop` takes the handler's argument away.
///
/// The code is a stretch of asm and not a function: a prologue would move esp off the signal frame. It is stepped over
/// by a call, which pushes its address: no other instruction tells an address relative to itself.
#[inline]
pub fn restorer(siginfo: bool) -> Option<*const ()> {
    let address;
    // SAFETY: control jumps over the restorer; only an address is computed.
    unsafe {
        if siginfo {
            asm!(
                "call 2f",
                "mov eax, {nr}",
                "int 0x80",
                "ud2",
                "2:",
                "pop {address}",
                address = out(reg) address,
                nr = const SYS_rt_sigreturn,
                options(preserves_flags),
            );
        } else {
            asm!(
                "call 2f",
                "pop eax",
                "mov eax, {nr}",
                "int 0x80",
                "ud2",
                "2:",
                "pop {address}",
                address = out(reg) address,
                nr = const SYS_sigreturn,
                options(preserves_flags),
            );
        }
    }
    Some(address)
}
