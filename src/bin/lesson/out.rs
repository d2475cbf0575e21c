//! Lines on an fd: whole ones, in colour where that is wanted, and paragraphs that fit the width.

use core::fmt::{self, Write};

use rawtrap::{BorrowedFd, Partial, write_all};

use crate::lesson::{Outcome, Stop};
use crate::registers;
use crate::terminal::Look;

/// What a line is, which is its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// An explanation.
    Plain,
    /// The title of a chapter.
    Title,
    /// A line of source.
    Rust,
    /// What the kernel answered.
    Answer,
    /// What the reader can do.
    Try,
    /// The registers at a trap.
    Registers,
}

impl Style {
    /// "Select graphic rendition" (console_codes(4)).
    fn colour(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Title => "\x1b[1m",
            Style::Rust => "\x1b[36m",
            Style::Answer => "\x1b[32m",
            Style::Try => "\x1b[33m",
            Style::Registers => "\x1b[35m",
        }
    }
}

/// The end of every colour.
const PLAIN: &str = "\x1b[0m";

/// Which way its writes go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Through the hooks.
    Seen,
    /// Past them.
    Unseen,
    Nowhere,
}

/// Writes lines to the fd that it is given.
pub struct Out<'fd> {
    fd: BorrowedFd<'fd>,
    look: Look,
    way: Way,
    buffer: [u8; Out::CAPACITY],
    used: usize,
    /// What the last line was.
    last: Style,
    /// Why `fmt::Error` came.
    error: Option<Partial>,
}

impl Out<'_> {
    /// As much as it writes at once.
    pub const CAPACITY: usize = 1024;
}

impl<'fd> Out<'fd> {
    /// Writes to `fd` in this look.
    pub fn new(fd: BorrowedFd<'fd>, look: Look) -> Out<'fd> {
        Out {
            fd,
            look,
            way: Way::Seen,
            buffer: [0; Out::CAPACITY],
            used: 0,
            last: Style::Plain,
            error: None,
        }
    }

    /// For a hook, which must not see itself; and what it says at once is written at once, as others say something too.
    pub fn unseen(fd: BorrowedFd<'fd>, look: Look) -> Out<'fd> {
        Out {
            way: Way::Unseen,
            ..Out::new(fd, look)
        }
    }

    /// For a chapter whose words are not wanted.
    pub fn silent(fd: BorrowedFd<'fd>, look: Look) -> Out<'fd> {
        Out {
            way: Way::Nowhere,
            ..Out::new(fd, look)
        }
    }

    /// Where it writes to, for a chapter that shows a call on it.
    pub fn fd(&self) -> BorrowedFd<'fd> {
        self.fd
    }

    /// How it looks.
    pub fn look(&self) -> Look {
        self.look
    }

    /// Writes one line.
    pub fn line(&mut self, style: Style, margin: &str, text: fmt::Arguments<'_>) -> Outcome {
        let written = self.write_line(style, margin, text);
        self.outcome(written)
    }

    /// Writes words, broken into lines, apart from answers and source; `margin` stands before the first line, blanks
    /// before the others.
    pub fn paragraph(&mut self, style: Style, margin: &str, text: fmt::Arguments<'_>) -> Outcome {
        let written = self.write_paragraph(style, margin, text);
        self.outcome(written)
    }

    fn write_line(&mut self, style: Style, margin: &str, text: fmt::Arguments<'_>) -> fmt::Result {
        self.begin(style)?;
        write!(self, "{margin}{text}")?;
        self.end(style)?;
        self.flush()
    }

    fn write_paragraph(&mut self, style: Style, margin: &str, text: fmt::Arguments<'_>) -> fmt::Result {
        if matches!(self.last, Style::Answer | Style::Rust) {
            self.end(Style::Plain)?;
        }
        self.begin(style)?;
        self.write_str(margin)?;
        let mut words = Words::new(self, style, margin.chars().count());
        words.write_fmt(text)?;
        words.end_word()?;
        self.end(style)?;
        self.flush()
    }

    fn begin(&mut self, style: Style) -> fmt::Result {
        if self.look.colour {
            self.write_str(style.colour())
        } else {
            Ok(())
        }
    }

    fn end(&mut self, style: Style) -> fmt::Result {
        let after = if self.look.colour && style != Style::Plain {
            PLAIN
        } else {
            ""
        };
        self.last = style;
        self.write_str(after)?;
        self.write_str("\n")?;
        if self.way == Way::Seen { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> fmt::Result {
        let text = &self.buffer[..self.used];
        let written = match self.way {
            Way::Seen => registers::own_text(text, || write_all(self.fd, text)),
            Way::Unseen => registers::write_unseen(self.fd, text),
            Way::Nowhere => Ok(()),
        };
        self.used = 0;
        written.map_err(|partial| {
            self.error = Some(partial);
            fmt::Error
        })
    }

    fn outcome(&mut self, written: fmt::Result) -> Outcome {
        match (written, self.error) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(partial)) => Err(Stop::output(partial)),
            (Err(_), None) => Err(Stop::unexpected(&"a value could not be formatted")),
        }
    }
}

/// Collects a line.
impl Write for Out<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if self.used == self.buffer.len() {
                self.flush()?;
            }
            self.buffer[self.used] = byte;
            self.used += 1;
        }
        Ok(())
    }
}

/// A blank where no line is broken.
pub const UNBROKEN: char = '\u{a0}';

/// Breaks text into lines where a word would pass the width.
struct Words<'a, 'fd> {
    out: &'a mut Out<'fd>,
    style: Style,
    indent: usize,
    column: usize,
    word: [u8; 256],
    used: usize,
}

impl<'a, 'fd> Words<'a, 'fd> {
    fn new(out: &'a mut Out<'fd>, style: Style, indent: usize) -> Words<'a, 'fd> {
        Words {
            out,
            style,
            indent,
            column: indent,
            word: [0; 256],
            used: 0,
        }
    }

    fn end_word(&mut self) -> fmt::Result {
        let word = core::str::from_utf8(&self.word[..self.used]).map_err(|_| fmt::Error)?;
        let length = word.chars().count();
        if length == 0 {
            return Ok(());
        }
        let first = self.column == self.indent;
        if !first && self.column + 1 + length > self.out.look.width {
            self.out.end(self.style)?;
            self.out.begin(self.style)?;
            write!(self.out, "{:indent$}", "", indent = self.indent)?;
            self.column = self.indent;
        } else if !first {
            self.out.write_str(" ")?;
            self.column += 1;
        }
        self.out.write_str(word)?;
        self.column += length;
        self.used = 0;
        Ok(())
    }
}

impl Write for Words<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if character == ' ' || self.used + character.len_utf8() > self.word.len() {
                self.end_word()?;
            }
            if character != ' ' {
                let character = if character == UNBROKEN { ' ' } else { character };
                self.used += character.encode_utf8(&mut self.word[self.used..]).len();
            }
        }
        Ok(())
    }
}
