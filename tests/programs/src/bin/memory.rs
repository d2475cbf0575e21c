//! Mapping memory.
#![no_std]
#![no_main]

use core::ptr;

use rawtrap::*;
use rawtrap_programs::{Outcome, cases, check, check_eq, check_err};

cases![
    mmap_anonymous,
    mmap_all_six_arguments,
    mmap_private_keeps_the_file,
    mmap_fixed_replaces,
    mmap_noreplace,
    mmap_of_addresses_that_look_like_errors,
    mmap_refused,
    mmap_of_what_cannot_be_mapped,
    mprotect_forbids,
    mprotect_refused,
    munmap_unmaps,
    munmap_refused,
];

/// A multiple of every page size that Linux has, so that nothing here depends on it.
const PAGE: usize = 65536;
const READ_WRITE: ProtFlags = PROT_READ.union(PROT_WRITE);
const FRESH: MapFlags = MAP_PRIVATE.union(MAP_ANONYMOUS);

/// Pages that nobody uses.
fn fresh(pages: usize) -> Result<*mut u8> {
    // SAFETY: the kernel chooses where.
    unsafe { sys_mmap(ptr::null_mut(), pages * PAGE, READ_WRITE, FRESH, None, 0) }.map(<*mut ()>::cast)
}

fn unmap(start: *mut u8, pages: usize) -> Result<()> {
    // SAFETY: the cases call it last.
    unsafe { sys_munmap(start.cast(), pages * PAGE) }
}

/// A file without a name, of three pages of `a`, `b` and `c`.
fn file() -> Result<OwnedFd> {
    // SAFETY: the name ends with a zero byte.
    let file: Result<OwnedFd> = unsafe { call!(SYS_memfd_create, c"memory".as_ptr(), 0u32) };
    let file = file?;
    for (page, byte) in [(0, b'a'), (1, b'b'), (2, b'c')] {
        for offset in (0..PAGE).step_by(4096) {
            sys_pwrite64(file.as_fd(), &[byte; 4096], (page * PAGE + offset) as u64)?;
        }
    }
    Ok(file)
}

fn byte_at(file: &OwnedFd, offset: usize) -> Result<u8> {
    let mut byte = [0];
    sys_pread64(file.as_fd(), &mut byte, offset as u64)?;
    Ok(byte[0])
}

/// True if the kernel can read the byte: a pipe takes it.
fn readable(address: *const u8) -> Result<bool> {
    let (_reader, writer) = sys_pipe2(O_CLOEXEC)?;
    // SAFETY: write(2) only reads, and answers EFAULT for what it cannot.
    let answer = unsafe { syscall3(SYS_write, writer.as_raw(), address, 1usize) };
    match answer.result() {
        Ok(_) => Ok(true),
        Err(EFAULT) => Ok(false),
        Err(errno) => Err(errno),
    }
}

/// True if the kernel can write the byte.
fn writable(address: *mut u8) -> Result<bool> {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    sys_write(writer.as_fd(), b"w")?;
    // SAFETY: the byte is in a page of the case's own; EFAULT is the answer where it cannot be written.
    let answer = unsafe { syscall3(SYS_read, reader.as_raw(), address, 1usize) };
    match answer.result() {
        Ok(_) => Ok(true),
        Err(EFAULT) => Ok(false),
        Err(errno) => Err(errno),
    }
}

fn mmap_anonymous() -> Outcome {
    let start = fresh(2)?;
    // SAFETY: two pages, ours, zeroed.
    unsafe {
        check_eq!(start.read(), 0);
        let last = start.add(2 * PAGE - 1);
        last.write(7);
        check_eq!(last.read(), 7);
    }
    unmap(start, 2)?;
    Ok(())
}

