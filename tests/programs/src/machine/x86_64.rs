//! x86_64

use core::arch::asm;

/// The thread pointer: fs, whose first word is its own address (x86-64 psABI and Drepper's ELF TLS, variant II).
pub fn thread_pointer() -> *mut () {
    let pointer;
    // SAFETY: a thread that was made with CLONE_SETTLS has such a word there.
    unsafe { asm!("mov {}, fs:[0]", out(reg) pointer, options(nostack, readonly, preserves_flags)) };
    pointer
}
