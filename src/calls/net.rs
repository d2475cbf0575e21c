//! Sockets.
//!
//! Each call traps by a number of its own. On x86 and s390x, and a few rarer architectures, that is so since about Linux
//! 4.3 only: before, all went through socketcall(2), which this crate does not use, and the answer is `ENOSYS`.
//!
//! A server and a client in one thread; the kernel completes the connection while the server does something else:
//!
//! ```
//! use core::net::{Ipv4Addr, SocketAddrV4};
//! use rawtrap::*;
//!
//! let server = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)?;
//! sys_setsockopt(server.as_fd(), SO_REUSEADDR, true)?;
//! sys_bind(server.as_fd(), &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into())?;
//! sys_listen(server.as_fd(), 16)?;
//! let chosen = sys_getsockname(server.as_fd())?;
//!
//! let client = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)?;
//! sys_connect(client.as_fd(), &chosen)?;
//! sys_sendto(client.as_fd(), b"ping", MSG_NOSIGNAL, None)?;
//!
//! let mut peer = SocketAddr::Unspec;
//! let connection = sys_accept4(server.as_fd(), Some(&mut peer), SOCK_CLOEXEC)?;
//! assert_eq!(peer, sys_getsockname(client.as_fd())?);
//! let mut buf = [0; 64];
//! let count = sys_recvfrom(connection.as_fd(), &mut buf, MsgFlags::empty(), None)?;
//! assert_eq!(&buf[..count], b"ping");
//! # Ok::<(), Errno>(())
//! ```

use core::mem::MaybeUninit;
use core::ptr;

use crate::Result;
use crate::arch::abi;
use crate::buffer::{Buffer, fill};
use crate::calls::socket_address::{Answer, SocketAddr};
use crate::fd::{BorrowedFd, OwnedFd};
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};

values! {
    /// The family of a socket and of its addresses (address_families(7)).
    pub type AddressFamily = AddressFamilyFamily(u32) {
        /// None: no address.
        AF_UNSPEC = 0,
        /// Within the machine, by path or abstract name (unix(7)).
        AF_UNIX = 1,
        /// IPv4 (ip(7)).
        AF_INET = 2,
        /// Amateur radio.
        AF_AX25 = 3,
        /// ITU-T X.25 (x25(7)).
        AF_X25 = 9,
        /// IPv6 (ipv6(7)).
        AF_INET6 = 10,
        /// The kernel's keys for IPsec.
        AF_KEY = 15,
        /// The kernel itself (netlink(7)).
        AF_NETLINK = 16,
        /// Packets as the device has them (packet(7)).
        AF_PACKET = 17,
        /// Reliable datagrams.
        AF_RDS = 21,
        /// PPP over X.
        AF_PPPOX = 24,
        /// Logical link control, IEEE 802.2.
        AF_LLC = 26,
        /// InfiniBand.
        AF_IB = 27,
        /// Multiprotocol label switching.
        AF_MPLS = 28,
        /// Controller area network.
        AF_CAN = 29,
        /// Clusters.
        AF_TIPC = 30,
        /// Bluetooth.
        AF_BLUETOOTH = 31,
        /// The kernel's ciphers and hashes.
        AF_ALG = 38,
        /// Near field communication.
        AF_NFC = 39,
        /// A virtual machine and its host (vsock(7)).
        AF_VSOCK = 40,
        /// Messages over TCP, cut by a program in the kernel.
        AF_KCM = 41,
        /// Qualcomm's router between processors.
        AF_QIPCRTR = 42,
        /// Shared memory between machines.
        AF_SMC = 43,
        /// Packets in memory shared with the device.
        AF_XDP = 44,
        /// Management components of a machine.
        AF_MCTP = 45,
    }
}

