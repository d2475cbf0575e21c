//! Sockets of IPv4 and IPv6, on loopback, and of netlink; options.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use rawtrap::*;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    socket_flags,
    socket_of_no_kind,
    socketpair_of_inet,
    tcp_over_v4,
    tcp_over_v6,
    v6_keeps_every_field,
    bind_and_getsockname,
    bind_twice,
    bind_to_a_wrong_address,
    listen_makes_a_listener,
    listen_without_connections,
    accept4_flags,
    accept4_without_a_connection,
    connect_to_nobody,
    connect_without_waiting,
    connect_and_forget,
    connect_to_a_wrong_address,
    sendto_and_recvfrom_by_address,
    sendto_with_more_to_come,
    sendto_without_a_peer,
    sendto_too_much,
    sendto_after_the_end,
    recvfrom_peeks,
    recvfrom_cuts,
    recvfrom_discards,
    recvfrom_waits_for_all,
    recvfrom_without_data,
    recvfrom_after_a_refusal,
    shutdown_ends_halves,
    shutdown_without_a_connection,
    another_family_stays_raw,
    calls_on_no_socket,
];

const NO_FLAGS: MsgFlags = MsgFlags::empty();

fn tcp() -> Result<OwnedFd> {
    sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port).into()
}

/// A socket that is bound to a port of loopback, and its address.
fn bound(socket: OwnedFd) -> Result<(OwnedFd, SocketAddr)> {
    sys_bind(socket.as_fd(), &loopback(0))?;
    let addr = sys_getsockname(socket.as_fd())?;
    Ok((socket, addr))
}

fn udp() -> Result<(OwnedFd, SocketAddr)> {
    bound(sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP)?)
}

fn listener() -> Result<(OwnedFd, SocketAddr)> {
    let (socket, addr) = bound(tcp()?)?;
    sys_listen(socket.as_fd(), 4)?;
    Ok((socket, addr))
}

/// The two ends of a connection over loopback.
fn connection() -> Result<(OwnedFd, OwnedFd)> {
    let (server, addr) = listener()?;
    let client = tcp()?;
    sys_connect(client.as_fd(), &addr)?;
    Ok((client, sys_accept4(server.as_fd(), None, SOCK_CLOEXEC)?))
}

fn receive(socket: &OwnedFd, buf: &mut [u8]) -> Result<usize> {
    sys_recvfrom(socket.as_fd(), buf, NO_FLAGS, None)
}

fn socket_flags() -> Outcome {
    let plain = sys_socket(AF_INET, SOCK_DGRAM, Protocol::DEFAULT)?;
    check_eq!(sys_fcntl_getfd(plain.as_fd()), Ok(FdFlags::empty()));
    check!(!sys_fcntl_getfl(plain.as_fd())?.contains(O_NONBLOCK));
    let both = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP)?;
    check_eq!(sys_fcntl_getfd(both.as_fd()), Ok(FD_CLOEXEC));
    check!(sys_fcntl_getfl(both.as_fd())?.contains(O_NONBLOCK));
    Ok(())
}

