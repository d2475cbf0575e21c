//! What the watcher prints of calls on files, line by line.
#![no_std]
#![no_main]

use core::ffi::CStr;
use core::fmt;

use rawtrap::*;
use rawtrap_programs::log::{Either, Log, expect, watch};
use rawtrap_programs::scratch::in_scratch;
use rawtrap_programs::{Outcome, cases};

cases![files_by_name, parts_of_a_file, what_is_known_of_a_file, directories];

/// What is added to the flags of openat(2) where registers have 32 bits.
const LARGE: &str = if usize::BITS == 32 { "|O_LARGEFILE" } else { "" };

fn files_by_name() -> Outcome {
    in_scratch(|scratch| {
        let log = Log::new()?;
        let dir = scratch.dir();
        let d = dir.as_raw();
        let mut buf = [0u8; 8];
        let file = watch(&log, || {
            let file = sys_openat(dir, c"f\x01", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)?;
            sys_ftruncate(file.as_fd(), 5 << 32)?;
            sys_pwrite64(file.as_fd(), b"far", 5 << 32)?;
            sys_pread64(file.as_fd(), &mut buf, 5 << 32)?;
            sys_lseek(file.as_fd(), -3, SEEK_END)?;
            let _ = sys_openat(dir, c"none", O_RDONLY, 0);
            let _ = sys_open(c"/", O_WRONLY | O_DIRECTORY, 0);
            sys_symlinkat(c"f", dir, c"link")?;
            sys_readlinkat(dir, c"link", &mut buf)?;
            let mask = sys_umask(0o22);
            sys_umask(mask);
            sys_unlinkat(dir, c"link", AtFlags::empty())?;
            let _ = sys_unlinkat(dir, c"f\x01", AT_REMOVEDIR);
            Ok::<_, Errno>((file, mask))
        })?;
        let f = file.0.as_raw();
        expect(
            &log,
            format_args!(
                "openat({d}, \"f\\1\", O_RDWR|O_CREAT|O_EXCL{LARGE}|O_CLOEXEC, 0644) = {f}\n\
                 {ftruncate:?}({f}, 21474836480) = 0\n\
                 pwrite64({f}, \"far\", 3, 21474836480) = 3\n\
                 pread64({f}, \"far\", 8, 21474836480) = 3\n\
                 {seek}\n\
                 openat({d}, \"none\", O_RDONLY{LARGE}) = -1 ENOENT (no such file or directory)\n\
                 openat(AT_FDCWD, \"/\", O_WRONLY{LARGE}|O_DIRECTORY) = -1 EISDIR (is a directory)\n\
                 symlinkat(\"f\", {d}, \"link\") = 0\n\
                 readlinkat({d}, \"link\", \"f\", 8) = 1\n\
                 umask(022) = {mask:03o}\n\
                 umask({mask:03o}) = 022\n\
                 unlinkat({d}, \"link\", 0) = 0\n\
                 unlinkat({d}, \"f\\1\", AT_REMOVEDIR) = -1 ENOTDIR (not a directory)\n",
                seek = Either(
                    format_args!("lseek({f}, -3, SEEK_END) = 21474836480"),
                    format_args!("{:?}({f}, -3, [21474836480], SEEK_END) = 0", wide::SYS_llseek),
                ),
                ftruncate = wide::SYS_ftruncate,
                mask = file.1,
            ),
        )
    })
}

/// A word, and a part of a file before it or behind it: the order in which a machine takes them.
struct WordAnd(&'static str, bool, u64);

impl fmt::Display for WordAnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            WordAnd(word, true, from) => write!(f, "{word}, {from}, 4096"),
            WordAnd(word, false, from) => write!(f, "{from}, 4096, {word}"),
        }
    }
}

fn parts_of_a_file() -> Outcome {
    const FAR: u64 = 5 << 32;
    in_scratch(|scratch| {
        let log = Log::new()?;
        let file = sys_openat(scratch.dir(), c"f", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)?;
        let f = file.as_raw();
        let file = file.as_fd();
        let (mut bytes, mut from, mut to) = ([0; 2], FAR, 0);
        let (at_from, at_to) = (&raw const from, &raw const to);
        let advice_second = ["arm", "csky", "hexagon", "powerpc"].contains(&tables::NATIVE.arch);
        let times = [UTIME_NOW, UTIME_OMIT].map(|tv_nsec| Timespec { tv_sec: 0, tv_nsec });
        watch(&log, || {
            sys_fallocate(file, FALLOC_FL_KEEP_SIZE, FAR, 4096)?;
            sys_pwritev(file, &[IoSlice::new(b"hi")], FAR)?;
            sys_preadv(file, &mut [IoSliceMut::new(&mut bytes)], FAR)?;
            sys_sync_file_range(file, FAR, 4096, SYNC_FILE_RANGE_WRITE)?;
            sys_fadvise64(file, FAR, 4096, POSIX_FADV_DONTNEED)?;
            sys_copy_file_range(file, Some(&mut from), file, Some(&mut to), 2, 0)?;
            let _ = sys_truncate(c"/none", FAR);
            sys_utimensat(file, None, Some(&times), AtFlags::empty())
        })?;
        expect(
            &log,
            format_args!(
                "fallocate({f}, FALLOC_FL_KEEP_SIZE, {FAR}, 4096) = 0\n\
                 pwritev({f}, [{{iov_base=\"hi\", iov_len=2}}], 1, {FAR}) = 2\n\
                 preadv({f}, [{{iov_base=\"hi\", iov_len=2}}], 1, {FAR}) = 2\n\
                 {sync:?}({f}, {synced}) = 0\n\
                 {advise:?}({f}, {advised}) = 0\n\
                 copy_file_range({f}, {at_from:p}, {f}, {at_to:p}, 2, 0) = 2\n\
                 {truncate:?}(\"/none\", {FAR}) = -1 ENOENT (no such file or directory)\n\
                 {utimensat:?}({f}, NULL, [UTIME_NOW, UTIME_OMIT], 0) = 0\n",
                sync = wide::SYS_sync_file_range,
                synced = WordAnd("SYNC_FILE_RANGE_WRITE", SYS_sync_file_range2.exists(), FAR),
                advise = wide::SYS_fadvise64,
                advised = WordAnd("POSIX_FADV_DONTNEED", advice_second, FAR),
                truncate = wide::SYS_truncate,
                utimensat = wide::SYS_utimensat,
            ),
        )
    })
}

