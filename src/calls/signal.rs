//! Signals: their names and sets, sending them, keeping them out.

use core::fmt;
use core::mem::MaybeUninit;
use core::ptr;

use crate::arch::generic::names::every_signal;
use crate::arch::{abi, signal};
use crate::calls::process::{Pid, Target};
use crate::reg::{Arg, Reg, Regs};
use crate::sysno::*;
use crate::{Result, call};

/// A signal's number on this architecture.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(i32);

impl Signal {
    /// No signal, 0: [`sys_kill`] and [`sys_tgkill`] send nothing then, and only say whether they could.
    pub const NONE: Signal = Signal(0);

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
    #[inline]
    pub fn name(self) -> Option<&'static str> {
        signal::TABLE
            .iter()
            .find(|(_, number)| *number as i32 == self.0)
            .map(|(name, _)| *name)
    }
}

/// `SIGINT`, or the number where there is no name.
impl fmt::Debug for Signal {
    #[inline]
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

/// A set of signals: the kernel's `sigset_t`, which libc's larger one begins with.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sigset([usize; SIGSET_WORDS]);

const SIGSET_WORDS: usize = abi::_NSIG / usize::BITS as usize;

impl Sigset {
    /// No signal.
    #[inline(always)]
    pub const fn empty() -> Sigset {
        Sigset([0; SIGSET_WORDS])
    }

    /// Every signal. Blocking it leaves out SIGKILL and SIGSTOP, which nothing keeps out.
    #[inline(always)]
    pub const fn full() -> Sigset {
        Sigset([usize::MAX; SIGSET_WORDS])
    }

    /// The set with `signal` in it. A number that is no signal changes nothing.
    #[inline]
    #[must_use = "it returns the new set"]
    pub const fn with(mut self, signal: Signal) -> Sigset {
        if let Some((word, bit)) = Sigset::place(signal) {
            self.0[word] |= bit;
        }
        self
    }

    /// The set without `signal`.
    #[inline]
    #[must_use = "it returns the new set"]
    pub const fn without(mut self, signal: Signal) -> Sigset {
        if let Some((word, bit)) = Sigset::place(signal) {
            self.0[word] &= !bit;
        }
        self
    }

    /// Puts `signal` into the set.
    #[inline]
    pub const fn add(&mut self, signal: Signal) {
        *self = self.with(signal);
    }

    /// Takes `signal` out of the set.
    #[inline]
    pub const fn remove(&mut self, signal: Signal) {
        *self = self.without(signal);
    }

    /// True if `signal` is in the set.
    #[inline]
    pub const fn contains(&self, signal: Signal) -> bool {
        match Sigset::place(signal) {
            Some((word, bit)) => self.0[word] & bit != 0,
            None => false,
        }
    }

    /// The signals of the set, by number.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Signal> {
        let set = *self;
        (1..=abi::_NSIG as i32)
            .map(Signal)
            .filter(move |signal| set.contains(*signal))
    }

    /// The kernel's words; the signal `n` is bit `n - 1`, counted through words of `unsigned long`.
    #[inline(always)]
    pub(crate) const fn words(self) -> [usize; abi::_NSIG / usize::BITS as usize] {
        self.0
    }

    /// The inverse of [`Sigset::words`].
    #[inline(always)]
    pub(crate) const fn from_words(words: [usize; abi::_NSIG / usize::BITS as usize]) -> Sigset {
        Sigset(words)
    }

    #[inline]
    const fn place(signal: Signal) -> Option<(usize, usize)> {
        let bit = (signal.0 as usize).wrapping_sub(1);
        if bit < abi::_NSIG {
            Some((bit / usize::BITS as usize, 1 << (bit % usize::BITS as usize)))
        } else {
            None
        }
    }
}

impl Default for Sigset {
    #[inline]
    fn default() -> Sigset {
        Sigset::empty()
    }
}

impl FromIterator<Signal> for Sigset {
    #[inline]
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> Sigset {
        signals.into_iter().fold(Sigset::empty(), Sigset::with)
    }
}

impl fmt::Debug for Sigset {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

values! {
    /// What [`sys_rt_sigprocmask`] does with the set.
    pub type MaskHow = MaskHowFamily(u32) {
        /// Block the set's signals too.
        SIG_BLOCK = abi::SIG_BLOCK,
        /// Block the set's signals no longer.
        SIG_UNBLOCK = abi::SIG_UNBLOCK,
        /// Block the set's signals and no others.
        SIG_SETMASK = abi::SIG_SETMASK,
    }
}

values! {
    /// The timers of a process, for [`sys_setitimer`].
    pub type Itimer = ItimerFamily(u32) {
        /// Counts real time, and sends SIGALRM.
        ITIMER_REAL = 0,
        /// Counts the process's CPU time in user mode, and sends SIGVTALRM.
        ITIMER_VIRTUAL = 1,
        /// Counts the process's CPU time, and sends SIGPROF.
        ITIMER_PROF = 2,
    }
}

/// What a timer of [`sys_setitimer`] does: the kernel's `struct __kernel_old_itimerval`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Itimerval {
    /// What follows each expiration; zero: it expires once.
    pub it_interval: Timeval,
    /// Until the next expiration; zero: it is off.
    pub it_value: Timeval,
}

