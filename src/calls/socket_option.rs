//! Options of sockets.

use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::arch::abi;
use crate::buffer::{Buffer, fill};
use crate::calls::identity::{Gid, Uid};
use crate::calls::net::{AddressFamily, Protocol, SocketType};
use crate::calls::process::Pid;
use crate::errno::Errno;
use crate::fd::BorrowedFd;
use crate::sysno::*;
use crate::{Result, call};

values! {
    /// Which layer an option belongs to. It is in the [`SockOpt`] already.
    pub type SocketLevel = SocketLevelFamily(u32) {
        /// Every socket (socket(7)).
        SOL_SOCKET = abi::SOL_SOCKET,
        /// IPv4 (ip(7)), the same as `IPPROTO_IP`.
        SOL_IP = 0,
        /// TCP (tcp(7)), the same as `IPPROTO_TCP`.
        SOL_TCP = 6,
        /// UDP (udp(7)), the same as `IPPROTO_UDP`.
        SOL_UDP = 17,
        /// IPv6 (ipv6(7)), the same as `IPPROTO_IPV6`.
        SOL_IPV6 = 41,
    }
}

/// An option of a socket: its level, its name, and the type of its value. `[u8]` stands for a value of any length.
pub struct SockOpt<T: ?Sized> {
    level: SocketLevel,
    name: u32,
    value: PhantomData<T>,
}

impl<T: ?Sized> SockOpt<T> {
    /// An option that this crate does not have.
    ///
    /// ```
    /// use rawtrap::{SOL_TCP, SockOpt};
    /// /// Limit of the delay before a retransmission, in milliseconds (include/uapi/linux/tcp.h).
    /// // SAFETY: the kernel takes and answers an int.
    /// pub const TCP_RTO_MAX_MS: SockOpt<i32> = unsafe { SockOpt::new(SOL_TCP, 44) };
    /// ```
    ///
    /// # Safety
    /// `T` is what the kernel takes and answers for the option, and no value of `T` makes it break Rust's rules. So
    /// not for options whose value holds a pointer or an fd (`SO_ATTACH_FILTER`, `SO_ATTACH_BPF`), that let the kernel
    /// keep memory (`SO_ZEROCOPY`) or change mappings (`TCP_ZEROCOPY_RECEIVE`), unless each use is sound.
    #[inline]
    pub const unsafe fn new(level: SocketLevel, name: u32) -> SockOpt<T> {
        SockOpt {
            level,
            name,
            value: PhantomData,
        }
    }

    /// The level.
    #[inline]
    pub const fn level(self) -> SocketLevel {
        self.level
    }

    /// The number of the name.
    #[inline]
    pub const fn name(self) -> u32 {
        self.name
    }
}

impl<T: ?Sized> Copy for SockOpt<T> {}

impl<T: ?Sized> Clone for SockOpt<T> {
    #[inline]
    fn clone(&self) -> SockOpt<T> {
        *self
    }
}

/// `SO_REUSEADDR`
impl<T: ?Sized> fmt::Debug for SockOpt<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level.options().iter().find(|option| option.1 == self.name.into()) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "{:?} {}", self.level, self.name),
        }
    }
}

/// A value of an option.
///
/// # Safety
/// `Raw` has no padding, and any bits are one.
pub unsafe trait OptionValue {
    /// What the kernel takes and answers.
    type Raw: Copy;

    /// The value for the kernel.
    fn to_raw(self) -> Self::Raw;

    /// The kernel's value.
    fn from_raw(raw: Self::Raw) -> Self;
}

/// Types whose values pass to and from the kernel's through an expression each.
macro_rules! option_values {
    ($($type:ty as $raw:ty: |$value:ident| $to_raw:expr, |$number:ident| $from_raw:expr;)*) => {$(
        // SAFETY: an integer or a struct of such without padding.
        unsafe impl OptionValue for $type {
            type Raw = $raw;

            #[inline(always)]
            fn to_raw(self) -> $raw {
                let $value = self;
                $to_raw
            }

            #[inline(always)]
            fn from_raw($number: $raw) -> $type {
                $from_raw
            }
        }
    )*};
}

