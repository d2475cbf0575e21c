//! A small strace: another program's calls, seen from outside by ptrace(2).
//!
//! It is a chapter that does instead of telling: what follows its name is the program to watch, or its own options.
//!
//! Where a call stands in two pieces, strace shows what its arguments point to as soon as it is known, and this one when the
//! call has come back: the size behind clone3's structure stands after `resumed`, not before `<unfinished ...>`.

mod attach;
mod call;
mod environment;
mod launch;
mod log;
mod options;
mod signals;
mod tasks;
mod tracer;

use rawtrap::start::Strings;
use rawtrap::{ENOSYS, EPERM, Errno, STDERR, Signal, WaitStatus};

use crate::lesson::{Argument, Chapter, Lesson, Takes};
use crate::out::Style;
use crate::tour::{Answer, INCOMPLETE, USAGE, complain};
use log::Log;
use options::{Options, Target};
use tracer::Tracer;

pub const CHAPTER: Chapter = Chapter {
    name: "watch",
    about: "every call of another program, from outside: a small strace",
    argument: Some(&PROGRAM),
    asks: true,
    parts: &[],
};

const PROGRAM: Argument = Argument {
    shown: "PROGRAM",
    takes: Takes::Command,
};

/// Why nothing is watched.
pub enum Refused {
    /// The kernel refused a call: as the manual names it, and the answer.
    Call(&'static str, Errno),
    /// PATH has no such program.
    NoProgram(&'static [u8]),
    /// The program that was to be executed ended before.
    Ended,
}

/// Watches what the command line says; the status for the shell.
pub fn run(lesson: &mut Lesson<'_>, words: Strings) -> i32 {
    let options = match Options::parse(words) {
        Ok(Some(options)) => options,
        Ok(None) => return help(lesson),
        Err(wrong) => {
            complain(
                lesson,
                format_args!("watch: {wrong}; `lesson watch --help` lists what there is"),
            );
            return USAGE;
        }
    };
    let file = match options.open() {
        Ok(file) => file,
        Err(errno) => return refused(lesson, Refused::Call("openat", errno), false),
    };
    let log = Log::new(file.as_ref().map_or(STDERR, |file| file.as_fd()));
    let mut tracer = Tracer::new(log, &options);
    let running = matches!(options.target, Target::Process(_));
    let begun = match options.target {
        Target::Program(words) => launch::begin(lesson, words, &mut tracer),
        Target::Process(pid) => attach::begin(pid, &mut tracer),
    };
    match begun {
        Ok(()) => {
            let ended = tracer.run(|errno| {
                let more = if running { "it is let go" } else { "the program runs on" };
                complain(lesson, format_args!("watch: write -> {}; {more}", Answer(errno)));
            });
            end(lesson, ended)
        }
        Err(why) => refused(lesson, why, running),
    }
}

/// How watching ended.
pub enum End {
    /// What became of the program.
    Program(WaitStatus),
    /// The processes that were attached to have ended, or were let go.
    Detached,
    /// A signal told us to let them go.
    Told(Signal),
    /// Not all of it could be written, which was said.
    Unwritten,
    /// The kernel refused a call.
    Refused(&'static str, Errno),
}

fn end(lesson: &mut Lesson<'_>, end: End) -> i32 {
    match end {
        End::Program(status) => match (status.exited(), status.signaled()) {
            (Some(status), _) => status,
            (None, Some(signal)) => signals::die_of(signal),
            (None, None) => INCOMPLETE,
        },
        End::Detached => 0,
        End::Told(signal) => signals::die_of(signal),
        End::Unwritten => INCOMPLETE,
        End::Refused(call, errno) => refused(lesson, Refused::Call(call, errno), false),
    }
}

/// Says why. `running`: it is about a process that runs already.
fn refused(lesson: &mut Lesson<'_>, why: Refused, running: bool) -> i32 {
    match why {
        Refused::Call(call, errno) => {
            complain(lesson, format_args!("watch: {call} -> {}", Answer(errno)));
            if call == "ptrace" && matches!(errno, EPERM | ENOSYS) {
                let reasons = if running && errno == EPERM {
                    // Ptrace access mode checking, ptrace(2).
                    "this process may not be watched: it is another user's, or the kernel's own, or this one itself, or \
                     has a tracer already; or only children and root may watch (Yama: \
                     /proc/sys/kernel/yama/ptrace_scope), or a sandbox forbids it"
                } else {
                    "a process may not watch another one here (an emulator, a sandbox, a tracer that is there already)"
                };
                complain(
                    lesson,
                    format_args!(
                        "watch: {reasons}; a chapter can watch itself, from inside: cargo lesson boundary --watch"
                    ),
                );
            }
        }
        Refused::NoProgram(name) => complain(
            lesson,
            format_args!("watch: PATH has no program {}", crate::quoted::Quoted(name)),
        ),
        Refused::Ended => complain(lesson, format_args!("watch: the program ended before it began")),
    }
    INCOMPLETE
}

fn help(lesson: &mut Lesson<'_>) -> i32 {
    let told = options::HELP
        .iter()
        .try_for_each(|text| lesson.out.line(Style::Plain, "", format_args!("{text}")));
    if told.is_ok() { 0 } else { INCOMPLETE }
}
