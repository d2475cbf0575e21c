//! Buffers that the kernel fills or empties.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::slice;

use crate::Result;

/// A buffer that a call fills: `&mut [u8]`, of which the call returns how many bytes it filled, or
/// `&mut [MaybeUninit<u8>]`, of which it gives the filled part back. Arrays work as slices do.
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
pub trait Buffer: private::Sealed {
    /// What a call returns that filled some of it.
    type Filled;

    /// Where it begins, and how long it is.
    #[doc(hidden)]
    fn parts(&mut self) -> (*mut u8, usize);

    /// The answer, once the kernel has filled `count` bytes.
    ///
    /// # Safety
    /// The first `count` bytes are initialised, and no more than the buffer has.
    #[doc(hidden)]
    unsafe fn filled(self, count: usize) -> Self::Filled;
}

mod private {
    pub trait Sealed {}
}

/// Makes a call that fills a buffer.
///
/// # Safety
/// `call` gets where the buffer begins and how long it is; it initialises as many bytes as it answers, and no more than
/// the buffer has.
#[inline(always)]
pub(crate) unsafe fn fill<B: Buffer>(
    mut buf: B,
    call: impl FnOnce(*mut u8, usize) -> Result<usize>,
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

impl private::Sealed for &mut [u8] {}

impl Buffer for &mut [u8] {
    type Filled = usize;

    #[inline(always)]
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), self.len())
    }

    #[inline(always)]
    unsafe fn filled(self, count: usize) -> usize {
        count
    }
}

impl<const N: usize> private::Sealed for &mut [u8; N] {}

impl<const N: usize> Buffer for &mut [u8; N] {
    type Filled = usize;

    #[inline(always)]
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), N)
    }

    #[inline(always)]
    unsafe fn filled(self, count: usize) -> usize {
        count
    }
}

impl private::Sealed for &mut [MaybeUninit<u8>] {}

impl<'a> Buffer for &'a mut [MaybeUninit<u8>] {
    type Filled = &'a mut [u8];

    #[inline(always)]
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr().cast(), self.len())
    }

    #[inline(always)]
    unsafe fn filled(self, count: usize) -> &'a mut [u8] {
        // SAFETY: the caller answers for the first `count` bytes.
        unsafe { slice::from_raw_parts_mut(self.as_mut_ptr().cast(), count) }
    }
}

impl<const N: usize> private::Sealed for &mut [MaybeUninit<u8>; N] {}

impl<'a, const N: usize> Buffer for &'a mut [MaybeUninit<u8>; N] {
    type Filled = &'a mut [u8];

    #[inline(always)]
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr().cast(), N)
    }

    #[inline(always)]
    unsafe fn filled(self, count: usize) -> &'a mut [u8] {
        // SAFETY: as for the slice.
        unsafe { self.as_mut_slice().filled(count) }
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
