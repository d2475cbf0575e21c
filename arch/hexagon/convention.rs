//! The trap ABI of hexagon as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of hexagon.
pub const CONVENTION: Convention = Convention {
    arch: "hexagon",
    instruction: "trap0(#1)",
    number: "r6",
    args: ["r0", "r1", "r2", "r3", "r4", "r5"],
    seventh: None,
    result: "r0",
    error: ErrorSign::Negative,
    clobbers: &[],
    wide: Wide::Pair { aligned: true },
    clone: [0, 1, 2, 4, 3], // no CONFIG_CLONE_BACKWARDS: ctid before tls (kernel/fork.c)
    source: "arch/hexagon/kernel/vm_entry.S",
};
