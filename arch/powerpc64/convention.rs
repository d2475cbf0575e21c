//! The trap ABI of powerpc64 as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of powerpc64.
pub const CONVENTION: Convention = Convention {
    arch: "powerpc64",
    instruction: "sc",
    number: "r0",
    args: ["r3", "r4", "r5", "r6", "r7", "r8"],
    seventh: None,
    result: "r3",
    error: ErrorSign::Flag("cr0.so"),
    clobbers: &[
        "r0", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "cr0", "ctr", "xer",
    ],
    wide: Wide::Whole,
    clone: [0, 1, 2, 3, 4], // CONFIG_CLONE_BACKWARDS (clone(2))
    source: "Documentation/arch/powerpc/syscall64-abi.rst",
};
