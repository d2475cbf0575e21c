//! Arguments whose meaning depends on another: of fcntl, ioctl, futex, prctl, clone.

use super::Arguments;
use super::args::{open_flags, signal};
use super::names::Family;
use super::print::Printer;
use super::structs::show;
use super::table::{Kind, Struct};
use crate::arch::{CONVENTION, abi};
use crate::calls::*;
use crate::wide;

pub(super) fn fcntl_command(p: &mut Printer<'_>, value: u64) {
    let value = value & 0xffff_ffff;
    let typed = Family::Fcntl.names();
    if typed.list.iter().any(|(_, known)| *known == value) {
        p.one(typed, value);
    } else {
        p.one(Family::FcntlMore.names(), value);
    }
}

pub(super) fn fcntl_argument(p: &mut Printer<'_>, command: u64, value: u64) {
    let command = FcntlCommand::from_bits(command as u32);
    if matches!(command, F_GETFD | F_GETFL | F_GETPIPE_SZ) || command.bits() == abi::F_GETOWN {
        return;
    }
    p.comma();
    match command {
        F_SETFD => p.flags(Family::FdFlag.names(), value & 0xffff_ffff),
        F_SETFL => open_flags(p, value),
        F_DUPFD | F_DUPFD_CLOEXEC => p.signed((value as i32).into()),
        F_SETPIPE_SZ => p.number(value),
        command if command.bits() == abi::F_SETOWN => p.signed((value as i32).into()),
        command if matches!(command.bits(), abi::F_GETLK | abi::F_SETLK | abi::F_SETLKW) => p.address(value),
        _ => p.hex(value),
    }
}

pub(super) fn ioctl_request(p: &mut Printer<'_>, value: u64) {
    let value = value & 0xffff_ffff;
    let names = Family::Ioctl.names();
    if names.list.iter().any(|(_, known)| *known == value) {
        return p.one(names, value);
    }
    // What the machine's asm/ioctl.h packs into a request: direction, size, kind, number.
    const READ_WRITE: u32 = abi::_IOC_READ | abi::_IOC_WRITE;
    p.text("_IOC(");
    match value as u32 >> 16 >> abi::_IOC_SIZEBITS {
        abi::_IOC_NONE => p.text("_IOC_NONE"),
        abi::_IOC_WRITE => p.text("_IOC_WRITE"),
        abi::_IOC_READ => p.text("_IOC_READ"),
        READ_WRITE => p.text("_IOC_READ|_IOC_WRITE"),
        direction => p.hex(direction.into()),
    }
    for part in [
        value >> 8 & 0xff,
        value & 0xff,
        value >> 16 & ((1 << abi::_IOC_SIZEBITS) - 1),
    ] {
        p.text(", ");
        p.hex(part);
    }
    p.text(")");
}

/// True for a request that writes its answer to where the argument points.
pub(super) fn ioctl_answers(request: u64) -> bool {
    matches!(
        request as u32,
        abi::TCGETS | abi::TIOCGPGRP | abi::TIOCGWINSZ | abi::FIONREAD
    )
}

pub(super) fn ioctl_argument(p: &mut Printer<'_>, call: &Arguments<'_>, value: u64) {
    let (request, done) = (call.value(1) as u32, call.answer().is_some());
    if matches!(request, abi::FIOCLEX | abi::FIONCLEX) {
        return;
    }
    p.comma();
    match request {
        abi::TIOCGPGRP | abi::FIONREAD if done => show(p, Struct::Int, value),
        abi::TIOCSPGRP | abi::FIONBIO => show(p, Struct::Int, value),
        abi::TIOCGWINSZ if done => show(p, Struct::Winsize, value),
        request
            if Family::Ioctl
                .names()
                .list
                .iter()
                .any(|(_, known)| *known == request.into()) =>
        {
            p.address(value)
        }
        _ => p.hex(value),
    }
}

/// The operation's number is in the low bits.
const FUTEX_OPERATION: u64 = 0x7f;
const FUTEX_CLOCK_REALTIME: u64 = 0x100;

pub(super) fn futex_operation(p: &mut Printer<'_>, value: u64) {
    let private = u64::from(FUTEX_PRIVATE_FLAG.bits());
    let names = Family::Futex.names();
    let operation = value & FUTEX_OPERATION;
    let known = names.list.iter().find(|(_, known)| *known == operation);
    let Some((name, _)) = known else {
        return p.unknown(value & 0xffff_ffff, names.unknown);
    };
    p.text(name);
    if value & private != 0 {
        p.text("_PRIVATE");
    }
    if value & FUTEX_CLOCK_REALTIME != 0 {
        p.text("|FUTEX_CLOCK_REALTIME");
    }
}

