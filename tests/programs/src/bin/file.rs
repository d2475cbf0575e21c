//! Files by name.
#![no_std]
#![no_main]

use core::mem::MaybeUninit;

use rawtrap::*;
use rawtrap_programs::scratch::in_scratch;
use rawtrap_programs::{Outcome, bad, cases, check, check_eq, check_err};

cases![
    openat_makes_a_file,
    openat_of_bad_paths,
    openat_what_flags_forbid,
    openat_flags_are_the_kernels,
    open_begins_at_the_current_directory,
    open_of_a_large_file,
    unlinkat_removes,
    unlinkat_of_what_cannot_be,
    symlinkat_and_readlinkat,
    symlinkat_of_what_cannot_be,
    readlinkat_cuts,
    readlinkat_of_what_cannot_be,
    readlinkat_of_an_fd,
    ftruncate_sets_the_length,
    ftruncate_of_what_cannot_be,
    umask_holds_back,
];

const NO_FLAGS: AtFlags = AtFlags::empty();

/// Makes an empty file.
fn make(dir: BorrowedFd<'_>, name: &core::ffi::CStr) -> Result<OwnedFd> {
    sys_openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
}

fn openat_makes_a_file() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = sys_openat(dir, c"f", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)?;
        write_all(file.as_fd(), b"some bytes")?;
        check_eq!(sys_fstat(file.as_fd())?.st_mode, S_IFREG | 0o600);
        check_eq!(sys_fcntl_getfd(file.as_fd()), Ok(FD_CLOEXEC));
        // With O_TRUNC it is empty again, and the mode of what is there stays.
        let file = sys_openat(dir, c"f", O_WRONLY | O_CREAT | O_TRUNC, 0o777)?;
        let stat = sys_fstat(file.as_fd())?;
        check_eq!((stat.st_size, stat.st_mode), (0, S_IFREG | 0o600));
        check_eq!(sys_fcntl_getfd(file.as_fd()), Ok(FdFlags::empty()));
        // The lowest number that is free.
        let number = file.as_raw();
        drop(file);
        check_eq!(sys_openat(dir, c"f", O_RDONLY, 0)?.as_raw(), number);
        Ok(())
    })
}

fn openat_of_bad_paths() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = make(dir, c"f")?;
        check_err!(sys_openat(dir, c"absent", O_RDONLY, 0), ENOENT);
        check_err!(sys_openat(dir, c"", O_RDONLY, 0), ENOENT);
        check_err!(sys_openat(dir, c"f/below", O_RDONLY, 0), ENOTDIR);
        check_err!(sys_openat(file.as_fd(), c"f", O_RDONLY, 0), ENOTDIR);
        check_err!(sys_openat(bad(), c"f", O_RDONLY, 0), EBADF);
        sys_symlinkat(c"loop", dir, c"loop")?;
        check_err!(sys_openat(dir, c"loop", O_RDONLY, 0), ELOOP);
        let long = [b'n'; 257];
        let mut name = [0; 258];
        name[..256].copy_from_slice(&long[..256]);
        let name = core::ffi::CStr::from_bytes_until_nul(&name).unwrap_or_default();
        check_err!(sys_openat(dir, name, O_RDONLY, 0), ENAMETOOLONG);
        Ok(())
    })
}

fn openat_what_flags_forbid() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        drop(make(dir, c"f")?);
        check_err!(make(dir, c"f"), EEXIST);
        check_err!(sys_openat(dir, c"f", O_RDONLY | O_DIRECTORY, 0), ENOTDIR);
        check_err!(sys_openat(dir, c".", O_WRONLY, 0), EISDIR);
        sys_symlinkat(c"f", dir, c"link")?;
        check_err!(sys_openat(dir, c"link", O_RDONLY | O_NOFOLLOW, 0), ELOOP);
        check!(sys_openat(dir, c"link", O_RDONLY, 0).is_ok());
        check_err!(sys_openat(dir, c".", O_RDONLY | O_TMPFILE, 0), EINVAL);
        // What is only named cannot be read.
        let path = sys_openat(dir, c"f", O_PATH | O_CLOEXEC, 0)?;
        check_err!(sys_read(path.as_fd(), &mut [0; 1]), EBADF);
        Ok(())
    })
}

