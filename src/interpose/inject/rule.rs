//! One rule: for which call, what, and when.

use core::fmt;

use super::short;
use crate::arch::abi;
use crate::calls::signal::Signal;
use crate::sysno::*;
use crate::{Errno, Sysno};

/// In the place of a call's number: all calls. No kernel has it.
pub(super) const ANY: u32 = u32::MAX - 1;

/// Where a rule ends that has no last call.
pub(super) const NO_END: u32 = u32::MAX;

/// They pass no hook, as nobody comes back from them.
pub(super) const fn comes_back(nr: Sysno) -> bool {
    let number = nr.number();
    number != SYS_exit.number() && number != SYS_exit_group.number() && number != SYS_rt_sigreturn.number()
}

/// What is done to a call, and to which of them.
///
/// When it is printed, it is in the words that [`Script::parse`](super::Script::parse) reads:
///
/// ```
/// use rawtrap::interpose::Rule;
/// use rawtrap::{EIO, SYS_write};
/// let rule = Rule::of(SYS_write).error(EIO).since(3).until(9).every(2);
/// assert_eq!(rule.to_string(), "write:error=EIO:when=3..9+2");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rule(pub(super) Words);

/// A rule as numbers, of which 0 means: not this.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    pub call: u32,
    pub error: u32,
    pub short: u32,
    pub signal: u32,
    /// Microseconds.
    pub delay_enter: u32,
    pub delay_exit: u32,
    pub first: u32,
    /// Or [`NO_END`].
    pub last: u32,
    pub step: u32,
}

impl Words {
    pub const COUNT: usize = 9;
    /// Where in the array the call is.
    pub const CALL: usize = 0;

    pub const fn to_array(self) -> [u32; Words::COUNT] {
        [
            self.call,
            self.error,
            self.short,
            self.signal,
            self.delay_enter,
            self.delay_exit,
            self.first,
            self.last,
            self.step,
        ]
    }

    pub fn from_array(words: [u32; Words::COUNT]) -> Words {
        let [call, error, short, signal, delay_enter, delay_exit, first, last, step] = words;
        Words {
            call,
            error,
            short,
            signal,
            delay_enter,
            delay_exit,
            first,
            last,
            step,
        }
    }

    /// 0: it only counts.
    pub const fn effects(&self) -> u32 {
        self.sure_effects() | self.short
    }

    /// Those that hit whatever the call asks for.
    pub const fn sure_effects(&self) -> u32 {
        self.error | self.signal | self.delay_enter | self.delay_exit
    }

    /// Is it this call's turn? They are counted from 1.
    pub fn fits(&self, number: usize) -> bool {
        let (first, last, step) = (self.first as usize, self.last, self.step as usize);
        number >= first
            && (last == NO_END || number <= last as usize)
            // Another thread may be putting a rule here at this moment.
            && (number - first).checked_rem(step) == Some(0)
    }
}

impl Rule {
    /// The rule of a slot that nothing was put into.
    pub(super) const NONE: Rule = Rule(Words {
        call: 0,
        error: 0,
        short: 0,
        signal: 0,
        delay_enter: 0,
        delay_exit: 0,
        first: 0,
        last: 0,
        step: 0,
    });

    const fn new(call: u32) -> Rule {
        Rule(Words {
            call,
            first: 1,
            last: NO_END,
            step: 1,
            ..Rule::NONE.0
        })
    }

    /// A rule for one call. As it is, it only counts: `count`.
    ///
    /// # Panics
    /// If this architecture has no such call, or it does not come back: exit, exit_group, rt_sigreturn.
    #[inline]
    pub const fn of(nr: Sysno) -> Rule {
        assert!(nr.number() < ANY, "this architecture has no such call");
        assert!(comes_back(nr), "the call does not come back");
        Rule::new(nr.number())
    }

    /// A rule for all calls, which are counted together. As it is, it only counts: `count`.
    #[inline]
    pub const fn any() -> Rule {
        Rule::new(ANY)
    }

    /// `error=`: the call is not made, and fails.
    ///
    /// Give `EINTR` a turn ([`Rule::when`]): who was interrupted tries again, under a rule for all turns for ever.
    ///
    /// # Panics
    /// If the rule has a short count: a call that failed moved nothing.
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn error(mut self, errno: Errno) -> Rule {
        assert!(self.0.short == 0, "a call that fails has no count");
        self.0.error = errno.raw() as u32;
        self
    }

    /// `short=`: at most so many bytes are asked for.
    ///
    /// # Panics
    /// If that is 0, the rule has an error, or [the call has no length](super#short-counts).
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn short(mut self, bytes: u32) -> Rule {
        assert!(bytes > 0, "a read of nothing would tell the end of a file");
        assert!(self.0.error == 0, "a call that fails has no count");
        assert!(
            self.can_be_short(),
            "the call has no length, or may not be answered short"
        );
        self.0.short = bytes;
        self
    }