/// The arguments behind the operation, as many as it has.
pub(super) fn futex_arguments(p: &mut Printer<'_>, call: &Arguments<'_>) {
    // Of each argument from the third on: a number, a time, a number in the time's place, the other word's address, a
    // number to compare with, a set of bits.
    let shape: &[u8] = match call.value(1) & FUTEX_OPERATION {
        0 => b"vt",
        1 => b"v",
        3 => b"vna",
        4 | 12 => b"vnac",
        5 => b"vnay",
        6 | 13 => b"t",
        7 | 8 => b"",
        9 => b"vtb",
        10 => b"vb",
        11 => b"vta",
        _ => b"vxay",
    };
    for part in shape {
        p.comma();
        match part {
            b'v' => p.number((reg(call, 2) as u32).into()),
            b't' if call.nr == wide::SYS_futex => show(p, Struct::Timespec, reg(call, 3)),
            // Of 32-bit seconds.
            b't' => p.address(reg(call, 3)),
            b'n' => p.number((reg(call, 3) as u32).into()),
            b'a' => p.address(reg(call, 4)),
            b'c' => p.number((reg(call, 5) as u32).into()),
            b'b' => match reg(call, 5) as u32 {
                u32::MAX => p.text("FUTEX_BITSET_MATCH_ANY"),
                bits => p.hex(bits.into()),
            },
            b'x' => p.hex(reg(call, 3)),
            _ => p.hex(reg(call, 5)),
        }
    }
}

/// A register behind those that have a kind.
fn reg(call: &Arguments<'_>, i: usize) -> u64 {
    call.args.get(i).map_or(0, |reg| reg.to_usize() as u64)
}

/// A thread's name has no more bytes: TASK_COMM_LEN, without its end.
const THREAD_NAME: usize = 15;

/// True for an option that fills in what its argument points to.
pub(super) fn prctl_answers(option: u64) -> bool {
    // PR_GET_NAME
    option as u32 == 16
}

/// The arguments behind the option, as many as it has.
pub(super) fn prctl_arguments(p: &mut Printer<'_>, call: &Arguments<'_>) {
    let argument = reg(call, 1);
    match call.value(0) as u32 {
        // PR_GET_DUMPABLE
        3 => {}
        // PR_SET_PDEATHSIG
        1 => {
            p.comma();
            signal(p, argument as i32, "");
        }
        // PR_SET_NAME
        15 => {
            p.comma();
            p.string_within(argument, &mut [0; THREAD_NAME]);
        }
        // PR_GET_NAME
        16 => {
            p.comma();
            match call.answer() {
                Some(_) => p.string_within(argument, &mut [0; THREAD_NAME + 1]),
                None => p.address(argument),
            }
        }
        // PR_SET_DUMPABLE, PR_CAPBSET_READ, PR_SET_CHILD_SUBREAPER
        4 | 23 | 36 => {
            p.comma();
            p.number(argument);
        }
        // PR_SET_NO_NEW_PRIVS
        38 => {
            for i in 1..5 {
                p.comma();
                p.number(reg(call, i));
            }
        }
        _ => {
            for i in 1..5 {
                p.comma();
                p.hex(reg(call, i));
            }
        }
    }
}

/// True where mremap(2) takes a new address.
pub(super) fn moves_there(flags: u64) -> bool {
    // MREMAP_MAYMOVE, without which there is no MREMAP_FIXED
    const BOTH: u64 = 1 | 2;
    flags & BOTH == BOTH
}

/// An address, or what some requests have in its place.
pub(super) fn ptrace_address(p: &mut Printer<'_>, request: u64, value: u64) {
    match PtraceRequest::from_bits(request as u32) {
        PTRACE_GET_SYSCALL_INFO => p.number(value),
        _ => p.address(value),
    }
}

/// Options, a signal to be delivered, or an address.
pub(super) fn ptrace_data(p: &mut Printer<'_>, request: u64, value: u64) {
    match PtraceRequest::from_bits(request as u32) {
        PTRACE_SEIZE | PTRACE_SETOPTIONS => p.flags(Family::PtraceOption.names(), value),
        PTRACE_CONT | PTRACE_SYSCALL | PTRACE_DETACH | PTRACE_LISTEN => signal(p, value as i32, ""),
        _ => p.address(value),
    }
}

