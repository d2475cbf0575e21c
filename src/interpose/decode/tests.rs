use super::table::{Kind, Signature};
use super::*;
use crate::arch::abi;
use crate::interpose::OwnMemory;
use crate::*;

mod details;

/// A stretch of memory at an address of its own, and nothing around it.
struct Fake {
    at: usize,
    bytes: &'static [u8],
}

impl Memory for Fake {
    fn read(&self, at: usize, into: &mut [u8]) -> usize {
        let Some(bytes) = at.checked_sub(self.at).and_then(|from| self.bytes.get(from..)) else {
            return 0;
        };
        let count = bytes.len().min(into.len());
        into[..count].copy_from_slice(&bytes[..count]);
        count
    }
}

const NOTHING: Fake = Fake { at: 0, bytes: b"" };

fn line(nr: Sysno, args: &[usize], result: isize, memory: &dyn Memory) -> String {
    let args: Vec<Reg> = args.iter().map(|arg| Reg::from(*arg)).collect();
    Line::new(nr, &args, Some(Reg::from(result)), memory).to_string()
}

/// What is printed of one write(2).
fn written(bytes: &'static [u8]) -> String {
    let memory = Fake { at: 0x1000, bytes };
    let line = line(SYS_write, &[1, 0x1000, bytes.len()], 0, &memory);
    line.strip_prefix("write(1, ")
        .unwrap()
        .split_once(&format!(", {}) = 0", bytes.len()))
        .unwrap()
        .0
        .to_string()
}

