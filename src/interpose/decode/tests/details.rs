//! Lines as strace has them where an argument is seldom so.

use super::*;

const DIR: usize = -100isize as usize;
const BAD: usize = -1isize as usize;

fn refused(nr: Sysno, args: &[usize], memory: &dyn Memory) -> String {
    line(nr, args, -22, memory)
        .strip_suffix(" = -1 EINVAL (invalid argument)")
        .unwrap()
        .to_string()
}

/// Words at an address, and nothing around them.
fn words(words: &[usize]) -> Fake {
    Fake {
        at: 0x1000,
        bytes: words
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect::<Vec<_>>()
            .leak(),
    }
}

/// A call that writes its answer to where it was told to read.
#[test]
fn in_and_out_may_be_one_place() {
    let one_place = |nr, args: &[usize], before: Fake, after: Fake, result: isize| {
        let args: Vec<Reg> = args.iter().map(|arg| Reg::from(*arg)).collect();
        let line = Line {
            nr,
            args: &args,
            result: Some(Reg::from(result)),
            memory: &after,
            before: Some(&Before::of(nr, &args, &before)),
            part: Part::Whole,
        };
        line.to_string()
    };
    assert_eq!(
        one_place(
            SYS_rt_sigprocmask,
            &[0, 0x1000, 0x1000, 8],
            words(&[1 << 9]),
            words(&[0]),
            0
        ),
        "rt_sigprocmask(SIG_BLOCK, [USR1], [], 8) = 0"
    );
    assert_eq!(
        one_place(
            SYS_prlimit64,
            &[0, 7, 0x1000, 0x1000],
            words(&[100, 4096]),
            words(&[20, 30]),
            0
        ),
        "prlimit64(0, RLIMIT_NOFILE, {rlim_cur=100, rlim_max=4*1024}, {rlim_cur=20, rlim_max=30}) = 0"
    );
    let path = |bytes| Fake { at: 0x1000, bytes };
    assert_eq!(
        one_place(
            SYS_readlinkat,
            &[DIR, 0x1000, 0x1000, 8],
            path(b"/link\0.."),
            path(b"/file..."),
            5
        ),
        r#"readlinkat(AT_FDCWD, "/link", "/file", 8) = 5"#
    );
    assert_eq!(
        one_place(
            SYS_clock_nanosleep,
            &[1, 0, 0x1000, 0x1000],
            words(&[0, 9]),
            words(&[0, 4]),
            -4
        ),
        "clock_nanosleep(CLOCK_MONOTONIC, 0, {tv_sec=0, tv_nsec=9}, {tv_sec=0, tv_nsec=4}) \
         = -1 EINTR (interrupted by a signal)"
    );
}

#[test]
fn what_was_kept_has_its_limit() {
    for len in [0, 100, ROOM - "chdir(\"\"".len(), ROOM] {
        let memory = |byte: u8| {
            let mut bytes = vec![byte; len];
            bytes.push(0);
            Fake {
                at: 0x1000,
                bytes: bytes.leak(),
            }
        };
        let args = [Reg::from(0x1000usize)];
        let line = Line {
            nr: SYS_chdir,
            args: &args,
            result: Some(Reg::from(0)),
            memory: &memory(b'b'),
            before: Some(&Before::of(SYS_chdir, &args, &memory(b'a'))),
            part: Part::Whole,
        };
        let shown = if len < ROOM { "a" } else { "b" };
        assert_eq!(line.to_string(), format!("chdir(\"{}\") = 0", shown.repeat(len)));
    }
}

/// Counts how often it is asked.
struct Counting<'a>(&'a dyn Memory, std::cell::Cell<usize>);

impl Memory for Counting<'_> {
    fn read(&self, at: usize, into: &mut [u8]) -> usize {
        self.1.set(self.1.get() + 1);
        self.0.read(at, into)
    }
}

