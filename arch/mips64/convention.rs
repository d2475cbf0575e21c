//! The trap ABI of mips64 (n64) as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of mips64 (n64).
pub const CONVENTION: Convention = Convention {
    arch: "mips64",
    instruction: "syscall",
    number: "$2",
    args: ["$4", "$5", "$6", "$7", "$8", "$9"],
    seventh: None,
    result: "$2",
    error: ErrorSign::Flag("$7"),
    clobbers: &[
        "$1", "$3", "$7", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "hi", "lo",
    ],
    wide: Wide::Whole,
    clone: [0, 1, 2, 3, 4], // CONFIG_CLONE_BACKWARDS (clone(2))
    source: "arch/mips/include/asm/stackframe.h, SAVE_SOME",
};
