//! What is known of a file.
#![no_std]
#![no_main]

use rawtrap::*;
use rawtrap_programs::scratch::in_scratch;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    fstat_tells_what_was_made,
    fstat_of_a_large_file,
    fstat_of_an_old_file,
    fstat_of_a_device,
    fstat_of_a_bad_fd,
    newfstatat_flags,
    newfstatat_of_what_cannot_be,
    stat_follows_and_lstat_does_not,
    stat_and_lstat_of_what_is_not_there,
    statx_agrees_with_stat,
    statx_tells_what_it_told,
    statx_attributes,
    statx_of_what_cannot_be,
    statx_tells_mounts_apart,
];

const NO_FLAGS: AtFlags = AtFlags::empty();

fn make(dir: BorrowedFd<'_>, name: &core::ffi::CStr) -> Result<OwnedFd> {
    sys_openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
}

/// Sets the times of the last access and the last change.
fn set_times(file: BorrowedFd<'_>, times: [(i64, i64); 2]) -> Result<()> {
    let times = times.map(|(tv_sec, tv_nsec)| Timespec { tv_sec, tv_nsec });
    sys_utimensat(file, None, Some(&times), AtFlags::empty())
}

fn fstat_tells_what_was_made() -> Outcome {
    in_scratch(|scratch| {
        let file = make(scratch.dir(), c"f")?;
        write_all(file.as_fd(), &[1; 5000])?;
        set_times(
            file.as_fd(),
            [(1_000_000_001, 123_456_789), (5_000_000_000, 987_654_321)],
        )?;
        // SAFETY: neither touches memory.
        let (uid, gid) = unsafe { (syscall0(SYS_getuid), syscall0(SYS_getgid)) };
        let stat = sys_fstat(file.as_fd())?;
        check_eq!(stat.st_mode, S_IFREG | 0o600);
        check_eq!(stat.st_size, 5000);
        check_eq!(stat.st_nlink, 1);
        check_eq!(
            (stat.st_uid as usize, stat.st_gid as usize),
            (uid.to_usize(), gid.to_usize())
        );
        check_eq!((stat.st_atime, stat.st_atime_nsec), (1_000_000_001, 123_456_789));
        check_eq!((stat.st_mtime, stat.st_mtime_nsec), (5_000_000_000, 987_654_321));
        // The last status change is now: this program is younger than 2020.
        check!(stat.st_ctime > 1_577_836_800 && stat.st_ctime_nsec < 1_000_000_000);
        check!(stat.st_blksize >= 512 && stat.st_blocks >= 0);
        let dir = sys_fstat(scratch.dir())?;
        check_eq!(dir.st_mode & S_IFMT, S_IFDIR);
        check_eq!(dir.st_dev, stat.st_dev);
        check!(dir.st_ino != stat.st_ino);
        Ok(())
    })
}

fn fstat_of_a_large_file() -> Outcome {
    in_scratch(|scratch| {
        let file = make(scratch.dir(), c"f")?;
        sys_ftruncate(file.as_fd(), (5 << 32) + 7)?;
        let stat = sys_fstat(file.as_fd())?;
        check_eq!(stat.st_size, (5 << 32) + 7);
        check!(stat.st_blocks < 100);
        Ok(())
    })
}

fn fstat_of_an_old_file() -> Outcome {
    in_scratch(|scratch| {
        let file = make(scratch.dir(), c"f")?;
        set_times(file.as_fd(), [(-2, 3), (-1_000_000, 4)])?;
        let stat = sys_fstat(file.as_fd())?;
        check_eq!((stat.st_atime, stat.st_atime_nsec), (-2, 3));
        check_eq!((stat.st_mtime, stat.st_mtime_nsec), (-1_000_000, 4));
        Ok(())
    })
}

fn fstat_of_a_device() -> Outcome {
    let null = sys_open(c"/dev/null", O_RDONLY | O_CLOEXEC, 0)?;
    let stat = sys_fstat(null.as_fd())?;
    check_eq!(stat.st_mode & S_IFMT, S_IFCHR);
    // Major 1, minor 3.
    check_eq!(stat.st_rdev, 0x103);
    let (reader, _writer) = sys_pipe2(O_CLOEXEC)?;
    check_eq!(sys_fstat(reader.as_fd())?.st_mode & S_IFMT, S_IFIFO);
    Ok(())
}

