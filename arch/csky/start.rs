//! The entry of a program on csky.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with sp at argc, aligned as a function wants it (C-SKY V2 ABI, 2.2.1: 4 bytes). r8 and lr are
/// zeroed to end the chain of frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "movi32 r8, 0",
            "movi32 r15, 0",
            "mov16 r0, sp",
            "bsr32 {rust}",
            "bkpt",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
