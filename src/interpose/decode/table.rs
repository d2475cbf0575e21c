//! The calls as their man pages have them: one line each.

use super::names::Family;
use crate::arch::{abi, nr};
use crate::calls::range::ADVICE_SECOND;
use crate::sysno::*;
use crate::wide;

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
    /// As wide as a register, and signed.
    Long,
    /// The upper half of a number, which comes first in _llseek(2) on every machine; the next is the lower.
    Upper,
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
    /// mmap2(2)'s offset.
    Units,
    /// All of mmap(2), where it takes a pointer to its arguments.
    MmapArgs,
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
    /// 64 bits.
    Offset,
    Fds,
    Winsize,
}

// Where registers have 32 bits, the first calls of a kind have structs of their own, which no typed call takes: their
// times have 32-bit seconds, their limits 32 bits.
const OLD: bool = wide::HALVES;
const OLD_TIME_IN: Kind = if OLD { Kind::Address } else { Kind::In(Struct::Timespec) };
const OLD_TIME_OUT: Kind = if OLD {
    Kind::Address
} else {
    Kind::Out(Struct::Timespec)
};
const OLD_TIMES: Kind = if OLD {
    Kind::Address
} else {
    Kind::In(Struct::Timespecs)
};
const OLD_REMAINING: Kind = if OLD { Kind::Address } else { Kind::Remaining };
const OLD_LIMIT_IN: Kind = if OLD { Kind::Address } else { Kind::In(Struct::Rlimit) };
const OLD_LIMIT_OUT: Kind = if OLD { Kind::Address } else { Kind::Out(Struct::Rlimit) };
const OWN_STAT: Kind = if abi::STAT_BY_STATX {
    Kind::Address
} else {
    Kind::Out(Struct::Stat)
};
const OLD_IDS: Kind = if SYS_getresuid32.exists() {
    Kind::Address
} else {
    Kind::Out(Struct::Int)
};
/// The offset of lseek(2) and the length of truncate(2).
const OLD_OFFSET: Kind = if OLD { Kind::Long } else { Kind::Wide };
const OLD_LENGTH: Kind = if OLD { Kind::Ulong } else { Kind::Wide };
const MMAP: [Kind; 6] = if abi::MMAP_BY_POINTER {
    [
        Kind::MmapArgs,
        Kind::High,
        Kind::High,
        Kind::High,
        Kind::High,
        Kind::High,
    ]
} else {
    [
        Kind::Address,
        Kind::Ulong,
        Kind::Flags(Family::Prot),
        Kind::MapFlags,
        Kind::Fd,
        Kind::Hex,
    ]
};
const ADVICE: [Kind; 3] = if ADVICE_SECOND {
    [Kind::One(Family::Fadvise), Kind::Wide, Kind::Wide]
} else {
    [Kind::Wide, Kind::Wide, Kind::One(Family::Fadvise)]
};
/// As fadvise64_64(2) has it on mips, where there is no call of that name; an older one's is as wide as a register.
const ADVISED: Kind = if OLD && wide::SYS_fadvise64.number() == SYS_fadvise64.number() {
    Kind::Wide
} else {
    Kind::Ulong
};

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
#[derive(Clone, Copy)]
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

const COUNT: usize = {
    let (mut count, mut i) = (0, 0);
    while i < ALL.len() {
        count += ALL[i].nr.exists() as usize;
        i += 1;
    }
    count
};

/// Those of the calls that this machine has.
pub(super) static SIGNATURES: [Signature; COUNT] = {
    let mut signatures = [const { Signature::new(Sysno::new(0), &[], Answer::Number) }; COUNT];
    let (mut count, mut i) = (0, 0);
    while i < ALL.len() {
        if ALL[i].nr.exists() {
            signatures[count] = ALL[i];
            count += 1;
        }
        i += 1;
    }
    signatures
};

/// For each place in the table of calls that of its signature, counted from 1.
static INDEX: [u16; nr::TABLE.len()] = {
    let mut index = [0; nr::TABLE.len()];
    let mut place = 0;
    while place < SIGNATURES.len() {
        let nr = SIGNATURES[place].nr;
        place += 1;
        if let Some(at) = nr.place() {
            index[at] = place as u16;
        }
    }
    index
};

