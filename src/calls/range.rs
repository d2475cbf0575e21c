//! Parts of a file: reading and writing them, the space that they take, what the kernel keeps of them, copying them.

use core::ffi::CStr;
use core::ptr;

use crate::Result;
use crate::arch::{CONVENTION, abi};
use crate::buffer::{IoSlice, IoSliceMut};
use crate::fd::BorrowedFd;
use crate::reg::{Arg, Reg, Regs};
use crate::sysno::*;
use crate::tables::Wide;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

flags! {
    /// What [`sys_fallocate`] does with a part of a file; nothing said, it sets space aside.
    pub type FallocateFlags = FallocateFlagsFamily(u32) {
        /// The file's length stays.
        FALLOC_FL_KEEP_SIZE = 0x01,
        /// Make a hole, which reads as zeros; only with [`FALLOC_FL_KEEP_SIZE`].
        FALLOC_FL_PUNCH_HOLE = 0x02,
        /// Reserved.
        FALLOC_FL_NO_HIDE_STALE = 0x04,
        /// Take the part out: what follows moves up.
        FALLOC_FL_COLLAPSE_RANGE = 0x08,
        /// Zeros, with space set aside for them.
        FALLOC_FL_ZERO_RANGE = 0x10,
        /// Put a hole in: what follows moves down.
        FALLOC_FL_INSERT_RANGE = 0x20,
        /// The part shares no blocks with another file afterwards.
        FALLOC_FL_UNSHARE_RANGE = 0x40,
        /// As [`FALLOC_FL_ZERO_RANGE`], written to the disk (Linux 6.17).
        FALLOC_FL_WRITE_ZEROES = 0x80,
    }
}

values! {
    /// What a program is going to do with a part of a file, for [`sys_fadvise64`].
    pub type Fadvice = FadviceFamily(u32) {
        /// Nothing special.
        POSIX_FADV_NORMAL = 0,
        /// Reads in no order: nothing is read ahead.
        POSIX_FADV_RANDOM = 1,
        /// Reads in order: more is read ahead.
        POSIX_FADV_SEQUENTIAL = 2,
        /// Reads soon: it is read now.
        POSIX_FADV_WILLNEED = 3,
        /// Nothing soon: what is clean leaves the page cache.
        POSIX_FADV_DONTNEED = abi::POSIX_FADV_DONTNEED,
        /// Reads once.
        POSIX_FADV_NOREUSE = abi::POSIX_FADV_NOREUSE,
    }
}

flags! {
    /// What [`sys_sync_file_range`] does, in this order.
    pub type SyncRangeFlags = SyncRangeFlagsFamily(u32) {
        /// Wait until what is being written is.
        SYNC_FILE_RANGE_WAIT_BEFORE = 1,
        /// Begin to write what is dirty.
        SYNC_FILE_RANGE_WRITE = 2,
        /// Wait until that is written.
        SYNC_FILE_RANGE_WAIT_AFTER = 4,
    }
}

/// A number that is passed as one of 64 bits, or as one of a register's.
struct Number<const WIDE: bool>(u64);

impl<const WIDE: bool> Arg for Number<WIDE> {
    const WIDE: bool = WIDE;

    #[inline(always)]
    fn put(self, regs: &mut Regs, at: usize) {
        if WIDE {
            self.0.put(regs, at);
        } else {
            regs.set(at, Reg::from(self.0 as usize));
        }
    }
}

/// Where these calls take their word: last, or second, so that a machine which wants 64-bit numbers in aligned pairs
/// needs no seventh register for it. (csky has its advice second without that need.)
pub(crate) const ADVICE_SECOND: bool = abi::FADVISE_ADVICE_SECOND
    || matches!(CONVENTION.wide, Wide::Pair { aligned: true }) && CONVENTION.seventh.is_none();
const FLAGS_SECOND: bool = SYS_sync_file_range2.exists();

/// The last three arguments of such a call in their order.
#[inline(always)]
const fn ordered(word_second: bool, start: u64, length: u64, word: u32) -> [u64; 3] {
    if word_second {
        [word as u64, start, length]
    } else {
        [start, length, word as u64]
    }
}

/// The halves of preadv(2)'s offset, low and high: two `unsigned long`s on every machine, in this order and without a
/// hole before them (fs/read_write.c, `pos_from_hilo`). Where one of them has 64 bits the other means nothing.
#[inline(always)]
const fn low_and_high(offset: u64) -> [usize; 2] {
    [offset as usize, if wide::HALVES { (offset >> 32) as usize } else { 0 }]
}