option_values! {
    i32 as i32: |value| value, |raw| raw;
    u32 as u32: |value| value, |raw| raw;
    u64 as u64: |value| value, |raw| raw;
    // An int that is not zero.
    bool as i32: |value| value.into(), |raw| raw != 0;
    // An int, 0 where there is no error.
    Option<Errno> as i32: |value| value.map_or(0, Errno::raw), |raw| Errno::from_raw(raw);
    AddressFamily as u32: |value| value.bits(), |raw| AddressFamily::from_bits(raw);
    SocketType as u32: |value| value.bits(), |raw| SocketType::from_bits(raw);
    Protocol as u32: |value| value.bits(), |raw| Protocol::from_bits(raw);
    Linger as Linger: |value| value, |raw| raw;
    SockTimeval as SockTimeval: |value| value, |raw| raw;
    Ucred as Ucred: |value| value, |raw| raw;
}

/// The kernel's `struct linger`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linger {
    /// Not zero: close(2) waits until everything is sent.
    pub l_onoff: i32,
    /// For as many seconds. With 0 it does not wait but breaks the connection.
    pub l_linger: i32,
}

/// The kernel's `struct __kernel_sock_timeval`: a length of time. Zero: no limit.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SockTimeval {
    /// Seconds.
    pub tv_sec: i64,
    /// Microseconds, below a million.
    pub tv_usec: i64,
}

/// The kernel's `struct ucred`: who is at the other end of a Unix socket.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ucred {
    /// The process that made the connection or the pair; 0 if it is in another PID namespace.
    pub pid: Pid,
    /// Its effective user.
    pub uid: Uid,
    /// Its effective group.
    pub gid: Gid,
}