#[test]
fn long_lists_of_strings_are_not_read_to_their_end() {
    let memory = words(&vec![0x999; 1 << 17]);
    let memory = Counting(&memory, 0.into());
    assert_eq!(
        line(SYS_execve, &[0, 0x1000, 0x1000], 0, &memory),
        format!(
            "execve(NULL, [{}...], 0x1000 /* 4096 vars, or more */) = 0",
            "0x999, ".repeat(32)
        )
    );
    assert!(memory.1.get() < 200, "{}", memory.1.get());
    let some = |words: &[usize]| line(SYS_execve, &[0, 0, 0x1000], 0, &self::words(words));
    assert_eq!(some(&[]), "execve(NULL, NULL, 0x1000) = 0");
    assert_eq!(some(&[0]), "execve(NULL, NULL, 0x1000 /* 0 vars */) = 0");
    assert_eq!(some(&[5, 0]), "execve(NULL, NULL, 0x1000 /* 1 var */) = 0");
    assert_eq!(
        some(&[5, 6]),
        "execve(NULL, NULL, 0x1000 /* 2 vars, unterminated */) = 0"
    );
    for count in [63, 64, 65, 128, 1000] {
        let mut many = vec![7; count];
        many.push(0);
        assert_eq!(
            some(&many),
            format!("execve(NULL, NULL, 0x1000 /* {count} vars */) = 0")
        );
    }
}

#[test]
fn lists_that_end_with_the_memory() {
    let two = words(&[0, 0, 0, 0]);
    assert_eq!(
        refused(SYS_writev, &[3, 0x1000, 3], &two),
        r#"writev(3, [{iov_base=NULL, iov_len=0}, {iov_base=NULL, iov_len=0}, ... /* 0x1020 */], 3)"#
    );
    assert_eq!(
        refused(SYS_poll, &[0x1010, 4, 0], &two),
        "poll([{fd=0, events=0}, {fd=0, events=0}, ... /* 0x1020 */], 4, 0)"
    );
    assert_eq!(
        refused(SYS_execve, &[0, 0x1000, 0], &words(&[8, 9])),
        "execve(NULL, [0x8, 0x9, ... /* 0x1010 */], NULL)"
    );
    assert_eq!(refused(SYS_writev, &[3, 8, 3], &two), "writev(3, 0x8, 3)");
    assert_eq!(refused(SYS_writev, &[3, 8, 0], &two), "writev(3, [], 0)");
    assert_eq!(refused(SYS_writev, &[3, 0, 0], &two), "writev(3, NULL, 0)");
}

#[test]
fn the_answer_of_poll_is_cut() {
    let fds = |count| {
        let one = if cfg!(target_endian = "little") {
            1 << 32 | 1 << 48
        } else {
            1 << 16 | 1
        };
        line(SYS_poll, &[0x1000, count, 0], count as isize, &words(&vec![one; count]))
    };
    let shown = |ready: &str, end| {
        format!(
            "[{}{{fd=0, {ready}=POLLIN}}{end}]",
            format!("{{fd=0, {ready}=POLLIN}}, ").repeat(31)
        )
    };
    assert_eq!(
        fds(32),
        format!("poll({}, 32, 0) = 32 ({})", shown("events", ""), shown("revents", ""))
    );
    assert_eq!(
        fds(33),
        format!(
            "poll({}, 33, 0) = 33 ({})",
            shown("events", ", ..."),
            shown("revents", ", ...")
        )
    );
}

#[test]
fn sets_of_fds() {
    let mut set = [0; 1024 / usize::BITS as usize];
    set[64 / usize::BITS as usize] = 1 << 6;
    set[set.len() - 1] = 1 << (usize::BITS - 1);
    let memory = words(&set);
    let select = |args: &[usize], result| line(SYS_select, args, result, &memory);
    assert_eq!(
        select(&[1024, 0, 0x1000, 0, 0], 2),
        "select(1024, NULL, [70 1023], NULL, NULL) = 2 (out [70 1023])"
    );
    assert_eq!(
        select(&[71, 0x1000, 0x1000, 0x1000, 0x1000], 1),
        "select(71, [70], [70], [70], {tv_sec=0, tv_usec=64}) = 1 \
         (in [70], out [70], except [70], left {tv_sec=0, tv_usec=64})"
    );
    assert_eq!(
        select(&[64, 0x1000, 0, 0, 0x1000], 1),
        "select(64, [], NULL, NULL, {tv_sec=0, tv_usec=64}) = 1 (left {tv_sec=0, tv_usec=64})"
    );
    for count in [0, 1025, BAD] {
        assert_eq!(
            select(&[count, 0x1000, 0, 0, 0], 0),
            format!("select({}, 0x1000, NULL, NULL, NULL) = 0 (Timeout)", count as i32)
        );
    }
    assert_eq!(
        select(&[1, 8, 0, 0, 0], 0),
        "select(1, 0x8, NULL, NULL, NULL) = 0 (Timeout)"
    );
}

