//! Processes: who we are, making others, ending; and the system's names, random numbers and limits.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::ptr;

use rawtrap::{start::Start, *};
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    with_arguments = executed;
    ids_of_the_process,
    ids_of_the_user,
    fork_copies_the_memory,
    fork_beyond_the_limit,
    a_clone_that_is_refused_makes_no_child,
    exit_of_the_only_thread,
    wait4_decodes_exit_statuses,
    wait4_decodes_deaths,
    wait4_decodes_stops,
    wait4_without_waiting,
    wait4_chooses_the_child,
    wait4_tells_what_was_used,
    wait4_refused,
    waitid_decodes_what_happened,
    waitid_chooses_the_child,
    waitid_refused,
    execve_starts_this_program,
    execve_refused,
    execve_of_what_is_no_program,
    kill_and_tgkill,
    kill_of_nobody,
    tgkill_of_nobody,
    prlimit_lowers_a_limit,
    prlimit_refused,
    uname_names_the_system,
    getrandom_fills,
    getrandom_refused,
    sched_yield_returns,
];

/// Makes a child that runs `child` and exits with what that returns.
fn spawn(child: impl FnOnce() -> i32) -> Result<Pid> {
    // SAFETY: the program has one thread.
    match unsafe { sys_fork()? } {
        Some(pid) => Ok(pid),
        None => sys_exit_group(child()),
    }
}

/// Waits for the end of a child.
fn end_of(pid: Pid) -> Result<WaitStatus> {
    match retry(|| sys_wait4(pid, WaitOptions::empty(), None))? {
        Some((ended, status)) if ended == pid => Ok(status),
        _ => Err(ECHILD),
    }
}

/// What a child exits with.
fn exit_of(child: impl FnOnce() -> i32) -> Result<Option<i32>> {
    Ok(end_of(spawn(child)?)?.exited())
}

/// A child that waits for a signal.
fn sleeper() -> Result<Pid> {
    spawn(|| {
        let _ = sleep(core::time::Duration::from_secs(50));
        1
    })
}

/// Reads a file into `buf`.
fn read_file<'a>(path: &core::ffi::CStr, buf: &'a mut [u8]) -> Result<&'a [u8]> {
    // SAFETY: the path ends with a zero byte.
    let file: Result<OwnedFd> = unsafe { call!(SYS_openat, AT_FDCWD, path.as_ptr(), O_RDONLY) };
    let len = sys_read(file?.as_fd(), &mut *buf)?;
    Ok(&buf[..len])
}

/// The first two numbers behind `name:` in /proc/self/status (proc(5)), what the kernel says of us elsewhere.
fn status_line(name: &str) -> Result<[u32; 2]> {
    let mut buf = [0; 4096];
    let text = core::str::from_utf8(read_file(c"/proc/self/status", &mut buf)?).map_err(|_| EINVAL)?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .ok_or(ENOENT)?;
    let mut numbers = line.split_whitespace().map_while(|word| word.parse().ok());
    let first = numbers.next().ok_or(EINVAL)?;
    Ok([first, numbers.next().unwrap_or(first)])
}

fn ids_of_the_process() -> Outcome {
    let me = sys_getpid();
    check_eq!(me.as_raw() as u32, status_line("Pid")?[0]);
    check_eq!(sys_gettid(), me);
    check_eq!(sys_getppid().as_raw() as u32, status_line("PPid")?[0]);
    let child = exit_of(|| i32::from(sys_getppid() != me) + 2 * i32::from(sys_getpid() == me || sys_gettid() == me));
    check_eq!(child, Ok(Some(0)));
    Ok(())
}

fn ids_of_the_user() -> Outcome {
    fn same() -> Result<bool> {
        let ([uid, euid], [gid, egid]) = (status_line("Uid")?, status_line("Gid")?);
        Ok(
            (sys_getuid(), sys_geteuid()) == (Uid::from_raw(uid), Uid::from_raw(euid))
                && (sys_getgid(), sys_getegid()) == (Gid::from_raw(gid), Gid::from_raw(egid)),
        )
    }
    check!(same()?);
    // Different numbers, if we may (EPERM), and if this user namespace has them (EINVAL).
    let child = exit_of(|| {
        // SAFETY: they touch no memory.
        let changed: [Result<()>; 2] = unsafe {
            [
                call!(wide::SYS_setresgid, 11, 12, 13),
                call!(wide::SYS_setresuid, 21, 22, 23),
            ]
        };
        if sys_geteuid() == Uid::from_raw(0)
            || changed
                .iter()
                .any(|answer| !matches!(answer, Ok(()) | Err(EPERM | EINVAL)))
        {
            return 2;
        }
        same().map_or(3, |same| i32::from(!same))
    });
    check_eq!(child, Ok(Some(0)));
    Ok(())
}

