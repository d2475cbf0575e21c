//! Arguments, each by its kind.

use super::names::Family;
use super::print::Printer;
use super::table::{Kind, Struct};
use super::{Arguments, arrays, net, structs, unions};
use crate::arch::abi;
use crate::calls::*;
use crate::sysno::{SYS_ftruncate, SYS_ftruncate64, SYS_truncate, SYS_truncate64};

impl Arguments<'_> {
    /// True for what the call fills in: it is shown when the call has been made.
    pub(super) fn is_filled(&self, i: usize) -> bool {
        match self.kinds[i] {
            Kind::Filled
            | Kind::Random
            | Kind::Cwd
            | Kind::FilledIovecs
            | Kind::Out(_)
            | Kind::Remaining
            | Kind::EpollEvents
            | Kind::Dirents
            | Kind::Cpus
            | Kind::FilledSockaddr
            | Kind::Length
            | Kind::FilledOption
            | Kind::CloneParent
            | Kind::CloneFilled
            | Kind::WaitStatus
            | Kind::WaitUsage => true,
            Kind::IoctlArgument => unions::ioctl_answers(self.value(1)),
            Kind::PrctlArguments => unions::prctl_answers(self.value(0)),
            _ => false,
        }
    }

    /// Prints one argument, or what stands for several.
    pub(super) fn show(&self, p: &mut Printer<'_>, i: usize) {
        let (kind, value) = (self.kinds[i], self.value(i));
        match kind {
            Kind::OpenMode => {
                if opens(self.value(i - 1)) {
                    p.comma();
                    p.octal(value & 0xffff);
                }
                return;
            }
            Kind::Device => {
                if structs::is_device(self.value(i - 1) as u32) {
                    p.comma();
                    structs::device(p, value);
                }
                return;
            }
            Kind::NewAddress => {
                if unions::moves_there(self.value(i - 1)) {
                    p.comma();
                    p.address(value);
                }
                return;
            }
            Kind::High => return,
            Kind::FcntlArgument => return unions::fcntl_argument(p, self.value(1), value),
            Kind::IoctlArgument => return unions::ioctl_argument(p, self, value),
            Kind::FutexArguments => return unions::futex_arguments(p, self),
            Kind::CloneFilled => return unions::clone_filled(p, self),
            Kind::PrctlArguments => return unions::prctl_arguments(p, self),
            Kind::CloneStack | Kind::CloneFlags | Kind::CloneParent | Kind::CloneTls | Kind::CloneChild => {
                return unions::clone_argument(p, self, kind);
            }
            _ => p.comma(),
        }
        match kind {
            Kind::Int | Kind::Fd => p.signed((value as i32).into()),
            Kind::Uint => p.number((value as u32).into()),
            Kind::Wide => self.wide(p, value),
            Kind::Low if usize::BITS == 32 => p.signed((value | self.value(i + 1) << 32) as i64),
            Kind::Low => p.signed(value as i64),
            Kind::Upper => p.signed((value << 32 | self.value(i + 1) & 0xffff_ffff) as i64),
            Kind::Long => p.signed(value as isize as i64),
            Kind::Ulong => p.number(value),
            Kind::Hex => p.hex(value),
            Kind::Address | Kind::Restorer => p.address(value),
            Kind::Mode => p.octal(value & 0xffff),
            Kind::FileMode => structs::file_mode(p, value as u32 & 0xffff),
            Kind::Dir => match value as i32 {
                -100 => p.text("AT_FDCWD"),
                fd => p.signed(fd.into()),
            },
            Kind::Id => p.id(value),
            Kind::Signal => signal(p, value as i32, ""),
            Kind::One(family) => p.one(family.names(), value & 0xffff_ffff),
            Kind::Flags(Family::StatxMask) => structs::statx_mask(p, value & 0xffff_ffff),
            Kind::Flags(family) => p.flags(family.names(), value & 0xffff_ffff),
            Kind::OpenFlags => open_flags(p, value),
            Kind::FdFlags => match value & 0xffff_ffff {
                0 => p.text("0"),
                flags => p.flags(Family::Open.names(), flags),
            },
            Kind::MapFlags => map_flags(p, value),
            Kind::Units => p.hex(value * abi::MMAP2_UNIT),
            Kind::MmapArgs => mmap_args(p, value),
            Kind::StatxFlags => statx_flags(p, value),
            Kind::SocketType => net::socket_type(p, value),
            Kind::Protocol => net::protocol(p, self.value(0), value),
            Kind::Path => p.path(value),
            Kind::Bytes => p.bytes(value, self.value(i + 1)),
            Kind::Filled => match self.answer() {
                Some(count) => p.bytes(value, count.min(self.value(i + 1))),
                None => p.address(value),
            },
            Kind::Random => match self.answer() {
                Some(count) => p.hex_bytes(value, count),
                None => p.address(value),
            },
            Kind::Cwd => match self.answer() {
                Some(_) => p.path(value),
                None => p.address(value),
            },
            Kind::Iovecs => arrays::iovecs(p, value, self.value(i + 1), Some(u64::MAX)),
            Kind::FilledIovecs => arrays::iovecs(p, value, self.value(i + 1), self.answer()),
            Kind::ForeignIovecs => arrays::iovecs(p, value, self.value(i + 1), None),
            Kind::PtraceAddress => unions::ptrace_address(p, self.value(0), value),
            Kind::PtraceData => unions::ptrace_data(p, self.value(0), value),
            Kind::In(what) if self.is_sound(i) => structs::show(p, what, value),
            Kind::Out(what) if self.is_sound(i) && self.answer().is_some() => structs::show(p, what, value),
            Kind::In(_) | Kind::Out(_) => p.address(value),
            Kind::OpenHow => structs::open_how(p, value, self.value(i + 1)),
            Kind::Remaining => structs::remaining(p, self, value),
            Kind::Pollfds => arrays::pollfds(p, value, self.value(i + 1)),
            Kind::EpollEvents => arrays::epoll_events(p, value, self.answer()),
            Kind::EpollChange => arrays::epoll_change(p, self.value(1), value),
            Kind::Dirents => arrays::dirents(p, value, self.answer()),
            Kind::Cpus => arrays::cpus(p, value, self.answer()),
            Kind::Argv => arrays::argv(p, value),
            Kind::Envp => arrays::envp(p, value),
            Kind::FdSet => arrays::fd_set(p, value, self.value(0)),
            Kind::PselectMask => arrays::pselect_mask(p, value),
            Kind::Sockaddr => net::sockaddr(p, value, self.value(i + 1)),
            Kind::FilledSockaddr => net::filled_sockaddr(p, self, i),
            Kind::Length => net::length(p, self, i),
            Kind::Option => net::option(p, self.value(1), value),
            Kind::OptionValue => net::option_value(p, self, value, self.value(4)),
            Kind::FilledOption => net::filled_option(p, self, value),
            Kind::FcntlCommand => unions::fcntl_command(p, value),
            Kind::IoctlRequest => unions::ioctl_request(p, value),
            Kind::FutexOperation => unions::futex_operation(p, value),
            Kind::CloneArgs => unions::clone_args(p, value),
            Kind::WaitStatus => match self.answer() {
                Some(1..) => structs::wait_status(p, value),
                _ => p.address(value),
            },
            Kind::WaitUsage => match self.answer() {
                Some(1..) => structs::show(p, Struct::Rusage, value),
                _ => p.address(value),
            },
            // Shown above.
            Kind::OpenMode
            | Kind::Device
            | Kind::NewAddress
            | Kind::High
            | Kind::FcntlArgument
            | Kind::IoctlArgument
            | Kind::FutexArguments
            | Kind::PrctlArguments
            | Kind::CloneStack
            | Kind::CloneFlags
            | Kind::CloneParent
            | Kind::CloneTls
            | Kind::CloneChild
            | Kind::CloneFilled => {}
        }
    }

    /// True for a struct that the kernel took for one: a set of signals that has the size of one, and, as strace has it,
    /// what is shown behind something that the call has filled in.
    fn is_sound(&self, i: usize) -> bool {
        let sets = match self.kinds[i] {
            Kind::In(Struct::Sigset) | Kind::Out(Struct::Sigset) => &self.kinds[i..],
            _ => &[],
        };
        let size = sets.iter().position(|kind| matches!(kind, Kind::Ulong));
        let failed = self.result.is_some_and(|reg| reg.result().is_err());
        size.is_none_or(|size| self.value(i + size) == structs::SIGSET) && !(failed && self.split() < i)
    }

    /// An offset, which may be negative, or a length, which may not.
    fn wide(&self, p: &mut Printer<'_>, value: u64) {
        if [SYS_ftruncate, SYS_ftruncate64, SYS_truncate, SYS_truncate64].contains(&self.nr) {
            p.number(value);
        } else {
            p.signed(value as i64);
        }
    }
}

