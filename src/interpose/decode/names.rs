//! Families of constants by name: the crate's own, and those of calls that are not typed.

use super::print::Names;
use crate::arch::abi;
use crate::calls::*;
use crate::sysno::SYS_arch_prctl;

/// The families that an argument may belong to.
macro_rules! families {
    ($($name:ident: $list:expr, $unknown:literal;)*) => {
        /// A family of constants.
        #[repr(u8)]
        #[derive(Clone, Copy)]
        pub(super) enum Family {
            $($name,)*
        }

        /// In the order of [`Family`].
        static FAMILIES: &[Names] = &[$(Names { list: $list, unknown: $unknown },)*];
    };
}

/// Names and values, as a family of the crate has them.
macro_rules! names {
    ($($name:ident = $value:expr,)*) => {
        &[$((stringify!($name), $value as u64),)*]
    };
}

/// The flags of sigaction(2), behind what not every architecture has.
macro_rules! sa_names {
    ($($more:tt)*) => {
        names! {
            $($more)*
            SA_ONSTACK = abi::SA_ONSTACK, SA_RESTART = abi::SA_RESTART, SA_NODEFER = abi::SA_NODEFER,
            SA_RESETHAND = abi::SA_RESETHAND, SA_SIGINFO = abi::SA_SIGINFO, SA_NOCLDSTOP = abi::SA_NOCLDSTOP,
            SA_NOCLDWAIT = abi::SA_NOCLDWAIT,
        }
    };
}

/// Every name that a family has, and its value, for a comparison with the kernel's headers.
#[doc(hidden)]
pub fn names() -> impl Iterator<Item = &'static (&'static str, u64)> {
    let here = |index: &usize| SYS_arch_prctl.exists() || *index != Family::ArchPrctl as usize;
    (0..FAMILIES.len()).filter(here).flat_map(|index| FAMILIES[index].list)
}

impl Family {
    #[inline]
    pub(super) fn names(self) -> &'static Names {
        &FAMILIES[self as usize]
    }
}

