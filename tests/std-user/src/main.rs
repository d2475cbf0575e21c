//! An ordinary program: std's fds and errors to ours and back.

use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd};

use rawtrap::{EBADF, EPIPE, O_CLOEXEC, OwnedFd, sys_pipe2, sys_write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;

    // Ours to std's.
    let mut writer = std::fs::File::from(std::os::fd::OwnedFd::from(writer));
    writer.write_all(b"from std")?;
    drop(writer);
    let mut text = String::new();
    std::fs::File::from(std::os::fd::OwnedFd::from(reader)).read_to_string(&mut text)?;
    assert_eq!(text, "from std");

    // std's to ours.
    let (mut reader, writer) = std::io::pipe()?;
    let number = writer.as_raw_fd();
    assert_eq!(sys_write(writer.as_fd().into(), b"from rawtrap"), Ok(12));
    let writer = OwnedFd::from(std::os::fd::OwnedFd::from(writer));
    assert_eq!((writer.as_raw(), writer.as_raw_fd()), (number, number));
    let lent: std::os::fd::BorrowedFd<'_> = writer.as_fd().try_into()?;
    assert_eq!(lent.as_raw_fd(), number);
    drop(writer);
    text.clear();
    reader.read_to_string(&mut text)?;
    assert_eq!(text, "from rawtrap");

    // SAFETY: -1 is no fd.
    let none = unsafe { rawtrap::BorrowedFd::borrow_raw(-1) };
    assert!(matches!(std::os::fd::BorrowedFd::try_from(none), Err(EBADF)));

    // Errors.
    let error = std::io::Error::from(EPIPE);
    assert_eq!(
        (error.kind(), error.raw_os_error()),
        (std::io::ErrorKind::BrokenPipe, Some(EPIPE.raw()))
    );
    let error: Box<dyn std::error::Error> = EBADF.into();
    assert_eq!(error.to_string(), "bad file descriptor");

    println!("std-user: ok");
    Ok(())
}
