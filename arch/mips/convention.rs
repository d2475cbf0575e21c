//! The trap ABI of mips (o32) as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of mips (o32).
pub const CONVENTION: Convention = Convention {
    arch: "mips",
    instruction: "syscall",
    number: "$2",
    args: ["$4", "$5", "$6", "$7", "16(sp)", "20(sp)"],
    seventh: Some("24(sp)"),
    result: "$2",
    error: ErrorSign::Flag("$7"),
    clobbers: &[
        "$1", "$3", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "hi", "lo",
    ],
    wide: Wide::Pair { aligned: true },
    clone: [0, 1, 2, 3, 4], // CONFIG_CLONE_BACKWARDS (clone(2))
    source: "arch/mips/include/asm/stackframe.h, SAVE_SOME",
};
