//! The entry of a program on sparc.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with argc behind a register window's save area at sp (SPARC psABI supplement, 3-28,
/// "Process Stack"). A function wants room for an address and six arguments there, too: sp stays a multiple of 8. A frame
/// pointer of 0 ends the chain of frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "clr %fp",
            "clr %o7",
            "add %sp, 64, %o0",
            "call {rust}",
            "sub %sp, 32, %sp", // in the delay slot
            "unimp 0",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