fn fork_copies_the_memory() -> Outcome {
    let mut number = 5;
    let number = core::hint::black_box(&mut number);
    let child = exit_of(|| {
        *number += 1;
        *number
    })?;
    check_eq!((child, *number), (Some(6), 5));
    Ok(())
}

/// On sparc a child is told by the register of the second argument, which an error leaves as it is: 1, as in a child.
fn a_clone_that_is_refused_makes_no_child() -> Outcome {
    // SAFETY: the kernel refuses a struct of one byte, and QEMU the call.
    let answer = unsafe { syscall2(SYS_clone3, 0, 1) }.result();
    check!(matches!(answer, Err(EINVAL | ENOSYS)));
    Ok(())
}

fn fork_beyond_the_limit() -> Outcome {
    let child = exit_of(|| {
        // Root has no such limit. Whoever may not become somebody else is not root.
        // SAFETY: it touches no memory.
        let _: Result<()> = unsafe { call!(wide::SYS_setresuid, 21, 21, 21) };
        let none = Rlimit64 {
            rlim_cur: 0,
            rlim_max: 0,
        };
        if sys_prlimit64(None, RLIMIT_NPROC, Some(&none)).is_err() {
            return 255;
        }
        // SAFETY: the program has one thread.
        match unsafe { sys_fork() } {
            Err(errno) => errno.raw(),
            Ok(_) => 0,
        }
    })?;
    check_eq!(child.and_then(Errno::from_raw), Some(EAGAIN));
    Ok(())
}

fn exit_of_the_only_thread() -> Outcome {
    // SAFETY: nobody waits for the child's thread.
    check_eq!(exit_of(|| unsafe { sys_exit(7) }), Ok(Some(7)));
    Ok(())
}

fn wait4_decodes_exit_statuses() -> Outcome {
    for (status, seen) in [(0, 0), (1, 1), (255, 255), (256 + 7, 7), (-1, 255)] {
        let ended = end_of(spawn(|| status)?)?;
        check_eq!(ended.exited(), Some(seen));
        check_eq!(
            (ended.signaled(), ended.stopped(), ended.continued()),
            (None, None, false)
        );
    }
    Ok(())
}

fn wait4_decodes_deaths() -> Outcome {
    for signal in [SIGKILL, SIGTERM, SIGUSR2, SIGALRM] {
        let child = sleeper()?;
        sys_kill(child, signal)?;
        let ended = end_of(child)?;
        check_eq!(ended.signaled(), Some(signal));
        check_eq!(
            (ended.exited(), ended.stopped(), ended.continued(), ended.core_dumped()),
            (None, None, false, false)
        );
    }
    Ok(())
}

fn wait4_decodes_stops() -> Outcome {
    let child = sleeper()?;
    let wait = || retry(|| sys_wait4(child, WUNTRACED | WCONTINUED, None));
    sys_kill(child, SIGSTOP)?;
    let stopped = wait()?.map(|(_, status)| (status.stopped(), status.signaled(), status.exited()));
    sys_kill(child, SIGCONT)?;
    let continued = wait()?.map(|(_, status)| (status.continued(), status.stopped(), status.signaled()));
    sys_kill(child, SIGKILL)?;
    let ended = wait()?.map(|(_, status)| status.signaled());
    check_eq!(stopped, Some((Some(SIGSTOP), None, None)));
    check_eq!(continued, Some((true, None, None)));
    check_eq!(ended, Some(Some(SIGKILL)));
    Ok(())
}

fn wait4_without_waiting() -> Outcome {
    let child = sleeper()?;
    let early = sys_wait4(child, WNOHANG, None);
    sys_kill(child, SIGKILL)?;
    end_of(child)?;
    check_eq!(early, Ok(None));
    Ok(())
}

fn wait4_chooses_the_child() -> Outcome {
    let (first, second, other) = (spawn(|| 1)?, spawn(|| 2)?, spawn(|| 3)?);
    let wait = |target| retry(|| sys_wait4(target, WaitOptions::empty(), None));
    // A group of its own for one of them.
    // SAFETY: it touches no memory.
    let moved: Result<()> = unsafe { call!(SYS_setpgid, other, 0) };
    moved?;
    let status = |status: i32| WaitStatus::from_raw(status << 8);
    check_eq!(wait(second.into()), Ok(Some((second, status(2)))));
    check_eq!(wait(Target::OwnGroup), Ok(Some((first, status(1)))));
    check_err!(wait(Target::OwnGroup), ECHILD);
    check_err!(wait(Target::Process(first)), ECHILD);
    check_eq!(wait(Target::Group(other)), Ok(Some((other, status(3)))));
    let last = spawn(|| 4)?;
    check_eq!(wait(Target::Any), Ok(Some((last, status(4)))));
    check_err!(wait(Target::Any), ECHILD);
    Ok(())
}

