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

/// A record has so many bytes more than the smallest pipe holds, and so more than PIPE_BUF: a smaller write would be
/// taken as a whole or not at all (pipe(7)).
const TOO_MUCH: usize = 904;
/// The smallest pipe holds a page, and no page of Linux's common ones has more than 64 KiB.
const LONGEST: usize = 65536 + TOO_MUCH;

/// A record whose bytes tell where in the stream they belong, and behind it bytes that are not used.
fn record(number: usize, size: usize) -> [u8; LONGEST] {
    core::array::from_fn(|at| expected(number * size + at))
}

/// A prime as the period: bytes that went to another place do not look right by chance.
fn expected(at: usize) -> u8 {
    (at % 251) as u8
}

/// Does the stream arrive as it was sent? Empties the pipe each time.
struct Reader<'fd> {
    fd: BorrowedFd<'fd>,
    /// How much it reads at once.
    size: usize,
    arrived: usize,
    in_order: bool,
}

impl<'fd> Reader<'fd> {
    fn new(fd: BorrowedFd<'fd>, size: usize) -> Reader<'fd> {
        Reader {
            fd,
            size,
            arrived: 0,
            in_order: true,
        }
    }

    fn drain(&mut self) -> Outcome {
        let mut buf = [0; LONGEST];
        loop {
            match retry(|| sys_read(self.fd, &mut buf[..self.size])) {
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
    let size = longer_than(capacity)?;
    let record = &record(0, size)[..size];
    let mut whole = 0;
    let count = loop {
        let count = shown!(lesson, sys_write(writer.as_fd(), record)).of(&"write")?;
        if count < size {
            break count;
        }
        whole += 1;
        if whole * size > capacity {
            return Err(Stop::unexpected(&"write: the pipe took more than it holds"));
        }
    };
    answer!(
        lesson,
        "write -> {count} of {size} bytes, and no error; {} are not written",
        size - count
    )?;
    match shown!(lesson, sys_write(writer.as_fd(), &record[count..])) {
        Err(EAGAIN) => answer!(lesson, "write -> errno {}: {EAGAIN} ({EAGAIN:?})", EAGAIN.raw())?,
        Err(errno) => return Err(Stop::call(&"write", errno)),
        Ok(_) => return Err(Stop::unexpected(&"write: a full pipe took more")),
    }
    let mut reader = Reader::new(reader.as_fd(), size);
    reader.drain()?;
    if reader.arrived != whole * size + count {
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
    let (reader, writer, size) = small_pipe()?;
    let mut reader = Reader::new(reader.as_fd(), size);
    rust!(
        lesson,
        "for record in records {{ let _ = sys_write(writer.as_fd(), record); }}"
    )?;
    let mut taken = 0;
    for number in 0..RECORDS {
        // The loop above does not even keep the count.
        taken += sys_write(writer.as_fd(), &record(number, size)[..size]).of(&"write")?;
        reader.drain()?;
    }
    if reader.arrived != taken {
        return Err(LIED);
    }
    let sent = RECORDS * size;
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
    let (reader, writer, size) = small_pipe()?;
    let mut reader = Reader::new(reader.as_fd(), size);
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
        send(writer.as_fd(), &record(number, size)[..size], |done| {
            waits += 1;
            let before = reader.arrived;
            reader.drain()?;
            // The pipe has given all that it took, and that was something: it has room again. Else one of the two calls
            // says EAGAIN without reason, and might go on with that for ever.
            match (reader.arrived == number * size + done, reader.arrived > before) {
                (true, true) => Ok(()),
                (true, false) => Err(Stop::call(&"write", EAGAIN)),
                (false, _) => Err(Stop::call(&"read", EAGAIN)),
            }
        })?;
    }
    reader.drain()?;
    let sent = RECORDS * size;
    if reader.arrived != sent || !reader.in_order {
        return Err(Stop::unexpected(&"write: the kernel lost bytes that it had taken"));
    }
    answer!(
        lesson,
        "{sent} bytes sent, {} arrived, each in its place; {waits} waits for room",
        reader.arrived
    )
}

/// Writes all of a record; `wait` makes room, when so much of it is written.
fn send(writer: BorrowedFd<'_>, record: &[u8], mut wait: impl FnMut(usize) -> Outcome) -> Outcome {
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
        wait(done)?;
    }
}

/// The size of a record that such a pipe does not hold.
fn longer_than(capacity: usize) -> Outcome<usize> {
    let size = capacity + TOO_MUCH;
    if size > LONGEST {
        return Err(Stop::unexpected(&"fcntl: the smallest pipe holds more than 64 KiB"));
    }
    Ok(size)
}

/// Its ends, and the size of a record that it does not hold.
fn small_pipe() -> Outcome<(OwnedFd, OwnedFd, usize)> {
    let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK).of(&"pipe2")?;
    let capacity = sys_fcntl_setpipe_sz(writer.as_fd(), 4096).of(&"fcntl")?;
    Ok((reader, writer, longer_than(capacity)?))
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
        "forget nothing in a program of your own: without `.map(OwnedFd::into_raw)` what dup returns has an owner, who \
         closes it in any case, and the first read answers 0 once that is dropped too."
    )
}
