//! Unix sockets: by path, by abstract name, without name.
#![no_std]
#![no_main]

use core::ffi::CStr;
use core::fmt::Write;

use rawtrap::*;
use rawtrap_programs::scratch::{Scratch, in_scratch};
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    socketpair_exchanges,
    socketpair_keeps_datagrams_apart,
    socketpair_flags,
    stream_by_path,
    datagrams_by_path,
    path_without_room_for_its_zero,
    path_that_is_taken,
    path_that_leads_nowhere,
    stream_by_abstract_name,
    abstract_name_is_read_back,
    abstract_names_may_hold_zeros,
    kernel_chooses_a_name,
    nobody_listens,
    too_many_wait,
    another_type,
    already_connected,
    unnamed_sender,
];

const NO_FLAGS: MsgFlags = MsgFlags::empty();

fn socket(socket_type: SocketType) -> Result<OwnedFd> {
    sys_socket(AF_UNIX, socket_type | SOCK_CLOEXEC, Protocol::DEFAULT)
}

fn pair(socket_type: SocketType) -> Result<(OwnedFd, OwnedFd)> {
    sys_socketpair(AF_UNIX, socket_type | SOCK_CLOEXEC, Protocol::DEFAULT)
}

/// Text that ends with a zero byte.
struct Text {
    bytes: [u8; 128],
    len: usize,
}

