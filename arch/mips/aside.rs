//! What a trap of mips and mips64 loses and asm! has no name for.

/// asm! around a trap, with $1, hi and lo put aside in registers that the kernel keeps.
///
/// asm! refuses $1 as an operand, and LLVM allocates it like any other register. It also reads hi and lo long after the
/// instruction that wrote them: with opt-level 3 behind a trap in between (tried with LLVM 22, in a fifth of all products
/// and quotients). Release 6 has no hi and lo.
#[cfg(not(any(target_arch = "mips32r6", target_arch = "mips64r6")))]
macro_rules! asm_around_trap {
    ([$($text:expr),* $(,)?], $($operand:tt)*) => {
        asm!(
            ".set noat",
            "move $25, $1",
            "mfhi $18",
            "mflo $19",
            $($text,)*
            "mthi $18",
            "mtlo $19",
            "move $1, $25",
            out("$18") _,
            out("$19") _,
            out("$25") _,
            $($operand)*
        )
    };
}

/// The same on release 6.
#[cfg(any(target_arch = "mips32r6", target_arch = "mips64r6"))]
macro_rules! asm_around_trap {
    ([$($text:expr),* $(,)?], $($operand:tt)*) => {
        asm!(
            ".set noat",
            "move $25, $1",
            $($text,)*
            "move $1, $25",
            out("$25") _,
            $($operand)*
        )
    };
}
