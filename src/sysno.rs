//! The numbers of the calls, typed.

use core::fmt;

use crate::arch::generic::names::every_call;
use crate::arch::nr;
use crate::tables::ABSENT;

/// The number of a call on this architecture.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sysno(u32);

impl Sysno {
    /// Any number as a call's number.
    #[inline(always)]
    pub const fn new(number: u32) -> Sysno {
        Sysno(number)
    }

    /// The number that goes into the register.
    #[inline(always)]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// False for a call that this architecture lacks; the answer to it is `ENOSYS`.
    #[inline(always)]
    pub const fn exists(self) -> bool {
        self.0 != ABSENT
    }

    /// Its place in the table of this architecture's calls.
    #[cfg(feature = "interpose")]
    pub(crate) const fn place(self) -> Option<usize> {
        place(nr::TABLE, self.0)
    }

    /// The call's name (`"write"`), if the headers that this crate was made from have the number.
    #[inline]
    pub fn name(self) -> Option<&'static str> {
        let (name, _) = nr::TABLE.iter().find(|(_, number)| *number == self.0)?;
        name.strip_prefix("SYS_")
    }

    /// The call with this name (`"write"`), if this architecture has it.
    #[inline]
    pub fn from_name(name: &str) -> Option<Sysno> {
        let (_, number) = nr::TABLE
            .iter()
            .find(|(entry, _)| entry.strip_prefix("SYS_") == Some(name))?;
        Some(Sysno(*number))
    }
}

/// The place of a number in a table, which is in the order of the numbers: these begin where they like, and have gaps.
#[cfg(feature = "interpose")]
const fn place(table: &[(&str, u32)], number: u32) -> Option<usize> {
    let (mut start, mut end) = (0, table.len());
    while start < end {
        let middle = start + (end - start) / 2;
        let found = table[middle].1;
        if found == number {
            return Some(middle);
        }
        if found < number {
            start = middle + 1;
        } else {
            end = middle;
        }
    }
    None
}

/// `write`, or the number where there is no name.
impl fmt::Debug for Sysno {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "syscall_{:#x}", self.0),
        }
    }
}

macro_rules! typed {
    ($($name:ident)*) => {
        $(#[allow(missing_docs)] pub const $name: Sysno = Sysno(nr::$name);)*
    };
}

every_call!(typed);

#[cfg(feature = "interpose")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_begin_anywhere() {
        // As on MIPS, with a call as on x32.
        const TABLE: &[(&str, u32)] = &[
            ("SYS_a", 4000),
            ("SYS_b", 4001),
            ("SYS_c", 4400),
            ("SYS_d", 0x4000_0203),
        ];
        for (at, (_, number)) in TABLE.iter().enumerate() {
            assert_eq!(place(TABLE, *number), Some(at));
            assert_eq!(place(&TABLE[..at], *number), None);
        }
        for number in [0, 3999, 4002, 4399, 4401, ABSENT] {
            assert_eq!(place(TABLE, number), None);
        }
        assert_eq!(place(&[], 0), None);
    }

    #[test]
    fn every_call_has_its_place() {
        for (at, (_, number)) in nr::TABLE.iter().enumerate() {
            assert_eq!(Sysno::new(*number).place(), Some(at));
        }
    }

    /// Of the other architectures', as a watcher there looks calls up.
    #[cfg(feature = "tables")]
    #[test]
    fn every_table_is_in_order() {
        for arch in crate::tables::ARCHITECTURES {
            for (name, number) in arch.calls {
                // A number may have two names: arm's sync_file_range2.
                let found = place(arch.calls, *number).map(|at| arch.calls[at].1);
                assert_eq!(found, Some(*number), "{name} on {}", arch.convention.arch);
            }
        }
    }
}
