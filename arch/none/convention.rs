//! A machine without a trap of ours, as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// No trap: every call answers `ENOSYS`.
pub const CONVENTION: Convention = Convention {
    arch: "none",
    instruction: "none",
    number: "none",
    args: ["none"; 6],
    seventh: None,
    result: "none",
    error: ErrorSign::Negative,
    clobbers: &[],
    // Where registers have 32 bits a 64-bit value takes two, in any order: nobody reads them.
    wide: if usize::BITS < 64 {
        Wide::Pair { aligned: false }
    } else {
        Wide::Whole
    },
    clone: [0, 1, 2, 3, 4],
    source: "arch/README.md",
};