pub use abi::Timeval;

/// kill(2): sends `signal` to a process, a group, or all; see [`Target`]. [`Signal::NONE`] sends nothing, and only
/// says whether it could be sent.
///
/// # Errors
/// - `ESRCH`: no such process or group (a zombie is one), or the number is not positive.
/// - `EPERM`: none of the processes is ours to signal.
/// - `EINVAL`: there is no such signal.
///
/// # Kernel
/// Since Linux 1.0, the same on every architecture. Source: kill(2).
#[inline]
pub fn sys_kill(target: impl Into<Target>, signal: Signal) -> Result<()> {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: SYS_kill, target.into(), signal) }
}

/// tgkill(2): sends `signal` to the thread `tid` of the process `tgid`.
///
/// # Errors
/// - `ESRCH`: the process has no such thread.
/// - `EPERM`: the process is not ours to signal.
/// - `EINVAL`: there is no such signal, or one of the numbers is not positive.
/// - `EAGAIN`: a real-time signal, and the queue is full (RLIMIT_SIGPENDING).
///
/// # Kernel
/// Since Linux 2.5.75, the same on every architecture. Source: tgkill(2).
#[inline]
pub fn sys_tgkill(tgid: Pid, tid: Pid, signal: Signal) -> Result<()> {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: SYS_tgkill, tgid, tid, signal) }
}

/// rt_sigprocmask(2): changes which signals this thread blocks, and returns the set that it blocked before. With
/// `None` nothing is changed.
///
/// A blocked signal waits until it is blocked no longer. SIGKILL and SIGSTOP cannot be blocked, and are left out
/// silently.
///
/// # Errors
/// `EINVAL`: `how` is none of the three.
///
/// # Kernel
/// Since Linux 2.2. The set has 64 bits, on mips 128. Source: sigprocmask(2).
#[inline]
pub fn sys_rt_sigprocmask(how: MaskHow, set: Option<&Sigset>) -> Result<Sigset> {
    let mut old = MaybeUninit::<Sigset>::uninit();
    let set = set.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the kernel reads one set if there is one, and writes one.
    let answer: Result<()> =
        unsafe { call!(never_blocks: SYS_rt_sigprocmask, how, set, old.as_mut_ptr(), size_of::<Sigset>()) };
    // SAFETY: it has written it.
    answer.map(|()| unsafe { old.assume_init() })
}

/// setitimer(2): sets one of the process's three timers, and returns what it was set to: its interval, and the time
/// that was left.
///
/// The signal that it sends ends the process unless a handler is installed. fork(2)'s child has no timer; execve(2)
/// keeps it.
///
/// # Errors
/// `EINVAL`: there is no such timer, or a `tv_usec` is not within `0..=999_999`.
///
/// # Kernel
/// Since Linux 1.0. Source: setitimer(2).
#[inline]
pub fn sys_setitimer(which: Itimer, new: &Itimerval) -> Result<Itimerval> {
    let mut old = MaybeUninit::<Itimerval>::uninit();
    // SAFETY: the kernel reads one itimerval and writes another.
    let answer: Result<()> = unsafe { call!(never_blocks: SYS_setitimer, which, ptr::from_ref(new), old.as_mut_ptr()) };
    // SAFETY: it has written it.
    answer.map(|()| unsafe { old.assume_init() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_is_put_into_them() {
        let last = Signal(abi::_NSIG as i32);
        let mut set = Sigset::empty().with(SIGINT).with(last);
        assert!(set.contains(SIGINT) && set.contains(last) && !set.contains(SIGTERM));
        assert!(set.iter().eq([SIGINT, last]));
        set.remove(SIGINT);
        assert_eq!(set, [last].into_iter().collect());
        assert_eq!(Sigset::full().iter().count(), abi::_NSIG);
    }

    #[test]
    fn numbers_that_are_no_signals_are_in_no_set() {
        for number in [0, -1, i32::MIN, abi::_NSIG as i32 + 1] {
            assert_eq!(Sigset::empty().with(Signal(number)), Sigset::empty());
            assert!(!Sigset::full().contains(Signal(number)));
        }
    }
}
