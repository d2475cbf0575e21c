//! What the two sparcs share: the values of asm-generic, and what differs (arch/sparc/include/uapi/asm/).

pub use crate::arch::generic::file::*;
pub use crate::arch::generic::memory::*;
pub use crate::arch::generic::net::*;
pub use crate::arch::generic::poll::*;
pub use crate::arch::generic::process::*;
pub use crate::arch::generic::sigaction_without_flag::*;
pub use crate::arch::generic::signal::*;
pub use crate::arch::generic::stat_by_statx::*;

// fcntl.h
pub const O_CREAT: u32 = 0x200;
pub const O_EXCL: u32 = 0x800;
pub const O_NOCTTY: u32 = 0x8000;
pub const O_TRUNC: u32 = 0x400;
pub const O_APPEND: u32 = 0x8;
pub const O_NONBLOCK: u32 = 0x4000;
pub const O_DSYNC: u32 = 0x2000;
pub const O_ASYNC: u32 = 0x40;
pub const O_DIRECT: u32 = 0x10_0000;
pub const O_LARGEFILE: u32 = 0x4_0000;
pub const O_NOATIME: u32 = 0x20_0000;
pub const O_CLOEXEC: u32 = 0x40_0000;
pub const __O_SYNC: u32 = 0x80_0000;
pub const O_PATH: u32 = 0x100_0000;
pub const __O_TMPFILE: u32 = 0x200_0000;

pub const F_GETLK: u32 = 7;
pub const F_SETLK: u32 = 8;
pub const F_SETLKW: u32 = 9;
pub const F_SETOWN: u32 = 6;
pub const F_GETOWN: u32 = 5;

// mman.h
pub const MAP_GROWSDOWN: u32 = 0x200;
pub const MAP_LOCKED: u32 = 0x100;
pub const MAP_NORESERVE: u32 = 0x40;

// socket.h; include/linux/net.h derives the two from fcntl.h's.
pub const SOCK_CLOEXEC: u32 = O_CLOEXEC;
pub const SOCK_NONBLOCK: u32 = O_NONBLOCK;
pub const SOL_SOCKET: u32 = 0xffff;
pub const SO_DEBUG: u32 = 0x1;
pub const SO_PASSCRED: u32 = 0x2;
pub const SO_REUSEADDR: u32 = 0x4;
pub const SO_KEEPALIVE: u32 = 0x8;
pub const SO_DONTROUTE: u32 = 0x10;
pub const SO_BROADCAST: u32 = 0x20;
pub const SO_PEERCRED: u32 = 0x40;
pub const SO_LINGER: u32 = 0x80;
pub const SO_OOBINLINE: u32 = 0x100;
pub const SO_REUSEPORT: u32 = 0x200;
pub const SO_RCVLOWAT: u32 = 0x800;
pub const SO_SNDLOWAT: u32 = 0x1000;
pub const SO_RCVTIMEO_OLD: u32 = 0x2000;
pub const SO_SNDTIMEO_OLD: u32 = 0x4000;
pub const SO_ACCEPTCONN: u32 = 0x8000;
pub const SO_SNDBUF: u32 = 0x1001;
pub const SO_RCVBUF: u32 = 0x1002;
pub const SO_ERROR: u32 = 0x1007;
pub const SO_TYPE: u32 = 0x1008;
pub const SO_SNDBUFFORCE: u32 = 0x100a;
pub const SO_RCVBUFFORCE: u32 = 0x100b;
pub const SO_PROTOCOL: u32 = 0x1028;
pub const SO_DOMAIN: u32 = 0x1029;
pub const SO_BINDTODEVICE: u32 = 0xd;
pub const SO_PRIORITY: u32 = 0xc;
pub const SO_PEERSEC: u32 = 0x1e;
pub const SO_PASSSEC: u32 = 0x1f;
pub const SO_MARK: u32 = 0x22;
pub const SO_RXQ_OVFL: u32 = 0x24;
pub const SO_PEEK_OFF: u32 = 0x26;
pub const SO_LOCK_FILTER: u32 = 0x28;
pub const SO_BUSY_POLL: u32 = 0x30;
pub const SO_INCOMING_CPU: u32 = 0x33;
pub const SO_COOKIE: u32 = 0x3b;
pub const SO_BINDTOIFINDEX: u32 = 0x41;
pub const SO_RCVTIMEO_NEW: u32 = 0x44;
pub const SO_SNDTIMEO_NEW: u32 = 0x45;

// poll.h
pub const POLLWRNORM: u16 = 0x4;
pub const POLLWRBAND: u16 = 0x100;
pub const POLLMSG: u16 = 0x200;
pub const POLLREMOVE: u16 = 0x400;
pub const POLLRDHUP: u16 = 0x800;

// resource.h
pub const RLIMIT_NOFILE: u32 = 6;
pub const RLIMIT_NPROC: u32 = 7;

// signal.h
pub const SIG_BLOCK: u32 = 1;
pub const SIG_UNBLOCK: u32 = 2;
pub const SIG_SETMASK: u32 = 4;

pub const SA_NOCLDSTOP: u32 = 0x8;
pub const SA_NOCLDWAIT: u32 = 0x100;
pub const SA_SIGINFO: u32 = 0x200;
pub const SA_ONSTACK: u32 = 0x1;
pub const SA_RESTART: u32 = 0x2;
pub const SA_NODEFER: u32 = 0x20;
pub const SA_RESETHAND: u32 = 0x4;

/// arch/sparc/kernel/sys_sparc_64.c and sys_sparc_32.c, `rt_sigaction`.
pub const RESTORER_IS_AN_ARGUMENT: bool = true;

pub const MINSIGSTKSZ: usize = 4096;
pub const SIGSTKSZ: usize = 16384;

// ioctl.h
pub const _IOC_NONE: u32 = 1;
pub const _IOC_READ: u32 = 2;
pub const _IOC_WRITE: u32 = 4;
pub const _IOC_SIZEBITS: u32 = 13;

// ioctls.h: they tell the direction and the size, of a struct termios of 36 bytes for the first four.
pub const TCGETS: u32 = 0x4024_5408;
pub const TCSETS: u32 = 0x8024_5409;
pub const TCSETSW: u32 = 0x8024_540a;
pub const TCSETSF: u32 = 0x8024_540b;
pub const TIOCGPGRP: u32 = 0x4004_7483;
pub const TIOCSPGRP: u32 = 0x8004_7482;
pub const TIOCGWINSZ: u32 = 0x4008_7468;
pub const FIONREAD: u32 = 0x4004_667f;
pub const FIONBIO: u32 = 0x8004_667e;
pub const FIONCLEX: u32 = 0x2000_6602;
pub const FIOCLEX: u32 = 0x2000_6601;