fn openat_flags_are_the_kernels() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = sys_openat(dir, c"f", O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOATIME, 0o644)?;
        let flags = sys_fcntl_getfl(file.as_fd())?;
        check!(flags.contains(O_WRONLY | O_APPEND | O_NONBLOCK | O_NOATIME));
        // Those of making a file are not kept.
        check_eq!(flags & (O_CREAT | O_EXCL | O_TRUNC | O_SYNC), OpenFlags::empty());
        let file = sys_openat(dir, c"f", O_RDWR | O_SYNC, 0)?;
        check!(sys_fcntl_getfl(file.as_fd())?.contains(O_RDWR | O_SYNC));
        let file = sys_openat(dir, c".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)?;
        check!(sys_fcntl_getfl(file.as_fd())?.contains(O_DIRECTORY | O_NOFOLLOW));
        Ok(())
    })
}

fn open_begins_at_the_current_directory() -> Outcome {
    in_scratch(|scratch| {
        drop(make(scratch.dir(), c"f")?);
        sys_chdir(scratch.path())?;
        let found = sys_open(c"f", O_RDONLY | O_CLOEXEC, 0);
        let made = sys_open(c"made", O_WRONLY | O_CREAT | O_CLOEXEC, 0o400);
        let absent = sys_open(c"absent", O_RDONLY, 0);
        sys_chdir(c"/")?;
        check!(found.is_ok());
        check_eq!(sys_fstat(made?.as_fd())?.st_mode, S_IFREG | 0o400);
        check_err!(absent, ENOENT);
        check_err!(sys_open(c"f", O_RDONLY, 0), ENOENT);
        Ok(())
    })
}

fn open_of_a_large_file() -> Outcome {
    in_scratch(|scratch| {
        // Without O_LARGEFILE, a kernel with 32-bit registers answers EFBIG to the one and EOVERFLOW to the other.
        sys_ftruncate(make(scratch.dir(), c"f")?.as_fd(), 3 << 30)?;
        let file = sys_openat(scratch.dir(), c"f", O_RDONLY | O_CLOEXEC, 0)?;
        check_eq!(sys_lseek(file.as_fd(), 0, SEEK_END), Ok(3 << 30));
        Ok(())
    })
}

fn unlinkat_removes() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let file = make(dir, c"f")?;
        check_eq!(sys_unlinkat(dir, c"f", NO_FLAGS), Ok(()));
        check_err!(sys_unlinkat(dir, c"f", NO_FLAGS), ENOENT);
        // It is there for as long as it is open.
        check_eq!(sys_fstat(file.as_fd())?.st_nlink, 0);
        // A symbolic link goes itself, its target stays.
        let _target = make(dir, c"target")?;
        sys_symlinkat(c"target", dir, c"link")?;
        check_eq!(sys_unlinkat(dir, c"link", NO_FLAGS), Ok(()));
        check_eq!(sys_unlinkat(dir, c"target", NO_FLAGS), Ok(()));
        sys_mkdirat(dir, c"d", 0o755)?;
        check_eq!(sys_unlinkat(dir, c"d", AT_REMOVEDIR), Ok(()));
        check_err!(sys_unlinkat(dir, c"d", AT_REMOVEDIR), ENOENT);
        Ok(())
    })
}

fn unlinkat_of_what_cannot_be() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        sys_mkdirat(dir, c"d", 0o755)?;
        let file = make(dir, c"d/f")?;
        check_err!(sys_unlinkat(dir, c"d", NO_FLAGS), EISDIR);
        check_err!(sys_unlinkat(dir, c"d", AT_REMOVEDIR), ENOTEMPTY);
        check_err!(sys_unlinkat(dir, c"d/.", AT_REMOVEDIR), EINVAL);
        check_err!(sys_unlinkat(dir, c"d/f", AT_REMOVEDIR), ENOTDIR);
        check_err!(sys_unlinkat(dir, c"d/f", AT_EMPTY_PATH), EINVAL);
        check_err!(sys_unlinkat(file.as_fd(), c"f", NO_FLAGS), ENOTDIR);
        check_err!(sys_unlinkat(bad(), c"f", NO_FLAGS), EBADF);
        check_eq!(sys_unlinkat(dir, c"d/f", NO_FLAGS), Ok(()));
        Ok(())
    })
}

fn symlinkat_and_readlinkat() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        check_eq!(sys_symlinkat(c"no/such thing", dir, c"link"), Ok(()));
        let mut buf = [MaybeUninit::uninit(); 64];
        check_eq!(sys_readlinkat(dir, c"link", &mut buf)?, b"no/such thing");
        let mut buf = [b'.'; 16];
        check_eq!(sys_readlinkat(dir, c"link", &mut buf), Ok(13));
        // No zero byte.
        check_eq!(&buf, b"no/such thing...");
        Ok(())
    })
}

