//! Descriptors: the three standard streams, and what the numbers are.

use rawtrap::{
    BorrowedFd, EBADF, EMFILE, O_ACCMODE, O_CLOEXEC, OwnedFd, Partial, RLIMIT_NOFILE, Rlimit64, STDERR, STDIN, STDOUT,
    sys_dup, sys_dup3, sys_fcntl_getfl, sys_pipe2, sys_prlimit64, sys_read, write_all,
};

use crate::lesson::{Chapter, Lesson, Of, Outcome, Stop, answer, hint, rust, same, shown, text};

pub const CHAPTER: Chapter = Chapter {
    name: "fds",
    about: "standard streams, and the numbers that stand for open files",
    argument: None,
    asks: false,
    parts: &[streams, results_and_diagnostics, lowest_free, dup3, leak],
};

fn streams(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "A program never holds a file. It holds a small number, a file descriptor (fd), and the kernel keeps the table \
         that says what the number stands for. Three are open when a program starts, given by whoever started it: 0 to \
         read from, 1 for results, 2 for diagnostics."
    )?;
    for fd in [STDIN, STDOUT, STDERR] {
        match sys_fcntl_getfl(fd) {
            Ok(flags) => answer!(lesson, "fd {fd:?} is open, {:?}", flags & O_ACCMODE)?,
            Err(EBADF) => answer!(lesson, "fd {fd:?} is not open: errno {}, {EBADF}", EBADF.raw())?,
            Err(errno) => return Err(Stop::call(&"fcntl", errno)),
        }
    }
    Ok(())
}

/// Code that reports gets its destination from its caller: only `main` knows what fd 1 is for.
fn report(to: BorrowedFd<'_>, line: &[u8]) -> Result<(), Partial> {
    write_all(to, line)
}

fn results_and_diagnostics(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Both end on the same screen, but they are two streams: `program >file` keeps the results, and the diagnostics \
         still reach a person. A function that writes is told where to: it takes the descriptor as an argument, and so \
         its caller, or a test, can send the text anywhere."
    )?;
    let (stdout, stderr) = (lesson.out.fd(), lesson.diagnostics.fd());
    shown!(lesson, report(stdout, b"a result, through fd 1\n")).of(&"write")?;
    shown!(lesson, report(stderr, b"a diagnostic, through fd 2\n")).of(&"write")?;
    hint!(
        lesson,
        "cargo lesson fds 2>/dev/null, and then 1>/dev/null: one of the two lines goes away each time."
    )
}

fn lowest_free(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Whenever the kernel opens something, it takes the lowest number that is free. A number says nothing about age \
         or order, and one that was closed soon stands for something else."
    )?;
    shown!(lesson, let (reader, writer) = sys_pipe2(O_CLOEXEC) => "pipe2");
    answer!(lesson, "pipe2 -> fd {reader:?} and fd {writer:?}")?;
    let closed = reader.as_raw();
    shown!(lesson, drop(reader));
    shown!(lesson, let another = sys_dup(writer.as_fd()) => "dup");
    answer!(lesson, "dup -> fd {another:?}; fd {closed} was closed just before")
}

fn dup3(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "dup3 makes a number of your choice stand for what another number stands for. That is how a shell does `>file`: \
         it opens the file, calls dup2, which is dup3 without flags, onto 1, and starts the program, which writes to 1 as \
         ever. What the number stood for before is closed on the way. Here the flag O_CLOEXEC keeps the number from \
         programs that are started; a shell wants the opposite."
    )?;
    shown!(lesson, let (reader, writer) = sys_pipe2(O_CLOEXEC) => "pipe2");
    shown!(lesson, let mut chosen = sys_dup(reader.as_fd()) => "dup");
    answer!(
        lesson,
        "fd {chosen:?} stands for what fd {reader:?} does, the end to read at"
    )?;
    shown!(lesson, sys_dup3(writer.as_fd(), &mut chosen, O_CLOEXEC)).of(&"dup3")?;
    answer!(
        lesson,
        "fd {chosen:?} stands for what fd {writer:?} does, the end to write at"
    )?;
    shown!(lesson, write_all(chosen.as_fd(), b"by another number")).of(&"write")?;
    let mut buf = [0; 64];
    shown!(lesson, let count = sys_read(reader.as_fd(), &mut buf) => "read");
    answer!(
        lesson,
        "fd {reader:?} -> {}",
        same(&buf[..count], b"by another number")?
    )
}

