//! A process of our own that never outlives the chapter, and what the lesson does when it executes itself.

use rawtrap::{
    BorrowedFd, Errno, O_CLOEXEC, OwnedFd, Pid, SIGKILL, SIGTERM, WaitOptions, WaitStatus, read_to_end, retry,
    sys_exit_group, sys_fork, sys_getpid, sys_kill, sys_pipe2, sys_wait4, write_all,
};

use crate::lesson::{Of, Outcome, Reason, Stop};

/// A forked process. Whoever drops it ends the process and waits for it.
pub struct Child {
    pub pid: Pid,
    /// Where it says what it failed at. The end of that pipe is the end of the process, or its execve.
    report: OwnedFd,
    /// A process that waits for nothing else waits for the end of this pipe, which also comes when we are killed.
    leash: Option<OwnedFd>,
    waited: bool,
}

/// The calls that a child makes, so that a number can name one.
const CALLS: [&str; 6] = ["read", "write", "execve", "socket", "connect", "shutdown"];

impl Child {
    /// Forks; the new process does its work, with its end of the leash, and exits with 0 or, if a call failed, with 1.
    pub fn start(work: impl FnOnce(BorrowedFd<'_>) -> Outcome) -> Outcome<Child> {
        match fork()? {
            Fork::Parent(child) => Ok(child),
            Fork::Child { to_parent, leash } => finish(to_parent, work(leash.as_fd())),
        }
    }

    /// Readable once the child has ended or failed.
    pub fn report(&self) -> BorrowedFd<'_> {
        self.report.as_fd()
    }

    /// Waits for the end. What the child failed at is our failure.
    pub fn wait(mut self) -> Outcome<WaitStatus> {
        self.leash = None;
        let mut report = [0; 8];
        let length = read_to_end(self.report.as_fd(), &mut report).of(&"read")?;
        let ended = retry(|| sys_wait4(self.pid, WaitOptions::empty(), None)).of(&"wait4")?;
        self.waited = true;
        if length > 0 {
            return Err(decode(report));
        }
        match ended {
            Some((pid, status)) if pid == self.pid => Ok(status),
            _ => Err(Stop::unexpected(&"wait4: not the child that was waited for")),
        }
    }
}

/// Who is who after a fork.
enum Fork {
    Parent(Child),
    /// It returns to nobody.
    Child {
        to_parent: OwnedFd,
        leash: OwnedFd,
    },
}

fn fork() -> Outcome<Fork> {
    let (report, to_parent) = sys_pipe2(O_CLOEXEC).of(&"pipe2")?;
    let (leash_end, leash) = sys_pipe2(O_CLOEXEC).of(&"pipe2")?;
    // SAFETY: there is one thread. The child works and exits, without dropping anything that the parent has too.
    Ok(match unsafe { sys_fork() }.of(&"fork")? {
        Some(pid) => Fork::Parent(Child {
            pid,
            report,
            leash: Some(leash),
            waited: false,
        }),
        None => Fork::Child {
            to_parent,
            leash: leash_end,
        },
    })
}

/// How the child ends.
fn finish(to_parent: OwnedFd, outcome: Outcome) -> ! {
    let status = match outcome {
        Ok(()) => 0,
        Err(stop) => {
            // Where the parent is gone, nobody wants to know.
            let _ = write_all(to_parent.as_fd(), &encode(stop));
            1
        }
    };
    sys_exit_group(status)
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.waited {
            self.leash = None;
            // The part ended early, and that has been said. SIGKILL is for a child that is busy elsewhere.
            let _ = sys_kill(self.pid, SIGKILL);
            let _ = retry(|| sys_wait4(self.pid, WaitOptions::empty(), None));
        }
    }
}

/// The place of the call in `CALLS`, and the errno.
fn encode(stop: Stop) -> [u8; 8] {
    let (call, errno) = match stop.reason() {
        Reason::Call(call, errno) => (CALLS.iter().position(|name| *name == call), errno.raw()),
        Reason::Unexpected(_) | Reason::Output(_) => (None, 0),
    };
    let [a, b, c, d] = call.map_or(u32::MAX, |place| place as u32).to_ne_bytes();
    let [e, f, g, h] = errno.to_ne_bytes();
    [a, b, c, d, e, f, g, h]
}

fn decode([a, b, c, d, e, f, g, h]: [u8; 8]) -> Stop {
    let call = CALLS.get(u32::from_ne_bytes([a, b, c, d]) as usize);
    match (call, Errno::from_raw(i32::from_ne_bytes([e, f, g, h]))) {
        (Some(call), Some(errno)) => Stop::call(call, errno),
        _ => Stop::unexpected(&"read: the child saw something else than was sent"),
    }
}

/// What the lesson is when it executed itself: `lesson --child exit`, `lesson --child signal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Exit,
    Signal,
}

/// A status that nothing else ends with.
pub const STATUS: i32 = 7;

impl Role {
    pub fn find(name: &[u8]) -> Option<Role> {
        match name {
            b"exit" => Some(Role::Exit),
            b"signal" => Some(Role::Signal),
            _ => None,
        }
    }

    /// The status to exit with.
    pub fn play(self) -> i32 {
        match self {
            Role::Exit => STATUS,
            Role::Signal => {
                // It does not come back, unless SIGTERM is ignored or forbidden.
                let _ = sys_kill(sys_getpid(), SIGTERM);
                1
            }
        }
    }
}
