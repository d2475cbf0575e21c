//! Every comfort under faults: what it survives, what it tells, and that what it tells is what happened.
#![no_std]
#![no_main]

use core::cell::Cell;
use core::ffi::CStr;
use core::fmt::Write;
use core::mem::MaybeUninit;
use core::time::Duration;

use rawtrap::interpose::Rule;
use rawtrap::start::Exit;
use rawtrap::*;
use rawtrap_programs::faults::{Fault, Tried, adopt, calls, hooked, hooked_to_the_end, under_faults};
use rawtrap_programs::scratch::in_scratch;
use rawtrap_programs::{Failure, Outcome, cases, check, check_eq, check_err};

cases![
    write_all_counts_what_was_taken,
    pwrite_all_counts_what_is_in_the_file,
    read_exact_counts_what_was_given,
    pread_exact_counts_what_was_given,
    read_to_end_counts_what_was_given,
    retry_repeats_eintr_alone,
    retry_of_ppoll_keeps_the_time,
    recvfrom_leaves_the_sender_alone,
    writer_tells_how_far_it_came,
    sleep_is_long_enough,
    drop_closes_once,
    close_tells_and_closes_once,
    dir_tells_once_and_loses_nothing,
    calls_that_fail_open_nothing,
    an_error_out_of_main_is_status_1,
    a_panic_is_status_101,
];

const DATA: &[u8; 13] = b"0123456789abc";

/// What a transfer of `DATA` is to answer under this fault, of which so many bytes went through.
fn judge(fault: Fault, answer: core::result::Result<(), Partial>, done: usize) -> Tried {
    match fault.told() {
        None => {
            check_eq!(answer, Ok(()));
            check_eq!(done, DATA.len());
        }
        errno => check_eq!(answer, Err(Partial { done, errno })),
    }
    Ok(answer.is_ok())
}

fn write_all_counts_what_was_taken() -> Outcome {
    under_faults("write_all", &[Rule::of(SYS_write).short(5)], |fault| {
        let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
        let answer = hooked(|| write_all(writer.as_fd(), DATA));
        drop(writer);
        let mut buf = [0; 64];
        let taken = read_to_end(reader.as_fd(), &mut buf)?;
        check_eq!(&buf[..taken], &DATA[..taken]);
        judge(fault, answer, taken)
    })
}

fn pwrite_all_counts_what_is_in_the_file() -> Outcome {
    under_faults("pwrite_all", &[Rule::of(SYS_pwrite64).short(5)], |fault| {
        const AT: usize = 7;
        let file = memfd()?;
        let answer = hooked(|| pwrite_all(file.as_fd(), DATA, AT as u64));
        let mut buf = [1; 64];
        let end = sys_pread64(file.as_fd(), &mut buf, 0)?;
        // Without a byte the file is as empty as it was.
        let taken = end.saturating_sub(AT);
        check_eq!(&buf[..end - taken], &[0; AT][..end - taken]);
        check_eq!(&buf[end - taken..end], &DATA[..taken]);
        check_eq!(sys_lseek(file.as_fd(), 0, SEEK_CUR), Ok(0));
        judge(fault, answer, taken)
    })
}

/// A pipe with `DATA` in it, and with nobody to write more.
fn full() -> Result<OwnedFd> {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    write_all(writer.as_fd(), DATA)?;
    Ok(reader)
}

/// The first bytes of `buf` are those of `DATA`, the others as they were; and how many of `DATA` are not in `reader`.
fn given(reader: &OwnedFd, buf: &[u8]) -> core::result::Result<usize, Failure> {
    let mut rest = [0; 64];
    let given = DATA.len() - read_to_end(reader.as_fd(), &mut rest)?;
    check_eq!(&rest[..DATA.len() - given], &DATA[given..]);
    filled(buf, given)?;
    Ok(given)
}

fn filled(buf: &[u8], count: usize) -> Outcome {
    check_eq!(&buf[..count], &DATA[..count]);
    check!(buf[count..].iter().all(|byte| *byte == b'?'));
    Ok(())
}