fn wait4_tells_what_was_used() -> Outcome {
    const TOUCHED: usize = 8 << 20;
    let child = spawn(|| {
        let (prot, flags) = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        // SAFETY: the kernel chooses where, and every byte is the child's own.
        let touched = unsafe {
            sys_mmap(ptr::null_mut(), TOUCHED, prot, flags, None, 0).map(|memory| {
                (0..TOUCHED)
                    .step_by(4096)
                    .for_each(|at| memory.byte_add(at).cast::<u8>().write_volatile(1))
            })
        };
        // Until the CPU time of the child is a hundredth of a second.
        while sys_clock_gettime(CLOCK_PROCESS_CPUTIME_ID).is_ok_and(|time| time < TEN_MILLISECONDS) {}
        i32::from(touched.is_err())
    })?;
    let mut usage = Rusage::default();
    check_eq!(
        retry(|| sys_wait4(child, WaitOptions::empty(), Some(&mut usage))),
        Ok(Some((child, WaitStatus::from_raw(0))))
    );
    let used = |time: Timeval| time.tv_sec as i64 * 1_000_000 + time.tv_usec as i64;
    check!(used(usage.ru_utime) + used(usage.ru_stime) >= 10_000);
    // In KiB, and not exact: the kernel counts on each CPU.
    check!(usage.ru_maxrss >= (TOUCHED / 2048) as isize);
    check!(usage.ru_minflt > 0);
    Ok(())
}

const TEN_MILLISECONDS: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 10_000_000,
};

fn wait4_refused() -> Outcome {
    let nothing = WaitOptions::empty();
    check_err!(sys_wait4(Target::Any, nothing, None), ECHILD);
    check_err!(sys_wait4(Target::Any, WaitOptions::from_bits(0x100), None), EINVAL);
    // These numbers mean everybody to the kernel; as a process they are nobody.
    for number in [0, -1] {
        check_err!(sys_wait4(Pid::from_raw(number), nothing, None), ESRCH);
    }
    check_err!(sys_wait4(Target::Group(Pid::from_raw(1)), nothing, None), ESRCH);
    Ok(())
}

fn waitid_decodes_what_happened() -> Outcome {
    const ANY: WaitOptions = WEXITED.union(WSTOPPED).union(WCONTINUED);
    let child = sleeper()?;
    let seen = |options| {
        let info = retry(|| sys_waitid(P_PID, child.as_raw(), options, None))?;
        Ok::<_, Errno>(info.map(|info| (info.si_signo(), info.si_pid(), info.si_code(), info.si_status())))
    };
    let as_told = |code, status: Signal| Ok(Some((SIGCHLD, child, code, status.as_raw())));
    let early = seen(ANY | WNOHANG);
    sys_kill(child, SIGSTOP)?;
    let stopped = seen(ANY);
    sys_kill(child, SIGCONT)?;
    let continued = seen(ANY);
    sys_kill(child, SIGKILL)?;
    // Twice: the first leaves it there.
    let (left, taken, gone) = (seen(ANY | WNOWAIT), seen(ANY), seen(ANY));
    check_eq!(early, Ok(None));
    check_eq!(stopped, as_told(CLD_STOPPED, SIGSTOP));
    check_eq!(continued, as_told(CLD_CONTINUED, SIGCONT));
    check_eq!(left, as_told(CLD_KILLED, SIGKILL));
    check_eq!(taken, left);
    check_err!(gone, ECHILD);
    Ok(())
}

fn waitid_chooses_the_child() -> Outcome {
    let (first, second) = (spawn(|| 1)?, spawn(|| 2)?);
    let mut usage = Rusage::default();
    let mut wait = |which, id: i32| {
        let info = retry(|| sys_waitid(which, id, WEXITED, Some(&mut usage)))?;
        Ok::<_, Errno>(info.map(|info| (info.si_pid(), info.si_uid(), info.si_status())))
    };
    check_eq!(wait(P_PID, second.as_raw())?, Some((second, sys_getuid(), 2)));
    check_eq!(wait(P_ALL, 0)?, Some((first, sys_getuid(), 1)));
    check!(usage.ru_minflt > 0);
    Ok(())
}

