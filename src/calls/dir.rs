//! Directories.

use core::ffi::CStr;
use core::iter::FusedIterator;
use core::mem::{MaybeUninit, offset_of};
use core::slice;

use crate::buffer::{Buffer, fill, whole};
use crate::fd::BorrowedFd;
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::{EIO, Result, retry};

blocking! {
    /// mkdirat(2): makes a directory with the permissions `mode`, without the bits that
    /// [`sys_umask`](crate::sys_umask) holds back.
    ///
    /// A relative `path` begins at the directory `dirfd`, or at the current one for [`AT_FDCWD`](crate::AT_FDCWD).
    ///
    /// # Errors
    /// Those of every path, which [`sys_openat`](crate::sys_openat) lists, and:
    /// - `EEXIST`: the name is taken, be it by a symbolic link that leads nowhere.
    /// - `EACCES`: the directory that would hold the name may not be written.
    /// - `ENOSPC`, `EDQUOT`: no room for it.
    /// - `EMLINK`: the directory above has as many directories as it can.
    /// - `EINVAL`: the file system does not allow the name.
    /// - `EPERM`: the file system has no directories.
    /// - `EROFS`: the file system is read-only.
    ///
    /// # Kernel
    /// Since Linux 2.6.16, the same on every architecture. Source: mkdir(2).
    #[inline]
    pub fn sys_mkdirat(dirfd: BorrowedFd<'_>, path: &CStr, mode: u32) -> Result<()> {
        // SAFETY: the kernel only reads `path`.
        unsafe { call!(may_block: SYS_mkdirat, dirfd, path.as_ptr(), mode) }
    }

    /// chdir(2): makes `path` the current directory of the process, all of its threads (unless clone(2) separated
    /// them).
    ///
    /// # Errors
    /// Those of every path, which [`sys_openat`](crate::sys_openat) lists (`ENOTDIR`: it is no directory; `EACCES`: it may
    /// not be searched), and:
    /// - `EIO`: the device failed.
    ///
    /// # Kernel
    /// Since Linux 1.0, the same on every architecture. Source: chdir(2).
    #[inline]
    pub fn sys_chdir(path: &CStr) -> Result<()> {
        // SAFETY: the kernel only reads `path`.
        unsafe { call!(may_block: SYS_chdir, path.as_ptr()) }
    }

    /// getdents64(2): the next entries of the directory `fd`, as many as fit into `buf`. An empty batch is the end of
    /// the directory. [`Dir`] reads batch after batch.
    ///
    /// See [`Buffer`] for what may be passed; up to 7 bytes at its beginning are left out, as the kernel wants it
    /// aligned to 8. An entry takes 20 bytes and its name, rounded up to a multiple of 8: 280 at the most.
    ///
    /// # Errors
    /// - `EBADF`: `fd` is not open.
    /// - `ENOTDIR`: `fd` is no directory.
    /// - `EINVAL`: the buffer is too small for the next entry.
    /// - `ENOENT`: the directory has been removed.
    /// - `EINTR`: a signal came while the file system waited (FUSE).
    /// - `EIO`: the device failed, or the file system is broken.
    ///
    /// # Kernel
    /// Since Linux 2.4, the same on every architecture. The length of the buffer is an `unsigned int`. Source: getdents(2).
    #[inline]
    pub fn sys_getdents64<'buf, B: Buffer + 'buf>(fd: BorrowedFd<'_>, buf: B) -> Result<Dirents<'buf>> {
        // SAFETY: the kernel writes at most `len` bytes at `start`, and answers how many.
        let batch = unsafe {
            fill(
                aligned(whole(buf)),
                |start: *mut u8, len| call!(may_block: SYS_getdents64, fd, start, len),
            )
        };
        batch.map(|bytes| Dirents::new(bytes))
    }
}

/// getcwd(2): the absolute path of the current directory.
///
/// See [`Buffer`] for what may be passed; 4096 bytes are always enough. A path that does not begin with `/` but with
/// `(unreachable)` is no path: the directory is outside of the process's root.
///
/// ```
/// use core::mem::MaybeUninit;
/// use rawtrap::{sys_chdir, sys_getcwd};
/// let mut buf = [MaybeUninit::uninit(); 4096];
/// sys_chdir(c"/proc")?;
/// assert_eq!(sys_getcwd(&mut buf)?, c"/proc");
/// # Ok::<(), rawtrap::Errno>(())
/// ```
///
/// # Errors
/// - `ERANGE`: the path and its zero byte do not fit into the buffer.
/// - `ENOENT`: the directory has been removed.
/// - `ENAMETOOLONG`: the path is longer than 4095 bytes.
/// - `ENOMEM`: the kernel has no memory left.
///
/// # Kernel
/// Since Linux 2.1.92; `(unreachable)` since 2.6.36. The call answers how long the path is, its zero byte counted.
/// Source: getcwd(2), getcwd(3).
#[inline]
pub fn sys_getcwd<'buf, B: Buffer + 'buf>(buf: B) -> Result<&'buf CStr> {
    // SAFETY: the kernel writes at most `len` bytes at `start`, and answers how many.
    let path = unsafe {
        fill(
            whole(buf),
            |start: *mut u8, len| call!(never_blocks: SYS_getcwd, start, len),
        )
    }?;
    // Whoever answers in the kernel's place (a filter, a tracer) need not have ended it.
    CStr::from_bytes_with_nul(path).map_err(|_| EIO)
}

