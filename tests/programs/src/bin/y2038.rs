//! Times beyond 2038 and beyond 2106, where 31 and 32 bits of seconds end. A time whose upper half was lost on the way,
//! or exchanged with the lower, is another time: a sleep that should last does not, or one that should not does.
#![no_std]
#![no_main]

use core::sync::atomic::AtomicU32;
use core::time::Duration;

use rawtrap::*;
use rawtrap_programs::scratch::in_scratch;
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    clock_gettime_has_two_halves,
    clock_nanosleep_until_a_far_time,
    clock_nanosleep_until_a_past_time,
    nanosleep_for_a_long_time,
    sleep_for_a_long_time,
    ppoll_for_a_long_time,
    pselect6_for_a_long_time,
    futex_wait_for_a_long_time,
    utimensat_keeps_far_times,
    utimensat_of_now_and_of_nothing,
    utimensat_refused,
];

/// The first second that 31 bits do not hold, in January 2038.
const BEYOND_31: i64 = 1 << 31;
/// The first that 32 bits do not hold, in February 2106.
const BEYOND_32: i64 = 1 << 32;

extern "C" fn nothing(_: Signal) {}

/// Makes a call while a signal with a handler comes again and again, so that a call which waits ends with `EINTR`.
fn interrupted<T>(call: impl FnOnce() -> T) -> Result<T> {
    // SAFETY: the handler does nothing.
    unsafe { sys_rt_sigaction(SIGALRM, Some(&Sigaction::new(Handler::Signal(nothing))))? };
    let every = |tv_usec| {
        let span = Timeval { tv_sec: 0, tv_usec };
        sys_setitimer(
            ITIMER_REAL,
            &Itimerval {
                it_interval: span,
                it_value: span,
            },
        )
    };
    every(50_000)?;
    let answer = call();
    every(0)?;
    Ok(answer)
}

const fn seconds(tv_sec: i64) -> Timespec {
    Timespec { tv_sec, tv_nsec: 0 }
}

fn clock_gettime_has_two_halves() -> Outcome {
    for clock in [CLOCK_REALTIME, CLOCK_MONOTONIC] {
        // With its halves exchanged it would be more.
        check!((0..BEYOND_32).contains(&sys_clock_gettime(clock)?.tv_sec));
    }
    Ok(())
}

fn clock_nanosleep_until_a_far_time() -> Outcome {
    for time in [
        BEYOND_31 + 1,
        BEYOND_32 - 1,
        BEYOND_32,
        BEYOND_32 + 1,
        BEYOND_31 << 1 | 5,
    ] {
        for clock in [CLOCK_REALTIME, CLOCK_MONOTONIC] {
            let sleep = || sys_clock_nanosleep(clock, TIMER_ABSTIME, &seconds(time), None);
            check_eq!(interrupted(sleep)?, Err(EINTR));
        }
    }
    Ok(())
}

fn clock_nanosleep_until_a_past_time() -> Outcome {
    // With their halves exchanged these would be far.
    for time in [0, 5, sys_clock_gettime(CLOCK_REALTIME)?.tv_sec] {
        let sleep = || sys_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &seconds(time), None);
        check_eq!(interrupted(sleep)?, Ok(()));
    }
    check_err!(
        sys_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &seconds(-BEYOND_32 + 5), None),
        EINVAL
    );
    Ok(())
}

fn nanosleep_for_a_long_time() -> Outcome {
    for span in [BEYOND_31, BEYOND_32] {
        let mut left = Timespec::default();
        check_eq!(
            interrupted(|| sys_nanosleep(&seconds(span), Some(&mut left)))?,
            Err(EINTR)
        );
        check!(left < seconds(span) && left > seconds(span - 10));
        let sleep = || sys_clock_nanosleep(CLOCK_MONOTONIC, TimerFlags::empty(), &seconds(span), Some(&mut left));
        check_eq!(interrupted(sleep)?, Err(EINTR));
        check!(left < seconds(span) && left > seconds(span - 10));
    }
    Ok(())
}

fn sleep_for_a_long_time() -> Outcome {
    // The comfort goes on after signals, so that only a time which was cut would end it.
    let span = Duration::from_millis(120);
    let begin = sys_clock_gettime(CLOCK_MONOTONIC)?;
    check_eq!(interrupted(|| sleep(span))?, Ok(()));
    check!(sys_clock_gettime(CLOCK_MONOTONIC)?.duration_since(begin) >= Some(span));
    Ok(())
}

