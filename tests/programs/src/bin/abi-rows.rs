//! What the crate holds, as rows for a comparison with the kernel's headers: numbers, errnos, signals, constants and
//! layouts, tab-separated, in the kernel's spelling.
//!
//! Most rows are made by the compiler, and lie in the program's file as they are: where no program can be run, that is what is
//! compared (ci/lib/rows.py).
#![no_std]
#![no_main]

use core::fmt::{self, Write};
use core::mem::{align_of, offset_of, size_of};

use rawtrap::start::Start;
use rawtrap::tables::native;
use rawtrap::*;

rawtrap::entry!(main);

fn main(_: Start) -> i32 {
    match print(&mut Writer::new(STDOUT)) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn print(out: &mut Writer) -> fmt::Result {
    for row in &ROWS {
        row.print(out)?;
    }
    // What the decoder calls by names of its own, and once more what it takes from the families.
    for (name, value) in interpose::names() {
        writeln!(out, "const\t{name}\t{value}")?;
    }
    syscall_info(out)?;
    siginfo(out)
}

/// Words with a tab between them, filled up with zeros, and numbers: in the machine's order of bytes, without a gap.
#[repr(C)]
#[derive(Clone, Copy)]
struct Row {
    words: [u8; 64],
    count: u64,
    numbers: [u64; 3],
}

impl Row {
    const EMPTY: Row = Row {
        words: [0; 64],
        count: 0,
        numbers: [0; 3],
    };

    const fn new(words: &[&[u8]], numbers: &[u64]) -> Row {
        let mut row = Row::EMPTY;
        let (mut at, mut word) = (0, 0);
        while word < words.len() {
            if word > 0 {
                row.words[at] = b'\t';
                at += 1;
            }
            let mut byte = 0;
            while byte < words[word].len() {
                row.words[at] = words[word][byte];
                (at, byte) = (at + 1, byte + 1);
            }
            word += 1;
        }
        while (row.count as usize) < numbers.len() {
            row.numbers[row.count as usize] = numbers[row.count as usize];
            row.count += 1;
        }
        row
    }

    fn print(&self, out: &mut Writer) -> fmt::Result {
        let words = self.words.split(|byte| *byte == 0).next().unwrap_or(&[]);
        out.write_str(core::str::from_utf8(words).unwrap_or("?"))?;
        for number in &self.numbers[..self.count as usize] {
            write!(out, "\t{number}")?;
        }
        out.write_str("\n")
    }
}

/// All rows; where there is no room for them, how many.
struct Rows<const ROOM: usize> {
    rows: [Row; ROOM],
    count: usize,
}

impl<const ROOM: usize> Rows<ROOM> {
    const fn push(&mut self, words: &[&[u8]], numbers: &[u64]) {
        if ROOM > 0 {
            self.rows[self.count] = Row::new(words, numbers);
        }
        self.count += 1;
    }

    const fn push_table(&mut self, kind: &[u8], prefix: usize, table: &[(&str, u32)]) {
        let mut at = 0;
        while at < table.len() {
            let (_, name) = table[at].0.as_bytes().split_at(prefix);
            self.push(&[kind, name], &[table[at].1 as u64]);
            at += 1;
        }
    }

    const fn push_constants(&mut self, family: &[(&str, u64)]) {
        let mut at = 0;
        while at < family.len() {
            self.push(&[b"const", family[at].0.as_bytes()], &[family[at].1]);
            at += 1;
        }
    }

    const fn all() -> Self {
        let mut rows = Rows {
            rows: [Row::EMPTY; ROOM],
            count: 0,
        };
        rows.push_table(b"nr", "SYS_".len(), native::nr::TABLE);
        rows.push_table(b"errno", 0, native::errno::TABLE);
        rows.push_table(b"signal", 0, native::signal::TABLE);
        let mut at = 0;
        while at < CONSTANTS.len() {
            rows.push_constants(CONSTANTS[at]);
            at += 1;
        }
        rows.push_layouts();
        rows
    }
}

#[unsafe(link_section = ".rawtrap_rows")]
static ROWS: [Row; COUNT] = Rows::all().rows;
const COUNT: usize = Rows::<0>::all().count;

/// The constants of each family, and those that are of no family.
const CONSTANTS: &[&[(&str, u64)]] = &[
    AddressFamily::NAMES,
    AtFlags::NAMES,
    ClockId::NAMES,
    CloneFlags::NAMES,
    DirentType::NAMES,
    EpollCreateFlags::NAMES,
    EpollEvents::NAMES,
    EpollOperation::NAMES,
    EventfdFlags::NAMES,
    Fadvice::NAMES,
    FallocateFlags::NAMES,
    FcntlCommand::NAMES,
    FdFlags::NAMES,
    FileRequest::NAMES,
    FutexFlags::NAMES,
    GrndFlags::NAMES,
    IdType::NAMES,
    Itimer::NAMES,
    MapFlags::NAMES,
    MaskHow::NAMES,
    MsgFlags::NAMES,
    OpenFlags::NAMES,
    PollEvents::NAMES,
    ProtFlags::NAMES,
    Protocol::NAMES,
    PtraceEvent::NAMES,
    PtraceOptions::NAMES,
    PtraceRequest::NAMES,
    PtraceSyscallOp::NAMES,
    Resource::NAMES,
    SaFlags::NAMES,
    ShutdownHow::NAMES,
    SiCode::NAMES,
    SocketLevel::NAMES,
    SOL_IP.options(),
    SOL_IPV6.options(),
    SOL_SOCKET.options(),
    SOL_TCP.options(),
    SOL_UDP.options(),
    SocketType::NAMES,
    StackFlags::NAMES,
    StatxAttributes::NAMES,
    StatxMask::NAMES,
    SyncRangeFlags::NAMES,
    TimerFlags::NAMES,
    TtyRequest::NAMES,
    WaitOptions::NAMES,
    Whence::NAMES,
    &[
        ("AT_FDCWD", AT_FDCWD.as_raw() as u64),
        ("AT_STATX_SYNC_AS_STAT", AT_STATX_SYNC_AS_STAT.bits() as u64),
        ("CLD_CONTINUED", CLD_CONTINUED.bits() as u64),
        ("CLD_DUMPED", CLD_DUMPED.bits() as u64),
        ("CLD_EXITED", CLD_EXITED.bits() as u64),
        ("CLD_KILLED", CLD_KILLED.bits() as u64),
        ("CLD_STOPPED", CLD_STOPPED.bits() as u64),
        ("CLD_TRAPPED", CLD_TRAPPED.bits() as u64),
        ("__FD_SETSIZE", FD_SETSIZE as u64),
        ("MINSIGSTKSZ", MINSIGSTKSZ as u64),
        ("O_ACCMODE", O_ACCMODE.bits() as u64),
        ("RLIM64_INFINITY", RLIM64_INFINITY),
        ("SIGSTKSZ", SIGSTKSZ as u64),
        ("UTIME_NOW", UTIME_NOW as u64),
        ("UTIME_OMIT", UTIME_OMIT as u64),
        ("S_IFBLK", S_IFBLK as u64),
        ("S_IFCHR", S_IFCHR as u64),
        ("S_IFDIR", S_IFDIR as u64),
        ("S_IFIFO", S_IFIFO as u64),
        ("S_IFLNK", S_IFLNK as u64),
        ("S_IFMT", S_IFMT as u64),
        ("S_IFREG", S_IFREG as u64),
        ("S_IFSOCK", S_IFSOCK as u64),
        ("S_ISGID", S_ISGID as u64),
        ("S_ISUID", S_ISUID as u64),
        ("S_ISVTX", S_ISVTX as u64),
    ],
];

/// The size and the alignment of a field's type, which the accessor names.
const fn shape<T, F>(_: fn(&T) -> F) -> (usize, usize) {
    (size_of::<F>(), align_of::<F>())
}

/// The rows of a struct and of those of its fields that the kernel knows.
macro_rules! layout {
    ($rows:tt, $name:literal = $type:ty { $($field:ident)* }) => {
        let name = $name.as_bytes();
        $rows.push(&[b"layout", name], &[size_of::<$type>() as u64, align_of::<$type>() as u64]);
        $(
            let (size, align) = shape(|value: &$type| value.$field);
            let numbers = [offset_of!($type, $field) as u64, size as u64, align as u64];
            $rows.push(&[b"layout", name, stringify!($field).as_bytes()], &numbers);
        )*
    };
}

#[rustfmt::skip]
impl<const ROOM: usize> Rows<ROOM> {
const fn push_layouts(&mut self) {
    layout!(self, "__kernel_fd_set" = FdSet {});
    layout!(self, "__kernel_old_timeval" = Timeval { tv_sec tv_usec });
    layout!(self, "__kernel_old_itimerval" = Itimerval { it_interval it_value });
    layout!(self, "__kernel_sock_timeval" = SockTimeval { tv_sec tv_usec });
    layout!(self, "__kernel_sockaddr_storage" = SockaddrStorage { ss_family __data });
    layout!(self, "__kernel_timespec" = Timespec { tv_sec tv_nsec });
    layout!(self, "epoll_event" = EpollEvent { events data });
    layout!(self, "in6_addr" = In6Addr { s6_addr });
    layout!(self, "in_addr" = InAddr { s_addr });
    layout!(self, "iovec" = IoSlice {});
    layout!(self, "iovec" = IoSliceMut {});
    layout!(self, "iovec" = RemoteIoSlice { iov_base iov_len });
    layout!(self, "linger" = Linger { l_onoff l_linger });
    layout!(self, "new_utsname" = Utsname { sysname nodename release version machine domainname });
    layout!(self, "pollfd" = Pollfd { fd events revents });
    layout!(self, "ptrace_syscall_info" = PtraceSyscallInfo { op arch instruction_pointer stack_pointer });
    layout!(self, "rlimit64" = Rlimit64 { rlim_cur rlim_max });
    layout!(self, "rusage" = Rusage {
        ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock
        ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw
    });
    layout!(self, "kernel_sigaction" = KernelSigaction { sa_handler sa_flags sa_mask });
    if let Some(offset) = KernelSigaction::RESTORER {
        let (size, align) = (size_of::<*const ()>(), align_of::<*const ()>());
        self.push(&[b"layout", b"kernel_sigaction", b"sa_restorer"], &[offset as u64, size as u64, align as u64]);
    }
    layout!(self, "sigaltstack" = Stack { ss_sp ss_flags ss_size });
    layout!(self, "kernel_sigset_t" = Sigset {});
    layout!(self, "sockaddr_in" = SockaddrIn { sin_family sin_port sin_addr sin_zero });
    layout!(self, "sockaddr_in6" = SockaddrIn6 { sin6_family sin6_port sin6_flowinfo sin6_addr sin6_scope_id });
    layout!(self, "sockaddr_un" = SockaddrUn { sun_family sun_path });
    if !STAT_BY_STATX {
        layout!(self, "stat" = Stat {
            st_dev st_ino st_nlink st_mode st_uid st_gid st_rdev st_size st_blksize st_blocks
            st_atime st_atime_nsec st_mtime st_mtime_nsec st_ctime st_ctime_nsec
        });
    }
    layout!(self, "statx" = Statx {
        stx_mask stx_blksize stx_attributes stx_nlink stx_uid stx_gid stx_mode stx_ino stx_size stx_blocks
        stx_attributes_mask stx_atime stx_btime stx_ctime stx_mtime stx_rdev_major stx_rdev_minor stx_dev_major
        stx_dev_minor stx_mnt_id stx_dio_mem_align stx_dio_offset_align stx_subvol stx_atomic_write_unit_min
        stx_atomic_write_unit_max stx_atomic_write_segments_max stx_dio_read_offset_align stx_atomic_write_unit_max_opt
    });
    layout!(self, "statx_timestamp" = StatxTimestamp { tv_sec tv_nsec });
    layout!(self, "ucred" = Ucred { pid uid gid });
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))] // elsewhere the kernel has no such struct
    layout!(self, "user_desc" = UserDesc { entry_number base_addr limit });
    layout!(self, "winsize" = Winsize { ws_row ws_col ws_xpixel ws_ypixel });
}
}

