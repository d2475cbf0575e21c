//! Attaching to a process that runs.

use rawtrap::*;

use super::Refused;
use super::signals;
use super::tracer::{OPTIONS, Tracer};
use crate::path::Path;

/// Makes tracees of all threads of a process. New ones may be made meanwhile: it looks until it finds none. They run on
/// when we end.
pub fn begin(pid: Pid, tracer: &mut Tracer<'_>) -> core::result::Result<(), Refused> {
    signals::prepare(None);
    seize(pid, tracer)?;
    let folder = Path::new(b"/proc").and_then(|proc| proc.join(format_args!("{pid:?}/task")));
    let folder = folder.map_err(|_| Refused::Call("openat", ENAMETOOLONG))?;
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    loop {
        let mut found = false;
        // Without /proc, the first thread is what there is to see.
        let Ok(threads) = sys_openat(AT_FDCWD, folder.as_cstr(), flags, 0) else {
            return Ok(());
        };
        let mut buf = [0; 4096];
        let mut threads = Dir::new(threads.as_fd(), &mut buf);
        while let Some(Ok(entry)) = threads.next() {
            let number = entry.d_name.to_str().ok().and_then(|name| name.parse().ok());
            let Some(thread) = number.map(Pid::from_raw) else {
                continue;
            };
            if !tracer.watches(thread) {
                // ESRCH: it has ended. EPERM: its parent was a tracee already, and so it is one.
                found |= seize(thread, tracer).is_ok();
            }
        }
        if !found {
            return Ok(());
        }
    }
}

fn seize(thread: Pid, tracer: &mut Tracer<'_>) -> core::result::Result<(), Refused> {
    let refused = |errno| Refused::Call("ptrace", errno);
    sys_ptrace_seize(thread, OPTIONS).map_err(refused)?;
    sys_ptrace_interrupt(thread).map_err(refused)?;
    if !tracer.add(thread) {
        return Err(Refused::Call("ptrace", ENOMEM));
    }
    Ok(())
}
