//! What a chapter is, and what it works with.

use core::fmt::{self, Write};
use core::ptr;

use rawtrap::start::Start;
use rawtrap::{Errno, Partial};

use crate::out::{Out, Style};
use crate::quoted::Quoted;

/// Shows a line of Rust that is run later, where printing in between would disturb: prefer [`shown!`].
macro_rules! rust {
    ($lesson:expr, $($format:tt)+) => {
        $lesson.rust(format_args!($($format)+))
    };
}

/// One chapter of the lesson. `chapters::ALL` lists them in their order.
pub struct Chapter {
    /// What a person types.
    pub name: &'static str,
    /// One line for the title and for `--help`.
    pub about: &'static str,
    /// The argument that it takes and can do without.
    pub argument: Option<&'static Argument>,
    /// It waits for a person's answers, or wants to be told what to work on, so that `lesson` alone leaves it out.
    pub asks: bool,
    /// Run one after the other. If the kernel refuses a call, that part ends and the next one runs.
    pub parts: &'static [Part],
}

/// What a chapter may be given.
pub struct Argument {
    /// As `--help` shows it: `[ARCH]`.
    pub shown: &'static str,
    /// What is no wrong command line.
    pub takes: Takes,
}

/// What an argument may be.
pub enum Takes {
    /// The values at the places from 0 on, for as long as there are some.
    OneOf(fn(usize) -> Option<&'static str>),
    /// A script for the injector.
    Rules,
    /// A program and its arguments.
    Command,
}

impl Argument {
    /// All values, where they can be listed.
    pub fn values(&self) -> impl Iterator<Item = &'static str> + Clone {
        (0..).map_while(|place| match self.takes {
            Takes::OneOf(value) => value(place),
            Takes::Rules | Takes::Command => None,
        })
    }
}

/// A piece of a chapter that stands on its own: it undoes what it did, also when it ends early.
pub type Part = fn(&mut Lesson<'_>) -> Outcome;

/// How a part ends.
pub type Outcome<T = ()> = Result<T, Stop>;

/// Why a part ended early. It is passed on at every other line, so it fits into two registers: the text is one more
/// pointer away.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    what: &'static &'static str,
    errno: Option<Errno>,
}

static OUTPUT: &str = "standard output";

/// A [`Stop`], taken apart.
pub enum Reason {
    /// The kernel refused a call that the rest of the part needs: the call as its manual page is named, and the answer.
    Call(&'static str, Errno),
    /// The kernel answered something else than the part explains.
    Unexpected(&'static str),
    /// Standard output takes nothing any more: the lesson is over.
    Output(Option<Errno>),
}

impl Stop {
    /// The kernel refused this call.
    pub const fn call(name: &'static &'static str, errno: Errno) -> Stop {
        Stop {
            what: name,
            errno: Some(errno),
        }
    }

    /// The kernel answered something else than the part explains.
    pub const fn unexpected(what: &'static &'static str) -> Stop {
        Stop { what, errno: None }
    }

    /// Standard output takes nothing any more.
    pub fn output(partial: Partial) -> Stop {
        Stop {
            what: &OUTPUT,
            errno: partial.errno,
        }
    }

    pub fn reason(self) -> Reason {
        match self.errno {
            errno if ptr::eq(self.what, &OUTPUT) => Reason::Output(errno),
            Some(errno) => Reason::Call(self.what, errno),
            None => Reason::Unexpected(self.what),
        }
    }
}

/// Says which call an errno came from: `sys_pipe2(O_CLOEXEC).of(&"pipe2")?`.
pub trait Of<T> {
    /// Ends the part if the call failed.
    fn of(self, call: &'static &'static str) -> Outcome<T>;
}

impl<T> Of<T> for rawtrap::Result<T> {
    fn of(self, call: &'static &'static str) -> Outcome<T> {
        self.map_err(|errno| Stop::call(call, errno))
    }
}

impl<T> Of<T> for Result<T, Partial> {
    fn of(self, call: &'static &'static str) -> Outcome<T> {
        self.map_err(|partial| match partial.errno {
            Some(errno) => Stop::call(call, errno),
            None => Stop::unexpected(&"the file ended too early"),
        })
    }
}

/// What a part works with: where it writes, and how the lesson was called.
pub struct Lesson<'a> {
    /// Results, on fd 1.
    pub out: Out<'a>,
    /// Diagnostics, on fd 2. An error while writing there has nowhere to go.
    pub diagnostics: Out<'a>,
    /// Arguments, environment and auxiliary vector.
    pub start: Start,
    /// The chapter's own argument, if one was given.
    pub argument: Option<&'static str>,
    /// The number of parts that ended early.
    pub refused: usize,
}

impl Lesson<'_> {
    /// Ends a paragraph.
    #[inline(never)]
    pub fn gap(&mut self) -> Outcome {
        self.out.line(Style::Plain, "", format_args!(""))
    }

