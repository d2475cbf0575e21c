//! Sleeping for as long as was asked.

use core::time::Duration;

use crate::{CLOCK_MONOTONIC, Result, TIMER_ABSTIME, Timespec, retry, sys_clock_gettime, sys_clock_nanosleep};

/// Sleeps for at least `span`, however many signals come in between.
///
/// It sleeps until a point in time, so that nothing adds up when it goes on after a signal.
///
/// # Errors
/// None on Linux, unless a filter forbids one of the two calls, [`sys_clock_gettime`] and [`sys_clock_nanosleep`].
#[inline]
pub fn sleep(span: Duration) -> Result<()> {
    let end = sys_clock_gettime(CLOCK_MONOTONIC)?
        .checked_add(span)
        .unwrap_or(Timespec {
            tv_sec: i64::MAX,
            tv_nsec: 0,
        });
    retry(|| sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, None))
}
