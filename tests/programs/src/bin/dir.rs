//! Directories.
#![no_std]
#![no_main]

use core::ffi::CStr;
use core::mem::MaybeUninit;

use rawtrap::*;
use rawtrap_programs::scratch::in_scratch;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    mkdirat_makes_a_directory,
    mkdirat_of_what_cannot_be,
    chdir_and_getcwd,
    chdir_to_what_is_no_directory,
    getcwd_into_buffers_of_any_size,
    getcwd_in_a_removed_directory,
    getdents64_in_batches,
    getdents64_fills_initialised_bytes,
    getdents64_tells_types_and_numbers,
    getdents64_offsets_lead_back,
    getdents64_of_what_is_no_directory,
    getdents64_into_a_short_buffer,
    getdents64_into_no_buffer,
    getdents64_of_a_removed_directory,
    dir_reads_everything_once,
    dir_at_any_alignment,
    dir_ends_once,
    dir_stops_after_an_error,
    dirents_of_malformed_bytes,
    dirents_of_any_bytes,
];

fn make(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd> {
    sys_openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
}

fn string(bytes: &[u8]) -> &CStr {
    CStr::from_bytes_until_nul(bytes).unwrap_or_default()
}

/// As many files as the tests of batches have, and the longest name beside them.
const FILES: usize = 150;
const LONGEST: [u8; 256] = {
    let mut name = [b'n'; 256];
    name[255] = 0;
    name
};

/// `f000`, `f001`, ...
fn name(number: usize) -> [u8; 5] {
    let digit = |unit: usize| b'0' + (number / unit % 10) as u8;
    [b'f', digit(100), digit(10), digit(1), 0]
}

fn make_all(dir: BorrowedFd<'_>) -> Result<()> {
    for number in 0..FILES {
        drop(make(dir, string(&name(number)))?);
    }
    make(dir, string(&LONGEST)).map(drop)
}

/// What was found of the files that `make_all` made.
#[derive(Debug, PartialEq)]
struct Found {
    files: [u8; FILES],
    longest: u8,
    dots: u8,
    others: u32,
}

impl Found {
    const NOTHING: Found = Found {
        files: [0; FILES],
        longest: 0,
        dots: 0,
        others: 0,
    };
    /// Each once.
    const ALL: Found = Found {
        files: [1; FILES],
        longest: 1,
        dots: 2,
        others: 0,
    };

    fn count(&mut self, found: &CStr) {
        if found == c"." || found == c".." {
            self.dots += 1;
        } else if found == string(&LONGEST) {
            self.longest += 1;
        } else {
            match (0..FILES).find(|number| found == string(&name(*number))) {
                Some(number) => self.files[number] += 1,
                None => self.others += 1,
            }
        }
    }
}

fn mkdirat_makes_a_directory() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let before = sys_umask(0o022);
        let made = sys_mkdirat(dir, c"d", 0o777);
        sys_umask(before);
        check_eq!(made, Ok(()));
        let stat = sys_newfstatat(dir, c"d", AtFlags::empty())?;
        check_eq!(stat.st_mode, S_IFDIR | 0o755);
        Ok(())
    })
}

fn mkdirat_of_what_cannot_be() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = make(dir, c"f")?;
        sys_symlinkat(c"nowhere", dir, c"link")?;
        check_err!(sys_mkdirat(dir, c"f", 0o755), EEXIST);
        check_err!(sys_mkdirat(dir, c"link", 0o755), EEXIST);
        check_err!(sys_mkdirat(dir, c"absent/d", 0o755), ENOENT);
        check_err!(sys_mkdirat(dir, c"f/d", 0o755), ENOTDIR);
        check_err!(sys_mkdirat(file.as_fd(), c"d", 0o755), ENOTDIR);
        check_err!(sys_mkdirat(bad(), c"d", 0o755), EBADF);
        Ok(())
    })
}

fn chdir_and_getcwd() -> Outcome {
    in_scratch(|scratch| {
        let mut buf = [MaybeUninit::uninit(); 4096];
        check_eq!(sys_chdir(scratch.path()), Ok(()));
        let found = sys_getcwd(&mut buf);
        sys_chdir(c"/")?;
        check_eq!(found?, scratch.path());
        check_eq!(sys_getcwd(&mut buf)?, c"/");
        Ok(())
    })
}

