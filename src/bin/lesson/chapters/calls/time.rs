//! Waiting, and what time it is.

use rawtrap::{CLOCK_MONOTONIC, EINTR, Timespec, sys_clock_gettime, sys_nanosleep};

use crate::lesson::{Lesson, Outcome, Stop, answer, rust, shown, text};

const MILLISECONDS: i64 = 20;

pub fn sleep(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "nanosleep waits for at least as long as it is told. A signal ends it early: then it says what is left, and that \
         is slept too, for the whole time once more would be too long."
    )?;
    let mut left = Timespec {
        tv_sec: 0,
        tv_nsec: MILLISECONDS * 1_000_000,
    };
    shown!(lesson, let before = sys_clock_gettime(CLOCK_MONOTONIC) => "clock_gettime");
    rust!(lesson, "sys_nanosleep(&request, Some(&mut left))")?;
    loop {
        let request = left;
        match sys_nanosleep(&request, Some(&mut left)) {
            Ok(()) => break,
            Err(EINTR) => {}
            Err(errno) => {
                return Err(Stop::call(&"nanosleep", errno));
            }
        }
    }
    shown!(lesson, let after = sys_clock_gettime(CLOCK_MONOTONIC) => "clock_gettime");
    let slept = after.duration_since(before).map(|span| span.as_micros());
    match slept {
        Some(slept) if slept >= MILLISECONDS as u128 * 1000 => {
            let slept = slept as u64;
            answer!(
                lesson,
                "{MILLISECONDS} ms asked for, {}.{:03} ms slept",
                slept / 1000,
                slept % 1000
            )
        }
        _ => Err(Stop::unexpected(&"nanosleep: it slept less than it was told to")),
    }
}
