//! Reading, writing, and what an fd is.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;

use rawtrap::*;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    write_counts,
    write_to_a_bad_fd,
    write_without_reader,
    read_into_uninitialised_memory,
    read_from_a_bad_fd,
    read_nonblocking,
    pread_and_pwrite_at_offsets,
    pread_and_pwrite_on_a_pipe,
    readv_and_writev,
    readv_and_writev_on_a_bad_fd,
    lseek_moves,
    lseek_on_a_pipe,
    dup_shares_the_file,
    dup_of_a_bad_fd,
    dup3_replaces,
    dup3_onto_itself,
    close_frees_the_number,
    close_of_a_bad_fd,
    pipe2_flags,
    pipe2_bad_flag,
    fcntl_fd_flags,
    fcntl_file_flags,
    fcntl_dupfd,
    fcntl_pipe_size,
    fcntl_of_a_bad_fd,
    fcntl_raw,
    ioctl_counts_bytes,
    ioctl_unknown,
];

/// A file without a name, of which the bytes can be sought.
fn memfd() -> Result<OwnedFd> {
    // SAFETY: the name ends with a zero byte.
    unsafe { call!(SYS_memfd_create, c"io".as_ptr(), 0u32) }
}

fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    sys_pipe2(O_CLOEXEC)
}

fn write_counts() -> Outcome {
    let (reader, writer) = pipe()?;
    check_eq!(sys_write(writer.as_fd(), b"ping"), Ok(4));
    check_eq!(sys_write(writer.as_fd(), b""), Ok(0));
    let mut buf = [0; 8];
    check_eq!(sys_read(reader.as_fd(), &mut buf), Ok(4));
    check_eq!(&buf, b"ping\0\0\0\0");
    Ok(())
}

fn write_to_a_bad_fd() -> Outcome {
    check_err!(sys_write(bad(), b"x"), EBADF);
    check_err!(sys_write(AT_FDCWD, b"x"), EBADF);
    Ok(())
}

fn write_without_reader() -> Outcome {
    let (reader, writer) = pipe()?;
    drop(reader);
    // SAFETY: nobody here counts on SIGPIPE, which would end the program.
    unsafe { sys_rt_sigaction(SIGPIPE, Some(&Sigaction::new(Handler::Ignore)))? };
    check_err!(sys_write(writer.as_fd(), b"x"), EPIPE);
    Ok(())
}

fn read_into_uninitialised_memory() -> Outcome {
    let (reader, writer) = pipe()?;
    sys_write(writer.as_fd(), b"abc")?;
    let mut buf = [MaybeUninit::uninit(); 16];
    check_eq!(sys_read(reader.as_fd(), &mut buf)?, b"abc");
    drop(writer);
    check_eq!(sys_read(reader.as_fd(), &mut buf[..])?, b"");
    Ok(())
}

fn read_from_a_bad_fd() -> Outcome {
    let (_reader, writer) = pipe()?;
    check_err!(sys_read(bad(), &mut [0; 4]), EBADF);
    check_err!(sys_read(writer.as_fd(), &mut [0; 4]), EBADF);
    Ok(())
}

fn read_nonblocking() -> Outcome {
    let (reader, _writer) = sys_pipe2(O_NONBLOCK | O_CLOEXEC)?;
    check_err!(sys_read(reader.as_fd(), &mut [0; 4]), EAGAIN);
    Ok(())
}

fn pread_and_pwrite_at_offsets() -> Outcome {
    // Beyond 4 GiB: both halves of the offset count.
    const FAR: u64 = (5 << 32) + 7;
    let file = memfd()?;
    check_eq!(sys_pwrite64(file.as_fd(), b"far", FAR), Ok(3));
    check_eq!(sys_pwrite64(file.as_fd(), b"near", 2), Ok(4));
    let mut buf = [0; 4];
    check_eq!(sys_pread64(file.as_fd(), &mut buf, FAR), Ok(3));
    check_eq!(&buf[..3], b"far");
    check_eq!(sys_pread64(file.as_fd(), &mut buf, 2), Ok(4));
    check_eq!(&buf, b"near");
    check_eq!(sys_lseek(file.as_fd(), 0, SEEK_CUR), Ok(0));
    check_eq!(sys_lseek(file.as_fd(), 0, SEEK_END), Ok(FAR + 3));
    Ok(())
}

fn pread_and_pwrite_on_a_pipe() -> Outcome {
    let (reader, writer) = pipe()?;
    check_err!(sys_pread64(reader.as_fd(), &mut [0; 4], 0), ESPIPE);
    check_err!(sys_pwrite64(writer.as_fd(), b"x", 0), ESPIPE);
    check_err!(sys_pread64(reader.as_fd(), &mut [0; 4], u64::MAX), EINVAL);
    Ok(())
}