flags! {
    /// The type of a socket: one of the types, joined with flags. [`sys_accept4`] takes the flags alone.
    pub type SocketType = SocketTypeFamily(u32) {
        // From the highest down, as the types are numbers and no bits: so Debug finds 3 before 1 and 2.
        /// Datagrams in order, over a connection.
        SOCK_SEQPACKET = 5,
        /// Reliable datagrams without order.
        SOCK_RDM = 4,
        /// The protocol below; takes `CAP_NET_RAW`.
        SOCK_RAW = 3,
        /// Messages of limited length without connection.
        SOCK_DGRAM = abi::SOCK_DGRAM,
        /// Bytes in order, over a connection.
        SOCK_STREAM = abi::SOCK_STREAM,
        /// execve(2) closes the fd.
        SOCK_CLOEXEC = abi::SOCK_CLOEXEC,
        /// The open file is `O_NONBLOCK`.
        SOCK_NONBLOCK = abi::SOCK_NONBLOCK,
    }
}

values! {
    /// The protocol of a socket. Families that are not IP number theirs in their own way: [`Protocol::from_bits`].
    pub type Protocol = ProtocolFamily(u32) {
        /// What the type of the socket implies: [`Protocol::DEFAULT`].
        IPPROTO_IP = 0,
        /// ICMP (icmp(7)).
        IPPROTO_ICMP = 1,
        /// IGMP.
        IPPROTO_IGMP = 2,
        /// TCP (tcp(7)).
        IPPROTO_TCP = 6,
        /// UDP (udp(7)).
        IPPROTO_UDP = 17,
        /// IPv6 in IPv4.
        IPPROTO_IPV6 = 41,
        /// GRE tunnels.
        IPPROTO_GRE = 47,
        /// IPsec's encryption.
        IPPROTO_ESP = 50,
        /// IPsec's authentication.
        IPPROTO_AH = 51,
        /// ICMP for IPv6.
        IPPROTO_ICMPV6 = 58,
        /// SCTP (sctp(7)).
        IPPROTO_SCTP = 132,
        /// UDP-Lite (udplite(7)).
        IPPROTO_UDPLITE = 136,
        /// Any, and the header is the program's (raw(7)).
        IPPROTO_RAW = 255,
        /// TCP over several paths.
        IPPROTO_MPTCP = 262,
    }
}

impl Protocol {
    /// The one that the family has for the type; the only one of Unix sockets.
    pub const DEFAULT: Protocol = IPPROTO_IP;
}

flags! {
    /// How a message is sent or received.
    pub type MsgFlags = MsgFlagsFamily(u32) {
        /// Out-of-band data (tcp(7)).
        MSG_OOB = 0x1,
        /// Leave the data in the queue.
        MSG_PEEK = 0x2,
        /// Past no gateway.
        MSG_DONTROUTE = 0x4,
        /// From recvmsg(2): there was no room for all control data.
        MSG_CTRUNC = 0x8,
        /// Tell the datagram's real length; on TCP, discard the data (tcp(7)). From recvmsg(2): it was cut.
        MSG_TRUNC = 0x20,
        /// Do not wait: `EAGAIN` instead.
        MSG_DONTWAIT = 0x40,
        /// The end of a record.
        MSG_EOR = 0x80,
        /// Wait until the buffer is full; a signal, an error or the end may come first.
        MSG_WAITALL = 0x100,
        /// The neighbour has answered: no need to ask where it is.
        MSG_CONFIRM = 0x800,
        /// From the queue of errors.
        MSG_ERRQUEUE = 0x2000,
        /// `EPIPE` without `SIGPIPE`.
        MSG_NOSIGNAL = 0x4000,
        /// More is to come: send nothing yet.
        MSG_MORE = 0x8000,
        /// For recvmmsg(2): do not wait after the first message.
        MSG_WAITFORONE = 0x10000,
        /// Send from the pages of the buffer; without effect unless `SO_ZEROCOPY` is set, which this crate leaves to
        /// `unsafe` ([`SockOpt::new`](crate::SockOpt::new)).
        MSG_ZEROCOPY = 0x400_0000,
        /// Send in TCP's first packet.
        MSG_FASTOPEN = 0x2000_0000,
        /// For recvmsg(2): execve(2) closes the fds that come.
        MSG_CMSG_CLOEXEC = 0x4000_0000,
    }
}

