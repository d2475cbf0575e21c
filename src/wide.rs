//! Calls that the kernel has in two widths: the one that is made here, where a machine has both.
//!
//! Machines with 32-bit registers began with 32-bit times, 31-bit file sizes and 16-bit users, and got a second call
//! for each; the newest of them have the second alone. Machines with 64-bit registers have one call, which is wide
//! enough. Which it is, the table of numbers says.
//!
//! The `_time64` calls are of Linux 5.1, and no older one is asked instead: a time beyond 2038 that came out as one of
//! 1902 would be worse than `ENOSYS`.

use crate::arch::CONVENTION;
use crate::sysno::{self, Sysno};
use crate::tables::Wide;

/// The wider call, where this machine has it.
const fn either(wider: Sysno, other: Sysno) -> Sysno {
    if wider.exists() { wider } else { other }
}

macro_rules! either {
    ($($name:ident: $wider:ident, or $other:ident;)*) => {
        $(pub(crate) const $name: Sysno = either(sysno::$wider, sysno::$other);)*
    };
}

either! {
    SYS_clock_gettime: SYS_clock_gettime64, or SYS_clock_gettime;
    SYS_clock_nanosleep: SYS_clock_nanosleep_time64, or SYS_clock_nanosleep;
    SYS_fcntl: SYS_fcntl64, or SYS_fcntl;
    SYS_ftruncate: SYS_ftruncate64, or SYS_ftruncate;
    SYS_futex: SYS_futex_time64, or SYS_futex;
    SYS_getegid: SYS_getegid32, or SYS_getegid;
    SYS_geteuid: SYS_geteuid32, or SYS_geteuid;
    SYS_getgid: SYS_getgid32, or SYS_getgid;
    SYS_getuid: SYS_getuid32, or SYS_getuid;
    SYS_llseek: SYS__llseek, or SYS_llseek;
    SYS_ppoll: SYS_ppoll_time64, or SYS_ppoll;
}

/// True where a 64-bit number takes two registers.
pub(crate) const HALVES: bool = matches!(CONVENTION.wide, Wide::Pair { .. });
/// True where nanosleep(2) has 32-bit seconds, or is no call at all.
pub(crate) const NANOSLEEP_BY_CLOCK: bool = sysno::SYS_clock_nanosleep_time64.exists();
/// True where mmap(2) cannot reach every place of a file, and mmap2(2) counts in units.
pub(crate) const MMAP_BY_UNITS: bool = sysno::SYS_mmap2.exists();
/// True where wait4(2), whose answer has 32-bit times, was left out.
pub(crate) const WAIT_BY_WAITID: bool = !sysno::SYS_wait4.exists() && sysno::SYS_waitid.exists();
