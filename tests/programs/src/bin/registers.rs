//! What a trap keeps, what the compiler believes of it, and that arguments arrive where they should.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicU32, Ordering};

use rawtrap::start::Start;
use rawtrap::tables::{ErrorSign, NATIVE};
use rawtrap::*;
use rawtrap_programs::machine::{self, ALWAYS_LOST, GENERAL, Registers, VECTOR, opaque, opaque_float};
use rawtrap_programs::{Failure, Outcome, cases, check, check_eq, check_err};

cases![
    with_arguments = make_known_calls;
    registers_kept_by_an_unknown_call,
    registers_kept_by_a_quick_call,
    registers_kept_by_a_call_that_sleeps,
    registers_kept_by_a_write,
    registers_kept_by_a_failure,
    registers_lost_by_the_instruction_itself,
    live_values_around_syscall0,
    live_values_around_syscall1,
    live_values_around_syscall2,
    live_values_around_syscall3,
    live_values_around_syscall4,
    live_values_around_syscall5,
    live_values_around_syscall6,
    live_values_around_write,
    live_values_around_a_failing_pread,
    products_and_quotients_read_behind_a_trap,
    no_argument,
    one_argument_in_its_place,
    two_arguments_in_their_places,
    three_arguments_in_their_places,
    four_arguments_in_their_places,
    five_arguments_in_their_places,
    six_arguments_of_mmap_in_their_places,
    six_arguments_of_copy_file_range_in_their_places,
    six_arguments_of_pselect6_in_their_places,
    six_arguments_of_sendto_and_recvfrom_in_their_places,
];

/// A number that no kernel has (mips begins at 4000, 5000 and 6000): the answer is ENOSYS, after the whole way in and out.
const UNKNOWN: Sysno = Sysno::new(9000);

/// The calls that ci/checks/convention sees from outside: with N arguments, number 9000 + N, and arguments that are
/// 0x1111... times the argument's place.
fn make_known_calls(_: Start) -> i32 {
    const ONE: usize = usize::MAX / 15;
    let nr = |count| Sysno::new(UNKNOWN.number() + count);
    // SAFETY: the kernel knows no such calls.
    unsafe {
        syscall0(nr(0));
        syscall1(nr(1), ONE);
        syscall2(nr(2), ONE, 2 * ONE);
        syscall3(nr(3), ONE, 2 * ONE, 3 * ONE);
        syscall4(nr(4), ONE, 2 * ONE, 3 * ONE, 4 * ONE);
        syscall5(nr(5), ONE, 2 * ONE, 3 * ONE, 4 * ONE, 5 * ONE);
        syscall6(nr(6), ONE, 2 * ONE, 3 * ONE, 4 * ONE, 5 * ONE, 6 * ONE);
    }
    0
}

// What the kernel keeps: every register, filled with a pattern, is compared after a trap that this crate's asm! had no
// part in. A clobber that `convention` lacks is found on a real kernel.

/// The one that this machine has: those with 32-bit registers have another call for the same.
fn first_of(nr: Sysno, other: Sysno) -> Sysno {
    if nr.exists() { nr } else { other }
}

/// Compares all registers that the convention does not give up.
fn keeps_registers(nr: Sysno, args: &[usize], answer: isize) -> Outcome {
    let (before, after) = around_trap(nr, args)?;
    let is_flag = |name: &str| matches!(NATIVE.error, ErrorSign::Flag(flag) if flag == name);
    let lost = |name: &str| name == NATIVE.result || NATIVE.clobbers.contains(&name) || is_flag(name);
    for (i, name) in GENERAL.iter().enumerate() {
        if *name == NATIVE.result {
            let result = after.general[i] as isize;
            check_eq!((name, if failed(&after) { -result } else { result }), (name, answer));
        } else if !lost(name) {
            check_eq!((name, after.general[i]), (name, before.general[i]));
        }
    }
    for (i, name) in VECTOR.iter().enumerate() {
        if !lost(name) {
            check_eq!((name, after.vector[i]), (name, before.vector[i]));
        }
    }
    Ok(())
}

