//! Signals: include/uapi/asm-generic/signal.h, signal-defs.h and siginfo.h.

/// The signals that there are; their sets have as many bits.
pub const _NSIG: usize = 64;

pub const SIG_BLOCK: u32 = 0;
pub const SIG_UNBLOCK: u32 = 1;
pub const SIG_SETMASK: u32 = 2;

pub const SA_NOCLDSTOP: u32 = 0x1;
pub const SA_NOCLDWAIT: u32 = 0x2;
pub const SA_SIGINFO: u32 = 0x4;
pub const SA_ONSTACK: u32 = 0x0800_0000;
pub const SA_RESTART: u32 = 0x1000_0000;
pub const SA_NODEFER: u32 = 0x4000_0000;
pub const SA_RESETHAND: u32 = 0x8000_0000;

/// Whether rt_sigaction(2) takes the restorer as an argument of its own, before the size of a set.
pub const RESTORER_IS_AN_ARGUMENT: bool = false;

pub const SI_TIMER: i32 = -2;
pub const SI_MESGQ: i32 = -3;
pub const SI_ASYNCIO: i32 = -4;

pub const MINSIGSTKSZ: usize = 2048;
pub const SIGSTKSZ: usize = 8192;

/// The kernel's `stack_t`; the flags are typed by whoever uses it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Stack<Flags> {
    /// The lowest address.
    pub ss_sp: *mut (),
    /// What the kernel is asked for, or what it says.
    pub ss_flags: Flags,
    /// The length in bytes.
    pub ss_size: usize,
}

/// The kernel's `siginfo_t`: 128 bytes, of which the signal and its code tell what the last field holds.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Siginfo {
    pub(crate) si_signo: i32,
    pub(crate) si_errno: i32,
    pub(crate) si_code: i32,
    pub(crate) fields: SiginfoFields,
}

/// The kernel's `union __sifields`, as far as accessors read it.
#[repr(C)]
#[derive(Clone, Copy)]
pub union SiginfoFields {
    pub(crate) sender: SiginfoSender,
    pub(crate) value: SiginfoValue,
    pub(crate) addr: *mut (),
    // What precedes the union takes two words of 64 bits, or three of 32.
    words: [usize; SI_MAX_SIZE / size_of::<usize>() - (3 * 4usize).div_ceil(size_of::<usize>())],
}

const SI_MAX_SIZE: usize = 128;

/// kill(2) fills the first two; the end of a child all of them.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SiginfoSender {
    pub(crate) si_pid: i32,
    pub(crate) si_uid: u32,
    pub(crate) si_status: i32,
    pub(crate) si_utime: isize,
    pub(crate) si_stime: isize,
}

/// sigqueue(3) and timers: the value stands behind two other fields of 32 bits.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SiginfoValue {
    before: [i32; 2],
    pub(crate) si_value: *mut (),
}