values! {
    /// Which half of a connection [`sys_shutdown`] ends.
    pub type ShutdownHow = ShutdownHowFamily(u32) {
        /// Receiving.
        SHUT_RD = 0,
        /// Sending: the peer reads the end of the file.
        SHUT_WR = 1,
        /// Both.
        SHUT_RDWR = 2,
    }
}

/// socket(2): a new socket.
///
/// # Errors
/// - `EAFNOSUPPORT`: the kernel has no such family.
/// - `EPROTONOSUPPORT`: the family or the type has no such protocol.
/// - `ESOCKTNOSUPPORT`: the family has no such type.
/// - `EINVAL`: `socket_type` holds an unknown type or flag.
/// - `EACCES`, `EPERM`: it takes a capability, `CAP_NET_RAW` for example, or a policy forbids it.
/// - `EMFILE`: the process has `RLIMIT_NOFILE` fds open.
/// - `ENFILE`: the system has too many files open.
/// - `ENOBUFS`, `ENOMEM`: no memory.
///
/// # Kernel
/// Since Linux 1.0 ([as a call of its own](crate::net) later); the flags since 2.6.27. On mips the numbers of
/// [`SOCK_STREAM`] and [`SOCK_DGRAM`] are swapped; the flags differ on mips, alpha, parisc and sparc. Source: socket(2).
#[inline]
pub fn sys_socket(family: AddressFamily, socket_type: SocketType, protocol: Protocol) -> Result<OwnedFd> {
    // SAFETY: the kernel touches no memory of ours, and the fd that it answers is new.
    unsafe { call!(never_blocks: SYS_socket, family, socket_type, protocol) }
}

/// socketpair(2): two sockets, connected with each other, without names. Only for [`AF_UNIX`] and [`AF_TIPC`].
///
/// # Errors
/// - `EOPNOTSUPP`: the family has no pairs.
/// - The others as for [`sys_socket`].
///
/// # Kernel
/// Since Linux 1.0 ([as a call of its own](crate::net) later); the flags since 2.6.27. Source: socketpair(2).
#[inline]
pub fn sys_socketpair(
    family: AddressFamily,
    socket_type: SocketType,
    protocol: Protocol,
) -> Result<(OwnedFd, OwnedFd)> {
    let mut fds = MaybeUninit::<[i32; 2]>::uninit();
    // SAFETY: the kernel writes two `int`s.
    let answer: Result<()> =
        unsafe { call!(never_blocks: SYS_socketpair, family, socket_type, protocol, fds.as_mut_ptr()) };
    answer.map(|()| {
        // SAFETY: it has written them, and both are new fds.
        unsafe {
            let [one, other] = fds.assume_init();
            (OwnedFd::from_raw(one), OwnedFd::from_raw(other))
        }
    })
}