/// Few enough to run out of soon.
const FEW: usize = 12;
/// More often than `FEW` allows at once.
const ROUNDS: usize = 100;

fn leak(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "The table has an end. A descriptor that is opened and forgotten keeps its place until the program is over; a \
         server that loses one for each request stops working some night. Here the limit is lowered first, so that the \
         end comes soon."
    )?;
    let limit = sys_prlimit64(None, RLIMIT_NOFILE, None).of(&"prlimit64")?;
    let stdout = lesson.out.fd();
    // Whoever started the lesson may have left it fds of all numbers: count from the lowest that is free.
    let lowest = sys_dup(stdout).of(&"dup")?.as_raw() as u64;
    let few = Rlimit64 {
        rlim_cur: limit.rlim_cur.min(lowest + FEW as u64),
        ..limit
    };
    shown!(lesson, let before = sys_prlimit64(None, RLIMIT_NOFILE, Some(&few)) => "prlimit64");
    let _restore = Restore(before);
    answer!(
        lesson,
        "RLIMIT_NOFILE: {} before, {} now",
        before.rlim_cur,
        few.rlim_cur
    )?;

    rust!(lesson, "loop {{ sys_dup(stdout)?.into_raw(); }}")?;
    let mut leaked = Leaked::default();
    let errno = loop {
        match sys_dup(stdout) {
            Ok(fd) => leaked.forget(fd)?,
            Err(errno) => break errno,
        }
    };
    if errno != EMFILE {
        return Err(Stop::call(&"dup", errno));
    }
    answer!(
        lesson,
        "{} leaked, then dup -> errno {}: {errno}",
        leaked.count,
        errno.raw()
    )?;
    drop(leaked);

    text!(
        lesson,
        "The fds are back now, closed by number, for the sake of this program. An OwnedFd does that by itself: it is \
         closed where its owner goes out of scope, however that happens, and so the same loop can go on for ever."
    )?;
    rust!(lesson, "for _ in 0..{ROUNDS} {{ let _fd = sys_dup(stdout)?; }}")?;
    for _ in 0..ROUNDS {
        let _closed_at_once = sys_dup(stdout).of(&"dup")?;
    }
    answer!(lesson, "{ROUNDS} opened, {ROUNDS} closed, no error")?;
    hint!(
        lesson,
        "ls -l /proc/self/fd, which lists the table of the program that looks: ls."
    )
}

/// Sets the limit back.
struct Restore(Rlimit64);

impl Drop for Restore {
    fn drop(&mut self) {
        // The soft limit only returns below the hard one that it never left: the kernel has no reason to refuse.
        let _ = sys_prlimit64(None, RLIMIT_NOFILE, Some(&self.0));
    }
}

/// Numbers that nobody owns, kept so that the lesson can tidy up.
#[derive(Default)]
struct Leaked {
    numbers: [i32; FEW],
    count: usize,
}

impl Leaked {
    fn forget(&mut self, fd: OwnedFd) -> Outcome {
        let place = self.numbers.get_mut(self.count);
        let place = place.ok_or(Stop::unexpected(&"dup: more fds than RLIMIT_NOFILE allows"))?;
        *place = fd.into_raw();
        self.count += 1;
        Ok(())
    }
}

impl Drop for Leaked {
    fn drop(&mut self) {
        for number in &self.numbers[..self.count] {
            // SAFETY: the number came from `into_raw`, and nobody else has it.
            drop(unsafe { OwnedFd::from_raw(*number) });
        }
    }
}