fn chdir_to_what_is_no_directory() -> Outcome {
    check_err!(sys_chdir(c"/proc/absent"), ENOENT);
    check_err!(sys_chdir(c"/proc/version"), ENOTDIR);
    check_err!(sys_chdir(c""), ENOENT);
    Ok(())
}

fn getcwd_into_buffers_of_any_size() -> Outcome {
    sys_chdir(c"/proc")?;
    let mut buf = [b'.'; 8];
    let found = (
        sys_getcwd(&mut buf[..6]).map(|path| path == c"/proc"),
        sys_getcwd(&mut [0; 5]).map(|_| ()),
        sys_getcwd(&mut [0; 0]).map(|_| ()),
    );
    sys_chdir(c"/")?;
    // It fits to the byte.
    check_eq!(found.0, Ok(true));
    check_eq!(&buf, b"/proc\0..");
    check_err!(found.1, ERANGE);
    check_err!(found.2, ERANGE);
    Ok(())
}

fn getcwd_in_a_removed_directory() -> Outcome {
    in_scratch(|scratch| {
        sys_chdir(scratch.path())?;
        sys_mkdirat(AT_FDCWD, c"d", 0o755)?;
        sys_chdir(c"d")?;
        sys_unlinkat(scratch.dir(), c"d", AT_REMOVEDIR)?;
        let found = sys_getcwd(&mut [0; 4096]).map(|_| ());
        sys_chdir(c"/")?;
        check_err!(found, ENOENT);
        Ok(())
    })
}

fn getdents64_in_batches() -> Outcome {
    in_scratch(|scratch| {
        make_all(scratch.dir())?;
        let mut buf = [MaybeUninit::uninit(); 600];
        let (mut found, mut batches) = (Found::NOTHING, 0);
        loop {
            let batch = sys_getdents64(scratch.dir(), &mut buf)?;
            if batch.is_empty() {
                break;
            }
            batches += 1;
            for entry in batch {
                found.count(entry?.d_name);
            }
        }
        check_eq!(found, Found::ALL);
        check!(batches > 5);
        Ok(())
    })
}

fn getdents64_fills_initialised_bytes() -> Outcome {
    in_scratch(|scratch| {
        make_all(scratch.dir())?;
        let mut buf = [0xff; 8192];
        let mut found = Found::NOTHING;
        for entry in sys_getdents64(scratch.dir(), &mut buf[..])? {
            found.count(entry?.d_name);
        }
        check_eq!(found, Found::ALL);
        check!(sys_getdents64(scratch.dir(), &mut buf[..])?.is_empty());
        // What was read can be read again.
        sys_lseek(scratch.dir(), 0, SEEK_SET)?;
        check!(!sys_getdents64(scratch.dir(), &mut buf[..])?.is_empty());
        Ok(())
    })
}

fn getdents64_tells_types_and_numbers() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = sys_fstat(make(dir, c"file")?.as_fd())?;
        sys_symlinkat(c"nowhere", dir, c"link")?;
        sys_mkdirat(dir, c"dir", 0o755)?;
        let mut buf = [MaybeUninit::uninit(); 4096];
        let mut found = 0;
        for entry in sys_getdents64(dir, &mut buf)? {
            let entry = entry?;
            if entry.d_name == c"file" {
                check_eq!((entry.d_type, entry.d_ino), (DT_REG, file.st_ino));
            } else if entry.d_name == c"link" {
                check_eq!(entry.d_type, DT_LNK);
            } else {
                check_eq!(entry.d_type, DT_DIR);
            }
            found += 1;
        }
        check_eq!(found, 5);
        let dev = sys_open(c"/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)?;
        let mut entries = Dir::new(dev.as_fd(), &mut buf);
        let mut null = None;
        while let Some(entry) = entries.next() {
            let entry = entry?;
            if entry.d_name == c"null" {
                null = Some(entry.d_type);
            }
        }
        check_eq!(null, Some(DT_CHR));
        Ok(())
    })
}