impl Text {
    fn new(text: core::fmt::Arguments<'_>) -> Text {
        let mut new = Text {
            bytes: [0; 128],
            len: 0,
        };
        // What is too long is cut, and the case fails by that.
        let _ = new.write_fmt(text);
        new
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn as_path(&self) -> Result<SocketAddr> {
        let path = CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default();
        UnixAddr::from_path(path).map(SocketAddr::from)
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.len + text.len();
        // The last byte stays zero.
        let room = self.bytes[..127].get_mut(self.len..end).ok_or(core::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// A path in the case's directory.
fn path(scratch: &Scratch, name: &str) -> Text {
    let dir = scratch.path().to_str().unwrap_or_default();
    Text::new(format_args!("{dir}/{name}"))
}

/// An abstract name that no other process uses.
fn abstract_name(name: &str) -> Text {
    Text::new(format_args!("rawtrap-{}-{name}", sys_getpid().as_raw()))
}

fn hidden(name: &str) -> Result<SocketAddr> {
    UnixAddr::from_abstract(abstract_name(name).as_bytes()).map(SocketAddr::from)
}

fn receive(socket: &OwnedFd, buf: &mut [u8]) -> Result<usize> {
    sys_recvfrom(socket.as_fd(), buf, NO_FLAGS, None)
}

fn socketpair_exchanges() -> Outcome {
    let (one, other) = pair(SOCK_STREAM)?;
    check_eq!(sys_sendto(one.as_fd(), b"ping", NO_FLAGS, None), Ok(4));
    let mut buf = [0; 8];
    check_eq!(receive(&other, &mut buf), Ok(4));
    check_eq!(&buf[..4], b"ping");
    check_eq!(sys_getsockname(one.as_fd()), Ok(UnixAddr::UNNAMED.into()));
    sys_shutdown(one.as_fd(), SHUT_WR)?;
    check_eq!(receive(&other, &mut buf), Ok(0));
    drop(other);
    check_err!(sys_sendto(one.as_fd(), b"x", MSG_NOSIGNAL, None), EPIPE);
    Ok(())
}

fn socketpair_keeps_datagrams_apart() -> Outcome {
    for socket_type in [SOCK_DGRAM, SOCK_SEQPACKET] {
        let (one, other) = pair(socket_type)?;
        check_eq!(sys_getsockopt(one.as_fd(), SO_TYPE), Ok(socket_type));
        sys_sendto(one.as_fd(), b"a", NO_FLAGS, None)?;
        sys_sendto(one.as_fd(), b"bc", NO_FLAGS, None)?;
        check_eq!(receive(&other, &mut [0; 8]), Ok(1));
        check_eq!(receive(&other, &mut [0; 8]), Ok(2));
        check_err!(sys_recvfrom(other.as_fd(), &mut [0; 8], MSG_DONTWAIT, None), EAGAIN);
    }
    Ok(())
}

fn socketpair_flags() -> Outcome {
    let (one, other) = sys_socketpair(AF_UNIX, SOCK_STREAM, Protocol::DEFAULT)?;
    for end in [one, other] {
        check_eq!(sys_fcntl_getfd(end.as_fd()), Ok(FdFlags::empty()));
    }
    let (one, other) = pair(SOCK_STREAM | SOCK_NONBLOCK)?;
    for end in [one, other] {
        check_eq!(sys_fcntl_getfd(end.as_fd()), Ok(FD_CLOEXEC));
        check!(sys_fcntl_getfl(end.as_fd())?.contains(O_NONBLOCK));
    }
    check_err!(
        sys_socketpair(AF_UNIX, SOCK_STREAM, Protocol::from_bits(77)),
        EPROTONOSUPPORT
    );
    Ok(())
}

fn stream(addr: &SocketAddr) -> Outcome {
    let (server, client) = (socket(SOCK_STREAM)?, socket(SOCK_STREAM)?);
    check_err!(sys_listen(server.as_fd(), 1), EINVAL);
    sys_bind(server.as_fd(), addr)?;
    sys_listen(server.as_fd(), 1)?;
    sys_connect(client.as_fd(), addr)?;
    let mut peer = SocketAddr::Unspec;
    let connection = sys_accept4(server.as_fd(), Some(&mut peer), SOCK_CLOEXEC)?;
    check_eq!(peer, UnixAddr::UNNAMED.into());
    check_eq!(sys_sendto(client.as_fd(), b"hello", NO_FLAGS, None), Ok(5));
    let mut buf = [0; 8];
    check_eq!(receive(&connection, &mut buf), Ok(5));
    check_eq!(&buf[..5], b"hello");
    Ok(())
}

fn stream_by_path() -> Outcome {
    in_scratch(|scratch| stream(&path(scratch, "stream").as_path()?))
}

fn datagrams_by_path() -> Outcome {
    in_scratch(|scratch| {
        let here = path(scratch, "here");
        let (here_addr, there_addr) = (here.as_path()?, path(scratch, "there").as_path()?);
        let (one, other) = (socket(SOCK_DGRAM)?, socket(SOCK_DGRAM)?);
        sys_bind(one.as_fd(), &here_addr)?;
        sys_bind(other.as_fd(), &there_addr)?;
        check_eq!(
            sys_sendto(one.as_fd(), b"0123456789", NO_FLAGS, Some(&there_addr)),
            Ok(10)
        );
        let (mut buf, mut from) = ([0; 4], SocketAddr::Unspec);
        check_eq!(
            sys_recvfrom(other.as_fd(), &mut buf, MSG_PEEK | MSG_TRUNC, Some(&mut from)),
            Ok(10)
        );
        check_eq!((&buf, from), (b"0123", here_addr));
        let SocketAddr::Unix(sender) = from else {
            return Err(EINVAL.into());
        };
        check_eq!(sender.name(), UnixName::Path(here.as_bytes()));
        check_eq!(sys_getsockname(other.as_fd()), Ok(there_addr));
        Ok(())
    })
}

/// 108 bytes: the kernel answers the path with its zero, 111 bytes with the family, more than the struct has.
fn path_without_room_for_its_zero() -> Outcome {
    in_scratch(|scratch| {
        let mut path = path(scratch, "");
        while path.as_bytes().len() < 108 {
            let _ = path.write_str("p");
        }
        let (server, addr) = (socket(SOCK_DGRAM)?, path.as_path()?);
        sys_bind(server.as_fd(), &addr)?;
        check_eq!(sys_getsockname(server.as_fd()), Ok(addr));
        check_eq!(
            sys_sendto(socket(SOCK_DGRAM)?.as_fd(), b"x", NO_FLAGS, Some(&addr)),
            Ok(1)
        );
        check_eq!(receive(&server, &mut [0; 4]), Ok(1));
        let _ = path.write_str("p");
        check_eq!(path.as_path(), Err(ENAMETOOLONG));
        Ok(())
    })
}

fn path_that_is_taken() -> Outcome {
    in_scratch(|scratch| {
        let addr = path(scratch, "taken").as_path()?;
        let one = socket(SOCK_STREAM)?;
        sys_bind(one.as_fd(), &addr)?;
        check_err!(sys_bind(socket(SOCK_STREAM)?.as_fd(), &addr), EADDRINUSE);
        // The path stays when the socket is closed.
        drop(one);
        check_err!(sys_bind(socket(SOCK_STREAM)?.as_fd(), &addr), EADDRINUSE);
        check_err!(sys_connect(socket(SOCK_STREAM)?.as_fd(), &addr), ECONNREFUSED);
        Ok(())
    })
}

fn path_that_leads_nowhere() -> Outcome {
    in_scratch(|scratch| {
        let nowhere = path(scratch, "nowhere").as_path()?;
        check_err!(sys_connect(socket(SOCK_STREAM)?.as_fd(), &nowhere), ENOENT);
        check_err!(
            sys_sendto(socket(SOCK_DGRAM)?.as_fd(), b"x", NO_FLAGS, Some(&nowhere)),
            ENOENT
        );
        let file = path(scratch, "file").as_path()?;
        sys_bind(socket(SOCK_STREAM)?.as_fd(), &file)?;
        let below = path(scratch, "file/below").as_path()?;
        check_err!(sys_bind(socket(SOCK_STREAM)?.as_fd(), &below), ENOTDIR);
        Ok(())
    })
}

fn stream_by_abstract_name() -> Outcome {
    stream(&hidden("stream")?)
}

fn abstract_name_is_read_back() -> Outcome {
    let (one, addr) = (socket(SOCK_DGRAM)?, hidden("back")?);
    sys_bind(one.as_fd(), &addr)?;
    check_eq!(sys_getsockname(one.as_fd()), Ok(addr));
    Ok(())
}

fn abstract_names_may_hold_zeros() -> Outcome {
    // Two names, of which the longer only has a zero more.
    let short = hidden("zero")?;
    let mut name = abstract_name("zero");
    name.len += 1;
    let long = UnixAddr::from_abstract(name.as_bytes())?.into();
    let (one, other) = (socket(SOCK_DGRAM)?, socket(SOCK_DGRAM)?);
    sys_bind(one.as_fd(), &short)?;
    check_err!(sys_bind(other.as_fd(), &short), EADDRINUSE);
    check_eq!(sys_bind(other.as_fd(), &long), Ok(()));
    check_eq!(sys_getsockname(other.as_fd()), Ok(long));
    Ok(())
}

fn kernel_chooses_a_name() -> Outcome {
    let one = socket(SOCK_DGRAM)?;
    check_eq!(sys_bind(one.as_fd(), &UnixAddr::UNNAMED.into()), Ok(()));
    let SocketAddr::Unix(addr) = sys_getsockname(one.as_fd())? else {
        return Err(EINVAL.into());
    };
    // Five digits (unix(7), "Autobind feature").
    let UnixName::Abstract(name) = addr.name() else {
        return Err(rawtrap_programs::Failure::new(format_args!("{addr:?}")));
    };
    check_eq!(name.len(), 5);
    check!(name.iter().all(u8::is_ascii_hexdigit));
    check_eq!(
        sys_sendto(socket(SOCK_DGRAM)?.as_fd(), b"x", NO_FLAGS, Some(&addr.into())),
        Ok(1)
    );
    check_eq!(receive(&one, &mut [0; 4]), Ok(1));
    Ok(())
}

fn nobody_listens() -> Outcome {
    let addr = hidden("deaf")?;
    check_err!(sys_connect(socket(SOCK_STREAM)?.as_fd(), &addr), ECONNREFUSED);
    let deaf = socket(SOCK_STREAM)?;
    sys_bind(deaf.as_fd(), &addr)?;
    check_err!(sys_connect(socket(SOCK_STREAM)?.as_fd(), &addr), ECONNREFUSED);
    check_err!(sys_accept4(deaf.as_fd(), None, SOCK_CLOEXEC), EINVAL);
    check_err!(receive(&deaf, &mut [0; 4]), EINVAL);
    Ok(())
}

fn too_many_wait() -> Outcome {
    // A Unix listener lets one more wait than its backlog says.
    for backlog in [0, 2] {
        let (server, addr) = (socket(SOCK_STREAM)?, hidden("queue")?);
        sys_bind(server.as_fd(), &addr)?;
        sys_listen(server.as_fd(), backlog)?;
        let client = || socket(SOCK_STREAM | SOCK_NONBLOCK);
        let waiting = [client()?, client()?, client()?];
        for client in &waiting[..=backlog as usize] {
            check_eq!(sys_connect(client.as_fd(), &addr), Ok(()));
        }
        check_err!(sys_connect(client()?.as_fd(), &addr), EAGAIN);
    }
    Ok(())
}

fn another_type() -> Outcome {
    in_scratch(|scratch| {
        let (server, addr) = (socket(SOCK_DGRAM)?, path(scratch, "type").as_path()?);
        sys_bind(server.as_fd(), &addr)?;
        check_err!(sys_connect(socket(SOCK_STREAM)?.as_fd(), &addr), EPROTOTYPE);
        check_err!(sys_listen(server.as_fd(), 1), EOPNOTSUPP);
        check_err!(sys_accept4(server.as_fd(), None, SOCK_CLOEXEC), EOPNOTSUPP);
        // Abstract names are one space a type.
        let (other, addr) = (socket(SOCK_DGRAM)?, hidden("type")?);
        sys_bind(other.as_fd(), &addr)?;
        check_err!(sys_connect(socket(SOCK_STREAM)?.as_fd(), &addr), ECONNREFUSED);
        check_eq!(sys_bind(socket(SOCK_STREAM)?.as_fd(), &addr), Ok(()));
        Ok(())
    })
}

fn already_connected() -> Outcome {
    let (server, addr) = (socket(SOCK_STREAM)?, hidden("twice")?);
    sys_bind(server.as_fd(), &addr)?;
    sys_listen(server.as_fd(), 4)?;
    let client = socket(SOCK_STREAM)?;
    sys_connect(client.as_fd(), &addr)?;
    check_err!(sys_connect(client.as_fd(), &addr), EISCONN);
    check_err!(sys_sendto(client.as_fd(), b"x", NO_FLAGS, Some(&addr)), EISCONN);
    Ok(())
}

fn unnamed_sender() -> Outcome {
    let (server, addr) = (socket(SOCK_DGRAM)?, hidden("sender")?);
    sys_bind(server.as_fd(), &addr)?;
    sys_sendto(socket(SOCK_DGRAM)?.as_fd(), b"x", NO_FLAGS, Some(&addr))?;
    let mut from = addr;
    check_eq!(
        sys_recvfrom(server.as_fd(), &mut [0; 4], NO_FLAGS, Some(&mut from)),
        Ok(1)
    );
    check_eq!(from, SocketAddr::Unspec);
    Ok(())
}
