//! A directory for one case, which is removed with what the case left in it.

use core::ffi::CStr;
use core::fmt::Write;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU32, Ordering};

use rawtrap::{
    AT_FDCWD, AT_REMOVEDIR, AtFlags, BorrowedFd, Dir, EISDIR, O_CLOEXEC, O_DIRECTORY, O_RDONLY, OwnedFd, Result,
    SEEK_SET, sys_getpid, sys_lseek, sys_mkdirat, sys_open, sys_unlinkat,
};

use crate::{Failure, Outcome};

/// A directory below /tmp.
pub struct Scratch {
    path: [u8; 64],
    dir: OwnedFd,
}

impl Scratch {
    /// The absolute path.
    pub fn path(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.path).unwrap_or_default()
    }

    /// The open directory.
    pub fn dir(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }
}

/// Runs a case in a directory of its own. Programs run side by side, so the name has the number of the process; and the
/// number of the directory, so that one that could not be removed is in nobody's way.
pub fn in_scratch(case: impl FnOnce(&Scratch) -> Outcome) -> Outcome {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut path = Bytes { bytes: [0; 64], len: 0 };
    let written = write!(path, "/tmp/rawtrap-{}-{number}", sys_getpid().as_raw());
    written.map_err(|_| Failure::new(format_args!("the path of the scratch directory is too long")))?;
    let path = path.bytes;
    let name = CStr::from_bytes_until_nul(&path).unwrap_or_default();
    sys_mkdirat(AT_FDCWD, name, 0o755)?;
    let dir = sys_open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)?;
    let scratch = Scratch { path, dir };
    let outcome = case(&scratch);
    let emptied = empty(scratch.dir());
    let removed = sys_unlinkat(AT_FDCWD, scratch.path(), AT_REMOVEDIR);
    outcome?;
    emptied?;
    Ok(removed?)
}

/// Removes the files and the empty directories in `dir`.
fn empty(dir: BorrowedFd<'_>) -> Result<()> {
    sys_lseek(dir, 0, SEEK_SET)?;
    let mut buf = [MaybeUninit::uninit(); 4096];
    let mut entries = Dir::new(dir, &mut buf);
    while let Some(entry) = entries.next() {
        let name = entry?.d_name;
        if name == c"." || name == c".." {
            continue;
        }
        match sys_unlinkat(dir, name, AtFlags::empty()) {
            Err(EISDIR) => sys_unlinkat(dir, name, AT_REMOVEDIR)?,
            answer => answer?,
        }
    }
    Ok(())
}

/// A string without an allocator; the last byte stays zero.
struct Bytes {
    bytes: [u8; 64],
    len: usize,
}

impl Write for Bytes {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.len + text.len();
        let room = self.bytes[..63].get_mut(self.len..end).ok_or(core::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