macro_rules! signatures {
    ($($nr:ident($($kind:expr),*) $(-> $answer:ident)?;)*) => {
        const ALL: &[Signature] = {
            use Family::*;
            use Kind::{
                Address, Argv, Bytes, CloneArgs, CloneChild, CloneFilled, CloneFlags, CloneParent, CloneStack, CloneTls, Cpus, Cwd,
                Device, Dir, Dirents, Envp, EpollChange, EpollEvents, FcntlArgument, FcntlCommand, Fd, FdFlags, FdSet, FileMode,
                Filled, FilledIovecs, FilledOption, FilledSockaddr, Flags, FutexArguments, FutexOperation, Hex, High, Id, In,
                Int, IoctlArgument, IoctlRequest, Iovecs, Length, Low, MapFlags, Mode, NewAddress, One, OpenFlags, OpenHow, OpenMode,
                Option, OptionValue, Out, Path, Pollfds, PrctlArguments, PselectMask, PtraceAddress, PtraceData, ForeignIovecs, Random, Remaining, Restorer, Signal,
                Sockaddr, SocketType, StatxFlags, Uint, Ulong, Units, Upper, WaitStatus, WaitUsage, Wide,
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
    SYS_lseek(Fd, OLD_OFFSET, One(Whence));
    SYS__llseek(Fd, Upper, High, Out(Struct::Offset), One(Whence));
    SYS_llseek(Fd, Upper, High, Out(Struct::Offset), One(Whence));
    SYS_sendfile(Fd, Fd, Address, Ulong);
    SYS_sendfile64(Fd, Fd, Address, Ulong);
    SYS_copy_file_range(Fd, Address, Fd, Address, Ulong, Hex);
    SYS_preadv2(Fd, FilledIovecs, Ulong, Low, High, Hex);
    SYS_pwritev2(Fd, Iovecs, Ulong, Low, High, Hex);
    SYS_splice(Fd, Address, Fd, Address, Ulong, Hex);
    SYS_fsync(Fd);
    SYS_fdatasync(Fd);
    SYS_ftruncate(Fd, OLD_LENGTH);
    SYS_ftruncate64(Fd, Wide);
    SYS_truncate(Path, OLD_LENGTH);
    SYS_truncate64(Path, Wide);
    SYS_fallocate(Fd, Flags(Fallocate), Wide, Wide);
    SYS_fadvise64(Fd, Wide, ADVISED, One(Fadvise));
    SYS_fadvise64_64(Fd, ADVICE[0], ADVICE[1], ADVICE[2]);
    SYS_arm_fadvise64_64(Fd, One(Fadvise), Wide, Wide);
    SYS_readahead(Fd, Wide, Ulong);
    SYS_sync_file_range(Fd, Wide, Wide, Flags(SyncRange));
    SYS_sync_file_range2(Fd, Flags(SyncRange), Wide, Wide);
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
    SYS_fcntl64(Fd, FcntlCommand, FcntlArgument) -> Fcntl;
    SYS_ioctl(Fd, IoctlRequest, IoctlArgument);
    SYS_memfd_create(Path, Flags(Memfd));
    SYS_eventfd2(Uint, Flags(Eventfd));
    SYS_timerfd_create(One(Clock), Hex);
    SYS_timerfd_settime(Fd, Hex, Address, Address);
    SYS_timerfd_gettime(Fd, Address);
    SYS_timerfd_settime64(Fd, Hex, Address, Address);
    SYS_timerfd_gettime64(Fd, Address);
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
    SYS_chown32(Path, Id, Id);
    SYS_lchown32(Path, Id, Id);
    SYS_fchown32(Fd, Id, Id);
    SYS_fchownat(Dir, Path, Id, Id, Flags(At));
    SYS_utimensat(Dir, Path, OLD_TIMES, Flags(At));
    SYS_utimensat_time64(Dir, Path, In(Struct::Timespecs), Flags(At));
    SYS_umask(Mode) -> Mode;
    SYS_stat(Path, OWN_STAT);
    SYS_stat64(Path, Address);
    SYS_lstat(Path, OWN_STAT);
    SYS_lstat64(Path, Address);
    SYS_fstat(Fd, OWN_STAT);
    SYS_fstat64(Fd, Address);
    SYS_newfstatat(Dir, Path, OWN_STAT, Flags(At));
    SYS_fstatat64(Dir, Path, Address, Flags(At));
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
    SYS_mmap(MMAP[0], MMAP[1], MMAP[2], MMAP[3], MMAP[4], MMAP[5]) -> Address;
    SYS_mmap2(Address, Ulong, Flags(Prot), MapFlags, Fd, Units) -> Address;
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
    SYS_getuid32();
    SYS_geteuid();
    SYS_geteuid32();
    SYS_getgid();
    SYS_getgid32();
    SYS_getegid();
    SYS_getegid32();
    SYS_setuid(Id);
    SYS_setuid32(Id);
    SYS_setgid(Id);
    SYS_setgid32(Id);
    SYS_setreuid(Id, Id);
    SYS_setreuid32(Id, Id);
    SYS_setregid(Id, Id);
    SYS_setregid32(Id, Id);
    SYS_setresuid(Id, Id, Id);
    SYS_setresuid32(Id, Id, Id);
    SYS_setresgid(Id, Id, Id);
    SYS_setresgid32(Id, Id, Id);
    SYS_getresuid(OLD_IDS, OLD_IDS, OLD_IDS);
    SYS_getresgid(OLD_IDS, OLD_IDS, OLD_IDS);
    SYS_getresuid32(Out(Struct::Int), Out(Struct::Int), Out(Struct::Int));
    SYS_getresgid32(Out(Struct::Int), Out(Struct::Int), Out(Struct::Int));
    SYS_getgroups(Int, Address);
    SYS_setgroups(Int, Address);
    SYS_getgroups32(Int, Address);
    SYS_setgroups32(Int, Address);
    // Threads.
    SYS_futex(Address, FutexOperation, FutexArguments);
    SYS_futex_time64(Address, FutexOperation, FutexArguments);
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
    SYS_rt_sigtimedwait(In(Struct::Sigset), Address, OLD_TIME_IN, Ulong);
    SYS_rt_sigtimedwait_time64(In(Struct::Sigset), Address, In(Struct::Timespec), Ulong);
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
    SYS_clock_gettime(One(Clock), OLD_TIME_OUT);
    SYS_clock_gettime64(One(Clock), Out(Struct::Timespec));
    SYS_clock_getres(One(Clock), OLD_TIME_OUT);
    SYS_clock_getres_time64(One(Clock), Out(Struct::Timespec));
    SYS_clock_settime(One(Clock), OLD_TIME_IN);
    SYS_clock_settime64(One(Clock), In(Struct::Timespec));
    SYS_gettimeofday(Out(Struct::Timeval), Address);
    SYS_time(Address);
    SYS_times(Address);
    SYS_nanosleep(OLD_TIME_IN, OLD_REMAINING);
    SYS_clock_nanosleep(One(Clock), Flags(Timer), OLD_TIME_IN, OLD_REMAINING);
    SYS_clock_nanosleep_time64(One(Clock), Flags(Timer), In(Struct::Timespec), Remaining);
    // Waiting.
    SYS_poll(Pollfds, Ulong, Int) -> Poll;
    SYS_ppoll(Pollfds, Ulong, OLD_TIME_IN, In(Struct::Sigset), Ulong) -> Poll;
    SYS_ppoll_time64(Pollfds, Ulong, In(Struct::Timespec), In(Struct::Sigset), Ulong) -> Poll;
    SYS_select(Int, FdSet, FdSet, FdSet, In(Struct::Timeval)) -> Select;
    SYS__newselect(Int, FdSet, FdSet, FdSet, In(Struct::Timeval)) -> Select;
    SYS_pselect6(Int, FdSet, FdSet, FdSet, OLD_TIME_IN, PselectMask) -> Select;
    SYS_pselect6_time64(Int, FdSet, FdSet, FdSet, In(Struct::Timespec), PselectMask) -> Select;
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
    SYS_getrlimit(One(Resource), OLD_LIMIT_OUT);
    SYS_ugetrlimit(One(Resource), OLD_LIMIT_OUT);
    SYS_setrlimit(One(Resource), OLD_LIMIT_IN);
    SYS_prlimit64(Int, One(Resource), In(Struct::Rlimit), Out(Struct::Rlimit));
    SYS_getrusage(One(Rusage), Out(Struct::Rusage));
    SYS_getcpu(Out(Struct::Int), Out(Struct::Int), Address);
    SYS_sync();
}