fn socket_of_no_kind() -> Outcome {
    let no_family = AddressFamily::from_bits(255);
    check_err!(sys_socket(no_family, SOCK_STREAM, Protocol::DEFAULT), EAFNOSUPPORT);
    check_err!(sys_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    check_err!(
        sys_socket(AF_INET, SocketType::from_bits(0xf), Protocol::DEFAULT),
        EINVAL
    );
    Ok(())
}

fn socketpair_of_inet() -> Outcome {
    check_err!(sys_socketpair(AF_INET, SOCK_STREAM, IPPROTO_TCP), EOPNOTSUPP);
    check_err!(
        sys_socketpair(AddressFamily::from_bits(255), SOCK_STREAM, Protocol::DEFAULT),
        EAFNOSUPPORT
    );
    Ok(())
}

/// A server and a client exchange bytes; each knows the other's address.
fn exchange(server: OwnedFd, client: OwnedFd) -> Outcome {
    sys_listen(server.as_fd(), 1)?;
    sys_connect(client.as_fd(), &sys_getsockname(server.as_fd())?)?;
    let mut peer = SocketAddr::Unspec;
    let connection = sys_accept4(server.as_fd(), Some(&mut peer), SOCK_CLOEXEC)?;
    check_eq!(peer, sys_getsockname(client.as_fd())?);
    check_eq!(sys_getsockname(connection.as_fd()), sys_getsockname(server.as_fd()));

    let mut buf = [0; 8];
    check_eq!(sys_sendto(client.as_fd(), b"ping", MSG_NOSIGNAL, None), Ok(4));
    check_eq!(receive(&connection, &mut buf), Ok(4));
    check_eq!(&buf[..4], b"ping");
    check_eq!(sys_write(connection.as_fd(), b"pong!"), Ok(5));
    check_eq!(sys_read(client.as_fd(), &mut buf), Ok(5));
    check_eq!(&buf[..5], b"pong!");
    Ok(())
}

fn tcp_over_v4() -> Outcome {
    let (server, addr) = bound(tcp()?)?;
    let SocketAddr::V4(addr) = addr else {
        return Err(rawtrap_programs::Failure::new(format_args!("{addr:?}")));
    };
    check_eq!(*addr.ip(), Ipv4Addr::LOCALHOST);
    check!(addr.port() != 0);
    exchange(server, tcp()?)
}

/// What a machine answers that has IPv6 on loopback, has none there, or has none at all.
#[derive(Debug, PartialEq)]
enum V6 {
    Works,
    NoAddress,
    NoFamily,
}

/// /proc/net/if_inet6 says what the calls must say: it is there with the family, and has a line for ::1.
fn v6_by_proc() -> Result<V6> {
    let file = match sys_open(c"/proc/net/if_inet6", O_RDONLY | O_CLOEXEC, 0) {
        Ok(file) => file,
        Err(ENOENT) => return Ok(V6::NoFamily),
        Err(errno) => return Err(errno),
    };
    let mut lines = [0; 4096];
    let count = read_to_end(file.as_fd(), &mut lines).map_err(|partial| partial.errno.unwrap_or(EIO))?;
    let mut lines = lines[..count].split(|byte| *byte == b'\n');
    let there = lines.any(|line| line.starts_with(b"00000000000000000000000000000001 "));
    Ok(if there { V6::Works } else { V6::NoAddress })
}

/// A socket of IPv6 that is bound to ::1, or what the machine has instead.
fn bound_v6(socket_type: SocketType) -> Result<core::result::Result<OwnedFd, V6>> {
    let socket = match sys_socket(AF_INET6, socket_type | SOCK_CLOEXEC, Protocol::DEFAULT) {
        Ok(socket) => socket,
        Err(EAFNOSUPPORT) => return Ok(Err(V6::NoFamily)),
        Err(errno) => return Err(errno),
    };
    match sys_bind(socket.as_fd(), &SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0).into()) {
        Ok(()) => Ok(Ok(socket)),
        Err(EADDRNOTAVAIL) => Ok(Err(V6::NoAddress)),
        Err(errno) => Err(errno),
    }
}

fn tcp_over_v6() -> Outcome {
    match bound_v6(SOCK_STREAM)? {
        Ok(server) => {
            check_eq!(V6::Works, v6_by_proc()?);
            exchange(server, sys_socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)?)
        }
        Err(missing) => {
            check_eq!(missing, v6_by_proc()?);
            Ok(())
        }
    }
}