fn read_exact_counts_what_was_given() -> Outcome {
    under_faults("read_exact", &[Rule::of(SYS_read).short(5)], |fault| {
        let reader = full()?;
        let mut buf = [b'?'; DATA.len()];
        let answer = hooked(|| read_exact(reader.as_fd(), &mut buf));
        judge(fault, answer, given(&reader, &buf)?)
    })
}

fn pread_exact_counts_what_was_given() -> Outcome {
    under_faults("pread_exact", &[Rule::of(SYS_pread64).short(5)], |fault| {
        let file = memfd()?;
        pwrite_all(file.as_fd(), DATA, 7)?;
        let mut buf = [b'?'; DATA.len()];
        let answer = hooked(|| pread_exact(file.as_fd(), &mut buf, 7));
        let done = buf.iter().take_while(|byte| **byte != b'?').count();
        filled(&buf, done)?;
        judge(fault, answer, done)
    })
}

fn read_to_end_counts_what_was_given() -> Outcome {
    under_faults("read_to_end", &[Rule::of(SYS_read).short(5)], |fault| {
        let reader = full()?;
        let mut buf = [b'?'; DATA.len() + 4];
        let answer = hooked(|| read_to_end(reader.as_fd(), &mut buf));
        let done = given(&reader, &buf)?;
        if let Ok(count) = answer {
            check_eq!(count, done);
        }
        judge(fault, answer.map(drop), done)
    })
}

fn retry_repeats_eintr_alone() -> Outcome {
    under_faults("retry", &[], |fault| {
        let reader = full()?;
        let mut buf = [b'?'; DATA.len()];
        let tries = Cell::new(0);
        let answer = hooked(|| {
            retry(|| {
                tries.set(tries.get() + 1);
                sys_read(reader.as_fd(), &mut buf)
            })
        });
        check_eq!(calls(SYS_read), tries.get());
        check_eq!(tries.get(), if fault.errno() == Some(EINTR) { 2 } else { 1 });
        let count = given(&reader, &buf)?;
        check_eq!(answer, fault.told().map_or(Ok(count), Err));
        check!(count == DATA.len() || fault.is_short() || answer.is_err());
        Ok(answer.is_ok())
    })
}

fn retry_of_ppoll_keeps_the_time() -> Outcome {
    under_faults("retry of ppoll", &[], |fault| {
        let reader = full()?;
        let mut fds = [Pollfd {
            fd: reader.as_fd(),
            events: POLLIN,
            revents: PollEvents::empty(),
        }];
        let mut left = Timespec { tv_sec: 5, tv_nsec: 0 };
        let answer = hooked(|| retry(|| sys_ppoll(&mut fds, Some(&mut left), None)));
        check_eq!(answer, fault.told().map_or(Ok(1), Err));
        check_eq!(fds[0].revents.contains(POLLIN), answer.is_ok());
        check!(left.tv_sec >= 4 && left.tv_sec <= 5);
        Ok(answer.is_ok())
    })
}

/// A datagram that was not received is still there; of one that was, a smaller request loses the rest.
fn recvfrom_leaves_the_sender_alone() -> Outcome {
    under_faults("retry of recvfrom", &[], |fault| {
        let (receiver, sender) = sys_socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, Protocol::DEFAULT)?;
        sys_sendto(sender.as_fd(), DATA, MsgFlags::empty(), None)?;
        let mut buf = [b'?'; DATA.len()];
        let before = SocketAddr::from(core::net::SocketAddrV4::new(core::net::Ipv4Addr::LOCALHOST, 1));
        let mut from = before;
        let answer = hooked(|| retry(|| sys_recvfrom(receiver.as_fd(), &mut buf, MsgFlags::empty(), Some(&mut from))));
        let again = sys_recvfrom(receiver.as_fd(), &mut [0; DATA.len()], MsgFlags::empty(), None);
        match fault.told() {
            Some(errno) => {
                check_eq!(answer, Err(errno));
                check!(from == before);
                check_eq!(again, Ok(DATA.len()));
                filled(&buf, 0)?;
            }
            None => {
                let count = answer?;
                check!(count == DATA.len() || fault.is_short());
                check!(from != before);
                check_eq!(again, Err(EAGAIN));
                filled(&buf, count)?;
            }
        }
        Ok(answer.is_ok())
    })
}

