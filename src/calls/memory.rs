//! Mapping memory.

use crate::Result;
use crate::arch::abi;
use crate::errno::{EINVAL, EOVERFLOW};
use crate::fd::BorrowedFd;
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};
use crate::wide;

flags! {
    /// What may be done with mapped memory.
    pub type ProtFlags = ProtFlagsFamily(u32) {
        /// Nothing: any access is SIGSEGV.
        PROT_NONE = 0,
        /// Reading.
        PROT_READ = 0x1,
        /// Writing. Most machines cannot allow that without reading.
        PROT_WRITE = 0x2,
        /// Execution.
        PROT_EXEC = 0x4,
        /// Atomic operations, on machines that can forbid them; Linux has none now.
        PROT_SEM = abi::PROT_SEM,
        /// mprotect(2): down to the beginning of a mapping that grows downwards.
        PROT_GROWSDOWN = 0x0100_0000,
        /// mprotect(2): up to the end of a mapping that grows upwards.
        PROT_GROWSUP = 0x0200_0000,
    }
}

flags! {
    /// How memory is mapped. One of the first four, and any of the others.
    pub type MapFlags = MapFlagsFamily(u32) {
        /// As MAP_SHARED, and flags that the kernel does not know are an error.
        MAP_SHARED_VALIDATE = 0x3,
        /// What is written reaches the file, and everyone who maps it.
        MAP_SHARED = 0x1,
        /// What is written stays here.
        MAP_PRIVATE = 0x2,
        /// Anonymous memory that the kernel may zero when memory is short.
        MAP_DROPPABLE = 0x8,
        /// At exactly this address; what was mapped there is gone.
        MAP_FIXED = abi::MAP_FIXED,
        /// No file: zeroed memory.
        MAP_ANONYMOUS = abi::MAP_ANONYMOUS,
        /// No swap is set aside; SIGSEGV on a write when memory is short.
        MAP_NORESERVE = abi::MAP_NORESERVE,
        /// Pages are filled now and not when they are touched.
        MAP_POPULATE = abi::MAP_POPULATE,
        /// With MAP_POPULATE: only what is in memory already. Since Linux 2.6.23 neither does anything then.
        MAP_NONBLOCK = abi::MAP_NONBLOCK,
        /// For a stack: it grows downwards when the page below it is touched.
        MAP_GROWSDOWN = abi::MAP_GROWSDOWN,
        /// Ignored today.
        MAP_DENYWRITE = abi::MAP_DENYWRITE,
        /// Ignored today.
        MAP_EXECUTABLE = abi::MAP_EXECUTABLE,
        /// Kept out of swap, as mlock(2) does.
        MAP_LOCKED = abi::MAP_LOCKED,
        /// Fit for a thread's stack; no huge pages since Linux 6.7.
        MAP_STACK = abi::MAP_STACK,
        /// Of huge pages, which the administrator set aside.
        MAP_HUGETLB = abi::MAP_HUGETLB,
        /// At exactly this address; `EEXIST` if something is mapped there.
        MAP_FIXED_NOREPLACE = abi::MAP_FIXED_NOREPLACE,
        /// With MAP_HUGETLB: pages of 1 GB.
        MAP_HUGE_1GB = 30 << 26,
        /// With MAP_HUGETLB: pages of 2 MB.
        MAP_HUGE_2MB = 21 << 26,
    }
}

/// The arguments of mmap(2) where it takes a pointer to them (arch/s390/kernel/syscall.c, `struct s390_mmap_arg_struct`).
#[repr(C)]
struct MmapArgs {
    addr: *mut (),
    length: usize,
    prot: usize,
    flags: usize,
    fd: isize,
    offset: usize,
}