    /// `signal=`: the thread that makes the call is sent a signal first.
    ///
    /// # Panics
    /// If there is no such signal: they have the numbers from 1 to 64 (128 on MIPS).
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn signal(mut self, signal: Signal) -> Rule {
        assert!(
            signal.as_raw() > 0 && signal.as_raw() <= abi::_NSIG as i32,
            "there is no such signal"
        );
        self.0.signal = signal.as_raw() as u32;
        self
    }

    /// `delay_enter=`: waits before the call.
    ///
    /// # Panics
    /// If that is 0.
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn delay_enter(mut self, microseconds: u32) -> Rule {
        assert!(microseconds > 0, "a wait of 0 is none");
        self.0.delay_enter = microseconds;
        self
    }

    /// `delay_exit=`: waits after the call.
    ///
    /// # Panics
    /// If that is 0.
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn delay_exit(mut self, microseconds: u32) -> Rule {
        assert!(microseconds > 0, "a wait of 0 is none");
        self.0.delay_exit = microseconds;
        self
    }

    /// `when=FIRST`: only the call of this number, counted from 1.
    ///
    /// # Panics
    /// If it is 0 or `u32::MAX`.
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn when(mut self, number: u32) -> Rule {
        self.0.last = NO_END;
        self.since(number).until(number)
    }

    /// `when=FIRST+`: from this call on.
    ///
    /// # Panics
    /// If it is 0 or `u32::MAX`, or behind the last.
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn since(mut self, first: u32) -> Rule {
        assert!(first > 0, "calls are counted from 1");
        assert!(first < NO_END, "calls are counted up to 4294967294");
        assert!(first <= self.0.last, "the first call is behind the last");
        self.0.first = first;
        self
    }

    /// `when=..LAST`: up to this call and no further.
    ///
    /// # Panics
    /// If it is `u32::MAX` or before the first.
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn until(mut self, last: u32) -> Rule {
        assert!(last < NO_END, "calls are counted up to 4294967294");
        assert!(last >= self.0.first, "the last call is before the first");
        self.0.last = last;
        self
    }

    /// `when=+STEP`: each so many calls, beginning with the first.
    ///
    /// # Panics
    /// If it is 0 or `u32::MAX`.
    #[inline]
    #[must_use = "it returns the new rule"]
    pub const fn every(mut self, step: u32) -> Rule {
        assert!(step > 0, "a step of 0 goes nowhere");
        assert!(step < NO_END, "calls are counted up to 4294967294");
        self.0.step = step;
        self
    }

    /// The call that the rule is for; `None`: all.
    #[inline]
    pub const fn call(&self) -> Option<Sysno> {
        match self.0.call {
            ANY => None,
            call => Some(Sysno::new(call)),
        }
    }

    /// What the call fails with.
    #[inline]
    pub const fn errno(&self) -> Option<Errno> {
        Errno::from_raw(self.0.error as i32)
    }

    pub(super) const fn can_be_short(&self) -> bool {
        self.0.call == ANY || short::length(Sysno::new(self.0.call)).is_some()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule(words) = self;
        match self.call() {
            None => f.write_str("any")?,
            Some(nr) => write!(f, "{nr:?}")?,
        }
        if let Some(errno) = self.errno() {
            match errno.name() {
                Some(name) => write!(f, ":error={name}")?,
                None => write!(f, ":error={}", words.error)?,
            }
        }
        if words.signal != 0 {
            match Signal::from_raw(words.signal as i32).name() {
                Some(name) => write!(f, ":signal={name}")?,
                None => write!(f, ":signal={}", words.signal)?,
            }
        }
        for (name, number) in [
            ("short", words.short),
            ("delay_enter", words.delay_enter),
            ("delay_exit", words.delay_exit),
        ] {
            if number != 0 {
                write!(f, ":{name}={number}")?;
            }
        }
        if words.effects() == 0 {
            f.write_str(":count")?;
        }
        let Words { first, last, step, .. } = *words;
        if (first, last, step) == (1, NO_END, 1) {
            return Ok(());
        }
        write!(f, ":when={first}")?;
        if last != NO_END && (last, step) != (first, 1) {
            write!(f, "..{last}")?;
        }
        match step {
            1 if last == NO_END => f.write_str("+"),
            1 => Ok(()),
            step => write!(f, "+{step}"),
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({self})")
    }
}

/// A rule, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleCount {
    /// The rule.
    pub rule: Rule,
    /// The calls that it was for, whether or not it was their turn.
    pub calls: usize,
    /// The calls to which it did something.
    pub hits: usize,
}

/// `write:error=EINTR:when=3: 1 of 5 calls`
impl fmt::Display for RuleCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RuleCount { rule, calls, hits } = self;
        write!(f, "{rule}: {hits} of {calls} calls")
    }
}
