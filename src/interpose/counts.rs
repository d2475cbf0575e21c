//! How often each call was made, how often it failed, and how long it took, as `strace -c -w` tells.

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;

use super::span::Span;
use crate::arch::nr;
use crate::sysno::Sysno;

/// Each call that this architecture has is counted by its place in the table. All others share one.
const CALLS: usize = nr::TABLE.len();

/// Counts of calls, for a static: `static COUNTS: Counts = Counts::new();`. It takes about 10 KB.
///
/// ```
/// use core::time::Duration;
/// use rawtrap::interpose::{Count, Counts};
/// use rawtrap::{SYS_close, SYS_write};
///
/// let counts = Counts::new();
/// counts.add(SYS_write, false, Duration::from_micros(30));
/// counts.add(SYS_write, true, Duration::from_micros(10));
/// counts.add(SYS_close, false, Duration::from_micros(60));
/// let Count { calls, errors, time } = counts.of(SYS_write);
/// assert_eq!((calls, errors, time), (2, 1, Duration::from_micros(40)));
/// let report = counts.to_string();
/// let lines: Vec<&str> = report.lines().collect();
/// assert_eq!(lines[0], "% time     seconds  usecs/call     calls    errors syscall");
/// assert_eq!(lines[2], " 60.00    0.000060          60         1           close");
/// assert_eq!(lines[3], " 40.00    0.000040          20         2         1 write");
/// assert_eq!(lines[5], "100.00    0.000100          33         3         1 total");
/// ```
pub struct Counts([Counter; CALLS + 1]);

/// What was counted of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How often it was made.
    pub calls: usize,
    /// How often it failed.
    pub errors: usize,
    /// How long all of them took.
    pub time: Duration,
}

struct Counter {
    calls: AtomicUsize,
    errors: AtomicUsize,
    time: Span,
}

impl Counter {
    const fn new() -> Counter {
        Counter {
            calls: AtomicUsize::new(0),
            errors: AtomicUsize::new(0),
            time: Span::new(),
        }
    }

    fn read(&self) -> Count {
        Count {
            calls: self.calls.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            time: self.time.read(),
        }
    }
}

impl Counts {
    /// Nothing was counted yet.
    #[inline]
    pub const fn new() -> Counts {
        Counts([const { Counter::new() }; CALLS + 1])
    }

    /// Counts one call.
    #[inline]
    pub fn add(&self, nr: Sysno, failed: bool, time: Duration) {
        let counter = self.counter(nr);
        counter.calls.fetch_add(1, Ordering::Relaxed);
        if failed {
            counter.errors.fetch_add(1, Ordering::Relaxed);
        }
        counter.time.add(time);
    }

    /// What was counted of one call. All calls that this architecture does not have are one.
    #[inline]
    pub fn of(&self, nr: Sysno) -> Count {
        self.counter(nr).read()
    }

    fn counter(&self, nr: Sysno) -> &Counter {
        &self.0[nr.place().unwrap_or(CALLS)]
    }
}

impl Default for Counts {
    #[inline]
    fn default() -> Counts {
        Counts::new()
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
        let mut total = Count::default();
        for count in self.0.iter().map(Counter::read) {
            total.calls += count.calls;
            total.errors += count.errors;
            total.time += count.time;
        }
        f.write_str("% time     seconds  usecs/call     calls    errors syscall\n")?;
        f.write_str(RULE)?;
        let mut last = None;
        while let Some((time, place)) = self.next(last) {
            let count = self.0[place].read();
            row(f, Count { time, ..count }, total.time)?;
            match nr::TABLE.get(place) {
                Some((_, number)) => writeln!(f, "{:?}", Sysno::new(*number))?,
                None => f.write_str("others\n")?,
            }
            last = Some((time, place));
        }
        f.write_str(RULE)?;
        row(f, total, total.time)?;
        f.write_str("total\n")
    }
}

impl Counts {
    /// The place with the next shorter time, or with the same and a later place. Calls that are counted meanwhile may be
    /// missed or come twice.
    fn next(&self, last: Option<(Duration, usize)>) -> Option<(Duration, usize)> {
        let mut next: Option<(Duration, usize)> = None;
        for (place, counter) in self.0.iter().enumerate() {
            let Count { calls, time, .. } = counter.read();
            let later = last.is_none_or(|(limit, before)| time < limit || time == limit && place > before);
            if calls != 0 && later && next.is_none_or(|(best, _)| time > best) {
                next = Some((time, place));
            }
        }
        next
    }
}

fn row(f: &mut fmt::Formatter<'_>, count: Count, all: Duration) -> fmt::Result {
    const SECOND: u64 = 1_000_000_000;
    let Count { calls, errors, time } = count;
    let (time, all) = (time.as_nanos() as u64, all.as_nanos() as u64);
    let share = (u128::from(time) * 10_000).checked_div(all.into()).unwrap_or(0) as u64;
    let (second, micro) = (time / SECOND, time / 1000);
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
