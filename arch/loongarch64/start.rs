//! The entry of a program on loongarch64.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with $sp at argc and 16-aligned, as the psABI wants it at a function's entry (LoongArch
/// Procedure Call Standard, "The Stack"). $fp and $ra are zeroed to end the chain of frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "move $fp, $zero",
            "move $ra, $zero",
            "move $a0, $sp",
            "bstrins.d $sp, $zero, 3, 0",
            "bl {rust}",
            "amswap.w $zero, $ra, $zero",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
