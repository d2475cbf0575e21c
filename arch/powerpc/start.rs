//! The entry of a program on powerpc.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with r1 at argc and 16-aligned. A function may store lr into its caller's frame, so
/// `_start` makes one (Power Architecture 32-bit ABI supplement, 2.2.3); its back chain of 0 and lr of 0 end the chain of
/// frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "mr 3, 1",
            "clrrwi 1, 1, 4",
            "li 0, 0",
            "mtlr 0",
            "stwu 0, -16(1)",
            "bl {rust}",
            ".long 0",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
