//! Clocks and sleeping.
//!
//! Seconds have 64 bits on every architecture, and no time ends in 2038. Where registers have 32 bits, Linux has calls
//! for that since 5.1 (clock_gettime64, clock_nanosleep_time64, futex_time64, ppoll_time64, pselect6_time64,
//! utimensat_time64), and those are made: on an older kernel they answer `ENOSYS`, and so do the functions that stand on
//! them, such as [`sleep`](crate::sleep). Machines with 64-bit registers need no newer kernel than each call says.

use core::mem::MaybeUninit;
use core::num::TryFromIntError;
use core::ptr;
use core::time::Duration;

use crate::Result;
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

/// A time or a span of time: the kernel's `struct __kernel_timespec`, with 64-bit seconds on every architecture.
///
/// The kernel wants `tv_nsec` within `0..=999_999_999`; the order is that of the times for as long as it is.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timespec {
    /// Whole seconds.
    pub tv_sec: i64,
    /// Nanoseconds on top of them.
    pub tv_nsec: i64,
}

const NANOSECONDS: i64 = 1_000_000_000;

impl Timespec {
    /// This time and `span` more, or `None` if that is beyond what 64-bit seconds hold.
    #[inline]
    pub const fn checked_add(self, span: Duration) -> Option<Timespec> {
        let Some(mut tv_sec) = self.tv_sec.checked_add_unsigned(span.as_secs()) else {
            return None;
        };
        let Some(mut tv_nsec) = self.tv_nsec.checked_add(span.subsec_nanos() as i64) else {
            return None;
        };
        if tv_nsec >= NANOSECONDS {
            tv_nsec -= NANOSECONDS;
            match tv_sec.checked_add(1) {
                Some(sec) => tv_sec = sec,
                None => return None,
            }
        }
        Some(Timespec { tv_sec, tv_nsec })
    }

    /// What passed since `earlier`, or `None` if that is not earlier.
    #[inline]
    pub fn duration_since(self, earlier: Timespec) -> Option<Duration> {
        let (mut tv_sec, mut tv_nsec) = (
            self.tv_sec.checked_sub(earlier.tv_sec)?,
            self.tv_nsec.checked_sub(earlier.tv_nsec)?,
        );
        if tv_nsec < 0 {
            tv_sec = tv_sec.checked_sub(1)?;
            tv_nsec += NANOSECONDS;
        }
        Duration::try_from(Timespec { tv_sec, tv_nsec }).ok()
    }
}

/// A span beyond what 64-bit seconds hold becomes the longest that they do.
impl From<Duration> for Timespec {
    #[inline]
    fn from(span: Duration) -> Timespec {
        Timespec {
            tv_sec: i64::try_from(span.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: span.subsec_nanos().into(),
        }
    }
}

/// Refused if it is negative.
impl TryFrom<Timespec> for Duration {
    type Error = TryFromIntError;

