//! Faults on request: the same small work under a script, done without care and with it.

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rawtrap::interpose::{RuleCount, Script};
use rawtrap::{
    BorrowedFd, Errno, O_CLOEXEC, O_NONBLOCK, OwnedFd, Partial, Result, STDOUT, SYS_close, SYS_pipe2, SYS_read,
    SYS_write, Sysno, read_to_end, retry, sys_dup, sys_pipe2, sys_read, sys_write, write_all,
};

use crate::faults::{self, Done, INJECTOR};
use crate::lesson::{Argument, Chapter, Lesson, Of, Outcome, Stop, Takes, answer, hint, rust, text};
use crate::quoted::Quoted;

mod again;

pub const CHAPTER: Chapter = Chapter {
    name: "inject",
    about: "calls that fail on request, and what survives it",
    argument: Some(&RULES),
    asks: false,
    parts: &[
        script,
        nobody_looks,
        again_after_a_signal,
        all_of_it,
        reading,
        no_room_for_an_fd,
        again::again,
        never_hit,
    ],
};

const RULES: Argument = Argument {
    shown: "[RULES]",
    takes: Takes::Rules,
};

/// Without rules of the reader's own.
const USUAL: &str = "write:error=EINTR:when=1 write:short=3:when=2 read:short=5:when=1 pipe2:error=EMFILE:when=2";

fn rules(lesson: &Lesson<'_>) -> Outcome<Script> {
    let text = lesson.argument.unwrap_or(USUAL);
    Script::parse(text).map_err(|_| Stop::unexpected(&"the rules are wrong"))
}

fn script(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "The errors that matter come once a year, at night: a signal between two bytes, a disk without room. What meets \
         them then has never been tested. So let them come on request. A hook stands between the calls of this program \
         and the trap, and does what a script says, to the call whose turn it is. Each part below counts anew."
    )?;
    for rule in rules(lesson)?.rules() {
        answer!(lesson, "rule: {rule}")?;
    }
    text!(
        lesson,
        "A call that is hit by error= is not made, and fails. One with short= is made, for fewer bytes: it is the kernel \
         that answers, as it does when a pipe is nearly full. A hook that only said so would have its program look at \
         bytes that nobody wrote."
    )
}

/// More calls than any work here makes, unless it is interrupted for good.
const PATIENCE: usize = 1000;

/// The calls of the works that a kernel may refuse.
static CALLS: [(Sysno, &str); 4] = [
    (SYS_close, "close"),
    (SYS_pipe2, "pipe2"),
    (SYS_read, "read"),
    (SYS_write, "write"),
];

/// How often each rule has hit in the whole chapter.
static HITS: [AtomicUsize; Script::RULES] = [const { AtomicUsize::new(0) }; Script::RULES];

/// The works that came to their end.
static WORKS: AtomicUsize = AtomicUsize::new(0);

/// Does some work under the script, without a word, as the words are calls too. Then says what was hit. What the script
/// lets fail is an answer; what the kernel itself refuses ends the part.
fn under<T>(lesson: &mut Lesson<'_>, work: impl FnOnce() -> T) -> Outcome<T> {
    let Done { answer, ended, refused } = faults::under(&rules(lesson)?, PATIENCE, work);
    if let Some((nr, errno)) = refused {
        let name = CALLS.iter().find(|(call, _)| *call == nr).map(|(_, name)| name);
        return Err(Stop::call(name.unwrap_or(&"a call"), errno));
    }
    tell(lesson, ended)?;
    Ok(answer)
}

/// What the script has hit, in a work that came to its end.
fn tell(lesson: &mut Lesson<'_>, ended: bool) -> Outcome {
    for (RuleCount { rule, calls, hits, .. }, sum) in INJECTOR.report().zip(&HITS) {
        sum.fetch_add(hits, Relaxed);
        if hits > 0 {
            answer!(lesson, "hit {hits} of {calls}: {rule}")?;
        }
    }
    if !ended {
        answer!(lesson, "after {PATIENCE} calls the script was taken away")?;
        text!(
            lesson,
            "What repeats for as long as it is interrupted has no end of its own: somebody had to give in."
        )?;
    }
    WORKS.fetch_add(1, Relaxed);
    Ok(())
}

fn failed(lesson: &mut Lesson<'_>, call: impl fmt::Display, errno: Errno) -> Outcome {
    answer!(lesson, "{call} -> errno {}: {errno} ({errno:?})", errno.raw())
}

const RECORDS: [&[u8]; 3] = [b"first ", b"second ", b"third "];
const ALL: &[u8; 19] = b"first second third ";

fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    sys_pipe2(O_CLOEXEC | O_NONBLOCK)
}

/// Sends the records through a pipe, each with `send`, until one fails; and tells what becomes of them.
fn sends(lesson: &mut Lesson<'_>, send: fn(BorrowedFd<'_>, &[u8]) -> core::result::Result<usize, Partial>) -> Outcome {
    let mut taken = 0;
    let done = under(lesson, || -> Result<_> {
        let (reader, writer) = pipe()?;
        let error = RECORDS.iter().find_map(|record| match send(writer.as_fd(), record) {
            Ok(count) => {
                taken += count;
                None
            }
            Err(partial) => {
                taken += partial.done;
                partial.errno
            }
        });
        Ok((reader, error))
    })?;
    let (reader, error) = match done {
        Ok(done) => done,
        Err(errno) => return failed(lesson, "pipe2", errno),
    };
    if let Some(errno) = error {
        failed(lesson, "write", errno)?;
    }
    // The script is over.
    let mut buf = [0; 2 * ALL.len()];
    let arrived = read_to_end(reader.as_fd(), &mut buf).of(&"read")?;
    if arrived != taken {
        return Err(LIED);
    }
    let arrived = &buf[..arrived];
    let verdict = match error {
        _ if arrived == ALL => "nothing is lost",
        Some(_) => "the rest did not, and the program knows",
        None => "the rest is lost, and nobody knows",
    };
    answer!(
        lesson,
        "{} of {} bytes arrived, {}: {verdict}",
        arrived.len(),
        ALL.len(),
        Quoted(arrived)
    )
}

