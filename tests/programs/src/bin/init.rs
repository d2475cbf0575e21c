//! Process 1 of a real kernel: mounts what programs expect, runs those that `/runs` lists, tells on the console what each
//! wrote and how it ended, and switches the machine off. `ci/lib/kernel.py` packs the image and reads the console.
//!
//! `/runs` is a list of strings, each ended by a zero byte: for every run its limit in seconds, the file that is its
//! fd 0, how many arguments it has, and the arguments, of which the first is the program's path. The console gets lines:
//!
//! ```text
//! rawtrap: boot RELEASE MACHINE
//! rawtrap: begin NUMBER PID
//! rawtrap: out TEXT              what it wrote to fd 1; the text is escaped, so that lines are lines and bytes survive
//! rawtrap: err TEXT              ... to fd 2
//! rawtrap: left NAME             a file in its directory that it did not remove
//! rawtrap: exit NUMBER STATUS    or `signal NUMBER SIGNAL`, or `late NUMBER 0` if its time was over
//! rawtrap: down
//! ```
//!
//! An error of its own is `rawtrap: init: WHAT`, and the machine is switched off as well: process 1 must not end.
#![no_std]
#![no_main]

use core::ffi::{CStr, c_char};
use core::fmt::{self, Write};
use core::mem::MaybeUninit;
use core::ptr;
use core::time::Duration;

use rawtrap::*;

rawtrap::entry!(main);

/// Why a step was not made.
type Step<T> = core::result::Result<T, (&'static str, Errno)>;

/// Names the step that an errno came of.
fn step<T>(name: &'static str, result: Result<T>) -> Step<T> {
    result.map_err(|errno| (name, errno))
}

fn main(_: start::Start) -> i32 {
    if sys_getpid() != Pid::from_raw(1) {
        let _ = write_all(
            STDERR,
            b"init: this is process 1 of a machine of its own (ci/lib/kernel.py)\n",
        );
        return 1;
    }
    if let Err((name, errno)) = prepare().and_then(|()| run_all()) {
        tell(format_args!("init: {name}: {errno:?}"));
    }
    tell(format_args!("down"));
    switch_off()
}

fn prepare() -> Step<()> {
    for (path, kind) in [
        (c"/proc", c"proc"),
        (c"/sys", c"sysfs"),
        (c"/dev", c"devtmpfs"),
        (c"/dev/shm", c"tmpfs"),
        (c"/tmp", c"tmpfs"),
    ] {
        match sys_mkdirat(AT_FDCWD, path, 0o755) {
            Ok(()) | Err(EEXIST) => step("mount", mount(path, kind))?,
            Err(errno) => return Err(("mkdir", errno)),
        }
    }
    step("lo", loopback_up())?;
    let names = step("uname", sys_uname())?;
    let (release, machine) = (text(names.release()), text(names.machine()));
    // Firmware may have left a line open.
    let _ = write_all(STDOUT, b"\n");
    tell(format_args!("boot {release} {machine}"));
    Ok(())
}

/// mount(2)
fn mount(path: &CStr, kind: &CStr) -> Result<()> {
    // SAFETY: the kernel only reads the strings; no options are passed.
    unsafe {
        call!(
            SYS_mount,
            kind.as_ptr(),
            path.as_ptr(),
            kind.as_ptr(),
            0usize,
            ptr::null::<c_char>()
        )
    }
}

/// umount2(2), with MNT_DETACH (2): also if something there is still open.
fn unmount(path: &CStr) -> Result<()> {
    // SAFETY: the kernel only reads the string; nothing of ours is open there.
    unsafe { call!(SYS_umount2, path.as_ptr(), 2u32) }
}

/// Brings the interface `lo` up (netdevice(7)); the kernel gives it its addresses then.
fn loopback_up() -> Result<()> {
    #[repr(C)]
    struct Ifreq {
        ifr_name: [u8; 16],
        ifr_flags: u16,
        rest: [u64; 4],
    }
    const SIOCSIFFLAGS: u32 = 0x8914;
    const IFF_UP: u16 = 1;
    let mut request = Ifreq {
        ifr_name: [0; 16],
        ifr_flags: IFF_UP,
        rest: [0; 4],
    };
    request.ifr_name[..2].copy_from_slice(b"lo");
    let socket = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, Protocol::from_bits(0))?;
    // SAFETY: the kernel reads a `struct ifreq`, which ours is at least as large as.
    unsafe { sys_ioctl(socket.as_fd(), SIOCSIFFLAGS, (&raw mut request).cast()) }?;
    Ok(())
}

