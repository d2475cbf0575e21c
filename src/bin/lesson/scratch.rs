//! A temporary directory, in a place that others may write to as well.

use core::ffi::CStr;

use rawtrap::{AT_FDCWD, AT_REMOVEDIR, AtFlags, EEXIST, ENOENT, sys_getpid, sys_mkdirat, sys_unlinkat};

use crate::lesson::{Lesson, Of, Outcome};
use crate::out::Style;
use crate::path::Path;
use crate::quoted::Quoted;

/// How many names are tried.
const NAMES: u32 = 4;

/// A directory of our own with two files in it. Whatever of it was made goes with it.
pub struct Scratch {
    folder: Path,
    pub file: Path,
    pub other: Path,
    made: bool,
}

impl Scratch {
    /// Makes the directory in that of `TMPDIR`, or the system's temporary one; the files are for the caller to make.
    pub fn new(lesson: &mut Lesson<'_>) -> Outcome<Scratch> {
        let base = lesson
            .start
            .var(b"TMPDIR")
            .filter(|base| !base.is_empty())
            .unwrap_or(c"/tmp");
        let pid = sys_getpid();
        let base = Path::new(base.to_bytes())?;
        let mut folder = base.join(format_args!("rawtrap-lesson-{pid:?}"))?;
        let mut made = sys_mkdirat(AT_FDCWD, folder.as_cstr(), 0o700);
        // A lesson that was killed, or another process of that number in a container, may have left the name behind.
        for number in 1..NAMES {
            if made != Err(EEXIST) {
                break;
            }
            folder = base.join(format_args!("rawtrap-lesson-{pid:?}-{number}"))?;
            made = sys_mkdirat(AT_FDCWD, folder.as_cstr(), 0o700);
        }
        if made.is_err() {
            // The answer is said when the part ends; its path is known here alone.
            let path = Quoted(folder.as_cstr().to_bytes());
            let _ = lesson.diagnostics.line(
                Style::Plain,
                "lesson: ",
                format_args!("cannot make the directory {path}"),
            );
        }
        made.of(&"mkdirat")?;
        Ok(Scratch {
            file: folder.join(format_args!("file"))?,
            other: folder.join(format_args!("other"))?,
            folder,
            made: true,
        })
    }

    /// Removes all that was made, and says what cannot be removed.
    pub fn remove(mut self) -> Outcome {
        self.made = false;
        let mut outcome = Ok(());
        for (path, flags) in self.names() {
            match sys_unlinkat(AT_FDCWD, path, flags) {
                Ok(()) | Err(ENOENT) => {}
                Err(errno) => outcome = outcome.and(Err(errno)),
            }
        }
        outcome.of(&"unlinkat")
    }

    fn names(&self) -> impl Iterator<Item = (&CStr, AtFlags)> {
        let none = AtFlags::empty();
        [(&self.file, none), (&self.other, none), (&self.folder, AT_REMOVEDIR)]
            .into_iter()
            .map(|(path, flags)| (path.as_cstr(), flags))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.made {
            for (path, flags) in self.names() {
                // The part ended early, and that has been said; what was not made cannot be removed.
                let _ = sys_unlinkat(AT_FDCWD, path, flags);
            }
        }
    }
}
