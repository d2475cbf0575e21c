//! The chapter's own command line.

use core::ffi::CStr;
use core::fmt;

use rawtrap::start::Strings;
use rawtrap::tables::native::nr::TABLE;
use rawtrap::{OwnedFd, Pid, Result, Sysno};

use crate::options::{calls, open_log};
use crate::quoted::Quoted;

pub const HELP: [&str; 14] = [
    "usage: lesson watch [OPTION ...] PROGRAM [ARG ...]",
    "       lesson watch [OPTION ...] -p PID",
    "",
    "Prints each call of the program and of all that it starts, as strace -f does, on fd 2.",
    "",
    "  -e NAME,NAME    these calls alone",
    "  -c              no lines: how often each call was made, failed, and how long it took: by the wall, as for",
    "                  strace -c -w, so that a call that sleeps costs much",
    "  -o FILE         into this file, each line with the number of the process or thread",
    "  -p PID          of this process, which runs already; ^C lets it go",
    "",
    "A signal that means the end (^C) is passed on to the program; once that has ended, it lets go of what is left.",
    "",
    "exit status: the program's; 1 if it could not be watched or a line could not be written; 2 for a wrong command line",
];

/// What is to be watched, and how it is told.
pub struct Options {
    pub target: Target,
    pub filter: Filter,
    pub count: bool,
    output: Option<&'static CStr>,
}

pub enum Target {
    /// The program and its arguments.
    Program(Strings),
    Process(Pid),
}

/// What is wrong with the command line.
pub enum Wrong {
    Nothing,
    Both,
    Option(&'static CStr),
    Value(char),
    Call(&'static [u8]),
    Pid(&'static CStr),
}

impl Options {
    /// `None`: the person wants help.
    pub fn parse(mut words: Strings) -> core::result::Result<Option<Options>, Wrong> {
        let mut options = Options {
            target: Target::Program(words.clone()),
            filter: Filter::ALL,
            count: false,
            output: None,
        };
        let mut process = None;
        loop {
            let rest = words.clone();
            let word = words.next();
            let option = match word.map(CStr::to_bytes) {
                Some(b"--") => {
                    options.target = Target::Program(words.clone());
                    break;
                }
                Some(b"-h" | b"--help") => return Ok(None),
                Some([b'-', option, ..]) => *option,
                _ => {
                    options.target = Target::Program(rest);
                    break;
                }
            };
            let word = word.unwrap_or_default();
            if option == b'c' && word.count_bytes() == 2 {
                options.count = true;
                continue;
            }
            if !matches!(option, b'e' | b'o' | b'p') {
                return Err(Wrong::Option(word));
            }
            // `-eread`, or `-e read`.
            let value = match word.count_bytes() {
                2 => words.next(),
                _ => CStr::from_bytes_with_nul(&word.to_bytes_with_nul()[2..]).ok(),
            };
            let value = value.ok_or(Wrong::Value(char::from(option)))?;
            match option {
                b'e' => options.filter = Filter::of(value)?,
                b'o' => options.output = Some(value),
                _ => process = Some(number(value).ok_or(Wrong::Pid(value))?),
            }
        }
        let Target::Program(program) = &options.target else {
            return Err(Wrong::Nothing);
        };
        match (process, program.clone().next()) {
            (None, None) => return Err(Wrong::Nothing),
            (Some(_), Some(_)) => return Err(Wrong::Both),
            (Some(pid), None) => options.target = Target::Process(pid),
            (None, Some(_)) => {}
        }
        Ok(Some(options))
    }

    /// True if the lines go into a file.
    pub fn has_file(&self) -> bool {
        self.output.is_some()
    }

    /// Where the lines go, if that is not fd 2.
    pub fn open(&self) -> Result<Option<OwnedFd>> {
        self.output.map(open_log).transpose()
    }
}

/// A process's number.
fn number(word: &CStr) -> Option<Pid> {
    let number: i32 = word.to_str().ok()?.parse().ok()?;
    (number > 0).then_some(Pid::from_raw(number))
}

/// The place of a call in the table of all calls, if the crate knows its number.
pub fn place(nr: Sysno) -> Option<usize> {
    TABLE.binary_search_by_key(&nr.number(), |(_, number)| *number).ok()
}

/// The calls that are told, a bit for each place.
#[derive(Clone, Copy)]
pub struct Filter([u64; TABLE.len().div_ceil(64)]);

impl Filter {
    const ALL: Filter = Filter([u64::MAX; TABLE.len().div_ceil(64)]);

    /// Of what stands behind -e.
    fn of(value: &'static CStr) -> core::result::Result<Filter, Wrong> {
        let mut filter = Filter([0; TABLE.len().div_ceil(64)]);
        for name in calls(value).map_err(Wrong::Call)?.split(',') {
            let place = Sysno::from_name(name).and_then(place);
            let place = place.ok_or(Wrong::Call(name.as_bytes()))?;
            filter.0[place / 64] |= 1 << (place % 64);
        }
        Ok(filter)
    }

    pub fn is_all(&self) -> bool {
        self.0 == Filter::ALL.0
    }

    /// True for a call that is told. One that the crate does not know is told where all are.
    pub fn has(&self, nr: Sysno) -> bool {
        match place(nr) {
            Some(place) => self.0[place / 64] & 1 << (place % 64) != 0,
            None => self.is_all(),
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Nothing => f.write_str("it takes a program with its arguments, or -p PID"),
            Wrong::Both => f.write_str("it takes a program or -p PID, not both"),
            Wrong::Option(word) => write!(f, "unknown option {}", Quoted(word.to_bytes())),
            Wrong::Value(option) => write!(f, "-{option} wants a value"),
            Wrong::Call(name) => write!(f, "there is no call {}", Quoted(name)),
            Wrong::Pid(word) => write!(f, "{} is no process's number", Quoted(word.to_bytes())),
        }
    }
}