blocking! {
    /// mmap(2): maps `length` bytes of a file from `offset` on, or without an fd and with [`MAP_ANONYMOUS`] zeroed
    /// memory, and returns where.
    ///
    /// `addr` is a wish, or null: the kernel chooses; with [`MAP_FIXED`] it is an order. What is mapped are whole
    /// pages; bytes of the last page beyond the file's end are zero, and pages beyond it are SIGBUS. The mapping
    /// outlives the fd.
    ///
    /// ```
    /// use core::ptr;
    /// use rawtrap::*;
    /// // SAFETY: the kernel chooses an address where nothing is.
    /// let page = unsafe {
    ///     sys_mmap(ptr::null_mut(), 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, None, 0)?
    /// };
    /// // SAFETY: the page is ours, and zeroed.
    /// assert_eq!(unsafe { page.cast::<u8>().read() }, 0);
    /// // SAFETY: nobody uses it after this.
    /// unsafe { sys_munmap(page, 4096)? };
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Safety
    /// With [`MAP_FIXED`] what was mapped at `addr` is gone: nobody may use it any more. Memory that is shared with a file
    /// or a process may change at any time, which Rust's references do not allow: use it through pointers, volatile or
    /// atomic.
    ///
    /// # Errors
    /// - `EINVAL`: `length` is 0; `addr` (with MAP_FIXED) or `offset` is not a multiple of the page size; neither
    ///   MAP_SHARED nor MAP_PRIVATE; or together they wrap around.
    /// - `EBADF`: no fd, or one that is not open, without MAP_ANONYMOUS.
    /// - `EACCES`: the fd is not open for reading; or for MAP_SHARED and PROT_WRITE not for reading and writing.
    /// - `ENODEV`: the file cannot be mapped, as a pipe or a directory.
    /// - `ENOMEM`: no memory, no room in the address space, too many mappings (vm.max_map_count), RLIMIT_DATA.
    /// - `EEXIST`: MAP_FIXED_NOREPLACE, and something is mapped there.
    /// - `EAGAIN`: MAP_LOCKED and RLIMIT_MEMLOCK, or the file is locked.
    /// - `EPERM`: PROT_EXEC on a file system without, a sealed file, or below vm.mmap_min_addr.
    /// - `ENFILE`: the system has too many files open. `ETXTBSY`: MAP_DENYWRITE, on old kernels.
    /// - `EOVERFLOW`: `offset` and `length` are beyond what a file may have; where registers have 32 bits, also an
    ///   `offset` of 2^44 or more.
    /// - `EOPNOTSUPP`: MAP_SHARED_VALIDATE and a flag that the kernel or the file does not know.
    ///
    /// # Kernel
    /// Since Linux 1.0. Most flags differ between architectures. Where registers have 32 bits this is mmap2, of Linux 2.3.31,
    /// which takes `offset` in units of 4096 bytes; on s390x the six arguments are in memory. On m68k and hexagon the units
    /// are the kernel's pages, which are taken to have 4096 bytes: where they have more (hexagon, as its kernel was built;
    /// sun3) only an `offset` of 0 maps what it says. Source: mmap(2), mmap2(2), arch/m68k/kernel/sys_m68k.c,
    /// arch/hexagon/include/uapi/asm/unistd.h.
    #[inline]
    pub unsafe fn sys_mmap(
        addr: *mut (),
        length: usize,
        prot: ProtFlags,
        flags: MapFlags,
        fd: Option<BorrowedFd<'_>>,
        offset: u64,
    ) -> Result<*mut ()> {
        let fd = fd.map_or(-1, BorrowedFd::as_raw);
        if wide::MMAP_BY_UNITS {
            if offset % abi::MMAP2_UNIT != 0 {
                return Err(EINVAL);
            }
            let Ok(units) = u32::try_from(offset / abi::MMAP2_UNIT) else {
                return Err(EOVERFLOW);
            };
            // SAFETY: the caller answers for what was mapped there.
            return unsafe { call!(may_block: SYS_mmap2, addr, length, prot, flags, fd, units) };
        }
        if abi::MMAP_BY_POINTER {
            let args = MmapArgs {
                addr,
                length,
                prot: prot.bits() as usize,
                flags: flags.bits() as usize,
                fd: fd as isize,
                offset: offset as usize,
            };
            // SAFETY: the kernel reads one struct; the caller answers for what was mapped there.
            return unsafe { call!(may_block: SYS_mmap, &raw const args) };
        }
        // An unsigned long, which has 64 bits where there is no mmap2.
        let offset = offset as usize;
        // SAFETY: the caller answers for what was mapped there.
        unsafe { call!(may_block: SYS_mmap, addr, length, prot, flags, fd, offset) }
    }

    /// munmap(2): takes the mappings from `addr` on away, for `length` bytes, rounded up to whole pages. What is not
    /// mapped is no error.
    ///
    /// # Safety
    /// Nobody may use that memory any more.
    ///
    /// # Errors
    /// - `EINVAL`: `addr` is not a multiple of the page size, `length` is 0, or together they are no part of the
    ///   address space.
    /// - `ENOMEM`: one mapping would become two, and there are too many (vm.max_map_count).
    ///
    /// # Kernel
    /// Since Linux 1.0, the same on every architecture. Source: munmap(2).
    #[inline]
    pub unsafe fn sys_munmap(addr: *mut (), length: usize) -> Result<()> {
        // SAFETY: the caller answers for the memory.
        unsafe { call!(may_block: SYS_munmap, addr, length) }
    }
}

/// mprotect(2): says what may be done with the pages from `addr` on, for `length` bytes, rounded up to whole pages.
/// What is forbidden is SIGSEGV. On an error some of the pages may be changed.
///
/// # Safety
/// What is taken away must not be needed by anybody, and what is executed must be code.
///
/// # Errors
/// - `EINVAL`: `addr` is not a multiple of the page size, or `prot` holds what the kernel does not know.
/// - `EACCES`: PROT_WRITE on a shared mapping of a file that is not open for writing; or a security module forbids it.
/// - `ENOMEM`: some of the pages are not mapped, or one mapping would become more than there may be
///   (vm.max_map_count).
///
/// # Kernel
/// Since Linux 1.0; machines add bits of their own to `prot` (PROT_BTI and PROT_MTE on aarch64). Source: mprotect(2).
#[inline]
pub unsafe fn sys_mprotect(addr: *mut (), length: usize, prot: ProtFlags) -> Result<()> {
    // SAFETY: the caller answers for the memory.
    unsafe { call!(never_blocks: SYS_mprotect, addr, length, prot) }
}
