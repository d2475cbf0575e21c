//! The trap ABI of s390x as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of s390x.
pub const CONVENTION: Convention = Convention {
    arch: "s390x",
    instruction: "svc 0",
    number: "r1",
    args: ["r2", "r3", "r4", "r5", "r6", "r7"],
    seventh: None,
    result: "r2",
    error: ErrorSign::Negative,
    clobbers: &[],
    wide: Wide::Whole,
    clone: [1, 0, 2, 4, 3], // stack first: CONFIG_CLONE_BACKWARDS2; ctid before tls (clone(2))
    source: "arch/s390/kernel/entry.S",
};