values! {
    /// The type of a directory's entry. The kernel's numbers: the type in a mode, shifted by 12.
    pub type DirentType = DirentTypeFamily(u32) {
        /// The file system does not say: [`sys_newfstatat`](crate::sys_newfstatat) does.
        DT_UNKNOWN = 0,
        /// A FIFO.
        DT_FIFO = 1,
        /// A character device.
        DT_CHR = 2,
        /// A directory.
        DT_DIR = 4,
        /// A block device.
        DT_BLK = 6,
        /// A regular file.
        DT_REG = 8,
        /// A symbolic link.
        DT_LNK = 10,
        /// A socket.
        DT_SOCK = 12,
        /// A whiteout, which hides a name in a lower layer.
        DT_WHT = 14,
    }
}

/// An entry of a directory, read from the kernel's `struct linux_dirent64`.
#[derive(Clone, Copy, Debug)]
pub struct Dirent<'buf> {
    /// The number of the file on its device. Of a mount point it is that of the directory which is covered.
    pub d_ino: u64,
    /// Where the next entry is, for [`sys_lseek`](crate::sys_lseek): not a count of anything.
    pub d_off: i64,
    /// The type of the file.
    pub d_type: DirentType,
    /// The name, `.` and `..` included.
    pub d_name: &'buf CStr,
}

/// How the kernel lays an entry out (include/linux/dirent.h). It is only measured: bytes need not be one.
#[repr(C)]
#[allow(dead_code)]
struct LinuxDirent64 {
    d_ino: u64,
    d_off: i64,
    d_reclen: u16,
    d_type: u8,
    d_name: [u8; 0],
}

impl<'buf> Dirent<'buf> {
    /// The first entry in `bytes`, and what comes after it. `None`: it does not end within `bytes`, or its name not
    /// within the entry.
    #[inline]
    fn split(bytes: &'buf [u8]) -> Option<(Dirent<'buf>, &'buf [u8])> {
        let reclen = u16::from_ne_bytes(field(bytes, offset_of!(LinuxDirent64, d_reclen))?);
        // An entry takes at least its name's zero byte: each step goes forward, whatever the bytes are.
        let (entry, rest) = bytes.split_at_checked(reclen.into())?;
        let [d_type] = field(entry, offset_of!(LinuxDirent64, d_type))?;
        let name = entry.get(offset_of!(LinuxDirent64, d_name)..)?;
        let dirent = Dirent {
            d_ino: u64::from_ne_bytes(field(entry, offset_of!(LinuxDirent64, d_ino))?),
            d_off: i64::from_ne_bytes(field(entry, offset_of!(LinuxDirent64, d_off))?),
            d_type: DirentType::from_bits(d_type.into()),
            d_name: CStr::from_bytes_until_nul(name).ok()?,
        };
        Some((dirent, rest))
    }
}

/// The bytes of a field, if all of them are there. The place is not aligned.
fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// The entries of one batch: what [`sys_getdents64`] filled in.
///
/// An entry that is not well formed is `EIO`, and the last one: where the next would begin is not known. The kernel
/// makes no such entries, but bytes may come from elsewhere.
#[derive(Clone, Debug)]
pub struct Dirents<'buf> {
    rest: &'buf [u8],
}

