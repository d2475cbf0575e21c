//! The tracer: waits for stops, prints what they tell, and lets the tracees go on.

use core::fmt::{self, Write};

use rawtrap::*;

use super::End;
use super::call::{Call, FOREIGN, Tracee};
use super::log::Log;
use super::options::{Filter, Options, Target as Watched};
use super::signals::{self, Name, Shown};
use super::tasks::{MOST, Tasks};
use rawtrap::interpose::{Before, Counts, Part};

/// What the tracees stop for.
pub const OPTIONS: PtraceOptions = PTRACE_O_TRACESYSGOOD
    .union(PTRACE_O_TRACEFORK)
    .union(PTRACE_O_TRACEVFORK)
    .union(PTRACE_O_TRACECLONE)
    .union(PTRACE_O_TRACEEXEC);

/// A stop at the beginning or the end of a call, with PTRACE_O_TRACESYSGOOD.
const SYSCALL_STOP: Signal = Signal::from_raw(SIGTRAP.as_raw() | 0x80);

/// In the numbers of architectures that PTRACE_GET_SYSCALL_INFO tells, the bit of those with 64-bit registers
/// (__AUDIT_ARCH_64BIT, include/uapi/linux/audit.h).
const AUDIT_ARCH_64BIT: u32 = 0x8000_0000;

/// Now, to measure how long a call takes: by the wall, so that the time in which it sleeps counts too.
fn now() -> Option<Timespec> {
    sys_clock_gettime(CLOCK_MONOTONIC).ok()
}

pub struct Tracer<'fd> {
    log: Log<'fd>,
    /// The lines go into a file: all of them have a number, and they are written when there are many.
    into_file: bool,
    filter: Filter,
    counts: Option<Counts>,
    /// Calls of the machine's other architecture, which the table of counts has no names for: all, and those that failed.
    foreign: [u64; 2],
    tasks: Tasks,
    /// The task whose line has no end yet.
    open: Option<Pid>,
    /// The program that was started, and what became of it.
    program: Option<Pid>,
    status: Option<WaitStatus>,
    /// The program has not been executed yet: what is seen are our own calls.
    starting: bool,
    /// We let go of all tasks, as this signal told us to.
    told: Option<Signal>,
    /// All tasks are to be let go.
    letting_go: bool,
    calls: u64,
    /// How many calls there were when nothing happened last.
    idle: u64,
    /// What a request was refused with, though its tracee stands still: nothing would ever let it go on.
    failed: Option<Errno>,
    /// It was said that there are too many tasks.
    crowded: bool,
}

