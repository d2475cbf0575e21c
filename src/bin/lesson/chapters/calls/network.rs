//! Two processes and a connection between them.

use core::net::{Ipv4Addr, SocketAddrV4};

use rawtrap::{
    AF_INET, OwnedFd, POLLIN, PollEvents, Pollfd, Protocol, SHUT_WR, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM,
    SocketAddr, Timespec, read_to_end, retry, sys_accept4, sys_bind, sys_connect, sys_getsockname, sys_listen,
    sys_ppoll, sys_shutdown, sys_socket, write_all,
};

use super::child::Child;
use crate::lesson::{Lesson, Of, Outcome, Stop, answer, rust, same, shown, text};

const QUESTION: &[u8] = b"ping";
const REPLY: &[u8] = b"pong";

/// Loopback is quick; a packet filter that drops the connection must not hold the lesson up.
const PATIENCE: Timespec = Timespec { tv_sec: 10, tv_nsec: 0 };

pub fn server_and_client(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "A server makes a socket, binds it to an address, listens, and accepts connections. Here the address is this \
         machine's own, and port 0 leaves the choice to the kernel. The client is a process of its own, which knows \
         nothing but the address."
    )?;
    let address: SocketAddr = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into();
    // It never waits in accept: ppoll does that for it, and sees the client's end as well.
    shown!(lesson, let server = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, Protocol::DEFAULT) => "socket");
    shown!(lesson, sys_bind(server.as_fd(), &address)).of(&"bind")?;
    shown!(lesson, sys_listen(server.as_fd(), 1)).of(&"listen")?;
    shown!(lesson, let address = sys_getsockname(server.as_fd()) => "getsockname");
    let SocketAddr::V4(chosen) = address else {
        return Err(Stop::unexpected(&"getsockname: not the family that was bound"));
    };
    answer!(lesson, "getsockname -> port {}", chosen.port())?;

    rust!(lesson, "sys_connect(client.as_fd(), &address) // in the client")?;
    let inherited = server.as_raw();
    let child = Child::start(|_| {
        // SAFETY: this process's own copy; the variable `server` is never dropped in here.
        drop(unsafe { OwnedFd::from_raw(inherited) });
        client(&address)
    })?;
    // Whatever happens from here on, the server's ends are closed before the child is waited for.
    let server = server;
    let mut fds = [server.as_fd(), child.report()].map(|fd| Pollfd {
        fd,
        events: POLLIN,
        revents: PollEvents::empty(),
    });
    let mut patience = PATIENCE;
    retry(|| sys_ppoll(&mut fds, Some(&mut patience), None)).of(&"ppoll")?;
    if !fds[0].revents.contains(POLLIN) {
        if fds[1].revents == PollEvents::empty() {
            return Err(Stop::unexpected(&"accept4: no client came"));
        }
        // It went away. Why?
        child.wait()?;
        return Err(Stop::unexpected(&"accept4: the client ended without a connection"));
    }
    let mut peer = SocketAddr::default();
    shown!(lesson, let connection = sys_accept4(server.as_fd(), Some(&mut peer), SOCK_CLOEXEC) => "accept4");
    let SocketAddr::V4(peer) = peer else {
        return Err(Stop::unexpected(&"accept4: not the family that was bound"));
    };
    answer!(
        lesson,
        "accept4 -> fd {connection:?}, from port {}, client {:?}",
        peer.port(),
        child.pid
    )?;
    let mut buf = [0; 64];
    shown!(lesson, let count = read_to_end(connection.as_fd(), &mut buf) => "read");
    answer!(lesson, "the server reads {}", same(&buf[..count], QUESTION)?)?;
    shown!(lesson, write_all(connection.as_fd(), REPLY)).of(&"write")?;
    drop(connection);
    let status = child.wait()?;
    if status.exited() != Some(0) {
        return Err(Stop::unexpected(&"wait4: the client did not exit with 0"));
    }
    answer!(lesson, "the client has compared the reply, and exited with 0")
}

/// The other process: sends the question, says that this was all, and reads the reply.
fn client(address: &SocketAddr) -> Outcome {
    let socket = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, Protocol::DEFAULT).of(&"socket")?;
    sys_connect(socket.as_fd(), address).of(&"connect")?;
    write_all(socket.as_fd(), QUESTION).of(&"write")?;
    sys_shutdown(socket.as_fd(), SHUT_WR).of(&"shutdown")?;
    let mut buf = [0; 64];
    let count = read_to_end(socket.as_fd(), &mut buf).of(&"read")?;
    same(&buf[..count], REPLY)?;
    Ok(())
}