impl<'buf> Dirents<'buf> {
    /// Reads bytes as the kernel's directory entries, one after the other. Any bytes will do.
    #[inline]
    pub const fn new(bytes: &'buf [u8]) -> Dirents<'buf> {
        Dirents { rest: bytes }
    }

    /// True if there are no more. A batch that was empty from the start is the end of the directory.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

impl<'buf> Iterator for Dirents<'buf> {
    type Item = Result<Dirent<'buf>>;

    #[inline]
    fn next(&mut self) -> Option<Result<Dirent<'buf>>> {
        if self.is_empty() {
            return None;
        }
        let split = Dirent::split(self.rest);
        self.rest = split.map_or(&[], |(_, rest)| rest);
        Some(split.map(|(dirent, _)| dirent).ok_or(EIO))
    }
}

impl FusedIterator for Dirents<'_> {}

/// The alignment of `struct linux_dirent64`: some machines cannot store a 64-bit number elsewhere, nor can the kernel.
const ALIGN: usize = 8;

/// The part of a buffer that begins where an entry may.
#[inline]
fn aligned(buf: &mut [MaybeUninit<u8>]) -> &mut [MaybeUninit<u8>] {
    let gap = buf.as_ptr().align_offset(ALIGN);
    buf.get_mut(gap..).unwrap_or_default()
}

/// A comfort: the entries of a directory, read in batches into a buffer of the caller's.
///
/// Reading begins where the offset of the open directory is, which all who share it move. After an error there is
/// nothing more: it is told once, and a loop that goes on after it ends.
///
/// ```
/// # use core::mem::MaybeUninit;
/// # use rawtrap::{Dir, O_CLOEXEC, O_DIRECTORY, O_RDONLY, sys_open};
/// let fd = sys_open(c"/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)?;
/// let mut buf = [MaybeUninit::uninit(); 1024];
/// let mut dir = Dir::new(fd.as_fd(), &mut buf);
/// let mut found = false;
/// while let Some(entry) = dir.next() {
///     found |= entry?.d_name == c"status";
/// }
/// assert!(found);
/// # Ok::<(), rawtrap::Errno>(())
/// ```
pub struct Dir<'a> {
    fd: BorrowedFd<'a>,
    buf: &'a mut [MaybeUninit<u8>],
    /// What is left of the batch: `buf[at..end]`.
    at: usize,
    end: usize,
    finished: bool,
}

impl<'a> Dir<'a> {
    /// Reads the directory `fd` through `buf`, which holds any entry if it has 287 bytes; more bytes are fewer calls.
    #[inline]
    pub fn new<B: Buffer + 'a>(fd: BorrowedFd<'a>, buf: B) -> Dir<'a> {
        Dir {
            fd,
            buf: aligned(whole(buf)),
            at: 0,
            end: 0,
            finished: false,
        }
    }

    /// The next entry, which lives until the next call: not an `Iterator`, whose items would outlive their batch.
    ///
    /// # Errors
    /// Those of [`sys_getdents64`] but `EINTR`, which is repeated; `EIO` too for an entry that is not well formed. Every
    /// call after that answers `None`.
    #[allow(clippy::should_implement_trait)]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Dirent<'_>>> {
        if self.at == self.end {
            if self.finished {
                return None;
            }
            match retry(|| sys_getdents64(self.fd, &mut *self.buf).map(|batch| batch.rest.len())) {
                Ok(len) => (self.at, self.end, self.finished) = (0, len, len == 0),
                Err(errno) => {
                    self.finished = true;
                    return Some(Err(errno));
                }
            }
        }
        self.take()
    }

    /// The next entry of the batch, if there is one.
    #[inline]
    fn take(&mut self) -> Option<Result<Dirent<'_>>> {
        // SAFETY: the kernel filled `end` bytes, from the beginning: `buf` is aligned, so that none were left out.
        let batch = unsafe { slice::from_raw_parts(self.buf.as_ptr().cast(), self.end) };
        let mut entries = Dirents::new(&batch[self.at..]);
        let entry = entries.next()?;
        self.at = self.end - entries.rest.len();
        self.finished |= entry.is_err();
        Some(entry)
    }
}
