//! The entry of a program on x86.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with esp at argc and 16-aligned (i386 psABI, 2.3.1). An argument is on the stack, which
/// is a multiple of 16 where the argument lies (2.2.2); `call` pushes 4 bytes below it. ebp is zeroed to end the chain
/// of frames.
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
            "mov eax, esp",
            "and esp, -16",
            "sub esp, 12",
            "push eax",
            "call {rust}",
            "ud2",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
