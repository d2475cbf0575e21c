//! Structs that arguments point to.

use core::mem::offset_of;

use super::Arguments;
use super::args::{open_flags, opens, signal};
use super::names::Family;
use super::print::Printer;
use super::table::Struct;
use crate::arch::abi;
use crate::calls::*;
use crate::errno::EINTR;

/// Prints a struct, or its address where it cannot be read.
pub(super) fn show(p: &mut Printer<'_>, what: Struct, at: u64) {
    if at == 0 || try_show(p, what, at).is_none() {
        p.address(at);
    }
}

fn try_show(p: &mut Printer<'_>, what: Struct, at: u64) -> Option<()> {
    match what {
        Struct::Timespec => {
            let time = p.get(at)?;
            timespec(p, time);
        }
        Struct::Timeval => {
            let time = p.get(at)?;
            timeval(p, time);
        }
        Struct::Timespecs => {
            let times: [Timespec; 2] = [p.get(at)?, p.get(at.wrapping_add(size_of::<Timespec>() as u64))?];
            p.text("[");
            utime(p, times[0]);
            p.text(", ");
            utime(p, times[1]);
            p.text("]");
        }
        Struct::Itimerval => {
            let timer: Itimerval = p.get(at)?;
            p.text("{it_interval=");
            timeval(p, timer.it_interval);
            p.text(", it_value=");
            timeval(p, timer.it_value);
            p.text("}");
        }
        Struct::Stat => {
            let stat: Stat = p.get(at)?;
            p.text("{st_mode=");
            file_mode(p, stat.st_mode);
            if is_device(stat.st_mode) {
                p.text(", st_rdev=");
                device(p, stat.st_rdev);
            } else {
                p.text(", st_size=");
                p.signed(stat.st_size);
            }
            p.text(", ...}");
        }
        Struct::Offset => {
            let offset: u64 = p.get(at)?;
            p.text("[");
            p.number(offset);
            p.text("]");
        }
        Struct::Statx => {
            let statx: Statx = p.get(at)?;
            p.text("{stx_mask=");
            statx_mask(p, statx.stx_mask.bits().into());
            p.text(", stx_attributes=");
            p.flags(Family::StatxAttr.names(), statx.stx_attributes.bits());
            p.text(", stx_mode=");
            file_mode(p, statx.stx_mode.into());
            p.text(", stx_size=");
            p.number(statx.stx_size);
            p.text(", ...}");
        }
        Struct::Sigset => {
            let set = p.get(at)?;
            sigset(p, set);
        }
        Struct::Sigaction => {
            let action = p.get(at)?;
            sigaction(p, action);
        }
        Struct::Stack => {
            let stack: Stack = p.get(at)?;
            p.text("{ss_sp=");
            p.address(stack.ss_sp.addr() as u64);
            p.text(", ss_flags=");
            p.flags(Family::Ss.names(), stack.ss_flags.bits().into());
            p.text(", ss_size=");
            p.number(stack.ss_size as u64);
            p.text("}");
        }
        Struct::Rlimit => {
            let limit: Rlimit64 = p.get(at)?;
            p.text("{rlim_cur=");
            bound(p, limit.rlim_cur);
            p.text(", rlim_max=");
            bound(p, limit.rlim_max);
            p.text("}");
        }
        Struct::Rusage => {
            let times: [Timeval; 2] = [p.get(at)?, p.get(at.wrapping_add(size_of::<Timeval>() as u64))?];
            p.text("{ru_utime=");
            timeval(p, times[0]);
            p.text(", ru_stime=");
            timeval(p, times[1]);
            p.text(", ...}");
        }
        Struct::Utsname => {
            p.get::<u16>(at)?;
            p.text("{sysname=");
            p.string(at.wrapping_add(offset_of!(Utsname, sysname) as u64));
            p.text(", nodename=");
            p.string(at.wrapping_add(offset_of!(Utsname, nodename) as u64));
            p.text(", ...}");
        }
        Struct::Int => {
            let number: i32 = p.get(at)?;
            p.text("[");
            p.signed(number.into());
            p.text("]");
        }
        Struct::Fds => {
            let fds: [i32; 2] = p.get(at)?;
            p.text("[");
            p.signed(fds[0].into());
            p.text(", ");
            p.signed(fds[1].into());
            p.text("]");
        }
        Struct::Winsize => {
            let size: Winsize = p.get(at)?;
            let fields = [size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel];
            let names = ["{ws_row=", ", ws_col=", ", ws_xpixel=", ", ws_ypixel="];
            for (name, field) in names.iter().zip(fields) {
                p.text(name);
                p.number(field.into());
            }
            p.text("}");
        }
    }
    Some(())
}

