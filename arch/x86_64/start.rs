//! The entry of a program on x86_64.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with rsp at argc and 16-aligned (x86-64 psABI, 3.4.1); `call` pushes 8 bytes, which is
/// what a function expects of its entry. rbp is zeroed to end the chain of frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "xor ebp, ebp",
            "mov rdi, rsp",
            "and rsp, -16",
            "call {rust}",
            "ud2",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