fn fstat_of_a_bad_fd() -> Outcome {
    check_err!(sys_fstat(bad()), EBADF);
    check_err!(sys_fstat(AT_FDCWD), EBADF);
    Ok(())
}

fn newfstatat_flags() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = sys_fstat(make(dir, c"f")?.as_fd())?;
        sys_symlinkat(c"f", dir, c"link")?;
        check_eq!(sys_newfstatat(dir, c"link", NO_FLAGS)?.st_ino, file.st_ino);
        let link = sys_newfstatat(dir, c"link", AT_SYMLINK_NOFOLLOW)?;
        check_eq!((link.st_mode & S_IFMT, link.st_size), (S_IFLNK, 1));
        let itself = sys_newfstatat(dir, c"", AT_EMPTY_PATH)?;
        check_eq!(itself.st_ino, sys_fstat(dir)?.st_ino);
        check_eq!(sys_newfstatat(dir, c"f", AT_NO_AUTOMOUNT)?.st_ino, file.st_ino);
        // An absolute path needs no directory.
        check_eq!(sys_newfstatat(bad(), scratch.path(), NO_FLAGS)?.st_ino, itself.st_ino);
        Ok(())
    })
}

fn newfstatat_of_what_cannot_be() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = make(dir, c"f")?;
        check_err!(sys_newfstatat(dir, c"absent", NO_FLAGS), ENOENT);
        check_err!(sys_newfstatat(dir, c"", NO_FLAGS), ENOENT);
        check_err!(sys_newfstatat(dir, c"f/below", NO_FLAGS), ENOTDIR);
        check_err!(sys_newfstatat(file.as_fd(), c"f", NO_FLAGS), ENOTDIR);
        check_err!(sys_newfstatat(bad(), c"f", NO_FLAGS), EBADF);
        check_err!(sys_newfstatat(dir, c"f", AT_REMOVEDIR), EINVAL);
        Ok(())
    })
}

fn stat_follows_and_lstat_does_not() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = sys_fstat(make(dir, c"f")?.as_fd())?;
        sys_symlinkat(c"f", dir, c"link")?;
        sys_symlinkat(c"absent", dir, c"nowhere")?;
        sys_chdir(scratch.path())?;
        let answers = (
            sys_stat(c"link"),
            sys_lstat(c"link"),
            sys_stat(c"nowhere"),
            sys_lstat(c"nowhere"),
        );
        sys_chdir(c"/")?;
        check_eq!(answers.0?.st_ino, file.st_ino);
        check_eq!(answers.1?.st_mode & S_IFMT, S_IFLNK);
        check_err!(answers.2, ENOENT);
        check_eq!(answers.3?.st_mode & S_IFMT, S_IFLNK);
        Ok(())
    })
}

fn stat_and_lstat_of_what_is_not_there() -> Outcome {
    check_err!(sys_stat(c"/proc/self/absent"), ENOENT);
    check_err!(sys_lstat(c"/proc/self/absent"), ENOENT);
    check_err!(sys_stat(c"/proc/self/status/below"), ENOTDIR);
    check_err!(sys_lstat(c"/proc/self/status/below"), ENOTDIR);
    Ok(())
}