fn v6_keeps_every_field() -> Outcome {
    let socket = match bound_v6(SOCK_DGRAM)? {
        Ok(socket) => socket,
        Err(missing) => {
            check_eq!(missing, v6_by_proc()?);
            return Ok(());
        }
    };
    let SocketAddr::V6(addr) = sys_getsockname(socket.as_fd())? else {
        return Err(rawtrap_programs::Failure::new(format_args!("not IPv6")));
    };
    check_eq!(
        (*addr.ip(), addr.flowinfo(), addr.scope_id()),
        (Ipv6Addr::LOCALHOST, 0, 0)
    );
    check!(addr.port() != 0);
    // The port in network order, seen by another socket.
    let sender = sys_socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, Protocol::DEFAULT)?;
    check_eq!(sys_sendto(sender.as_fd(), b"six", NO_FLAGS, Some(&addr.into())), Ok(3));
    let mut from = SocketAddr::Unspec;
    check_eq!(
        sys_recvfrom(socket.as_fd(), &mut [0; 8], NO_FLAGS, Some(&mut from)),
        Ok(3)
    );
    check_eq!(from.family(), AF_INET6);
    // A link-local address without its interface is refused; with one that does not exist, too.
    let link_local = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    let other = sys_socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, Protocol::DEFAULT)?;
    check_err!(
        sys_bind(other.as_fd(), &SocketAddrV6::new(link_local, 0, 0, 0).into()),
        EINVAL
    );
    check_err!(
        sys_bind(other.as_fd(), &SocketAddrV6::new(link_local, 0, 0, 0x7fff_0000).into()),
        ENODEV
    );
    Ok(())
}

fn bind_and_getsockname() -> Outcome {
    let socket = tcp()?;
    let nowhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
    check_eq!(sys_getsockname(socket.as_fd()), Ok(nowhere.into()));
    // The whole of 127 is loopback: a byte of the address that is out of place is seen.
    let addr = SocketAddrV4::new(Ipv4Addr::new(127, 1, 2, 3), 0);
    sys_bind(socket.as_fd(), &addr.into())?;
    let SocketAddr::V4(chosen) = sys_getsockname(socket.as_fd())? else {
        return Err(rawtrap_programs::Failure::new(format_args!("not IPv4")));
    };
    check_eq!(chosen.ip(), addr.ip());
    check!(chosen.port() != 0);
    check_err!(sys_getsockname(bad()), EBADF);
    Ok(())
}

fn bind_twice() -> Outcome {
    let (socket, addr) = bound(tcp()?)?;
    check_err!(sys_bind(socket.as_fd(), &loopback(0)), EINVAL);
    check_err!(sys_bind(tcp()?.as_fd(), &addr), EADDRINUSE);
    Ok(())
}

fn bind_to_a_wrong_address() -> Outcome {
    let socket = tcp()?;
    // TEST-NET-3 of RFC 5737 belongs to no machine.
    let elsewhere = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 1), 0);
    check_err!(sys_bind(socket.as_fd(), &elsewhere.into()), EADDRNOTAVAIL);
    check_err!(sys_bind(socket.as_fd(), &UnixAddr::UNNAMED.into()), EINVAL);
    let v6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0);
    check_err!(sys_bind(socket.as_fd(), &v6.into()), EAFNOSUPPORT);
    // One byte short of struct sockaddr_in: the length reaches the kernel.
    let short = OtherAddr::new(AF_INET, &[0; 13]).ok_or(EINVAL)?;
    check_err!(sys_bind(socket.as_fd(), &short.into()), EINVAL);
    let whole = OtherAddr::new(AF_INET, &[0; 14]).ok_or(EINVAL)?;
    check_eq!(sys_bind(socket.as_fd(), &whole.into()), Ok(()));
    check_err!(sys_bind(bad(), &loopback(0)), EBADF);
    Ok(())
}

fn listen_makes_a_listener() -> Outcome {
    let socket = tcp()?;
    check_eq!(sys_getsockopt(socket.as_fd(), SO_ACCEPTCONN), Ok(false));
    check_eq!(sys_listen(socket.as_fd(), 1), Ok(()));
    check_eq!(sys_getsockopt(socket.as_fd(), SO_ACCEPTCONN), Ok(true));
    check_eq!(sys_listen(socket.as_fd(), -1), Ok(()));
    Ok(())
}

fn listen_without_connections() -> Outcome {
    check_err!(sys_listen(udp()?.0.as_fd(), 1), EOPNOTSUPP);
    check_err!(sys_listen(bad(), 1), EBADF);
    let (client, _server) = connection()?;
    check_err!(sys_listen(client.as_fd(), 1), EINVAL);
    Ok(())
}

