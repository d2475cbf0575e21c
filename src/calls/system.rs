//! The system: its name, its random numbers, its limits.

use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;

use crate::Result;
use crate::arch::abi;
use crate::buffer::{Buffer, fill};
use crate::calls::process::Pid;
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};

/// The kernel's `struct new_utsname`: strings, with zeroes behind them.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the methods say it
pub struct Utsname {
    pub sysname: [u8; 65],
    pub nodename: [u8; 65],
    pub release: [u8; 65],
    pub version: [u8; 65],
    pub machine: [u8; 65],
    pub domainname: [u8; 65],
}

impl Utsname {
    /// The operating system: `Linux`.
    #[inline]
    pub fn sysname(&self) -> &CStr {
        string(&self.sysname)
    }

    /// The name of the machine in its network.
    #[inline]
    pub fn nodename(&self) -> &CStr {
        string(&self.nodename)
    }

    /// The kernel's version: `6.1.0-18-amd64`.
    #[inline]
    pub fn release(&self) -> &CStr {
        string(&self.release)
    }

    /// How and when the kernel was built.
    #[inline]
    pub fn version(&self) -> &CStr {
        string(&self.version)
    }

    /// The architecture, in the kernel's spelling: `x86_64`.
    #[inline]
    pub fn machine(&self) -> &CStr {
        string(&self.machine)
    }

    /// The NIS domain.
    #[inline]
    pub fn domainname(&self) -> &CStr {
        string(&self.domainname)
    }
}

/// The kernel ends each string within its field.
#[inline]
fn string(field: &[u8; 65]) -> &CStr {
    CStr::from_bytes_until_nul(field).unwrap_or_default()
}

impl core::fmt::Debug for Utsname {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Utsname")
            .field("sysname", &self.sysname())
            .field("nodename", &self.nodename())
            .field("release", &self.release())
            .field("version", &self.version())
            .field("machine", &self.machine())
            .field("domainname", &self.domainname())
            .finish()
    }
}

flags! {
    /// Which random numbers [`sys_getrandom`] is to give.
    pub type GrndFlags = GrndFlagsFamily(u32) {
        /// Do not wait for the generator to be seeded after boot: `EAGAIN` instead.
        GRND_NONBLOCK = 0x1,
        /// As /dev/random has it; the same as without since Linux 5.6.
        GRND_RANDOM = 0x2,
        /// Also before the generator is seeded: such numbers may be guessed.
        GRND_INSECURE = 0x4,
    }
}

values! {
    /// A limit of a process, for [`sys_prlimit64`] (getrlimit(2)).
    pub type Resource = ResourceFamily(u32) {
        /// CPU time in seconds; beyond it come SIGXCPU and, at the hard limit, SIGKILL.
        RLIMIT_CPU = 0,
        /// The size of a file that is written, in bytes; beyond it come SIGXFSZ and `EFBIG`.
        RLIMIT_FSIZE = 1,
        /// Data: heap and private writable mappings.
        RLIMIT_DATA = 2,
        /// The stack of the first thread; also how much room arguments and environment have.
        RLIMIT_STACK = 3,
        /// The size of a core file; 0: none.
        RLIMIT_CORE = 4,
        /// Resident memory; without effect since Linux 2.4.30.
        RLIMIT_RSS = abi::RLIMIT_RSS,
        /// Threads of the real user.
        RLIMIT_NPROC = abi::RLIMIT_NPROC,
        /// One more than the largest fd.
        RLIMIT_NOFILE = abi::RLIMIT_NOFILE,
        /// Memory that is kept out of swap.
        RLIMIT_MEMLOCK = abi::RLIMIT_MEMLOCK,
        /// Address space.
        RLIMIT_AS = abi::RLIMIT_AS,
        /// File locks; without effect since Linux 2.4.25.
        RLIMIT_LOCKS = 10,
        /// Signals that wait, of the real user.
        RLIMIT_SIGPENDING = 11,
        /// Bytes in POSIX message queues, of the real user.
        RLIMIT_MSGQUEUE = 12,
        /// How far nice(2) may go: to 20 less this.
        RLIMIT_NICE = 13,
        /// The highest real-time priority.
        RLIMIT_RTPRIO = 14,
        /// CPU time in microseconds without a blocking call, under a real-time policy.
        RLIMIT_RTTIME = 15,
    }
}

/// The two limits of a resource: the kernel's `struct rlimit64`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rlimit64 {
    /// The soft limit, which holds.
    pub rlim_cur: u64,
    /// The hard limit, up to which the process may raise the soft one.
    pub rlim_max: u64,
}

/// No limit.
pub const RLIM64_INFINITY: u64 = u64::MAX;

/// uname(2): the names of the system.
///
/// # Errors
/// None but `EFAULT`, which a buffer of our own cannot cause.
///
/// # Kernel
/// Since Linux 1.0, as newuname. personality(2) can make a kernel tell an older `release` or another `machine`. Source:
/// uname(2).
#[inline]
pub fn sys_uname() -> Result<Utsname> {
    let mut names = MaybeUninit::<Utsname>::uninit();
    // SAFETY: the kernel writes the whole struct.
    let answer: Result<()> = unsafe { call!(never_blocks: SYS_uname, names.as_mut_ptr()) };
    // SAFETY: it has written it.
    answer.map(|()| unsafe { names.assume_init() })
}

blocking! {
    /// getrandom(2): fills `buf` with random bytes, fit for keys unless [`GRND_INSECURE`] is asked for.
    ///
    /// Up to 256 bytes come whole once the generator is seeded; of more, a signal may leave a part.
    ///
    /// # Errors
    /// - `EAGAIN`: [`GRND_NONBLOCK`], and the generator is not seeded yet.
    /// - `EINTR`: a signal handler ran before any byte came; see [`retry`](crate::retry).
    /// - `EINVAL`: `flags` hold what the kernel does not know, or both GRND_RANDOM and GRND_INSECURE.
    ///
    /// # Kernel
    /// Since Linux 3.17; [`GRND_INSECURE`] since 5.6. Source: getrandom(2).
    #[inline]
    pub fn sys_getrandom<B: Buffer>(buf: B, flags: GrndFlags) -> Result<B::Filled> {
        // SAFETY: the kernel writes at most `len` bytes at `start`, and answers how many.
        unsafe { fill(buf, |start, len| call!(may_block: SYS_getrandom, start, len, flags)) }
    }
}

/// prlimit(2): sets a limit of a process (`None`: our own) where `new` is given, and returns what it was.
///
/// # Errors
/// - `EINVAL`: there is no such resource, or `rlim_cur` is above `rlim_max`.
/// - `EPERM`: the hard limit would be raised without `CAP_SYS_RESOURCE`, RLIMIT_NOFILE above /proc/sys/fs/nr_open, or
///   another user's process.
/// - `ESRCH`: no such process.
///
/// # Kernel
/// Since Linux 2.6.36. Some resources have other numbers on alpha, mips and sparc. Source: getrlimit(2).
#[inline]
pub fn sys_prlimit64(pid: Option<Pid>, resource: Resource, new: Option<&Rlimit64>) -> Result<Rlimit64> {
    let mut old = MaybeUninit::<Rlimit64>::uninit();
    let new = new.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the kernel reads one struct if there is one, and writes one.
    let answer: Result<()> = unsafe { call!(never_blocks: SYS_prlimit64, pid, resource, new, old.as_mut_ptr()) };
    // SAFETY: it has written it.
    answer.map(|()| unsafe { old.assume_init() })
}
