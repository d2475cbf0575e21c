//! The calls as their man pages have them: one line each.

use super::names::Family;
use crate::arch::{abi, nr};
use crate::sysno::*;

/// What an argument is, and how it is shown.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    // Numbers.
    Int,
    Uint,
    Ulong,
    /// 64 bits on every machine.
    Wide,
    /// The same in one register or two, the next of which is not shown.
    Low,
    High,
    Hex,
    Address,
    /// Where mremap(2) moves to, if it does.
    NewAddress,
    /// Where a handler returns to: an argument on sparc alone.
    Restorer,
    /// A file's permissions.
    Mode,
    /// A file's type and permissions.
    FileMode,
    /// A device's number, where the mode before it says that it counts.
    Device,
    Fd,
    /// A directory's fd, or the current one.
    Dir,
    /// A user's or a group's number.
    Id,
    Signal,
    // Constants.
    One(Family),
    Flags(Family),
    OpenFlags,
    /// Those of them that a new fd takes: there is no access mode among them.
    FdFlags,
    /// Shown where openat(2) reads it.
    OpenMode,
    MapFlags,
    StatxFlags,
    SocketType,
    Protocol,
    // Bytes; their number is the next argument.
    Path,
    Bytes,
    /// As many bytes as the call answered.
    Filled,
    /// The same, shown in hex.
    Random,
    /// A path that the call has filled in.
    Cwd,
    Iovecs,
    FilledIovecs,
    /// In another process's memory.
    ForeignIovecs,
    // Structs, read before the call and after it.
    In(Struct),
    Out(Struct),
    OpenHow,
    /// What is left of a sleep, written if it was interrupted; not where clock_nanosleep(2) sleeps until a time.
    Remaining,
    // Arrays.
    Pollfds,
    EpollEvents,
    Dirents,
    Cpus,
    Argv,
    Envp,
    FdSet,
    PselectMask,
    // Sockets.
    Sockaddr,
    FilledSockaddr,
    /// The length of what the argument before it points to, read and written.
    Length,
    Option,
    OptionValue,
    FilledOption,
    // Arguments whose meaning depends on those before them.
    FcntlCommand,
    FcntlArgument,
    IoctlRequest,
    IoctlArgument,
    FutexOperation,
    FutexArguments,
    PrctlArguments,
    PtraceAddress,
    PtraceData,
    /// The arguments of clone(2), in strace's order.
    CloneStack,
    CloneFlags,
    CloneParent,
    CloneTls,
    CloneChild,
    /// The struct of clone3(2), then what the call wrote to where it points, and its size.
    CloneArgs,
    CloneFilled,
    EpollChange,
    WaitStatus,
    /// Written only if there was a child to tell of.
    WaitUsage,
}

/// A struct that an argument points to.
#[derive(Clone, Copy)]
pub(super) enum Struct {
    Timespec,
    Timespecs,
    Timeval,
    Itimerval,
    Stat,
    Statx,
    Sigset,
    Sigaction,
    Stack,
    Rlimit,
    Rusage,
    Utsname,
    Int,
    Fds,
    Winsize,
}

/// How an answer is shown.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    Number,
    Address,
    Mode,
    /// Depends on the command.
    Fcntl,
    Poll,
    Select,
}

/// One call.
pub(super) struct Signature {
    pub(super) nr: Sysno,
    kinds: [Kind; 6],
    count: u8,
    pub(super) answer: Answer,
}

impl Signature {
    /// All in one piece, as there are many.
    const fn new(nr: Sysno, given: &[Kind], answer: Answer) -> Signature {
        let mut kinds = [Kind::Int; 6];
        let (mut i, mut count) = (0, 0);
        while i < given.len() {
            if abi::RESTORER_IS_AN_ARGUMENT || !matches!(given[i], Kind::Restorer) {
                kinds[count] = given[i];
                count += 1;
            }
            i += 1;
        }
        Signature {
            nr,
            kinds,
            count: count as u8,
            answer,
        }
    }