fn accept4_flags() -> Outcome {
    let (server, addr) = listener()?;
    let clients = [tcp()?, tcp()?];
    sys_connect(clients[0].as_fd(), &addr)?;
    sys_connect(clients[1].as_fd(), &addr)?;
    let plain = sys_accept4(server.as_fd(), None, SocketType::empty())?;
    check_eq!(sys_fcntl_getfd(plain.as_fd()), Ok(FdFlags::empty()));
    check!(!sys_fcntl_getfl(plain.as_fd())?.contains(O_NONBLOCK));
    let both = sys_accept4(server.as_fd(), None, SOCK_CLOEXEC | SOCK_NONBLOCK)?;
    check_eq!(sys_fcntl_getfd(both.as_fd()), Ok(FD_CLOEXEC));
    check!(sys_fcntl_getfl(both.as_fd())?.contains(O_NONBLOCK));
    Ok(())
}

fn accept4_without_a_connection() -> Outcome {
    let (server, _) = listener()?;
    sys_fcntl_setfl(server.as_fd(), O_NONBLOCK)?;
    let mut peer = SocketAddr::Unspec;
    check_err!(sys_accept4(server.as_fd(), Some(&mut peer), SOCK_CLOEXEC), EAGAIN);
    check_eq!(peer, SocketAddr::Unspec);
    check_err!(sys_accept4(server.as_fd(), None, SOCK_STREAM), EINVAL);
    check_err!(sys_accept4(tcp()?.as_fd(), None, SOCK_CLOEXEC), EINVAL);
    check_err!(sys_accept4(udp()?.0.as_fd(), None, SOCK_CLOEXEC), EOPNOTSUPP);
    check_err!(sys_accept4(bad(), None, SOCK_CLOEXEC), EBADF);
    Ok(())
}

fn connect_to_nobody() -> Outcome {
    // Bound, so that nobody else gets the port, and not listening.
    let (_deaf, addr) = bound(tcp()?)?;
    check_err!(sys_connect(tcp()?.as_fd(), &addr), ECONNREFUSED);
    Ok(())
}

fn connect_without_waiting() -> Outcome {
    let (_deaf, addr) = bound(tcp()?)?;
    let client = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP)?;
    check_err!(sys_connect(client.as_fd(), &addr), EINPROGRESS);
    // The refusal comes by itself, at most some scheduling later.
    let mut error = None;
    for _ in 0..1000 {
        error = sys_getsockopt(client.as_fd(), SO_ERROR)?;
        if error.is_some() {
            break;
        }
        sys_nanosleep(
            &Timespec {
                tv_sec: 0,
                tv_nsec: 1_000_000,
            },
            None,
        )?;
    }
    check_eq!(error, Some(ECONNREFUSED));
    check_eq!(sys_getsockopt(client.as_fd(), SO_ERROR), Ok(None));
    Ok(())
}

fn connect_and_forget() -> Outcome {
    let ((one, _), (two, addr), (three, third_addr)) = (udp()?, udp()?, udp()?);
    sys_connect(one.as_fd(), &addr)?;
    check_eq!(sys_sendto(one.as_fd(), b"to two", NO_FLAGS, None), Ok(6));
    let mut buf = [0; 8];
    check_eq!(receive(&two, &mut buf), Ok(6));
    // A second connect of a datagram socket replaces the peer.
    sys_connect(one.as_fd(), &third_addr)?;
    check_eq!(sys_sendto(one.as_fd(), b"three", NO_FLAGS, None), Ok(5));
    check_eq!(receive(&three, &mut buf), Ok(5));
    check_eq!(sys_connect(one.as_fd(), &SocketAddr::Unspec), Ok(()));
    check_err!(sys_sendto(one.as_fd(), b"x", NO_FLAGS, None), EDESTADDRREQ);
    Ok(())
}

fn connect_to_a_wrong_address() -> Outcome {
    let (client, server) = connection()?;
    let addr = sys_getsockname(server.as_fd())?;
    check_err!(sys_connect(client.as_fd(), &addr), EISCONN);
    let socket = tcp()?;
    check_err!(
        sys_connect(socket.as_fd(), &UnixAddr::from_abstract(b"0123456789abcdef")?.into()),
        EAFNOSUPPORT
    );
    let short = OtherAddr::new(AF_INET, &[0; 13]).ok_or(EINVAL)?;
    check_err!(sys_connect(socket.as_fd(), &short.into()), EINVAL);
    check_err!(sys_connect(bad(), &addr), EBADF);
    Ok(())
}

