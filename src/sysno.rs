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

    /// False for a call that this architecture lacks; the kernel answers it with `ENOSYS`.
    #[inline(always)]
    pub const fn exists(self) -> bool {
        self.0 != ABSENT
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
