//! From the command line to the chapters, and what comes of them.

use core::fmt;

use rawtrap::start::Start;
use rawtrap::{ENOSYS, EPERM, Errno, Handler, SIGCHLD, SIGPIPE, SIGXFSZ, STDERR, STDOUT, Sigaction, sys_rt_sigaction};

use crate::command::{self, Command, Wrong};
use crate::lesson::{Chapter, Lesson, Outcome, Reason, Stop};
use crate::out::{Out, Style};
use crate::terminal::Look;
use crate::{chapters, drawing, options};

/// Something was refused, or the output ended early.
pub const INCOMPLETE: i32 = 1;
/// The command line makes no sense.
pub const USAGE: i32 = 2;

/// Runs the lesson; the status for the shell.
pub fn run(start: Start) -> i32 {
    let parsed = command::parse(start.args());
    let installed = parsed.as_ref().map_or(Ok(()), |(_, options)| options.install(start));
    // A program that is watched inherits the signals as they are.
    if !matches!(parsed, Ok((Command::Watch(_), _))) {
        signals();
    }
    let mut lesson = Lesson {
        out: Out::new(STDOUT, Look::of(STDOUT, start)),
        diagnostics: Out::new(STDERR, Look::PLAIN),
        start,
        argument: None,
        refused: 0,
    };
    if let Err(stop) = installed {
        report(&mut lesson, "-o", stop);
        return INCOMPLETE;
    }
    match parsed {
        Ok((command, options)) => {
            let status = follow(&mut lesson, command);
            if let Err(errno) = options.report() {
                complain(
                    &mut lesson,
                    format_args!("--watch: write -> {}; a line is lost", Answer(errno)),
                );
                return INCOMPLETE;
            }
            status
        }
        Err(wrong) => {
            let more = match wrong {
                // It ends below the place in its last line.
                Wrong::Script(_) => "",
                _ => "; `cargo lesson -- --help` lists what there is",
            };
            complain(&mut lesson, format_args!("{wrong}{more}"));
            USAGE
        }
    }
}

fn follow(lesson: &mut Lesson<'_>, command: Command) -> i32 {
    let outcome = match command {
        Command::Child(role) => return role.play(),
        Command::Watch(words) => return chapters::watch::run(lesson, words),
        Command::Help => help(lesson),
        Command::All => all(lesson),
        Command::One(chapter, argument) => {
            lesson.argument = argument;
            teach(lesson, chapter)
        }
    };
    if let Err(stop) = outcome {
        report(lesson, "standard output", stop);
        return INCOMPLETE;
    }
    if lesson.refused > 0 { INCOMPLETE } else { 0 }
}

/// Which signals may end the program. Where a sandbox forbids the call, they do what they did.
fn signals() {
    for (signal, handler) in [
        // A write to a pipe that nobody reads, or past RLIMIT_FSIZE, would end the program without a word; now it answers
        // EPIPE or EFBIG, which is said.
        (SIGPIPE, Handler::Ignore),
        (SIGXFSZ, Handler::Ignore),
        // Where whoever started the lesson ignores it, a program inherits that, and no child is left to wait for (wait(2)).
        (SIGCHLD, Handler::Default),
    ] {
        // SAFETY: no handler is installed.
        let _ = unsafe { sys_rt_sigaction(signal, Some(&Sigaction::new(handler))) };
    }
}

fn all(lesson: &mut Lesson<'_>) -> Outcome {
    drawing::draw(&mut lesson.out)?;
    chapters::ALL
        .iter()
        .filter(|chapter| !chapter.asks)
        .try_for_each(|chapter| teach(lesson, chapter))
}

/// Runs the parts of a chapter. A refused call ends its part; only the end of the output ends the lesson.
fn teach(lesson: &mut Lesson<'_>, chapter: &Chapter) -> Outcome {
    lesson.gap()?;
    lesson.out.line(
        Style::Title,
        "== ",
        format_args!("{}: {} ==", chapter.name, chapter.about),
    )?;
    for part in chapter.parts {
        lesson.gap()?;
        match part(lesson) {
            Ok(()) => {}
            Err(stop) if matches!(stop.reason(), Reason::Output(_)) => return Err(stop),
            Err(stop) => {
                lesson.refused += 1;
                report(lesson, chapter.name, stop);
            }
        }
    }
    Ok(())
}

fn report(lesson: &mut Lesson<'_>, place: &str, stop: Stop) {
    match stop.reason() {
        Reason::Call(call, errno) => complain(
            lesson,
            format_args!("{place}: {call} -> {}{}", Answer(errno), sandbox(errno)),
        ),
        Reason::Unexpected(what) => complain(lesson, format_args!("{place}: {what}")),
        Reason::Output(errno) => match errno {
            Some(errno) => complain(
                lesson,
                format_args!("{place}: write -> {}; the lesson ends here", Answer(errno)),
            ),
            None => complain(
                lesson,
                format_args!("{place}: write took nothing; the lesson ends here"),
            ),
        },
    }
}

/// One line on fd 2. If that fails too, nobody listens.
pub fn complain(lesson: &mut Lesson<'_>, text: fmt::Arguments<'_>) {
    let _ = lesson.diagnostics.line(Style::Plain, "lesson: ", text);
}

/// `errno 9: bad file descriptor (EBADF)`
pub struct Answer(pub Errno);

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answer(errno) = self;
        write!(f, "errno {}: {errno} ({errno:?})", errno.raw())
    }
}

fn sandbox(errno: Errno) -> &'static str {
    match errno {
        EPERM | ENOSYS => "; a sandbox (seccomp, a container) or an emulator forbids this call here",
        _ => "",
    }
}

fn help(lesson: &mut Lesson<'_>) -> Outcome {
    let out = &mut lesson.out;
    let mut line = |text: fmt::Arguments<'_>| out.line(Style::Plain, "", text);
    line(format_args!(
        "The boundary between a program and the kernel, walked through without libc."
    ))?;
    line(format_args!(""))?;
    line(format_args!(
        "usage: cargo lesson                       all chapters, in order"
    ))?;
    line(format_args!("       cargo lesson CHAPTER [ARGUMENT]    one of them"))?;
    line(format_args!(
        "       cargo lesson CHAPTER [OPTION ...]  with more to see; behind `--` options may come first"
    ))?;
    line(format_args!(
        "       cargo lesson watch --help          how another program is watched, which has options of its own"
    ))?;
    line(format_args!("       cargo lesson -- --help             this text"))?;
    line(format_args!(
        "       cargo lesson -- --child ROLE       what chapter calls executes itself as: exit or signal"
    ))?;
    line(format_args!(""))?;
    line(format_args!(
        "options, for every chapter (for watch itself, before its name: cargo lesson -- --registers watch true):"
    ))?;
    for (option, about) in options::HELP {
        line(format_args!("  {option:16}{about}"))?;
    }
    line(format_args!(""))?;
    line(format_args!("chapters:"))?;
    for chapter in chapters::ALL {
        let name = chapter.name;
        let argument = chapter.argument.map_or("", |argument| argument.shown);
        let asks = if chapter.asks { " (only when it is named)" } else { "" };
        let used = name.len() + 1 + argument.len();
        let blanks = 16_usize.saturating_sub(used).max(1);
        line(format_args!("  {name} {argument}{:blanks$}{}{asks}", "", chapter.about))?;
    }
    line(format_args!(""))?;
    line(format_args!(
        "exit status: 0; 1 if the kernel refused a call or the output ended; 2 for a wrong command line"
    ))
}