#[test]
fn modes_and_flags_of_files() {
    let openat = |flags, mode| refused(SYS_openat, &[DIR, 0, flags, mode], &NOTHING);
    assert_eq!(
        openat(abi::__O_TMPFILE as usize, 0x1_ffff),
        "openat(AT_FDCWD, NULL, O_RDONLY|__O_TMPFILE, 0177777)"
    );
    assert_eq!(
        refused(SYS_faccessat2, &[DIR, 0, 5, 0x1200], &NOTHING),
        "faccessat2(AT_FDCWD, NULL, R_OK|X_OK, AT_EACCESS|AT_EMPTY_PATH)"
    );
    assert_eq!(
        refused(SYS_unlinkat, &[DIR, 0, 0x200], &NOTHING),
        "unlinkat(AT_FDCWD, NULL, AT_REMOVEDIR)"
    );
    for (mode, shown) in [
        (0o7644, "S_ISUID|S_ISGID|S_ISVTX|0644"),
        (0o4000, "S_ISUID|000"),
        (0o10644, "S_IFIFO|0644"),
        (0o170644, "0170644"),
        (0o1_107_644, "S_IFREG|S_ISUID|S_ISGID|S_ISVTX|0644"),
        (0o20600, "S_IFCHR|0600, makedev(0x1, 0x3)"),
        (0o60600, "S_IFBLK|0600, makedev(0x1, 0x3)"),
    ] {
        assert_eq!(
            refused(SYS_mknodat, &[DIR, 0, mode, 0x103], &NOTHING),
            format!("mknodat(AT_FDCWD, NULL, {shown})")
        );
    }
}

#[test]
fn arguments_that_do_not_count() {
    let mremap = |flags| refused(SYS_mremap, &[0x1000, 1, 2, flags, 0x2000], &NOTHING);
    assert_eq!(mremap(1), "mremap(0x1000, 1, 2, MREMAP_MAYMOVE)");
    assert_eq!(mremap(3), "mremap(0x1000, 1, 2, MREMAP_MAYMOVE|MREMAP_FIXED, 0x2000)");
    let high = if usize::BITS == 64 { 7 } else { BAD };
    assert_eq!(
        refused(SYS_pwritev2, &[3, 0, 1, BAD, high, 0], &NOTHING),
        "pwritev2(3, NULL, 1, -1, 0)"
    );
    assert_eq!(
        refused(SYS_preadv, &[3, 0, 1, BAD, high], &NOTHING),
        "preadv(3, NULL, 1, -1)"
    );
}

