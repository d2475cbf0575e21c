//! What the watcher prints of sockets, of processes, and of arguments that are wrong.
#![no_std]
#![no_main]

use core::fmt::Write as _;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use core::ptr;
use core::sync::atomic::AtomicU32;

use rawtrap::*;
use rawtrap_programs::log::{Log, Text, expect, watch};
use rawtrap_programs::threads::{Stack, THREAD, Thread};
use rawtrap_programs::{Outcome, PAGES, bad, cases, check, check_eq, check_err};

cases![
    sockets_of_ip,
    addresses_of_every_family,
    socket_options,
    identity_and_limits,
    futexes,
    a_thread_is_made,
    a_child_is_made_and_waited_for,
    execve_comes_back_only_if_it_fails,
    calls_without_a_signature,
    bad_pointers,
    null_pointers,
];

fn sockets_of_ip() -> Outcome {
    let log = Log::new()?;
    let any = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into();
    let mut peer = SocketAddr::Unspec;
    let mut sender = SocketAddr::Unspec;
    let (server, client, connection, port, peer_port) = watch(&log, || {
        let server = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)?;
        sys_bind(server.as_fd(), &any)?;
        sys_listen(server.as_fd(), 16)?;
        let at = sys_getsockname(server.as_fd())?;
        let client = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)?;
        sys_connect(client.as_fd(), &at)?;
        let connection = sys_accept4(server.as_fd(), Some(&mut peer), SOCK_CLOEXEC)?;
        sys_sendto(client.as_fd(), b"ping", MSG_NOSIGNAL, None)?;
        sys_recvfrom(connection.as_fd(), &mut [0; 8], MsgFlags::empty(), None)?;
        sys_shutdown(client.as_fd(), SHUT_WR)?;
        let _ = sys_accept4(bad(), Some(&mut sender), SocketType::default());
        let (SocketAddr::V4(at), SocketAddr::V4(peer)) = (at, peer) else {
            return Err(EINVAL);
        };
        Ok((server, client, connection, at.port(), peer.port()))
    })?;
    let (s, c, n) = (server.as_raw(), client.as_raw(), connection.as_raw());
    let mut text = Text::new();
    log.take(&mut text)?;
    // The address of the room for an address is nobody's business.
    let last = text.lines().last().unwrap_or_default();
    check!(last.starts_with(b"accept4(999, 0x") && last.ends_with(b", [128], 0) = -1 EBADF (bad file descriptor)\n"));
    let log = Log::new()?;
    sys_write(log.fd(), &text.as_bytes()[..text.as_bytes().len() - last.len()])?;
    expect(
        &log,
        format_args!(
            "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = {s}\n\
             bind({s}, {{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr(\"127.0.0.1\")}}, 16) = 0\n\
             listen({s}, 16) = 0\n\
             getsockname({s}, {{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")}}, \
             [128 => 16]) = 0\n\
             socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = {c}\n\
             connect({c}, {{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")}}, 16) = 0\n\
             accept4({s}, {{sa_family=AF_INET, sin_port=htons({peer_port}), sin_addr=inet_addr(\"127.0.0.1\")}}, \
             [128 => 16], SOCK_CLOEXEC) = {n}\n\
             sendto({c}, \"ping\", 4, MSG_NOSIGNAL, NULL, 0) = 4\n\
             recvfrom({n}, \"ping\", 8, 0, NULL, NULL) = 4\n\
             shutdown({c}, SHUT_WR) = 0\n",
        ),
    )
}

fn addresses_of_every_family() -> Outcome {
    let log = Log::new()?;
    let six = SocketAddr::from(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 53, 0, 3));
    let path = SocketAddr::from(UnixAddr::from_path(c"/none/s")?);
    let name = SocketAddr::from(UnixAddr::from_abstract(b"a\0\"")?);
    let other = SocketAddr::from(OtherAddr::new(AF_ALG, b"hash").ok_or(EINVAL)?);
    watch(&log, || {
        let (one, two) = sys_socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, Protocol::DEFAULT)?;
        for addr in [&six, &path, &name, &other, &SocketAddr::from(UnixAddr::UNNAMED)] {
            let _ = sys_connect(bad(), addr);
        }
        drop((one, two));
        Ok::<_, Errno>(())
    })?;
    let mut text = Text::new();
    log.take(&mut text)?;
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    check!(first.starts_with(b"socketpair(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0, ["));
    for words in [
        "{sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), \
         sin6_scope_id=3}, 28",
        "{sa_family=AF_UNIX, sun_path=\"/none/s\"}, 10",
        "{sa_family=AF_UNIX, sun_path=@\"a\\0\\\"\"}, 6",
        "{sa_family=AF_ALG, sa_data=\"hash\"}, 6",
        "{sa_family=AF_UNIX}, 2",
    ] {
        let line = lines.next().unwrap_or_default();
        let line = core::str::from_utf8(line).unwrap_or_default();
        let inner = line
            .strip_prefix("connect(999, ")
            .and_then(|line| line.strip_suffix(") = -1 EBADF (bad file descriptor)\n"));
        check_eq!(inner, Some(words));
    }
    Ok(())
}

