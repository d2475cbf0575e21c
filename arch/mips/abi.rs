//! Structs and constants of mips and mips64: the shared ones, and what differs (arch/mips/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::stat_by_statx::*;

use crate::arch::generic::signal::SiginfoFields;

// fcntl.h

pub const O_APPEND: u32 = 0x8;
pub const O_DSYNC: u32 = 0x10;
pub const O_NONBLOCK: u32 = 0x80;
pub const O_CREAT: u32 = 0x100;
pub const O_TRUNC: u32 = 0x200;
pub const O_EXCL: u32 = 0x400;
pub const O_NOCTTY: u32 = 0x800;
pub const O_ASYNC: u32 = 0x1000;
pub const O_LARGEFILE: u32 = 0x2000;
pub const __O_SYNC: u32 = 0x4000;
pub const O_DIRECT: u32 = 0x8000;

pub const F_GETLK: u32 = 14;
pub const F_GETOWN: u32 = 23;
pub const F_SETOWN: u32 = 24;

// mman.h

pub const PROT_SEM: u32 = 0x10;

pub const MAP_NORESERVE: u32 = 0x400;
pub const MAP_ANONYMOUS: u32 = 0x800;
pub const MAP_GROWSDOWN: u32 = 0x1000;
pub const MAP_DENYWRITE: u32 = 0x2000;
pub const MAP_EXECUTABLE: u32 = 0x4000;
pub const MAP_LOCKED: u32 = 0x8000;
pub const MAP_POPULATE: u32 = 0x1_0000;
pub const MAP_NONBLOCK: u32 = 0x2_0000;
pub const MAP_STACK: u32 = 0x4_0000;
pub const MAP_HUGETLB: u32 = 0x8_0000;

// socket.h; include/asm/socket.h, enum sock_type

pub const SOCK_DGRAM: u32 = 1;
pub const SOCK_STREAM: u32 = 2;
pub const SOCK_NONBLOCK: u32 = O_NONBLOCK;

pub const SOL_SOCKET: u32 = 0xffff;
pub const SO_REUSEADDR: u32 = 0x4;
pub const SO_KEEPALIVE: u32 = 0x8;
pub const SO_DONTROUTE: u32 = 0x10;
pub const SO_BROADCAST: u32 = 0x20;
pub const SO_LINGER: u32 = 0x80;
pub const SO_OOBINLINE: u32 = 0x100;
pub const SO_REUSEPORT: u32 = 0x200;
pub const SO_SNDBUF: u32 = 0x1001;
pub const SO_RCVBUF: u32 = 0x1002;
pub const SO_SNDLOWAT: u32 = 0x1003;
pub const SO_RCVLOWAT: u32 = 0x1004;
pub const SO_SNDTIMEO_OLD: u32 = 0x1005;
pub const SO_RCVTIMEO_OLD: u32 = 0x1006;
pub const SO_ERROR: u32 = 0x1007;
pub const SO_TYPE: u32 = 0x1008;
pub const SO_ACCEPTCONN: u32 = 0x1009;
pub const SO_PROTOCOL: u32 = 0x1028;
pub const SO_DOMAIN: u32 = 0x1029;
pub const SO_PASSCRED: u32 = 17;
pub const SO_PEERCRED: u32 = 18;
pub const SO_PEERSEC: u32 = 30;
pub const SO_SNDBUFFORCE: u32 = 31;

// poll.h

pub const POLLWRNORM: u16 = 0x4;
pub const POLLWRBAND: u16 = 0x100;

// resource.h

pub const RLIMIT_NOFILE: u32 = 5;
pub const RLIMIT_AS: u32 = 6;
pub const RLIMIT_RSS: u32 = 7;
pub const RLIMIT_NPROC: u32 = 8;
pub const RLIMIT_MEMLOCK: u32 = 9;

// ioctls.h

pub const TCGETS: u32 = 0x540d;
pub const TCSETS: u32 = 0x540e;
pub const TCSETSW: u32 = 0x540f;
pub const TCSETSF: u32 = 0x5410;
pub const TIOCGPGRP: u32 = 0x4004_7477;
pub const TIOCSPGRP: u32 = 0x8004_7476;
pub const TIOCGWINSZ: u32 = 0x4008_7468;
pub const FIONREAD: u32 = 0x467f;
pub const FIOCLEX: u32 = 0x6601;
pub const FIONCLEX: u32 = 0x6602;
pub const FIONBIO: u32 = 0x667e;

// ioctl.h

pub const _IOC_SIZEBITS: u32 = 13;
pub const _IOC_NONE: u32 = 1;
pub const _IOC_READ: u32 = 2;
pub const _IOC_WRITE: u32 = 4;

// signal.h and siginfo.h

pub const _NSIG: usize = 128;

pub const SIG_BLOCK: u32 = 1;
pub const SIG_UNBLOCK: u32 = 2;
pub const SIG_SETMASK: u32 = 3;

pub const SA_SIGINFO: u32 = 0x8;
pub const SA_NOCLDWAIT: u32 = 0x1_0000;

pub const SI_ASYNCIO: i32 = -2;
pub const SI_TIMER: i32 = -3;
pub const SI_MESGQ: i32 = -4;

/// The kernel's `stack_t`; the flags are typed by whoever uses it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Stack<Flags> {
    /// The lowest address.
    pub ss_sp: *mut (),
    /// The length in bytes.
    pub ss_size: usize,
    /// What the kernel is asked for, or what it says.
    pub ss_flags: Flags,
}

/// The kernel's `siginfo_t`, in which the code stands before the errno.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Siginfo {
    pub(crate) si_signo: i32,
    pub(crate) si_code: i32,
    pub(crate) si_errno: i32,
    pub(crate) fields: SiginfoFields,
}

/// The kernel's `struct sigaction`: the flags stand first, and nobody is told where a handler returns to.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KernelSigaction {
    /// SA_* bits.
    pub sa_flags: u32,
    /// The handler's address, or 0 (SIG_DFL), or 1 (SIG_IGN).
    pub sa_handler: *const (),
    /// One bit for each signal that is blocked while the handler runs.
    pub sa_mask: [usize; _NSIG / usize::BITS as usize],
}

/// The words behind the struct that QEMU's user mode reads and writes as well: on o32 it believes that there is a restorer
/// (linux-user/syscall_defs.h, `struct target_sigaction`).
pub const SIGACTION_TAIL: usize = cfg!(target_pointer_width = "32") as usize;

/// There is no such flag.
pub const SA_RESTORER: Option<u32> = None;

impl KernelSigaction {
    /// Where `sa_restorer` begins: there is no such field.
    pub const RESTORER: Option<usize> = None;

    /// As the kernel takes it.
    #[inline]
    pub(crate) fn new(
        sa_handler: *const (),
        sa_flags: u32,
        sa_mask: [usize; _NSIG / usize::BITS as usize],
    ) -> KernelSigaction {
        KernelSigaction {
            sa_flags,
            sa_handler,
            sa_mask,
        }
    }

    #[cfg(feature = "interpose")]
    #[inline]
    pub(crate) fn restorer(&self) -> Option<*const ()> {
        None
    }

    /// The flags without those that belong to a restorer.
    #[inline]
    pub(crate) fn flags(&self) -> u32 {
        self.sa_flags
    }
}
