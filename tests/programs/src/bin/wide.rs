//! 64-bit numbers in calls: each is seen by what it does to a sparse file of more than 4 GiB, and told by a call that
//! takes none. Where a machine passes them as halves, a half that is lost, moved or exchanged does something else.
#![no_std]
#![no_main]

use core::ffi::CStr;
use core::ptr;

use rawtrap::*;
use rawtrap_programs::scratch::in_scratch;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    pwrite64_and_pread64,
    pwritev_and_preadv,
    offsets_that_are_none,
    lseek_forth_and_back,
    lseek_to_what_looks_like_an_error,
    ftruncate_and_truncate,
    truncate_refused,
    fallocate_lengthens,
    fallocate_punches,
    fallocate_refused,
    fadvise64_takes_halves_in_their_order,
    fadvise64_drops_what_sync_file_range_wrote,
    sync_file_range_takes_halves_in_their_order,
    copy_file_range_all_six_arguments,
    copy_file_range_moves_both_offsets,
    copy_file_range_refused,
    mmap_of_a_far_page,
    mmap_of_what_is_too_far,
    openat_of_a_large_file,
    openat_without_o_largefile,
];

/// A multiple of every page size that Linux has.
const PAGE: u64 = 65536;
/// Beyond 4 GiB; the halves differ, and exchanged they are another place that a file may have.
const FAR: u64 = 0x1_2345_0000;
/// What is left of it without its upper half.
const NEAR: u64 = FAR & u32::MAX as u64;
/// A 64-bit number that is negative if its halves are exchanged.
const LOW_HALF: u64 = 0x8000_0000;
/// One that is negative.
const NEGATIVE: u64 = 1 << 63;
const NAME: &CStr = c"sparse";

/// Runs a case with an empty file.
fn with_file(case: impl FnOnce(BorrowedFd<'_>) -> Outcome) -> Outcome {
    in_scratch(|scratch| {
        let file = sys_openat(scratch.dir(), NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)?;
        case(file.as_fd())
    })
}

/// The length, by a call that has no 64-bit argument.
fn length(file: BorrowedFd<'_>) -> Result<u64> {
    sys_statx(file, c"", AT_EMPTY_PATH, STATX_SIZE).map(|statx| statx.stx_size)
}

/// The space that the file takes, in bytes.
fn space(file: BorrowedFd<'_>) -> Result<u64> {
    sys_statx(file, c"", AT_EMPTY_PATH, STATX_BLOCKS).map(|statx| statx.stx_blocks * 512)
}

/// The first bytes from an offset on.
fn at(file: BorrowedFd<'_>, offset: u64) -> Result<[u8; 4]> {
    let mut bytes = [0xff; 4];
    pread_exact(file, &mut bytes, offset)?;
    Ok(bytes)
}

fn pwrite64_and_pread64() -> Outcome {
    with_file(|file| {
        check_eq!(sys_pwrite64(file, b"far!", FAR)?, 4);
        check_eq!(length(file)?, FAR + 4);
        check_eq!(sys_pwrite64(file, b"near", NEAR)?, 4);
        check_eq!(length(file)?, FAR + 4);
        check_eq!((at(file, FAR)?, at(file, NEAR)?), (*b"far!", *b"near"));
        check_eq!(at(file, FAR - 4)?, [0; 4]);
        check!(space(file)? < 1 << 20);
        Ok(())
    })
}

fn pwritev_and_preadv() -> Outcome {
    with_file(|file| {
        let bufs = [IoSlice::new(b"fa"), IoSlice::new(b"r!")];
        check_eq!(sys_pwritev(file, &bufs, FAR)?, 4);
        check_eq!(length(file)?, FAR + 4);
        check_eq!(sys_pwrite64(file, b"near", NEAR)?, 4);
        for (offset, bytes) in [(FAR, b"far!"), (NEAR, b"near"), (FAR - 4, &[0; 4])] {
            let (mut first, mut rest) = ([0xff; 1], [0xff; 3]);
            let mut bufs = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut rest)];
            check_eq!(sys_preadv(file, &mut bufs, offset)?, 4);
            check_eq!((&first[..], &rest[..]), bytes.split_at(1));
        }
        Ok(())
    })
}