fn waitid_refused() -> Outcome {
    check_err!(sys_waitid(P_ALL, 0, WEXITED, None), ECHILD);
    check_err!(sys_waitid(P_ALL, 0, WNOHANG, None), EINVAL);
    check_err!(sys_waitid(P_PID, 0, WEXITED, None), EINVAL);
    check_err!(sys_waitid(IdType::from_bits(99), 1, WEXITED, None), EINVAL);
    check_err!(sys_waitid(P_PIDFD, 999, WEXITED, None), EBADF);
    Ok(())
}

const SELF: &core::ffi::CStr = c"/proc/self/exe";
const WORD: &core::ffi::CStr = c"an argument with spaces";
const VARIABLE: &core::ffi::CStr = c"RAWTRAP_EXECUTED=yes";

/// What this program is when a case executes it: it looks at what it was given, or passes it on.
fn executed(start: Start) -> i32 {
    let mut rest = start.args();
    if rest.next() == Some(c"pass it on") {
        let Err(errno) = sys_execve(SELF, rest.as_list(), start.env().as_list());
        return errno.raw();
    }
    let args = start.args().eq([c"process", WORD, c""]);
    let env = start.env().eq([VARIABLE]);
    if args && env {
        42
    } else {
        100 + i32::from(args) + 2 * i32::from(env)
    }
}

fn execve_starts_this_program() -> Outcome {
    let child = exit_of(|| {
        let (argv, envp) = (CStrArray::new([c"process", WORD, c""]), CStrArray::new([VARIABLE]));
        let Err(errno) = sys_execve(SELF, argv.as_list(), envp.as_list());
        errno.raw()
    })?;
    // Less than 42 is the errno of execve.
    check_eq!(child, Some(42));
    let child = exit_of(|| {
        let argv = [Some(c"process".into()), Some(WORD.into()), None];
        let Some(argv) = CStrList::from_slice(&argv) else {
            return 1;
        };
        let Err(errno) = sys_execve(SELF, argv, CStrList::empty());
        errno.raw()
    })?;
    check_eq!(child, Some(100));
    check!(CStrList::from_slice(&[Some(WORD.into())]).is_none());
    let child = exit_of(|| {
        let argv = CStrArray::new([c"pass it on", c"process", WORD, c""]);
        let Err(errno) = sys_execve(SELF, argv.as_list(), CStrArray::new([VARIABLE]).as_list());
        errno.raw()
    })?;
    check_eq!(child, Some(42));
    Ok(())
}

fn execve_refused() -> Outcome {
    let argv = CStrArray::new([c"nothing"]);
    for (path, errno) in [
        (c"/there/is/no/such/file", ENOENT),
        (c"", ENOENT),
        (c"/proc/self/exe/below", ENOTDIR),
        (c"/", EACCES),
        (c"/proc/self/status", EACCES),
    ] {
        check_err!(sys_execve(path, argv.as_list(), CStrList::empty()), errno);
    }
    Ok(())
}

fn execve_of_what_is_no_program() -> Outcome {
    // SAFETY: the name ends with a zero byte.
    let file: Result<OwnedFd> = unsafe { call!(SYS_memfd_create, c"process".as_ptr(), 0u32) };
    let file = file?;
    sys_write(file.as_fd(), b"no program")?;
    // At a number that can be written down, and open for reading alone: a file that is being written is ETXTBSY.
    let file = sys_fcntl_dupfd_cloexec(file.as_fd(), 77)?;
    check_eq!(file.as_raw(), 77);
    let argv = CStrArray::new([c"nothing"]);
    check_err!(
        sys_execve(c"/proc/self/fd/77", argv.as_list(), CStrList::empty()),
        ENOEXEC
    );
    Ok(())
}

/// With signals that no shell has set to be ignored for what it starts in the background (SIGINT, SIGHUP).
fn kill_and_tgkill() -> Outcome {
    let (first, second) = (sleeper()?, sleeper()?);
    // Nothing is sent.
    check_eq!(sys_kill(first, Signal::NONE), Ok(()));
    check_eq!(sys_tgkill(second, second, Signal::NONE), Ok(()));
    sys_kill(first, SIGTERM)?;
    sys_tgkill(second, second, SIGUSR2)?;
    check_eq!(end_of(first)?.signaled(), Some(SIGTERM));
    check_eq!(end_of(second)?.signaled(), Some(SIGUSR2));
    // A group of a child's own.
    let child = sleeper()?;
    // SAFETY: it touches no memory.
    let moved: Result<()> = unsafe { call!(SYS_setpgid, child, 0) };
    moved?;
    sys_kill(Target::Group(child), SIGUSR1)?;
    check_eq!(end_of(child)?.signaled(), Some(SIGUSR1));
    Ok(())
}