fn symlinkat_of_what_cannot_be() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        sys_symlinkat(c"a", dir, c"link")?;
        check_err!(sys_symlinkat(c"b", dir, c"link"), EEXIST);
        check_err!(sys_symlinkat(c"", dir, c"other"), ENOENT);
        check_err!(sys_symlinkat(c"a", dir, c"absent/link"), ENOENT);
        check_err!(sys_symlinkat(c"a", bad(), c"other"), EBADF);
        Ok(())
    })
}

fn readlinkat_cuts() -> Outcome {
    in_scratch(|scratch| {
        sys_symlinkat(c"0123456789", scratch.dir(), c"link")?;
        let mut buf = [0; 4];
        check_eq!(sys_readlinkat(scratch.dir(), c"link", &mut buf), Ok(4));
        check_eq!(&buf, b"0123");
        Ok(())
    })
}

fn readlinkat_of_what_cannot_be() -> Outcome {
    in_scratch(|scratch| {
        let dir = scratch.dir();
        let mut buf = [0; 16];
        let _file = make(dir, c"f")?;
        sys_symlinkat(c"f", dir, c"link")?;
        check_err!(sys_readlinkat(dir, c"f", &mut buf), EINVAL);
        check_err!(sys_readlinkat(dir, c"link", &mut buf[..0]), EINVAL);
        check_err!(sys_readlinkat(dir, c"absent", &mut buf), ENOENT);
        check_err!(sys_readlinkat(bad(), c"link", &mut buf), EBADF);
        Ok(())
    })
}

fn readlinkat_of_an_fd() -> Outcome {
    in_scratch(|scratch| {
        sys_symlinkat(c"target", scratch.dir(), c"link")?;
        let link = sys_openat(scratch.dir(), c"link", O_PATH | O_NOFOLLOW | O_CLOEXEC, 0)?;
        let mut buf = [MaybeUninit::uninit(); 64];
        check_eq!(sys_readlinkat(link.as_fd(), c"", &mut buf)?, b"target");
        Ok(())
    })
}

fn ftruncate_sets_the_length() -> Outcome {
    in_scratch(|scratch| {
        // Beyond 4 GiB: both halves of the length count.
        const FAR: u64 = (5 << 32) + 7;
        let file = make(scratch.dir(), c"f")?;
        write_all(file.as_fd(), b"0123456789")?;
        check_eq!(sys_ftruncate(file.as_fd(), 4), Ok(()));
        check_eq!(sys_lseek(file.as_fd(), 0, SEEK_CUR), Ok(10));
        check_eq!(sys_ftruncate(file.as_fd(), FAR), Ok(()));
        check_eq!(sys_lseek(file.as_fd(), 0, SEEK_END), Ok(FAR));
        let mut buf = [b'.'; 6];
        check_eq!(sys_pread64(file.as_fd(), &mut buf, 0), Ok(6));
        check_eq!(&buf, b"0123\0\0");
        Ok(())
    })
}

fn ftruncate_of_what_cannot_be() -> Outcome {
    in_scratch(|scratch| {
        let file = make(scratch.dir(), c"f")?;
        check_err!(sys_ftruncate(file.as_fd(), u64::MAX), EINVAL);
        check_err!(sys_ftruncate(bad(), 0), EBADF);
        let reader = sys_openat(scratch.dir(), c"f", O_RDONLY | O_CLOEXEC, 0)?;
        check_err!(sys_ftruncate(reader.as_fd(), 0), EINVAL);
        check_err!(sys_ftruncate(scratch.dir(), 0), EINVAL);
        Ok(())
    })
}

/// umask(2) cannot fail.
fn umask_holds_back() -> Outcome {
    in_scratch(|scratch| {
        let before = sys_umask(0o027);
        let file = sys_openat(scratch.dir(), c"f", O_WRONLY | O_CREAT | O_CLOEXEC, 0o666);
        // Only the permissions count.
        let during = sys_umask(0o7000 | before);
        check_eq!(during, 0o027);
        check_eq!(sys_fstat(file?.as_fd())?.st_mode, S_IFREG | 0o640);
        check_eq!(sys_umask(before), before);
        Ok(())
    })
}
