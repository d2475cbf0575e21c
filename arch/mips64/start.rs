//! The entry of a program on mips64.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with sp at argc. A function wants it 16-aligned, and its own address in $25 (MIPSpro
/// 64-bit porting guide, "Calling Convention"). $30 and $31 are zeroed to end the chain of frames.
/// Linkers for mips enter a program at `__start` unless they are told.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".globl __start",
            ".type _start,@function",
            "_start:",
            "__start:",
            "move $30, $0",
            "move $31, $0",
            "move $4, $29",
            "daddiu $8, $0, -16",
            "and $29, $29, $8",
            "lui $25, %highest({rust})",
            "daddiu $25, $25, %higher({rust})",
            "dsll $25, $25, 16",
            "daddiu $25, $25, %hi({rust})",
            "dsll $25, $25, 16",
            "daddiu $25, $25, %lo({rust})",
            "jalr $25",
            "break",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