/// The options of one level after the other, and their names.
macro_rules! options {
    ($($level:ident { $($(#[$doc:meta])* $name:ident: $type:ty = $number:expr,)* })*) => {
        $($(
            $(#[$doc])*
            // SAFETY: the level's man page and the kernel's source have this type for it; no pointer or fd is in it.
            pub const $name: SockOpt<$type> = unsafe { SockOpt::new($level, $number) };
        )*)*

        impl SocketLevel {
            /// The options of this level that the crate has, by name.
            #[inline]
            pub const fn options(self) -> &'static [(&'static str, u64)] {
                match self {
                    $($level => const { &[$((stringify!($name), $number as u64),)*] },)*
                    _ => &[],
                }
            }
        }
    };
}

options! {
    SOL_SOCKET {
        /// Debug records; takes `CAP_NET_ADMIN`.
        SO_DEBUG: bool = abi::SO_DEBUG,
        /// An address may be taken again while connections of an earlier owner fade away.
        SO_REUSEADDR: bool = abi::SO_REUSEADDR,
        /// The type. To be read only.
        SO_TYPE: SocketType = abi::SO_TYPE,
        /// The error that waits, and is gone after this. To be read only.
        SO_ERROR: Option<Errno> = abi::SO_ERROR,
        /// Past no gateway.
        SO_DONTROUTE: bool = abi::SO_DONTROUTE,
        /// Datagrams may go to broadcast addresses.
        SO_BROADCAST: bool = abi::SO_BROADCAST,
        /// Bytes of the buffer for sending. The kernel doubles what is set, and answers that.
        SO_SNDBUF: i32 = abi::SO_SNDBUF,
        /// Bytes of the buffer for receiving. The kernel doubles what is set, and answers that.
        SO_RCVBUF: i32 = abi::SO_RCVBUF,
        /// Ask a silent peer whether it is still there.
        SO_KEEPALIVE: bool = abi::SO_KEEPALIVE,
        /// Out-of-band data comes with the rest.
        SO_OOBINLINE: bool = abi::SO_OOBINLINE,
        /// The priority of what is sent.
        SO_PRIORITY: i32 = abi::SO_PRIORITY,
        /// Whether close(2) waits until everything is sent.
        SO_LINGER: Linger = abi::SO_LINGER,
        /// Several sockets that all set it share an address.
        SO_REUSEPORT: bool = abi::SO_REUSEPORT,
        /// Each message brings who sent it (unix(7)).
        SO_PASSCRED: bool = abi::SO_PASSCRED,
        /// Who is at the other end (unix(7)). To be read only.
        SO_PEERCRED: Ucred = abi::SO_PEERCRED,
        /// Bytes that must be there before a call returns or the socket counts as readable.
        SO_RCVLOWAT: i32 = abi::SO_RCVLOWAT,
        /// Always 1. To be read only.
        SO_SNDLOWAT: i32 = abi::SO_SNDLOWAT,
        /// How long a call waits for something to receive, a connection to accept included.
        // Since Linux 5.1 there are options with 64-bit seconds on every architecture. Where longs have 64 bits the older
        // ones do the same.
        SO_RCVTIMEO: SockTimeval = if abi::TIMEO_OLD_64 { abi::SO_RCVTIMEO_OLD } else { abi::SO_RCVTIMEO_NEW },
        /// How long a call waits for room to send, a connection to be made included.
        SO_SNDTIMEO: SockTimeval = if abi::TIMEO_OLD_64 { abi::SO_SNDTIMEO_OLD } else { abi::SO_SNDTIMEO_NEW },
        /// Only through this interface, by name; none if empty.
        SO_BINDTODEVICE: [u8] = abi::SO_BINDTODEVICE,
        /// Whether it listens. To be read only.
        SO_ACCEPTCONN: bool = abi::SO_ACCEPTCONN,
        /// The security context of the other end. To be read only.
        SO_PEERSEC: [u8] = abi::SO_PEERSEC,
        /// As [`SO_SNDBUF`], past the system's limit; takes `CAP_NET_ADMIN`.
        SO_SNDBUFFORCE: i32 = abi::SO_SNDBUFFORCE,
        /// As [`SO_RCVBUF`], past the system's limit; takes `CAP_NET_ADMIN`.
        SO_RCVBUFFORCE: i32 = abi::SO_RCVBUFFORCE,
        /// Each message brings the sender's security context (unix(7)).
        SO_PASSSEC: bool = abi::SO_PASSSEC,
        /// The mark of what is sent, for routing and firewalls; takes `CAP_NET_ADMIN`.
        SO_MARK: u32 = abi::SO_MARK,
        /// The protocol. To be read only.
        SO_PROTOCOL: Protocol = abi::SO_PROTOCOL,
        /// The family. To be read only.
        SO_DOMAIN: AddressFamily = abi::SO_DOMAIN,
        /// Each message brings how many were dropped.
        SO_RXQ_OVFL: bool = abi::SO_RXQ_OVFL,
        /// Where the next [`MSG_PEEK`](crate::MSG_PEEK) looks; -1: at the front.
        SO_PEEK_OFF: i32 = abi::SO_PEEK_OFF,
        /// The filter cannot be changed any more.
        SO_LOCK_FILTER: bool = abi::SO_LOCK_FILTER,
        /// Microseconds of busy waiting for the device.
        SO_BUSY_POLL: i32 = abi::SO_BUSY_POLL,
        /// The processor on which packets of this socket come in.
        SO_INCOMING_CPU: i32 = abi::SO_INCOMING_CPU,
        /// A number that no other socket gets. To be read only.
        SO_COOKIE: u64 = abi::SO_COOKIE,
        /// As [`SO_BINDTODEVICE`], by number; none if 0.
        SO_BINDTOIFINDEX: i32 = abi::SO_BINDTOIFINDEX,
    }
    SOL_IP {
        /// The type of service.
        IP_TOS: i32 = 1,
        /// The hops that a packet lives.
        IP_TTL: i32 = 2,
        /// Each datagram brings where it was sent to.
        IP_PKTINFO: bool = 8,
        /// How the path's largest packet is found (`IP_PMTUDISC_*`).
        IP_MTU_DISCOVER: i32 = 10,
        /// Errors come in a queue of their own.
        IP_RECVERR: bool = 11,
        /// Each datagram brings its time to live.
        IP_RECVTTL: bool = 12,
        /// Each datagram brings its type of service.
        IP_RECVTOS: bool = 13,
        /// The path's largest packet, as known so far. To be read only.
        IP_MTU: i32 = 14,
        /// Addresses may be bound that no interface has yet.
        IP_FREEBIND: bool = 15,
        /// Other machines' addresses may be bound; takes `CAP_NET_ADMIN`.
        IP_TRANSPARENT: bool = 19,
        /// With port 0, the port is not chosen before connect(2).
        IP_BIND_ADDRESS_NO_PORT: bool = 24,
        /// The hops that a multicast packet lives.
        IP_MULTICAST_TTL: i32 = 33,
        /// Multicast packets come back to this machine.
        IP_MULTICAST_LOOP: bool = 34,
    }
    SOL_TCP {
        /// Send small segments at once (no Nagle's algorithm).
        TCP_NODELAY: bool = 1,
        /// The largest segment.
        TCP_MAXSEG: i32 = 2,
        /// Send full segments only.
        TCP_CORK: bool = 3,
        /// Seconds of silence before [`SO_KEEPALIVE`] asks.
        TCP_KEEPIDLE: i32 = 4,
        /// Seconds between its questions.
        TCP_KEEPINTVL: i32 = 5,
        /// Questions without answer that end the connection.
        TCP_KEEPCNT: i32 = 6,
        /// Attempts at a connection.
        TCP_SYNCNT: i32 = 7,
        /// Seconds that a closed connection waits for the other side's end.
        TCP_LINGER2: i32 = 8,
        /// Seconds for which accept(2) waits for the first data.
        TCP_DEFER_ACCEPT: i32 = 9,
        /// The limit of the advertised window.
        TCP_WINDOW_CLAMP: i32 = 10,
        /// Acknowledge at once, for now.
        TCP_QUICKACK: bool = 12,
        /// The algorithm for congestion, by name.
        TCP_CONGESTION: [u8] = 13,
        /// Milliseconds without acknowledgement that end the connection.
        TCP_USER_TIMEOUT: u32 = 18,
        /// How many Fast Open requests may wait.
        TCP_FASTOPEN: i32 = 23,
        /// Bytes not yet sent from which on the socket counts as not writable.
        TCP_NOTSENT_LOWAT: u32 = 25,
        /// connect(2) waits for the first data and sends it along.
        TCP_FASTOPEN_CONNECT: bool = 30,
    }
    SOL_UDP {
        /// Gather what is sent into one datagram.
        UDP_CORK: bool = 1,
        /// Bytes a datagram into which the kernel cuts what is sent.
        UDP_SEGMENT: i32 = 103,
        /// Several datagrams may come as one.
        UDP_GRO: bool = 104,
    }
    SOL_IPV6 {
        /// The hops that a packet lives; -1: the default.
        IPV6_UNICAST_HOPS: i32 = 16,
        /// The hops that a multicast packet lives; -1: the default.
        IPV6_MULTICAST_HOPS: i32 = 18,
        /// Multicast packets come back to this machine.
        IPV6_MULTICAST_LOOP: bool = 19,
        /// How the path's largest packet is found (`IPV6_PMTUDISC_*`).
        IPV6_MTU_DISCOVER: i32 = 23,
        /// The path's largest packet, as known so far.
        IPV6_MTU: i32 = 24,
        /// Errors come in a queue of their own.
        IPV6_RECVERR: bool = 25,
        /// No IPv4 through this socket.
        IPV6_V6ONLY: bool = 26,
        /// Each datagram brings where it was sent to.
        IPV6_RECVPKTINFO: bool = 49,
        /// Packets are not fragmented here.
        IPV6_DONTFRAG: bool = 62,
        /// Each datagram brings its traffic class.
        IPV6_RECVTCLASS: bool = 66,
        /// The traffic class; -1: the default.
        IPV6_TCLASS: i32 = 67,
    }
}

/// setsockopt(2): sets an option, as `setsockopt(fd, level, name, &value, sizeof(value))` does; level, name and type are
/// the [`SockOpt`]'s.
///
/// # Errors
/// - `ENOPROTOOPT`: the option is unknown at its level, or the socket has no such level, or it can be read only.
/// - `EINVAL`: the value is out of range, or the socket is in no state for it.
/// - `EDOM`: a time with a million microseconds or more, or fewer than none.
/// - `EPERM`, `EACCES`: it takes a capability.
/// - `EOPNOTSUPP`: not for this type of socket.
/// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
///
/// # Kernel
/// Since Linux 1.0 ([as a call of its own](crate::net) later). The numbers at level `SOL_SOCKET`, and that level's own,
/// differ on alpha, mips, parisc, sparc and in part powerpc. Source: setsockopt(2), socket(7), ip(7), tcp(7), udp(7),
/// ipv6(7), unix(7).
#[inline]
pub fn sys_setsockopt<T: OptionValue>(fd: BorrowedFd<'_>, option: SockOpt<T>, value: T) -> Result<()> {
    let raw = value.to_raw();
    let (at, len) = (&raw const raw, size_of::<T::Raw>());
    // SAFETY: the kernel only reads the value, whose type is the option's.
    unsafe { call!(never_blocks: SYS_setsockopt, fd, option.level, option.name, at, len) }
}

/// setsockopt(2): as [`sys_setsockopt`], for an option whose value has no fixed length.
///
/// # Errors
/// Those of [`sys_setsockopt`], and by option:
/// - `ENODEV`: no interface has the name.
/// - `ENOENT`: the kernel has no such algorithm.
///
/// # Kernel
/// As for [`sys_setsockopt`].
#[inline]
pub fn sys_setsockopt_bytes(fd: BorrowedFd<'_>, option: SockOpt<[u8]>, value: &[u8]) -> Result<()> {
    // An int for the kernel, and more than any option takes.
    let len = value.len().min(i32::MAX as usize);
    // SAFETY: the kernel only reads `len` bytes at `value`, which the option takes.
    unsafe { call!(never_blocks: SYS_setsockopt, fd, option.level, option.name, value.as_ptr(), len) }
}

/// getsockopt(2): the value of an option.
///
/// # Errors
/// - `ENOPROTOOPT`: the option is unknown at its level.
/// - `EOPNOTSUPP`, `ENOPROTOOPT`: the socket has no such level.
/// - `EINVAL`: the socket is in no state for it.
/// - `ENOTCONN`: only a connected socket has it.
/// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
///
/// # Kernel
/// As for [`sys_setsockopt`].
#[inline]
pub fn sys_getsockopt<T: OptionValue>(fd: BorrowedFd<'_>, option: SockOpt<T>) -> Result<T> {
    // A kernel that has less to say leaves the zeros.
    let mut raw = MaybeUninit::<T::Raw>::zeroed();
    let mut len = size_of::<T::Raw>() as u32;
    let (at, len) = (raw.as_mut_ptr(), &raw mut len);
    // SAFETY: the kernel writes at most `len` bytes at `raw`, and how many.
    let done: Result<()> = unsafe { call!(never_blocks: SYS_getsockopt, fd, option.level, option.name, at, len) };
    // SAFETY: any bits are a `Raw`, and all are initialised.
    done.map(|()| T::from_raw(unsafe { raw.assume_init() }))
}

/// getsockopt(2): as [`sys_getsockopt`], for an option whose value has no fixed length. A value that is longer than `buf`
/// is cut or refused, by option.
///
/// # Errors
/// Those of [`sys_getsockopt`], and `ERANGE` or `EINVAL` for a buffer that is too small.
///
/// # Kernel
/// As for [`sys_setsockopt`].
#[inline]
pub fn sys_getsockopt_bytes<B: Buffer>(fd: BorrowedFd<'_>, option: SockOpt<[u8]>, buf: B) -> Result<B::Filled> {
    let read = |start: *mut u8, room: usize| {
        // An int for the kernel, and more than any option has.
        let mut len = room.min(i32::MAX as usize) as u32;
        // SAFETY: the kernel writes at most `len` bytes at `start`, and how many.
        let done: Result<()> =
            unsafe { call!(never_blocks: SYS_getsockopt, fd, option.level, option.name, start, &raw mut len) };
        done.map(|()| room.min(len as usize))
    };
    // SAFETY: the kernel has written that many bytes.
    unsafe { fill(buf, read) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_pass_through() {
        assert_eq!((bool::from_raw(2), true.to_raw(), false.to_raw()), (true, 1, 0));
        assert_eq!((Option::<Errno>::from_raw(0), None::<Errno>.to_raw()), (None, 0));
        let errno = crate::EINTR;
        assert_eq!(Option::<Errno>::from_raw(Some(errno).to_raw()), Some(errno));
        assert_eq!(SocketType::from_raw(crate::SOCK_RAW.to_raw()), crate::SOCK_RAW);
    }

    #[test]
    fn options_know_their_names() {
        assert_eq!(
            format!("{SO_LINGER:?} {TCP_NODELAY:?} {IPV6_V6ONLY:?}"),
            "SO_LINGER TCP_NODELAY IPV6_V6ONLY"
        );
        // SAFETY: it is never used.
        let unknown = unsafe { SockOpt::<i32>::new(SOL_TCP, 9999) };
        assert_eq!(format!("{unknown:?}"), "SOL_TCP 9999");
    }

    #[test]
    fn no_name_stands_for_two_options() {
        for (_, level) in SocketLevel::NAMES {
            let options = SocketLevel::from_bits(*level as u32).options();
            assert!(!options.is_empty());
            for (i, one) in options.iter().enumerate() {
                assert!(
                    options[..i].iter().all(|other| other.0 != one.0 && other.1 != one.1),
                    "{one:?}"
                );
            }
        }
    }
}
