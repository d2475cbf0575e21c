//! How output looks: colour, width and box characters are for terminals; a pipe or a file gets plain text.

use rawtrap::start::Start;
use rawtrap::{BorrowedFd, TIOCGWINSZ, Winsize, sys_ioctl};

/// How output looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Escape sequences may be written.
    pub colour: bool,
    /// Characters outside ASCII may be written.
    pub utf8: bool,
    /// The characters of a line.
    pub width: usize,
}

/// What fits a terminal of the usual width, and a pager.
const WIDTH: usize = 80;

/// Longer lines than these are hard to read, shorter ones leave no room for a word.
const WIDEST: usize = 100;
const NARROWEST: usize = 40;

impl Look {
    /// Plain text.
    pub const PLAIN: Look = Look {
        colour: false,
        utf8: false,
        width: WIDTH,
    };

    /// The look for what is behind `fd`.
    pub fn of(fd: BorrowedFd<'_>, start: Start) -> Look {
        let mut size = Winsize::default();
        // SAFETY: the driver of a terminal writes one `struct winsize`, any other answers an errno.
        if unsafe { sys_ioctl(fd, TIOCGWINSZ.bits(), (&raw mut size).cast()) }.is_err() {
            return Look::PLAIN;
        }
        Look {
            colour: setting(start, &[b"NO_COLOR"]).is_none() && setting(start, &[b"TERM"]) != Some(b"dumb"),
            utf8: setting(start, &[b"LC_ALL", b"LC_CTYPE", b"LANG"]).is_some_and(names_utf8),
            width: match size.ws_col {
                0 => WIDTH,
                columns => usize::from(columns).clamp(NARROWEST, WIDEST),
            },
        }
    }
}

/// The first of these variables that is set to something.
fn setting(start: Start, names: &[&[u8]]) -> Option<&'static [u8]> {
    names
        .iter()
        .filter_map(|name| start.var(name))
        .map(|value| value.to_bytes())
        .find(|value| !value.is_empty())
}

/// A locale names its encoding last: `de_DE.UTF-8`, `C.utf8`.
fn names_utf8(locale: &[u8]) -> bool {
    let encoding = locale.split(|byte| *byte == b'.').nth(1).unwrap_or_default();
    let encoding = encoding.split(|byte| *byte == b'@').next().unwrap_or_default();
    encoding.eq_ignore_ascii_case(b"utf-8") || encoding.eq_ignore_ascii_case(b"utf8")
}
