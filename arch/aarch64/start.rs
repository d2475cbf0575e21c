//! The entry of a program on aarch64.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with sp at argc and 16-aligned (AAPCS64, 6.4.5.1). x29 and x30 are zeroed to end the
/// chain of frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,%function",
            "_start:",
            "mov x29, xzr",
            "mov x30, xzr",
            "mov x0, sp",
            "and sp, x0, #-16",
            "bl {rust}",
            "udf #0",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
