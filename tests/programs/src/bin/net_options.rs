//! Options of sockets.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::net::{Ipv4Addr, SocketAddrV4};

use rawtrap::*;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    what_the_socket_is,
    reuseaddr_takes_effect,
    flags_go_and_come,
    numbers_go_and_come,
    buffers_are_doubled,
    linger_goes_and_comes,
    linger_takes_effect,
    rcvtimeo_takes_effect,
    tcp_options,
    ip_options,
    peercred_is_this_process,
    congestion_by_name,
    congestion_of_any_length,
    congestion_unknown,
    options_that_are_unknown,
    options_of_a_wrong_value,
    options_of_a_bad_fd,
];

fn tcp() -> Result<OwnedFd> {
    sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)
}

fn udp() -> Result<OwnedFd> {
    sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP)
}

/// Sets an option and reads it back.
fn goes_and_comes<T: OptionValue + Copy + PartialEq + core::fmt::Debug>(
    fd: BorrowedFd<'_>,
    option: SockOpt<T>,
    values: &[T],
) -> Outcome {
    for value in values {
        sys_setsockopt(fd, option, *value)?;
        let answer = sys_getsockopt(fd, option)?;
        if answer != *value {
            return Err(rawtrap_programs::Failure::new(format_args!(
                "{option:?} is {answer:?}, expected {value:?}"
            )));
        }
    }
    Ok(())
}

fn what_the_socket_is() -> Outcome {
    let socket = tcp()?;
    check_eq!(sys_getsockopt(socket.as_fd(), SO_TYPE), Ok(SOCK_STREAM));
    check_eq!(sys_getsockopt(socket.as_fd(), SO_DOMAIN), Ok(AF_INET));
    check_eq!(sys_getsockopt(socket.as_fd(), SO_PROTOCOL), Ok(IPPROTO_TCP));
    check_eq!(sys_getsockopt(socket.as_fd(), SO_ERROR), Ok(None));
    check_eq!(sys_getsockopt(udp()?.as_fd(), SO_TYPE), Ok(SOCK_DGRAM));
    Ok(())
}

fn reuseaddr_takes_effect() -> Outcome {
    let any = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0);
    for (share, expected) in [(false, Err(EADDRINUSE)), (true, Ok(()))] {
        let (one, other) = (udp()?, udp()?);
        sys_setsockopt(one.as_fd(), SO_REUSEADDR, share)?;
        sys_setsockopt(other.as_fd(), SO_REUSEADDR, share)?;
        sys_bind(one.as_fd(), &any.into())?;
        check_eq!(sys_bind(other.as_fd(), &sys_getsockname(one.as_fd())?), expected);
    }
    Ok(())
}

fn flags_go_and_come() -> Outcome {
    let socket = tcp()?;
    for option in [
        SO_REUSEADDR,
        SO_REUSEPORT,
        SO_KEEPALIVE,
        SO_BROADCAST,
        SO_OOBINLINE,
        SO_DONTROUTE,
    ] {
        check_eq!(sys_getsockopt(socket.as_fd(), option), Ok(false));
        goes_and_comes(socket.as_fd(), option, &[true, false, true])?;
    }
    Ok(())
}

fn numbers_go_and_come() -> Outcome {
    let socket = tcp()?;
    goes_and_comes(socket.as_fd(), SO_PRIORITY, &[5, 0])?;
    goes_and_comes(socket.as_fd(), SO_RCVLOWAT, &[17, 1])
}

fn buffers_are_doubled() -> Outcome {
    let socket = udp()?;
    for option in [SO_SNDBUF, SO_RCVBUF] {
        sys_setsockopt(socket.as_fd(), option, 20_000)?;
        check_eq!(sys_getsockopt(socket.as_fd(), option), Ok(40_000));
    }
    Ok(())
}