blocking! {
    /// preadv(2): as [`sys_pread64`](crate::sys_pread64), into several buffers, one after the other. Returns how many
    /// bytes were filled in all.
    ///
    /// # Errors
    /// Those of [`sys_pread64`](crate::sys_pread64), and `EINVAL` for more than 1024 buffers (`UIO_MAXIOV`) or a sum
    /// above `isize::MAX`.
    ///
    /// # Kernel
    /// Since Linux 2.6.30. The offset is passed as two longs, the low one first, on every architecture. Source: readv(2).
    #[inline]
    pub fn sys_preadv(fd: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>], offset: u64) -> Result<usize> {
        let [low, high] = low_and_high(offset);
        // SAFETY: each element is a `struct iovec` over bytes that are borrowed mutably.
        unsafe { call!(may_block: SYS_preadv, fd, bufs.as_mut_ptr(), bufs.len(), low, high) }
    }

    /// pwritev(2): as [`sys_pwrite64`](crate::sys_pwrite64), from several buffers, one after the other. Returns how many
    /// bytes were taken in all.
    ///
    /// # Errors
    /// Those of [`sys_pwrite64`](crate::sys_pwrite64), and `EINVAL` for more than 1024 buffers (`UIO_MAXIOV`) or a sum
    /// above `isize::MAX`.
    ///
    /// # Kernel
    /// Since Linux 2.6.30. The offset is passed as for [`sys_preadv`]. Source: readv(2).
    #[inline]
    pub fn sys_pwritev(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], offset: u64) -> Result<usize> {
        let [low, high] = low_and_high(offset);
        // SAFETY: each element is a `struct iovec` over bytes that are borrowed; the kernel only reads them.
        unsafe { call!(may_block: SYS_pwritev, fd, bufs.as_ptr(), bufs.len(), low, high) }
    }

    /// copy_file_range(2): copies at most `len` bytes from `from` to `to` within the kernel, and returns how many. 0 is
    /// the end of `from`.
    ///
    /// Where an offset is lent, copying begins there and the offset is moved on; the fd's own stays. Otherwise it is the
    /// fd's own that counts and moves. `flags` is 0.
    ///
    /// # Errors
    /// - `EBADF`: `from` is not open for reading, or `to` not for writing, or it is `O_APPEND`.
    /// - `EINVAL`: `flags` is not 0, a file is no regular one, or both are one file and the parts overlap.
    /// - `EISDIR`: one of them is a directory.
    /// - `EXDEV`: they are on different file systems (before Linux 5.3; since 5.19 where the file systems are of
    ///   different types).
    /// - `ENOSPC`, `EFBIG`, `EIO`: as for [`sys_write`](crate::sys_write).
    /// - `EOVERFLOW`: a part ends beyond what 63 bits hold.
    /// - `EPERM`: `to` is immutable. `ETXTBSY`: a swap file.
    /// - `EOPNOTSUPP`: the file system does not copy (since Linux 5.19).
    ///
    /// # Kernel
    /// Since Linux 4.5, the same on every architecture. Source: copy_file_range(2).
    #[inline]
    pub fn sys_copy_file_range(
        from: BorrowedFd<'_>,
        from_offset: Option<&mut u64>,
        to: BorrowedFd<'_>,
        to_offset: Option<&mut u64>,
        len: usize,
        flags: u32,
    ) -> Result<usize> {
        let from_offset = from_offset.map_or(ptr::null_mut(), ptr::from_mut);
        let to_offset = to_offset.map_or(ptr::null_mut(), ptr::from_mut);
        // SAFETY: the kernel reads and writes the two numbers, where it was lent them.
        unsafe { call!(may_block: SYS_copy_file_range, from, from_offset, to, to_offset, len, flags) }
    }

    /// fallocate(2): sets space aside for `length` bytes from `offset` on, so that writing there finds room, and
    /// lengthens the file if it ends before; or what else `mode` says.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open for writing.
    /// - `EINVAL`: `length` is 0; a number above `i64::MAX`; flags that do not go together; or the place is not one that
    ///   the file system can cut at.
    /// - `EFBIG`: the part ends beyond what the file system, or the limit `RLIMIT_FSIZE`, allows.
    /// - `ENOSPC`: no room.
    /// - `ENODEV`: `fd` is no regular file. `ESPIPE`: a pipe.
    /// - `EOPNOTSUPP`: the file system does not do that.
    /// - `EPERM`: the file is sealed or immutable. `ETXTBSY`: a swap file.
    /// - `EINTR`: a signal came. `EIO`: the device failed.
    ///
    /// # Kernel
    /// Since Linux 2.6.23. Where registers have 32 bits, both numbers take two. Source: fallocate(2).
    #[inline]
    pub fn sys_fallocate(fd: BorrowedFd<'_>, mode: FallocateFlags, offset: u64, length: u64) -> Result<()> {
        // SAFETY: the kernel touches no memory of ours.
        unsafe { call!(may_block: SYS_fallocate, fd, mode, offset, length) }
    }

    /// fadvise64(2): says what the program is going to do with `length` bytes from `offset` on; 0: all that follow. It
    /// only helps the kernel: nothing is promised on either side.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open.
    /// - `EINVAL`: there is no such advice, or `length` is above `i64::MAX`; so may `offset` not be on newer kernels (6.1 took
    ///   it, 7.2 does not).
    /// - `ESPIPE`: `fd` is a pipe.
    ///
    /// # Kernel
    /// Since Linux 2.5.60. Where registers have 32 bits this is fadvise64_64, of Linux 2.6; on arm, csky, hexagon and 32-bit
    /// powerpc `advice` is its second argument. Source: posix_fadvise(2).
    #[inline]
    pub fn sys_fadvise64(fd: BorrowedFd<'_>, offset: u64, length: u64, advice: Fadvice) -> Result<()> {
        let [a, b, c] = ordered(ADVICE_SECOND, offset, length, advice.bits());
        let (a, b, c) = (
            Number::<{ !ADVICE_SECOND }>(a),
            Number::<true>(b),
            Number::<ADVICE_SECOND>(c),
        );
        // SAFETY: the kernel touches no memory of ours.
        unsafe { call!(may_block: wide::SYS_fadvise64, fd, a, b, c) }
    }

    /// sync_file_range(2): has `length` bytes from `offset` on written to the disk; 0: all that follow. What is known of the
    /// file, such as its length, is not written, nor is a disk's own cache: this keeps writing even, and saves nothing
    /// from a crash.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open.
    /// - `EINVAL`: `flags` hold another flag, or a number is above `i64::MAX`.
    /// - `ESPIPE`: `fd` is a pipe or another thing without offsets.
    /// - `EIO`, `ENOSPC`: writing failed.
    /// - `ENOMEM`: no memory.
    ///
    /// # Kernel
    /// Since Linux 2.6.17. On arm, csky, hexagon and powerpc, of 64 bits too, this is sync_file_range2, whose second argument is
    /// `flags`. Source: sync_file_range(2).
    #[inline]
    pub fn sys_sync_file_range(fd: BorrowedFd<'_>, offset: u64, length: u64, flags: SyncRangeFlags) -> Result<()> {
        let [a, b, c] = ordered(FLAGS_SECOND, offset, length, flags.bits());
        let (a, b, c) = (
            Number::<{ !FLAGS_SECOND }>(a),
            Number::<true>(b),
            Number::<FLAGS_SECOND>(c),
        );
        // SAFETY: the kernel touches no memory of ours.
        unsafe { call!(may_block: wide::SYS_sync_file_range, fd, a, b, c) }
    }

    /// truncate(2): as [`sys_ftruncate`](crate::sys_ftruncate), of the file that `path` names. A relative path begins at
    /// the current directory.
    ///
    /// # Errors
    /// Those of every path, which [`sys_openat`](crate::sys_openat) lists, and:
    /// - `EACCES`: the file may not be written.
    /// - `EISDIR`: it is a directory.
    /// - `EINVAL`: it is no regular file, or `length` is above `i64::MAX`.
    /// - `EFBIG`: `length` is more than the file system, or the limit `RLIMIT_FSIZE`, allows (the latter with
    ///   `SIGXFSZ`).
    /// - `EPERM`: the file is immutable or append-only, or the file system cannot lengthen it.
    /// - `EROFS`: the file system is read-only. `ETXTBSY`: it is a program that runs, or a swap file.
    /// - `EINTR`: a signal came while the call waited for a lease.
    /// - `EIO`: the device failed.
    ///
    /// # Kernel
    /// Since Linux 1.0. Where registers have 32 bits this is truncate64, of Linux 2.4, and `length` takes two. Source:
    /// truncate(2).
    #[inline]
    pub fn sys_truncate(path: &CStr, length: u64) -> Result<()> {
        // SAFETY: the kernel only reads `path`.
        unsafe { call!(may_block: wide::SYS_truncate, path.as_ptr(), length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_second_or_last() {
        assert_eq!(ordered(true, 1, 2, 3), [3, 1, 2]);
        assert_eq!(ordered(false, 1, 2, 3), [1, 2, 3]);
    }
}
