//! The trap ABI of sparc as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of sparc.
pub const CONVENTION: Convention = Convention {
    arch: "sparc",
    instruction: "t 0x10",
    number: "g1",
    args: ["o0", "o1", "o2", "o3", "o4", "o5"],
    seventh: None,
    result: "o0",
    error: ErrorSign::Flag("icc.c"),
    clobbers: &["o1"], // the second result of fork(2), vfork(2), clone(2) and pipe(2)
    wide: Wide::Pair { aligned: false },
    clone: [0, 1, 2, 3, 4], // `sparc_clone`: tls before ctid
    source: "arch/sparc/kernel/syscalls.S",
};
