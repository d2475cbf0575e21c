//! The crate's only ladder of `cfg`: which folder under `arch/` is the machine's, and the contract's items by name.
//! `arch/README.md` states the contract.

use core::mem::MaybeUninit;

/// A register on its way into the trap. Uninitialised where an ABI leaves a hole before a 64-bit value: no instruction
/// is spent on it.
pub(crate) type Word = MaybeUninit<*mut ()>;

// The data of the architectures compiles on any host. A file loaded as two modules would be two sets of constants, so
// the machine's folder takes its own from here.

#[cfg(any(
    feature = "tables",
    all(
        any(target_os = "linux", target_os = "android"),
        target_arch = "x86_64",
        target_pointer_width = "64"
    )
))]
#[path = "../arch/x86_64/data.rs"]
pub mod x86_64;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "x86")
))]
#[path = "../arch/x86/data.rs"]
pub mod x86;

#[cfg(any(
    feature = "tables",
    all(
        any(target_os = "linux", target_os = "android"),
        target_arch = "aarch64",
        target_pointer_width = "64"
    )
))]
#[path = "../arch/aarch64/data.rs"]
pub mod aarch64;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "arm")
))]
#[path = "../arch/arm/data.rs"]
pub mod arm;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "loongarch64")
))]
#[path = "../arch/loongarch64/data.rs"]
pub mod loongarch64;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "riscv64")
))]
#[path = "../arch/riscv64/data.rs"]
pub mod riscv64;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "riscv32")
))]
#[path = "../arch/riscv32/data.rs"]
pub mod riscv32;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "s390x")
))]
#[path = "../arch/s390x/data.rs"]
pub mod s390x;

#[cfg(any(
    feature = "tables",
    all(
        any(target_os = "linux", target_os = "android"),
        any(target_arch = "mips", target_arch = "mips32r6")
    )
))]
#[path = "../arch/mips/data.rs"]
pub mod mips;

#[cfg(any(
    feature = "tables",
    all(
        any(target_os = "linux", target_os = "android"),
        any(target_arch = "mips64", target_arch = "mips64r6"),
        target_pointer_width = "64"
    )
))]
#[path = "../arch/mips64/data.rs"]
pub mod mips64;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "sparc")
))]
#[path = "../arch/sparc/data.rs"]
pub mod sparc;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "sparc64")
))]
#[path = "../arch/sparc64/data.rs"]
pub mod sparc64;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "powerpc64")
))]
#[path = "../arch/powerpc64/data.rs"]
pub mod powerpc64;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "powerpc")
))]
#[path = "../arch/powerpc/data.rs"]
pub mod powerpc;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "m68k")
))]
#[path = "../arch/m68k/data.rs"]
pub mod m68k;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "hexagon")
))]
#[path = "../arch/hexagon/data.rs"]
pub mod hexagon;

#[cfg(any(
    feature = "tables",
    all(any(target_os = "linux", target_os = "android"), target_arch = "csky")
))]
#[path = "../arch/csky/data.rs"]
pub mod csky;

#[path = "../arch/generic/mod.rs"]
pub(crate) mod generic;

#[cfg_attr(
    all(
        any(target_os = "linux", target_os = "android"),
        target_arch = "x86_64",
        target_pointer_width = "64"
    ),
    path = "../arch/x86_64/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "x86"),
    path = "../arch/x86/mod.rs"
)]
#[cfg_attr(
    all(
        any(target_os = "linux", target_os = "android"),
        target_arch = "aarch64",
        target_pointer_width = "64"
    ),
    path = "../arch/aarch64/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "arm"),
    path = "../arch/arm/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "loongarch64"),
    path = "../arch/loongarch64/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "riscv64"),
    path = "../arch/riscv64/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "riscv32"),
    path = "../arch/riscv32/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "s390x"),
    path = "../arch/s390x/mod.rs"
)]
#[cfg_attr(
    all(
        any(target_os = "linux", target_os = "android"),
        any(target_arch = "mips", target_arch = "mips32r6")
    ),
    path = "../arch/mips/mod.rs"
)]
#[cfg_attr(
    all(
        any(target_os = "linux", target_os = "android"),
        any(target_arch = "mips64", target_arch = "mips64r6"),
        target_pointer_width = "64"
    ),
    path = "../arch/mips64/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "sparc"),
    path = "../arch/sparc/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "sparc64"),
    path = "../arch/sparc64/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "powerpc64"),
    path = "../arch/powerpc64/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "powerpc"),
    path = "../arch/powerpc/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "m68k"),
    path = "../arch/m68k/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "hexagon"),
    path = "../arch/hexagon/mod.rs"
)]
#[cfg_attr(
    all(any(target_os = "linux", target_os = "android"), target_arch = "csky"),
    path = "../arch/csky/mod.rs"
)]
#[cfg_attr(
    not(all(
        any(target_os = "linux", target_os = "android"),
        any(
            all(target_arch = "x86_64", target_pointer_width = "64"),
            target_arch = "x86",
            all(target_arch = "aarch64", target_pointer_width = "64"),
            target_arch = "arm",
            target_arch = "loongarch64",
            target_arch = "riscv64",
            target_arch = "riscv32",
            target_arch = "s390x",
            target_arch = "mips",
            target_arch = "mips32r6",
            all(any(target_arch = "mips64", target_arch = "mips64r6"), target_pointer_width = "64"),
            target_arch = "sparc",
            target_arch = "m68k",
            target_arch = "hexagon",
            target_arch = "sparc64",
            target_arch = "powerpc64",
            target_arch = "powerpc",
            target_arch = "csky",
        )
    )),
    path = "../arch/none/mod.rs"
)]
mod machine;

pub(crate) use machine::abi;
pub(crate) use machine::convention::CONVENTION;
pub(crate) use machine::sigreturn::restorer;
pub(crate) use machine::thread::clone;
pub(crate) use machine::trap::{
    syscall0, syscall1, syscall1_noreturn, syscall2, syscall3, syscall4, syscall5, syscall6, syscall7,
};
pub use machine::{errno, nr, signal};

/// `global_asm!` in the crate of whoever calls a macro of ours. Where inline assembly is unstable that crate needs no
/// feature for it.
#[doc(hidden)]
#[macro_export]
#[cfg_attr(
    any(
        target_arch = "mips",
        target_arch = "mips32r6",
        target_arch = "mips64",
        target_arch = "mips64r6",
        target_arch = "sparc",
        target_arch = "sparc64",
        target_arch = "m68k",
        target_arch = "hexagon",
        target_arch = "csky"
    ),
    allow_internal_unstable(asm_experimental_arch)
)]
macro_rules! __global_asm {
    ($($text:tt)*) => {
        ::core::arch::global_asm! { $($text)* }
    };
}