fn linger_goes_and_comes() -> Outcome {
    // The time is kept while it is off, so that 0 is set before.
    let values = [(1, 7), (1, 0), (0, 0)].map(|(l_onoff, l_linger)| Linger { l_onoff, l_linger });
    goes_and_comes(tcp()?.as_fd(), SO_LINGER, &values)
}

fn linger_takes_effect() -> Outcome {
    let server = tcp()?;
    sys_bind(server.as_fd(), &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into())?;
    sys_listen(server.as_fd(), 1)?;
    let client = tcp()?;
    sys_connect(client.as_fd(), &sys_getsockname(server.as_fd())?)?;
    let connection = sys_accept4(server.as_fd(), None, SOCK_CLOEXEC)?;
    sys_setsockopt(
        client.as_fd(),
        SO_LINGER,
        Linger {
            l_onoff: 1,
            l_linger: 0,
        },
    )?;
    drop(client);
    check_err!(
        sys_recvfrom(connection.as_fd(), &mut [0; 1], MsgFlags::empty(), None),
        ECONNRESET
    );
    Ok(())
}

fn rcvtimeo_takes_effect() -> Outcome {
    let socket = udp()?;
    let never = SockTimeval { tv_sec: 0, tv_usec: 0 };
    check_eq!(sys_getsockopt(socket.as_fd(), SO_RCVTIMEO), Ok(never));
    // Whole seconds come back as they went; parts are rounded up to the kernel's tick.
    let seconds = [3, 1].map(|tv_sec| SockTimeval { tv_sec, tv_usec: 0 });
    goes_and_comes(socket.as_fd(), SO_RCVTIMEO, &seconds)?;
    goes_and_comes(socket.as_fd(), SO_SNDTIMEO, &seconds)?;
    sys_setsockopt(
        socket.as_fd(),
        SO_RCVTIMEO,
        SockTimeval {
            tv_sec: 0,
            tv_usec: 40_000,
        },
    )?;
    let rounded = sys_getsockopt(socket.as_fd(), SO_RCVTIMEO)?;
    check!(rounded.tv_sec == 0 && (40_000..=50_000).contains(&rounded.tv_usec));
    check_err!(
        sys_recvfrom(socket.as_fd(), &mut [0; 1], MsgFlags::empty(), None),
        EAGAIN
    );
    Ok(())
}

fn tcp_options() -> Outcome {
    let socket = tcp()?;
    goes_and_comes(socket.as_fd(), TCP_NODELAY, &[true, false, true])?;
    goes_and_comes(socket.as_fd(), TCP_CORK, &[true, false])?;
    goes_and_comes(socket.as_fd(), TCP_KEEPIDLE, &[77])?;
    goes_and_comes(socket.as_fd(), TCP_KEEPINTVL, &[78])?;
    goes_and_comes(socket.as_fd(), TCP_KEEPCNT, &[9])?;
    goes_and_comes(socket.as_fd(), TCP_USER_TIMEOUT, &[12_345])
}

fn ip_options() -> Outcome {
    let socket = udp()?;
    goes_and_comes(socket.as_fd(), IP_TTL, &[1, 200])?;
    goes_and_comes(socket.as_fd(), IP_TOS, &[0x10])?;
    goes_and_comes(socket.as_fd(), IP_MULTICAST_LOOP, &[false, true])?;
    goes_and_comes(socket.as_fd(), IP_MULTICAST_TTL, &[3])?;
    goes_and_comes(socket.as_fd(), UDP_CORK, &[true, false])
}

fn peercred_is_this_process() -> Outcome {
    let (one, _other) = sys_socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, Protocol::DEFAULT)?;
    let peer = sys_getsockopt(one.as_fd(), SO_PEERCRED)?;
    check_eq!(peer.pid, sys_getpid());
    check_eq!(peer.uid, sys_geteuid());
    check_eq!(peer.gid, sys_getegid());
    Ok(())
}