fn offsets_that_are_none() -> Outcome {
    with_file(|file| {
        let mut byte = [0];
        check_err!(sys_pread64(file, &mut byte, NEGATIVE), EINVAL);
        check_err!(sys_pwrite64(file, b"x", NEGATIVE), EINVAL);
        check_err!(sys_preadv(file, &mut [IoSliceMut::new(&mut byte)], NEGATIVE), EINVAL);
        check_err!(sys_pwritev(file, &[IoSlice::new(b"x")], NEGATIVE), EINVAL);
        // They would be negative with their halves exchanged: beyond the end of the file there is nothing to read.
        check_eq!(sys_pread64(file, &mut byte, LOW_HALF)?, 0);
        check_eq!(sys_preadv(file, &mut [IoSliceMut::new(&mut byte)], LOW_HALF)?, 0);
        let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
        check_err!(sys_preadv(reader.as_fd(), &mut [IoSliceMut::new(&mut byte)], 0), ESPIPE);
        check_err!(sys_pwritev(writer.as_fd(), &[IoSlice::new(b"x")], 0), ESPIPE);
        check_err!(sys_preadv(bad(), &mut [IoSliceMut::new(&mut byte)], 0), EBADF);
        check_err!(sys_pwritev(bad(), &[IoSlice::new(b"x")], 0), EBADF);
        Ok(())
    })
}

fn lseek_forth_and_back() -> Outcome {
    with_file(|file| {
        sys_pwrite64(file, b"far!", FAR)?;
        check_eq!(sys_lseek(file, 0, SEEK_END)?, FAR + 4);
        check_eq!(sys_lseek(file, -3, SEEK_CUR)?, FAR + 1);
        let mut bytes = [0xff; 3];
        check_eq!(sys_read(file, &mut bytes)?, 3);
        check_eq!(bytes, *b"ar!");
        check_eq!(sys_lseek(file, FAR as i64, SEEK_SET)?, FAR);
        check_eq!(sys_read(file, &mut bytes)?, 3);
        check_eq!(bytes, *b"far");
        check_eq!(sys_lseek(file, -(FAR as i64) - 4, SEEK_END)?, 0);
        check_err!(sys_lseek(file, -(FAR as i64) - 5, SEEK_END), EINVAL);
        check_err!(sys_lseek(file, i64::MIN, SEEK_SET), EINVAL);
        check_eq!(sys_lseek(file, 0, SEEK_CUR)?, 0);
        Ok(())
    })
}

/// Within a register of 32 bits these would be errors.
fn lseek_to_what_looks_like_an_error() -> Outcome {
    with_file(|file| {
        for offset in [
            0x7fff_ffff,
            0x8000_0000,
            0xffff_efff,
            0xffff_f000,
            0xffff_f001,
            0xffff_ffff,
        ] {
            check_eq!(sys_lseek(file, offset, SEEK_SET)?, offset as u64);
            check_eq!(sys_lseek(file, 0, SEEK_CUR)?, offset as u64);
        }
        Ok(())
    })
}

fn ftruncate_and_truncate() -> Outcome {
    in_scratch(|scratch| {
        let file = sys_openat(scratch.dir(), NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)?;
        let file = file.as_fd();
        sys_chdir(scratch.path())?;
        for wanted in [FAR + 5, 1 << 32, u32::MAX as u64, LOW_HALF, 0] {
            check_eq!(sys_ftruncate(file, wanted), Ok(()));
            check_eq!(length(file)?, wanted);
            check_eq!(sys_ftruncate(file, 7), Ok(()));
            check_eq!(sys_truncate(NAME, wanted), Ok(()));
            check_eq!(length(file)?, wanted);
        }
        sys_pwrite64(file, b"far!", FAR)?;
        check_eq!(sys_ftruncate(file, FAR + 2), Ok(()));
        check_eq!(sys_ftruncate(file, FAR + 4), Ok(()));
        check_eq!(at(file, FAR)?, *b"fa\0\0");
        sys_chdir(c"/")?;
        Ok(())
    })
}

fn truncate_refused() -> Outcome {
    check_err!(sys_truncate(c"/tmp", 0), EISDIR);
    check_err!(sys_truncate(c"/tmp", NEGATIVE), EINVAL);
    check_err!(sys_truncate(c"/proc/there/is/none", 0), ENOENT);
    with_file(|file| {
        check_err!(sys_ftruncate(file, NEGATIVE), EINVAL);
        Ok(())
    })
}

