//! Opening a file: flags, the mode, and what umask makes of it.

use rawtrap::{Errno, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, sys_fstat, sys_open, sys_read, sys_umask, write_all};

use crate::lesson::{Chapter, Lesson, Of, Outcome, Stop, answer, hint, same, shown, text, words};
use crate::quoted::Quoted;
use crate::scratch::Scratch;

pub const CHAPTER: Chapter = Chapter {
    name: "open",
    about: "a file of our own, its mode, and the part that umask has in it",
    argument: None,
    asks: false,
    parts: &[open],
};

const TEXT: &[u8] = b"written via the raw syscall\n";
/// The permissions among the bits of `st_mode` (inode(7)).
const PERMISSIONS: u32 = 0o7777;

fn open(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "openat takes a path, flags, and the mode that a new file is to have. O_WRONLY: to write; O_CREAT: make it if it \
         is not there; O_TRUNC: if it is, empty it. The directory is one that the lesson has just made, in $TMPDIR or \
         /tmp: a name in a public place could be a trap that somebody else has laid."
    )?;
    let scratch = Scratch::new(lesson)?;
    let (path, other) = (scratch.file.as_cstr(), scratch.other.as_cstr());
    answer!(lesson, "the file is {}", Quoted(path.to_bytes()))?;

    shown!(lesson, let file = sys_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644) => "openat");
    answer!(lesson, "openat -> fd {file:?}")?;
    shown!(lesson, write_all(file.as_fd(), TEXT)).of(&"write")?;
    shown!(lesson, let stat = sys_fstat(file.as_fd()) => "fstat");
    if stat.st_size != TEXT.len() as i64 {
        return Err(Stop::unexpected(
            &"fstat: the file has not as many bytes as were written",
        ));
    }
    answer!(
        lesson,
        "fstat -> {} bytes, mode {:04o}",
        stat.st_size,
        stat.st_mode & PERMISSIONS
    )?;

    text!(
        lesson,
        "The fd above is for writing alone. To read the file, it is opened once more:"
    )?;
    shown!(lesson, let again = sys_open(path, O_RDONLY, 0) => "openat");
    let mut buf = [0; 64];
    shown!(lesson, let count = sys_read(again.as_fd(), &mut buf) => "read");
    same(&buf[..count], TEXT)?;
    answer!(lesson, "{}", words(TEXT.trim_ascii_end())?)?;

    text!(
        lesson,
        "Not every bit of a mode is granted: each process has a umask, the permissions that its new files do not get. \
         The only call that tells it sets another one, so let that be 027."
    )?;
    shown!(lesson, let umask = sys_umask(0o027));
    // Where a sandbox forbids that call, the number is the error's.
    if let Some(errno) = Errno::from_raw((umask as i32).wrapping_neg()) {
        if umask > PERMISSIONS {
            return Err(Stop::call(&"umask", errno));
        }
    }
    let _restore = Umask(umask);
    answer!(
        lesson,
        "umask -> {umask:03o} until now; of 0644 the file got {:04o}",
        stat.st_mode & PERMISSIONS
    )?;
    shown!(lesson, let second = sys_open(other, O_WRONLY | O_CREAT | O_TRUNC, 0o666) => "openat");
    shown!(lesson, let stat = sys_fstat(second.as_fd()) => "fstat");
    answer!(
        lesson,
        "umask 027; of 0666 the file got {:04o}",
        stat.st_mode & PERMISSIONS
    )?;

    scratch.remove()?;
    text!(lesson, "Both files and the directory are removed again.")?;
    hint!(
        lesson,
        "(umask 077; cargo lesson open), and look at the modes; TMPDIR=/nowhere cargo lesson open."
    )
}

/// Sets the umask back.
struct Umask(u32);

impl Drop for Umask {
    fn drop(&mut self) {
        sys_umask(self.0);
    }
}