/// True where openat(2) makes a file, and so reads the mode.
pub(super) fn opens(flags: u64) -> bool {
    flags as u32 & (O_CREAT.bits() | abi::__O_TMPFILE) != 0
}

/// The access mode first, then the flags.
pub(super) fn open_flags(p: &mut Printer<'_>, value: u64) {
    let access = value & u64::from(O_ACCMODE.bits());
    p.text(match OpenFlags::from_bits(access as u32) {
        O_WRONLY => "O_WRONLY",
        O_RDWR => "O_RDWR",
        O_ACCMODE => "O_ACCMODE",
        _ => "O_RDONLY",
    });
    let left = p.known_flags(Family::Open.names(), (value & 0xffff_ffff) - access, true);
    let left = p.known_flags(Family::OpenPart.names(), left, true);
    if left != 0 {
        p.text("|");
        p.hex(left);
    }
}

/// The six arguments of mmap(2) in memory.
fn mmap_args(p: &mut Printer<'_>, at: u64) {
    let mut args = [0; 6];
    for (arg, place) in args.iter_mut().zip(0..) {
        match p.get::<usize>(at.wrapping_add(place * size_of::<usize>() as u64)) {
            Some(word) => *arg = word as u64,
            None => return p.address(at),
        }
    }
    let [addr, length, prot, flags, fd, offset] = args;
    p.address(addr);
    p.text(", ");
    p.number(length);
    p.text(", ");
    p.flags(Family::Prot.names(), prot & 0xffff_ffff);
    p.text(", ");
    map_flags(p, flags);
    p.text(", ");
    p.signed((fd as i32).into());
    p.text(", ");
    p.hex(offset);
}