fn fallocate_lengthens() -> Outcome {
    with_file(|file| {
        // Exchanged, the two would set 4.5 GiB aside.
        check_eq!(sys_fallocate(file, FallocateFlags::empty(), FAR, PAGE), Ok(()));
        check_eq!(length(file)?, FAR + PAGE);
        check!((PAGE..8 * PAGE).contains(&space(file)?));
        check_eq!(sys_fallocate(file, FALLOC_FL_KEEP_SIZE, FAR + 2 * PAGE, PAGE), Ok(()));
        check_eq!(length(file)?, FAR + PAGE);
        Ok(())
    })
}

fn fallocate_punches() -> Outcome {
    with_file(|file| {
        let places = [PAGE, 2 * PAGE, NEAR, LOW_HALF, FAR - PAGE, FAR, FAR + PAGE];
        let seen = || -> Result<[bool; 7]> {
            let mut seen = [false; 7];
            for (seen, place) in seen.iter_mut().zip(places) {
                *seen = at(file, place)? == *b"data";
            }
            Ok(seen)
        };
        for place in places {
            sys_pwrite64(file, b"data", place)?;
        }
        // To keep what lies behind the last within the file.
        sys_ftruncate(file, FAR + 2 * PAGE)?;
        let hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
        check_eq!(sys_fallocate(file, hole, FAR, PAGE), Ok(()));
        check_eq!(seen()?, [true, true, true, true, true, false, true]);
        // All but the first and the last two.
        check_eq!(sys_fallocate(file, hole, 2 * PAGE, FAR - 3 * PAGE), Ok(()));
        check_eq!(seen()?, [true, false, false, false, true, false, true]);
        Ok(())
    })
}

fn fallocate_refused() -> Outcome {
    let nothing = FallocateFlags::empty();
    with_file(|file| {
        check_err!(sys_fallocate(file, nothing, 0, 0), EINVAL);
        check_err!(sys_fallocate(file, nothing, NEGATIVE, 1), EINVAL);
        check_err!(sys_fallocate(file, nothing, 1, NEGATIVE), EINVAL);
        check_err!(
            sys_fallocate(file, FallocateFlags::from_bits(1 << 31), 0, 1),
            EOPNOTSUPP
        );
        check_err!(sys_fallocate(file, FALLOC_FL_PUNCH_HOLE, 0, 1), EOPNOTSUPP);
        Ok(())
    })?;
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    check_err!(sys_fallocate(writer.as_fd(), nothing, 0, 1), ESPIPE);
    check_err!(sys_fallocate(bad(), nothing, 0, 1), EBADF);
    Ok(())
}

fn fadvise64_takes_halves_in_their_order() -> Outcome {
    with_file(|file| {
        for advice in [
            POSIX_FADV_NORMAL,
            POSIX_FADV_RANDOM,
            POSIX_FADV_SEQUENTIAL,
            POSIX_FADV_WILLNEED,
            POSIX_FADV_DONTNEED,
            POSIX_FADV_NOREUSE,
        ] {
            check_eq!(sys_fadvise64(file, LOW_HALF, LOW_HALF, advice), Ok(()));
        }
        // Of the three only the advice has few values, and up to Linux 6.1 at least only the length may not be negative.
        let no_advice = Fadvice::from_bits(99);
        check_err!(sys_fadvise64(file, 0, 0, no_advice), EINVAL);
        check_eq!(sys_fadvise64(file, 99, 99, POSIX_FADV_NORMAL), Ok(()));
        check_err!(sys_fadvise64(file, 0, NEGATIVE, POSIX_FADV_NORMAL), EINVAL);
        // Linux 7.2 refuses that.
        check!(matches!(
            sys_fadvise64(file, NEGATIVE, 0, POSIX_FADV_NORMAL),
            Ok(()) | Err(EINVAL)
        ));
        Ok(())
    })?;
    let (reader, _writer) = sys_pipe2(O_CLOEXEC)?;
    check_err!(sys_fadvise64(reader.as_fd(), 0, 0, POSIX_FADV_NORMAL), ESPIPE);
    check_err!(sys_fadvise64(bad(), 0, 0, POSIX_FADV_NORMAL), EBADF);
    Ok(())
}

