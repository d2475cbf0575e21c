//! The command line.

use core::ffi::CStr;
use core::fmt;

use crate::chapters;
use crate::lesson::{Argument, Chapter};

/// What a person asked for.
pub enum Command {
    /// `lesson`
    All,
    /// `lesson CHAPTER [ARGUMENT]`
    One(&'static Chapter, Option<&'static str>),
    /// `lesson --help`
    Help,
}

/// What is wrong with the command line.
pub enum Wrong {
    Text(&'static CStr),
    Option(&'static str),
    Chapter(&'static str),
    Argument(&'static str, &'static Chapter, &'static Argument),
    More(&'static str, &'static Chapter),
}

/// Reads the arguments behind the program's name. An option may stand anywhere before `--`.
pub fn parse(arguments: impl Iterator<Item = &'static CStr>) -> Result<Command, Wrong> {
    let mut chapter = None;
    let mut argument = None;
    let mut options = true;
    for word in arguments {
        let text = word.to_str().map_err(|_| Wrong::Text(word))?;
        match text {
            "--" if options => options = false,
            "-h" | "--help" if options => return Ok(Command::Help),
            _ if options && text.starts_with('-') => return Err(Wrong::Option(text)),
            _ => match chapter {
                None => chapter = Some(chapters::find(text).ok_or(Wrong::Chapter(text))?),
                Some(chapter) if argument.is_none() => argument = Some(value(text, chapter)?),
                Some(chapter) => return Err(Wrong::More(text, chapter)),
            },
        }
    }
    Ok(match chapter {
        Some(chapter) => Command::One(chapter, argument),
        None => Command::All,
    })
}

fn value(text: &'static str, chapter: &'static Chapter) -> Result<&'static str, Wrong> {
    let argument = chapter.argument.ok_or(Wrong::More(text, chapter))?;
    let found = argument.values().find(|value| *value == text);
    found.ok_or(Wrong::Argument(text, chapter, argument))
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Text(word) => write!(f, "the argument {word:?} is not UTF-8"),
            Wrong::Option(word) => write!(f, "unknown option {word:?}"),
            Wrong::Chapter(word) => write!(f, "unknown chapter {word:?}"),
            Wrong::More(word, chapter) => match chapter.argument {
                None => write!(f, "{:?} is too much: {} takes no argument", word, chapter.name),
                Some(argument) => write!(
                    f,
                    "{word:?} is too much: {} takes {} alone",
                    chapter.name, argument.shown
                ),
            },
            Wrong::Argument(word, chapter, argument) => {
                write!(f, "unknown argument {word:?}: {} takes one of", chapter.name)?;
                argument.values().try_for_each(|value| write!(f, " {value}"))
            }
        }
    }
}
