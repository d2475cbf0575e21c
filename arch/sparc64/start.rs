//! The entry of a program on sparc64.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with argc behind a register window's save area at sp, which is biased by 2047 (SPARC
/// Compliance Definition 2.4, Low-Level System Information; arch/sparc/include/asm/elf_64.h). A function wants room for six
/// arguments there, too. A frame pointer of 0 ends the chain of frames.
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
            "add %sp, 2047 + 128, %o0",
            "call {rust}",
            "sub %sp, 48, %sp", // in the delay slot
            "unimp 0",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