/// Which of two pages of the file are in the page cache: mincore(2) of a mapping of each.
fn cached(file: BorrowedFd<'_>, places: [u64; 2]) -> Result<[bool; 2]> {
    let mut cached = [false; 2];
    for (cached, place) in cached.iter_mut().zip(places) {
        // SAFETY: the kernel chooses where, and writes a byte for each page there; nobody else uses it.
        unsafe {
            let page = sys_mmap(ptr::null_mut(), PAGE as usize, PROT_READ, MAP_SHARED, Some(file), place)?;
            let mut resident = [0u8; PAGE as usize / 4096];
            let answer: Result<()> = call!(SYS_mincore, page, 1usize, resident.as_mut_ptr());
            sys_munmap(page, PAGE as usize)?;
            answer?;
            *cached = resident[0] & 1 == 1;
        }
    }
    Ok(cached)
}

/// A page that is clean leaves the page cache when nobody needs it, a page that is dirty does not.
fn fadvise64_drops_what_sync_file_range_wrote() -> Outcome {
    with_file(|file| {
        for place in [NEAR, FAR] {
            sys_pwrite64(file, &[1; 4096], place)?;
        }
        // The disk knows the file's blocks first: what is written later is data alone.
        // SAFETY: it touches no memory.
        let synced: Result<()> = unsafe { call!(SYS_fsync, file) };
        synced?;
        for place in [NEAR, FAR] {
            sys_pwrite64(file, &[2; 4096], place)?;
        }
        check_eq!(cached(file, [NEAR, FAR])?, [true, true]);
        let all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
        check_eq!(sys_sync_file_range(file, FAR, PAGE, all), Ok(()));
        check_eq!(sys_fadvise64(file, FAR, PAGE, POSIX_FADV_DONTNEED), Ok(()));
        // A file system without a device (tmpfs) has its files nowhere else.
        let on_device = sys_statx(file, c"", AT_EMPTY_PATH, STATX_BASIC_STATS)?.stx_dev_major != 0;
        check_eq!(cached(file, [NEAR, FAR])?, [true, !on_device]);
        check_eq!(at(file, FAR)?, [2; 4]);
        Ok(())
    })
}

fn sync_file_range_takes_halves_in_their_order() -> Outcome {
    let nothing = SyncRangeFlags::empty();
    with_file(|file| {
        check_eq!(sys_sync_file_range(file, LOW_HALF, LOW_HALF, nothing), Ok(()));
        check_eq!(sys_sync_file_range(file, 99, 99, nothing), Ok(()));
        check_err!(sys_sync_file_range(file, 0, 0, SyncRangeFlags::from_bits(99)), EINVAL);
        check_err!(sys_sync_file_range(file, NEGATIVE, 0, nothing), EINVAL);
        check_err!(sys_sync_file_range(file, 0, NEGATIVE, nothing), EINVAL);
        Ok(())
    })?;
    let (reader, _writer) = sys_pipe2(O_CLOEXEC)?;
    check_err!(sys_sync_file_range(reader.as_fd(), 0, 0, nothing), ESPIPE);
    check_err!(sys_sync_file_range(bad(), 0, 0, nothing), EBADF);
    Ok(())
}

fn copy_file_range_all_six_arguments() -> Outcome {
    in_scratch(|scratch| {
        let make = |name| sys_openat(scratch.dir(), name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600);
        let (source, target) = (make(c"source")?, make(c"target")?);
        let (source, target) = (source.as_fd(), target.as_fd());
        sys_pwrite64(source, b"0123456789", 0)?;
        sys_pwrite64(target, b"abcdefghij", 0)?;
        let (mut from, mut to) = (3, 1);
        check_eq!(
            sys_copy_file_range(source, Some(&mut from), target, Some(&mut to), 5, 0)?,
            5
        );
        check_eq!((from, to), (8, 6));
        let mut bytes = [0; 10];
        pread_exact(target, &mut bytes, 0)?;
        check_eq!(&bytes, b"a34567ghij");
        pread_exact(source, &mut bytes, 0)?;
        check_eq!(&bytes, b"0123456789");
        // Without offsets it is the fds' own that count and move.
        sys_lseek(source, 8, SEEK_SET)?;
        check_eq!(sys_copy_file_range(source, None, target, None, 5, 0)?, 2);
        check_eq!(
            (sys_lseek(source, 0, SEEK_CUR)?, sys_lseek(target, 0, SEEK_CUR)?),
            (10, 2)
        );
        pread_exact(target, &mut bytes, 0)?;
        check_eq!(&bytes, b"894567ghij");
        Ok(())
    })
}

