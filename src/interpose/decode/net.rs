//! Sockets: addresses and options.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::Arguments;
use super::names::Family;
use super::print::Printer;
use super::structs::pair;
use crate::arch::abi;
use crate::calls::*;
use crate::errno::Errno;
use crate::sysno::SYS_getsockopt;

/// The type is a number in the low bits, the rest are flags.
pub(super) fn socket_type(p: &mut Printer<'_>, value: u64) {
    const TYPE: u64 = 0xf;
    let (number, flags) = (value & TYPE, value & 0xffff_ffff & !TYPE);
    let known = matches!(number, 1..=5);
    if known {
        p.one(Family::Socket.names(), number);
    }
    let names = Family::SocketFlag.names();
    if !known && names.list.iter().all(|(_, flag)| flags & flag == 0) {
        return p.unknown(value & 0xffff_ffff, names.unknown);
    }
    let left = p.known_flags(names, flags, known) | if known { 0 } else { number };
    if left != 0 {
        p.text("|");
        p.hex(left);
    }
}

/// Protocols have names where they are those of IP.
pub(super) fn protocol(p: &mut Printer<'_>, family: u64, value: u64) {
    match AddressFamily::from_bits(family as u32) {
        AF_INET | AF_INET6 => p.one(Family::Protocol.names(), value & 0xffff_ffff),
        // NETLINK_ROUTE is 0 as well, and has a name.
        AF_NETLINK if value == 0 => p.text("NETLINK_ROUTE"),
        _ => p.number((value as u32).into()),
    }
}

/// Room for any address: `struct sockaddr_storage`.
const ROOM: usize = size_of::<SockaddrStorage>();

/// An address that is `len` bytes long.
pub(super) fn sockaddr(p: &mut Printer<'_>, at: u64, len: u64) {
    let mut room = [0; ROOM];
    let count = if at == 0 || len as i32 <= 1 {
        0
    } else {
        (len as usize).min(ROOM)
    };
    let bytes = &mut room[..count];
    match p.memory.read(at as usize, bytes) == count {
        true if count > 1 => show(p, bytes),
        _ => p.address(at),
    }
}

fn show(p: &mut Printer<'_>, bytes: &[u8]) {
    let [family0, family1, data @ ..] = bytes else {
        return;
    };
    let family = AddressFamily::from_bits(u16::from_ne_bytes([*family0, *family1]).into());
    p.text("{sa_family=");
    p.one(Family::Address.names(), family.bits().into());
    let port = |data: &[u8]| u64::from(u16::from_be_bytes([data[0], data[1]]));
    let word = |data: &[u8], at: usize| u32::from_ne_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]);
    match family {
        AF_UNIX => unix(p, data),
        AF_INET if data.len() >= 14 => {
            p.text(", sin_port=htons(");
            p.number(port(data));
            p.text("), sin_addr=inet_addr(\"");
            p.display(&Ipv4Addr::from(word(data, 2).to_ne_bytes()));
            p.text("\")");
        }
        AF_INET6 if data.len() >= 22 => {
            p.text(", sin6_port=htons(");
            p.number(port(data));
            p.text("), sin6_flowinfo=htonl(");
            p.number(u32::from_be(word(data, 2)).into());
            p.text("), inet_pton(AF_INET6, \"");
            let mut octets = [0; 16];
            octets.copy_from_slice(&data[6..22]);
            p.display(&Ipv6Addr::from(octets));
            p.text("\", &sin6_addr)");
            if data.len() >= 26 {
                p.text(", sin6_scope_id=");
                p.number(word(data, 22).into());
            }
        }
        AF_NETLINK if data.len() >= 10 => {
            p.text(", nl_pid=");
            p.number(word(data, 2).into());
            p.text(", nl_groups=");
            match word(data, 6) {
                0 => p.text("00000000"),
                groups => p.hex(groups.into()),
            }
        }
        _ if data.is_empty() => {}
        _ => {
            p.text(", sa_data=");
            p.quoted(data, false);
        }
    }
    p.text("}");
}

/// A path, an abstract name (whose first byte is zero), or no name.
fn unix(p: &mut Printer<'_>, data: &[u8]) {
    let data = &data[..data.len().min(size_of::<SockaddrUn>() - 2)];
    match data {
        [] => {}
        [0, name @ ..] => {
            p.text(", sun_path=@");
            p.quoted(name, false);
        }
        path => {
            let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
            p.text(", sun_path=");
            p.quoted(&path[..end], false);
        }
    }
}

/// The address that a call has filled in, whose length the next argument points to.
pub(super) fn filled_sockaddr(p: &mut Printer<'_>, call: &Arguments<'_>, i: usize) {
    let at = call.value(i);
    let len = call.answer().and_then(|_| p.get::<u32>(call.value(i + 1)));
    match len {
        // What does not fit is left out, and the length says that it was there.
        Some(len) => sockaddr(p, at, len.min(call.length.unwrap_or(len)).into()),
        None => p.address(at),
    }
}