fn kill_of_nobody() -> Outcome {
    let gone = spawn(|| 0)?;
    end_of(gone)?;
    check_err!(sys_kill(gone, SIGTERM), ESRCH);
    check_err!(sys_kill(sys_getpid(), Signal::from_raw(1000)), EINVAL);
    // These numbers mean everybody to the kernel; as a process they are nobody.
    for number in [0, -1, i32::MIN] {
        check_err!(sys_kill(Pid::from_raw(number), Signal::NONE), ESRCH);
    }
    check_err!(sys_kill(Target::Group(Pid::from_raw(1)), Signal::NONE), ESRCH);
    // They mean it when it is said.
    check_eq!(sys_kill(Target::OwnGroup, Signal::NONE), Ok(()));
    Ok(())
}

fn tgkill_of_nobody() -> Outcome {
    let me = sys_getpid();
    check_err!(sys_tgkill(me, Pid::from_raw(i32::MAX), Signal::NONE), ESRCH);
    check_err!(sys_tgkill(me, Pid::from_raw(0), Signal::NONE), EINVAL);
    check_err!(sys_tgkill(me, sys_gettid(), Signal::from_raw(1000)), EINVAL);
    Ok(())
}

fn prlimit_lowers_a_limit() -> Outcome {
    let before = sys_prlimit64(None, RLIMIT_NOFILE, None)?;
    let lower = Rlimit64 { rlim_cur: 5, ..before };
    check_eq!(sys_prlimit64(None, RLIMIT_NOFILE, Some(&lower)), Ok(before));
    check_eq!(sys_prlimit64(Some(sys_getpid()), RLIMIT_NOFILE, None), Ok(lower));
    let high = sys_fcntl_dupfd_cloexec(STDOUT, 4).and_then(|_fd| sys_fcntl_dupfd_cloexec(STDOUT, 4));
    check_eq!(sys_prlimit64(None, RLIMIT_NOFILE, Some(&before)), Ok(lower));
    check_err!(high, EMFILE);
    // The last one, so that all numbers between are what the kernel thinks they are.
    check_eq!(sys_prlimit64(None, RLIMIT_RTTIME, None)?.rlim_cur, RLIM64_INFINITY);
    Ok(())
}

fn prlimit_refused() -> Outcome {
    let upside_down = Rlimit64 {
        rlim_cur: 2,
        rlim_max: 1,
    };
    check_err!(sys_prlimit64(None, RLIMIT_CORE, Some(&upside_down)), EINVAL);
    check_err!(sys_prlimit64(None, Resource::from_bits(99), None), EINVAL);
    check_err!(sys_prlimit64(Some(Pid::from_raw(i32::MAX)), RLIMIT_CORE, None), ESRCH);
    Ok(())
}

/// It cannot fail: the only errno is EFAULT.
fn uname_names_the_system() -> Outcome {
    let names = sys_uname()?;
    check_eq!(names.sysname(), c"Linux");
    check!(!names.machine().is_empty());
    let mut buf = [0; 256];
    for (path, name) in [
        (c"/proc/sys/kernel/ostype", names.sysname()),
        (c"/proc/sys/kernel/hostname", names.nodename()),
        (c"/proc/sys/kernel/osrelease", names.release()),
        (c"/proc/sys/kernel/version", names.version()),
        (c"/proc/sys/kernel/domainname", names.domainname()),
    ] {
        check_eq!(read_file(path, &mut buf)?.trim_ascii_end(), name.to_bytes());
    }
    // Nothing changes from one call to the next.
    check_eq!(sys_uname()?.machine(), names.machine());
    Ok(())
}

fn getrandom_fills() -> Outcome {
    let (mut first, mut second) = ([0; 32], [MaybeUninit::uninit(); 32]);
    check_eq!(sys_getrandom(&mut first, GrndFlags::empty()), Ok(32));
    check!(sys_getrandom(&mut second, GRND_NONBLOCK)? != first);
    check!(first[..16] != [0; 16] && first[16..] != [0; 16]);
    check_eq!(sys_getrandom(&mut [0; 0], GrndFlags::empty()), Ok(0));
    Ok(())
}

fn getrandom_refused() -> Outcome {
    check_err!(sys_getrandom(&mut [0; 4], GrndFlags::from_bits(0x100)), EINVAL);
    check_err!(sys_getrandom(&mut [0; 4], GRND_RANDOM | GRND_INSECURE), EINVAL);
    Ok(())
}

/// It cannot fail.
fn sched_yield_returns() -> Outcome {
    check_eq!(sys_sched_yield(), Ok(()));
    check_eq!(sys_sched_yield(), Ok(()));
    Ok(())
}