/// Whether the machine's flag tells an error, where there is one: it stands among the general registers, by its name.
fn failed(after: &Registers) -> bool {
    let ErrorSign::Flag(flag) = NATIVE.error else {
        return false;
    };
    GENERAL
        .iter()
        .zip(after.general)
        .any(|(name, value)| *name == flag && value != 0)
}

/// Executes the trap with every register filled, and returns what they hold before and after it.
fn around_trap(nr: Sysno, args: &[usize]) -> core::result::Result<(Registers, Registers), Failure> {
    let mut before = Registers {
        general: core::array::from_fn(|i| usize::MAX / 255 * (i + 1)),
        vector: core::array::from_fn(|i| [0xa5a5_0000_5a5a_0000 + i as u64, 0xc3c3_0000_3c3c_0000 + i as u64]),
    };
    set(&mut before, NATIVE.number, nr.number() as usize)?;
    for (name, value) in NATIVE.args.iter().zip(args) {
        set(&mut before, name, *value)?;
    }
    let mut after = before.clone();
    // SAFETY: the cases below describe calls with valid arguments.
    unsafe { machine::trap(&mut after) };
    Ok((before, after))
}

fn set(registers: &mut Registers, name: &str, value: usize) -> Outcome {
    let place = GENERAL.iter().position(|general| *general == name);
    let place = place.ok_or(Failure::new(format_args!("no general register is called {name}")))?;
    registers.general[place] = value;
    Ok(())
}

fn registers_kept_by_an_unknown_call() -> Outcome {
    keeps_registers(UNKNOWN, &[], -(ENOSYS.raw() as isize))
}

fn registers_kept_by_a_quick_call() -> Outcome {
    keeps_registers(SYS_getpid, &[], sys_getpid().as_raw() as isize)
}

fn registers_kept_by_a_call_that_sleeps() -> Outcome {
    // Another program runs meanwhile, or the idle one.
    let time = Timespec {
        tv_sec: 0,
        tv_nsec: 5_000_000,
    };
    let sleep = first_of(SYS_clock_nanosleep_time64, SYS_clock_nanosleep);
    for _ in 0..10 {
        keeps_registers(sleep, &[1, 0, (&raw const time).expose_provenance(), 0], 0)?; // 1 is CLOCK_MONOTONIC
        keeps_registers(SYS_sched_yield, &[], 0)?;
    }
    Ok(())
}

fn registers_kept_by_a_write() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let text = b"ping";
    let fd = writer.as_raw() as usize;
    keeps_registers(SYS_write, &[fd, text.as_ptr().expose_provenance(), 4], 4)?;
    let mut buf = [0; 8];
    check_eq!(sys_read(reader.as_fd(), &mut buf), Ok(4));
    check_eq!(&buf[..4], text);
    Ok(())
}

fn registers_kept_by_a_failure() -> Outcome {
    keeps_registers(SYS_close, &[999], -(EBADF.raw() as isize))
}

fn registers_lost_by_the_instruction_itself() -> Outcome {
    check!(ALWAYS_LOST.iter().all(|name| NATIVE.clobbers.contains(name)));
    let (before, after) = around_trap(UNKNOWN, &[])?;
    let kept =
        (0..GENERAL.len()).find(|i| before.general[*i] == after.general[*i] && ALWAYS_LOST.contains(&GENERAL[*i]));
    check_eq!(kept.map(|i| GENERAL[i]), None);
    Ok(())
}

// What the compiler believes: more values than there are registers are alive around a trap that is inlined among them,
// so that each register that asm! does not give up holds one.