/// Address, length, protection, flags, fd and offset are each seen in what comes back.
fn mmap_all_six_arguments() -> Outcome {
    let file = file()?;
    let place = fresh(4)?;
    let wanted = place.wrapping_add(PAGE);
    // SAFETY: it replaces a page of the case's own.
    let start = unsafe {
        sys_mmap(
            wanted.cast(),
            2 * PAGE,
            PROT_READ,
            MAP_SHARED | MAP_FIXED,
            Some(file.as_fd()),
            PAGE as u64,
        )?
    };
    let start = start.cast::<u8>();
    check_eq!(start, wanted);
    // SAFETY: all four pages can be read.
    unsafe {
        check_eq!(start.read_volatile(), b'b');
        check_eq!(start.add(PAGE).read_volatile(), b'c');
        check_eq!(start.sub(1).read(), 0);
        check_eq!(start.add(2 * PAGE).read(), 0);
        sys_pwrite64(file.as_fd(), b"!", PAGE as u64)?;
        check_eq!(start.read_volatile(), b'!');
    }
    check!(!writable(start)?);
    check!(writable(place)?);
    unmap(place, 4)?;
    Ok(())
}

fn mmap_private_keeps_the_file() -> Outcome {
    let file = file()?;
    // SAFETY: the kernel chooses where.
    let map = |flags| unsafe { sys_mmap(ptr::null_mut(), PAGE, READ_WRITE, flags, Some(file.as_fd()), 0) };
    let (private, shared) = (map(MAP_PRIVATE)?.cast::<u8>(), map(MAP_SHARED)?.cast::<u8>());
    // SAFETY: both are ours.
    unsafe {
        private.write_volatile(b'p');
        check_eq!(byte_at(&file, 0)?, b'a');
        check_eq!(shared.read_volatile(), b'a');
        shared.write_volatile(b's');
        check_eq!(byte_at(&file, 0)?, b's');
        check_eq!(private.read_volatile(), b'p');
    }
    unmap(private, 1)?;
    unmap(shared, 1)?;
    Ok(())
}

fn mmap_fixed_replaces() -> Outcome {
    let start = fresh(1)?;
    // SAFETY: the page is ours.
    unsafe {
        start.write_volatile(9);
        let again = sys_mmap(start.cast(), PAGE, READ_WRITE, FRESH | MAP_FIXED, None, 0)?;
        check_eq!(again.cast(), start);
        check_eq!(start.read_volatile(), 0);
        // Without it the address is a wish, and what is there stays.
        start.write_volatile(9);
        let elsewhere = sys_mmap(start.cast(), PAGE, READ_WRITE, FRESH, None, 0)?.cast::<u8>();
        check!(elsewhere != start);
        check_eq!(start.read_volatile(), 9);
        unmap(elsewhere, 1)?;
    }
    unmap(start, 1)?;
    Ok(())
}

fn mmap_noreplace() -> Outcome {
    let start = fresh(1)?;
    // SAFETY: nothing is replaced.
    let again = || unsafe { sys_mmap(start.cast(), PAGE, READ_WRITE, FRESH | MAP_FIXED_NOREPLACE, None, 0) };
    check_err!(again(), EEXIST);
    unmap(start, 1)?;
    check_eq!(again()?.cast(), start);
    unmap(start, 1)?;
    Ok(())
}

/// With the top bit set an address is a negative number, and no error for that.
fn mmap_of_addresses_that_look_like_errors() -> Outcome {
    if usize::BITS == 64 {
        // Programs of such machines live below; what looks like an error is one.
        // SAFETY: the kernel refuses it.
        let answer = unsafe {
            sys_mmap(
                ptr::without_provenance_mut(!0 << 12),
                PAGE,
                PROT_READ,
                FRESH | MAP_FIXED,
                None,
                0,
            )
        };
        check!(answer.is_err());
        return Ok(());
    }
    for address in [0x8000_0000, 0xb000_0000] {
        // SAFETY: no program of ours has anything there, and the stack and what the kernel places are higher or lower.
        let answer = unsafe {
            sys_mmap(
                ptr::without_provenance_mut(address),
                PAGE,
                READ_WRITE,
                FRESH | MAP_FIXED,
                None,
                0,
            )
        };
        // Programs of this machine have the lower half of the addresses.
        if rawtrap::tables::NATIVE.arch == "mips" {
            check_err!(answer, EINVAL);
            continue;
        }
        let page = answer?.cast::<u8>();
        check_eq!(page.addr(), address);
        // SAFETY: the page is ours.
        unsafe { page.write_volatile(1) };
        check!(writable(page)?);
        unmap(page, 1)?;
    }
    Ok(())
}

