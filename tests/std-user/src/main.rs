//! An ordinary program: std's fds and errors to ours and back; a hook, which sees our calls and none of std's; and a look
//! back out of a signal handler.

use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd};

use std::sync::Mutex;

use rawtrap::interpose::{self, Call, Hook, Interpose};
use rawtrap::{
    EBADF, EPIPE, O_CLOEXEC, OwnedFd, Reg, SYS_close, SYS_getpid, SYS_gettid, SYS_pipe2, SYS_write, Sysno, raw,
    sys_getpid, sys_gettid, sys_pipe2, sys_write,
};
#[cfg(target_arch = "x86_64")]
use rawtrap::{Handler, SIGUSR1, Sigaction, Signal, sys_rt_sigaction};

/// Notes the calls. No signal handler of this program makes one, and a vector that grows makes none of ours: so a hook may
/// take a lock and allocate here.
struct Notes(Mutex<Vec<Sysno>>);

impl Interpose for Notes {
    fn around(&self, call: &Call) -> Reg {
        self.0.lock().unwrap().push(call.nr());
        // SAFETY: the call is made once, as its caller wants it.
        unsafe { call.make() }
    }
}

static NOTES: Notes = Notes(Mutex::new(Vec::new()));
// SAFETY: it answers what the kernel answers.
static HOOK: Hook = unsafe { Hook::new(&NOTES) };

/// What std does, threads and processes too, passes no hook; what we do beside it does.
fn hooked() -> Result<(), Box<dyn std::error::Error>> {
    interpose::install(&HOOK);
    let (mut reader, mut writer) = std::io::pipe()?;
    writer.write_all(b"from std")?;
    assert_eq!(sys_write(writer.as_fd().into(), b", from us"), Ok(9));
    assert_eq!(raw::sys_write(writer.as_fd().into(), b", unseen"), Ok(8));
    drop(writer);
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    assert_eq!(text, "from std, from us, unseen");
    assert!(std::process::Command::new("true").status()?.success());
    std::thread::spawn(|| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        sys_gettid()
    })
    .join()
    .unwrap();
    assert_eq!(sys_getpid().as_raw(), std::process::id() as i32);
    drop(sys_pipe2(O_CLOEXEC)?);
    interpose::remove();
    sys_getpid();
    let seen = [SYS_write, SYS_gettid, SYS_getpid, SYS_pipe2, SYS_close, SYS_close];
    assert_eq!(*NOTES.0.lock().unwrap(), seen);
    Ok(())
}

/// A handler's way back looks to an unwinder as a libc's does: it finds what the signal interrupted.
#[cfg(target_arch = "x86_64")]
fn unwound() -> Result<(), Box<dyn std::error::Error>> {
    static SEEN: Mutex<String> = Mutex::new(String::new());

    extern "C" fn look_back(_: Signal) {
        *SEEN.lock().unwrap() = std::backtrace::Backtrace::force_capture().to_string();
    }

    #[inline(never)]
    fn is_interrupted() -> rawtrap::Result<()> {
        rawtrap::sys_kill(sys_getpid(), SIGUSR1)
    }

    // SAFETY: the signal comes within the call that sends it, so that the handler interrupts nothing that it uses itself.
    unsafe { sys_rt_sigaction(SIGUSR1, Some(&Sigaction::new(Handler::Signal(look_back))))? };
    is_interrupted()?;
    let seen = SEEN.lock().unwrap();
    assert!(seen.contains("is_interrupted") && seen.contains("main"), "{seen}");
    Ok(())
}

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

    hooked()?;
    #[cfg(target_arch = "x86_64")]
    unwound()?;

    println!("std-user: ok");
    Ok(())
}