/// Runs `$trap` while these variables, and the arguments of the trap, are alive, and counts those that have changed.
macro_rules! changed {
    ($args:ident, $trap:expr; $($integer:ident $float:ident = $number:literal),*) => {{
        $(
            let $integer = opaque($number * (usize::MAX / 255));
            let $float = opaque_float($number as f64 + 0.5);
        )*
        let $args: [usize; 6] = core::array::from_fn(|i| opaque(0x1111_0000 + i));
        let answer = $trap;
        let mut changed = 0u32;
        $(
            changed += u32::from(opaque($integer) != $number * (usize::MAX / 255));
            // By their bits: LLVM 22 adds a wrong number for `!=` of floats on release 6 of mips.
            changed += u32::from(opaque_float($float).to_bits() != ($number as f64 + 0.5).to_bits());
        )*
        for (i, arg) in $args.iter().enumerate() {
            changed += u32::from(opaque(*arg) != 0x1111_0000 + i);
        }
        (answer, changed)
    }};
    ($args:ident, $trap:expr) => {
        changed!($args, $trap; a1 f1 = 1, a2 f2 = 2, a3 f3 = 3, a4 f4 = 4, a5 f5 = 5, a6 f6 = 6, a7 f7 = 7, a8 f8 = 8,
            a9 f9 = 9, a10 f10 = 10, a11 f11 = 11, a12 f12 = 12, a13 f13 = 13, a14 f14 = 14, a15 f15 = 15, a16 f16 = 16,
            a17 f17 = 17, a18 f18 = 18, a19 f19 = 19, a20 f20 = 20, a21 f21 = 21, a22 f22 = 22, a23 f23 = 23,
            a24 f24 = 24, a25 f25 = 25, a26 f26 = 26, a27 f27 = 27, a28 f28 = 28, a29 f29 = 29, a30 f30 = 30,
            a31 f31 = 31, a32 f32 = 32, a33 f33 = 33, a34 f34 = 34)
    };
}

/// A case around one raw call. The kernel reads no argument of sched_yield(2).
macro_rules! around {
    ($($case:ident: $syscall:ident($($place:literal),*);)*) => {$(
        fn $case() -> Outcome {
            #[allow(unused_variables)]
            // SAFETY: sched_yield(2) touches no memory.
            let answer = changed!(args, unsafe { $syscall(SYS_sched_yield $(, args[$place])*) }.to_usize());
            check_eq!(answer, (0, 0));
            Ok(())
        }
    )*};
}

around! {
    live_values_around_syscall0: syscall0();
    live_values_around_syscall1: syscall1(0);
    live_values_around_syscall2: syscall2(0, 1);
    live_values_around_syscall3: syscall3(0, 1, 2);
    live_values_around_syscall4: syscall4(0, 1, 2, 3);
    live_values_around_syscall5: syscall5(0, 1, 2, 3, 4);
    live_values_around_syscall6: syscall6(0, 1, 2, 3, 4, 5);
}

fn live_values_around_write() -> Outcome {
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let answer = changed!(_args, sys_write(writer.as_fd(), b"ping"));
    check_eq!(answer, (Ok(4), 0));
    Ok(())
}

fn live_values_around_a_failing_pread() -> Outcome {
    let (reader, _writer) = sys_pipe2(O_CLOEXEC)?;
    let mut buf = [7; 4];
    let answer = changed!(_args, sys_pread64(reader.as_fd(), &mut buf, 0x1122_3344_5566));
    check_eq!(answer, (Err(ESPIPE), 0));
    check_eq!(buf, [7; 4]);
    Ok(())
}

/// Some machines leave a product and a quotient in registers of their own, out of which a compiler may move them as late
/// as it likes: it has no name for them in asm!, and the kernel of mips loses them.
fn products_and_quotients_read_behind_a_trap() -> Outcome {
    for (i, divisor) in [3, 7, 1000].into_iter().enumerate() {
        let [number, divisor] = [opaque(usize::MAX / 3 + i), opaque(divisor)];
        let [a, b] = [opaque(0x1234_5678), opaque(0x8765_4321)];
        let (quotient, remainder) = (number / divisor, number % divisor);
        // SAFETY: the call touches no memory.
        let first = unsafe { syscall1(SYS_sched_yield, quotient) };
        let product = a as u64 * b as u64;
        // SAFETY: as above.
        let second = unsafe { syscall1(SYS_sched_yield, product as u32) };
        check_eq!((first.to_usize(), second.to_usize()), (0, 0));
        check_eq!(quotient * divisor + remainder, number);
        check_eq!(product, 0x09a0_cd05_70b8_8d78);
    }
    Ok(())
}

