//! What the kernel's headers say, as constants that compile on any host.
//!
//! `rawtrap::tables::NATIVE` is the trap ABI of the machine that is compiled for. With the feature `tables`, there is a
//! module for each architecture, with its numbers (`nr`), its errnos (`errno`), its signals (`signal`) and its trap ABI
//! (`convention`): what a tracer or a seccomp filter for another machine needs.
//!
//! ```
//! # #[cfg(feature = "tables")] {
//! use rawtrap::tables::{aarch64, x86_64};
//! assert_eq!((x86_64::nr::SYS_write, aarch64::nr::SYS_write), (1, 64));
//! assert_eq!(aarch64::convention::CONVENTION.number, "x8");
//! # }
//! ```

#[cfg(feature = "tables")]
pub use crate::arch::{
    aarch64, arm, csky, hexagon, loongarch64, m68k, mips, mips64, powerpc, powerpc64, riscv32, riscv64, s390x, sparc,
    sparc64, x86, x86_64,
};

/// The tables of the machine that this crate was compiled for.
pub mod native {
    pub use crate::arch::{errno, nr, signal};
}

/// The number of a call that an architecture lacks, in its `nr` module. No kernel has it: the answer is `ENOSYS`, which the
/// crate gives itself on hexagon and csky, whose kernels have another answer for what they do not know.
///
/// Not every number that no kernel has would do. From 0xf0000 on, arm's kernel answers with a signal
/// (arch/arm/kernel/traps.c, `arm_syscall`); -1 is what a tracer puts there so that no call is made (seccomp(2)).
pub const ABSENT: u32 = 0xffff;

/// The trap ABI of the machine that this crate was compiled for.
pub const NATIVE: &Convention = &crate::arch::CONVENTION;

#[cfg(feature = "tables")]
macro_rules! architecture {
    ($name:ident) => {
        Architecture {
            convention: &$name::convention::CONVENTION,
            calls: $name::nr::TABLE,
            errnos: $name::errno::TABLE,
            signals: $name::signal::TABLE,
        }
    };
}

/// All architectures. A program that looks up here while it runs holds all tables; one that looks up in `const` does not.
#[cfg(feature = "tables")]
pub const ARCHITECTURES: &[Architecture] = &[
    architecture!(x86_64),
    architecture!(x86),
    architecture!(aarch64),
    architecture!(arm),
    architecture!(riscv64),
    architecture!(riscv32),
    architecture!(loongarch64),
    architecture!(s390x),
    architecture!(powerpc),
    architecture!(powerpc64),
    architecture!(mips),
    architecture!(mips64),
    architecture!(sparc),
    architecture!(sparc64),
    architecture!(m68k),
    architecture!(hexagon),
    architecture!(csky),
];

/// The trap ABIs of all architectures, in the order of [`ARCHITECTURES`], without the tables.
#[cfg(feature = "tables")]
pub const CONVENTIONS: &[&Convention] = &{
    let mut conventions = [NATIVE; ARCHITECTURES.len()];
    let mut place = 0;
    while place < ARCHITECTURES.len() {
        conventions[place] = ARCHITECTURES[place].convention;
        place += 1;
    }
    conventions
};

/// The tables of one architecture; each is sorted by its values.
#[derive(Clone, Copy, Debug)]
pub struct Architecture {
    /// How it enters the kernel, and its name.
    pub convention: &'static Convention,
    /// Its calls (`SYS_write`) and their numbers.
    pub calls: &'static [(&'static str, u32)],
    /// Its errors (`EBADF`) and their numbers.
    pub errnos: &'static [(&'static str, u32)],
    /// Its signals (`SIGINT`) and their numbers.
    pub signals: &'static [(&'static str, u32)],
}

/// How one architecture enters the kernel.
#[derive(Clone, Copy, Debug)]
pub struct Convention {
    /// The architecture's name, as rustc spells it.
    pub arch: &'static str,
    /// The instruction that traps.
    pub instruction: &'static str,
    /// The register that holds the number of the call.
    pub number: &'static str,
    /// The registers of the arguments 1 to 6.
    pub args: [&'static str; 6],
    /// Where a seventh argument is passed, on machines where a call may take so many: a 64-bit value needs a hole.
    pub seventh: Option<&'static str>,
    /// The register of the result.
    pub result: &'static str,
    /// How the kernel tells an error from a value.
    pub error: ErrorSign,
    /// Registers, besides the result's, whose contents the kernel does not keep.
    pub clobbers: &'static [&'static str],
    /// How a 64-bit value is passed.
    pub wide: Wide,
    /// The places of clone(2)'s flags, stack, ptid, tls and ctid among its arguments, counted from 0.
    pub clone: [usize; 5],
    /// Where the kernel's sources document this.
    pub source: &'static str,
}

impl Convention {
    /// How many registers a call can take.
    #[inline]
    pub const fn most(&self) -> usize {
        self.args.len() + self.seventh.is_some() as usize
    }
}

/// How an architecture's kernel tells an error from a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorSign {
    /// The result is `-errno`, within `-4095..=-1`.
    Negative,
    /// The result is a positive errno, and this flag is set.
    Flag(&'static str),
}

/// How an architecture passes a 64-bit value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wide {
    /// In one register: the machine has 64-bit ones.
    Whole,
    /// In two neighbouring registers, whose halves stand in the order of the machine's bytes: the low one first on a
    /// little-endian machine, the high one on a big-endian.
    Pair {
        /// The pair begins at an even place (counted from 0): a hole may stand before it.
        aligned: bool,
    },
}

/// Defines the constants of one data file, and `TABLE`, the same as pairs of name and value.
macro_rules! table {
    ($($name:ident = $value:literal,)*) => {
        $(#[allow(missing_docs)] pub const $name: u32 = $value;)*

        /// Every entry as its name and its value, in the order of the values.
        pub const TABLE: &[(&str, u32)] = &[$((stringify!($name), $value),)*];
    };
}

/// Defines the calls that an architecture lacks as [`ABSENT`], so that every folder has the same names.
macro_rules! lacks {
    ($($name:ident,)*) => {
        $(#[allow(missing_docs)] pub const $name: u32 = $crate::tables::ABSENT;)*
    };
}

#[cfg(all(test, feature = "tables"))]
mod tests {
    use super::*;

    #[test]
    fn architectures_and_conventions_are_the_same_list() {
        let names = ARCHITECTURES.iter().map(|architecture| architecture.convention.arch);
        assert!(names.eq(CONVENTIONS.iter().map(|convention| convention.arch)));
    }

    #[test]
    fn each_table_is_sorted_by_its_values() {
        for architecture in ARCHITECTURES {
            for table in [architecture.calls, architecture.errnos, architecture.signals] {
                assert!(!table.is_empty() && table.is_sorted_by_key(|(_, value)| *value));
            }
        }
    }
}
