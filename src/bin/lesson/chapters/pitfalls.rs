//! What goes wrong without an error message: short counts, results that nobody reads, descriptors that nobody closes.

use rawtrap::{
    BorrowedFd, EAGAIN, O_CLOEXEC, O_NONBLOCK, OwnedFd, Partial, retry, sys_dup, sys_fcntl_setpipe_sz, sys_pipe2,
    sys_read, sys_write, write_all,
};

use crate::lesson::{Chapter, Lesson, Of, Outcome, Stop, answer, hint, rust, shown, text};

pub const CHAPTER: Chapter = Chapter {
    name: "pitfalls",
    about: "counts, results and descriptors that are lost without a word",
    argument: None,
    asks: false,
    parts: &[partial, ignored_count, write_all_of_it, ignored_result, leak],
};

/// More than the smallest pipe holds where pages have 4 KiB, and more than PIPE_BUF: a smaller write would be taken as a
/// whole or not at all (pipe(7)).
const RECORD: usize = 5000;

/// A record whose bytes tell where in the stream they belong.
fn record(number: usize) -> [u8; RECORD] {
    core::array::from_fn(|at| expected(number * RECORD + at))
}

/// A prime as the period: bytes that went to another place do not look right by chance.
fn expected(at: usize) -> u8 {
    (at % 251) as u8
}

/// Does the stream arrive as it was sent? Empties the pipe each time.
struct Reader<'fd> {
    fd: BorrowedFd<'fd>,
    arrived: usize,
    in_order: bool,
}

impl<'fd> Reader<'fd> {
    fn new(fd: BorrowedFd<'fd>) -> Reader<'fd> {
        Reader {
            fd,
            arrived: 0,
            in_order: true,
        }
    }

    fn drain(&mut self) -> Outcome {
        let mut buf = [0; RECORD];
        loop {
            match retry(|| sys_read(self.fd, &mut buf)) {
                Ok(0) | Err(EAGAIN) => return Ok(()),
                Ok(count) => {
                    for byte in &buf[..count] {
                        self.in_order &= *byte == expected(self.arrived);
                        self.arrived += 1;
                    }
                }
                Err(errno) => return Err(Stop::call(&"read", errno)),
            }
        }
    }
}

fn partial(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "write returns a count, and the count may be smaller than what it was given: the kernel takes what it has room \
         for. Here is a pipe as small as it gets, with nobody reading, that does not wait."
    )?;
    shown!(lesson, let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK) => "pipe2");
    shown!(lesson, let capacity = sys_fcntl_setpipe_sz(writer.as_fd(), 4096) => "fcntl");
    answer!(lesson, "the pipe holds {capacity} bytes")?;
    let record = record(0);
    let mut whole = 0;
    let count = loop {
        let count = shown!(lesson, sys_write(writer.as_fd(), &record)).of(&"write")?;
        if count < RECORD {
            break count;
        }
        whole += 1;
        if whole * RECORD > capacity {
            return Err(Stop::unexpected(&"write: the pipe took more than it holds"));
        }
    };
    answer!(
        lesson,
        "write -> {count} of {RECORD} bytes, and no error; {} are not written",
        RECORD - count
    )?;
    match shown!(lesson, sys_write(writer.as_fd(), &record[count..])) {
        Err(EAGAIN) => answer!(lesson, "write -> errno {}: {EAGAIN} ({EAGAIN:?})", EAGAIN.raw())?,
        Err(errno) => return Err(Stop::call(&"write", errno)),
        Ok(_) => return Err(Stop::unexpected(&"write: a full pipe took more")),
    }
    let mut reader = Reader::new(reader.as_fd());
    reader.drain()?;
    if reader.arrived != whole * RECORD + count {
        return Err(LIED);
    }
    answer!(lesson, "{} bytes were in the pipe", reader.arrived)
}

const LIED: Stop = Stop::unexpected(&"read: not as many bytes as were written");

const RECORDS: usize = 3;

fn ignored_count(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "A program that does not look at the count loses the end of each record, and everything behind it moves up. The \
         reader takes all that is there after each write, so there is room again and again; no call fails."
    )?;
    let (reader, writer) = small_pipe()?;
    let mut reader = Reader::new(reader.as_fd());
    rust!(
        lesson,
        "for record in records {{ let _ = sys_write(writer.as_fd(), record); }}"
    )?;
    let mut taken = 0;
    for number in 0..RECORDS {
        // The loop above does not even keep the count.
        taken += sys_write(writer.as_fd(), &record(number)).of(&"write")?;
        reader.drain()?;
    }
    if reader.arrived != taken {
        return Err(LIED);
    }
    let sent = RECORDS * RECORD;
    answer!(
        lesson,
        "{sent} bytes sent, {} arrived{}; {} are lost",
        reader.arrived,
        if reader.in_order { "" } else { ", not in their places" },
        sent - reader.arrived
    )
}