/// reboot(2). A machine without a switch is started anew, which its emulator takes for the end.
fn switch_off() -> ! {
    const MAGIC: (u32, u32) = (0xfee1_dead, 672_274_793);
    for command in [0x4321_fedcu32, 0x0123_4567] {
        // SAFETY: the kernel reads no memory of ours; nothing here is worth keeping.
        let _: Result<()> = unsafe { call!(SYS_reboot, MAGIC.0, MAGIC.1, command, ptr::null::<c_char>()) };
    }
    loop {
        let _ = sleep(Duration::from_secs(1));
    }
}

fn run_all() -> Step<()> {
    let list = step("/runs", whole_file(c"/runs"))?;
    let mut strings = list
        .split_inclusive(|byte| *byte == 0)
        .flat_map(CStr::from_bytes_with_nul);
    for number in 0.. {
        let Some(seconds) = strings.next() else { break };
        let run = Run::read(number, seconds, &mut strings).ok_or(("/runs", EINVAL))?;
        step("a fresh /tmp", mount(c"/tmp", c"tmpfs"))?;
        step("chdir", sys_chdir(c"/tmp"))?;
        run.run()?;
        left_behind()?;
        step("chdir", sys_chdir(c"/"))?;
        step("umount", unmount(c"/tmp"))?;
    }
    Ok(())
}

/// The bytes of a file, for good.
fn whole_file(path: &CStr) -> Result<&'static [u8]> {
    let file = sys_open(path, O_RDONLY | O_CLOEXEC, 0)?;
    let len = sys_lseek(file.as_fd(), 0, SEEK_END)? as usize;
    // SAFETY: the kernel chooses an address where nothing is; nobody writes the file, and it stays mapped.
    unsafe {
        let start = sys_mmap(ptr::null_mut(), len, PROT_READ, MAP_PRIVATE, Some(file.as_fd()), 0)?;
        Ok(core::slice::from_raw_parts(start.cast(), len))
    }
}

/// One entry of `/runs`.
struct Run {
    number: u32,
    limit: i64,
    input: &'static CStr,
    path: &'static CStr,
    args: [Option<ThinCStr<'static>>; 64],
}

impl Run {
    fn read(number: u32, seconds: &CStr, rest: &mut impl Iterator<Item = &'static CStr>) -> Option<Run> {
        let limit = text(seconds).parse().ok()?;
        let input = rest.next()?;
        let count: usize = text(rest.next()?).parse().ok()?;
        let path = rest.next()?;
        let mut args = [None; 64];
        args[0] = Some(path.into());
        for at in 1..count {
            *args[..63].get_mut(at)? = Some(rest.next()?.into());
        }
        Some(Run {
            number,
            limit,
            input,
            path,
            args,
        })
    }

    fn run(&self) -> Step<()> {
        let (out, out_end) = step("pipe", sys_pipe2(O_CLOEXEC))?;
        let (err, err_end) = step("pipe", sys_pipe2(O_CLOEXEC))?;
        // SAFETY: there is one thread.
        let Some(child) = step("fork", unsafe { sys_fork() })? else {
            let Err(errno) = self.become_program(out_end, err_end);
            let _ = writeln!(Writer::new(STDERR), "init: {:?}: {errno:?}", self.path);
            sys_exit_group(127);
        };
        drop((out_end, err_end));
        tell(format_args!("begin {} {}", self.number, child.as_raw()));
        let end = step("clock", sys_clock_gettime(CLOCK_MONOTONIC))?.tv_sec + self.limit;
        let status = if pass_on(&out, &err, end) {
            ended(child, end)
        } else {
            None
        };
        match status.map(|status| (status.exited(), status.signaled())) {
            Some((Some(status), _)) => tell(format_args!("exit {} {status}", self.number)),
            Some((_, Some(signal))) => tell(format_args!("signal {} {}", self.number, signal.as_raw())),
            _ => tell(format_args!("late {} 0", self.number)),
        }
        // Whatever it started and left behind goes with it: every process but this one.
        match sys_kill(Target::Any, SIGKILL) {
            Ok(()) | Err(ESRCH) => {}
            Err(errno) => return Err(("kill", errno)),
        }
        while retry(|| sys_wait4(Target::Any, WaitOptions::empty(), None)).is_ok() {}
        Ok(())
    }

