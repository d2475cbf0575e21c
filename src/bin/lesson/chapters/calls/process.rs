//! Pipes, and other processes.

use core::ffi::CStr;

use rawtrap::{
    CStrArray, CStrList, ENOEXEC, O_CLOEXEC, SIGTERM, WaitStatus, read_to_end, retry, sys_execve, sys_kill, sys_pipe2,
    sys_read, write_all,
};

use super::child::{Child, STATUS};
use crate::lesson::{Lesson, Of, Outcome, Reason, Stop, answer, hint, rust, same, shown, text};

const SENTENCE: &[u8] = b"I am the child";

pub fn pipe_and_fork(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "fork makes a second process, which goes on at the same place with a copy of everything: it returns twice, with \
         the child's number in the parent and with nothing in the child. A pipe that was made before connects the two. \
         wait4 waits for the child's end and says how it ended."
    )?;
    shown!(lesson, let (reader, writer) = sys_pipe2(O_CLOEXEC) => "pipe2");
    rust!(lesson, "match unsafe {{ sys_fork() }}? {{")?;
    rust!(lesson, "    None => write_all(writer.as_fd(), SENTENCE),")?;
    rust!(lesson, "    Some(child) => read_to_end(reader.as_fd(), &mut buf),")?;
    rust!(lesson, "}}")?;
    let child = Child::start(|_| write_all(writer.as_fd(), SENTENCE).of(&"write"))?;
    // The pipe ends when the child's copy of the writing end is the last one, and goes with the child.
    drop(writer);
    let mut buf = [0; 64];
    let count = read_to_end(reader.as_fd(), &mut buf).of(&"read")?;
    let pid = child.pid;
    let status = child.wait()?;
    answer!(
        lesson,
        "fork -> child {pid:?}; it says {}",
        same(&buf[..count], SENTENCE)?
    )?;
    answer!(lesson, "wait4 -> {}", Decoded(status))
}

pub fn execute(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "execve makes a process run another program from its beginning. This program is its own other program here: \
         /proc/self/exe is the file that it came from, and --child tells it what to do. First it exits with {STATUS}, \
         then it is to send SIGTERM to itself; wait4 packs both ends into one number."
    )?;
    rust!(
        lesson,
        "sys_execve(c\"/proc/self/exe\", [\"lesson\", \"--child\", \"exit\"], [])"
    )?;
    executed(lesson, c"exit", |status| match status.exited() {
        Some(STATUS) => Ok(()),
        _ => Err(Stop::unexpected(&"execve: the program did not exit as it was told to")),
    })?;
    rust!(
        lesson,
        "sys_execve(c\"/proc/self/exe\", [\"lesson\", \"--child\", \"signal\"], [])"
    )?;
    executed(lesson, c"signal", |status| match status.signaled() {
        Some(SIGTERM) => Ok(()),
        _ => Err(Stop::unexpected(&"kill: the program was not ended by its own signal")),
    })?;
    let program = lesson.program();
    hint!(
        lesson,
        "{program} --child exit; echo $?, and the same with signal: the shell shows 128 and the signal's \
         number."
    )
}

fn executed(lesson: &mut Lesson<'_>, role: &CStr, expected: fn(WaitStatus) -> Outcome) -> Outcome {
    let argv = CStrArray::new([c"lesson", c"--child", role]);
    let child = Child::start(|_| {
        let Err(errno) = sys_execve(c"/proc/self/exe", argv.as_list(), CStrList::empty());
        Err(errno).of(&"execve")
    })?;
    let pid = child.pid;
    match child.wait() {
        Ok(status) => {
            expected(status)?;
            answer!(lesson, "fork -> child {pid:?}; wait4 -> {}", Decoded(status))
        }
        Err(stop) => {
            if matches!(stop.reason(), Reason::Call("execve", ENOEXEC)) {
                text!(
                    lesson,
                    "The kernel answers ENOEXEC: to it, the file is no program of this machine. That is so where an \
                     emulator such as QEMU's user mode runs a program of another machine, and the kernel below has not \
                     been told (binfmt_misc) how to start one. On a kernel of its own machine this works."
                )?;
            }
            Err(stop)
        }
    }
}

pub fn kill(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "kill sends a signal to a process, by its number. This child waits for something that does not come."
    )?;
    let child = Child::start(|leash| {
        let mut byte = [0];
        retry(|| sys_read(leash, &mut byte)).of(&"read")?;
        Ok(())
    })?;
    let pid = child.pid;
    answer!(lesson, "fork -> child {pid:?}")?;
    shown!(lesson, sys_kill(pid, SIGTERM)).of(&"kill")?;
    let status = child.wait()?;
    if status.signaled() != Some(SIGTERM) {
        return Err(Stop::unexpected(&"kill: the child was not ended by the signal"));
    }
    answer!(lesson, "wait4 -> {}", Decoded(status))
}

/// A status as the kernel packs it, and what it means.
struct Decoded(WaitStatus);

impl core::fmt::Display for Decoded {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "status {:#06x}: {:?}", self.0.as_raw(), self.0)
    }
}