fn socket_options() -> Outcome {
    let log = Log::new()?;
    let socket = sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)?;
    let s = socket.as_raw();
    let fd = socket.as_fd();
    let linger = Linger {
        l_onoff: 1,
        l_linger: 7,
    };
    watch(&log, || {
        sys_setsockopt(fd, SO_REUSEADDR, true)?;
        sys_getsockopt(fd, SO_REUSEADDR)?;
        sys_setsockopt(fd, SO_LINGER, linger)?;
        sys_getsockopt(fd, SO_LINGER)?;
        sys_getsockopt(fd, SO_ERROR)?;
        sys_setsockopt(fd, TCP_NODELAY, true)?;
        sys_setsockopt(fd, IP_TTL, 9)
    })?;
    expect(
        &log,
        format_args!(
            "setsockopt({s}, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0\n\
             getsockopt({s}, SOL_SOCKET, SO_REUSEADDR, [1], [4]) = 0\n\
             setsockopt({s}, SOL_SOCKET, SO_LINGER, {{l_onoff=1, l_linger=7}}, 8) = 0\n\
             getsockopt({s}, SOL_SOCKET, SO_LINGER, {{l_onoff=1, l_linger=7}}, [8]) = 0\n\
             getsockopt({s}, SOL_SOCKET, SO_ERROR, [0], [4]) = 0\n\
             setsockopt({s}, SOL_TCP, TCP_NODELAY, [1], 4) = 0\n\
             setsockopt({s}, SOL_IP, IP_TTL, [9], 4) = 0\n",
        ),
    )
}

fn identity_and_limits() -> Outcome {
    let log = Log::new()?;
    let mut random = [0u8; 3];
    let limit = Rlimit64 {
        rlim_cur: 0,
        rlim_max: RLIM64_INFINITY,
    };
    let (pid, uid, name, old) = watch(&log, || {
        let (pid, uid) = (sys_getpid(), sys_geteuid());
        let name = sys_uname()?;
        sys_getrandom(&mut random, GRND_NONBLOCK)?;
        let old = sys_prlimit64(None, RLIMIT_CORE, None)?;
        let _ = sys_prlimit64(None, Resource::from_bits(77), Some(&limit));
        sys_sched_yield()?;
        Ok::<_, Errno>((pid, uid, name, old))
    })?;
    let [a, b, c] = random;
    let mut text = Text::new();
    log.take(&mut text)?;
    let lines: usize = text.lines().count();
    check_eq!(lines, 7);
    let wrong = text.lines().nth(5).unwrap_or_default();
    check!(wrong.starts_with(b"prlimit64(0, 0x4d /* RLIMIT_??? */, {rlim_cur=0, rlim_max=RLIM64_INFINITY}, 0x"));
    check!(wrong.ends_with(b") = -1 EINVAL (invalid argument)\n"));
    let limits = text.lines().nth(4).unwrap_or_default();
    check!(limits.starts_with(b"prlimit64(0, RLIMIT_CORE, NULL, {rlim_cur="));
    check!(old.rlim_max != RLIM64_INFINITY || limits.ends_with(b"rlim_max=RLIM64_INFINITY}) = 0\n"));
    let log = Log::new()?;
    for line in text.lines().take(4) {
        sys_write(log.fd(), line)?;
    }
    expect(
        &log,
        format_args!(
            "getpid() = {pid:?}\n\
             {:?}() = {uid:?}\n\
             uname({{sysname={:?}, nodename={:?}, ...}}) = 0\n\
             getrandom(\"\\x{a:02x}\\x{b:02x}\\x{c:02x}\", 3, GRND_NONBLOCK) = 3\n",
            wide::SYS_geteuid,
            name.sysname(),
            name.nodename(),
        ),
    )
}

fn futexes() -> Outcome {
    let log = Log::new()?;
    let word = AtomicU32::new(5);
    let at = word.as_ptr();
    let short = Timespec { tv_sec: 0, tv_nsec: 9 };
    watch(&log, || {
        let _ = sys_futex_op_wait(&word, FutexFlags::empty(), 4, None);
        let _ = sys_futex_op_wait(&word, FUTEX_PRIVATE_FLAG, 5, Some(&short));
        sys_futex_op_wake(&word, FUTEX_PRIVATE_FLAG, i32::MAX)
    })?;
    expect(
        &log,
        format_args!(
            "{futex:?}({at:p}, FUTEX_WAIT, 4, NULL) = -1 EAGAIN (resource temporarily unavailable)\n\
             {futex:?}({at:p}, FUTEX_WAIT_PRIVATE, 5, {{tv_sec=0, tv_nsec=9}}) = -1 ETIMEDOUT (connection timed out)\n\
             {futex:?}({at:p}, FUTEX_WAKE_PRIVATE, 2147483647) = 0\n",
            futex = wide::SYS_futex,
        ),
    )
}