    /// In the child: the fds, a session of its own, and the program.
    fn become_program(&self, out: OwnedFd, err: OwnedFd) -> Result<core::convert::Infallible> {
        let input = sys_open(self.input, O_RDWR | O_CLOEXEC, 0)?;
        for (number, fd) in [(0, &input), (1, &out), (2, &err)] {
            // SAFETY: these numbers are the console's, which this process does not use any more.
            let mut place = unsafe { OwnedFd::from_raw(number) };
            sys_dup3(fd.as_fd(), &mut place, OpenFlags::empty())?;
            place.into_raw();
        }
        // SAFETY: it touches no memory.
        let session: Result<Pid> = unsafe { call!(SYS_setsid) };
        session?;
        let argv = CStrList::from_slice(&self.args).ok_or(EINVAL)?;
        let envp = CStrArray::new([c"TMPDIR=/tmp", c"HOME=/tmp", c"PATH=/bin", c"TERM=dumb"]);
        sys_execve(self.path, argv, envp.as_list())
    }
}

/// Tells what comes out of both pipes until both have ended; false if the time is over before.
fn pass_on(out: &OwnedFd, err: &OwnedFd, end: i64) -> bool {
    // SAFETY: it is no fd, and so ppoll(2) passes it over.
    let nobody = unsafe { BorrowedFd::borrow_raw(-1) };
    let mut fds = [out, err].map(|fd| Pollfd::new(fd.as_fd(), POLLIN));
    while fds.iter().any(|each| each.fd != nobody) {
        let Some(mut rest) = time_until(end) else {
            return false;
        };
        if sys_ppoll(&mut fds, Some(&mut rest), None).is_err() {
            continue;
        }
        for (each, name) in fds.iter_mut().zip(["out", "err"]) {
            if each.revents == PollEvents::empty() {
                continue;
            }
            let mut buf = [0; 4096];
            match sys_read(each.fd, &mut buf) {
                Ok(count @ 1..) => tell_bytes(name, &buf[..count]),
                _ => each.fd = nobody,
            }
        }
    }
    true
}

/// How the program ended; nothing if the time is over before.
fn ended(child: Pid, end: i64) -> Option<WaitStatus> {
    while time_until(end).is_some() {
        match retry(|| sys_wait4(child, WNOHANG, None)) {
            Ok(None) => _ = sleep(Duration::from_millis(5)),
            answer => return answer.ok().flatten().map(|(_, status)| status),
        }
    }
    None
}

/// What is left until that second of the clock.
fn time_until(end: i64) -> Option<Timespec> {
    let now = sys_clock_gettime(CLOCK_MONOTONIC).ok()?;
    let (tv_sec, tv_nsec) = (end - now.tv_sec, 0);
    (tv_sec > 0).then_some(Timespec { tv_sec, tv_nsec })
}

/// Names what is left in /tmp.
fn left_behind() -> Step<()> {
    let dir = step("/tmp", sys_open(c"/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0))?;
    let mut buf = [const { MaybeUninit::uninit() }; 4096];
    let mut entries = Dir::new(dir.as_fd(), &mut buf);
    while let Some(entry) = entries.next() {
        let name = step("/tmp", entry)?.d_name;
        if name != c"." && name != c".." {
            tell_bytes("left", name.to_bytes());
        }
    }
    Ok(())
}

/// Bytes as lines of the console: a line of the program is a line there.
fn tell_bytes(name: &str, bytes: &[u8]) {
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        for piece in line.chunks(200) {
            tell(format_args!("{name} {}", piece.escape_ascii()));
        }
    }
}

/// A line of the console, in one write, so that the kernel's own words come before it or after.
fn tell(line: fmt::Arguments<'_>) {
    let mut text = Line {
        bytes: [0; 1024],
        len: 0,
    };
    let _ = writeln!(text, "rawtrap: {line}");
    let _ = write_all(STDOUT, &text.bytes[..text.len]);
}

struct Line {
    bytes: [u8; 1024],
    len: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let place = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

fn text(string: &CStr) -> &str {
    string.to_str().unwrap_or("?")
}