// Where the arguments go: each argument of these calls has an effect of its own, which is read back.

/// The largest page that Linux has by default on any architecture.
const PAGE: usize = 64 << 10;

/// A file without a name; page `n` of its three holds bytes of `n` + 1.
fn memfd() -> Result<OwnedFd> {
    // SAFETY: the name ends with a zero byte.
    let file: Result<OwnedFd> = unsafe { call!(SYS_memfd_create, c"registers".as_ptr(), 0u32) };
    let file = file?;
    for page in 0..3 {
        for at in (0..PAGE).step_by(4096) {
            let bytes = [page as u8 + 1; 4096];
            let _ = sys_pwrite64(file.as_fd(), &bytes, (page * PAGE + at) as u64)?;
        }
    }
    Ok(file)
}

fn no_argument() -> Outcome {
    // SAFETY: the calls touch no memory.
    let (pid, tid) = unsafe { (syscall0(SYS_getpid), syscall0(SYS_gettid)) };
    check_eq!(pid, tid);
    check_eq!(pid.to_isize(), sys_getpid().as_raw() as isize);
    Ok(())
}

fn one_argument_in_its_place() -> Outcome {
    // SAFETY: the call touches no memory.
    let set = |mask: u32| unsafe { syscall1(SYS_umask, mask) }.to_usize();
    let before = set(0o27);
    check_eq!(set(before as u32), 0o27);
    Ok(())
}

fn two_arguments_in_their_places() -> Outcome {
    let file = memfd()?;
    // SAFETY: the call touches no memory.
    unsafe { syscall2(SYS_fchmod, file.as_raw(), 0o123u32) }.result()?;
    check_eq!(sys_fstat(file.as_fd())?.st_mode, S_IFREG | 0o123);
    Ok(())
}

fn three_arguments_in_their_places() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    // SAFETY: the buffer has that many bytes.
    check_eq!(
        unsafe { syscall3(SYS_write, writer.as_raw(), b"pong!".as_ptr(), 4usize) }.to_isize(),
        4
    );
    let mut buf = [0; 8];
    check_eq!(sys_read(reader.as_fd(), &mut buf), Ok(4));
    check_eq!(&buf, b"pong\0\0\0\0");
    Ok(())
}

fn four_arguments_in_their_places() -> Outcome {
    const SPLICE_F_NONBLOCK: u32 = 2;
    let (from, to) = (sys_pipe2(O_CLOEXEC)?, sys_pipe2(O_CLOEXEC)?);
    let tee = |count: usize, flags: u32| {
        // SAFETY: tee(2) copies between two pipes, and touches no memory of ours.
        unsafe { syscall4(SYS_tee, from.0.as_raw(), to.1.as_raw(), count, flags) }.result()
    };
    // The flags.
    check_err!(tee(3, 1 << 31), EINVAL);
    check_err!(tee(3, SPLICE_F_NONBLOCK), EAGAIN);
    sys_write(from.1.as_fd(), b"ping!")?;
    // The count.
    check_eq!(tee(3, SPLICE_F_NONBLOCK)?.to_usize(), 3);
    // The two fds.
    let mut buf = [0; 8];
    check_eq!(sys_read(to.0.as_fd(), &mut buf), Ok(3));
    check_eq!(&buf, b"pin\0\0\0\0\0");
    check_eq!(sys_read(from.0.as_fd(), &mut buf), Ok(5));
    check_eq!(&buf, b"ping!\0\0\0");
    Ok(())
}

