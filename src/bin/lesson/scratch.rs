//! A temporary directory, in a place that others may write to as well.

use core::ffi::CStr;

use rawtrap::{AT_FDCWD, AT_REMOVEDIR, AtFlags, ENOENT, sys_getpid, sys_mkdirat, sys_unlinkat};

use crate::lesson::{Lesson, Of, Outcome};
use crate::path::Path;

/// A directory of our own with two files in it. Whatever of it was made goes with it.
pub struct Scratch {
    folder: Path,
    pub file: Path,
    pub other: Path,
    made: bool,
}

impl Scratch {
    /// Makes the directory in that of `TMPDIR`, or the system's temporary one; the files are for the caller to make.
    pub fn new(lesson: &Lesson<'_>) -> Outcome<Scratch> {
        let base = lesson
            .start
            .var(b"TMPDIR")
            .filter(|base| !base.is_empty())
            .unwrap_or(c"/tmp");
        let folder = Path::new(base.to_bytes())?.join(format_args!("rawtrap-lesson-{:?}", sys_getpid()))?;
        sys_mkdirat(AT_FDCWD, folder.as_cstr(), 0o700).of(&"mkdirat")?;
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
