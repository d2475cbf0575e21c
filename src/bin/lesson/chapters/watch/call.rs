//! A call that a tracee makes, in words.

use core::fmt;

use rawtrap::{
    EFAULT, IoSliceMut, PTRACE_PEEKDATA, Pid, Reg, RemoteIoSlice, SYS_execve, SYS_execveat, SYS_exit, SYS_exit_group,
    Sysno, Timespec, sys_process_vm_readv, sys_ptrace,
};

use rawtrap::interpose::{Before, Line, Memory, Part};

/// The width of the registers of the machine's other architecture.
pub const FOREIGN: u32 = 96 - usize::BITS;

/// A call from its beginning to its end.
#[derive(Clone, Copy)]
pub struct Call {
    pub nr: Sysno,
    pub args: [Reg; 6],
    /// It is a call of the machine's other architecture, the one whose registers are as wide as ours are not: its numbers
    /// are others.
    pub foreign: bool,
    /// What the memory held before it.
    pub before: Option<Before>,
    /// When it began, where that is counted.
    pub since: Option<Timespec>,
    /// How many calls began before.
    pub order: u64,
    /// Somebody wants to see it.
    pub wanted: bool,
    /// The first part of its line has been written.
    pub begun: bool,
}

impl Call {
    /// True for a call whose arguments are gone when it succeeds.
    pub fn replaces_memory(&self) -> bool {
        !self.foreign && (self.nr == SYS_execve || self.nr == SYS_execveat)
    }

    /// True for a call that never comes back.
    pub fn ends(&self) -> bool {
        !self.foreign && (self.nr == SYS_exit || self.nr == SYS_exit_group)
    }

    /// A part of its line.
    pub fn line(&self, pid: Pid, part: Part, result: Option<i64>, write: &mut impl fmt::Write) -> fmt::Result {
        if self.foreign {
            return self.foreign_line(part, result, write);
        }
        let line = Line {
            nr: self.nr,
            args: &self.args,
            result: result.map(|result| Reg::from(result as isize)),
            memory: &Tracee(pid),
            before: self.before.as_ref(),
            part,
        };
        write!(write, "{line}")
    }

    /// There is no table for it: its numbers, as far as ours are wide enough.
    fn foreign_line(&self, part: Part, result: Option<i64>, write: &mut impl fmt::Write) -> fmt::Result {
        if part != Part::End {
            write!(write, "{FOREIGN}-bit syscall_{:#x}(", self.nr.number())?;
            if usize::BITS < FOREIGN {
                write.write_str("...")?;
            }
            let args = if usize::BITS < FOREIGN { &[] } else { &self.args[..] };
            for (place, arg) in args.iter().enumerate() {
                let comma = if place == 0 { "" } else { ", " };
                write!(write, "{comma}{arg:?}")?;
            }
        }
        match (part, result) {
            (Part::Start, _) => Ok(()),
            (_, Some(result)) => write!(write, ") = {result}"),
            (_, None) => write.write_str(") = ?"),
        }
    }
}

/// A tracee's memory.
pub struct Tracee(pub Pid);

/// What can be read can be read by whole pages, and no machine has smaller ones.
const PAGE: usize = 4096;

const WORD: usize = size_of::<usize>();

impl Memory for Tracee {
    fn read(&self, at: usize, into: &mut [u8]) -> usize {
        let mut done = 0;
        while done < into.len() {
            let iov_base = at.wrapping_add(done);
            let iov_len = (into.len() - done).min(PAGE - iov_base % PAGE);
            let mut local = [IoSliceMut::new(&mut into[done..done + iov_len])];
            match sys_process_vm_readv(self.0, &mut local, &[RemoteIoSlice { iov_base, iov_len }]) {
                Ok(count @ 1..) => done += count,
                Ok(_) | Err(EFAULT) => break,
                // A sandbox has no such call. The tracer's own way works for a task that stands still.
                Err(_) => match self.word(iov_base) {
                    Some(word) => {
                        let word = &word[iov_base % WORD..];
                        let count = iov_len.min(word.len());
                        into[done..done + count].copy_from_slice(&word[..count]);
                        done += count;
                    }
                    None => break,
                },
            }
        }
        done
    }
}

impl Tracee {
    /// The bytes of the word that `at` is in.
    fn word(&self, at: usize) -> Option<[u8; WORD]> {
        let mut word = 0_usize;
        let address = core::ptr::without_provenance_mut(at - at % WORD);
        // SAFETY: the kernel writes one word, where `word` is; the address is the tracee's.
        let answer = unsafe { sys_ptrace(PTRACE_PEEKDATA, self.0, address, (&raw mut word).cast()) };
        answer.ok()?;
        Some(word.to_ne_bytes())
    }
}
