//! Calls that the kernel has in two widths: the one that is made here, where a machine has both.
//!
//! Machines with 32-bit registers began with 32-bit times, 31-bit file sizes and 16-bit users, and got a second call
//! for each; the newest of them have the second alone. Machines with 64-bit registers have one call, which is wide
//! enough. Which it is, the table of numbers says.
//!
//! A hook, an injected fault or a seccomp filter that is to meet [`sys_fcntl`](crate::sys_fcntl) on every machine names
//! `wide::SYS_fcntl`; [`SYS_fcntl`](sysno::SYS_fcntl) is the number of that name and no other's.
//!
//! The `_time64` calls are of Linux 5.1, and no older one is asked instead: a time beyond 2038 that came out as one of
//! 1902 would be worse than `ENOSYS`.

use crate::arch::CONVENTION;
use crate::sysno::{self, Sysno};
use crate::tables::Wide;

/// The first that this machine has, or the last.
const fn first(calls: &[Sysno]) -> Sysno {
    let mut place = 0;
    while place + 1 < calls.len() && !calls[place].exists() {
        place += 1;
    }
    calls[place]
}

macro_rules! first {
    ($($name:ident: $($call:ident),*;)*) => {
        $(
            #[doc = concat!("The first that this machine has of", $(" `", stringify!($call), "`",)* ".")]
            pub const $name: Sysno = first(&[$(sysno::$call),*]);
        )*
    };
}

first! {
    SYS_clock_gettime: SYS_clock_gettime64, SYS_clock_gettime;
    SYS_clock_nanosleep: SYS_clock_nanosleep_time64, SYS_clock_nanosleep;
    SYS_fadvise64: SYS_fadvise64_64, SYS_arm_fadvise64_64, SYS_fadvise64;
    SYS_fcntl: SYS_fcntl64, SYS_fcntl;
    SYS_ftruncate: SYS_ftruncate64, SYS_ftruncate;
    SYS_futex: SYS_futex_time64, SYS_futex;
    SYS_getegid: SYS_getegid32, SYS_getegid;
    SYS_geteuid: SYS_geteuid32, SYS_geteuid;
    SYS_getgid: SYS_getgid32, SYS_getgid;
    SYS_getuid: SYS_getuid32, SYS_getuid;
    SYS_llseek: SYS__llseek, SYS_llseek;
    SYS_ppoll: SYS_ppoll_time64, SYS_ppoll;
    SYS_pselect6: SYS_pselect6_time64, SYS_pselect6;
    SYS_rt_sigtimedwait: SYS_rt_sigtimedwait_time64, SYS_rt_sigtimedwait;
    SYS_setresgid: SYS_setresgid32, SYS_setresgid;
    SYS_setresuid: SYS_setresuid32, SYS_setresuid;
    SYS_sync_file_range: SYS_sync_file_range2, SYS_sync_file_range;
    SYS_truncate: SYS_truncate64, SYS_truncate;
    SYS_utimensat: SYS_utimensat_time64, SYS_utimensat;
}

/// What [`sys_lseek`](crate::sys_lseek) makes.
pub const SYS_lseek: Sysno = if HALVES { SYS_llseek } else { sysno::SYS_lseek };
/// What [`sys_mmap`](crate::sys_mmap) makes.
pub const SYS_mmap: Sysno = if MMAP_BY_UNITS {
    sysno::SYS_mmap2
} else {
    sysno::SYS_mmap
};
/// What [`sys_nanosleep`](crate::sys_nanosleep) makes.
pub const SYS_nanosleep: Sysno = if NANOSLEEP_BY_CLOCK {
    SYS_clock_nanosleep
} else {
    sysno::SYS_nanosleep
};

/// True where a 64-bit number takes two registers.
pub(crate) const HALVES: bool = matches!(CONVENTION.wide, Wide::Pair { .. });
/// True where nanosleep(2) has 32-bit seconds, or is no call at all.
pub(crate) const NANOSLEEP_BY_CLOCK: bool = sysno::SYS_clock_nanosleep_time64.exists();
/// True where mmap(2) cannot reach every place of a file, and mmap2(2) counts in units.
pub(crate) const MMAP_BY_UNITS: bool = sysno::SYS_mmap2.exists();
/// True where wait4(2), whose answer has 32-bit times, was left out.
pub(crate) const WAIT_BY_WAITID: bool = !sysno::SYS_wait4.exists() && sysno::SYS_waitid.exists();
