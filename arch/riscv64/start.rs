//! The entry of a program on riscv64.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with sp at argc and 16-aligned, as the psABI wants it at a function's entry (RISC-V
/// Calling Conventions, "Integer Calling Convention"). gp becomes the address around which the linker may have relaxed
/// accesses to data, so this one must not be relaxed itself; s0 and ra are zeroed to end the chain of frames.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            ".option push",
            ".option norelax",
            "lla gp, __global_pointer$",
            ".option pop",
            "mv s0, zero",
            "mv ra, zero",
            "mv a0, sp",
            "andi sp, sp, -16",
            "call {rust}",
            "unimp",
            ".size _start, . - _start",
            ".popsection",
            rust = sym $rust,
        }
    };
}