fn mmap_refused() -> Outcome {
    let file = file()?;
    let map = |addr: usize, length, flags, fd, offset| {
        // SAFETY: the kernel refuses each of these.
        unsafe { sys_mmap(ptr::without_provenance_mut(addr), length, PROT_READ, flags, fd, offset) }
    };
    check_err!(map(0, 0, FRESH, None, 0), EINVAL);
    check_err!(map(0, PAGE, MAP_ANONYMOUS, None, 0), EINVAL);
    check_err!(map(0, PAGE, MAP_PRIVATE, Some(file.as_fd()), 1), EINVAL);
    check_err!(map(PAGE + 1, PAGE, FRESH | MAP_FIXED, None, 0), EINVAL);
    check_err!(map(0, PAGE, MAP_PRIVATE, None, 0), EBADF);
    // SAFETY: no program here has that many files open; the kernel answers EBADF.
    let bad = unsafe { BorrowedFd::borrow_raw(999) };
    check_err!(map(0, PAGE, MAP_SHARED, Some(bad), 0), EBADF);
    check_err!(map(0, usize::MAX - 2 * PAGE, FRESH, None, 0), ENOMEM);
    Ok(())
}

fn mmap_of_what_cannot_be_mapped() -> Outcome {
    let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
    let map = |prot, fd: &OwnedFd| {
        // SAFETY: the kernel refuses each of these.
        unsafe { sys_mmap(ptr::null_mut(), PAGE, prot, MAP_SHARED, Some(fd.as_fd()), 0) }
    };
    check_err!(map(PROT_READ, &reader), ENODEV);
    check_err!(map(PROT_READ, &writer), EACCES);
    let read_only = read_only()?;
    check_err!(map(READ_WRITE, &read_only), EACCES);
    Ok(())
}

/// A file of one page that is open for reading alone.
fn read_only() -> Result<OwnedFd> {
    // SAFETY: the path ends with a zero byte.
    unsafe { call!(SYS_openat, AT_FDCWD, c"/proc/self/exe".as_ptr(), O_RDONLY) }
}

fn mprotect_forbids() -> Outcome {
    let start = fresh(2)?;
    // SAFETY: the pages are ours, and nobody reads them while that is forbidden.
    unsafe {
        start.write_volatile(3);
        sys_mprotect(start.cast(), PAGE, PROT_READ)?;
        check!(readable(start)? && !writable(start)? && writable(start.add(PAGE))?);
        sys_mprotect(start.cast(), PAGE, PROT_NONE)?;
        check!(!readable(start)?);
        sys_mprotect(start.cast(), PAGE, READ_WRITE)?;
        check_eq!(start.read_volatile(), 3);
        check!(writable(start)?);
    }
    unmap(start, 2)?;
    Ok(())
}

fn mprotect_refused() -> Outcome {
    let start = fresh(1)?;
    // SAFETY: the kernel refuses each of these.
    let protect = |start: *mut u8, prot| unsafe { sys_mprotect(start.cast(), PAGE, prot) };
    check_err!(protect(start.wrapping_add(1), PROT_READ), EINVAL);
    check_err!(protect(start, PROT_GROWSDOWN | PROT_GROWSUP), EINVAL);
    unmap(start, 1)?;
    check_err!(protect(start, PROT_READ), ENOMEM);
    let file = read_only()?;
    // SAFETY: the kernel chooses where.
    let shared = unsafe { sys_mmap(ptr::null_mut(), PAGE, PROT_READ, MAP_SHARED, Some(file.as_fd()), 0)? };
    check_err!(protect(shared.cast(), READ_WRITE), EACCES);
    unmap(shared.cast(), 1)?;
    Ok(())
}

fn munmap_unmaps() -> Outcome {
    let start = fresh(3)?;
    let middle = start.wrapping_add(PAGE);
    unmap(middle, 1)?;
    check!(readable(start)? && !readable(middle)? && readable(middle.wrapping_add(PAGE))?);
    // What is not mapped is no error.
    check_eq!(unmap(start, 3), Ok(()));
    check_eq!(unmap(start, 3), Ok(()));
    check!(!readable(start)?);
    Ok(())
}

fn munmap_refused() -> Outcome {
    let start = fresh(1)?;
    check_err!(unmap(start.wrapping_add(1), 1), EINVAL);
    check_err!(unmap(start, 0), EINVAL);
    unmap(start, 1)?;
    Ok(())
}