    #[inline]
    fn try_from(time: Timespec) -> core::result::Result<Duration, TryFromIntError> {
        Ok(Duration::new(time.tv_sec.try_into()?, time.tv_nsec.try_into()?))
    }
}

values! {
    /// A clock (clock_getres(2) tells them apart). The CPU time of another process has a number of its own.
    pub type ClockId = ClockIdFamily(i32) {
        /// Time of day, counted from 1970 in UTC. It can be set, and jumps then.
        CLOCK_REALTIME = 0,
        /// Since some point in the past, usually boot. It never goes back, and stands still while the system sleeps.
        CLOCK_MONOTONIC = 1,
        /// The CPU time of this process.
        CLOCK_PROCESS_CPUTIME_ID = 2,
        /// The CPU time of this thread.
        CLOCK_THREAD_CPUTIME_ID = 3,
        /// As CLOCK_MONOTONIC, and never slewed by adjtime(3).
        CLOCK_MONOTONIC_RAW = 4,
        /// As CLOCK_REALTIME at the last timer tick: cheaper, and coarse.
        CLOCK_REALTIME_COARSE = 5,
        /// As CLOCK_MONOTONIC at the last timer tick.
        CLOCK_MONOTONIC_COARSE = 6,
        /// As CLOCK_MONOTONIC, and goes on while the system sleeps.
        CLOCK_BOOTTIME = 7,
        /// As CLOCK_REALTIME; a sleep on it wakes a sleeping system.
        CLOCK_REALTIME_ALARM = 8,
        /// As CLOCK_BOOTTIME; a sleep on it wakes a sleeping system.
        CLOCK_BOOTTIME_ALARM = 9,
        /// International atomic time: as CLOCK_REALTIME without leap seconds.
        CLOCK_TAI = 11,
    }
}

flags! {
    /// How a time that is passed to a timer is meant.
    pub type TimerFlags = TimerFlagsFamily(u32) {
        /// As a point on the clock, and not as a span from now.
        TIMER_ABSTIME = 1,
    }
}

/// The register for a time that the kernel may fill: null where nobody wants it.
#[inline]
fn remainder(remain: Option<&mut Timespec>) -> *mut Timespec {
    remain.map_or(ptr::null_mut(), ptr::from_mut)
}

/// clock_gettime(2): what `clock` says.
///
/// # Errors
/// - `EINVAL`: there is no such clock, or no such process for a clock of CPU time.
/// - `ENODEV`: the clock is a device that was unplugged.
///
/// # Kernel
/// Since Linux 2.6; where registers have 32 bits this is clock_gettime64, of Linux 5.1. A libc asks the vDSO, without a
/// trap; this is the trap. Source: clock_gettime(2).
#[inline]
pub fn sys_clock_gettime(clock: ClockId) -> Result<Timespec> {
    let mut time = MaybeUninit::<Timespec>::uninit();
    // SAFETY: the kernel writes one timespec.
    let answer: Result<()> = unsafe { call!(never_blocks: wide::SYS_clock_gettime, clock, time.as_mut_ptr()) };
    // SAFETY: it has written it.
    answer.map(|()| unsafe { time.assume_init() })
}

blocking! {
    /// nanosleep(2): sleeps for at least `request`, by CLOCK_MONOTONIC.
    ///
    /// On `EINTR` the time that was left is put into `remain`. Sleeping again for what is left drifts a little with
    /// each signal; [`sleep`](crate::sleep) does not.
    ///
    /// # Errors
    /// - `EINTR`: a signal handler ran; `remain` is set, and only then.
    /// - `EINVAL`: `tv_nsec` is not within `0..=999_999_999`, or `tv_sec` is negative.
    ///
    /// # Kernel
    /// Since Linux 2.0. Where registers have 32 bits this is [`sys_clock_nanosleep`] on CLOCK_MONOTONIC, as nanosleep(2) has
    /// 32-bit seconds there. Source: nanosleep(2).
    #[inline]
    pub fn sys_nanosleep(request: &Timespec, remain: Option<&mut Timespec>) -> Result<()> {
        if wide::NANOSLEEP_BY_CLOCK {
            return sys_clock_nanosleep(CLOCK_MONOTONIC, TimerFlags::empty(), request, remain);
        }
        // SAFETY: the kernel reads one timespec, and writes one where it was lent one.
        unsafe { call!(blocks: SYS_nanosleep, ptr::from_ref(request), remainder(remain)) }
    }

    /// clock_nanosleep(2): sleeps for at least `request` by `clock`, or with [`TIMER_ABSTIME`] until `clock` says
    /// `request`, not at all if that is past.
    ///
    /// On `EINTR` the time that was left of a span is put into `remain`. After an interrupted [`TIMER_ABSTIME`] it is
    /// left alone: the same call again is right, so [`retry`](crate::retry) may be used.
    ///
    /// # Errors
    /// The kernel's -errno comes back as any other's; only libc's function returns it as a positive number.
    /// - `EINTR`: a signal handler ran.
    /// - `EINVAL`: `tv_nsec` is not within `0..=999_999_999`, `tv_sec` is negative, or there is no such clock.
    /// - `EOPNOTSUPP`: nobody can sleep by this clock: CLOCK_THREAD_CPUTIME_ID, and the coarse and raw ones. (libc
    ///   answers `EINVAL` for the first, without asking the kernel.)
    /// - `EPERM`: an alarm clock, without `CAP_WAKE_ALARM`.
    ///
    /// # Kernel
    /// Since Linux 2.6; where registers have 32 bits this is clock_nanosleep_time64, of Linux 5.1. Source:
    /// clock_nanosleep(2).
    #[inline]
    pub fn sys_clock_nanosleep(
        clock: ClockId,
        flags: TimerFlags,
        request: &Timespec,
        remain: Option<&mut Timespec>,
    ) -> Result<()> {
        // SAFETY: as for nanosleep(2).
        unsafe {
            call!(
                blocks: wide::SYS_clock_nanosleep,
                clock,
                flags,
                ptr::from_ref(request),
                remainder(remain)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(tv_sec: i64, tv_nsec: i64) -> Timespec {
        Timespec { tv_sec, tv_nsec }
    }

    #[test]
    fn adding_carries_and_is_checked() {
        let half = Duration::from_millis(500);
        assert_eq!(at(1, 600_000_000).checked_add(half), Some(at(2, 100_000_000)));
        assert_eq!(at(-1, 0).checked_add(half), Some(at(-1, 500_000_000)));
        assert_eq!(at(i64::MAX, 600_000_000).checked_add(half), None);
        assert_eq!(at(0, 0).checked_add(Duration::MAX), None);
        assert_eq!(
            at(i64::MIN, 0).checked_add(Duration::new(u64::MAX, 0)),
            Some(at(i64::MAX, 0))
        );
    }

    #[test]
    fn differences_borrow_and_are_never_negative() {
        assert_eq!(
            at(3, 100_000_000).duration_since(at(1, 600_000_000)),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(at(1, 0).duration_since(at(1, 1)), None);
        assert_eq!(at(i64::MAX, 0).duration_since(at(-1, 0)), None);
    }

    #[test]
    fn durations_convert_both_ways() {
        let span = Duration::new(5, 7);
        assert_eq!(Timespec::from(span), at(5, 7));
        assert_eq!(Duration::try_from(at(5, 7)), Ok(span));
        assert_eq!(Timespec::from(Duration::MAX), at(i64::MAX, 999_999_999));
        assert!(Duration::try_from(at(-1, 0)).is_err() && Duration::try_from(at(0, -1)).is_err());
    }
}