/// The fields behind `PtraceSyscallInfo::stop`: those bytes that change its answer. They stand in structs without a name.
fn syscall_info(out: &mut Writer) -> fmt::Result {
    const SIZE: usize = size_of::<PtraceSyscallInfo>();
    fn numbers(op: u8, bytes: [u8; SIZE]) -> [u64; 8] {
        // SAFETY: it is plain words, for which any bits are a value.
        let info: PtraceSyscallInfo = unsafe { core::mem::transmute(bytes) };
        let ([a, b, c, d, e, f], [first, last]) = match info.stop() {
            SyscallStop::Entry { nr, args } if op == 1 => (args, [nr, 0]),
            SyscallStop::Exit { rval, is_error } if op == 2 => ([0; 6], [rval as u64, is_error.into()]),
            SyscallStop::Seccomp { nr, args, ret_data } if op == 3 => (args, [nr, ret_data.into()]),
            _ => return [0; 8],
        };
        [first, a, b, c, d, e, f, last]
    }
    for (field, op, number) in [
        ("entry.nr", 1, 0),
        ("entry.args[0]", 1, 1),
        ("entry.args[5]", 1, 6),
        ("exit.rval", 2, 0),
        ("exit.is_error", 2, 7),
        ("seccomp.nr", 3, 0),
        ("seccomp.args[0]", 3, 1),
        ("seccomp.args[5]", 3, 6),
        ("seccomp.ret_data", 3, 7),
    ] {
        let mut bytes = [0; SIZE];
        bytes[0] = op;
        let mut places = (1..SIZE).filter(|at| {
            let mut changed = bytes;
            changed[*at] = 1;
            numbers(op, changed)[number] != 0
        });
        let (offset, size) = (places.next().unwrap_or(0), 1 + places.count());
        writeln!(
            out,
            "layout\tptrace_syscall_info\t{field}\t{offset}\t{size}\t{}",
            size.min(align_of::<u64>())
        )?;
    }
    Ok(())
}

