//! Starting the program that is to be watched.

use core::ffi::CStr;

use rawtrap::start::Strings;
use rawtrap::*;

use super::Refused;
use super::environment;
use super::signals;
use super::tracer::{OPTIONS, Tracer};
use crate::lesson::Lesson;
use crate::path::Path;
use crate::tour::{Answer, INCOMPLETE, complain};

/// Forks, and makes the child a tracee that executes the program. Where that is refused, no child is left.
pub fn begin(lesson: &mut Lesson<'_>, words: Strings, tracer: &mut Tracer<'_>) -> core::result::Result<(), Refused> {
    let name = words.clone().next().unwrap_or_default();
    let path = find(lesson, name)?.ok_or(Refused::NoProgram(name.to_bytes()))?;
    let (closed, gate) = sys_pipe2(O_CLOEXEC).map_err(|errno| Refused::Call("pipe2", errno))?;
    // SAFETY: there is one thread. The child executes another program or exits, and drops nothing but the pipe.
    let child = unsafe { sys_fork() }.map_err(|errno| Refused::Call("fork", errno))?;
    let Some(child) = child else {
        drop(gate);
        become_program(lesson, closed, path.as_cstr(), words)
    };
    drop(closed);
    signals::prepare(Some(child));
    let begun = seize(child).and_then(|()| {
        sys_write(gate.as_fd(), b"!").map_err(|errno| Refused::Call("write", errno))?;
        sys_ptrace_syscall(child, Signal::NONE).map_err(|errno| Refused::Call("ptrace", errno))
    });
    match begun {
        Ok(()) => tracer.add_program(child),
        Err(_) => {
            let _ = sys_kill(child, SIGKILL);
            // Where a sandbox forbids that, it ends because nothing comes any more.
            drop(gate);
            let _ = retry(|| sys_wait4(child, __WALL, None));
        }
    }
    begun
}

/// The child becomes a tracee that stands still. It ends when we do.
fn seize(child: Pid) -> core::result::Result<(), Refused> {
    let refused = |errno| Refused::Call("ptrace", errno);
    sys_ptrace_seize(child, OPTIONS | PTRACE_O_EXITKILL).map_err(refused)?;
    sys_ptrace_interrupt(child).map_err(refused)?;
    match retry(|| sys_wait4(child, __WALL, None)) {
        Ok(Some((_, status))) if status.stopped().is_some() => Ok(()),
        Ok(_) => Err(Refused::Ended),
        Err(errno) => Err(Refused::Call("wait4", errno)),
    }
}

/// What the child does: it waits until it is watched. Should its parent end before, so does it.
fn become_program(lesson: &mut Lesson<'_>, closed: OwnedFd, path: &CStr, words: Strings) -> ! {
    let mut watched = [0; 1];
    let (call, errno) = match retry(|| sys_read(closed.as_fd(), &mut watched)) {
        Ok(1) => {
            let Err(errno) = environment::lend(lesson.start, |envp| sys_execve(path, words.as_list(), envp));
            ("execve", errno)
        }
        Ok(_) => sys_exit_group(INCOMPLETE),
        Err(errno) => ("read", errno),
    };
    complain(lesson, format_args!("watch: {call} -> {}", Answer(errno)));
    sys_exit_group(INCOMPLETE)
}

/// Where the program is: at its path, or in the first directory of PATH that has one of that name. A directory that is
/// none, or that may not be searched, is passed over, as execvp(3) does.
fn find(lesson: &Lesson<'_>, name: &CStr) -> core::result::Result<Option<Path>, Refused> {
    let bytes = name.to_bytes();
    if bytes.contains(&b'/') {
        return Ok(Path::new(bytes).ok());
    }
    let Some(text) = name.to_str().ok().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let Some(folders) = lesson.start.var(b"PATH") else {
        return Ok(None);
    };
    for folder in folders.to_bytes().split(|byte| *byte == b':') {
        // An empty one is the current directory.
        let folder = if folder.is_empty() { b"." } else { folder };
        let Ok(path) = Path::new(folder).and_then(|folder| folder.join(format_args!("{text}"))) else {
            continue;
        };
        match sys_newfstatat(AT_FDCWD, path.as_cstr(), AtFlags::empty()) {
            Ok(stat) if stat.st_mode & S_IFMT == S_IFREG && stat.st_mode & 0o111 != 0 => return Ok(Some(path)),
            Ok(_) | Err(ENOENT | ENOTDIR | EACCES) => {}
            Err(errno) => return Err(Refused::Call("newfstatat", errno)),
        }
    }
    Ok(None)
}