fn five_arguments_in_their_places() -> Outcome {
    let file = memfd()?;
    let mut statx = MaybeUninit::<Statx>::zeroed();
    let ask = |path: &core::ffi::CStr, flags: AtFlags, mask: StatxMask, statx: *mut Statx| {
        // SAFETY: the kernel writes one struct statx.
        unsafe {
            syscall5(
                SYS_statx,
                file.as_raw(),
                path.as_ptr(),
                flags.bits(),
                mask.bits(),
                statx,
            )
        }
        .result()
    };
    ask(c"", AT_EMPTY_PATH, STATX_BASIC_STATS, statx.as_mut_ptr())?;
    // SAFETY: every pattern of bits is a Statx.
    let statx = unsafe { statx.assume_init_ref() };
    check_eq!(statx.stx_size, 3 * PAGE as u64);
    check!(statx.stx_mask.contains(STATX_BASIC_STATS));
    check_err!(ask(c"name", AT_EMPTY_PATH, STATX_BASIC_STATS, null_mut()), ENOTDIR);
    check_err!(ask(c"", AtFlags::empty(), STATX_BASIC_STATS, null_mut()), ENOENT);
    check_err!(
        ask(c"", AT_EMPTY_PATH, StatxMask::from_bits(1 << 31), null_mut()),
        EINVAL
    );
    check_err!(ask(c"", AT_EMPTY_PATH, STATX_BASIC_STATS, null_mut()), EFAULT);
    Ok(())
}

fn six_arguments_of_mmap_in_their_places() -> Outcome {
    let file = memfd()?;
    let (reader, writer) = sys_pipe2(O_CLOEXEC | O_NONBLOCK)?;
    // SAFETY: the kernel chooses an address where nothing is.
    let region =
        unsafe { sys_mmap(null_mut(), 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, None, 0)? }.cast::<u8>();
    let wanted = region.wrapping_add(PAGE);
    let flags = (MAP_SHARED | MAP_FIXED).bits();
    // mmap2's offset is in units of 4096 bytes, whatever the page (mmap2(2)).
    let nr = first_of(SYS_mmap2, SYS_mmap);
    let offset = if SYS_mmap2.exists() { PAGE / 4096 } else { PAGE };
    let (length, prot, fd) = (2 * PAGE, PROT_READ.bits(), file.as_raw());
    // SAFETY: the address lies within the region, which is nobody else's.
    let answer = unsafe {
        if NATIVE.arch == "s390x" {
            // Six words in memory (mmap(2)): nothing is told of registers here.
            let [prot, flags, fd] = [prot as usize, flags as usize, fd as usize];
            let words = [wanted.expose_provenance(), length, prot, flags, fd, offset];
            syscall1(nr, words.as_ptr())
        } else {
            syscall6(nr, wanted, length, prot, flags, fd, offset)
        }
    };
    // The address and MAP_FIXED.
    check_eq!(answer.result()?.to_ptr::<u8>(), wanted);
    // The fd and the offset.
    // SAFETY: the bytes are mapped for reading.
    check_eq!(
        unsafe { (wanted.read_volatile(), wanted.add(2 * PAGE - 1).read_volatile()) },
        (2, 3)
    );
    // MAP_SHARED.
    check_eq!(sys_pwrite64(file.as_fd(), b"x", PAGE as u64), Ok(1));
    // SAFETY: as above.
    check_eq!(unsafe { wanted.read_volatile() }, b'x');
    // The length: the kernel can read the last byte of two pages, and neither what precedes nor what follows.
    // SAFETY: the kernel looks whether it may read the byte.
    let readable =
        |at: usize| unsafe { syscall3(SYS_write, writer.as_raw(), region.wrapping_add(at), 1usize) }.result();
    check_err!(readable(PAGE - 1), EFAULT);
    check!(readable(PAGE).is_ok() && readable(3 * PAGE - 1).is_ok());
    check_err!(readable(3 * PAGE), EFAULT);
    // The protection: the kernel can write nothing there.
    // SAFETY: the byte belongs to this test.
    check_err!(
        unsafe { syscall3(SYS_read, reader.as_raw(), wanted, 1usize) }.result(),
        EFAULT
    );
    // SAFETY: nobody uses the region any more.
    unsafe { sys_munmap(region.cast(), 4 * PAGE)? };
    Ok(())
}