fn sendto_and_recvfrom_by_address() -> Outcome {
    let ((one, one_addr), (two, two_addr)) = (udp()?, udp()?);
    check_eq!(sys_sendto(one.as_fd(), b"hello", NO_FLAGS, Some(&two_addr)), Ok(5));
    let (mut buf, mut from) = ([0; 8], SocketAddr::Unspec);
    check_eq!(sys_recvfrom(two.as_fd(), &mut buf, NO_FLAGS, Some(&mut from)), Ok(5));
    check_eq!(&buf, b"hello\0\0\0");
    check_eq!(from, one_addr);
    // And back to where it came from, into memory that is not initialised; an empty datagram is one.
    check_eq!(sys_sendto(two.as_fd(), b"back", NO_FLAGS, Some(&from)), Ok(4));
    check_eq!(sys_sendto(two.as_fd(), b"", NO_FLAGS, Some(&from)), Ok(0));
    let mut buf = [MaybeUninit::uninit(); 8];
    check_eq!(sys_recvfrom(one.as_fd(), &mut buf, NO_FLAGS, Some(&mut from))?, b"back");
    check_eq!(from, two_addr);
    check_eq!(sys_recvfrom(one.as_fd(), &mut buf, NO_FLAGS, None)?, b"");
    Ok(())
}

fn sendto_with_more_to_come() -> Outcome {
    let ((one, _), (two, addr)) = (udp()?, udp()?);
    check_eq!(sys_sendto(one.as_fd(), b"first", MSG_MORE, Some(&addr)), Ok(5));
    check_err!(sys_recvfrom(two.as_fd(), &mut [0; 16], MSG_DONTWAIT, None), EAGAIN);
    check_eq!(sys_sendto(one.as_fd(), b" last", NO_FLAGS, Some(&addr)), Ok(5));
    let mut buf = [0; 16];
    check_eq!(receive(&two, &mut buf), Ok(10));
    check_eq!(&buf[..10], b"first last");
    Ok(())
}

fn sendto_without_a_peer() -> Outcome {
    check_err!(sys_sendto(udp()?.0.as_fd(), b"x", NO_FLAGS, None), EDESTADDRREQ);
    check_err!(sys_sendto(tcp()?.as_fd(), b"x", MSG_NOSIGNAL, None), EPIPE);
    check_err!(sys_sendto(bad(), b"x", NO_FLAGS, None), EBADF);
    let short = OtherAddr::new(AF_INET, &[0; 13]).ok_or(EINVAL)?;
    check_err!(
        sys_sendto(udp()?.0.as_fd(), b"x", NO_FLAGS, Some(&short.into())),
        EINVAL
    );
    let v6 = SocketAddrV6::new(Ipv6Addr::LOCALHOST, 9, 0, 0);
    check_err!(
        sys_sendto(udp()?.0.as_fd(), b"x", NO_FLAGS, Some(&v6.into())),
        EAFNOSUPPORT
    );
    Ok(())
}

fn sendto_too_much() -> Outcome {
    static MUCH: [u8; 0x1_0000] = [0; 0x1_0000];
    let ((one, _), (_two, addr)) = (udp()?, udp()?);
    check_err!(sys_sendto(one.as_fd(), &MUCH, NO_FLAGS, Some(&addr)), EMSGSIZE);
    Ok(())
}

fn sendto_after_the_end() -> Outcome {
    let (client, _server) = connection()?;
    sys_shutdown(client.as_fd(), SHUT_WR)?;
    // Without MSG_NOSIGNAL, SIGPIPE would end the program here.
    check_err!(sys_sendto(client.as_fd(), b"x", MSG_NOSIGNAL, None), EPIPE);
    Ok(())
}