fn writer_tells_how_far_it_came() -> Outcome {
    const TEXT: &[u8] = b"begin 1000, then 2000 end";
    /// Where a piece of the format ends.
    const ENDS: [usize; 6] = [0, 6, 10, 17, 21, TEXT.len()];
    under_faults("Writer", &[], |fault| {
        let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
        let (first, second) = (Cell::new(1000), Cell::new(2000));
        let (answer, error) = hooked(|| {
            let mut out = Writer::new(writer.as_fd());
            let answer = write!(out, "begin {}, then {} end", first.get(), second.get());
            (answer, out.error())
        });
        drop(writer);
        let mut buf = [0; 64];
        let taken = read_to_end(reader.as_fd(), &mut buf)?;
        check_eq!(&buf[..taken], &TEXT[..taken]);
        check_eq!(answer.is_err(), fault.told().is_some());
        match error {
            Some(Partial { done, errno }) => {
                check_eq!(errno, fault.told());
                check!(ENDS.contains(&(taken - done)) && (done == 0 || !ENDS.contains(&taken)));
            }
            None => {
                check_eq!(fault.told(), None);
                check_eq!(taken, TEXT.len());
                check!(fault.is_short() || fault.errno().is_some() || calls(SYS_write) == 5);
            }
        }
        Ok(answer.is_ok())
    })
}

fn sleep_is_long_enough() -> Outcome {
    under_faults("sleep", &[], |fault| {
        let span = Duration::from_millis(2);
        let before = sys_clock_gettime(CLOCK_MONOTONIC)?;
        let answer = hooked(|| sleep(span));
        check_eq!(answer, fault.told().map_or(Ok(()), Err));
        let slept = sys_clock_gettime(CLOCK_MONOTONIC)?.duration_since(before);
        check!(answer.is_err() || slept >= Some(span));
        Ok(answer.is_ok())
    })
}

/// A number that is not open any more.
fn check_closed(number: i32) -> Outcome {
    // SAFETY: it is only asked about.
    check_err!(sys_fcntl_getfd(unsafe { BorrowedFd::borrow_raw(number) }), EBADF);
    check_eq!(calls(SYS_close), 1);
    Ok(())
}

fn drop_closes_once() -> Outcome {
    under_faults("drop of an OwnedFd", &[], |_| {
        let fd = memfd()?;
        let number = fd.as_raw();
        hooked(|| drop(fd));
        check_closed(number)?;
        Ok(true)
    })
}

fn close_tells_and_closes_once() -> Outcome {
    under_faults("sys_close", &[], |fault| {
        let fd = memfd()?;
        let number = fd.as_raw();
        let answer = hooked(|| sys_close(fd));
        check_eq!(answer, fault.errno().map_or(Ok(()), Err));
        check_closed(number)?;
        Ok(answer.is_ok())
    })
}

fn dir_tells_once_and_loses_nothing() -> Outcome {
    const FILES: u32 = 24;
    in_scratch(|scratch| {
        for number in 0..FILES {
            let name = [b'a' + number as u8, 0];
            let name = CStr::from_bytes_with_nul(&name).unwrap_or_default();
            drop(sys_openat(scratch.dir(), name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)?);
        }
        under_faults("Dir", &[], |fault| list(scratch.dir(), fault, (1 << FILES) - 1))
    })
}

/// Reads a directory with files named by a letter, under a fault and then on to its end.
fn list(dir: BorrowedFd<'_>, fault: Fault, all: u32) -> Tried {
    sys_lseek(dir, 0, SEEK_SET)?;
    let mut seen = 0;
    let mut buf = [MaybeUninit::<u8>::uninit(); 296];
    let told = hooked(|| {
        let mut entries = Dir::new(dir, &mut buf);
        let mut told = None;
        while let Some(entry) = entries.next() {
            // An error is the last that it tells.
            check_eq!(told, None);
            match entry {
                Ok(entry) => see(&mut seen, entry.d_name)?,
                Err(errno) => told = Some(errno),
            }
        }
        Ok::<_, Failure>(told)
    })?;
    check_eq!(told, fault.told());
    check!(told.is_some() || seen == all);
    check!(fault.errno().is_some() || calls(SYS_getdents64) > 3);
    let mut rest = Dir::new(dir, &mut buf);
    while let Some(entry) = rest.next() {
        see(&mut seen, entry?.d_name)?;
    }
    check_eq!(seen, all);
    Ok(told.is_none())
}