fn six_arguments_of_copy_file_range_in_their_places() -> Outcome {
    let (from, to) = (memfd()?, memfd()?);
    sys_pwrite64(from.as_fd(), b"abcdefgh", 0)?;
    let (mut off_in, mut off_out) = (2i64, PAGE as i64 + 5);
    let mut copy = |flags: u32| {
        let (off_in, off_out) = (&raw mut off_in, &raw mut off_out);
        // SAFETY: the kernel reads and writes the two offsets.
        unsafe {
            syscall6(
                SYS_copy_file_range,
                from.as_raw(),
                off_in,
                to.as_raw(),
                off_out,
                3usize,
                flags,
            )
        }
        .result()
    };
    check_err!(copy(1), EINVAL);
    check_eq!(copy(0)?.to_usize(), 3);
    check_eq!((off_in, off_out), (5, PAGE as i64 + 8));
    let mut buf = [0; 5];
    check_eq!(sys_pread64(to.as_fd(), &mut buf, PAGE as u64 + 4), Ok(5));
    check_eq!(&buf, b"\x02cde\x02");
    Ok(())
}

/// The kernel's `fd_set`, of which the calls below use the first word.
type FdSet = [usize; FD_SET_WORDS];

const FD_SET_WORDS: usize = 1024 / usize::BITS as usize;

fn fd_set(fds: &[i32]) -> FdSet {
    let mut set: FdSet = [0; FD_SET_WORDS];
    fds.iter().for_each(|fd| set[0] |= 1 << fd);
    set
}

static NOTED: AtomicU32 = AtomicU32::new(0);

extern "C" fn note(_: Signal) {
    NOTED.fetch_add(1, Ordering::Relaxed);
}

fn six_arguments_of_pselect6_in_their_places() -> Outcome {
    let (full, empty) = (sys_pipe2(O_CLOEXEC)?, sys_pipe2(O_CLOEXEC)?);
    sys_write(full.1.as_fd(), b"x")?;
    let fds = [full.0.as_raw(), full.1.as_raw(), empty.0.as_raw(), empty.1.as_raw()];
    check!(fds.is_sorted());
    let mut time = Timespec::default();
    let nr = first_of(SYS_pselect6_time64, SYS_pselect6);
    let mut select = |count: i32, sets: &mut [FdSet; 3], milliseconds: i64, mask: *const [usize; 2]| {
        time.tv_nsec = milliseconds * 1_000_000;
        let [read, write, except] = sets.each_mut().map(|set| &raw mut *set);
        // SAFETY: the kernel reads and writes the sets and the time, and reads the mask.
        let answer = unsafe { syscall6(nr, count, read, write, except, &raw mut time, mask) }.result();
        (answer.map(Reg::to_usize), time.tv_nsec)
    };
    let all = || [fd_set(&[fds[0], fds[2]]), fd_set(&[fds[3]]), fd_set(&[fds[0], fds[2]])];
    // The three sets.
    let mut sets = all();
    let (answer, left) = select(fds[3] + 1, &mut sets, 900, null());
    check_eq!(answer, Ok(2));
    check_eq!(sets, [fd_set(&fds[..1]), fd_set(&fds[3..]), fd_set(&[])]);
    // The time: all but nothing of it is left.
    check!(left > 100_000_000 && left <= 900_000_000);
    // The count: the last is not looked at.
    let (answer, _) = select(fds[3], &mut all(), 900, null());
    check_eq!(answer, Ok(1));
    let (answer, left) = select(0, &mut all(), 10, null());
    check_eq!((answer, left), (Ok(0), 0));
    // The mask: a signal that is pending is let in.
    let set = Sigset::empty().with(SIGUSR1);
    // SAFETY: the handler adds to an atomic.
    unsafe { sys_rt_sigaction(SIGUSR1, Some(&Sigaction::new(Handler::Signal(note))))? };
    let before = sys_rt_sigprocmask(SIG_BLOCK, Some(&set))?;
    sys_kill(sys_getpid(), SIGUSR1)?;
    let mask = [(&raw const before).expose_provenance(), size_of::<Sigset>()];
    let (answer, _) = select(0, &mut all(), 900, &raw const mask);
    let noted = NOTED.load(Ordering::Relaxed);
    sys_rt_sigprocmask(SIG_SETMASK, Some(&before))?;
    check_eq!((answer, noted), (Err(EINTR), 1));
    Ok(())
}

