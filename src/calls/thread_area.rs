//! The thread pointer of x86, which lies behind a segment.

use crate::arch::abi;
use crate::{Result, call};

/// A segment, the kernel's `struct user_desc`: what [`sys_clone`](crate::sys_clone) takes as `tls` on x86 (32-bit
/// programs alone), and [`sys_set_thread_area`].
///
/// A thread pointer there is the base of a segment, and a selector in gs (or fs) says which segment. The kernel lets
/// each thread have three, at the same places of the table in all threads. So a program takes a place once and loads its
/// selector; a child has the same selector, and with CLONE_SETTLS another base in that place:
///
/// ```
/// use rawtrap::*;
///
/// # if tables::NATIVE.arch == "x86" {
/// #[repr(C)]
/// struct Tcb(*const Tcb); // gs:[0] is its own address
///
/// let tcb = Box::leak(Box::new(Tcb(core::ptr::null())));
/// tcb.0 = tcb;
/// let mut desc = UserDesc::data(UserDesc::ANY, core::ptr::from_ref(tcb).cast());
/// // SAFETY: the kernel takes a place that nobody uses.
/// unsafe { sys_set_thread_area(&mut desc)? };
/// // In the first thread now: `mov gs, desc.selector()`. For a child, this goes to `sys_clone` as `tls`:
/// let _tls = UserDesc::data(desc.entry_number, core::ptr::from_ref(tcb).cast());
/// # }
/// # Ok::<(), Errno>(())
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserDesc {
    /// The place in the table of segments; [`ANY`](UserDesc::ANY) asks the kernel for one that is free.
    pub entry_number: u32,
    /// The lowest address: what `gs:[0]` is.
    pub base_addr: u32,
    /// The highest offset, in bytes or in pages.
    pub limit: u32,
    /// The kernel's bit fields, from bit 0 on: `seg_32bit`, `contents` (two bits), `read_exec_only`, `limit_in_pages`,
    /// `seg_not_present`, `useable`.
    pub flags: u32,
}

impl UserDesc {
    /// No place yet.
    pub const ANY: u32 = u32::MAX;

    /// Data from `base` on, as far as addresses go: what a thread pointer wants.
    #[inline]
    pub fn data(entry_number: u32, base: *const ()) -> UserDesc {
        const SEG_32BIT: u32 = 1 << 0;
        const LIMIT_IN_PAGES: u32 = 1 << 4;
        const USEABLE: u32 = 1 << 6;
        UserDesc {
            entry_number,
            base_addr: base.expose_provenance() as u32,
            limit: 0xf_ffff,
            flags: SEG_32BIT | LIMIT_IN_PAGES | USEABLE,
        }
    }

    /// What goes into gs or fs: the place in the global table, asked for by user mode (Intel's manual, 3.4.2).
    #[inline]
    pub const fn selector(&self) -> u16 {
        const USER: u16 = 3;
        (self.entry_number as u16) << 3 | USER
    }
}

/// set_thread_area(2), of x86: gives this thread a segment, and stores its place in `desc` where that asked for any.
///
/// # Safety
/// The place must be nobody's: libc's thread pointer is in one.
///
/// # Errors
/// - `EINVAL`: there is no such place, or the flags describe no such segment.
/// - `ESRCH`: any place was asked for, and all three are taken.
/// - `ENOSYS`: this is another architecture. Where it has a call of that name (mips, m68k, csky), that takes an address.
///
/// # Kernel
/// Since Linux 2.5.29, on x86 alone; a 64-bit program on x86_64 has arch_prctl(2). Source: set_thread_area(2).
#[inline]
pub unsafe fn sys_set_thread_area(desc: &mut UserDesc) -> Result<()> {
    // SAFETY: the kernel reads and writes one struct; the caller answers for the place.
    unsafe { call!(never_blocks: abi::SET_THREAD_AREA, core::ptr::from_mut(desc)) }
}
