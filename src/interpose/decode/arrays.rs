//! Arrays that arguments point to: of fds, of buffers, of strings.

use core::mem::offset_of;

use super::Arguments;
use super::names::Family;
use super::print::{Printer, SHOWN};
use super::structs::show;
use super::table::Struct;
use crate::calls::*;

/// The kernel's `struct pollfd`, without an owner of the fd.
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
    if at == 0 || count != 0 && pollfd(p, at).is_none() {
        return p.address(at);
    }
    p.list(count, |p, i| match pollfd(p, nth(at, i, POLLFD)) {
        Some((fd, events, _)) => {
            p.text("{fd=");
            p.signed(fd.into());
            if fd >= 0 {
                p.text(", events=");
                p.flags(Family::Poll.names(), events);
            }
            p.text("}");
        }
        None => p.address(nth(at, i, POLLFD)),
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
        left(p, Struct::Timespec, call.value(2));
    }
    p.text(")");
}

fn left(p: &mut Printer<'_>, what: Struct, at: u64) {
    if at != 0 {
        p.text(", left ");
        show(p, what, at, &[0; 5]);
    }
}

/// The fds of a set that one word holds, `[3 5]`.
fn fds(p: &mut Printer<'_>, set: u64, count: u64) {
    p.text("[");
    let mut separator = "";
    for fd in 0..count.min(64) {
        if set >> fd & 1 != 0 {
            p.text(separator);
            p.number(fd);
            separator = " ";
        }
    }
    p.text("]");
}

/// A set of fds as it was before the call. Of a larger one than a word only the address is known.
pub(super) fn fd_set(p: &mut Printer<'_>, at: u64, count: u64, before: u64) {
    if at == 0 || count > 64 {
        p.address(at);
    } else {
        fds(p, before, count);
    }
}

/// Behind the answer of select(2): `(in [3], out [4], left {tv_sec=0, tv_usec=1})`.
pub(super) fn selected(p: &mut Printer<'_>, call: &Arguments<'_>, ready: u64) {
    if ready == 0 {
        return p.text(" (Timeout)");
    }
    p.text(" (");
    p.separate(false);
    for (i, name) in ["in ", "out ", "except "].iter().enumerate() {
        match p.get::<u64>(call.value(1 + i)) {
            Some(set) if set != 0 && call.value(0) <= 64 => {
                p.comma();
                p.text(name);
                fds(p, set, call.value(0));
            }
            _ => {}
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
    show(p, Struct::Sigset, mask as u64, &[0; 5]);
    p.text(", sigsetsize=");
    p.number(size as u64);
    p.text("}");
}

fn epoll_event(p: &mut Printer<'_>, event: EpollEvent) {
    let (events, data) = (event.events, event.data);
    p.text("{events=");
    p.flags(Family::Epoll.names(), events.bits().into());
    p.text(", data={u32=");
    p.number((data as u32).into());
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
    p.list(count, |p, i| {
        let at = nth(at, i, size_of::<EpollEvent>() as u64);
        match p.get(at) {
            Some(event) => epoll_event(p, event),
            None => p.address(at),
        }
    });
}

/// `[{iov_base="hi", iov_len=2}]`, of which `filled` bytes are shown, or none but their addresses.
pub(super) fn iovecs(p: &mut Printer<'_>, at: u64, count: u64, filled: Option<u64>) {
    const SIZE: u64 = size_of::<[usize; 2]>() as u64;
    if at == 0 || count != 0 && p.get::<[usize; 2]>(at).is_none() {
        return p.address(at);
    }
    let mut left = filled;
    p.list(count, |p, i| {
        let Some([base, len]) = p.get::<[usize; 2]>(nth(at, i, SIZE)) else {
            return p.address(nth(at, i, SIZE));
        };
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
    p.text("[");
    let mut separator = "";
    for word in 0..len.min(MOST) / 8 {
        let Some(set) = p.get::<u64>(at.wrapping_add(word * 8)) else {
            break;
        };
        for bit in (0..64).filter(|bit| set >> bit & 1 != 0) {
            p.text(separator);
            p.number(word * 64 + bit);
            separator = " ";
        }
    }
    p.text("]");
}

/// The pointer at a place of a list that ends with a null one.
fn pointer(p: &Printer<'_>, at: u64, i: u64) -> Option<u64> {
    let address: usize = p.get(nth(at, i, size_of::<usize>() as u64))?;
    Some(address as u64)
}

/// `["sh", "-c"]`
pub(super) fn argv(p: &mut Printer<'_>, at: u64) {
    if at == 0 || pointer(p, at, 0).is_none() {
        return p.address(at);
    }
    // One more than is shown says that there are more.
    let mut count = 0;
    while count <= SHOWN as u64 {
        match pointer(p, at, count) {
            Some(0) => break,
            Some(_) => count += 1,
            None => {
                count += 1;
                break;
            }
        }
    }
    p.list(count, |p, i| match pointer(p, at, i) {
        Some(string) => p.string(string),
        None => {
            p.text("... /* ");
            p.address(nth(at, i, size_of::<usize>() as u64));
            p.text(" */");
        }
    });
}

/// `0x7f.. /* 12 vars */`
pub(super) fn envp(p: &mut Printer<'_>, at: u64) {
    // More are not counted: the kernel takes as many, but nobody has them.
    const MOST: u64 = 1 << 16;
    p.address(at);
    let mut count = 0;
    while count < MOST {
        match pointer(p, at, count) {
            None => return,
            Some(0) => break,
            Some(_) => count += 1,
        }
    }
    p.text(" /* ");
    p.number(count);
    p.text(if count == 1 { " var */" } else { " vars */" });
}
