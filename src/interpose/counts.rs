//! How often each call was made, how often it failed, and how long it took, as `strace -c -w` tells.

use core::fmt;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use core::time::Duration;

use crate::sysno::Sysno;

/// Numbers below this have a place of their own; no architecture has a call beyond it. All others share one.
pub(super) const CALLS: usize = 512;

/// Counts of calls, for a static: `static COUNTS: Counts = Counts::new();`. It takes 10 KB.
///
/// ```
/// use core::time::Duration;
/// use rawtrap::interpose::Counts;
/// use rawtrap::{SYS_close, SYS_write};
///
/// let counts = Counts::new();
/// counts.add(SYS_write, false, Duration::from_micros(30));
/// counts.add(SYS_write, true, Duration::from_micros(10));
/// counts.add(SYS_close, false, Duration::from_micros(60));
/// assert_eq!(counts.of(SYS_write), (2, 1, Duration::from_micros(40)));
/// let report = counts.to_string();
/// let lines: Vec<&str> = report.lines().collect();
/// assert_eq!(lines[0], "% time     seconds  usecs/call     calls    errors syscall");
/// assert_eq!(lines[2], " 60.00    0.000060          60         1           close");
/// assert_eq!(lines[3], " 40.00    0.000040          20         2         1 write");
/// assert_eq!(lines[5], "100.00    0.000100          33         3         1 total");
/// ```
pub struct Counts([Count; CALLS + 1]);

struct Count {
    calls: AtomicUsize,
    errors: AtomicUsize,
    seconds: AtomicU32,
    /// Less than a second, but for the moment between reaching it and being carried.
    nanoseconds: AtomicU32,
}

const SECOND: u32 = 1_000_000_000;

impl Count {
    fn read(&self) -> (usize, usize, Duration) {
        let seconds = self.seconds.load(Ordering::Relaxed);
        let time = Duration::new(seconds.into(), self.nanoseconds.load(Ordering::Relaxed));
        (
            self.calls.load(Ordering::Relaxed),
            self.errors.load(Ordering::Relaxed),
            time,
        )
    }
}

impl Counts {
    /// Nothing was counted yet.
    #[inline]
    #[allow(clippy::new_without_default)] // it is made for statics
    pub const fn new() -> Counts {
        Counts(
            [const {
                Count {
                    calls: AtomicUsize::new(0),
                    errors: AtomicUsize::new(0),
                    seconds: AtomicU32::new(0),
                    nanoseconds: AtomicU32::new(0),
                }
            }; CALLS + 1],
        )
    }

    /// Counts one call.
    #[inline]
    pub fn add(&self, nr: Sysno, failed: bool, time: Duration) {
        let count = self.place(nr);
        count.calls.fetch_add(1, Ordering::Relaxed);
        if failed {
            count.errors.fetch_add(1, Ordering::Relaxed);
        }
        let mut seconds = time.as_secs() as u32;
        let nanoseconds = time.subsec_nanos();
        // Two parts of less than a second each fit, and so do those of two more threads that come in between.
        let before = count.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
        if before < SECOND && before + nanoseconds >= SECOND {
            count.nanoseconds.fetch_sub(SECOND, Ordering::Relaxed);
            seconds += 1;
        }
        if seconds != 0 {
            count.seconds.fetch_add(seconds, Ordering::Relaxed);
        }
    }

    /// Calls, errors and time of one call.
    #[inline]
    pub fn of(&self, nr: Sysno) -> (usize, usize, Duration) {
        self.place(nr).read()
    }

    fn place(&self, nr: Sysno) -> &Count {
        &self.0[(nr.number() as usize).min(CALLS)]
    }
}

impl fmt::Debug for Counts {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counts")
    }
}

/// The table that `strace -c` prints, the longest time first.
impl fmt::Display for Counts {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const RULE: &str = "------ ----------- ----------- --------- --------- ----------------\n";
        let mut total = (0, 0, Duration::ZERO);
        for count in &self.0 {
            let (calls, errors, time) = count.read();
            total = (total.0 + calls, total.1 + errors, total.2 + time);
        }
        f.write_str("% time     seconds  usecs/call     calls    errors syscall\n")?;
        f.write_str(RULE)?;
        let mut last = None;
        while let Some((time, place)) = self.next(last) {
            let (calls, errors, _) = self.0[place].read();
            row(f, (calls, errors, time), total.2)?;
            if place == CALLS {
                f.write_str("others\n")?;
            } else {
                writeln!(f, "{:?}", Sysno::new(place as u32))?;
            }
            last = Some((time, place));
        }
        f.write_str(RULE)?;
        row(f, total, total.2)?;
        f.write_str("total\n")
    }
}

impl Counts {
    /// The place with the next shorter time, or with the same and a higher number. Calls that are counted meanwhile may be
    /// missed or come twice.
    fn next(&self, last: Option<(Duration, usize)>) -> Option<(Duration, usize)> {
        let mut next: Option<(Duration, usize)> = None;
        for (place, count) in self.0.iter().enumerate() {
            let (calls, _, time) = count.read();
            let later = last.is_none_or(|(limit, before)| time < limit || time == limit && place > before);
            if calls != 0 && later && next.is_none_or(|(best, _)| time > best) {
                next = Some((time, place));
            }
        }
        next
    }
}

fn row(f: &mut fmt::Formatter<'_>, (calls, errors, time): (usize, usize, Duration), all: Duration) -> fmt::Result {
    let (time, all) = (time.as_nanos() as u64, all.as_nanos() as u64);
    let share = (u128::from(time) * 10_000).checked_div(all.into()).unwrap_or(0) as u64;
    let (second, micro) = (time / u64::from(SECOND), time / 1000);
    let each = micro.checked_div(calls as u64).unwrap_or(0);
    write!(
        f,
        "{:>3}.{:02} {:>4}.{:06} {each:>11} {calls:>9} ",
        share / 100,
        share % 100,
        second,
        micro % 1_000_000
    )?;
    if errors == 0 {
        write!(f, "{:>9} ", "")
    } else {
        write!(f, "{errors:>9} ")
    }
}
