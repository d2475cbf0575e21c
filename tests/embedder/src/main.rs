//! A program without libc that uses what makes such programs fail to link: formatting, slices, panics, comparisons.
#![no_std]
#![no_main]

use core::fmt::Write;

use rawtrap::start::Start;
use rawtrap::{EBADF, O_CLOEXEC, OwnedFd, Result, STDERR, STDOUT, Writer};
use rawtrap::{sys_close, sys_getpid, sys_pipe2, sys_read, sys_write, write_all};

rawtrap::entry!(main);

fn main(start: Start) -> Result<i32> {
    let mut out = Writer::new(STDOUT);
    // With one argument: that many bytes are copied, compared and counted, so that memcpy and its kin are called.
    let count = start
        .args()
        .nth(1)
        .and_then(|count| count.to_str().ok()?.parse::<usize>().ok())
        .unwrap_or(3);
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    if count == 0 {
        // An error that `main` returns: the end of a pipe that writes cannot be read.
        sys_read(writer.as_fd(), &mut [0; 1])?;
    }
    let (sent, mut got) = ([b'x'; 256], [0; 256]);
    // An index out of range panics, with status 101.
    sys_write(writer.as_fd(), &sent[..count])?;
    sys_close(writer)?;
    let received = sys_read(reader.as_fd(), &mut got)?;
    let copy = got;
    let same = copy[..received] == sent[..count];
    // SAFETY: nobody owns 999.
    let closed = sys_close(unsafe { OwnedFd::from_raw(999) });
    let _ = writeln!(
        out,
        "pid {:?}: {received} bytes, same: {same}, {closed:?}",
        sys_getpid()
    );
    if closed != Err(EBADF) {
        let _ = write_all(STDERR, b"close of 999 succeeded\n");
        return Ok(1);
    }
    Ok(if same { 42 } else { 1 })
}