/// What stands before a file's mode where statx(2) tells it: what it knew, and what is special about the file.
struct Known(Statx);

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Known(statx) = self;
        write!(
            f,
            "{{stx_mask={:?}, stx_attributes={:?}, ",
            statx.stx_mask, statx.stx_attributes
        )
    }
}

fn known(dir: BorrowedFd<'_>, path: &CStr, flags: AtFlags) -> Result<Known> {
    sys_statx(dir, path, flags, STATX_BASIC_STATS).map(Known)
}

fn what_is_known_of_a_file() -> Outcome {
    let log = Log::new()?;
    let (reader, _writer) = sys_pipe2(O_CLOEXEC)?;
    let r = reader.as_raw();
    let root = watch(&log, || {
        sys_fstat(reader.as_fd())?;
        sys_stat(c"/dev/null")?;
        let root = sys_lstat(c"/")?;
        sys_newfstatat(reader.as_fd(), c"", AT_EMPTY_PATH)?;
        let statx = sys_statx(
            AT_FDCWD,
            c"/",
            AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW,
            STATX_TYPE | STATX_SIZE,
        )?;
        Ok::<_, Errno>((root, statx))
    })?;
    let (stat, statx) = root;
    let (mode, size) = (stat.st_mode & 0o7777, stat.st_size);
    let by_stat = format_args!(
        "fstat({r}, {{st_mode=S_IFIFO|0600, st_size=0, ...}}) = 0\n\
         newfstatat(AT_FDCWD, \"/dev/null\", {{st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}}, 0) = 0\n\
         newfstatat(AT_FDCWD, \"/\", {{st_mode=S_IFDIR|0{mode:o}, st_size={size}, ...}}, AT_SYMLINK_NOFOLLOW) = 0\n\
         newfstatat({r}, \"\", {{st_mode=S_IFIFO|0600, st_size=0, ...}}, AT_EMPTY_PATH) = 0\n",
    );
    let null = known(AT_FDCWD, c"/dev/null", AtFlags::empty())?;
    let pipe = known(reader.as_fd(), c"", AT_EMPTY_PATH)?;
    let root = known(AT_FDCWD, c"/", AT_SYMLINK_NOFOLLOW)?;
    let by_statx = format_args!(
        "statx({r}, \"\", AT_STATX_SYNC_AS_STAT|AT_EMPTY_PATH, STATX_BASIC_STATS, {pipe}stx_mode=S_IFIFO|0600, stx_size=0, ...}}) = 0\n\
         statx(AT_FDCWD, \"/dev/null\", AT_STATX_SYNC_AS_STAT|AT_NO_AUTOMOUNT, STATX_BASIC_STATS, {null}stx_mode=S_IFCHR|0666, stx_size=0, ...}}) = 0\n\
         statx(AT_FDCWD, \"/\", AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW|AT_NO_AUTOMOUNT, STATX_BASIC_STATS, {root}stx_mode=S_IFDIR|0{mode:o}, stx_size={size}, ...}}) = 0\n\
         statx({r}, \"\", AT_STATX_SYNC_AS_STAT|AT_NO_AUTOMOUNT|AT_EMPTY_PATH, STATX_BASIC_STATS, {pipe}stx_mode=S_IFIFO|0600, stx_size=0, ...}}) = 0\n",
    );
    let stats = if STAT_BY_STATX { by_statx } else { by_stat };
    expect(
        &log,
        format_args!(
            "{stats}\
             statx(AT_FDCWD, \"/\", AT_STATX_DONT_SYNC|AT_SYMLINK_NOFOLLOW, STATX_TYPE|STATX_SIZE, \
             {{stx_mask={mask:?}, stx_attributes={attributes:?}, stx_mode=S_IFDIR|0{mode:o}, stx_size={size}, ...}}) = 0\n",
            mask = statx.stx_mask,
            attributes = statx.stx_attributes,
        ),
    )
}

fn directories() -> Outcome {
    in_scratch(|scratch| {
        let log = Log::new()?;
        let dir = scratch.dir();
        let d = dir.as_raw();
        // Where a number of 64 bits may begin anywhere, entries may not.
        #[repr(align(8))]
        struct Entries([u8; 512]);
        let mut entries = Entries([0; 512]);
        let mut path = [0u8; 256];
        let at = entries.0.as_ptr();
        watch(&log, || {
            sys_mkdirat(dir, c"sub", 0o755)?;
            sys_getdents64(dir, &mut entries.0)?;
            sys_chdir(c"/")?;
            sys_getcwd(&mut path)?;
            sys_unlinkat(dir, c"sub", AT_REMOVEDIR)
        })?;
        expect(
            &log,
            format_args!(
                "mkdirat({d}, \"sub\", 0755) = 0\n\
                 getdents64({d}, {at:p} /* 3 entries */, 512) = 72\n\
                 chdir(\"/\") = 0\n\
                 getcwd(\"/\", 256) = 2\n\
                 unlinkat({d}, \"sub\", AT_REMOVEDIR) = 0\n",
            ),
        )
    })
}