fn congestion_by_name() -> Outcome {
    let socket = tcp()?;
    // Every kernel has reno.
    check_eq!(sys_setsockopt_bytes(socket.as_fd(), TCP_CONGESTION, b"reno"), Ok(()));
    let mut name = [MaybeUninit::uninit(); 64];
    check!(sys_getsockopt_bytes(socket.as_fd(), TCP_CONGESTION, &mut name)?.starts_with(b"reno"));
    Ok(())
}

fn congestion_of_any_length() -> Outcome {
    let socket = tcp()?;
    sys_setsockopt_bytes(socket.as_fd(), TCP_CONGESTION, b"reno")?;
    // TCP_CA_NAME_MAX bytes, filled up with zeros.
    let mut name = [MaybeUninit::uninit(); 64];
    check_eq!(
        sys_getsockopt_bytes(socket.as_fd(), TCP_CONGESTION, &mut name[..])?,
        b"reno\0\0\0\0\0\0\0\0\0\0\0\0"
    );
    let mut name = [7; 5];
    check!(sys_getsockopt_bytes(socket.as_fd(), TCP_CONGESTION, &mut name[..3])? == 3);
    check_eq!(&name, b"ren\x07\x07");
    Ok(())
}

fn congestion_unknown() -> Outcome {
    let socket = tcp()?;
    check_err!(
        sys_setsockopt_bytes(socket.as_fd(), TCP_CONGESTION, b"none such"),
        ENOENT
    );
    check_err!(sys_setsockopt_bytes(socket.as_fd(), TCP_CONGESTION, b""), EINVAL);
    check_err!(
        sys_getsockopt_bytes(udp()?.as_fd(), TCP_CONGESTION, &mut [0; 16]),
        EOPNOTSUPP
    );
    Ok(())
}

fn options_that_are_unknown() -> Outcome {
    // SAFETY: no kernel has them.
    let (socket_level, no_level) = unsafe {
        (
            SockOpt::<i32>::new(SOL_SOCKET, 0x7ff0),
            SockOpt::<i32>::new(SocketLevel::from_bits(0x7ff0), 1),
        )
    };
    let socket = tcp()?;
    check_err!(sys_setsockopt(socket.as_fd(), socket_level, 1), ENOPROTOOPT);
    check_err!(sys_getsockopt(socket.as_fd(), socket_level), ENOPROTOOPT);
    check_err!(sys_setsockopt(socket.as_fd(), no_level, 1), ENOPROTOOPT);
    // To be read only.
    check_err!(sys_setsockopt(socket.as_fd(), SO_TYPE, SOCK_DGRAM), ENOPROTOOPT);
    Ok(())
}

fn options_of_a_wrong_value() -> Outcome {
    let socket = tcp()?;
    let too_many = SockTimeval {
        tv_sec: 0,
        tv_usec: 1_000_000,
    };
    check_err!(sys_setsockopt(socket.as_fd(), SO_RCVTIMEO, too_many), EDOM);
    check_err!(sys_setsockopt(socket.as_fd(), IP_TTL, 256), EINVAL);
    // SAFETY: an int, of which the kernel misses three bytes.
    let short = unsafe { SockOpt::<[u8]>::new(SO_REUSEADDR.level(), SO_REUSEADDR.name()) };
    check_err!(sys_setsockopt_bytes(socket.as_fd(), short, &[1]), EINVAL);
    check!(!sys_getsockopt(socket.as_fd(), SO_REUSEADDR)?);
    Ok(())
}

fn options_of_a_bad_fd() -> Outcome {
    check_err!(sys_setsockopt(bad(), SO_REUSEADDR, true), EBADF);
    check_err!(sys_getsockopt(bad(), SO_REUSEADDR), EBADF);
    check_err!(sys_setsockopt_bytes(bad(), TCP_CONGESTION, b"reno"), EBADF);
    check_err!(sys_getsockopt_bytes(bad(), TCP_CONGESTION, &mut [0; 16]), EBADF);
    Ok(())
}
