//! Arrays that arguments point to: of fds, of buffers, of strings.

use core::mem::offset_of;

use super::Arguments;
use super::names::Family;
use super::print::{Printer, SHOWN};
use super::structs::{SIGSET, show};
use super::table::Struct;
use crate::calls::*;

/// The kernel's `struct pollfd`: the fd, what is waited for, and what is there.
const POLLFD: u64 = size_of::<Pollfd<'static>>() as u64;

/// The address of an element: of nonsense, another address.
fn nth(at: u64, i: u64, size: u64) -> u64 {
    at.wrapping_add(i.wrapping_mul(size))
}

fn pollfd(p: &Printer<'_>, at: u64) -> Option<(i32, u64, u64)> {
    let fd: i32 = p.get(at)?;
    let events: u16 = p.get(at.wrapping_add(offset_of!(Pollfd<'static>, events) as u64))?;
    let revents: u16 = p.get(at.wrapping_add(offset_of!(Pollfd<'static>, revents) as u64))?;
    Some((fd, events.into(), revents.into()))
}

/// `[{fd=3, events=POLLIN}]`
pub(super) fn pollfds(p: &mut Printer<'_>, at: u64, count: u64) {
    if at == 0 {
        return p.address(at);
    }
    p.list(at, POLLFD, count, &mut |p, at| {
        let Some((fd, events, _)) = pollfd(p, at) else {
            return false;
        };
        p.comma();
        p.text("{fd=");
        p.signed(fd.into());
        if fd >= 0 {
            p.text(", events=");
            p.flags(Family::Poll.names(), events);
        }
        p.text("}");
        true
    });
}

/// Behind the answer of poll(2): `([{fd=3, revents=POLLIN}], left {tv_sec=0, tv_nsec=9})`.
pub(super) fn polled(p: &mut Printer<'_>, call: &Arguments<'_>, ready: u64) {
    if ready == 0 {
        return p.text(" (Timeout)");
    }
    p.text(" ([");
    p.separate(false);
    let mut shown = 0;
    for i in 0..call.value(1) {
        match pollfd(p, nth(call.value(0), i, POLLFD)) {
            _ if shown == ready => break,
            Some((_, _, 0)) => {}
            Some(_) if shown == SHOWN as u64 => {
                p.text(", ...");
                break;
            }
            Some((fd, _, revents)) => {
                shown += 1;
                p.comma();
                p.text("{fd=");
                p.signed(fd.into());
                p.text(", revents=");
                p.flags(Family::Poll.names(), revents);
                p.text("}");
            }
            None => break,
        }
    }
    p.text("]");
    // poll(2) has a number there, and it has no fourth argument.
    if call.kinds.len() > 3 {
        p.separate(true);
        left(p, Struct::Timespec, call.value(2));
    }
    p.text(")");
}

fn left(p: &mut Printer<'_>, what: Struct, at: u64) {
    if at != 0 {
        p.comma();
        p.text("left ");
        show(p, what, at);
    }
}

/// The kernel's sets are made of such words.
const WORD: u64 = size_of::<usize>() as u64;

/// True for a set that is not empty. None if it cannot be read.
fn has_bits(p: &Printer<'_>, at: u64, count: u64) -> Option<bool> {
    let mut any = false;
    for i in 0..count.div_ceil(usize::BITS.into()) {
        any |= p.get::<usize>(nth(at, i, WORD))? != 0;
    }
    Some(any && at != 0)
}

/// The numbers of the bits of a set, `[3 5]`.
fn bits(p: &mut Printer<'_>, at: u64, count: u64) {
    p.text("[");
    let mut separator = "";
    let mut word = 0;
    for bit in 0..count {
        let place = bit % u64::from(usize::BITS);
        if place == 0 {
            word = p.get::<usize>(at.wrapping_add(bit / 8)).unwrap_or(0);
        }
        if word >> place & 1 != 0 {
            p.text(separator);
            p.number(bit);
            separator = " ";
        }
    }
    p.text("]");
}

/// FD_SETSIZE: a C library's sets are not larger. Of a larger one only the address is shown.
const FDS: u64 = 1024;

/// A set of fds.
pub(super) fn fd_set(p: &mut Printer<'_>, at: u64, count: u64) {
    if at == 0 || !matches!(count, 1..=FDS) || has_bits(p, at, count).is_none() {
        p.address(at);
    } else {
        bits(p, at, count);
    }
}

/// Behind the answer of select(2): `(in [3], out [4], left {tv_sec=0, tv_usec=1})`.
pub(super) fn selected(p: &mut Printer<'_>, call: &Arguments<'_>, ready: u64) {
    if ready == 0 {
        return p.text(" (Timeout)");
    }
    p.text(" (");
    p.separate(false);
    let count = call.value(0).min(FDS);
    for (i, name) in ["in ", "out ", "except "].iter().enumerate() {
        let at = call.value(1 + i);
        if has_bits(p, at, count) == Some(true) {
            p.comma();
            p.text(name);
            bits(p, at, count);
        }
    }
    let select = call.kinds.len() == 5;
    left(
        p,
        if select { Struct::Timeval } else { Struct::Timespec },
        call.value(4),
    );
    p.text(")");
}

/// What pselect6(2) has in place of a seventh argument: `{sigmask=[], sigsetsize=8}`.
pub(super) fn pselect_mask(p: &mut Printer<'_>, at: u64) {
    let Some([mask, size]) = p.get::<[usize; 2]>(at) else {
        return p.address(at);
    };
    p.text("{sigmask=");
    if size as u64 == SIGSET {
        show(p, Struct::Sigset, mask as u64);
    } else {
        p.address(mask as u64);
    }
    p.text(", sigsetsize=");
    p.number(size as u64);
    p.text("}");
}

fn epoll_event(p: &mut Printer<'_>, event: EpollEvent) {
    let (events, data) = (event.events, event.data);
    // The kernel's `data` is a union: what a program stored as 32 bits lies in the first bytes.
    let [a, b, c, d, ..] = data.to_ne_bytes();
    p.text("{events=");
    p.flags(Family::Epoll.names(), events.bits().into());
    p.text(", data={u32=");
    p.number(u32::from_ne_bytes([a, b, c, d]).into());
    p.text(", u64=");
    p.number(data);
    p.text("}}");
}

/// The event of epoll_ctl(2), which a removal does not read.
pub(super) fn epoll_change(p: &mut Printer<'_>, operation: u64, at: u64) {
    match p.get(at) {
        Some(event) if operation != u64::from(EPOLL_CTL_DEL.bits()) => epoll_event(p, event),
        _ => p.address(at),
    }
}

pub(super) fn epoll_events(p: &mut Printer<'_>, at: u64, count: Option<u64>) {
    let Some(count) = count else {
        return p.address(at);
    };
    p.list(at, size_of::<EpollEvent>() as u64, count, &mut |p, at| {
        let Some(event) = p.get(at) else {
            return false;
        };
        p.comma();
        epoll_event(p, event);
        true
    });
}

/// `[{iov_base="hi", iov_len=2}]`, of which `filled` bytes are shown, or none but their addresses.
pub(super) fn iovecs(p: &mut Printer<'_>, at: u64, count: u64, filled: Option<u64>) {
    if at == 0 {
        return p.address(at);
    }
    let mut left = filled;
    p.list(at, size_of::<[usize; 2]>() as u64, count, &mut |p, at| {
        let Some([base, len]) = p.get::<[usize; 2]>(at) else {
            return false;
        };
        p.comma();
        p.text("{iov_base=");
        match &mut left {
            Some(left) => {
                let shown = (len as u64).min(*left);
                p.bytes(base as u64, shown);
                *left -= shown;
            }
            None => p.address(base as u64),
        }
        p.text(", iov_len=");
        p.number(len as u64);
        p.text("}");
        true
    });
}

/// `0x7f.. /* 3 entries */`: they are counted along their lengths (getdents64(2), `struct linux_dirent64`).
pub(super) fn dirents(p: &mut Printer<'_>, at: u64, len: Option<u64>) {
    const RECLEN: u64 = 16;
    p.address(at);
    let Some(len) = len else {
        return;
    };
    let (mut from, mut count) = (0, 0);
    while from < len {
        match p.get::<u16>(at.wrapping_add(from + RECLEN)) {
            None | Some(0) => break,
            Some(entry) => from += u64::from(entry),
        }
        count += 1;
    }
    p.text(" /* ");
    p.number(count);
    p.text(" entries */");
}

/// `[0 1]`: the processors of a set of `len` bytes.
pub(super) fn cpus(p: &mut Printer<'_>, at: u64, len: Option<u64>) {
    // No kernel has more processors: CONFIG_NR_CPUS ends at 8192.
    const MOST: u64 = 1024;
    let Some(len) = len else {
        return p.address(at);
    };
    bits(p, at, len.min(MOST) * 8);
}

/// `["sh", "-c"]`
pub(super) fn argv(p: &mut Printer<'_>, at: u64) {
    // No more are read than are shown, and one, which says that there are more.
    let (mut count, mut next) = (0, Some(1));
    while next != Some(0) && count <= SHOWN as u64 {
        next = p.get::<usize>(nth(at, count, WORD));
        count += u64::from(next != Some(0));
        if next.is_none() {
            break;
        }
    }
    if at == 0 {
        return p.address(at);
    }
    p.list(at, WORD, count, &mut |p, at| {
        let Some(string) = p.get::<usize>(at) else {
            return false;
        };
        p.comma();
        p.string(string as u64);
        true
    });
}

/// `0x7f.. /* 12 vars */`
pub(super) fn envp(p: &mut Printer<'_>, at: u64) {
    // The kernel takes more, but nobody has them.
    const MOST: u64 = 1 << 12;
    // A piece at once, so that the memory is not asked for each.
    const PIECE: usize = 64;
    p.address(at);
    let (mut count, mut end) = (0, ", or more */");
    while count < MOST {
        let mut room = [0; PIECE * size_of::<usize>()];
        let read = p.memory.read(nth(at, count, WORD) as usize, &mut room);
        let mut words = room[..read].chunks_exact(size_of::<usize>());
        let whole = words.len();
        let null = words.position(|word| word.iter().all(|byte| *byte == 0));
        count += null.unwrap_or(whole) as u64;
        if null.is_some() || whole < PIECE {
            end = if null.is_some() { " */" } else { ", unterminated */" };
            break;
        }
    }
    if count != 0 || end == " */" {
        p.text(" /* ");
        p.number(count);
        p.text(if count == 1 { " var" } else { " vars" });
        p.text(end);
    }
}
