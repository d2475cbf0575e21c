//! Makes the same calls each time, and prints what they answered: under the rules of its argument, or under a tracer's.
#![no_std]
#![no_main]

use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, Ordering::Relaxed};

use rawtrap::interpose::{self, Hook, Injector, Script};
use rawtrap::start::Start;
use rawtrap::*;

rawtrap::entry!(main);

static INJECTOR: Injector = Injector::new();
static HOOK: Hook = INJECTOR.hook();

static SIGNALS: AtomicI32 = AtomicI32::new(0);

extern "C" fn count(_: Signal) {
    SIGNALS.fetch_add(1, Relaxed);
}

const ROUNDS: usize = 9;
const NAMES: [&str; 6] = ["write", "read", "pipe2", "fcntl", "getpid", "close"];

fn main(start: Start) -> i32 {
    match run(start) {
        Ok(()) => 0,
        Err(errno) => errno.raw(),
    }
}

fn run(start: Start) -> Result<()> {
    let null = sys_open(c"/dev/null", O_WRONLY | O_CLOEXEC, 0)?;
    let zero = sys_open(c"/dev/zero", O_RDONLY | O_CLOEXEC, 0)?;
    // SAFETY: the handler touches an atomic.
    unsafe { sys_rt_sigaction(SIGUSR1, Some(&Sigaction::new(Handler::Signal(count))))? };
    if let Some(rules) = start.args().nth(1) {
        let rules = rules.to_str().map_err(|_| EINVAL)?;
        INJECTOR.set(&Script::parse(rules).map_err(|_| EINVAL)?)?;
        interpose::install(&HOOK);
    }
    let mut answers = [[0; ROUNDS]; NAMES.len()];
    for round in 0..ROUNDS {
        let mut buf = [0; 4];
        let pipe = sys_pipe2(O_CLOEXEC);
        let all = [
            number(sys_write(null.as_fd(), b"abc")),
            number(sys_read(zero.as_fd(), &mut buf)),
            number(pipe.as_ref().map(|_| 0).map_err(|errno| *errno)),
            number(sys_fcntl_getfd(STDOUT).map(|flags| flags.bits() as usize)),
            // It cannot fail: a number that is negative is an errno's.
            sys_getpid().as_raw().min(0) as isize,
            number(pipe.map_or(Ok(()), |(reader, _writer)| sys_close(reader)).map(|()| 0)),
        ];
        for (row, answer) in answers.iter_mut().zip(all) {
            row[round] = answer;
        }
    }
    interpose::remove();
    let mut text = Text {
        bytes: [0; 2048],
        used: 0,
    };
    for (name, row) in NAMES.iter().zip(&answers) {
        writeln!(text, "{name} {row:?}").map_err(|_| ENOSPC)?;
    }
    writeln!(text, "signals {}", SIGNALS.load(Relaxed)).map_err(|_| ENOSPC)?;
    // Not by write(2), which a tracer's rule may be for.
    match sys_writev(STDOUT, &[IoSlice::new(&text.bytes[..text.used])])? {
        count if count == text.used => Ok(()),
        _ => Err(EIO),
    }
}

fn number(answer: Result<usize>) -> isize {
    answer.map_or_else(|errno| -(errno.raw() as isize), |count| count as isize)
}

struct Text {
    bytes: [u8; 2048],
    used: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self
            .bytes
            .get_mut(self.used..self.used + text.len())
            .ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.used += text.len();
        Ok(())
    }
}