fn getdents64_offsets_lead_back() -> Outcome {
    in_scratch(|scratch| {
        make_all(scratch.dir())?;
        let (mut first, mut again) = ([MaybeUninit::uninit(); 8192], [MaybeUninit::uninit(); 8192]);
        let mut entries = sys_getdents64(scratch.dir(), &mut first)?;
        let Some(fortieth) = entries.nth(39).transpose()? else {
            check!(entries.is_empty());
            return Ok(());
        };
        sys_lseek(scratch.dir(), fortieth.d_off, SEEK_SET)?;
        let mut resumed = sys_getdents64(scratch.dir(), &mut again)?;
        let mut count = 0;
        while let Some(entry) = entries.next().transpose()? {
            let other = resumed.next().transpose()?;
            check_eq!(other.map(|other| other.d_name), Some(entry.d_name));
            count += 1;
        }
        check_eq!(count, FILES + 3 - 40);
        check!(resumed.next().is_none());
        Ok(())
    })
}

fn getdents64_of_what_is_no_directory() -> Outcome {
    in_scratch(|scratch| {
        let file = make(scratch.dir(), c"f")?;
        check_err!(sys_getdents64(file.as_fd(), &mut [0; 512]), ENOTDIR);
        check_err!(sys_getdents64(bad(), &mut [0; 512]), EBADF);
        Ok(())
    })
}

#[repr(align(8))]
struct Aligned<const N: usize>([u8; N]);

fn getdents64_into_a_short_buffer() -> Outcome {
    in_scratch(|scratch| {
        let mut buf = Aligned([0; 32]);
        check_err!(sys_getdents64(scratch.dir(), &mut buf.0[..23]), EINVAL);
        // 30 bytes at an odd place: 7 are left out at the beginning, and the other 23 are not enough.
        check_err!(sys_getdents64(scratch.dir(), &mut buf.0[1..31]), EINVAL);
        check_eq!(sys_getdents64(scratch.dir(), &mut buf.0[..24])?.count(), 1);
        Ok(())
    })
}

fn getdents64_into_no_buffer() -> Outcome {
    in_scratch(|scratch| {
        let mut buf = Aligned([0; 8]);
        check_err!(sys_getdents64(scratch.dir(), &mut [0; 0]), EINVAL);
        check_err!(sys_getdents64(scratch.dir(), &mut buf.0[1..6]), EINVAL);
        Ok(())
    })
}

fn getdents64_of_a_removed_directory() -> Outcome {
    in_scratch(|scratch| {
        sys_mkdirat(scratch.dir(), c"d", 0o755)?;
        let dir = sys_openat(scratch.dir(), c"d", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)?;
        sys_unlinkat(scratch.dir(), c"d", AT_REMOVEDIR)?;
        check_err!(sys_getdents64(dir.as_fd(), &mut [0; 512]), ENOENT);
        let mut buf = [0; 512];
        let mut entries = Dir::new(dir.as_fd(), &mut buf);
        check_err!(entries.next().transpose(), ENOENT);
        check!(entries.next().is_none());
        Ok(())
    })
}

fn dir_reads_everything_once() -> Outcome {
    in_scratch(|scratch| {
        make_all(scratch.dir())?;
        let mut small = [MaybeUninit::uninit(); 287];
        let mut large = [MaybeUninit::uninit(); 65536];
        for buf in [&mut small[..], &mut large[..]] {
            sys_lseek(scratch.dir(), 0, SEEK_SET)?;
            let mut found = Found::NOTHING;
            let mut entries = Dir::new(scratch.dir(), buf);
            while let Some(entry) = entries.next() {
                found.count(entry?.d_name);
            }
            check_eq!(found, Found::ALL);
        }
        Ok(())
    })
}

fn dir_at_any_alignment() -> Outcome {
    in_scratch(|scratch| {
        make_all(scratch.dir())?;
        let mut buf = [0xff; 295];
        for start in 0..8 {
            sys_lseek(scratch.dir(), 0, SEEK_SET)?;
            let mut found = Found::NOTHING;
            let mut entries = Dir::new(scratch.dir(), &mut buf[start..start + 287]);
            while let Some(entry) = entries.next() {
                found.count(entry?.d_name);
            }
            check_eq!(found, Found::ALL);
        }
        Ok(())
    })
}

fn dir_ends_once() -> Outcome {
    in_scratch(|scratch| {
        let mut buf = [0; 512];
        let mut entries = Dir::new(scratch.dir(), &mut buf);
        check!(entries.next().transpose()?.is_some());
        check!(entries.next().transpose()?.is_some());
        check!(entries.next().is_none());
        // It does not ask again, where the kernel would have something to tell.
        drop(make(scratch.dir(), c"f")?);
        sys_lseek(scratch.dir(), 0, SEEK_SET)?;
        check!(entries.next().is_none());
        Ok(())
    })
}

