//! The trap ABI of riscv32 as data.

use crate::tables::{Convention, ErrorSign, Wide};

/// The trap ABI of riscv32.
pub const CONVENTION: Convention = Convention {
    arch: "riscv32",
    instruction: "ecall",
    number: "a7",
    args: ["a0", "a1", "a2", "a3", "a4", "a5"],
    seventh: None,
    result: "a0",
    error: ErrorSign::Negative,
    clobbers: &[
        "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16",
        "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "vl",
        "vtype",
    ],
    wide: Wide::Pair { aligned: false },
    clone: [0, 1, 2, 3, 4], // CONFIG_CLONE_BACKWARDS (arch/riscv/Kconfig)
    source: "Documentation/arch/riscv/vector.rst, section 3",
};