#[test]
fn names_of_threads_have_15_bytes() {
    let name = |bytes| refused(SYS_prctl, &[15, 0x1000], &Fake { at: 0x1000, bytes });
    assert_eq!(name(b"worker\0"), r#"prctl(PR_SET_NAME, "worker")"#);
    assert_eq!(
        name(b"0123456789abcdef\0"),
        r#"prctl(PR_SET_NAME, "0123456789abcde"...)"#
    );
    assert_eq!(name(b"0123456789abcde"), r#"prctl(PR_SET_NAME, "0123456789abcde"...)"#);
    assert_eq!(name(b"0123"), "prctl(PR_SET_NAME, 0x1000)");
    let memory = Fake {
        at: 0x1000,
        bytes: b"0123456789abcde\0",
    };
    assert_eq!(
        line(SYS_prctl, &[16, 0x1000], 0, &memory),
        r#"prctl(PR_GET_NAME, "0123456789abcde") = 0"#
    );
    assert_eq!(refused(SYS_prctl, &[16, 0x1000], &memory), "prctl(PR_GET_NAME, 0x1000)");
    let args = [16, 0x1000].map(|arg: usize| Reg::from(arg));
    let before = Before::of(SYS_prctl, &args, &memory);
    assert_eq!(before.text(), Some("prctl(PR_GET_NAME, "));
}

#[test]
fn sets_of_signals_have_their_size() {
    let memory = words(&[1 << 9; 2]);
    for (size, shown) in [(8, "[USR1]"), (4, "0x1000"), (0, "0x1000"), (16, "0x1000")] {
        let set = |nr, args: &[usize]| refused(nr, args, &memory);
        assert_eq!(
            set(SYS_rt_sigprocmask, &[0, 0x1000, 0, size]),
            format!("rt_sigprocmask(SIG_BLOCK, {shown}, NULL, {size})")
        );
        assert_eq!(
            set(SYS_rt_sigtimedwait, &[0x1000, 0, 0, size]),
            format!("rt_sigtimedwait({shown}, NULL, NULL, {size})")
        );
        assert_eq!(
            set(SYS_signalfd4, &[3, 0x1000, size, 0]),
            format!("signalfd4(3, {shown}, {size}, 0)")
        );
        assert_eq!(
            line(SYS_epoll_pwait, &[3, 0, 1, 0, 0x1000, size], 0, &memory),
            format!("epoll_pwait(3, [], 1, 0, {shown}, {size}) = 0")
        );
        let mask = words(&[0x1010, size, 1 << 9, 0]);
        assert_eq!(
            refused(SYS_pselect6, &[0, 0, 0, 0, 0, 0x1000], &mask),
            format!(
                "pselect6(0, NULL, NULL, NULL, NULL, {{sigmask={}, sigsetsize={size}}})",
                shown.replace("1000", "1010")
            )
        );
    }
}

#[test]
fn options_of_sockets() {
    let memory = words(&[1, 2, 3]);
    let set = |name: u32, len| {
        let args = [3, SOL_SOCKET.bits() as usize, name as usize, 0x1000, len];
        let line = refused(SYS_setsockopt, &args, &memory);
        let value = line.strip_prefix("setsockopt(3, SOL_SOCKET, ").unwrap();
        value.to_string()
    };
    for len in [4, 5, 8, 16] {
        assert_eq!(set(SO_REUSEADDR.name(), len), format!("SO_REUSEADDR, [1], {len})"));
    }
    assert_eq!(set(SO_REUSEADDR.name(), 3), "SO_REUSEADDR, 0x1000, 3)");
    assert_eq!(set(SO_LINGER.name(), 4), "SO_LINGER, 0x1000, 4)");
    assert_eq!(set(9999, 0), r#"0x270f /* SO_??? */, "", 0)"#);
    assert_eq!(set(9999, 4), "0x270f /* SO_??? */, [1], 4)");
}

#[test]
fn calls_that_are_seldom_made() {
    let how = words(&[(O_RDWR | O_CREAT | O_CLOEXEC).bits() as usize, 0o600, 8]);
    let openat2 = |memory, size| refused(SYS_openat2, &[DIR, 0, 0x1000, size], memory);
    assert_eq!(
        openat2(&how, 24),
        "openat2(AT_FDCWD, NULL, {flags=O_RDWR|O_CREAT|O_CLOEXEC, mode=0600, resolve=RESOLVE_BENEATH}, 24)"
    );
    assert_eq!(openat2(&how, 16), "openat2(AT_FDCWD, NULL, 0x1000, 16)");
    assert_eq!(
        openat2(&words(&[0, 0, 0x101]), 24),
        "openat2(AT_FDCWD, NULL, {flags=O_RDONLY, resolve=RESOLVE_NO_XDEV|0x100}, 24)"
    );
    let memory = words(&[1 << 9, 7]);
    let wait = [3, 0x1000, 1, 0x1000, 0x1000, 8];
    assert_eq!(
        line(SYS_epoll_pwait2, &wait, 0, &memory),
        "epoll_pwait2(3, [], 1, {tv_sec=512, tv_nsec=7}, [USR1], 8) = 0"
    );
    assert_eq!(
        refused(SYS_epoll_pwait2, &[BAD, 0, 1, 0x1000, 0x1000, 8], &memory),
        "epoll_pwait2(-1, NULL, 1, 0x1000, 0x1000, 8)"
    );
    assert_eq!(
        refused(SYS_sync_file_range, &[BAD, BAD, 6, 0xf], &NOTHING),
        "sync_file_range(-1, -1, 6, SYNC_FILE_RANGE_WAIT_BEFORE|SYNC_FILE_RANGE_WRITE|SYNC_FILE_RANGE_WAIT_AFTER|0x8)"
    );
    assert_eq!(
        refused(SYS_msync, &[0x1000, 5, 7], &NOTHING),
        "msync(0x1000, 5, MS_SYNC|MS_ASYNC|MS_INVALIDATE)"
    );
}

/// Sums of addresses go on at the other end.
#[test]
fn no_address_is_too_high() {
    struct Everything;
    impl Memory for Everything {
        fn read(&self, _: usize, into: &mut [u8]) -> usize {
            into.fill(0x18);
            into.len()
        }
    }
    for (name, _) in crate::arch::nr::TABLE {
        let nr = Sysno::from_name(&name[4..]).unwrap();
        for at in [usize::MAX, usize::MAX - 3, usize::MAX - 32] {
            let args = [3, at, at, at, at, at];
            assert!(!line(nr, &args, 100, &Everything).is_empty());
            assert!(!line(nr, &[at, 40, at, 40, at, 40], 100, &Everything).is_empty());
        }
    }
}