/// `[128 => 16]`: the room that there was, and what was put there.
pub(super) fn length(p: &mut Printer<'_>, call: &Arguments<'_>, i: usize) {
    let at = call.value(i);
    let Some(after) = p.get::<u32>(at) else {
        return p.address(at);
    };
    let before = call.length.unwrap_or(after);
    p.text("[");
    p.signed((before as i32).into());
    if call.answer().is_some() && before != after {
        p.text(" => ");
        p.signed((after as i32).into());
    }
    p.text("]");
}

pub(super) fn option(p: &mut Printer<'_>, level: u64, value: u64) {
    let value = value & 0xffff_ffff;
    let (level, unknown) = match SocketLevel::from_bits(level as u32) {
        level @ SOL_SOCKET => (level, "SO_???"),
        level @ SOL_IP => (level, "IP_???"),
        level @ SOL_TCP => (level, "TCP_???"),
        level @ SOL_UDP => (level, "UDP_???"),
        level @ SOL_IPV6 => (level, "IPV6_???"),
        _ => return p.number(value),
    };
    match level.options().iter().find(|(_, known)| *known == value) {
        Some((name, _)) => {
            p.text(name);
            // The kernel has two of each, of which the crate takes the one that has 64 bits here.
            if level == SOL_SOCKET {
                match value as u32 {
                    abi::SO_RCVTIMEO_OLD | abi::SO_SNDTIMEO_OLD => p.text("_OLD"),
                    abi::SO_RCVTIMEO_NEW | abi::SO_SNDTIMEO_NEW => p.text("_NEW"),
                    _ => {}
                }
            }
        }
        None => p.unknown(value, unknown),
    }
}

/// The value of an option: a number where it has four bytes, a struct, or bytes.
pub(super) fn option_value(p: &mut Printer<'_>, call: &Arguments<'_>, at: u64, len: u64) {
    let name = (SocketLevel::from_bits(call.value(1) as u32) == SOL_SOCKET).then_some(call.value(2) as u32);
    if at == 0 || try_option(p, name, call.nr == SYS_getsockopt, at, len).is_none() {
        p.address(at);
    }
}

fn try_option(p: &mut Printer<'_>, name: Option<u32>, get: bool, at: u64, len: u64) -> Option<()> {
    match (name, len) {
        (Some(name), 8..) if name == SO_LINGER.name() => {
            let linger: Linger = p.get(at)?;
            pair(
                p,
                ["{l_onoff=", ", l_linger="],
                [linger.l_onoff.into(), linger.l_linger.into()],
            );
        }
        (Some(name), _) if name == SO_LINGER.name() && !get => return None,
        (Some(name), 12..) if name == SO_PEERCRED.name() && get => {
            let [pid, uid, gid]: [u32; 3] = p.get(at)?;
            for (name, id) in ["{pid=", ", uid=", ", gid="].iter().zip([pid, uid, gid]) {
                p.text(name);
                p.id(id.into());
            }
            p.text("}");
        }
        (Some(name), ..4) if !get && takes_int(name) => return None,
        (Some(name), _) if !get && takes_int(name) => {
            let number: i32 = p.get(at)?;
            p.text("[");
            p.signed(number.into());
            p.text("]");
        }
        (_, 4) => {
            let number: i32 = p.get(at)?;
            p.text("[");
            match Errno::from_raw(number).and_then(Errno::name) {
                Some(error) if get && name == Some(SO_ERROR.name()) => p.text(error),
                _ => p.signed(number.into()),
            }
            p.text("]");
        }
        (_, 0) if get => return None,
        _ => p.bytes(at, len),
    }
    Some(())
}

/// True for an option of a socket that is set to an int, of which the kernel reads no more than that.
fn takes_int(name: u32) -> bool {
    static OTHERS: [u32; 14] = [
        SO_TYPE.name(),
        SO_ERROR.name(),
        SO_LINGER.name(),
        SO_PEERCRED.name(),
        abi::SO_RCVTIMEO_OLD,
        abi::SO_RCVTIMEO_NEW,
        abi::SO_SNDTIMEO_OLD,
        abi::SO_SNDTIMEO_NEW,
        SO_BINDTODEVICE.name(),
        SO_PEERSEC.name(),
        SO_PROTOCOL.name(),
        SO_DOMAIN.name(),
        SO_COOKIE.name(),
        SO_BINDTOIFINDEX.name(),
    ];
    let known = SOL_SOCKET.options().iter().any(|(_, known)| *known == name.into());
    known && !OTHERS.contains(&name)
}

/// The value that getsockopt(2) has filled in.
pub(super) fn filled_option(p: &mut Printer<'_>, call: &Arguments<'_>, at: u64) {
    match call.answer().and_then(|_| p.get::<u32>(call.value(4))) {
        Some(len) => option_value(p, call, at, len.into()),
        None => p.address(at),
    }
}