fn recvfrom_peeks() -> Outcome {
    let ((one, one_addr), (two, addr)) = (udp()?, udp()?);
    sys_sendto(one.as_fd(), b"look", NO_FLAGS, Some(&addr))?;
    for flags in [MSG_PEEK, MSG_PEEK, NO_FLAGS] {
        let (mut buf, mut from) = ([0; 4], SocketAddr::Unspec);
        check_eq!(sys_recvfrom(two.as_fd(), &mut buf, flags, Some(&mut from)), Ok(4));
        check_eq!((&buf, from), (b"look", one_addr));
    }
    check_err!(sys_recvfrom(two.as_fd(), &mut [0; 4], MSG_DONTWAIT, None), EAGAIN);
    Ok(())
}

fn recvfrom_cuts() -> Outcome {
    let ((one, _), (two, addr)) = (udp()?, udp()?);
    for _ in 0..4 {
        sys_sendto(one.as_fd(), b"0123456789", NO_FLAGS, Some(&addr))?;
    }
    let mut buf = [0; 4];
    check_eq!(receive(&two, &mut buf), Ok(4));
    check_eq!(&buf, b"0123");
    let mut buf = [0; 4];
    check_eq!(sys_recvfrom(two.as_fd(), &mut buf, MSG_TRUNC, None), Ok(10));
    check_eq!(&buf, b"0123");
    // Of memory that is not initialised no more comes back than there is.
    let mut buf = [MaybeUninit::uninit(); 4];
    check_eq!(sys_recvfrom(two.as_fd(), &mut buf, MSG_TRUNC, None)?, b"0123");
    let mut buf = [MaybeUninit::uninit(); 16];
    check_eq!(sys_recvfrom(two.as_fd(), &mut buf[..], MSG_TRUNC, None)?, b"0123456789");
    Ok(())
}

fn recvfrom_discards() -> Outcome {
    let (client, server) = connection()?;
    sys_sendto(client.as_fd(), b"0123456789", NO_FLAGS, None)?;
    let mut buf = [7; 4];
    check_eq!(sys_recvfrom(server.as_fd(), &mut buf, MSG_TRUNC, None), Ok(4));
    check_eq!(buf, [7; 4]);
    // The kernel answers 4 and has written nothing.
    let mut buf = [MaybeUninit::new(7); 4];
    check_eq!(sys_recvfrom(server.as_fd(), &mut buf, MSG_TRUNC, None)?, [0; 4]);
    check_eq!(receive(&server, &mut [0; 4]), Ok(2));
    Ok(())
}

fn recvfrom_waits_for_all() -> Outcome {
    let (client, server) = connection()?;
    sys_sendto(client.as_fd(), b"abcd", NO_FLAGS, None)?;
    let mut buf = [0; 8];
    // Nobody sends the rest: without the flag 4 bytes come at once, with it the time runs out first.
    let limit = SockTimeval {
        tv_sec: 0,
        tv_usec: 50_000,
    };
    sys_setsockopt(server.as_fd(), SO_RCVTIMEO, limit)?;
    let before = sys_clock_gettime(CLOCK_MONOTONIC)?;
    check_eq!(
        sys_recvfrom(server.as_fd(), &mut buf, MSG_WAITALL | MSG_PEEK, None),
        Ok(4)
    );
    let after = sys_clock_gettime(CLOCK_MONOTONIC)?;
    let waited = (after.tv_sec - before.tv_sec) * 1_000_000_000 + after.tv_nsec - before.tv_nsec;
    check!(waited >= 40_000_000);
    check_eq!(receive(&server, &mut buf), Ok(4));
    check_err!(receive(&server, &mut buf), EAGAIN);
    Ok(())
}

fn recvfrom_without_data() -> Outcome {
    let mut from = loopback(1);
    check_err!(
        sys_recvfrom(udp()?.0.as_fd(), &mut [0; 4], MSG_DONTWAIT, Some(&mut from)),
        EAGAIN
    );
    check_eq!(from, loopback(1));
    check_err!(receive(&tcp()?, &mut [0; 4]), ENOTCONN);
    let (client, server) = connection()?;
    check_err!(sys_recvfrom(server.as_fd(), &mut [0; 4], MSG_OOB, None), EINVAL);
    // A stream's data has no sender.
    sys_sendto(client.as_fd(), b"x", NO_FLAGS, None)?;
    check_eq!(
        sys_recvfrom(server.as_fd(), &mut [0; 4], NO_FLAGS, Some(&mut from)),
        Ok(1)
    );
    check_eq!(from, SocketAddr::Unspec);
    check_err!(sys_recvfrom(bad(), &mut [0; 4], NO_FLAGS, None), EBADF);
    Ok(())
}

