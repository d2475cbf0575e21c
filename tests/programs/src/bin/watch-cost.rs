//! What a call costs: prints how many nanoseconds a write of a line to /dev/null takes, as it is, or with an argument
//! under a watcher that writes to /dev/null as well. ci/checks/alone/watcher has both, and strace's share.
#![no_std]
#![no_main]

use core::fmt::Write;

use rawtrap::interpose::{self, Hook, Watcher};
use rawtrap::start::Start;
use rawtrap::{
    BorrowedFd, CLOCK_MONOTONIC, EIO, O_CLOEXEC, O_WRONLY, Result, STDERR, STDOUT, Writer, sys_clock_gettime, sys_open,
    sys_write,
};

rawtrap::entry!(main);

static WATCHER: Watcher = Watcher::new(STDERR);
static HOOK: Hook = WATCHER.hook();

const CALLS: u64 = 5000;

fn main(start: Start) -> i32 {
    match run(start.args().nth(1).is_some()) {
        Ok(()) => 0,
        Err(errno) => errno.raw(),
    }
}

fn run(watched: bool) -> Result<()> {
    let null = sys_open(c"/dev/null", O_WRONLY | O_CLOEXEC, 0)?;
    if watched {
        let log = sys_open(c"/dev/null", O_WRONLY | O_CLOEXEC, 0)?.into_raw();
        // SAFETY: nobody owns it any more, so it stays open.
        WATCHER.write_to(unsafe { BorrowedFd::borrow_raw(log) });
        interpose::install(&HOOK);
    }
    let began = now()?;
    for _ in 0..CALLS {
        sys_write(null.as_fd(), b"a line of text\n")?;
    }
    let took = now()? - began;
    interpose::remove();
    writeln!(Writer::new(STDOUT), "{}", took / CALLS).map_err(|_| EIO)
}

fn now() -> Result<u64> {
    let now = sys_clock_gettime(CLOCK_MONOTONIC)?;
    Ok(now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64)
}