fn a_thread_is_made() -> Outcome {
    let log = Log::new()?;
    let stack = Stack::new()?;
    let (tls, ctid) = (stack.tls(), stack.running().as_ptr());
    let task = || {};
    // Its end is an exit(2) of its own: it is waited for while it is still watched.
    let tid = watch(&log, || {
        let thread = Thread::on(stack, &task)?;
        let tid = thread.tid;
        thread.join();
        Ok::<_, Errno>(tid)
    })?;
    let mut text = Text::new();
    log.take(&mut text)?;
    let mut expected = Text::new();
    let flags = THREAD;
    let written = core::fmt::Write::write_fmt(
        &mut expected,
        format_args!(", flags={flags:?}, parent_tid=[{tid:?}], tls={tls:p}, child_tidptr={ctid:p}) = {tid:?}\n"),
    );
    check!(written.is_ok());
    let clone = text
        .lines()
        .find(|line| line.starts_with(b"clone(child_stack=0x"))
        .unwrap_or_default();
    check!(clone.ends_with(expected.as_bytes()));
    check_eq!(text.lines().filter(|line| *line == b"exit(0) = ?\n").count(), 1);
    Ok(())
}

fn a_child_is_made_and_waited_for() -> Outcome {
    let log = Log::new()?;
    let pid = watch(&log, || {
        // SAFETY: the child makes two calls, and ends.
        match unsafe { sys_fork() }? {
            None => {
                sys_getppid();
                sys_exit_group(3)
            }
            Some(pid) => sys_wait4(pid, WaitOptions::empty(), None).map(|_| pid),
        }
    })?;
    let mut text = Text::new();
    log.take(&mut text)?;
    let mut expected = Text::new();
    let (written, end) = if SYS_wait4.exists() {
        let line = format_args!("wait4({pid:?}, [{{WIFEXITED(s) && WEXITSTATUS(s) == 3}}], 0, NULL) = {pid:?}\n");
        (expected.write_fmt(line), "")
    } else {
        // The answer stands in a siginfo_t, which is not looked into.
        (write!(expected, "waitid(P_PID, {pid:?}, 0x"), ", WEXITED, NULL) = 0\n")
    };
    check!(written.is_ok());
    // The parent's line of fork(2) and the child's lines come in any order; the wait ends it.
    check_eq!(text.lines().count(), 4);
    let wait = text.lines().last().unwrap_or_default();
    check!(wait.starts_with(expected.as_bytes()) && wait.ends_with(end.as_bytes()));
    check_eq!(text.lines().filter(|line| *line == b"exit_group(3) = ?\n").count(), 1);
    check_eq!(text.lines().filter(|line| line.starts_with(b"getppid() = ")).count(), 1);
    let made: &[u8] = if SYS_fork.exists() {
        b"fork() = "
    } else {
        b"clone(child_stack=NULL, flags=SIGCHLD) = "
    };
    check_eq!(text.lines().filter(|line| line.starts_with(made)).count(), 1);
    Ok(())
}

fn execve_comes_back_only_if_it_fails() -> Outcome {
    let log = Log::new()?;
    let argv = CStrArray::new([c"nothing", c"a\tb"]);
    let envp = CStrArray::new([c"A=1"]);
    let at = &raw const envp;
    watch(&log, || {
        check_err!(sys_execve(c"/none", argv.as_list(), envp.as_list()), ENOENT);
        Ok(())
    })?;
    expect(
        &log,
        format_args!(
            "execve(\"/none\", [\"nothing\", \"a\\tb\"], {at:p} /* 1 var */ <unfinished ...>\n\
             <... execve resumed>) = -1 ENOENT (no such file or directory)\n",
        ),
    )
}

fn calls_without_a_signature() -> Outcome {
    let log = Log::new()?;
    watch(&log, || {
        // SAFETY: no call has this number; the other only answers what the kernel is allowed to do here.
        let answers: (Result<()>, Result<()>) = unsafe {
            (
                call!(Sysno::new(9999), 1u32, -1i32, 0usize),
                call!(SYS_personality, u32::MAX, 5u32),
            )
        };
        let _ = answers;
    });
    let mut text = Text::new();
    log.take(&mut text)?;
    let mut lines = text.lines();
    let all_ones = &b"0xffffffffffffffff"[..2 + usize::BITS as usize / 4];
    let unknown = lines.next().and_then(|line| line.strip_prefix(b"syscall_0x270f(0x1, "));
    let unknown = unknown.and_then(|line| line.strip_prefix(all_ones));
    check_eq!(unknown, Some(&b", 0) = -1 ENOSYS (function not implemented)\n"[..]));
    check!(
        lines
            .next()
            .unwrap_or_default()
            .starts_with(b"personality(0xffffffff, 0x5) = ")
    );
    Ok(())
}

