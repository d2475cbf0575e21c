//! `retry`, `write_all` and their kin: short counts that a kernel really made, and how far they came.
#![no_std]
#![no_main]

use core::fmt::Write;
use core::ptr;

use rawtrap::*;
use rawtrap_programs::{Failure, Outcome, bad, cases, check, check_eq};

cases![
    retry_repeats_eintr_alone,
    read_exact_goes_on_after_a_short_count,
    read_exact_at_the_end,
    read_exact_of_a_bad_fd,
    read_to_end_stops_at_the_end_or_when_full,
    write_all_tells_how_far_it_came,
    pwrite_all_goes_on_behind_a_short_count,
    pwrite_all_writes_at_its_offset,
    pread_exact_goes_on_behind_a_short_count,
    writer_keeps_the_error,
];

fn memfd() -> Result<OwnedFd> {
    // SAFETY: the name ends with a zero byte, and the fd is new.
    unsafe { call!(SYS_memfd_create, c"comforts".as_ptr(), 0u32) }
}

fn partial(done: usize, errno: Errno) -> core::result::Result<(), Partial> {
    Err(Partial {
        done,
        errno: Some(errno),
    })
}

fn retry_repeats_eintr_alone() -> Outcome {
    let mut calls = 0;
    let answer = retry(|| {
        calls += 1;
        if calls < 4 { Err(EINTR) } else { Err::<(), _>(EAGAIN) }
    });
    check_eq!((answer, calls), (Err(EAGAIN), 4));
    Ok(())
}

/// A pipe of packets: a read ends where a write did.
fn read_exact_goes_on_after_a_short_count() -> Outcome {
    let (reader, writer) = sys_pipe2(O_DIRECT | O_CLOEXEC)?;
    for piece in [&b"one"[..], b"two", b"three"] {
        check_eq!(sys_write(writer.as_fd(), piece), Ok(piece.len()));
    }
    let mut buf = [0; 11];
    check_eq!(read_exact(reader.as_fd(), &mut buf), Ok(()));
    check_eq!(&buf, b"onetwothree");
    Ok(())
}

fn read_exact_at_the_end() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    sys_write(writer.as_fd(), b"abc")?;
    drop(writer);
    let mut buf = [0; 5];
    let answer = read_exact(reader.as_fd(), &mut buf);
    check_eq!(answer, Err(Partial { done: 3, errno: None }));
    check_eq!(&buf, b"abc\0\0");
    Ok(())
}

fn read_exact_of_a_bad_fd() -> Outcome {
    check_eq!(read_exact(bad(), &mut [0; 1]), partial(0, EBADF));
    check_eq!(read_exact(bad(), &mut []), Ok(()));
    Ok(())
}

fn read_to_end_stops_at_the_end_or_when_full() -> Outcome {
    let file = memfd()?;
    sys_write(file.as_fd(), b"0123456789")?;
    let mut buf = [0; 16];
    sys_lseek(file.as_fd(), 4, SEEK_SET)?;
    check_eq!(read_to_end(file.as_fd(), &mut buf), Ok(6));
    check_eq!(&buf[..6], b"456789");
    sys_lseek(file.as_fd(), 0, SEEK_SET)?;
    check_eq!(read_to_end(file.as_fd(), &mut buf[..3]), Ok(3));
    check_eq!(&buf[..3], b"012");
    check!(read_to_end(bad(), &mut buf).is_err_and(|partial| partial.errno == Some(EBADF)));
    Ok(())
}

fn write_all_tells_how_far_it_came() -> Outcome {
    let (reader, writer) = sys_pipe2(O_NONBLOCK | O_CLOEXEC)?;
    let room = sys_fcntl_setpipe_sz(writer.as_fd(), 4096)?;
    static MANY: [u8; 1 << 17] = [b'x'; 1 << 17];
    check!(room < MANY.len());
    check_eq!(write_all(writer.as_fd(), &MANY), partial(room, EAGAIN));
    // The pipe has room again where a page of it is empty, and on some kernels it has one alone.
    let mut buf = [0; 1 << 17];
    check_eq!(read_exact(reader.as_fd(), &mut buf[..room]), Ok(()));
    check_eq!(write_all(writer.as_fd(), &MANY[..4096]), Ok(()));
    check_eq!(write_all(bad(), b"x"), partial(0, EBADF));
    Ok(())
}