fn readv_and_writev() -> Outcome {
    let (reader, writer) = pipe()?;
    check_eq!(
        sys_writev(
            writer.as_fd(),
            &[IoSlice::new(b"one"), IoSlice::new(b""), IoSlice::new(b"two")]
        ),
        Ok(6)
    );
    let (mut a, mut b) = ([0; 2], [0; 8]);
    check_eq!(
        sys_readv(reader.as_fd(), &mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)]),
        Ok(6)
    );
    check_eq!((&a, &b[..4]), (b"on", &b"etwo"[..]));
    Ok(())
}

fn readv_and_writev_on_a_bad_fd() -> Outcome {
    check_err!(sys_writev(bad(), &[IoSlice::new(b"x")]), EBADF);
    check_err!(sys_readv(bad(), &mut [IoSliceMut::new(&mut [0; 2])]), EBADF);
    Ok(())
}

fn lseek_moves() -> Outcome {
    let file = memfd()?;
    sys_write(file.as_fd(), b"0123456789")?;
    check_eq!(sys_lseek(file.as_fd(), -3, SEEK_CUR), Ok(7));
    check_eq!(sys_lseek(file.as_fd(), 4, SEEK_SET), Ok(4));
    let mut buf = [0; 2];
    sys_read(file.as_fd(), &mut buf)?;
    check_eq!(&buf, b"45");
    check_eq!(sys_lseek(file.as_fd(), 3 << 32, SEEK_SET), Ok(3 << 32));
    check_err!(sys_lseek(file.as_fd(), -1, SEEK_SET), EINVAL);
    Ok(())
}

fn lseek_on_a_pipe() -> Outcome {
    let (reader, _writer) = pipe()?;
    check_err!(sys_lseek(reader.as_fd(), 0, SEEK_SET), ESPIPE);
    Ok(())
}

fn dup_shares_the_file() -> Outcome {
    let (reader, writer) = pipe()?;
    let other = sys_dup(writer.as_fd())?;
    check!(other.as_raw() != writer.as_raw());
    check_eq!(sys_fcntl_getfd(other.as_fd()), Ok(FdFlags::empty()));
    sys_write(other.as_fd(), b"via dup")?;
    let mut buf = [0; 8];
    check_eq!(sys_read(reader.as_fd(), &mut buf), Ok(7));
    Ok(())
}

fn dup_of_a_bad_fd() -> Outcome {
    check_err!(sys_dup(bad()), EBADF);
    Ok(())
}

fn dup3_replaces() -> Outcome {
    let (reader, writer) = pipe()?;
    let mut other = sys_dup(reader.as_fd())?;
    let number = other.as_raw();
    sys_dup3(writer.as_fd(), &mut other, O_CLOEXEC)?;
    check_eq!(other.as_raw(), number);
    check_eq!(sys_fcntl_getfd(other.as_fd()), Ok(FD_CLOEXEC));
    check_eq!(sys_write(other.as_fd(), b"x"), Ok(1));
    Ok(())
}

fn dup3_onto_itself() -> Outcome {
    let (reader, mut writer) = pipe()?;
    // SAFETY: it is open for as long as `writer` is.
    let same = unsafe { BorrowedFd::borrow_raw(writer.as_raw()) };
    check_err!(sys_dup3(same, &mut writer, O_CLOEXEC), EINVAL);
    check_err!(sys_dup3(bad(), &mut writer, O_CLOEXEC), EBADF);
    check_err!(sys_dup3(reader.as_fd(), &mut writer, O_APPEND), EINVAL);
    Ok(())
}

fn close_frees_the_number() -> Outcome {
    let (reader, _writer) = pipe()?;
    let number = reader.as_raw();
    check_eq!(sys_close(reader), Ok(()));
    let again = sys_dup(STDOUT)?;
    check_eq!(again.as_raw(), number);
    Ok(())
}

fn close_of_a_bad_fd() -> Outcome {
    // SAFETY: nobody owns 999, and the kernel answers EBADF.
    check_err!(sys_close(unsafe { OwnedFd::from_raw(999) }), EBADF);
    Ok(())
}

fn pipe2_flags() -> Outcome {
    let (reader, writer) = sys_pipe2(O_NONBLOCK)?;
    check_eq!(sys_fcntl_getfd(reader.as_fd()), Ok(FdFlags::empty()));
    check!(sys_fcntl_getfl(writer.as_fd())?.contains(O_NONBLOCK | O_WRONLY));
    let (reader, _writer) = sys_pipe2(O_CLOEXEC)?;
    check_eq!(sys_fcntl_getfd(reader.as_fd()), Ok(FD_CLOEXEC));
    Ok(())
}