fn ppoll_for_a_long_time() -> Outcome {
    for span in [BEYOND_31, BEYOND_32] {
        let mut timeout = seconds(span);
        check_eq!(
            interrupted(|| sys_ppoll(&mut [], Some(&mut timeout), None))?,
            Err(EINTR)
        );
        check!(timeout <= seconds(span) && timeout > seconds(span - 10));
    }
    Ok(())
}

fn pselect6_for_a_long_time() -> Outcome {
    for span in [BEYOND_31, BEYOND_32] {
        let mut timeout = seconds(span);
        let wait = || sys_pselect6(0, None, None, None, Some(&mut timeout), None);
        check_eq!(interrupted(wait)?, Err(EINTR));
        check!(timeout <= seconds(span) && timeout > seconds(span - 10));
    }
    Ok(())
}

fn futex_wait_for_a_long_time() -> Outcome {
    let word = AtomicU32::new(7);
    for span in [BEYOND_31, BEYOND_32] {
        let wait = || sys_futex_op_wait(&word, FUTEX_PRIVATE_FLAG, 7, Some(&seconds(span)));
        check_eq!(interrupted(wait)?, Err(EINTR));
    }
    Ok(())
}

/// What the kernel says of a file's times, by both calls: of the last access and of the last change.
fn times(dir: BorrowedFd<'_>) -> Result<[[Timespec; 2]; 2]> {
    let statx = sys_statx(dir, c"f", AtFlags::empty(), STATX_ATIME | STATX_MTIME)?;
    let stat = sys_newfstatat(dir, c"f", AtFlags::empty())?;
    let told = |time: StatxTimestamp| Timespec {
        tv_sec: time.tv_sec,
        tv_nsec: time.tv_nsec.into(),
    };
    Ok([
        [told(statx.stx_atime), told(statx.stx_mtime)],
        [
            Timespec {
                tv_sec: stat.st_atime,
                tv_nsec: stat.st_atime_nsec as i64,
            },
            Timespec {
                tv_sec: stat.st_mtime,
                tv_nsec: stat.st_mtime_nsec as i64,
            },
        ],
    ])
}

fn utimensat_keeps_far_times() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = sys_openat(dir, c"f", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)?;
        for (accessed, changed) in [
            (BEYOND_31 + 1, BEYOND_32 + 2),
            (BEYOND_32 + 3, 4),
            (BEYOND_32 - 1, BEYOND_31 - 1),
            (-5, 5 - BEYOND_31),
        ] {
            let both = [
                Timespec {
                    tv_sec: accessed,
                    tv_nsec: 123_456_789,
                },
                Timespec {
                    tv_sec: changed,
                    tv_nsec: 987_654_321,
                },
            ];
            check_eq!(sys_utimensat(dir, Some(c"f"), Some(&both), AtFlags::empty()), Ok(()));
            check_eq!(times(dir)?, [both; 2]);
            sys_utimensat(dir, Some(c"f"), None, AtFlags::empty())?;
            check_eq!(sys_utimensat(file.as_fd(), None, Some(&both), AtFlags::empty()), Ok(()));
            check_eq!(times(dir)?, [both; 2]);
        }
        Ok(())
    })
}

fn utimensat_of_now_and_of_nothing() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        sys_openat(dir, c"f", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)?;
        sys_utimensat(dir, Some(c"f"), Some(&[seconds(5), seconds(6)]), AtFlags::empty())?;
        let now = |tv_nsec| Timespec { tv_sec: 99, tv_nsec };
        let begin = sys_clock_gettime(CLOCK_REALTIME_COARSE)?;
        let both = [now(UTIME_NOW), now(UTIME_OMIT)];
        check_eq!(sys_utimensat(dir, Some(c"f"), Some(&both), AtFlags::empty()), Ok(()));
        let [[accessed, changed], _] = times(dir)?;
        check!(accessed >= begin && changed == seconds(6));
        check_eq!(sys_utimensat(dir, Some(c"f"), None, AtFlags::empty()), Ok(()));
        let [[_, changed], _] = times(dir)?;
        check!(changed >= begin);
        Ok(())
    })
}

fn utimensat_refused() -> Outcome {
    let none = AtFlags::empty();
    in_scratch(|scratch| {
        let dir = scratch.dir();
        check_err!(sys_utimensat(dir, Some(c"f"), None, none), ENOENT);
        let too_many = Timespec {
            tv_sec: 0,
            tv_nsec: 1_000_000_000,
        };
        check_err!(sys_utimensat(dir, Some(c"."), Some(&[too_many; 2]), none), EINVAL);
        check_err!(sys_utimensat(dir, Some(c"."), None, AT_REMOVEDIR), EINVAL);
        check_err!(sys_utimensat(AT_FDCWD, None, None, none), EFAULT);
        Ok(())
    })
}