/// The kernel's `struct sockaddr_un`.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Debug)]
struct UnixAddress {
    family: u16,
    path: [u8; 108],
}

const NOWHERE: UnixAddress = UnixAddress {
    family: 0,
    path: [0; 108],
};

/// A Unix datagram socket with an abstract name that the kernel chose (unix(7), "Autobind feature"), and the name.
fn datagram_socket() -> Result<(OwnedFd, UnixAddress, u32)> {
    const AF_UNIX: u16 = 1;
    let (mut name, mut len) = (NOWHERE, size_of::<UnixAddress>() as u32);
    name.family = AF_UNIX;
    let (start, len_start) = (&raw mut name, &raw mut len);
    // SAFETY: the kernel reads two bytes of the name, then writes it and its length.
    unsafe {
        let socket: Result<OwnedFd> = call!(SYS_socket, u32::from(AF_UNIX), SOCK_DGRAM.bits(), 0u32);
        let socket = socket?;
        syscall3(SYS_bind, socket.as_raw(), start, 2usize).result()?;
        syscall3(SYS_getsockname, socket.as_raw(), start, len_start).result()?;
        Ok((socket, name, len))
    }
}

fn six_arguments_of_sendto_and_recvfrom_in_their_places() -> Outcome {
    const MSG_OOB: u32 = 1;
    const MSG_PEEK: u32 = 2;
    const MSG_DONTWAIT: u32 = 0x40;
    let (sender, from, from_len) = datagram_socket()?;
    let (receiver, to, to_len) = datagram_socket()?;
    let send = |flags: u32, len: u32| {
        // SAFETY: the kernel reads 4 bytes, and the name.
        unsafe {
            syscall6(
                SYS_sendto,
                sender.as_raw(),
                b"ping!".as_ptr(),
                4usize,
                flags,
                &raw const to,
                len,
            )
        }
        .result()
    };
    // The flags and the length of the name.
    check_err!(send(MSG_OOB, to_len), EOPNOTSUPP);
    check_err!(send(0, to_len - 1), ECONNREFUSED);
    check_eq!(send(0, to_len)?.to_usize(), 4);
    let receive = |flags: u32, count: usize| {
        let (mut buf, mut name, mut len) = ([0u8; 8], NOWHERE, size_of::<UnixAddress>() as u32);
        let (start, name_start, len_start) = (&raw mut buf, &raw mut name, &raw mut len);
        // SAFETY: the kernel writes `count` bytes at most, the name and its length.
        let answer = unsafe {
            syscall6(
                SYS_recvfrom,
                receiver.as_raw(),
                start,
                count,
                flags,
                name_start,
                len_start,
            )
        };
        answer.result().map(|count| (count.to_usize(), buf, name, len))
    };
    check_eq!(receive(MSG_PEEK, 3), Ok((3, *b"pin\0\0\0\0\0", from, from_len)));
    check_eq!(receive(0, 8), Ok((4, *b"ping\0\0\0\0", from, from_len)));
    check_err!(receive(MSG_DONTWAIT, 8), EAGAIN);
    Ok(())
}