fn pipe2_bad_flag() -> Outcome {
    check_err!(sys_pipe2(O_APPEND), EINVAL);
    Ok(())
}

fn fcntl_fd_flags() -> Outcome {
    let (reader, _writer) = pipe()?;
    sys_fcntl_setfd(reader.as_fd(), FdFlags::empty())?;
    check_eq!(sys_fcntl_getfd(reader.as_fd()), Ok(FdFlags::empty()));
    sys_fcntl_setfd(reader.as_fd(), FD_CLOEXEC)?;
    check_eq!(sys_fcntl_getfd(reader.as_fd()), Ok(FD_CLOEXEC));
    Ok(())
}

fn fcntl_file_flags() -> Outcome {
    let (reader, _writer) = pipe()?;
    check_eq!(sys_fcntl_getfl(reader.as_fd())? & (O_ACCMODE | O_NONBLOCK), O_RDONLY);
    sys_fcntl_setfl(reader.as_fd(), O_NONBLOCK)?;
    check!(sys_fcntl_getfl(reader.as_fd())?.contains(O_NONBLOCK));
    check_err!(sys_read(reader.as_fd(), &mut [0; 1]), EAGAIN);
    Ok(())
}

fn fcntl_dupfd() -> Outcome {
    let (reader, _writer) = pipe()?;
    let high = sys_fcntl_dupfd_cloexec(reader.as_fd(), 100)?;
    check_eq!(high.as_raw(), 100);
    check_eq!(sys_fcntl_getfd(high.as_fd()), Ok(FD_CLOEXEC));
    check_err!(sys_fcntl_dupfd_cloexec(reader.as_fd(), -1), EINVAL);
    Ok(())
}

fn fcntl_pipe_size() -> Outcome {
    let (reader, _writer) = pipe()?;
    let size = sys_fcntl_setpipe_sz(reader.as_fd(), 8192)?;
    check!(size >= 8192);
    check_eq!(sys_fcntl_getpipe_sz(reader.as_fd()), Ok(size));
    check_err!(sys_fcntl_setpipe_sz(reader.as_fd(), u32::MAX), EINVAL);
    check_err!(sys_fcntl_getpipe_sz(memfd()?.as_fd()), EBADF);
    Ok(())
}

fn fcntl_of_a_bad_fd() -> Outcome {
    check_err!(sys_fcntl_getfd(bad()), EBADF);
    check_err!(sys_fcntl_setfd(bad(), FD_CLOEXEC), EBADF);
    check_err!(sys_fcntl_getfl(bad()), EBADF);
    check_err!(sys_fcntl_setfl(bad(), O_NONBLOCK), EBADF);
    check_err!(sys_fcntl_dupfd_cloexec(bad(), 0), EBADF);
    check_err!(sys_fcntl_getpipe_sz(bad()), EBADF);
    check_err!(sys_fcntl_setpipe_sz(bad(), 4096), EBADF);
    Ok(())
}

fn fcntl_raw() -> Outcome {
    let (reader, _writer) = pipe()?;
    // SAFETY: the command takes no argument.
    check_eq!(
        unsafe { sys_fcntl(reader.as_fd(), F_GETFD, 0) },
        Ok(FD_CLOEXEC.bits() as usize)
    );
    // SAFETY: the kernel refuses the command before it looks at the argument.
    check_err!(
        unsafe { sys_fcntl(reader.as_fd(), FcntlCommand::from_bits(0x7777), 0) },
        EINVAL
    );
    Ok(())
}

fn ioctl_counts_bytes() -> Outcome {
    let (reader, writer) = pipe()?;
    sys_write(writer.as_fd(), b"12345")?;
    let mut count = 0i32;
    // SAFETY: FIONREAD takes a pointer to an int.
    check_eq!(
        unsafe { sys_ioctl(reader.as_fd(), FIONREAD.bits(), (&raw mut count).cast()) },
        Ok(0)
    );
    check_eq!(count, 5);
    Ok(())
}

fn ioctl_unknown() -> Outcome {
    let (reader, _writer) = pipe()?;
    let mut size = [0u16; 4];
    // SAFETY: it takes a pointer to four shorts. A pipe is no terminal.
    check_err!(
        unsafe { sys_ioctl(reader.as_fd(), TIOCGWINSZ.bits(), size.as_mut_ptr().cast()) },
        ENOTTY
    );
    // SAFETY: as above.
    check_err!(
        unsafe { sys_ioctl(bad(), TIOCGWINSZ.bits(), size.as_mut_ptr().cast()) },
        EBADF
    );
    Ok(())
}