/// Up to RLIMIT_FSIZE the kernel takes what fits; from there on it answers EFBIG, and sends SIGXFSZ.
fn pwrite_all_goes_on_behind_a_short_count() -> Outcome {
    let file = memfd()?;
    // SAFETY: no handler is left behind that anybody could miss.
    unsafe { sys_rt_sigaction(SIGXFSZ, Some(&Sigaction::new(Handler::Ignore)))? };
    let before = sys_prlimit64(None, RLIMIT_FSIZE, None)?;
    let ten = Rlimit64 { rlim_cur: 10, ..before };
    sys_prlimit64(None, RLIMIT_FSIZE, Some(&ten))?;
    let answer = pwrite_all(file.as_fd(), b"0123456789abcdef", 0);
    sys_prlimit64(None, RLIMIT_FSIZE, Some(&before))?;
    check_eq!(answer, partial(10, EFBIG));
    let mut buf = [0; 16];
    check_eq!(sys_pread64(file.as_fd(), &mut buf, 0), Ok(10));
    check_eq!(&buf[..10], b"0123456789");
    Ok(())
}

fn pwrite_all_writes_at_its_offset() -> Outcome {
    let file = memfd()?;
    check_eq!(pwrite_all(file.as_fd(), b"there", 7), Ok(()));
    let mut buf = [b'?'; 5];
    check_eq!(pread_exact(file.as_fd(), &mut buf, 7), Ok(()));
    check_eq!(&buf, b"there");
    check_eq!(sys_lseek(file.as_fd(), 0, SEEK_CUR), Ok(0));
    check_eq!(
        pread_exact(file.as_fd(), &mut buf, 10),
        Err(Partial { done: 2, errno: None })
    );
    Ok(())
}

/// /proc/self/mem gives what is mapped, and EIO from there on.
fn pread_exact_goes_on_behind_a_short_count() -> Outcome {
    const SIZE: usize = 1 << 16;
    let flags = MAP_PRIVATE | MAP_ANONYMOUS;
    // SAFETY: the kernel chooses where, and nobody uses the half that goes again.
    let start = unsafe { sys_mmap(ptr::null_mut(), 2 * SIZE, PROT_READ | PROT_WRITE, flags, None, 0)? };
    // SAFETY: as above.
    unsafe { sys_munmap(start.wrapping_byte_add(SIZE), SIZE)? };
    let mem = sys_open(c"/proc/self/mem", O_RDONLY | O_CLOEXEC, 0)?;
    let mut buf = [1; 16];
    let answer = pread_exact(mem.as_fd(), &mut buf, (start.addr() + SIZE - 6) as u64);
    check_eq!(answer, partial(6, EIO));
    check_eq!(buf, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    // SAFETY: nobody uses it any more.
    unsafe { sys_munmap(start, SIZE)? };
    Ok(())
}

fn writer_keeps_the_error() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let mut out = Writer::new(writer.as_fd());
    let number = 255;
    write!(out, "text and {number:#x}").map_err(|_| Failure::new(format_args!("it failed")))?;
    check_eq!(out.error(), None);
    let mut buf = [0; 13];
    check_eq!(read_exact(reader.as_fd(), &mut buf), Ok(()));
    check_eq!(&buf, b"text and 0xff");
    let mut out = Writer::new(bad());
    check!(write!(out, "lost").is_err());
    check_eq!(
        out.error(),
        Some(Partial {
            done: 0,
            errno: Some(EBADF)
        })
    );
    Ok(())
}
