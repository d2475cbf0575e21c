//! The trap ABI of m68k as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of m68k.
pub const CONVENTION: Convention = Convention {
    arch: "m68k",
    instruction: "trap #0",
    number: "d0",
    args: ["d1", "d2", "d3", "d4", "d5", "a0"],
    seventh: None,
    result: "d0",
    error: ErrorSign::Negative,
    clobbers: &[],
    wide: Wide::Pair { aligned: false },
    clone: [0, 1, 2, 4, 3], // no CONFIG_CLONE_BACKWARDS: ctid before tls (`m68k_clone`)
    source: "arch/m68k/kernel/entry.S",
};
