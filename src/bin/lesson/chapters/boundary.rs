//! The boundary: the first calls, what went in and what came back.

use rawtrap::{BorrowedFd, EBADF, Errno, O_CLOEXEC, sys_getpid, sys_pipe2, sys_read, sys_write, write_all};

use crate::lesson::{Chapter, Lesson, Of, Outcome, Stop, answer, hint, same, shown, text};

pub const CHAPTER: Chapter = Chapter {
    name: "boundary",
    about: "the first calls into the kernel, and what comes back",
    argument: None,
    asks: false,
    parts: &[write, write_to_nowhere, pipe, getpid],
};

const HELLO: &[u8] = b"hello from write(2)\n";

fn write(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "A program cannot touch the screen, a disk or the network. It puts a number and some arguments into registers and \
         executes one instruction, the trap; the processor switches to the kernel, which looks at the registers, does \
         the work or refuses it, and puts one word back. Lines that begin with > are Rust source; lines at the left edge are what came of it."
    )?;
    let stdout = lesson.out.fd();
    shown!(lesson, let count = sys_write(stdout, HELLO) => "write");
    // The kernel may take less than it is given. The rest belongs to the line all the same.
    write_all(stdout, &HELLO[count..]).map_err(Stop::output)?;
    answer!(lesson, "wrote {count} bytes via the write syscall")?;
    if count < HELLO.len() {
        text!(
            lesson,
            "The line has {} bytes: further calls wrote the rest.",
            HELLO.len()
        )?;
    }
    Ok(())
}

fn write_to_nowhere(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "The kernel checks what it gets. No file is open as number 999, and so the word that comes back is a small \
         negative one: the number of an error. Rust sees it as Err."
    )?;
    // SAFETY: a number that is no fd, or of an fd that we inherited and never close.
    shown!(lesson, let nowhere = unsafe { BorrowedFd::borrow_raw(999) });
    match shown!(lesson, sys_write(nowhere, b"nobody hears this\n")) {
        Err(EBADF) => answer!(lesson, "write to bad fd -> errno {}: {EBADF}", EBADF.raw()),
        Err(errno) => Err(Stop::call(&"write", errno)),
        Ok(_) => Err(Stop::unexpected(
            &"write: fd 999 is open, inherited from whoever started the lesson",
        )),
    }
}

fn pipe(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "A call can also make things. A pipe is a buffer inside the kernel; the program gets two numbers for it, one to \
         read at and one to write at."
    )?;
    shown!(lesson, let (reader, writer) = sys_pipe2(O_CLOEXEC) => "pipe2");
    answer!(lesson, "pipe2 -> fd {reader:?} to read, fd {writer:?} to write")?;
    shown!(lesson, write_all(writer.as_fd(), b"ping")).of(&"write")?;
    let mut buf = [0; 64];
    shown!(lesson, let count = sys_read(reader.as_fd(), &mut buf) => "read");
    answer!(
        lesson,
        "round-tripped through the pipe: {}",
        same(&buf[..count], b"ping")?
    )?;
    text!(
        lesson,
        "Both numbers are closed at the end of this paragraph: their owner in Rust goes out of scope."
    )
}

fn getpid(lesson: &mut Lesson<'_>) -> Outcome {
    text!(lesson, "The shortest call takes no argument and cannot fail: who am I?")?;
    shown!(lesson, let pid = sys_getpid());
    // Where a sandbox forbids even that, the number is the error's.
    if let Some(errno) = Errno::from_raw(-pid.as_raw()) {
        return Err(Stop::call(&"getpid", errno));
    }
    answer!(lesson, "getpid(): {pid:?}")?;
    let program = lesson.program();
    hint!(
        lesson,
        "strace -f {program} boundary, which shows each of these calls as the kernel saw it; {program} boundary \
         --registers for the registers at each trap, --watch for what strace shows, seen from inside; `cargo lesson \
         boundary | cat` for the same lines without colour."
    )
}
