//! The trap ABI of x86 as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of x86.
pub const CONVENTION: Convention = Convention {
    arch: "x86",
    instruction: "int 0x80",
    number: "eax",
    args: ["ebx", "ecx", "edx", "esi", "edi", "ebp"],
    seventh: None,
    result: "eax",
    error: ErrorSign::Negative,
    clobbers: &[],
    wide: Wide::Pair { aligned: false },
    clone: [0, 1, 2, 3, 4], // CONFIG_CLONE_BACKWARDS: tls before ctid (clone(2))
    source: "arch/x86/entry/entry_32.S",
};