fn recvfrom_after_a_refusal() -> Outcome {
    let (one, _) = udp()?;
    let (gone, addr) = udp()?;
    sys_connect(one.as_fd(), &addr)?;
    drop(gone);
    check_eq!(sys_sendto(one.as_fd(), b"x", NO_FLAGS, None), Ok(1));
    check_err!(receive(&one, &mut [0; 4]), ECONNREFUSED);
    Ok(())
}

fn shutdown_ends_halves() -> Outcome {
    let (client, server) = connection()?;
    sys_sendto(client.as_fd(), b"last", NO_FLAGS, None)?;
    check_eq!(sys_shutdown(client.as_fd(), SHUT_WR), Ok(()));
    let mut buf = [0; 8];
    check_eq!(receive(&server, &mut buf), Ok(4));
    check_eq!(receive(&server, &mut buf), Ok(0));
    // The other direction is still open, until it is shut down for receiving.
    check_eq!(sys_sendto(server.as_fd(), b"answer", NO_FLAGS, None), Ok(6));
    check_eq!(receive(&client, &mut buf), Ok(6));
    check_eq!(sys_shutdown(client.as_fd(), SHUT_RD), Ok(()));
    check_eq!(receive(&client, &mut buf), Ok(0));

    let (client, server) = connection()?;
    check_eq!(sys_shutdown(server.as_fd(), SHUT_RDWR), Ok(()));
    check_eq!(receive(&server, &mut buf), Ok(0));
    check_eq!(receive(&client, &mut buf), Ok(0));
    check_err!(sys_sendto(server.as_fd(), b"x", MSG_NOSIGNAL, None), EPIPE);
    Ok(())
}

fn shutdown_without_a_connection() -> Outcome {
    check_err!(sys_shutdown(tcp()?.as_fd(), SHUT_RDWR), ENOTCONN);
    check_err!(sys_shutdown(bad(), SHUT_RDWR), EBADF);
    let (client, _server) = connection()?;
    check_err!(sys_shutdown(client.as_fd(), ShutdownHow::from_bits(3)), EINVAL);
    Ok(())
}

fn another_family_stays_raw() -> Outcome {
    let socket = sys_socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, Protocol::DEFAULT)?;
    // struct sockaddr_nl: two bytes of padding, nl_pid, nl_groups (netlink(7)). An nl_pid that no process has.
    let id = 0x7fff_0000 + sys_getpid().as_raw() as u32;
    let mut data = [0; 10];
    data[2..6].copy_from_slice(&id.to_ne_bytes());
    let addr = OtherAddr::new(AF_NETLINK, &data).ok_or(EINVAL)?;
    check_eq!(sys_bind(socket.as_fd(), &addr.into()), Ok(()));
    check_eq!(sys_getsockname(socket.as_fd()), Ok(addr.into()));
    Ok(())
}

fn calls_on_no_socket() -> Outcome {
    let (pipe, _writer) = sys_pipe2(O_CLOEXEC)?;
    let fd = pipe.as_fd();
    check_err!(sys_bind(fd, &loopback(0)), ENOTSOCK);
    check_err!(sys_listen(fd, 1), ENOTSOCK);
    check_err!(sys_accept4(fd, None, SOCK_CLOEXEC), ENOTSOCK);
    check_err!(sys_connect(fd, &loopback(1)), ENOTSOCK);
    check_err!(sys_sendto(fd, b"x", NO_FLAGS, None), ENOTSOCK);
    check_err!(sys_recvfrom(fd, &mut [0; 4], NO_FLAGS, None), ENOTSOCK);
    check_err!(sys_shutdown(fd, SHUT_RDWR), ENOTSOCK);
    check_err!(sys_getsockname(fd), ENOTSOCK);
    check_err!(sys_setsockopt(fd, SO_REUSEADDR, true), ENOTSOCK);
    check_err!(sys_getsockopt(fd, SO_REUSEADDR), ENOTSOCK);
    Ok(())
}