impl<'fd> Tracer<'fd> {
    pub fn new(log: Log<'fd>, options: &Options) -> Tracer<'fd> {
        Tracer {
            log,
            into_file: options.has_file(),
            filter: options.filter,
            counts: options.count.then(Counts::new),
            foreign: [0; 2],
            tasks: Tasks::new(),
            open: None,
            program: None,
            status: None,
            starting: matches!(options.target, Watched::Program(_)),
            told: None,
            letting_go: false,
            calls: 0,
            idle: 0,
            failed: None,
            crowded: false,
        }
    }

    /// A tracee that exists already.
    pub fn add(&mut self, pid: Pid) -> bool {
        self.tasks.add(pid)
    }

    pub fn watches(&mut self, pid: Pid) -> bool {
        self.tasks.find(pid).is_some()
    }

    /// The tracee that is to become the program.
    pub fn add_program(&mut self, pid: Pid) {
        self.program = Some(pid);
        self.tasks.add(pid);
    }

    /// Until nobody is left, or something ends it before. `lost` is told at once what the log's fd answered, should it
    /// take no more.
    pub fn run(&mut self, mut lost: impl FnMut(Errno)) -> End {
        let refused = self.watch(&mut lost);
        let written = self.log.failed.is_none();
        match &self.counts {
            Some(counts) => {
                let _ = write!(self.log, "{counts}");
                let [calls, errors] = self.foreign;
                if calls > 0 {
                    let _ = writeln!(
                        self.log,
                        "besides {calls} {FOREIGN}-bit calls, of which {errors} failed"
                    );
                }
            }
            None => self.catch_up(self.calls),
        }
        self.end_line();
        self.log.flush();
        if let Some(errno) = self.log.failed.filter(|_| written) {
            lost(errno);
        }
        match (refused, self.log.failed, self.told, self.status) {
            (Err((call, errno)), ..) => End::Refused(call, errno),
            (_, Some(_), ..) => End::Unwritten,
            (.., Some(signal), _) => End::Told(signal),
            (.., Some(status)) => End::Program(status),
            (.., None) => End::Detached,
        }
    }

    fn watch(&mut self, lost: &mut impl FnMut(Errno)) -> core::result::Result<(), (&'static str, Errno)> {
        while self.tasks.count() > 0 {
            let written = self.log.failed.is_none();
            match sys_wait4(Target::Any, __WALL, None) {
                Ok(Some((pid, status))) => self.changed(pid, status),
                Ok(None) => {}
                Err(EINTR) => self.nothing_happens(),
                Err(ECHILD) if !self.lost() => break,
                Err(errno) => return Err(("wait4", errno)),
            }
            if let Some(errno) = self.log.failed.filter(|_| written) {
                lost(errno);
                // Nobody will see anything more: what ran before is let go. The program runs on as it would, until we end
                // with it.
                if self.program.is_none() {
                    self.let_go();
                }
            }
            if let Some(errno) = self.failed {
                return Err(("ptrace", errno));
            }
            if self.told.is_none() && signals::told().is_some() {
                self.told = signals::told();
                self.let_go();
            }
        }
        Ok(())
    }

    /// True if there are tasks still, or there is no telling what became of the program, though nobody is left to wait for.
    fn lost(&mut self) -> bool {
        let unknown = self.program.is_some() && self.status.is_none();
        unknown
            || self
                .tasks
                .all()
                .iter()
                .any(|task| sys_kill(task.pid, Signal::NONE).is_ok())
    }

    /// Something became of a task.
    fn changed(&mut self, pid: Pid, status: WaitStatus) {
        let Some(signal) = status.stopped() else {
            return self.ended(pid, status);
        };
        let event = status.ptrace_event();
        if !self.tasks.add(pid) {
            self.crowded(pid);
            return self.asked(pid, sys_ptrace_detach(pid, Signal::NONE));
        }
        let mut deliver = Signal::NONE;
        match event {
            Some(PTRACE_EVENT_FORK | PTRACE_EVENT_VFORK | PTRACE_EVENT_CLONE) => {
                // It is also told by its own first stop, which may have come before.
                match sys_ptrace_geteventmsg(pid) {
                    Ok(born) => _ = self.tasks.add(Pid::from_raw(born as i32)),
                    Err(errno) => self.asked(pid, Err(errno)),
                }
            }
            Some(PTRACE_EVENT_EXEC) => self.executed(pid),
            Some(PTRACE_EVENT_STOP) if signal != SIGTRAP && !self.letting_go => {
                if self.counts.is_none() {
                    self.whole_line(pid, format_args!("--- stopped by {} ---", Name(signal)));
                }
                return self.asked(pid, sys_ptrace_listen(pid));
            }
            Some(_) => {}
            None if signal == SYSCALL_STOP => self.at_call(pid),
            None => {
                deliver = signal;
                self.signalled(pid);
            }
        }
        let answer = if self.letting_go {
            self.tasks.remove(pid);
            sys_ptrace_detach(pid, deliver)
        } else {
            sys_ptrace_syscall(pid, deliver)
        };
        self.asked(pid, answer);
    }

    /// Looks at what a request answered. ESRCH: the tracee was killed meanwhile, which is told as its end; but not if it
    /// stands still for another request.
    fn asked(&mut self, pid: Pid, answer: Result<()>) {
        match answer {
            Err(ESRCH) if sys_ptrace_geteventmsg(pid).is_err() => {}
            Err(errno) => self.failed = Some(errno),
            Ok(()) => {}
        }
    }

    fn at_call(&mut self, pid: Pid) {
        let info = match sys_ptrace_get_syscall_info(pid) {
            Ok(info) => info,
            Err(errno) => return self.asked(pid, Err(errno)),
        };
        match info.stop() {
            SyscallStop::Entry { nr, args } => {
                let foreign = (size_of::<usize>() == 8) != (info.arch & AUDIT_ARCH_64BIT != 0);
                self.enters(pid, Sysno::new(nr as u32), args, foreign);
            }
            SyscallStop::Exit { rval, .. } => self.leaves(pid, rval),
            SyscallStop::None | SyscallStop::Seccomp { .. } => {}
        }
    }

    fn enters(&mut self, pid: Pid, nr: Sysno, args: [u64; 6], foreign: bool) {
        let wanted = if foreign {
            self.filter.is_all()
        } else {
            self.filter.has(nr)
        };
        let mut call = Call {
            nr,
            args: args.map(|arg| Reg::from(arg as usize)),
            foreign,
            before: None,
            since: None,
            order: self.calls,
            wanted,
            begun: false,
        };
        call.wanted &= !self.starting || call.replaces_memory();
        self.calls += 1;
        if call.wanted && self.counts.is_some() {
            call.since = now();
        } else if call.wanted && !foreign {
            call.before = Some(Before::of(nr, &call.args, &Tracee(pid)));
        }
        let Some(task) = self.tasks.find(pid) else { return };
        task.call = Some(call);
        if !call.wanted || self.counts.is_some() {
            return;
        }
        if call.ends() {
            self.catch_up(call.order);
            self.begin_line(pid);
            let _ = call.line(pid, Part::Whole, None, &mut self.log);
            self.end_written();
            self.forget_call(pid);
        } else if call.replaces_memory() {
            self.begin(pid);
        }
    }

    fn leaves(&mut self, pid: Pid, rval: i64) {
        let Some(call) = self.forget_call(pid).filter(|call| call.wanted) else {
            // Nobody wants to see it, or it was in this call when we came.
            return;
        };
        if let Some(counts) = &self.counts {
            let failed = (-4095..0).contains(&rval);
            if call.foreign {
                self.foreign = [self.foreign[0] + 1, self.foreign[1] + u64::from(failed)];
                return;
            }
            let took = now().zip(call.since).and_then(|(now, since)| now.duration_since(since));
            return counts.add(call.nr, failed, took.unwrap_or_default());
        }
        self.finish(pid, call, Some(rval));
    }

    /// The task ends in the call that it is in.
    fn never_returns(&mut self, pid: Pid) {
        let call = self
            .forget_call(pid)
            .filter(|call| call.wanted && self.counts.is_none());
        if let Some(call) = call {
            self.finish(pid, call, None);
        }
    }

    /// The line of a call, or the rest of it.
    fn finish(&mut self, pid: Pid, call: Call, result: Option<i64>) {
        let mut part = Part::Whole;
        if !call.begun {
            self.catch_up(call.order);
            self.begin_line(pid);
        } else {
            part = Part::End;
            if self.open != Some(pid) {
                self.begin_line(pid);
                let _ = write!(self.log, "<... {:?} resumed>", call.nr);
            }
        }
        let _ = call.line(pid, part, result, &mut self.log);
        self.end_written();
    }

    fn forget_call(&mut self, pid: Pid) -> Option<Call> {
        self.tasks.find(pid)?.call.take()
    }

    fn signalled(&mut self, pid: Pid) {
        if self.starting || self.counts.is_some() {
            return;
        }
        match sys_ptrace_getsiginfo(pid) {
            Ok(info) => {
                let name = Name(info.si_signo());
                self.whole_line(pid, format_args!("--- {name} {} ---", Shown(&info)));
            }
            Err(errno) => self.asked(pid, Err(errno)),
        }
    }

    /// The task has become another program; if it was a thread, it has its process's number now, and the others are gone.
    fn executed(&mut self, pid: Pid) {
        if self.program == Some(pid) {
            self.starting = false;
        }
        let before = sys_ptrace_geteventmsg(pid).map_or(pid, |before| Pid::from_raw(before as i32));
        if before == pid {
            return;
        }
        if self.open == Some(before) {
            self.open = None;
            let _ = writeln!(self.log, " <pid changed to {pid:?} ...>");
        }
        self.never_returns(pid);
        if self.counts.is_none() {
            self.whole_line(pid, format_args!("+++ superseded by execve in pid {before:?} +++"));
        }
        let thread = self.tasks.remove(before);
        if let Some(task) = self.tasks.find(pid) {
            task.call = thread.and_then(|thread| thread.call);
        }
    }

    fn ended(&mut self, pid: Pid, status: WaitStatus) {
        if !self.watches(pid) {
            return;
        }
        if self.program == Some(pid) {
            self.status = Some(status);
            signals::program_ended();
        }
        self.never_returns(pid);
        if self.counts.is_none() {
            match (status.exited(), status.signaled()) {
                (Some(status), _) => self.whole_line(pid, format_args!("+++ exited with {status} +++")),
                (None, Some(signal)) => {
                    let core = if status.core_dumped() { " (core dumped)" } else { "" };
                    self.whole_line(pid, format_args!("+++ killed by {}{core} +++", Name(signal)));
                }
                (None, None) => {}
            }
        }
        self.tasks.remove(pid);
    }

    /// A line that tells of no call, behind all calls that began before.
    fn whole_line(&mut self, pid: Pid, text: fmt::Arguments<'_>) {
        self.catch_up(self.calls);
        self.begin_line(pid);
        let _ = self.log.write_fmt(text);
        self.end_written();
    }

    /// What began before the call of this order stands before its line, in that order.
    fn catch_up(&mut self, order: u64) {
        loop {
            let waiting = self.tasks.all().iter().filter_map(|task| {
                let call = task.call?;
                (call.wanted && !call.begun && call.order < order).then_some((call.order, task.pid))
            });
            match waiting.min_by_key(|(order, _)| *order) {
                Some((_, pid)) => self.begin(pid),
                None => return,
            }
        }
    }

    /// Begins the line of the call that a task is in, with what is known of it; the rest comes when it has come back.
    fn begin(&mut self, pid: Pid) {
        let Some(call) = self.tasks.find(pid).and_then(|task| task.call.as_mut()) else {
            return;
        };
        call.begun = true;
        let call = *call;
        self.catch_up(call.order);
        self.begin_line(pid);
        let _ = call.line(pid, Part::Start, None, &mut self.log);
        self.open = Some(pid);
    }

    fn begin_line(&mut self, pid: Pid) {
        self.end_line();
        if self.into_file {
            let _ = write!(self.log, "{:<5} ", pid.as_raw());
        } else if self.tasks.count() > 1 {
            let _ = write!(self.log, "[pid {:>5}] ", pid.as_raw());
        }
    }

    /// Ends the line of a call that is still under way.
    fn end_line(&mut self) {
        if self.open.take().is_some() {
            self.log.put(b" <unfinished ...>\n");
        }
    }

    fn end_written(&mut self) {
        self.open = None;
        self.log.put(b"\n");
        if !self.into_file {
            self.log.flush();
        }
    }

    /// Nothing happens for a while: then what the tasks are waiting in is to be seen.
    fn nothing_happens(&mut self) {
        if self.idle == self.calls && self.counts.is_none() {
            self.catch_up(self.calls);
        }
        self.idle = self.calls;
        self.log.flush();
    }

    /// Lets all tasks stop, so that they can be detached.
    fn let_go(&mut self) {
        self.letting_go = true;
        for place in 0..self.tasks.count() {
            let pid = self.tasks.all()[place].pid;
            self.asked(pid, sys_ptrace_interrupt(pid));
        }
    }

    fn crowded(&mut self, pid: Pid) {
        if !self.crowded {
            self.crowded = true;
            self.end_line();
            let _ = write!(
                self.log,
                "process {pid:?} runs on unwatched: there are {MOST} tasks already"
            );
            self.end_written();
        }
    }
}
