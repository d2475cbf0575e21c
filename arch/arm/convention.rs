//! The trap ABI of arm as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of arm: the EABI, in ARM and in Thumb mode.
pub const CONVENTION: Convention = Convention {
    arch: "arm",
    instruction: "svc 0",
    number: "r7",
    args: ["r0", "r1", "r2", "r3", "r4", "r5"],
    seventh: None,
    result: "r0",
    error: ErrorSign::Negative,
    clobbers: &[],
    wide: Wide::Pair { aligned: true },
    clone: [0, 1, 2, 3, 4], // CONFIG_CLONE_BACKWARDS (clone(2))
    source: "arch/arm/kernel/entry-common.S, vector_swi",
};
