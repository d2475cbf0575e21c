//! The trap ABI of aarch64 as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of aarch64.
pub const CONVENTION: Convention = Convention {
    arch: "aarch64",
    instruction: "svc 0",
    number: "x8",
    args: ["x0", "x1", "x2", "x3", "x4", "x5"],
    seventh: None,
    result: "x0",
    error: ErrorSign::Negative,
    clobbers: &[
        "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12", "p13", "p14", "p15", "ffr",
    ],
    wide: Wide::Whole,
    clone: [0, 1, 2, 3, 4], // CONFIG_CLONE_BACKWARDS (clone(2))
    source: "Documentation/arch/arm64/sve.rst, section 3",
};