/// Flags, stack, ptid, tls and ctid are in the machine's order; each is shown by its name, and where the flags say that
/// it counts.
pub(super) fn clone_argument(p: &mut Printer<'_>, call: &Arguments<'_>, kind: Kind) {
    let [flags, stack, ptid, tls, ctid] = CONVENTION.clone.map(|place| reg(call, place));
    let set = CloneFlags::from_bits(flags as u32);
    let wants = |flag| set.contains(flag);
    match kind {
        Kind::CloneStack => {
            p.comma();
            p.text("child_stack=");
            p.address(stack);
        }
        Kind::CloneFlags => {
            p.comma();
            p.text("flags=");
            clone_flags(p, flags & 0xffff_ffff & !0xff, flags & 0xff);
        }
        Kind::CloneParent if wants(CLONE_PARENT_SETTID) || wants(CLONE_PIDFD) => {
            p.comma();
            p.text("parent_tid=");
            match call.answer() {
                Some(_) => show(p, Struct::Int, ptid),
                None => p.address(ptid),
            }
        }
        Kind::CloneTls if wants(CLONE_SETTLS) => {
            p.comma();
            p.text("tls=");
            p.address(tls);
        }
        Kind::CloneChild if wants(CLONE_CHILD_SETTID) || wants(CLONE_CHILD_CLEARTID) => {
            p.comma();
            p.text("child_tidptr=");
            p.address(ctid);
        }
        _ => {}
    }
}

/// Flags, and the signal at the child's end.
fn clone_flags(p: &mut Printer<'_>, flags: u64, end: u64) {
    if flags != 0 || end == 0 {
        p.flags(Family::Clone.names(), flags);
    }
    if end != 0 {
        if flags != 0 {
            p.text("|");
        }
        signal(p, end as i32, "");
    }
}

/// `struct clone_args` (clone3(2)): words of 64 bits on every machine.
pub(super) fn clone_args(p: &mut Printer<'_>, at: u64) {
    let word = |p: &Printer<'_>, i: u64| p.get::<u64>(at.wrapping_add(i * 8));
    let Some(flags) = word(p, 0) else {
        return p.address(at);
    };
    let set = CloneFlags::from_bits(flags as u32);
    let has = |flag| set.contains(flag);
    p.text("{flags=");
    p.flags(Family::Clone.names(), flags);
    let ids = has(CLONE_CHILD_SETTID) || has(CLONE_CHILD_CLEARTID);
    let fields = [
        (has(CLONE_PIDFD), 1, ", pidfd="),
        (ids, 2, ", child_tid="),
        (has(CLONE_PARENT_SETTID), 3, ", parent_tid="),
        (true, 4, ", exit_signal="),
        (true, 5, ", stack="),
        (true, 6, ", stack_size="),
        (has(CLONE_SETTLS), 7, ", tls="),
    ];
    for (shown, i, name) in fields {
        if !shown {
            continue;
        }
        p.text(name);
        let value = word(p, i).unwrap_or(0);
        match i {
            4 => signal(p, value as i32, ""),
            6 => p.hex(value),
            _ => p.address(value),
        }
    }
    p.text("}");
}

/// What clone3(2) wrote to where its struct points, and the struct's size.
pub(super) fn clone_filled(p: &mut Printer<'_>, call: &Arguments<'_>) {
    let at = call.value(0);
    let set = CloneFlags::from_bits(p.get::<u64>(at).unwrap_or(0) as u32);
    let filled = [
        (set.contains(CLONE_PIDFD), 1, "pidfd="),
        (set.contains(CLONE_PARENT_SETTID), 3, "parent_tid="),
    ];
    if call.answer().is_some() && filled.iter().any(|(shown, ..)| *shown) {
        p.text(" => {");
        let mut separator = "";
        for (_, i, name) in filled.iter().filter(|(shown, ..)| *shown) {
            p.text(separator);
            p.text(name);
            let at = p.get::<u64>(at.wrapping_add(i * 8)).unwrap_or(0);
            show(p, Struct::Int, at);
            separator = ", ";
        }
        p.text("}");
    }
    p.text(", ");
    p.number(call.value(1));
}
