//! The entry of a program on mips.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with sp at argc (System V ABI, MIPS supplement, chapter 3, "Process Initialization"). A
/// function wants it 8-aligned and 16 bytes above it for its first four arguments, and its own address in $25. $30 and
/// $31 are zeroed to end the chain of frames. Linkers for mips enter a program at `__start` unless they are told.
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
            "addiu $8, $0, -16",
            "and $29, $29, $8",
            "addiu $29, $29, -16",
            "lui $25, %hi({rust})",
            "addiu $25, $25, %lo({rust})",
            "jalr $25",
            "break",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
