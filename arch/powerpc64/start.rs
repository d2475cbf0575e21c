//! The entry of a program on powerpc64.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with r1 at argc and 16-aligned, and with r12 at `_start` (arch/powerpc/kernel/process.c,
/// `start_thread`), by which r2 is found. A function may store lr into its caller's frame, so `_start` makes one of the
/// least size (64-bit ELF V2 ABI, 2.2.3); its back chain of 0 and lr of 0 end the chain of frames.
#[cfg(target_abi = "elfv2")]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "addis 2, 12, .TOC.-_start@ha",
            "addi 2, 2, .TOC.-_start@l",
            ".localentry _start, .-_start",
            "mr 3, 1",
            "clrrdi 1, 1, 4",
            "li 0, 0",
            "mtlr 0",
            "stdu 0, -32(1)",
            "bl {rust}",
            "nop", // where a linker may put the caller's r2 back
            ".long 0",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with r1 at argc and 16-aligned. `_start` is a descriptor, from which the kernel takes the
/// code's address and r2 (arch/powerpc/kernel/process.c, `start_thread`). A function may store lr and its arguments into
/// its caller's frame, so `_start` makes one of the least size (64-bit PowerPC ELF ABI, 3.2.2); its back chain of 0 and
/// lr of 0 end the chain of frames.
#[cfg(target_abi = "elfv1")]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .opd,\"aw\",@progbits",
            ".globl _start",
            ".type _start,@function",
            ".p2align 3",
            "_start:",
            ".quad .L_start, .TOC.@tocbase, 0",
            ".popsection",
            ".pushsection .text._start,\"ax\",@progbits",
            ".L_start:",
            "mr 3, 1",
            "clrrdi 1, 1, 4",
            "li 0, 0",
            "mtlr 0",
            "stdu 0, -112(1)",
            "bl {rust}",
            "nop", // where a linker may put the caller's r2 back
            ".long 0",
            ".popsection",
            rust = sym $rust,
        }
    };
}