fn timespec(p: &mut Printer<'_>, value: Timespec) {
    time(p, value.tv_sec, ", tv_nsec=", value.tv_nsec as u64);
}

fn timeval(p: &mut Printer<'_>, value: Timeval) {
    time(p, value.tv_sec as i64, ", tv_usec=", value.tv_usec as u64);
}

/// A struct of two numbers.
pub(super) fn pair(p: &mut Printer<'_>, names: [&str; 2], values: [i64; 2]) {
    for (name, value) in names.iter().zip(values) {
        p.text(name);
        p.signed(value);
    }
    p.text("}");
}

/// Seconds, and a part of one, which has no sign.
fn time(p: &mut Printer<'_>, seconds: i64, part: &str, value: u64) {
    p.text("{tv_sec=");
    p.signed(seconds);
    p.text(part);
    p.number(value);
    p.text("}");
}

/// A file's time, which may be one of two words (utimensat(2)).
fn utime(p: &mut Printer<'_>, time: Timespec) {
    match time.tv_nsec {
        0x3fff_ffff => p.text("UTIME_NOW"),
        0x3fff_fffe => p.text("UTIME_OMIT"),
        _ => timespec(p, time),
    }
}

/// Says whether what is left of a sleep was written: only where a signal cut short a sleep that was a span.
pub(super) fn remaining(p: &mut Printer<'_>, call: &Arguments<'_>, at: u64) {
    // ERESTART_RESTARTBLOCK, which a tracer sees.
    const RESTART: i32 = 516;
    let interrupted = match call.result.map(|reg| reg.result()) {
        Some(Err(errno)) => errno == EINTR || errno.raw() == RESTART,
        _ => false,
    };
    if interrupted {
        show(p, Struct::Timespec, at);
    } else {
        p.address(at);
    }
}

/// `1024*1024`, `RLIM64_INFINITY`, or the number.
fn bound(p: &mut Printer<'_>, bound: u64) {
    match bound {
        RLIM64_INFINITY => p.text("RLIM64_INFINITY"),
        1025.. if bound % 1024 == 0 => {
            p.number(bound / 1024);
            p.text("*1024");
        }
        _ => p.number(bound),
    }
}

/// The bytes of a set of signals.
pub(super) const SIGSET: u64 = size_of::<Sigset>() as u64;

/// The two types of file that are devices.
pub(super) fn is_device(mode: u32) -> bool {
    matches!(mode & S_IFMT, S_IFCHR | S_IFBLK)
}

/// `struct open_how` (openat2(2)): words of 64 bits on every machine.
pub(super) fn open_how(p: &mut Printer<'_>, at: u64, size: u64) {
    const SIZE: u64 = size_of::<[u64; 3]>() as u64;
    let words = [0, 8, 16].map(|from| p.get::<u64>(at.wrapping_add(from)));
    let (SIZE.., [Some(flags), Some(mode), Some(resolve)]) = (size, words) else {
        return p.address(at);
    };
    p.text("{flags=");
    open_flags(p, flags);
    if mode != 0 || opens(flags) {
        p.text(", mode=");
        p.octal(mode);
    }
    p.text(", resolve=");
    p.flags(Family::Resolve.names(), resolve);
    p.text("}");
}