#[test]
fn bytes_are_escaped_as_short_as_can_be() {
    assert_eq!(written(b"a\"\\\n\t\r\x0b\x0c"), r#""a\"\\\n\t\r\v\f""#);
    assert_eq!(written(b"\0\x01\x1b\x7f\x80\xff~ "), r#""\0\1\33\177\200\377~ ""#);
    // A digit behind it makes three of it, if it is an octal one.
    assert_eq!(written(b"\x000\x077\x018\x01a"), r#""\0000\0077\18\1a""#);
}

#[test]
fn strings_are_cut_at_32_bytes() {
    assert_eq!(written(&[b'a'; 32]), format!("\"{}\"", "a".repeat(32)));
    assert_eq!(written(&[b'a'; 33]), format!("\"{}\"...", "a".repeat(32)));
    assert_eq!(written(b""), r#""""#);
}

#[test]
fn a_path_is_shown_whole() {
    for len in [0, 1, 63, 64, 65, 127, 128, 129, 1000, 4095] {
        let mut bytes = vec![b'/'; len];
        bytes.push(0);
        let memory = Fake {
            at: 0x1000,
            bytes: bytes.leak(),
        };
        assert_eq!(
            line(SYS_chdir, &[0x1000], 0, &memory),
            format!("chdir(\"{}\") = 0", "/".repeat(len))
        );
    }
    // An escape that looks across the border of what is read at once.
    let mut bytes = vec![b'a'; 63];
    bytes.extend(b"\x017\0");
    let memory = Fake {
        at: 0x1000,
        bytes: bytes.leak(),
    };
    assert_eq!(
        line(SYS_chdir, &[0x1000], 0, &memory),
        format!("chdir(\"{}\\0017\") = 0", "a".repeat(63))
    );
    // Without an end, in memory that ends; and one that is longer than any.
    for (len, shown) in [
        (100, "0x1000".to_string()),
        (5000, format!("\"{}\"...", "b".repeat(4095))),
    ] {
        let memory = Fake {
            at: 0x1000,
            bytes: vec![b'b'; len].leak(),
        };
        assert_eq!(line(SYS_chdir, &[0x1000], 0, &memory), format!("chdir({shown}) = 0"));
    }
}

#[test]
fn what_cannot_be_read_is_an_address() {
    assert_eq!(
        line(SYS_write, &[1, 0, 5], -14, &NOTHING),
        "write(1, NULL, 5) = -1 EFAULT (bad address)"
    );
    assert_eq!(line(SYS_write, &[1, 8, 5], 0, &NOTHING), "write(1, 0x8, 5) = 0");
    assert_eq!(line(SYS_write, &[1, 8, 0], 0, &NOTHING), "write(1, \"\", 0) = 0");
    // All but the last byte is there.
    let memory = Fake { at: 8, bytes: b"1234" };
    assert_eq!(line(SYS_write, &[1, 8, 4], 4, &memory), "write(1, \"1234\", 4) = 4");
    assert_eq!(line(SYS_write, &[1, 8, 5], 5, &memory), "write(1, 0x8, 5) = 5");
}

#[test]
fn what_a_call_fills_in_is_shown_if_it_has() {
    let memory = Fake {
        at: 0x1000,
        bytes: b"pong....",
    };
    assert_eq!(line(SYS_read, &[3, 0x1000, 8], 4, &memory), "read(3, \"pong\", 8) = 4");
    assert_eq!(line(SYS_read, &[3, 0x1000, 8], 0, &memory), "read(3, \"\", 8) = 0");
    assert_eq!(
        line(SYS_read, &[3, 0x1000, 8], -11, &memory),
        "read(3, 0x1000, 8) = -1 EAGAIN (resource temporarily unavailable)"
    );
}

#[test]
fn answers() {
    assert_eq!(line(SYS_getpid, &[], 17, &NOTHING), "getpid() = 17");
    assert_eq!(line(SYS_umask, &[0o22], 0, &NOTHING), "umask(022) = 000");
    assert_eq!(line(SYS_close, &[3], -4000, &NOTHING), "close(3) = -1 (errno 4000)");
    assert_eq!(
        line(SYS_close, &[3], -512, &NOTHING),
        "close(3) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)"
    );
    let status = [Reg::from(3)];
    let exit = Line::new(SYS_exit_group, &status, None, &NOTHING);
    assert_eq!(exit.to_string(), "exit_group(3) = ?");
    // More registers than the call has, as a tracer sees them.
    assert_eq!(line(SYS_getpid, &[1, 2, 3, 4, 5, 6], 17, &NOTHING), "getpid() = 17");
    assert_eq!(
        line(Sysno::new(9999), &[1, 0, usize::MAX], -38, &NOTHING),
        "syscall_0x270f(0x1, 0, 0xffffffffffffffff) = -1 ENOSYS (function not implemented)"
    );
}

#[test]
fn flags_that_nobody_knows() {
    let pipe2 = |flags| line(SYS_pipe2, &[0, flags], -22, &NOTHING);
    assert_eq!(pipe2(0), "pipe2(NULL, 0) = -1 EINVAL (invalid argument)");
    assert_eq!(
        pipe2((O_CLOEXEC | O_NONBLOCK).bits() as usize | 1 << 28),
        "pipe2(NULL, O_NONBLOCK|O_CLOEXEC|0x10000000) = -1 EINVAL (invalid argument)"
    );
    assert_eq!(
        pipe2(1 << 28),
        "pipe2(NULL, 0x10000000 /* O_??? */) = -1 EINVAL (invalid argument)"
    );
    // The kernel reads 32 bits of the register.
    assert_eq!(
        line(SYS_lseek, &[1, 0, 1 << 40 | 9], -22, &NOTHING),
        "lseek(1, 0, 0x9 /* SEEK_??? */) = -1 EINVAL (invalid argument)"
    );
    let sigprocmask = line(SYS_rt_sigprocmask, &[77, 0, 0, 8], -22, &NOTHING);
    assert_eq!(
        sigprocmask,
        "rt_sigprocmask(0x4d /* SIG_??? */, NULL, NULL, 8) = -1 EINVAL (invalid argument)"
    );
}

#[test]
fn arguments_that_decide_on_others() {
    let fcntl = |command: FcntlCommand, argument, result| {
        line(SYS_fcntl, &[3, command.bits() as usize, argument], result, &NOTHING)
    };
    assert_eq!(fcntl(F_GETFD, 99, 1), "fcntl(3, F_GETFD) = 0x1 (flags FD_CLOEXEC)");
    assert_eq!(fcntl(F_GETFL, 99, 0), "fcntl(3, F_GETFL) = 0 (flags O_RDONLY)");
    assert_eq!(fcntl(F_DUPFD, 9, 9), "fcntl(3, F_DUPFD, 9) = 9");
    let openat = |flags: OpenFlags| {
        line(
            SYS_openat,
            &[usize::MAX - 99, 0, flags.bits() as usize, 0o600],
            3,
            &NOTHING,
        )
    };
    assert_eq!(openat(O_RDONLY), "openat(AT_FDCWD, NULL, O_RDONLY) = 3");
    assert_eq!(
        openat(O_WRONLY | O_CREAT),
        "openat(AT_FDCWD, NULL, O_WRONLY|O_CREAT, 0600) = 3"
    );
    assert_eq!(
        openat(O_RDWR | O_TMPFILE),
        "openat(AT_FDCWD, NULL, O_RDWR|O_TMPFILE, 0600) = 3"
    );
    let futex = |args: &[usize]| line(SYS_futex, args, 0, &NOTHING);
    assert_eq!(futex(&[8, 0x81, 3]), "futex(0x8, FUTEX_WAKE_PRIVATE, 3) = 0");
    assert_eq!(
        futex(&[8, 0x189, 3, 0, 0, 0xffff_ffff]),
        "futex(0x8, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 3, NULL, FUTEX_BITSET_MATCH_ANY) = 0"
    );
    assert_eq!(futex(&[8, 7]), "futex(0x8, FUTEX_UNLOCK_PI) = 0");
    assert_eq!(
        futex(&[8, 0xcd, 1, 2, 3, 4]),
        "futex(0x8, 0xcd /* FUTEX_??? */, 1, 0x2, 0x3, 0x4) = 0"
    );
}

#[test]
fn the_halves_of_a_line_make_the_whole() {
    let args: [Reg; 6] = [3, 0x1000, 8, 4, 0x1004, 6].map(Reg::from);
    let memory = Fake {
        at: 0x1000,
        bytes: &[1; 512],
    };
    for result in [Some(Reg::from(1)), Some(Reg::from(-22)), None] {
        for (name, _) in crate::arch::nr::TABLE {
            let nr = Sysno::from_name(&name[4..]).unwrap();
            let mut line = Line::new(nr, &args, result, &memory);
            let whole = line.to_string();
            line.part = Part::Start;
            let mut halves = line.to_string();
            line.part = Part::End;
            halves += &line.to_string();
            assert_eq!(halves, whole);
        }
    }
}

#[test]
fn the_first_half_ends_before_what_the_call_fills_in() {
    let args: [Reg; 6] = [3, 0x1000, 8, 4, 5, 6].map(Reg::from);
    let start = |nr| {
        let mut line = Line::new(nr, &args, None, &NOTHING);
        line.part = Part::Start;
        line.to_string()
    };
    assert_eq!(start(SYS_read), "read(3, ");
    assert_eq!(start(SYS_write), "write(3, 0x1000, 8");
    assert_eq!(start(SYS_pipe2), "pipe2(");
    assert_eq!(start(SYS_getpid), "getpid(");
}

/// What a call finds in memory is shown as it was found.
#[test]
fn what_the_call_overwrites_is_shown_as_it_was() {
    let before = Fake {
        at: 0x1000,
        bytes: const { &128u32.to_ne_bytes() },
    };
    let after = Fake {
        at: 0x1000,
        bytes: const { &16u32.to_ne_bytes() },
    };
    let args = [3, 0, 0x1000].map(Reg::from);
    let line = Line {
        nr: SYS_getsockname,
        args: &args,
        result: Some(Reg::from(0)),
        memory: &after,
        before: Some(&Before::of(SYS_getsockname, &args, &before)),
        part: Part::Whole,
    };
    assert_eq!(line.to_string(), "getsockname(3, NULL, [128 => 16]) = 0");
}

/// Whatever stands in the registers and in memory, a line comes of it.
#[test]
fn no_argument_is_too_bad() {
    static BYTES: [u64; 64] = [
        0,
        1,
        0x0002_0002,
        1 << 63,
        u64::MAX,
        0x7f7f_7f7f,
        10,
        0x2f2f_2f2f_2f2f_2f2f,
        3,
        16,
        1 << 32,
        0,
        2,
        7,
        5,
        0xa,
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        0,
        0,
        u64::MAX,
        1,
        0x1_0001,
        2,
        0,
        3,
        1,
        0,
        0,
        0,
        0,
        1,
        1,
        1,
        2,
        2,
        2,
        3,
        3,
        3,
        4,
        4,
        4,
        5,
        5,
        5,
        6,
        6,
        6,
        7,
    ];
    let own = BYTES.as_ptr().addr();
    let values = [
        0,
        1,
        2,
        8,
        64,
        own,
        own + 24,
        own + 4,
        own + 500,
        usize::MAX,
        usize::MAX - 15,
        1 << 63,
        0xffff_ffff,
        4096 * 3 - 1,
    ];
    let mut random = 7u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    // SAFETY: nobody believes what it says; no other thread unmaps any of these.
    let own_memory = unsafe { OwnMemory::new() };
    let mut length = 0;
    for (_, number) in crate::arch::nr::TABLE {
        for _ in 0..25 {
            let args = [(); 6].map(|()| Reg::from(values[next(values.len())]));
            let result = [0, 1, 3, 8, 40, 4096, -1, -4, -22, -516, isize::MAX][next(11)];
            let count = next(7);
            let line = Line::new(
                Sysno::new(*number),
                &args[..count],
                Some(Reg::from(result)),
                &own_memory,
            );
            length += line.to_string().len();
        }
    }
    assert!(length > 0);
}

/// The declarations themselves say which calls are typed.
#[test]
fn every_typed_call_has_a_signature() {
    let mut typed = 0;
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/calls")).unwrap() {
        let path = file.unwrap().path();
        let Ok(source) = std::fs::read_to_string(&path) else {
            continue;
        };
        for part in source.split("call!(").skip(1) {
            let part = part.split_once(')').unwrap().0;
            let Some(at) = part.find("SYS_") else { continue };
            let name: String = part[at + 4..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let Some(nr) = Sysno::from_name(&name) else {
                continue; // another architecture's
            };
            assert!(Signature::of(nr).is_some(), "{name}: {}", path.display());
            typed += 1;
        }
    }
    assert!(typed > 60, "{typed} found");
}

#[test]
fn each_call_stands_once_and_takes_six_registers_at_most() {
    for (i, signature) in table::SIGNATURES.iter().enumerate() {
        let registers = signature.kinds().len();
        assert!(registers <= 6, "{:?}", signature.nr);
        let again = table::SIGNATURES[i + 1..]
            .iter()
            .any(|other| other.nr == signature.nr && other.nr.exists());
        assert!(!again, "{:?} stands twice", signature.nr);
    }
    assert!(matches!(
        Signature::of(SYS_read).unwrap().kinds(),
        [Kind::Fd, Kind::Filled, Kind::Ulong]
    ));
    assert!(Signature::of(Sysno::new(511)).is_none() && Signature::of(Sysno::new(u32::MAX)).is_none());
}