blocking! {
    /// bind(2): gives the socket its own address. With port 0 the kernel chooses a port, with [`UnixAddr::UNNAMED`] an
    /// abstract name; [`sys_getsockname`] tells which. A Unix path is made in the file system and stays there: unlink
    /// it.
    ///
    /// [`UnixAddr::UNNAMED`]: crate::UnixAddr::UNNAMED
    ///
    /// # Errors
    /// - `EADDRINUSE`: another socket has the address, or the path exists, or no port is free.
    /// - `EADDRNOTAVAIL`: no interface of the machine has the address.
    /// - `EINVAL`: the socket has an address already, or this one is too short for its family, or of another (Unix).
    /// - `EAFNOSUPPORT`: an address of another family (IP).
    /// - `EACCES`: a port below /proc/sys/net/ipv4/ip_unprivileged_port_start without `CAP_NET_BIND_SERVICE`; a
    ///   directory that may not be written or searched.
    /// - `ENOENT`, `ENOTDIR`, `ELOOP`, `EROFS`: what a path leads to.
    /// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
    ///
    /// # Kernel
    /// Since Linux 1.0 ([as a call of its own](crate::net) later). Source: bind(2), ip(7), unix(7).
    #[inline]
    pub fn sys_bind(fd: BorrowedFd<'_>, addr: &SocketAddr) -> Result<()> {
        let mut room = MaybeUninit::uninit();
        let addr = addr.to_bytes(&mut room);
        // SAFETY: the kernel only reads `addr.len()` bytes at `addr`.
        unsafe { call!(may_block: SYS_bind, fd, addr.as_ptr(), addr.len()) }
    }

    /// accept4(2): the next connection that waits, as a new socket. `peer` gets the address of the other end; `flags`
    /// holds [`SOCK_CLOEXEC`], [`SOCK_NONBLOCK`] or nothing: `O_NONBLOCK` of `fd` is not handed down.
    ///
    /// # Errors
    /// - `EAGAIN`: `fd` is `O_NONBLOCK` and no connection waits, or `SO_RCVTIMEO` is over.
    /// - `EINTR`: a signal came first; see [`retry`](crate::retry).
    /// - `ECONNABORTED`, `EPROTO`, and what the network reports (`ENETDOWN`, `EHOSTUNREACH`, ...): the connection broke
    ///   before it was accepted. Go on with the next one.
    /// - `EINVAL`: `fd` does not listen, or `flags` holds something else.
    /// - `EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`: too many files open, or no memory. The connection still waits.
    /// - `EPERM`: the firewall forbids it.
    /// - `EOPNOTSUPP`: the type of the socket knows no connections.
    /// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
    ///
    /// # Kernel
    /// Since Linux 2.6.28 ([as a call of its own](crate::net) later). accept(2) is this call without flags. Source: accept(2).
    #[inline]
    pub fn sys_accept4(fd: BorrowedFd<'_>, peer: Option<&mut SocketAddr>, flags: SocketType) -> Result<OwnedFd> {
        let mut answer = Answer::new();
        let (addr, len) = answer.parts_if(peer.is_some());
        // SAFETY: the kernel writes an address and its length, or nothing where the pointers are null. The fd is new.
        let connection: Result<OwnedFd> = unsafe { call!(may_block: SYS_accept4, fd, addr, len, flags) };
        if let (Ok(_), Some(peer)) = (&connection, peer) {
            // SAFETY: the call has succeeded.
            *peer = unsafe { answer.decode() };
        }
        connection
    }

    /// connect(2): connects the socket to `addr`; a datagram socket then sends there and receives from there only,
    /// until [`SocketAddr::Unspec`] makes it forget.
    ///
    /// # Errors
    /// - `EINPROGRESS`: `fd` is `O_NONBLOCK` and the connection is under way. The socket becomes writable when that has
    ///   ended, and [`SO_ERROR`](crate::SO_ERROR) tells how.
    /// - `EINTR`: a signal came, and the connection is under way as well: do not repeat, wait as after `EINPROGRESS`.
    /// - `EALREADY`: one is under way already.
    /// - `EISCONN`: the socket is connected.
    /// - `ECONNREFUSED`: nobody listens there.
    /// - `ETIMEDOUT`, `ENETUNREACH`, `EHOSTUNREACH`: nobody answered, or there is no way.
    /// - `EAGAIN`: (Unix) `fd` is `O_NONBLOCK` and too many connections wait; (IP) no port is free, or no route in the
    ///   cache.
    /// - `EADDRNOTAVAIL`, `EADDRINUSE`: no port is free, or the two ends have been connected until just now.
    /// - `EAFNOSUPPORT`, `EINVAL`: an address of another family, or too short for its own.
    /// - `EPROTOTYPE`: (Unix) the socket at the path is of another type; abstract names are apart by type.
    /// - `ENOENT`, `ENOTDIR`, `ELOOP`: what a path leads to.
    /// - `EACCES`, `EPERM`: the path, a policy or the firewall forbids it; a broadcast address without `SO_BROADCAST`.
    /// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
    ///
    /// # Kernel
    /// Since Linux 1.0 ([as a call of its own](crate::net) later). Source: connect(2).
    #[inline]
    pub fn sys_connect(fd: BorrowedFd<'_>, addr: &SocketAddr) -> Result<()> {
        let mut room = MaybeUninit::uninit();
        let addr = addr.to_bytes(&mut room);
        // SAFETY: the kernel only reads `addr.len()` bytes at `addr`.
        unsafe { call!(may_block: SYS_connect, fd, addr.as_ptr(), addr.len()) }
    }

    /// sendto(2): sends bytes of `buf` and returns how many the kernel took: on a stream perhaps fewer than
    /// `buf.len()`, as for [`sys_write`](crate::sys_write); a datagram goes whole or not at all.
    ///
    /// Without `addr` this is send(2), for a socket that is connected. That the bytes were taken does not say that
    /// anybody receives them.
    ///
    /// # Errors
    /// - `EAGAIN`: `fd` is `O_NONBLOCK` or [`MSG_DONTWAIT`] is given, and there is no room now; or `SO_SNDTIMEO` is
    ///   over.
    /// - `EINTR`: a signal came before any byte was taken; see [`retry`](crate::retry).
    /// - `EPIPE`: this end was shut down, or the other is gone; the process also gets `SIGPIPE`, unless
    ///   [`MSG_NOSIGNAL`] is given.
    /// - `ENOTCONN`, `EDESTADDRREQ`: neither a peer nor `addr`.
    /// - `EISCONN`: a peer and `addr` (Unix streams; TCP ignores `addr`).
    /// - `EMSGSIZE`: more than a datagram can hold.
    /// - `ECONNRESET`: the other end has broken the connection.
    /// - `ECONNREFUSED`: nobody received an earlier datagram to the peer, or (Unix) the path has no socket any more.
    /// - `EAFNOSUPPORT`, `EINVAL`: an address of another family, or too short for its own.
    /// - `EOPNOTSUPP`: a flag that the type of the socket does not have.
    /// - `ENETUNREACH`, `EHOSTUNREACH`, `ENOBUFS`, `ENOMEM`: no way, or no memory.
    /// - `ENOENT`, `EPROTOTYPE`: (Unix) as for [`sys_connect`].
    /// - `EACCES`, `EPERM`: as for [`sys_connect`].
    /// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
    ///
    /// # Kernel
    /// Since Linux 1.0 ([as a call of its own](crate::net) later). Source: send(2).
    #[inline]
    pub fn sys_sendto(fd: BorrowedFd<'_>, buf: &[u8], flags: MsgFlags, addr: Option<&SocketAddr>) -> Result<usize> {
        let mut room = MaybeUninit::uninit();
        let (addr, addr_len) = match addr {
            Some(addr) => {
                let addr = addr.to_bytes(&mut room);
                (addr.as_ptr(), addr.len())
            }
            None => (ptr::null(), 0),
        };
        // SAFETY: the kernel only reads `buf.len()` bytes at `buf` and `addr_len` at `addr`.
        unsafe { call!(may_block: SYS_sendto, fd, buf.as_ptr(), buf.len(), flags, addr, addr_len) }
    }

    /// recvfrom(2): fills `buf` with what has come, and `sender` with where it came from.
    ///
    /// 0 bytes are the end of a stream, or an empty datagram. A datagram that is longer than the buffer is cut, and the
    /// rest is lost. With [`MSG_TRUNC`] the answer for `&mut [u8]` is the datagram's real length, which may be more
    /// than the buffer has; of an uninitialised buffer the filled part is given back, on TCP, where the data is
    /// discarded, as zeros.
    ///
    /// Without `sender` this is recv(2). A stream and an unnamed Unix socket name no sender: [`SocketAddr::Unspec`].
    ///
    /// # Errors
    /// - `EAGAIN`: `fd` is `O_NONBLOCK` or [`MSG_DONTWAIT`] is given, and nothing is there yet; or `SO_RCVTIMEO` is
    ///   over.
    /// - `EINTR`: a signal came before any byte did; see [`retry`](crate::retry).
    /// - `ENOTCONN`: a stream that is not connected.
    /// - `ECONNRESET`: the other end has broken the connection.
    /// - `ECONNREFUSED`: nobody received an earlier datagram to the peer.
    /// - `EINVAL`: [`MSG_OOB`] without such data; a Unix stream that is not connected.
    /// - `EOPNOTSUPP`: a flag that the type of the socket does not have.
    /// - `ENOMEM`: no memory.
    /// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
    ///
    /// # Kernel
    /// Since Linux 1.0 ([as a call of its own](crate::net) later). Source: recv(2).
    #[inline]
    pub fn sys_recvfrom<B: Buffer>(
        fd: BorrowedFd<'_>,
        buf: B,
        flags: MsgFlags,
        sender: Option<&mut SocketAddr>,
    ) -> Result<B::Filled> {
        let mut answer = Answer::new();
        let (addr, addr_len) = answer.parts_if(sender.is_some());
        // The one flag with which the kernel may answer more than it has written.
        let zeroed = B::UNINIT && flags.contains(MSG_TRUNC);
        let receive = |start: *mut u8, len: usize| {
            if zeroed {
                // SAFETY: the buffer is ours.
                unsafe { start.write_bytes(0, len) };
            }
            // SAFETY: the kernel writes at most `len` bytes at `start`, an address and its length, or none where the
            // pointers are null.
            let count: Result<usize> = unsafe { call!(may_block: SYS_recvfrom, fd, start, len, flags, addr, addr_len) };
            if zeroed {
                count.map(|count| count.min(len))
            } else {
                count
            }
        };
        // SAFETY: without MSG_TRUNC the kernel answers how many bytes it has written; with it, all were ours to claim.
        let filled = unsafe { fill(buf, receive) };
        if let (Ok(_), Some(sender)) = (&filled, sender) {
            // SAFETY: the call has succeeded.
            *sender = unsafe { answer.decode() };
        }
        filled
    }

    /// shutdown(2): ends one half of a connection or both, for everyone who has the socket; the fd stays open.
    ///
    /// # Errors
    /// - `ENOTCONN`: the socket is not connected.
    /// - `EINVAL`: `how` is unknown.
    /// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
    ///
    /// # Kernel
    /// Since Linux 1.0 ([as a call of its own](crate::net) later). Source: shutdown(2).
    #[inline]
    pub fn sys_shutdown(fd: BorrowedFd<'_>, how: ShutdownHow) -> Result<()> {
        // SAFETY: the kernel touches no memory of ours.
        unsafe { call!(may_block: SYS_shutdown, fd, how) }
    }
}

