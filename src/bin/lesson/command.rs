//! The command line.

use core::ffi::CStr;
use core::fmt;

use rawtrap::interpose::ScriptError;
use rawtrap::start::Strings;

use crate::chapters;
use crate::chapters::calls::child::Role;
use crate::chapters::watch;
use crate::lesson::{Argument, Chapter, Takes};
use crate::options::{self, Options};
use crate::quoted::Quoted;

/// What a person asked for.
pub enum Command {
    /// `lesson`
    All,
    /// `lesson CHAPTER [ARGUMENT]`
    One(&'static Chapter, Option<&'static str>),
    /// `lesson watch ...`, and what follows.
    Watch(Strings),
    /// `lesson --help`
    Help,
    /// `lesson --child ROLE`, as chapter calls executes it.
    Child(Role),
}

/// What is wrong with the command line.
pub enum Wrong {
    Text(&'static CStr),
    Option(&'static str),
    /// An option that wants a value.
    Value(&'static str),
    /// An option that means nothing without another.
    Without(&'static str, &'static str),
    Call(&'static [u8]),
    Role,
    Chapter(&'static str),
    Argument(&'static str, &'static Chapter, &'static Argument),
    Script(ScriptError<'static>),
    NoRules,
    More(&'static str, &'static Chapter),
}

/// Reads the arguments, the program's name first. An option may stand anywhere before `--`.
pub fn parse(mut arguments: Strings) -> Result<(Command, Options), Wrong> {
    let mut chapter = None;
    let mut argument = None;
    let mut given = Options::default();
    let mut open = true;
    arguments.next();
    while let Some(word) = arguments.next() {
        let text = word.to_str().map_err(|_| Wrong::Text(word))?;
        match text {
            "--" if open => open = false,
            "--child" if open => {
                let role = arguments.next().unwrap_or_default().to_bytes();
                let role = Role::find(role).ok_or(Wrong::Role)?;
                return Ok((Command::Child(role), Options::default()));
            }
            "-h" | "--help" if open => return Ok((Command::Help, Options::default())),
            _ if open && text.starts_with('-') => given.take(word, &mut arguments)?,
            _ if chapter.is_none() && text == watch::CHAPTER.name => {
                return Ok((Command::Watch(arguments), given.check()?));
            }
            _ => match chapter {
                None => chapter = Some(chapters::find(text).ok_or(Wrong::Chapter(text))?),
                Some(chapter) if argument.is_none() => argument = Some(value(text, chapter)?),
                Some(chapter) => return Err(Wrong::More(text, chapter)),
            },
        }
    }
    let command = match chapter {
        Some(chapter) => Command::One(chapter, argument),
        None => Command::All,
    };
    Ok((command, given.check()?))
}

fn value(text: &'static str, chapter: &'static Chapter) -> Result<&'static str, Wrong> {
    let argument = chapter.argument.ok_or(Wrong::More(text, chapter))?;
    match argument.takes {
        Takes::OneOf(_) => {
            let found = argument.values().find(|value| *value == text);
            found.ok_or(Wrong::Argument(text, chapter, argument))
        }
        Takes::Command => Ok(text),
        Takes::Rules => options::check_rules(text).map(|()| text),
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Text(word) => write!(f, "the argument {} is not UTF-8", Quoted(word.to_bytes())),
            Wrong::Option(word) => write!(f, "unknown option {}", Quoted(word.as_bytes())),
            Wrong::Value(option) => write!(f, "{option} wants a value"),
            Wrong::Without(option, other) => write!(f, "{option} goes with {other}"),
            Wrong::Call(name) => write!(f, "there is no call {}", Quoted(name)),
            Wrong::NoRules => f.write_str("there are no rules"),
            Wrong::Script(error) => write!(f, "the rules, {error}"),
            Wrong::Role => f.write_str("--child takes one of exit signal"),
            Wrong::Chapter(word) => write!(f, "unknown chapter {}", Quoted(word.as_bytes())),
            Wrong::More(word, chapter) => match chapter.argument {
                None => write!(
                    f,
                    "{} is too much: {} takes no argument",
                    Quoted(word.as_bytes()),
                    chapter.name
                ),
                Some(argument) => write!(
                    f,
                    "{} is too much: {} takes {} alone",
                    Quoted(word.as_bytes()),
                    chapter.name,
                    argument.shown
                ),
            },
            Wrong::Argument(word, chapter, argument) => {
                write!(
                    f,
                    "unknown argument {}: {} takes one of",
                    Quoted(word.as_bytes()),
                    chapter.name
                )?;
                argument.values().try_for_each(|value| write!(f, " {value}"))
            }
        }
    }
}