families! {
    // Of typed calls.
    Open: OpenFlags::NAMES, "O_???";
    At: AtFlags::NAMES, "AT_???";
    Whence: Whence::NAMES, "SEEK_???";
    Fcntl: FcntlCommand::NAMES, "F_???";
    FdFlag: FdFlags::NAMES, "FD_???";
    Prot: ProtFlags::NAMES, "PROT_???";
    Map: MapFlags::NAMES, "MAP_???";
    Address: AddressFamily::NAMES, "AF_???";
    Socket: SocketType::NAMES, "SOCK_???";
    SocketFlag: names! { SOCK_CLOEXEC = abi::SOCK_CLOEXEC, SOCK_NONBLOCK = abi::SOCK_NONBLOCK, }, "SOCK_???";
    Protocol: Protocol::NAMES, "IPPROTO_???";
    Msg: MsgFlags::NAMES, "MSG_???";
    Shut: ShutdownHow::NAMES, "SHUT_???";
    Level: SocketLevel::NAMES, "SOL_??";
    Poll: PollEvents::NAMES, "POLL???";
    Epoll: EpollEvents::NAMES, "EPOLL???";
    EpollCreate: EpollCreateFlags::NAMES, "EPOLL_???";
    EpollCtl: EpollOperation::NAMES, "EPOLL_CTL_???";
    Eventfd: EventfdFlags::NAMES, "EFD_???";
    MaskHow: MaskHow::NAMES, "SIG_???";
    Itimer: Itimer::NAMES, "ITIMER_???";
    Ss: StackFlags::NAMES, "SS_???";
    StatxMask: StatxMask::NAMES, "STATX_???";
    StatxAttr: StatxAttributes::NAMES, "STATX_ATTR_???";
    Grnd: GrndFlags::NAMES, "GRND_???";
    Resource: Resource::NAMES, "RLIMIT_???";
    Clone: CloneFlags::NAMES, "CLONE_???";
    Fadvise: Fadvice::NAMES, "POSIX_FADV_???";
    Fallocate: FallocateFlags::NAMES, "FALLOC_FL_???";
    IdType: IdType::NAMES, "P_???";
    SyncRange: SyncRangeFlags::NAMES, "SYNC_FILE_RANGE_???";
    Clock: ClockId::NAMES, "CLOCK_???";
    Timer: TimerFlags::NAMES, "TIMER_???";
    Ptrace: PtraceRequest::NAMES, "PTRACE_???";
    PtraceOption: PtraceOptions::NAMES, "PTRACE_O_???";
    // Of calls that are not, or with what strace calls them there. The values are the same on every architecture, or
    // come from `abi`.
    Sa: if abi::SA_RESTORER.is_some() {
        sa_names! { SA_RESTORER = 0x0400_0000, }
    } else {
        sa_names! {}
    }, "SA_???";
    StatxSync: names! {
        AT_STATX_SYNC_AS_STAT = 0, AT_STATX_FORCE_SYNC = 0x2000, AT_STATX_DONT_SYNC = 0x4000,
    }, "AT_???";
    Wait: names! {
        WNOHANG = 1, WEXITED = 4, WSTOPPED = 2, WCONTINUED = 8, WNOWAIT = 0x0100_0000, __WCLONE = 0x8000_0000u32,
        __WALL = 0x4000_0000, __WNOTHREAD = 0x2000_0000,
    }, "W???";
    // Half of O_TMPFILE.
    OpenPart: names! { __O_TMPFILE = abi::__O_TMPFILE, }, "O_???";
    Resolve: names! {
        RESOLVE_NO_XDEV = 1, RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_BENEATH = 8,
        RESOLVE_IN_ROOT = 0x10, RESOLVE_CACHED = 0x20,
    }, "RESOLVE_???";
    // AT_REMOVEDIR is the same bit, of another call.
    AccessAt: names! { AT_SYMLINK_NOFOLLOW = 0x100, AT_EACCESS = 0x200, AT_EMPTY_PATH = 0x1000, }, "AT_???";
    Msync: names! { MS_SYNC = abi::MS_SYNC, MS_ASYNC = abi::MS_ASYNC, MS_INVALIDATE = abi::MS_INVALIDATE, }, "MS_???";
    Access: names! { F_OK = 0, R_OK = 4, W_OK = 2, X_OK = 1, }, "?_OK";
    Madvise: names! {
        MADV_NORMAL = 0, MADV_RANDOM = 1, MADV_SEQUENTIAL = 2, MADV_WILLNEED = 3, MADV_DONTNEED = abi::MADV_DONTNEED,
        MADV_FREE = 8, MADV_HUGEPAGE = 14, MADV_NOHUGEPAGE = 15,
    }, "MADV_???";
    Mremap: names! { MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, MREMAP_DONTUNMAP = 4, }, "MREMAP_???";
    Rename: names! { RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2, RENAME_WHITEOUT = 4, }, "RENAME_???";
    Flock: names! { LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8, }, "LOCK_???";
    Memfd: names! { MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MFD_HUGETLB = 4, }, "MFD_???";
    Prctl: names! {
        PR_SET_PDEATHSIG = 1, PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_GET_NAME = 16,
        PR_SET_SECCOMP = 22, PR_CAPBSET_READ = 23, PR_SET_CHILD_SUBREAPER = 36, PR_SET_NO_NEW_PRIVS = 38,
        PR_GET_NO_NEW_PRIVS = 39,
    }, "PR_???";
    ArchPrctl: names! {
        ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004,
    }, "ARCH_???";
    Rusage: names! { RUSAGE_SELF = 0, RUSAGE_THREAD = 1, RUSAGE_CHILDREN = -1i32, }, "RUSAGE_???";
    CloseRange: names! { CLOSE_RANGE_UNSHARE = 2, CLOSE_RANGE_CLOEXEC = 4, }, "CLOSE_RANGE_???";
    Futex: names! {
        FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4, FUTEX_WAKE_OP = 5, FUTEX_LOCK_PI = 6,
        FUTEX_UNLOCK_PI = 7, FUTEX_TRYLOCK_PI = 8, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10,
        FUTEX_WAIT_REQUEUE_PI = 11, FUTEX_CMP_REQUEUE_PI = 12, FUTEX_LOCK_PI2 = 13,
    }, "FUTEX_???";
    Ioctl: names! {
        TCGETS = abi::TCGETS, TCSETS = abi::TCSETS, TCSETSW = abi::TCSETSW, TCSETSF = abi::TCSETSF,
        TIOCGPGRP = abi::TIOCGPGRP, TIOCSPGRP = abi::TIOCSPGRP, TIOCGWINSZ = abi::TIOCGWINSZ,
        FIONREAD = abi::FIONREAD, FIONBIO = abi::FIONBIO, FIOCLEX = abi::FIOCLEX, FIONCLEX = abi::FIONCLEX,
    }, "";
    FcntlMore: names! {
        F_GETLK = abi::F_GETLK, F_SETLK = abi::F_SETLK, F_SETLKW = abi::F_SETLKW, F_SETOWN = abi::F_SETOWN,
        F_GETOWN = abi::F_GETOWN,
    }, "F_???";
}
