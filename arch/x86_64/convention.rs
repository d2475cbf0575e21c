//! The trap ABI of x86_64 as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of x86_64.
pub const CONVENTION: Convention = Convention {
    arch: "x86_64",
    instruction: "syscall",
    number: "rax",
    args: ["rdi", "rsi", "rdx", "r10", "r8", "r9"],
    seventh: None,
    result: "rax",
    error: ErrorSign::Negative,
    clobbers: &["rcx", "r11"],
    wide: Wide::Whole,
    clone: [0, 1, 2, 4, 3], // ctid before tls: CONFIG_CLONE_BACKWARDS is not set (clone(2))
    source: "arch/x86/entry/entry_64.S",
};