/// The low bits are a number, how the mapping is shared; the page size is one too.
fn map_flags(p: &mut Printer<'_>, value: u64) {
    const SHARING: u64 = 0xf;
    const HUGE: u64 = 0x3f << 26;
    let names = Family::Map.names();
    match value & SHARING {
        0 => p.text("MAP_FILE"),
        sharing => p.one(names, sharing),
    }
    let flags = value & 0xffff_ffff & !SHARING & !HUGE;
    let left = p.known_flags(names, flags, true);
    if left != 0 {
        p.text("|");
        p.hex(left);
    }
    let huge = (value & HUGE) >> 26;
    if huge != 0 {
        p.text("|");
        p.number(huge);
        p.text("<<MAP_HUGE_SHIFT");
    }
}

/// How fresh the answer must be comes first.
fn statx_flags(p: &mut Printer<'_>, value: u64) {
    let sync = value & 0x6000;
    p.flags(Family::StatxSync.names(), sync);
    let left = p.known_flags(Family::At.names(), (value & 0xffff_ffff) - sync, true);
    if left != 0 {
        p.text("|");
        p.hex(left);
    }
}

/// `SIGINT`, or with `prefix` removed `INT`; real-time signals by their number.
pub(super) fn signal(p: &mut Printer<'_>, number: i32, prefix: &str) {
    match (Signal::from_raw(number).name(), number) {
        (Some(name), _) => p.text(name.strip_prefix(prefix).unwrap_or(name)),
        (None, 32..=64) => {
            p.text("SIGRT".strip_prefix(prefix).unwrap_or("SIGRT"));
            match number {
                32 => p.text("MIN"),
                _ => {
                    p.text("_");
                    p.number((number - 32) as u64);
                }
            }
        }
        _ => p.signed(number.into()),
    }
}
