//! A span of time that many threads add to, none of which may wait for another.

use core::time::Duration;

#[cfg(target_has_atomic = "64")]
pub(super) use Whole as Span;

#[cfg(not(target_has_atomic = "64"))]
pub(super) use Halves as Span;

/// Nanoseconds, for 584 years.
#[cfg(target_has_atomic = "64")]
pub(super) struct Whole(core::sync::atomic::AtomicU64);

#[cfg(target_has_atomic = "64")]
impl Whole {
    pub(super) const fn new() -> Whole {
        Whole(core::sync::atomic::AtomicU64::new(0))
    }

    pub(super) fn add(&self, time: Duration) {
        self.0
            .fetch_add(time.as_nanos() as u64, core::sync::atomic::Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Duration {
        Duration::from_nanos(self.0.load(core::sync::atomic::Ordering::Relaxed))
    }
}

/// Where no 64 bits can be changed at once. Who reads while a second is carried may miss it.
#[cfg(any(test, not(target_has_atomic = "64")))]
pub(super) struct Halves {
    seconds: core::sync::atomic::AtomicU32,
    /// Always less than a second.
    nanoseconds: core::sync::atomic::AtomicU32,
}

#[cfg(any(test, not(target_has_atomic = "64")))]
impl Halves {
    pub(super) const fn new() -> Halves {
        Halves {
            seconds: core::sync::atomic::AtomicU32::new(0),
            nanoseconds: core::sync::atomic::AtomicU32::new(0),
        }
    }

    pub(super) fn add(&self, time: Duration) {
        use core::sync::atomic::Ordering::Relaxed;
        const SECOND: u32 = 1_000_000_000;
        let sum = |before: u32| before + time.subsec_nanos();
        // Which part is stored and whether a second is carried is settled at once.
        let before = self
            .nanoseconds
            .fetch_update(Relaxed, Relaxed, |before| Some(sum(before) % SECOND));
        let carried = u32::from(before.is_ok_and(|before| sum(before) >= SECOND));
        self.seconds
            .fetch_add((time.as_secs() as u32).wrapping_add(carried), Relaxed);
    }

    pub(super) fn read(&self) -> Duration {
        use core::sync::atomic::Ordering::Relaxed;
        Duration::new(self.seconds.load(Relaxed).into(), self.nanoseconds.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// Each thread adds so much that a second is carried nearly each time.
    fn storm(add: impl Fn(Duration) + Sync) -> Duration {
        const THREADS: u32 = 4;
        const EACH: u32 = 100_000;
        let span = Duration::from_millis(900);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| (0..EACH).for_each(|_| add(span)));
            }
        });
        span * THREADS * EACH
    }

    #[test]
    #[cfg(target_has_atomic = "64")]
    fn a_storm_loses_nothing() {
        let time = Whole::new();
        assert_eq!(storm(|span| time.add(span)), time.read());
    }

    #[test]
    fn a_storm_of_halves_loses_nothing() {
        let time = Halves::new();
        assert_eq!(storm(|span| time.add(span)), time.read());
    }
}