const LIED: Stop = Stop::unexpected(&"read: not the bytes that were written");

fn nobody_looks(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Three records go through a pipe, and nobody looks at what write answers. Without faults they arrive, in every \
         test on every machine."
    )?;
    rust!(
        lesson,
        "for record in records {{ let _ = sys_write(writer.as_fd(), record); }}"
    )?;
    // What nobody looks at is counted here all the same, to be compared with what arrives.
    sends(lesson, |writer, record| Ok(sys_write(writer, record).unwrap_or(0)))
}

fn again_after_a_signal(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "retry makes the call again when a signal has interrupted it, and `?` passes other errors on. Nobody looks at the \
         count."
    )?;
    rust!(
        lesson,
        "for record in records {{ retry(|| sys_write(writer.as_fd(), record))?; }}"
    )?;
    sends(lesson, |writer, record| {
        retry(|| sys_write(writer, record)).map_err(|errno| Partial {
            done: 0,
            errno: Some(errno),
        })
    })
}

fn all_of_it(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "write_all repeats after a signal and goes on behind what was taken. What it cannot mend it passes on, with how \
         far it came."
    )?;
    rust!(
        lesson,
        "for record in records {{ write_all(writer.as_fd(), record)?; }}"
    )?;
    sends(lesson, |writer, record| {
        write_all(writer, record).map(|()| record.len())
    })
}

fn reading(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Reading is no different: a read gives what there is now, and 0 at the end alone. read_to_end reads until then."
    )?;
    let (reader, writer) = pipe().of(&"pipe2")?;
    write_all(writer.as_fd(), ALL).of(&"write")?;
    drop(writer);
    let mut buf = [0; 2 * ALL.len()];
    rust!(lesson, "let once = sys_read(reader.as_fd(), &mut buf);")?;
    rust!(
        lesson,
        "let rest = read_to_end(reader.as_fd(), &mut buf[once.unwrap_or(0)..]);"
    )?;
    let (once, rest) = under(lesson, || {
        let once = sys_read(reader.as_fd(), &mut buf);
        let rest = read_to_end(reader.as_fd(), &mut buf[once.unwrap_or(0)..]);
        (once, rest)
    })?;
    let (first, more) = buf.split_at(once.unwrap_or(0));
    let more = &more[..rest.unwrap_or_else(|partial| partial.done)];
    if !ALL.strip_prefix(first).is_some_and(|all| all.starts_with(more)) {
        return Err(LIED);
    }
    match once {
        Ok(count) => answer!(lesson, "read -> {count} of {} bytes: {}", ALL.len(), Quoted(first))?,
        Err(errno) => failed(lesson, "read", errno)?,
    }
    answer!(lesson, "read_to_end -> {} bytes: {}", more.len(), Quoted(more))?;
    match rest {
        Ok(_) => Ok(()),
        Err(partial) => failed(lesson, "then read", partial.into()),
    }
}

fn two_pipes() -> Result<()> {
    let _first = sys_pipe2(O_CLOEXEC)?;
    let _second = sys_pipe2(O_CLOEXEC)?;
    Ok(())
}

fn no_room_for_an_fd(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "An error can also come half-way: this function has one pipe already when it is refused another. In C \
         this is where somebody forgot to close the first. An OwnedFd is closed on every way out."
    )?;
    rust!(lesson, "let _first = sys_pipe2(O_CLOEXEC)?;")?;
    rust!(lesson, "let _second = sys_pipe2(O_CLOEXEC)?;")?;
    let before = sys_dup(STDOUT).of(&"dup")?.as_raw();
    let done = under(lesson, two_pipes)?;
    let after = sys_dup(STDOUT).of(&"dup")?.as_raw();
    if let Err(errno) = done {
        failed(lesson, "pipe2", errno)?;
    }
    if after != before {
        return Err(Stop::unexpected(&"pipe2: a descriptor was left open"));
    }
    answer!(lesson, "the lowest free descriptor is {after}, as before")
}

fn never_hit(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "What each rule did was seen above. One that never hit has tested nothing."
    )?;
    if WORKS.load(Relaxed) < 6 {
        // The kernel ended a part, and nobody knows what the script would have hit there.
        return Ok(());
    }
    let script = rules(lesson)?;
    let hit = |(_, hits): &(_, &AtomicUsize)| hits.load(Relaxed) > 0;
    let counted = || script.rules().iter().zip(&HITS);
    answer!(
        lesson,
        "{} of {} rules have hit",
        counted().filter(hit).count(),
        script.rules().len()
    )?;
    for (rule, _) in counted().filter(|counted| !hit(counted)) {
        answer!(lesson, "never: {rule}")?;
    }
    let program = lesson.program();
    hint!(
        lesson,
        "rules of your own: {program} inject 'write:error=ENOSPC:when=2', then 'read,write:short=1', and \
         'write:error=EINTR'. A rule is NAME[,NAME...] or any, what it does: error=ERRNO, short=BYTES, signal=SIGNAL, \
         delay_enter=MICROSECONDS or count, and when=3 (the third call), when=3+, when=3+2 or when=3..9, with colons between. \
         strace --inject takes the same words, but for short=, any and count. \
         With --watch each call is shown, and what it was answered. Any chapter runs under rules with --inject: \
         {program} calls --inject=read:error=EINTR:when=2"
    )
}