/// listen(2): the socket accepts connections. About `backlog` of them may wait for [`sys_accept4`]; the kernel takes no
/// more than /proc/sys/net/core/somaxconn, which a negative number asks for.
///
/// # Errors
/// - `EADDRINUSE`: another socket listens on the port; or none was bound, and none is free.
/// - `EOPNOTSUPP`: the type of the socket knows no connections.
/// - `EINVAL`: the socket is connected, or (Unix) not bound.
/// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
///
/// # Kernel
/// Since Linux 1.0 ([as a call of its own](crate::net) later). Source: listen(2).
#[inline]
pub fn sys_listen(fd: BorrowedFd<'_>, backlog: i32) -> Result<()> {
    // SAFETY: the kernel touches no memory of ours.
    unsafe { call!(never_blocks: SYS_listen, fd, backlog) }
}

/// getsockname(2): the socket's own address.
///
/// # Errors
/// - `ENOBUFS`: no memory.
/// - `EBADF`, `ENOTSOCK`: `fd` is not open, or no socket.
///
/// # Kernel
/// Since Linux 1.0 ([as a call of its own](crate::net) later). Source: getsockname(2).
#[inline]
pub fn sys_getsockname(fd: BorrowedFd<'_>) -> Result<SocketAddr> {
    let mut answer = Answer::new();
    let (addr, len) = answer.parts();
    // SAFETY: the kernel writes an address and its length.
    let done: Result<()> = unsafe { call!(never_blocks: SYS_getsockname, fd, addr, len) };
    // SAFETY: the call has succeeded.
    done.map(|()| unsafe { answer.decode() })
}
