//! Becoming another program.

use core::convert::Infallible;
use core::ffi::{CStr, c_char};
use core::marker::PhantomData;
use core::ptr::{self, NonNull};

use crate::Result;
use crate::errno::ENOSYS;
use crate::reg::{Arg, Reg, Regs};
use crate::sysno::*;
use crate::trap::{blocking, call_by_way as call, hooked as way};

/// A string as the kernel takes it: the address of its first byte, and a zero byte at the end. `Option` of it has the
/// null pointer for `None`.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct ThinCStr<'a> {
    start: NonNull<c_char>,
    string: PhantomData<&'a CStr>,
}

impl<'a> From<&'a CStr> for ThinCStr<'a> {
    #[inline]
    fn from(string: &'a CStr) -> ThinCStr<'a> {
        ThinCStr {
            start: NonNull::from(string).cast(),
            string: PhantomData,
        }
    }
}

impl core::fmt::Debug for ThinCStr<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // SAFETY: it was made from a `CStr` that is still borrowed.
        unsafe { CStr::from_ptr(self.start.as_ptr()) }.fmt(f)
    }
}

/// A list of strings as the kernel takes it: the address of the first of several pointers, the last of which is null.
#[repr(transparent)]
#[derive(Clone, Copy, Debug)]
pub struct CStrList<'a> {
    start: NonNull<Option<ThinCStr<'a>>>,
    strings: PhantomData<&'a [Option<ThinCStr<'a>>]>,
}

impl<'a> CStrList<'a> {
    /// A list of nothing: no arguments, or no environment.
    #[inline]
    pub const fn empty() -> CStrList<'a> {
        const NOTHING: &*const c_char = &ptr::null();
        // SAFETY: a null pointer, which stays for good.
        unsafe { CStrList::from_ptr(NOTHING) }
    }

    /// The strings up to the first `None`; without one it is no list. For lists whose length is not known beforehand:
    /// [`CStrArray`] needs no check.
    #[inline]
    pub fn from_slice(strings: &'a [Option<ThinCStr<'a>>]) -> Option<CStrList<'a>> {
        strings.iter().any(Option::is_none).then_some(CStrList {
            start: NonNull::from(strings).cast(),
            strings: PhantomData,
        })
    }

    /// A list that somebody else laid down.
    ///
    /// # Safety
    /// `start` points to pointers to strings that end with a zero byte; a null pointer follows the last. All of it
    /// stays as it is for `'a`.
    #[inline(always)]
    pub const unsafe fn from_ptr(start: *const *const c_char) -> CStrList<'a> {
        CStrList {
            // SAFETY: the caller's pointer points to something.
            start: unsafe { NonNull::new_unchecked(start.cast_mut().cast()) },
            strings: PhantomData,
        }
    }
}

impl Arg for CStrList<'_> {
    #[inline(always)]
    fn put(self, regs: &mut Regs, at: usize) {
        regs.set(at, Reg::from(self.start.as_ptr()));
    }
}

/// `N` strings, and the null pointer behind them.
///
/// ```
/// use rawtrap::CStrArray;
/// let argv = CStrArray::new([c"echo", c"hello"]);
/// # let _ =
/// argv.as_list();
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CStrArray<'a, const N: usize> {
    strings: [Option<ThinCStr<'a>>; N],
    end: Option<ThinCStr<'a>>,
}

impl<'a, const N: usize> CStrArray<'a, N> {
    /// The strings in their order.
    #[inline]
    pub fn new(strings: [&'a CStr; N]) -> CStrArray<'a, N> {
        CStrArray {
            strings: strings.map(|string| Some(string.into())),
            end: None,
        }
    }

    /// Lends the list.
    #[inline]
    pub const fn as_list(&self) -> CStrList<'_> {
        // SAFETY: the pointers and the null pointer behind them are one stretch of memory, borrowed for as long.
        unsafe { CStrList::from_ptr((&raw const *self).cast()) }
    }
}

blocking! {
    /// execve(2): makes this process run the program `path` from its beginning, with the arguments `argv` (the
    /// program's name as it is called first, by convention) and the environment `envp` (`NAME=value`). On success it
    /// does not return.
    ///
    /// The memory and all other threads are gone then; the number, the directory, the open fds without
    /// [`O_CLOEXEC`](crate::O_CLOEXEC), what signals are ignored or blocked stay. Nothing is dropped.
    ///
    /// # Errors
    /// - `ENOENT`: `path`, or the interpreter that it names, is not there.
    /// - `EACCES`: no permission to execute it or to pass through a directory; it is no regular file; the file system
    ///   is mounted noexec.
    /// - `ENOEXEC`: it is executable, and no program that the kernel can start (another architecture, no `#!`).
    /// - `ENOTDIR`, `ELOOP`, `ENAMETOOLONG`: on the way to `path`.
    /// - `E2BIG`: the arguments and the environment are too long together, or one string is.
    /// - `ETXTBSY`: somebody has it open for writing.
    /// - `EAGAIN`: the process changed its user while it was over RLIMIT_NPROC.
    /// - `EINVAL`, `ELIBBAD`: its interpreter is broken.
    /// - `EPERM`, `EIO`, `EMFILE`, `ENFILE`, `ENOMEM`: see execve(2).
    ///
    /// # Kernel
    /// Since Linux 1.0. With an empty `argv` the program gets one empty argument since Linux 5.18. Source: execve(2).
    #[inline]
    pub fn sys_execve(path: &CStr, argv: CStrList<'_>, envp: CStrList<'_>) -> Result<Infallible> {
        // SAFETY: the kernel reads a string and two lists of strings, all of which end where they should.
        let answer: Result<()> = unsafe { call!(may_block: SYS_execve, path.as_ptr(), argv, envp) };
        // It came back without an error: something in between, a seccomp filter, only says that the call was made.
        Err(answer.err().unwrap_or(ENOSYS))
    }
}