/// `S_IFREG|0644`
pub(super) fn file_mode(p: &mut Printer<'_>, mode: u32) {
    const TYPES: [(u32, &str); 7] = [
        (S_IFREG, "S_IFREG|"),
        (S_IFSOCK, "S_IFSOCK|"),
        (S_IFLNK, "S_IFLNK|"),
        (S_IFBLK, "S_IFBLK|"),
        (S_IFDIR, "S_IFDIR|"),
        (S_IFCHR, "S_IFCHR|"),
        (S_IFIFO, "S_IFIFO|"),
    ];
    const BITS: [(u32, &str); 3] = [(S_ISUID, "S_ISUID|"), (S_ISGID, "S_ISGID|"), (S_ISVTX, "S_ISVTX|")];
    let mut rest = mode;
    if let Some((value, name)) = TYPES.iter().find(|(value, _)| mode & S_IFMT == *value) {
        p.text(name);
        rest &= !value;
    }
    // Of a type that there is not, all is a number.
    if rest & S_IFMT == 0 {
        for (bit, name) in BITS {
            if rest & bit != 0 {
                p.text(name);
                rest &= !bit;
            }
        }
    }
    p.octal(rest.into());
}

/// `makedev(0x1, 0x3)`: the halves as include/linux/kdev_t.h (`new_decode_dev`) has them.
pub(super) fn device(p: &mut Printer<'_>, number: u64) {
    let major = number >> 8 & 0xfff | number >> 32 & !0xfff;
    let minor = number & 0xff | number >> 12 & 0xffff_ff00;
    p.text("makedev(");
    p.hex(major);
    p.text(", ");
    p.hex(minor);
    p.text(")");
}

/// Two sets of flags have names of their own.
pub(super) fn statx_mask(p: &mut Printer<'_>, mask: u64) {
    const ALL: u64 = 0xfff;
    if mask & ALL != ALL {
        return p.flags(Family::StatxMask.names(), mask);
    }
    p.text("STATX_ALL");
    let left = p.known_flags(Family::StatxMask.names(), mask & !ALL, true);
    if left != 0 {
        p.text("|");
        p.hex(left);
    }
}

/// `[INT CHLD]`, or what is not in it where that is shorter: `~[KILL STOP]`.
pub(super) fn sigset(p: &mut Printer<'_>, set: Sigset) {
    let most = set.iter().count() >= abi::_NSIG * 2 / 3;
    p.text(if most { "~[" } else { "[" });
    let mut separator = "";
    for number in 1..=abi::_NSIG as i32 {
        if set.contains(Signal::from_raw(number)) != most {
            p.text(separator);
            signal(p, number, "SIG");
            separator = " ";
        }
    }
    p.text("]");
}

fn sigaction(p: &mut Printer<'_>, action: KernelSigaction) {
    p.text("{sa_handler=");
    match action.sa_handler.addr() {
        0 => p.text("SIG_DFL"),
        1 => p.text("SIG_IGN"),
        address => p.hex(address as u64),
    }
    p.text(", sa_mask=");
    sigset(p, Sigset::from_words(action.sa_mask));
    p.text(", sa_flags=");
    p.flags(Family::Sa.names(), action.sa_flags as u64);
    if let Some(restorer) = action.restorer() {
        p.text(", sa_restorer=");
        p.address(restorer.addr() as u64);
    }
    p.text("}");
}

/// `[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]`
pub(super) fn wait_status(p: &mut Printer<'_>, at: u64) {
    let Some(raw) = p.get(at) else {
        return p.address(at);
    };
    let status = WaitStatus::from_raw(raw);
    p.text("[{");
    if let Some(code) = status.exited() {
        p.text("WIFEXITED(s) && WEXITSTATUS(s) == ");
        p.signed(code.into());
    } else if let Some(stopped) = status.stopped() {
        p.text("WIFSTOPPED(s) && WSTOPSIG(s) == ");
        signal(p, stopped.as_raw(), "");
    } else if let Some(ended) = status.signaled() {
        p.text("WIFSIGNALED(s) && WTERMSIG(s) == ");
        signal(p, ended.as_raw(), "");
        if status.core_dumped() {
            p.text(" && WCOREDUMP(s)");
        }
    } else {
        p.text("WIFCONTINUED(s)");
    }
    p.text("}]");
}
