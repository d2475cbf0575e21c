//! The entry of a program on s390x.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with r15 at argc and 8-aligned. A function may save registers in the 160 bytes above its
/// r15 (s390x ELF ABI, "Stack frame"), so `_start` makes room for that; the back chain, r11 and r14 are zeroed to end
/// the chain of frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "lgr %r2, %r15",
            "nill %r15, 0xfff8",
            "aghi %r15, -160",
            "xc 0(8,%r15), 0(%r15)",
            "lghi %r11, 0",
            "lghi %r14, 0",
            "brasl %r14, {rust}",
            ".short 0",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
