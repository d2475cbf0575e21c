//! Files: open them, read and write, close; and what is known of them.

use rawtrap::{
    AT_FDCWD, BorrowedFd, EBADF, O_CLOEXEC, O_CREAT, O_EXCL, O_RDONLY, O_WRONLY, S_IFLNK, S_IFMT, S_IFREG, Stat,
    sys_close, sys_fstat, sys_lstat, sys_open, sys_openat, sys_read, sys_stat, sys_symlinkat, write_all,
};

use crate::lesson::{Lesson, Of, Outcome, Stop, answer, same, shown, text};
use crate::scratch::Scratch;

const LINE: &[u8] = b"a line\n";

pub fn open_read_write_close(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Files: open, read and write, close. open is the old spelling of openat, without the directory to begin at; \
         machines that came later have openat alone, and so sys_open makes that call everywhere."
    )?;
    let scratch = Scratch::new(lesson)?;
    let path = scratch.file.as_cstr();
    shown!(lesson, let file = sys_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) => "openat");
    answer!(lesson, "openat -> fd {file:?}")?;
    shown!(lesson, write_all(file.as_fd(), LINE)).of(&"write")?;
    shown!(lesson, let again = sys_open(path, O_RDONLY | O_CLOEXEC, 0) => "openat");
    let mut buf = [0; 64];
    shown!(lesson, let count = sys_read(again.as_fd(), &mut buf) => "read");
    answer!(lesson, "read -> {count} bytes: {}", same(&buf[..count], LINE)?)?;
    let number = again.as_raw();
    shown!(lesson, sys_close(again)).of(&"close")?;
    // SAFETY: the number is closed, or of an fd that is only asked about.
    let closed = unsafe { BorrowedFd::borrow_raw(number) };
    match shown!(lesson, sys_fstat(closed)) {
        Err(EBADF) => answer!(lesson, "fstat of {number} -> errno {}: {EBADF}", EBADF.raw())?,
        Err(errno) => return Err(Stop::call(&"fstat", errno)),
        Ok(_) => return Err(Stop::unexpected(&"close: the fd is still open")),
    }
    drop(file);
    scratch.remove()
}

pub fn stat_and_lstat(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "stat says what is known of a file: its type, its size, its mode. A symbolic link tells stat and lstat apart: \
         stat follows it, lstat looks at the link itself, which holds a path."
    )?;
    let scratch = Scratch::new(lesson)?;
    let (path, link) = (scratch.file.as_cstr(), scratch.other.as_cstr());
    let file = sys_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600).of(&"openat")?;
    write_all(file.as_fd(), LINE).of(&"write")?;
    shown!(lesson, sys_symlinkat(c"file", AT_FDCWD, link)).of(&"symlinkat")?;
    shown!(lesson, let followed = sys_stat(link) => "newfstatat");
    if followed.st_size != LINE.len() as i64 {
        return Err(Stop::unexpected(
            &"newfstatat: the file has not as many bytes as were written",
        ));
    }
    answer!(lesson, "stat -> {}, {} bytes", kind(&followed)?, followed.st_size)?;
    shown!(lesson, let itself = sys_lstat(link) => "newfstatat");
    answer!(lesson, "lstat -> {}, {} bytes", kind(&itself)?, itself.st_size)?;
    scratch.remove()
}

fn kind(stat: &Stat) -> Outcome<&'static str> {
    match stat.st_mode & S_IFMT {
        S_IFREG => Ok("a regular file"),
        S_IFLNK => Ok("a symbolic link"),
        _ => Err(Stop::unexpected(&"newfstatat: neither a file nor a link")),
    }
}
