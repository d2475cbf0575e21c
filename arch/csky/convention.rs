//! The trap ABI of csky as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of csky.
pub const CONVENTION: Convention = Convention {
    arch: "csky",
    instruction: "trap 0",
    number: "r7",
    args: ["r0", "r1", "r2", "r3", "r4", "r5"],
    seventh: None,
    result: "r0",
    error: ErrorSign::Negative,
    clobbers: &[],
    wide: Wide::Pair { aligned: false },
    clone: [0, 1, 2, 4, 3], // ctid before tls: CONFIG_CLONE_BACKWARDS is not set (clone(2))
    source: "arch/csky/kernel/entry.S",
};