    // The macros below end in these: what is here is not in every chapter again.

    /// Explains.
    #[inline(never)]
    pub fn text(&mut self, text: fmt::Arguments<'_>) -> Outcome {
        self.out.paragraph(Style::Plain, "  ", text)
    }

    /// Says what the reader can try.
    #[inline(never)]
    pub fn hint(&mut self, text: fmt::Arguments<'_>) -> Outcome {
        self.out.paragraph(Style::Try, "  Try: ", text)
    }

    /// Prints what the kernel answered.
    #[inline(never)]
    pub fn answer(&mut self, text: fmt::Arguments<'_>) -> Outcome {
        self.out.line(Style::Answer, "", text)
    }

    /// Shows a line of Rust.
    #[inline(never)]
    pub fn rust(&mut self, text: fmt::Arguments<'_>) -> Outcome {
        self.out.line(Style::Rust, "    > ", text)
    }

    /// What a person types to run this program again, if that can be shown as it is.
    pub fn program(&self) -> &'static str {
        self.start
            .args()
            .next()
            .and_then(|name| name.to_str().ok())
            .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()))
            .unwrap_or("target/release/lesson")
    }

    /// Shows a line of Rust, in pieces.
    pub fn show(&mut self, source: &[&str]) -> Outcome {
        rust!(self, "{}", OneLine(source))
    }
}

/// Source as `stringify!` gives it, without the line breaks that it puts into long expressions.
struct OneLine<'a>(&'a [&'a str]);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.0 {
            let mut indented = false;
            for character in piece.chars() {
                match character {
                    '\n' => f.write_char(' ')?,
                    ' ' if indented => continue,
                    _ => f.write_char(character)?,
                }
                indented = character == '\n';
            }
        }
        Ok(())
    }
}

/// What came back, if it is what was sent.
pub fn same<'a>(back: &'a [u8], sent: &[u8]) -> Outcome<Quoted<'a>> {
    if back == sent {
        Ok(Quoted(back))
    } else {
        Err(Stop::unexpected(
            &"read: the bytes that came back are not those that were sent",
        ))
    }
}

/// Text that the kernel gave.
pub fn words(bytes: &[u8]) -> Outcome<&str> {
    core::str::from_utf8(bytes).map_err(|_| Stop::unexpected(&"the bytes are no text"))
}

/// Explains: `text!(lesson, "A pipe has two ends.")?`. Broken into lines of the terminal's width, or of 80 characters.
macro_rules! text {
    ($lesson:expr, $($format:tt)+) => {
        $lesson.text(format_args!($($format)+))
    };
}

/// Says what the reader can try.
macro_rules! hint {
    ($lesson:expr, $($format:tt)+) => {
        $lesson.hint(format_args!($($format)+))
    };
}

/// Shows a line of Rust and runs it, so that both are the same:
/// - `shown!(lesson, let (reader, writer) = sys_pipe2(O_CLOEXEC) => "pipe2");` ends the part if pipe2 fails;
/// - `shown!(lesson, let pid = sys_getpid());`
/// - `match shown!(lesson, sys_write(nowhere, b"text")) { ... }`
macro_rules! shown {
    ($lesson:expr, let $pattern:pat = $call:expr => $name:literal) => {
        $lesson.show(&["let ", stringify!($pattern), " = ", stringify!($call), "?;"])?;
        let $pattern = $crate::lesson::Of::of($call, &$name)?;
    };
    ($lesson:expr, let $pattern:pat = $value:expr) => {
        $lesson.show(&["let ", stringify!($pattern), " = ", stringify!($value), ";"])?;
        let $pattern = $value;
    };
    ($lesson:expr, $expression:expr) => {{
        $lesson.show(&[stringify!($expression)])?;
        $expression
    }};
}

/// Prints what the kernel answered, at the left edge.
macro_rules! answer {
    ($lesson:expr, $($format:tt)+) => {
        $lesson.answer(format_args!($($format)+))
    };
}

pub(crate) use {answer, hint, rust, shown, text};
