//! The entry of a program on m68k.

/// Defines `_start`, which hands the initial stack pointer to `$rust`.
///
/// The kernel starts a program with sp at argc (arch/m68k/include/asm/elf.h). An argument is on the stack, above the address
/// that `jsr` pushes; the stack is a multiple of 4 (System V ABI, 68000 supplement, 3-10). a6 is zeroed to end the chain
/// of frames. `abort` is what LLVM calls where a program cannot come, as it knows no instruction for that here.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    ($rust:path) => {
        $crate::__global_asm! {
            ".pushsection .text._start,\"ax\",@progbits",
            ".globl _start",
            ".type _start,@function",
            "_start:",
            "suba.l %a6, %a6",
            "move.l %sp, %d0",
            "move.l %d0, -(%sp)",
            "jsr {rust}",
            "illegal",
            ".size _start, . - _start",
            ".weak abort",
            ".type abort,@function",
            "abort:",
            "illegal",
            ".size abort, . - abort",
            ".popsection",
            rust = sym $rust,
        }
    };
}
