//! Clocks and sleeping.
#![no_std]
#![no_main]

use core::time::Duration;

use rawtrap::*;
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    clocks_go_forward,
    clock_gettime_of_no_clock,
    nanosleep_takes_its_time,
    nanosleep_refused,
    nanosleep_refused_leaves_the_remainder_alone,
    nanosleep_tells_what_is_left,
    clock_nanosleep_until,
    clock_nanosleep_for,
    clock_nanosleep_refused,
    clock_nanosleep_absolute_leaves_the_remainder_alone,
    sleep_goes_on_after_signals,
];

const SPAN: Duration = Duration::from_millis(20);

fn now() -> Result<Timespec> {
    sys_clock_gettime(CLOCK_MONOTONIC)
}

extern "C" fn nothing(_: Signal) {}

/// Has a signal with a handler come every `every`, first after that time; zero ends it.
fn alarm(every: Duration) -> Result<()> {
    // SAFETY: the handler does nothing.
    unsafe { sys_rt_sigaction(SIGALRM, Some(&Sigaction::new(Handler::Signal(nothing))))? };
    let every = Timeval {
        tv_sec: 0,
        tv_usec: every.subsec_micros() as _,
    };
    let timer = Itimerval {
        it_interval: every,
        it_value: every,
    };
    sys_setitimer(ITIMER_REAL, &timer).map(|_| ())
}

fn clocks_go_forward() -> Outcome {
    for clock in [
        CLOCK_REALTIME,
        CLOCK_MONOTONIC,
        CLOCK_PROCESS_CPUTIME_ID,
        CLOCK_THREAD_CPUTIME_ID,
        CLOCK_MONOTONIC_RAW,
        CLOCK_REALTIME_COARSE,
        CLOCK_MONOTONIC_COARSE,
        CLOCK_BOOTTIME,
        CLOCK_TAI,
    ] {
        let first = sys_clock_gettime(clock)?;
        let second = sys_clock_gettime(clock)?;
        check!(first <= second);
        check!((0..1_000_000_000).contains(&first.tv_nsec));
    }
    // The time of day is past the day on which this was written, in seconds since 1970.
    check!(sys_clock_gettime(CLOCK_REALTIME)?.tv_sec > 1_700_000_000);
    Ok(())
}

fn clock_gettime_of_no_clock() -> Outcome {
    check_err!(sys_clock_gettime(ClockId::from_bits(99)), EINVAL);
    Ok(())
}

fn nanosleep_takes_its_time() -> Outcome {
    let begin = now()?;
    check_eq!(sys_nanosleep(&SPAN.into(), None), Ok(()));
    check!(now()?.duration_since(begin) >= Some(SPAN));
    Ok(())
}

const TOO_MANY_NANOSECONDS: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 1_000_000_000,
};

fn nanosleep_refused() -> Outcome {
    check_err!(sys_nanosleep(&TOO_MANY_NANOSECONDS, None), EINVAL);
    check_err!(sys_nanosleep(&Timespec { tv_sec: -1, tv_nsec: 0 }, None), EINVAL);
    Ok(())
}

fn nanosleep_refused_leaves_the_remainder_alone() -> Outcome {
    let mut left = Timespec { tv_sec: 7, tv_nsec: 8 };
    check_err!(sys_nanosleep(&TOO_MANY_NANOSECONDS, Some(&mut left)), EINVAL);
    check_eq!(left, Timespec { tv_sec: 7, tv_nsec: 8 });
    Ok(())
}

fn nanosleep_tells_what_is_left() -> Outcome {
    let request = Timespec::from(Duration::from_secs(100));
    let mut left = Timespec::default();
    alarm(SPAN)?;
    let answer = sys_nanosleep(&request, Some(&mut left));
    alarm(Duration::ZERO)?;
    check_err!(answer, EINTR);
    check!(left < request && left.tv_sec > 50);
    Ok(())
}

fn clock_nanosleep_until() -> Outcome {
    let end = now()?.checked_add(SPAN).unwrap_or_default();
    check_eq!(sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, None), Ok(()));
    check!(now()? >= end);
    // A time that is past is no wait at all: these would take years as spans.
    check_eq!(sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, None), Ok(()));
    let long_ago = Timespec {
        tv_sec: 1_000_000_000,
        tv_nsec: 0,
    };
    check_eq!(
        sys_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &long_ago, None),
        Ok(())
    );
    Ok(())
}

fn clock_nanosleep_for() -> Outcome {
    let begin = now()?;
    check_eq!(
        sys_clock_nanosleep(CLOCK_BOOTTIME, TimerFlags::empty(), &SPAN.into(), None),
        Ok(())
    );
    check!(now()?.duration_since(begin) >= Some(SPAN));
    let request = Timespec::from(Duration::from_secs(100));
    let mut left = Timespec::default();
    alarm(SPAN)?;
    let answer = sys_clock_nanosleep(CLOCK_MONOTONIC, TimerFlags::empty(), &request, Some(&mut left));
    alarm(Duration::ZERO)?;
    check_err!(answer, EINTR);
    check!(left < request && left.tv_sec > 50);
    Ok(())
}

fn clock_nanosleep_refused() -> Outcome {
    let span = Timespec::from(SPAN);
    let none = TimerFlags::empty();
    check_err!(sys_clock_nanosleep(ClockId::from_bits(99), none, &span, None), EINVAL);
    check_err!(
        sys_clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, none, &span, None),
        EOPNOTSUPP
    );
    check_err!(
        sys_clock_nanosleep(CLOCK_MONOTONIC, none, &Timespec { tv_sec: 0, tv_nsec: -1 }, None),
        EINVAL
    );
    Ok(())
}

fn clock_nanosleep_absolute_leaves_the_remainder_alone() -> Outcome {
    let end = now()?.checked_add(Duration::from_secs(100)).unwrap_or_default();
    let mut left = Timespec { tv_sec: 7, tv_nsec: 8 };
    alarm(SPAN)?;
    let answer = sys_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, Some(&mut left));
    alarm(Duration::ZERO)?;
    check_err!(answer, EINTR);
    check_eq!(left, Timespec { tv_sec: 7, tv_nsec: 8 });
    Ok(())
}

fn sleep_goes_on_after_signals() -> Outcome {
    alarm(Duration::from_millis(3))?;
    let begin = now()?;
    let answer = sleep(SPAN);
    let passed = now()?.duration_since(begin);
    alarm(Duration::ZERO)?;
    check_eq!(answer, Ok(()));
    check!(passed >= Some(SPAN));
    // Each of the signals would have begun the whole span anew.
    check!(passed < Some(Duration::from_secs(20)));
    Ok(())
}
