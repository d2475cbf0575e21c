//! The entry of a program on hexagon.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with r29 at argc (arch/hexagon/include/asm/elf.h). A frame is a multiple of 8 (Hexagon ABI,
/// "Stack frames"). r30 and r31 are zeroed to end the chain of frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "r30 = #0",
            "r31 = #0",
            "r0 = r29",
            "r29 = and(r29, #-8)",
            "call {rust}",
            "memw(##0) = r0", // nobody has that address
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
