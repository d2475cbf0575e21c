//! Signals.

use core::fmt;

use crate::arch::generic::names::every_signal;
use crate::arch::signal;
use crate::reg::{Arg, Reg, Regs};

/// A signal's number on this architecture.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(i32);

impl Signal {
    /// Any number as a signal, a real-time one for example (signal(7)).
    #[inline(always)]
    pub const fn from_raw(number: i32) -> Signal {
        Signal(number)
    }

    /// The number.
    #[inline(always)]
    pub const fn as_raw(self) -> i32 {
        self.0
    }

    /// The name (`"SIGINT"`), if the signal is a standard one.
    pub fn name(self) -> Option<&'static str> {
        signal::TABLE
            .iter()
            .find(|(_, number)| *number as i32 == self.0)
            .map(|(name, _)| *name)
    }
}

/// `SIGINT`, or the number where there is no name.
impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "signal {}", self.0),
        }
    }
}

impl Arg for Signal {
    #[inline(always)]
    fn put(self, regs: &mut Regs, at: usize) {
        regs.set(at, Reg::from(self.0));
    }
}

macro_rules! typed {
    ($($name:ident)*) => {
        $(#[allow(missing_docs)] pub const $name: Signal = Signal(signal::$name as i32);)*
    };
}

every_signal!(typed);