fn dir_stops_after_an_error() -> Outcome {
    in_scratch(|scratch| {
        let file = make(scratch.dir(), string(&LONGEST))?;
        let mut buf = Aligned([0; 24]);
        let mut entries = Dir::new(file.as_fd(), &mut buf.0);
        check_err!(entries.next().transpose(), ENOTDIR);
        check!(entries.next().is_none() && entries.next().is_none());
        // In the middle: `.` and `..` fit, the longest name does not.
        let mut entries = Dir::new(scratch.dir(), &mut buf.0);
        let mut count = 0;
        let errno = loop {
            match entries.next() {
                Some(Ok(_)) => count += 1,
                Some(Err(errno)) => break Some(errno),
                None => break None,
            }
        };
        check!(count <= 2);
        check_eq!(errno, Some(EINVAL));
        check!(entries.next().is_none() && entries.next().is_none());
        Ok(())
    })
}

/// The bytes of an entry, as the kernel lays it out: number, offset, length, type, name.
fn entry<const N: usize>(reclen: u16, name: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    bytes[..8].copy_from_slice(&7u64.to_ne_bytes());
    bytes[8..16].copy_from_slice(&(-9i64).to_ne_bytes());
    bytes[16..18].copy_from_slice(&reclen.to_ne_bytes());
    bytes[18] = 4;
    bytes[19..19 + name.len()].copy_from_slice(name);
    bytes
}

/// How the bytes end, after how many entries.
fn walk(bytes: &[u8]) -> (usize, Option<Errno>) {
    let mut entries = Dirents::new(bytes);
    let mut count = 0;
    let mut errno = None;
    // More than the bytes can hold would be a walk that does not end.
    for _ in 0..=bytes.len() {
        match entries.next() {
            None => return (count, errno),
            Some(Ok(_)) => count += 1,
            Some(Err(found)) => errno = Some(found),
        }
    }
    (usize::MAX, errno)
}

fn dirents_of_malformed_bytes() -> Outcome {
    let good: [u8; 24] = entry(24, b"four\0");
    let parsed = Dirents::new(&good).next().transpose()?;
    let parsed = parsed.map(|entry| (entry.d_ino, entry.d_off, entry.d_type, entry.d_name));
    check_eq!(parsed, Some((7, -9, DT_DIR, c"four")));
    check_eq!(walk(&good), (1, None));
    check_eq!(walk(&[]), (0, None));
    // A length of 0 goes nowhere, one without room for a name or beyond the end is no entry's.
    for reclen in [0, 1, 18, 19, 25, 32, u16::MAX] {
        check_eq!(walk(&entry::<24>(reclen, b"four\0")), (0, Some(EIO)));
    }
    // The name does not end within the entry, though it does after it.
    check_eq!(walk(&entry::<24>(24, b"fives")), (0, Some(EIO)));
    check_eq!(walk(&entry::<32>(24, b"fives and")), (0, Some(EIO)));
    // Cut anywhere.
    for end in 1..24 {
        check_eq!(walk(&good[..end]), (0, Some(EIO)));
    }
    // What comes before is told, what comes after is not.
    let mut three = [0; 72];
    for (at, reclen) in [(0, 24), (24, 7), (48, 24)] {
        three[at..at + 24].copy_from_slice(&entry::<24>(reclen, b"four\0"));
    }
    check_eq!(walk(&three), (1, Some(EIO)));
    Ok(())
}

fn dirents_of_any_bytes() -> Outcome {
    let mut bytes = [0; 72];
    for at in [0, 24, 48] {
        bytes[at..at + 24].copy_from_slice(&entry::<24>(24, b"four\0"));
    }
    check_eq!(walk(&bytes), (3, None));
    for at in 0..bytes.len() {
        let good = bytes[at];
        for value in 0..=255 {
            bytes[at] = value;
            let within = bytes.as_ptr_range();
            let (mut count, mut errors) = (0, 0);
            for entry in Dirents::new(&bytes) {
                match entry {
                    Ok(entry) => {
                        count += 1;
                        let name = entry.d_name.to_bytes_with_nul().as_ptr_range();
                        check!(within.start <= name.start && name.end <= within.end);
                    }
                    Err(_) => errors += 1,
                }
            }
            check!(count <= 72 / 20 && errors <= 1);
        }
        bytes[at] = good;
    }
    Ok(())
}