fn copy_file_range_moves_both_offsets() -> Outcome {
    with_file(|file| {
        sys_pwrite64(file, b"far!", FAR)?;
        let (mut from, mut to) = (FAR, LOW_HALF);
        check_eq!(
            sys_copy_file_range(file, Some(&mut from), file, Some(&mut to), 3, 0)?,
            3
        );
        check_eq!((from, to), (FAR + 3, LOW_HALF + 3));
        check_eq!(at(file, LOW_HALF)?, *b"far\0");
        check_eq!(length(file)?, FAR + 4);
        Ok(())
    })
}

fn copy_file_range_refused() -> Outcome {
    with_file(|file| {
        sys_pwrite64(file, b"data", 0)?;
        let copy = |from, to, flags| sys_copy_file_range(file, Some(&mut { from }), file, Some(&mut { to }), 4, flags);
        check_err!(copy(0, 8, 1), EINVAL);
        check_err!(copy(0, 2, 0), EINVAL);
        check_eq!(copy(4, 8, 0)?, 0);
        check_eq!(copy(0, 8, 0)?, 4);
        check_err!(sys_copy_file_range(bad(), None, file, None, 4, 0), EBADF);
        Ok(())
    })
}

fn mmap_of_a_far_page() -> Outcome {
    with_file(|file| {
        sys_pwrite64(file, b"near", NEAR)?;
        sys_pwrite64(file, b"far!", FAR)?;
        for (place, bytes) in [(FAR, b"far!"), (NEAR, b"near")] {
            // SAFETY: the kernel chooses where.
            let page = unsafe { sys_mmap(ptr::null_mut(), PAGE as usize, PROT_READ, MAP_SHARED, Some(file), place)? };
            // SAFETY: the page is mapped, and nobody writes to the file meanwhile.
            check_eq!(unsafe { page.cast::<[u8; 4]>().read() }, *bytes);
            // SAFETY: nobody uses it after this.
            unsafe { sys_munmap(page, PAGE as usize)? };
        }
        Ok(())
    })
}

fn mmap_of_what_is_too_far() -> Outcome {
    with_file(|file| {
        // SAFETY: the kernel refuses it.
        let map = |offset| unsafe {
            sys_mmap(
                ptr::null_mut(),
                PAGE as usize,
                PROT_READ,
                MAP_SHARED,
                Some(file),
                offset,
            )
        };
        check_err!(map(FAR + 1), EINVAL);
        // The last page that 64 bits count: the mapping would end beyond what a file may have.
        check_err!(map(PAGE.wrapping_neg()), EOVERFLOW);
        Ok(())
    })
}

fn openat_of_a_large_file() -> Outcome {
    in_scratch(|scratch| {
        let made = sys_openat(scratch.dir(), NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)?;
        sys_pwrite64(made.as_fd(), b"far!", FAR)?;
        let file = sys_openat(scratch.dir(), NAME, O_RDONLY | O_CLOEXEC, 0)?;
        check_eq!(at(file.as_fd(), FAR)?, *b"far!");
        check_eq!(length(file.as_fd())?, FAR + 4);
        Ok(())
    })
}

/// Where registers have 32 bits the kernel writes nothing where 31 bits end, and most file systems open no file that is
/// longer (tmpfs of Linux 6.1 does).
fn openat_without_o_largefile() -> Outcome {
    in_scratch(|scratch| {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
        // SAFETY: the name ends with a zero byte, and a fd that is answered is new.
        let file: Result<OwnedFd> = unsafe { call!(SYS_openat, scratch.dir(), NAME.as_ptr(), flags, 0o600u32) };
        let file = file?;
        check_eq!(sys_pwrite64(file.as_fd(), b"x", (1 << 31) - 2), Ok(1));
        let narrow = usize::BITS == 32;
        let answer = sys_pwrite64(file.as_fd(), b"x", 1 << 31);
        check_eq!(answer, if narrow { Err(EFBIG) } else { Ok(1) });
        Ok(())
    })
}
