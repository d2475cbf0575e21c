//! The trap ABI of loongarch64 as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of loongarch64.
pub const CONVENTION: Convention = Convention {
    arch: "loongarch64",
    instruction: "syscall 0",
    number: "$a7",
    args: ["$a0", "$a1", "$a2", "$a3", "$a4", "$a5"],
    seventh: None,
    result: "$a0",
    error: ErrorSign::Negative,
    clobbers: &["$t0", "$t1", "$t2", "$t3", "$t4", "$t5", "$t6", "$t7", "$t8"],
    wide: Wide::Whole,
    clone: [0, 1, 2, 4, 3], // as kernel/fork.c has it: arch/loongarch/Kconfig selects no CLONE_BACKWARDS
    source: "arch/loongarch/kernel/entry.S",
};