fn statx_agrees_with_stat() -> Outcome {
    in_scratch(|scratch| {
        let file = make(scratch.dir(), c"f")?;
        write_all(file.as_fd(), &[1; 5000])?;
        set_times(file.as_fd(), [(-2, 123_456_789), (5_000_000_000, 987_654_321)])?;
        let statx = sys_statx(file.as_fd(), c"", AT_EMPTY_PATH, STATX_BASIC_STATS)?;
        check!(statx.stx_mask.contains(STATX_BASIC_STATS));
        let stat = sys_newfstatat(scratch.dir(), c"f", NO_FLAGS)?;
        check_eq!(u32::from(statx.stx_mode), stat.st_mode);
        check_eq!((statx.stx_uid, statx.stx_gid), (stat.st_uid, stat.st_gid));
        check_eq!((statx.stx_nlink, statx.stx_ino), (1, stat.st_ino));
        check_eq!((statx.stx_size, statx.stx_blocks), (5000, stat.st_blocks as u64));
        check_eq!(i64::from(statx.stx_blksize), stat.st_blksize as i64);
        check_eq!((statx.stx_atime.tv_sec, statx.stx_atime.tv_nsec), (-2, 123_456_789));
        check_eq!(
            (statx.stx_mtime.tv_sec, statx.stx_mtime.tv_nsec),
            (5_000_000_000, 987_654_321)
        );
        check_eq!(statx.stx_ctime.tv_sec, stat.st_ctime);
        check_eq!(u64::from(statx.stx_ctime.tv_nsec), stat.st_ctime_nsec);
        let null = sys_statx(AT_FDCWD, c"/dev/null", NO_FLAGS, STATX_TYPE)?;
        check_eq!((null.stx_rdev_major, null.stx_rdev_minor), (1, 3));
        Ok(())
    })
}

fn statx_tells_what_it_told() -> Outcome {
    in_scratch(|scratch| {
        sys_symlinkat(c"target", scratch.dir(), c"link")?;
        let flags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
        let link = sys_statx(scratch.dir(), c"link", flags, STATX_SIZE | STATX_TYPE)?;
        check!(link.stx_mask.contains(STATX_SIZE | STATX_TYPE));
        check_eq!((u32::from(link.stx_mode) & S_IFMT, link.stx_size), (S_IFLNK, 6));
        // What no kernel knows of is no error, and not told.
        let unknown = StatxMask::from_bits(1 << 30);
        let dir = sys_statx(
            scratch.dir(),
            c"",
            AT_EMPTY_PATH | AT_STATX_FORCE_SYNC,
            STATX_INO | unknown,
        )?;
        check_eq!(dir.stx_mask & (STATX_INO | unknown), STATX_INO);
        Ok(())
    })
}

fn statx_attributes() -> Outcome {
    let proc = sys_statx(AT_FDCWD, c"/proc", NO_FLAGS, STATX_TYPE)?;
    check!(proc.stx_attributes_mask.contains(STATX_ATTR_MOUNT_ROOT));
    check!(proc.stx_attributes.contains(STATX_ATTR_MOUNT_ROOT));
    let below = sys_statx(AT_FDCWD, c"/proc/version", NO_FLAGS, STATX_TYPE)?;
    check!(!below.stx_attributes.contains(STATX_ATTR_MOUNT_ROOT));
    Ok(())
}

fn statx_of_what_cannot_be() -> Outcome {
    let both = AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC;
    check_err!(sys_statx(AT_FDCWD, c"/", both, STATX_TYPE), EINVAL);
    check_err!(sys_statx(AT_FDCWD, c"/", AT_REMOVEDIR, STATX_TYPE), EINVAL);
    check_err!(
        sys_statx(AT_FDCWD, c"/", NO_FLAGS, StatxMask::from_bits(1 << 31)),
        EINVAL
    );
    check_err!(sys_statx(AT_FDCWD, c"/proc/absent", NO_FLAGS, STATX_TYPE), ENOENT);
    check_err!(sys_statx(AT_FDCWD, c"", NO_FLAGS, STATX_TYPE), ENOENT);
    check_err!(sys_statx(bad(), c"f", NO_FLAGS, STATX_TYPE), EBADF);
    Ok(())
}

fn statx_tells_mounts_apart() -> Outcome {
    let mount = |path| sys_statx(AT_FDCWD, path, NO_FLAGS, STATX_MNT_ID);
    let (proc, below, root) = (mount(c"/proc")?, mount(c"/proc/version")?, mount(c"/")?);
    check!(proc.stx_mask.contains(STATX_MNT_ID) && proc.stx_mnt_id != 0);
    check_eq!(below.stx_mnt_id, proc.stx_mnt_id);
    check!(root.stx_mnt_id != proc.stx_mnt_id);
    Ok(())
}