fn bad_pointers() -> Outcome {
    let log = Log::new()?;
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let w = writer.as_raw();
    // SAFETY: the kernel chooses an address where nothing is; it is given back at once.
    let gone = unsafe {
        let at = sys_mmap(
            ptr::null_mut(),
            2 * PAGES,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS,
            None,
            0,
        )?;
        at.cast::<u8>().wrapping_add(PAGES - 3).cast::<[u8; 3]>().write(*b"end");
        sys_munmap(at.wrapping_byte_add(PAGES), PAGES)?;
        at.wrapping_byte_add(PAGES)
    };
    let edge = gone.wrapping_byte_sub(3);
    let answers = watch(&log, || {
        // SAFETY: the kernel refuses what it cannot read, and the fd that is none.
        unsafe {
            [
                call!(SYS_write, writer.as_fd(), gone, 5usize),
                call!(SYS_write, bad(), edge, 3usize),
                call!(SYS_write, bad(), edge, 4usize),
                call!(SYS_writev, writer.as_fd(), gone, 2usize),
                call!(SYS_openat, AT_FDCWD, edge, 0u32),
                call!(wide::SYS_clock_nanosleep, CLOCK_MONOTONIC, 0u32, edge, 0usize),
                call!(SYS_rt_sigprocmask, 99u32, edge, 0usize, 8usize),
                call!(SYS_connect, bad(), edge, 16usize),
            ]
        }
    });
    // An emulator looks at the pointer before it looks at the fd.
    let [_, _, cut, _, _, sleep, unknown, connect] = answers.map(|answer: Result<()>| answer.err().unwrap_or(EIO));
    // SAFETY: nobody else knows of it.
    unsafe { sys_munmap(gone.wrapping_byte_sub(PAGES), PAGES)? };
    let name = wide::SYS_clock_nanosleep.name().unwrap_or_default();
    expect(
        &log,
        format_args!(
            "write({w}, {gone:p}, 5) = -1 EFAULT (bad address)\n\
             write(999, \"end\", 3) = -1 EBADF (bad file descriptor)\n\
             write(999, {edge:p}, 4) = -1 {cut:?} ({cut})\n\
             writev({w}, {gone:p}, 2) = -1 EFAULT (bad address)\n\
             openat(AT_FDCWD, {edge:p}, O_RDONLY) = -1 EFAULT (bad address)\n\
             {name}(CLOCK_MONOTONIC, 0, {edge:p}, NULL) = -1 {sleep:?} ({sleep})\n\
             rt_sigprocmask(0x63 /* SIG_??? */, {edge:p}, NULL, 8) = -1 {unknown:?} ({unknown})\n\
             connect(999, {edge:p}, 16) = -1 {connect:?} ({connect})\n",
        ),
    )
}

fn null_pointers() -> Outcome {
    let log = Log::new()?;
    let answers = watch(&log, || {
        // SAFETY: the kernel follows no null pointer.
        unsafe {
            [
                call!(SYS_write, bad(), 0usize, 5usize),
                call!(SYS_openat, AT_FDCWD, 0usize, 0u32),
                call!(SYS_writev, bad(), 0usize, 1usize),
                call!(SYS_execve, 0usize, 0usize, 0usize),
                call!(SYS_getsockname, bad(), 0usize, 0usize),
                call!(SYS_statx, bad(), 0usize, 0u32, 0u32, 0usize),
            ]
        }
    });
    // As above.
    let [write, open, writev, exec, name, statx] = answers.map(|answer: Result<()>| answer.err().unwrap_or(EIO));
    expect(
        &log,
        format_args!(
            "write(999, NULL, 5) = -1 {write:?} ({write})\n\
             openat(AT_FDCWD, NULL, O_RDONLY) = -1 {open:?} ({open})\n\
             writev(999, NULL, 1) = -1 {writev:?} ({writev})\n\
             execve(NULL, NULL, NULL <unfinished ...>\n\
             <... execve resumed>) = -1 {exec:?} ({exec})\n\
             getsockname(999, NULL, NULL) = -1 {name:?} ({name})\n\
             statx(999, NULL, AT_STATX_SYNC_AS_STAT, 0, NULL) = -1 {statx:?} ({statx})\n",
        ),
    )
}