/// `Siginfo` has accessors in place of fields. Every byte of this one holds its own offset, so that the first byte of
/// what an accessor answers tells where it looked.
fn siginfo(out: &mut Writer) -> fmt::Result {
    const SIZE: usize = size_of::<Siginfo>();
    let bytes: [u8; SIZE] = core::array::from_fn(|at| at as u8);
    // SAFETY: `siginfo_t` is plain words, for which any bits are a value.
    let info: Siginfo = unsafe { core::mem::transmute(bytes) };
    let word = |word: i32| (word.to_ne_bytes()[0], 4);
    let long = |long: isize| (long.to_ne_bytes()[0], size_of::<isize>());
    let pointer = |pointer: *mut ()| (pointer.addr().to_ne_bytes()[0], size_of::<usize>());

    writeln!(out, "layout\tsiginfo_t\t{SIZE}\t{}", align_of::<Siginfo>())?;
    for (field, (offset, size)) in [
        ("si_signo", word(info.si_signo().as_raw())),
        ("si_errno", word(info.si_errno())),
        ("si_code", word(info.si_code().bits())),
        ("si_pid", word(info.si_pid().as_raw())),
        ("si_uid", word(info.si_uid().as_raw() as i32)),
        ("si_status", word(info.si_status())),
        ("si_utime", long(info.si_utime())),
        ("si_stime", long(info.si_stime())),
        ("si_addr", pointer(info.si_addr())),
        ("si_value", pointer(info.si_value())),
    ] {
        writeln!(out, "layout\tsiginfo_t\t{field}\t{offset}\t{size}\t{size}")?;
    }
    Ok(())
}