/// Sets the bit of a name, which no other entry may have had.
fn see(seen: &mut u32, name: &CStr) -> Outcome {
    if let [letter @ b'a'..=b'x'] = name.to_bytes() {
        let bit = 1 << (letter - b'a');
        check_eq!(*seen & bit, 0);
        *seen |= bit;
    } else {
        check!(name == c"." || name == c"..");
    }
    Ok(())
}

/// The lowest free number is what it was.
fn calls_that_fail_open_nothing() -> Outcome {
    under_faults("calls that open", &[], |fault| {
        let lowest = memfd()?;
        let number = lowest.as_raw();
        drop(lowest);
        let made = hooked(|| {
            (
                sys_pipe2(O_CLOEXEC),
                sys_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, Protocol::DEFAULT),
                sys_socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, Protocol::DEFAULT),
                sys_dup(STDOUT),
                retry(|| sys_openat(AT_FDCWD, c"/proc/self/stat", O_RDONLY | O_CLOEXEC, 0)),
            )
        });
        let (pipe, socket, pair, copy, file) = &made;
        let errors = [
            pipe.as_ref().err(),
            socket.as_ref().err(),
            pair.as_ref().err(),
            copy.as_ref().err(),
            file.as_ref().err(),
        ];
        let told = fault.told();
        check!(errors.into_iter().flatten().eq(told.as_ref()));
        drop(made);
        check_eq!(memfd()?.as_raw(), number);
        Ok(told.is_none())
    })
}

fn memfd() -> Result<OwnedFd> {
    // SAFETY: the name ends with a zero byte, and the fd is new.
    unsafe { call!(SYS_memfd_create, c"faults".as_ptr(), 1u32) }
}

/// How a child ends, and what it says on fd 2: all that it says without a fault, or its beginning.
fn child_says(name: &str, text: &[u8], status: i32, end: fn() -> i32) -> Outcome {
    let whole = Cell::new(([0; 256], 0));
    under_faults(name, &[], |fault| {
        let (said, len) = child(status, end)?;
        let said = &said[..len];
        if whole.get().1 == 0 {
            check!(said.starts_with(text) && said.ends_with(b"\n"));
            let mut room = [0; 256];
            room[..len].copy_from_slice(said);
            whole.set((room, len));
        }
        let (room, all) = whole.get();
        check_eq!(said, &room[..len]);
        check_eq!(len < all, fault.told().is_some());
        Ok(len == all)
    })
}

/// What a child says that ends with this status.
fn child(status: i32, end: fn() -> i32) -> core::result::Result<([u8; 256], usize), Failure> {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let (told, tell) = sys_pipe2(O_CLOEXEC)?;
    // SAFETY: there is one thread, and the child ends in this block.
    let Some(child) = (unsafe { sys_fork()? }) else {
        // SAFETY: fd 2 is the child's own, and nothing but its end closes it.
        let mut second = core::mem::ManuallyDrop::new(unsafe { OwnedFd::from_raw(2) });
        if sys_dup3(writer.as_fd(), &mut second, OpenFlags::empty()).is_err() {
            sys_exit_group(77);
        }
        hooked_to_the_end(tell.as_fd(), end)
    };
    drop((writer, tell));
    let ended = sys_wait4(child, WaitOptions::empty(), None)?.map(|(_, status)| status);
    check_eq!(ended.and_then(WaitStatus::exited), Some(status));
    adopt(told.as_fd())?;
    let mut said = [0; 256];
    let len = read_to_end(reader.as_fd(), &mut said)?;
    check!(len < said.len());
    Ok((said, len))
}

fn an_error_out_of_main_is_status_1() -> Outcome {
    child_says("an error out of main", b"Error: ", 1, || Err::<(), _>(ENOEXEC).status())
}

fn a_panic_is_status_101() -> Outcome {
    child_says("a panic", b"panicked at ", 101, || panic!("as it should"))
}