    #[inline]
    pub(super) fn of(nr: Sysno) -> Option<&'static Signature> {
        match INDEX[nr.place()?] {
            0 => None,
            place => SIGNATURES.get(usize::from(place) - 1),
        }
    }

    #[inline]
    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds[..usize::from(self.count).min(6)]
    }
}

/// For each place in the table of calls that of its signature, counted from 1.
static INDEX: [u8; nr::TABLE.len()] = {
    let mut index = [0; nr::TABLE.len()];
    let mut place = 0;
    while place < SIGNATURES.len() {
        let nr = SIGNATURES[place].nr;
        place += 1;
        if let Some(at) = nr.place() {
            index[at] = place as u8;
        }
    }
    index
};

const _: () = assert!(SIGNATURES.len() < 256);

macro_rules! signatures {
    ($($nr:ident($($kind:expr),*) $(-> $answer:ident)?;)*) => {
        pub(super) const SIGNATURES: &[Signature] = {
            use Family::*;
            use Kind::{
                Address, Argv, Bytes, CloneArgs, CloneChild, CloneFilled, CloneFlags, CloneParent, CloneStack, CloneTls, Cpus, Cwd,
                Device, Dir, Dirents, Envp, EpollChange, EpollEvents, FcntlArgument, FcntlCommand, Fd, FdFlags, FdSet, FileMode,
                Filled, FilledIovecs, FilledOption, FilledSockaddr, Flags, FutexArguments, FutexOperation, Hex, High, Id, In,
                Int, IoctlArgument, IoctlRequest, Iovecs, Length, Low, MapFlags, Mode, NewAddress, One, OpenFlags, OpenHow, OpenMode,
                Option, OptionValue, Out, Path, Pollfds, PrctlArguments, PselectMask, PtraceAddress, PtraceData, ForeignIovecs, Random, Remaining, Restorer, Signal,
                Sockaddr, SocketType, StatxFlags, Uint, Ulong, WaitStatus, WaitUsage, Wide,
            };
            &[$(Signature::new($nr, &[$($kind),*], signatures!(@answer $($answer)?)),)*]
        };
    };
    (@answer) => { Answer::Number };
    (@answer $answer:ident) => { Answer::$answer };
}

