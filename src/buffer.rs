//! Buffers that the kernel fills or empties.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::slice;

use crate::Result;

/// A buffer of `T`s that a call fills: `&mut [T]`, of which the call returns how many it filled, or
/// `&mut [MaybeUninit<T>]`, of which it gives the filled part back. Arrays work as slices do.
///
/// ```
/// # use core::mem::MaybeUninit;
/// # use rawtrap::{O_CLOEXEC, sys_pipe2, sys_read, sys_write};
/// let (reader, writer) = sys_pipe2(O_CLOEXEC)?;
/// sys_write(writer.as_fd(), b"ping")?;
/// let mut buf = [MaybeUninit::uninit(); 64];
/// let filled: &mut [u8] = sys_read(reader.as_fd(), &mut buf)?;
/// assert_eq!(filled, b"ping");
/// # Ok::<(), rawtrap::Errno>(())
/// ```
pub trait Buffer<T = u8>: private::Sealed {
    /// What a call returns that filled some of it.
    type Filled;

    /// False if the `T`s are initialised whatever the kernel does; `filled` then only passes `count` on, which may be
    /// more than the buffer has.
    #[doc(hidden)]
    const UNINIT: bool;

    /// Where it begins, and how many `T`s it holds.
    #[doc(hidden)]
    fn parts(&mut self) -> (*mut T, usize);

    /// The answer, once the kernel has filled the first `count`.
    ///
    /// # Safety
    /// The first `count` are initialised, and no more than the buffer has.
    #[doc(hidden)]
    unsafe fn filled(self, count: usize) -> Self::Filled;
}

mod private {
    pub trait Sealed {}
}

/// Makes a call that fills a buffer.
///
/// # Safety
/// `call` gets where the buffer begins and how many `T`s it holds; it initialises as many as it answers, and no more
/// than the buffer has.
#[inline(always)]
pub(crate) unsafe fn fill<T, B: Buffer<T>>(
    mut buf: B,
    call: impl FnOnce(*mut T, usize) -> Result<usize>,
) -> Result<B::Filled> {
    let (start, len) = buf.parts();
    // SAFETY: the caller answers for `call`.
    call(start, len).map(|count| unsafe { buf.filled(count) })
}

/// All of a buffer, for a call whose answer is more than a count. Nobody may write uninitialised bytes into it: it can be
/// the caller's `[u8]`.
#[inline(always)]
pub(crate) fn whole<'buf, B: Buffer + 'buf>(mut buf: B) -> &'buf mut [MaybeUninit<u8>] {
    let (start, len) = buf.parts();
    // SAFETY: a `Buffer` is a mutable borrow of these bytes for `'buf`, and it ends here.
    unsafe { slice::from_raw_parts_mut(start.cast(), len) }
}

impl<T> private::Sealed for &mut [T] {}

impl<T> Buffer<T> for &mut [T] {
    type Filled = usize;
    const UNINIT: bool = false;

    #[inline(always)]
    fn parts(&mut self) -> (*mut T, usize) {
        (self.as_mut_ptr(), self.len())
    }

    #[inline(always)]
    unsafe fn filled(self, count: usize) -> usize {
        count
    }
}

impl<T, const N: usize> private::Sealed for &mut [T; N] {}

impl<T, const N: usize> Buffer<T> for &mut [T; N] {
    type Filled = usize;
    const UNINIT: bool = false;

    #[inline(always)]
    fn parts(&mut self) -> (*mut T, usize) {
        (self.as_mut_ptr(), N)
    }

    #[inline(always)]
    unsafe fn filled(self, count: usize) -> usize {
        count
    }
}

impl<'a, T> Buffer<T> for &'a mut [MaybeUninit<T>] {
    type Filled = &'a mut [T];
    const UNINIT: bool = true;

    #[inline(always)]
    fn parts(&mut self) -> (*mut T, usize) {
        (self.as_mut_ptr().cast(), self.len())
    }

    #[inline(always)]
    unsafe fn filled(self, count: usize) -> &'a mut [T] {
        // SAFETY: the caller answers for the first `count`.
        unsafe { slice::from_raw_parts_mut(self.as_mut_ptr().cast(), count) }
    }
}

impl<'a, T, const N: usize> Buffer<T> for &'a mut [MaybeUninit<T>; N] {
    type Filled = &'a mut [T];
    const UNINIT: bool = true;

    #[inline(always)]
    fn parts(&mut self) -> (*mut T, usize) {
        (self.as_mut_ptr().cast(), N)
    }

    #[inline(always)]
    unsafe fn filled(self, count: usize) -> &'a mut [T] {
        // SAFETY: as for the slice.
        unsafe { slice::from_raw_parts_mut(self.as_mut_ptr().cast(), count) }
    }
}

/// The kernel's `struct iovec` over bytes that it reads, for writev(2).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IoSlice<'a> {
    iov_base: *const u8,
    iov_len: usize,
    bytes: PhantomData<&'a [u8]>,
}

impl<'a> IoSlice<'a> {
    /// One stretch of bytes.
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> IoSlice<'a> {
        IoSlice {
            iov_base: bytes.as_ptr(),
            iov_len: bytes.len(),
            bytes: PhantomData,
        }
    }
}

/// The kernel's `struct iovec` over bytes that it fills, for readv(2).
#[repr(C)]
pub struct IoSliceMut<'a> {
    iov_base: *mut u8,
    iov_len: usize,
    bytes: PhantomData<&'a mut [u8]>,
}

impl<'a> IoSliceMut<'a> {
    /// One stretch of bytes.
    #[inline]
    pub const fn new(bytes: &'a mut [u8]) -> IoSliceMut<'a> {
        IoSliceMut {
            iov_base: bytes.as_mut_ptr(),
            iov_len: bytes.len(),
            bytes: PhantomData,
        }
    }
}
