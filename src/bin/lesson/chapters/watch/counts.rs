//! How often each call was made, how often it failed, and how long it took: `-c`.

use core::fmt::{self, Write};
use core::time::Duration;

use rawtrap::tables::native::nr::TABLE;
use rawtrap::{CLOCK_MONOTONIC, Sysno, Timespec, sys_clock_gettime};

use super::options::place;

#[derive(Clone, Copy, Default)]
struct Count {
    calls: u32,
    errors: u32,
    time: Duration,
}

/// One count for each call of the table, and the last for all that it does not know.
pub struct Counts([Count; TABLE.len() + 1]);

const RULE: &str = "------ ----------- ----------- --------- --------- ----------------";

/// Now, to measure how long a call takes: by the wall, so that time in which it sleeps counts too.
pub fn now() -> Option<Timespec> {
    sys_clock_gettime(CLOCK_MONOTONIC).ok()
}

impl Counts {
    pub fn new() -> Counts {
        Counts([Count::default(); TABLE.len() + 1])
    }

    /// A call that began at `since` has come back.
    pub fn add(&mut self, nr: Sysno, since: Option<Timespec>, failed: bool) {
        let count = &mut self.0[place(nr).unwrap_or(TABLE.len())];
        count.calls += 1;
        count.errors += u32::from(failed);
        let took = now().zip(since).and_then(|(now, since)| now.duration_since(since));
        count.time += took.unwrap_or_default();
    }

    /// The table, what took longest first.
    pub fn print(&mut self, out: &mut impl Write) -> fmt::Result {
        let all = self.0.iter().fold(Count::default(), |all, count| Count {
            calls: all.calls + count.calls,
            errors: all.errors + count.errors,
            time: all.time + count.time,
        });
        writeln!(
            out,
            "% time     seconds  usecs/call     calls    errors syscall\n{RULE}"
        )?;
        while let Some((place, count)) = self
            .0
            .iter()
            .enumerate()
            .filter(|(_, count)| count.calls > 0)
            .max_by_key(|(_, count)| count.time)
        {
            let name = TABLE.get(place).map_or("unknown", |(name, _)| name);
            row(out, *count, all.time, name.strip_prefix("SYS_").unwrap_or(name))?;
            self.0[place] = Count::default();
        }
        writeln!(out, "{RULE}")?;
        row(out, all, all.time, "total")
    }
}

fn row(out: &mut impl Write, count: Count, all: Duration, name: &str) -> fmt::Result {
    let (micros, whole) = (count.time.as_micros() as u64, all.as_nanos().max(1) as u64);
    let share = (count.time.as_nanos() as u64).saturating_mul(10_000) / whole;
    write!(out, "{:>3}.{:02} ", share / 100, share % 100)?;
    write!(out, "{:>4}.{:06} ", micros / 1_000_000, micros % 1_000_000)?;
    write!(
        out,
        "{:>11} {:>9} ",
        micros / u64::from(count.calls.max(1)),
        count.calls
    )?;
    match count.errors {
        0 => writeln!(out, "{:9} {name}", ""),
        errors => writeln!(out, "{errors:>9} {name}"),
    }
}