signatures! {
    // Reading and writing.
    SYS_read(Fd, Filled, Ulong);
    SYS_write(Fd, Bytes, Ulong);
    SYS_pread64(Fd, Filled, Ulong, Wide);
    SYS_pwrite64(Fd, Bytes, Ulong, Wide);
    SYS_readv(Fd, FilledIovecs, Ulong);
    SYS_writev(Fd, Iovecs, Ulong);
    SYS_preadv(Fd, FilledIovecs, Ulong, Low, High);
    SYS_pwritev(Fd, Iovecs, Ulong, Low, High);
    SYS_lseek(Fd, Wide, One(Whence));
    SYS_sendfile(Fd, Fd, Address, Ulong);
    SYS_copy_file_range(Fd, Address, Fd, Address, Ulong, Hex);
    SYS_preadv2(Fd, FilledIovecs, Ulong, Low, High, Hex);
    SYS_pwritev2(Fd, Iovecs, Ulong, Low, High, Hex);
    SYS_splice(Fd, Address, Fd, Address, Ulong, Hex);
    SYS_fsync(Fd);
    SYS_fdatasync(Fd);
    SYS_ftruncate(Fd, Wide);
    SYS_truncate(Path, Wide);
    SYS_fallocate(Fd, Hex, Wide, Wide);
    SYS_fadvise64(Fd, Wide, Ulong, One(Fadvise));
    SYS_readahead(Fd, Wide, Ulong);
    SYS_sync_file_range(Fd, Wide, Wide, Flags(SyncRange));
    SYS_syncfs(Fd);
    SYS_flock(Fd, Flags(Flock));
    // Fds.
    SYS_close(Fd);
    SYS_close_range(Uint, Uint, Flags(CloseRange));
    SYS_dup(Fd);
    SYS_dup2(Fd, Fd);
    SYS_dup3(Fd, Fd, FdFlags);
    SYS_pipe(Out(Struct::Fds));
    SYS_pipe2(Out(Struct::Fds), FdFlags);
    SYS_fcntl(Fd, FcntlCommand, FcntlArgument) -> Fcntl;
    SYS_ioctl(Fd, IoctlRequest, IoctlArgument);
    SYS_memfd_create(Path, Flags(Memfd));
    SYS_eventfd2(Uint, Flags(Eventfd));
    SYS_timerfd_create(One(Clock), Hex);
    SYS_timerfd_settime(Fd, Hex, Address, Address);
    SYS_timerfd_gettime(Fd, Address);
    SYS_signalfd4(Fd, In(Struct::Sigset), Ulong, Hex);
    SYS_inotify_init1(Hex);
    SYS_inotify_add_watch(Fd, Path, Hex);
    SYS_inotify_rm_watch(Fd, Int);
    // Files by name.
    SYS_open(Path, OpenFlags, OpenMode);
    SYS_openat(Dir, Path, OpenFlags, OpenMode);
    SYS_openat2(Dir, Path, OpenHow, Ulong);
    SYS_creat(Path, Mode);
    SYS_access(Path, Flags(Access));
    SYS_faccessat(Dir, Path, Flags(Access));
    SYS_faccessat2(Dir, Path, Flags(Access), Flags(AccessAt));
    SYS_readlink(Path, Filled, Ulong);
    SYS_readlinkat(Dir, Path, Filled, Ulong);
    SYS_unlink(Path);
    SYS_unlinkat(Dir, Path, Flags(At));
    SYS_rename(Path, Path);
    SYS_renameat(Dir, Path, Dir, Path);
    SYS_renameat2(Dir, Path, Dir, Path, Flags(Rename));
    SYS_link(Path, Path);
    SYS_linkat(Dir, Path, Dir, Path, Flags(At));
    SYS_symlink(Path, Path);
    SYS_symlinkat(Path, Dir, Path);
    SYS_mknod(Path, FileMode, Device);
    SYS_mknodat(Dir, Path, FileMode, Device);
    SYS_chmod(Path, Mode);
    SYS_fchmod(Fd, Mode);
    SYS_fchmodat(Dir, Path, Mode);
    SYS_chown(Path, Id, Id);
    SYS_lchown(Path, Id, Id);
    SYS_fchown(Fd, Id, Id);
    SYS_fchownat(Dir, Path, Id, Id, Flags(At));
    SYS_utimensat(Dir, Path, In(Struct::Timespecs), Flags(At));
    SYS_umask(Mode) -> Mode;
    SYS_stat(Path, Out(Struct::Stat));
    SYS_lstat(Path, Out(Struct::Stat));
    SYS_fstat(Fd, Out(Struct::Stat));
    SYS_newfstatat(Dir, Path, Out(Struct::Stat), Flags(At));
    SYS_statx(Dir, Path, StatxFlags, Flags(StatxMask), Out(Struct::Statx));
    SYS_statfs(Path, Address);
    SYS_fstatfs(Fd, Address);
    SYS_getxattr(Path, Path, Filled, Ulong);
    SYS_lgetxattr(Path, Path, Filled, Ulong);
    SYS_fgetxattr(Fd, Path, Filled, Ulong);
    // Directories.
    SYS_mkdir(Path, Mode);
    SYS_mkdirat(Dir, Path, Mode);
    SYS_rmdir(Path);
    SYS_chdir(Path);
    SYS_fchdir(Fd);
    SYS_chroot(Path);
    SYS_getcwd(Cwd, Ulong);
    SYS_getdents64(Fd, Dirents, Ulong);
    // Memory.
    SYS_mmap(Address, Ulong, Flags(Prot), MapFlags, Fd, Hex) -> Address;
    SYS_munmap(Address, Ulong);
    SYS_mprotect(Address, Ulong, Flags(Prot));
    SYS_mremap(Address, Ulong, Ulong, Flags(Mremap), NewAddress) -> Address;
    SYS_madvise(Address, Ulong, One(Madvise));
    SYS_msync(Address, Ulong, Flags(Msync));
    SYS_mlock(Address, Ulong);
    SYS_munlock(Address, Ulong);
    SYS_brk(Address) -> Address;
    SYS_membarrier(Int, Hex);
    // Processes.
    SYS_getpid();
    SYS_getppid();
    SYS_gettid();
    SYS_getpgrp();
    SYS_getpgid(Int);
    SYS_setpgid(Int, Int);
    SYS_getsid(Int);
    SYS_setsid();
    SYS_fork();
    SYS_vfork();
    SYS_clone(CloneStack, CloneFlags, CloneParent, CloneTls, CloneChild);
    SYS_clone3(CloneArgs, CloneFilled);
    SYS_execve(Path, Argv, Envp);
    SYS_execveat(Dir, Path, Argv, Envp, Flags(At));
    SYS_exit(Int);
    SYS_exit_group(Int);
    SYS_wait4(Int, WaitStatus, Flags(Wait), WaitUsage);
    SYS_waitid(One(IdType), Int, Address, Flags(Wait), Address);
    SYS_sched_yield();
    SYS_sched_getaffinity(Int, Ulong, Cpus);
    SYS_sched_setaffinity(Int, Ulong, Address);
    SYS_sched_setscheduler(Int, Int, Address);
    SYS_sched_getscheduler(Int);
    SYS_sched_setparam(Int, Address);
    SYS_sched_getparam(Int, Address);
    SYS_getpriority(Int, Int);
    SYS_setpriority(Int, Int, Int);
    SYS_prctl(One(Prctl), PrctlArguments);
    SYS_arch_prctl(One(ArchPrctl), Address);
    SYS_ptrace(One(Ptrace), Int, PtraceAddress, PtraceData);
    SYS_process_vm_readv(Int, FilledIovecs, Ulong, ForeignIovecs, Ulong, Ulong);
    SYS_process_vm_writev(Int, Iovecs, Ulong, ForeignIovecs, Ulong, Ulong);
    SYS_seccomp(Int, Hex, Address);
    SYS_kcmp(Int, Int, Int, Ulong, Ulong);
    SYS_pidfd_open(Int, Hex);
    SYS_pidfd_send_signal(Fd, Signal, Address, Hex);
    // Who.
    SYS_getuid();
    SYS_geteuid();
    SYS_getgid();
    SYS_getegid();
    SYS_setuid(Id);
    SYS_setgid(Id);
    SYS_setreuid(Id, Id);
    SYS_setregid(Id, Id);
    SYS_setresuid(Id, Id, Id);
    SYS_setresgid(Id, Id, Id);
    SYS_getresuid(Out(Struct::Int), Out(Struct::Int), Out(Struct::Int));
    SYS_getresgid(Out(Struct::Int), Out(Struct::Int), Out(Struct::Int));
    SYS_getgroups(Int, Address);
    SYS_setgroups(Int, Address);
    // Threads.
    SYS_futex(Address, FutexOperation, FutexArguments);
    SYS_set_tid_address(Hex);
    SYS_set_robust_list(Address, Ulong);
    SYS_get_robust_list(Int, Address, Address);
    SYS_rseq(Hex, Hex, Hex, Hex);
    // Signals.
    SYS_kill(Int, Signal);
    SYS_tkill(Int, Signal);
    SYS_tgkill(Int, Int, Signal);
    SYS_rt_sigaction(Signal, In(Struct::Sigaction), Out(Struct::Sigaction), Restorer, Ulong);
    SYS_rt_sigprocmask(One(MaskHow), In(Struct::Sigset), Out(Struct::Sigset), Ulong);
    SYS_rt_sigsuspend(In(Struct::Sigset), Ulong);
    SYS_rt_sigtimedwait(In(Struct::Sigset), Address, In(Struct::Timespec), Ulong);
    SYS_rt_sigqueueinfo(Int, Signal, Address);
    SYS_rt_sigpending(Out(Struct::Sigset), Ulong);
    SYS_rt_sigreturn();
    SYS_sigaltstack(In(Struct::Stack), Out(Struct::Stack));
    SYS_pause();
    SYS_alarm(Uint);
    SYS_setitimer(One(Itimer), In(Struct::Itimerval), Out(Struct::Itimerval));
    SYS_getitimer(One(Itimer), Out(Struct::Itimerval));
    SYS_restart_syscall();
    // Time.
    SYS_clock_gettime(One(Clock), Out(Struct::Timespec));
    SYS_clock_getres(One(Clock), Out(Struct::Timespec));
    SYS_clock_settime(One(Clock), In(Struct::Timespec));
    SYS_gettimeofday(Out(Struct::Timeval), Address);
    SYS_time(Address);
    SYS_times(Address);
    SYS_nanosleep(In(Struct::Timespec), Remaining);
    SYS_clock_nanosleep(One(Clock), Flags(Timer), In(Struct::Timespec), Remaining);
    // Waiting.
    SYS_poll(Pollfds, Ulong, Int) -> Poll;
    SYS_ppoll(Pollfds, Ulong, In(Struct::Timespec), In(Struct::Sigset), Ulong) -> Poll;
    SYS_select(Int, FdSet, FdSet, FdSet, In(Struct::Timeval)) -> Select;
    SYS_pselect6(Int, FdSet, FdSet, FdSet, In(Struct::Timespec), PselectMask) -> Select;
    SYS_epoll_create(Int);
    SYS_epoll_create1(Flags(EpollCreate));
    SYS_epoll_ctl(Fd, One(EpollCtl), Fd, EpollChange);
    SYS_epoll_wait(Fd, EpollEvents, Int, Int);
    SYS_epoll_pwait(Fd, EpollEvents, Int, Int, In(Struct::Sigset), Ulong);
    SYS_epoll_pwait2(Fd, EpollEvents, Int, In(Struct::Timespec), In(Struct::Sigset), Ulong);
    // Sockets.
    SYS_socket(One(Family::Address), SocketType, Kind::Protocol);
    SYS_socketpair(One(Family::Address), SocketType, Int, Out(Struct::Fds));
    SYS_bind(Fd, Sockaddr, Int);
    SYS_connect(Fd, Sockaddr, Int);
    SYS_listen(Fd, Int);
    SYS_accept(Fd, FilledSockaddr, Length);
    SYS_accept4(Fd, FilledSockaddr, Length, Flags(SocketFlag));
    SYS_getsockname(Fd, FilledSockaddr, Length);
    SYS_getpeername(Fd, FilledSockaddr, Length);
    SYS_sendto(Fd, Bytes, Ulong, Flags(Msg), Sockaddr, Uint);
    SYS_recvfrom(Fd, Filled, Ulong, Flags(Msg), FilledSockaddr, Length);
    SYS_sendmsg(Fd, Address, Flags(Msg));
    SYS_recvmsg(Fd, Address, Flags(Msg));
    SYS_shutdown(Fd, One(Shut));
    SYS_setsockopt(Fd, One(Level), Option, OptionValue, Int);
    SYS_getsockopt(Fd, One(Level), Option, FilledOption, Length);
    // The system.
    SYS_uname(Out(Struct::Utsname));
    SYS_sysinfo(Address);
    SYS_getrandom(Random, Ulong, Flags(Grnd));
    SYS_getrlimit(One(Resource), Out(Struct::Rlimit));
    SYS_setrlimit(One(Resource), In(Struct::Rlimit));
    SYS_prlimit64(Int, One(Resource), In(Struct::Rlimit), Out(Struct::Rlimit));
    SYS_getrusage(One(Rusage), Out(Struct::Rusage));
    SYS_getcpu(Out(Struct::Int), Out(Struct::Int), Address);
    SYS_sync();
}