fn write_all_of_it(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "write_all goes on behind what was taken, as often as it needs to. On a pipe that waits that is all. On this one \
         there comes a moment without room: then it says how far it came, and goes on from there when somebody has \
         read."
    )?;
    let (reader, writer) = small_pipe()?;
    let mut reader = Reader::new(reader.as_fd());
    rust!(lesson, "match write_all(writer.as_fd(), &record[done..]) {{")?;
    rust!(lesson, "    Ok(()) => break,")?;
    rust!(
        lesson,
        "    Err(Partial {{ done: more, errno: Some(EAGAIN) }}) => done += more, // wait for room"
    )?;
    rust!(lesson, "    Err(partial) => return Err(partial),")?;
    rust!(lesson, "}}")?;
    let mut waits = 0;
    for number in 0..RECORDS {
        send(writer.as_fd(), &record(number), || {
            waits += 1;
            reader.drain()
        })?;
    }
    reader.drain()?;
    let sent = RECORDS * RECORD;
    if reader.arrived != sent || !reader.in_order {
        return Err(Stop::unexpected(&"write: the kernel lost bytes that it had taken"));
    }
    answer!(
        lesson,
        "{sent} bytes sent, {} arrived, each in its place; {waits} waits for room",
        reader.arrived
    )
}

/// Writes all of a record; `wait` makes room.
fn send(writer: BorrowedFd<'_>, record: &[u8], mut wait: impl FnMut() -> Outcome) -> Outcome {
    let mut done = 0;
    loop {
        match write_all(writer, &record[done..]) {
            Ok(()) => return Ok(()),
            Err(Partial {
                done: more,
                errno: Some(EAGAIN),
            }) => done += more,
            Err(partial) => return Err(partial).of(&"write"),
        }
        wait()?;
    }
}

fn small_pipe() -> Outcome<(OwnedFd, OwnedFd)> {
    let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK).of(&"pipe2")?;
    sys_fcntl_setpipe_sz(writer.as_fd(), 4096).of(&"fcntl")?;
    Ok((reader, writer))
}

fn ignored_result(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "In C a forgotten result is silent. Rust's compiler sees it: a Result must be used, and `let _ =` says in the \
         source that somebody meant not to. Of this line it says, as tests/compile-fail/cases/unused_result.rs proves:"
    )?;
    rust!(lesson, "sys_write(STDOUT, b\"who counts?\");")?;
    answer!(lesson, "warning: unused `Result` that must be used")?;
    answer!(
        lesson,
        "= note: this `Result` may be an `Err` variant, which should be handled"
    )
}

fn leak(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "A descriptor that is kept as a bare number is closed by nobody. That costs more than a place in the table: a \
         reader is told the end of a pipe when its last writing end is closed, and a forgotten one is a writing end."
    )?;
    shown!(lesson, let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK) => "pipe2");
    shown!(lesson, let leaked = sys_dup(writer.as_fd()).map(OwnedFd::into_raw) => "dup");
    // However this part ends, the lesson cleans up.
    // SAFETY: the number is open, and nobody else owns it.
    let owner = unsafe { OwnedFd::from_raw(leaked) };
    let number = writer.as_raw();
    answer!(lesson, "dup -> {leaked}, another number for fd {number}, which writes")?;
    shown!(lesson, drop(writer));
    answer!(lesson, "fd {number} is closed")?;
    let mut buf = [0; 16];
    match shown!(lesson, sys_read(reader.as_fd(), &mut buf)) {
        Err(EAGAIN) => answer!(
            lesson,
            "read -> errno {}: {EAGAIN}; without O_NONBLOCK it would wait for ever",
            EAGAIN.raw()
        )?,
        Err(errno) => return Err(Stop::call(&"read", errno)),
        Ok(_) => {
            return Err(Stop::unexpected(
                &"read: the pipe has ended, though a writing end is open",
            ));
        }
    }
    shown!(lesson, let next = sys_dup(reader.as_fd()) => "dup");
    answer!(lesson, "dup -> fd {next:?}: the lowest free number, but not {leaked}")?;
    rust!(lesson, "drop(unsafe {{ OwnedFd::from_raw(leaked) }})")?;
    drop(owner);
    shown!(lesson, let count = sys_read(reader.as_fd(), &mut buf) => "read");
    if count != 0 {
        return Err(Stop::unexpected(&"read: the pipe goes on, though nobody can write"));
    }
    answer!(lesson, "read -> 0: the end")?;
    hint!(
        lesson,
        "leave `.map(OwnedFd::into_raw)` out: what dup returns has an owner then, who closes it in any case."
    )
}
