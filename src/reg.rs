//! The language of calls: how typed values become registers, and how a register becomes a result.
//!
//! A typed call is one line, [`call!`](crate::call). Each argument places itself through [`Arg`]; where it goes was
//! computed at compile time by [`Places`] from the machine's rule; [`trap`](crate::trap) makes the call; the result is
//! decoded by the return type, [`Ret`].

use core::mem::MaybeUninit;
use core::ptr;

use crate::arch::{CONVENTION, Word};
use crate::errno::{self, Errno};
use crate::fd::{BorrowedFd, OwnedFd};
use crate::tables::Wide;

/// One full-width register, on its way into the kernel or out of it.
///
/// It is held as a pointer, so that a pointer which passes through keeps its provenance.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reg(pub(crate) *mut ());

impl Reg {
    /// The register's bits as an address.
    #[inline(always)]
    pub fn to_usize(self) -> usize {
        self.0.addr()
    }

    /// The register's bits as a signed number: `-errno` when a call failed.
    #[inline(always)]
    pub fn to_isize(self) -> isize {
        self.to_usize() as isize
    }

    /// The register as a pointer, as mmap(2) answers one.
    #[inline(always)]
    pub fn to_ptr<T>(self) -> *mut T {
        self.0.cast()
    }

    /// Tells an error from a value: `-4095..=-1` is an [`Errno`], all else is a value. Where the kernel tells an error by a flag
    /// (mips, powerpc, sparc), a value in that range that comes without the flag is taken for an error, too.
    #[inline(always)]
    pub fn result(self) -> crate::Result<Reg> {
        if errno::is_error(self.to_usize()) {
            // SAFETY: the test above holds for -4095..=-1 alone.
            Err(unsafe { Errno::from_negative(self.to_isize()) })
        } else {
            Ok(self)
        }
    }
}

impl core::fmt::Debug for Reg {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:#x}", self.to_usize())
    }
}

impl From<usize> for Reg {
    #[inline(always)]
    fn from(value: usize) -> Reg {
        Reg(ptr::without_provenance_mut(value))
    }
}

impl From<isize> for Reg {
    #[inline(always)]
    fn from(value: isize) -> Reg {
        Reg::from(value as usize)
    }
}

/// Sign-extended, as the kernel's `int` is.
impl From<i32> for Reg {
    #[inline(always)]
    fn from(value: i32) -> Reg {
        Reg::from(value as isize)
    }
}

/// Zero-extended, as the kernel's `unsigned int` is.
impl From<u32> for Reg {
    #[inline(always)]
    fn from(value: u32) -> Reg {
        Reg::from(value as usize)
    }
}

impl From<u16> for Reg {
    #[inline(always)]
    fn from(value: u16) -> Reg {
        Reg::from(value as usize)
    }
}

/// As the kernel answers an error: `-errno`.
impl From<Errno> for Reg {
    #[inline(always)]
    fn from(errno: Errno) -> Reg {
        Reg::from(-errno.raw())
    }
}

impl<T> From<*const T> for Reg {
    #[inline(always)]
    fn from(value: *const T) -> Reg {
        Reg(value.cast_mut().cast())
    }
}

impl<T> From<*mut T> for Reg {
    #[inline(always)]
    fn from(value: *mut T) -> Reg {
        Reg(value.cast())
    }
}

/// The most registers that a call takes: six are arguments, and on MIPS (o32) a hole makes two calls take a seventh.
pub const MOST: usize = 7;

/// The registers of a call while its arguments are being placed.
#[derive(Clone, Copy)]
pub struct Regs(pub(crate) [Word; MOST]);

impl Regs {
    /// Nothing is placed yet. Where a hook may look at the registers, the holes that an ABI leaves are zero.
    #[inline(always)]
    pub(crate) const fn empty() -> Regs {
        if cfg!(feature = "interpose") {
            Regs([MaybeUninit::new(ptr::null_mut()); MOST])
        } else {
            Regs([MaybeUninit::uninit(); MOST])
        }
    }

    /// Puts one register at place `at`, counted from 0.
    #[inline(always)]
    pub fn set(&mut self, at: usize, reg: Reg) {
        self.0[at] = MaybeUninit::new(reg.0);
    }
}

/// A value that can be an argument of a call.
///
/// ```
/// use rawtrap::{Arg, reg::{Reg, Regs}};
///
/// /// A clock's id, as clock_gettime(2) takes it.
/// struct Clock(i32);
///
/// impl Arg for Clock {
///     fn put(self, regs: &mut Regs, at: usize) {
///         regs.set(at, Reg::from(self.0));
///     }
/// }
/// ```
pub trait Arg {
    /// True for a 64-bit number, which takes two registers where registers have 32 bits.
    const WIDE: bool = false;

    /// Puts the value into the registers, from place `at` on.
    fn put(self, regs: &mut Regs, at: usize);
}

/// Arguments that are one register through `From`.
macro_rules! one_register {
    ($([$($T:ident)?] $type:ty),* $(,)?) => {$(
        impl<$($T)?> Arg for $type {
            #[inline(always)]
            fn put(self, regs: &mut Regs, at: usize) {
                regs.set(at, Reg::from(self));
            }
        }
    )*};
}

one_register!([] Reg, [] u16, [] usize, [] isize, [] u32, [] i32, [T] *const T, [T] *mut T);

impl Arg for BorrowedFd<'_> {
    #[inline(always)]
    fn put(self, regs: &mut Regs, at: usize) {
        regs.set(at, Reg::from(self.as_raw()));
    }
}

/// A 64-bit number: one register, or two in the order of the machine.
impl Arg for u64 {
    const WIDE: bool = true;

    #[inline(always)]
    fn put(self, regs: &mut Regs, at: usize) {
        match CONVENTION.wide {
            Wide::Whole => regs.set(at, Reg::from(self as usize)),
            Wide::Pair { .. } => {
                let [first, second] = halves(self, cfg!(target_endian = "big"));
                regs.set(at, Reg::from(first));
                regs.set(at + 1, Reg::from(second));
            }
        }
    }
}

/// A 64-bit number as two registers of 32 bits, in their order, which is that of the bytes in memory on every machine.
#[inline(always)]
const fn halves(number: u64, high_first: bool) -> [u32; 2] {
    let (low, high) = (number as u32, (number >> 32) as u32);
    if high_first { [high, low] } else { [low, high] }
}

impl Arg for i64 {
    const WIDE: bool = true;

    #[inline(always)]
    fn put(self, regs: &mut Regs, at: usize) {
        (self as u64).put(regs, at);
    }
}

/// Where each argument of a call begins, and how many registers they take together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// The first register of each argument, counted from 0.
    pub at: [usize; 6],
    /// The registers that the call takes, holes included.
    pub count: usize,
}

impl Places {
    /// Places arguments, of which those marked `true` are 64-bit numbers, by a machine's rule.
    ///
    /// ```
    /// use rawtrap::{reg::Places, tables::Wide};
    /// // pread64(fd, buf, count, offset) on arm: the offset begins at an even register, and r3 is a hole.
    /// let arm = Wide::Pair { aligned: true };
    /// let pread64 = Places::of(arm, &[false, false, false, true]);
    /// assert_eq!((pread64.at[3], pread64.count), (4, 6));
    /// ```
    #[inline]
    pub const fn of(rule: Wide, wide: &[bool]) -> Places {
        let mut places = Places { at: [0; 6], count: 0 };
        let mut i = 0;
        while i < wide.len() {
            let mut words = 1;
            if wide[i] {
                if let Wide::Pair { aligned, .. } = rule {
                    words = 2;
                    if aligned {
                        places.count += places.count % 2;
                    }
                }
            }
            places.at[i] = places.count;
            places.count += words;
            i += 1;
        }
        places
    }

    /// The same, if there are so many registers.
    ///
    /// # Panics
    /// When the arguments take more: at compile time, in a call's declaration.
    #[inline]
    pub const fn within(self, registers: usize) -> Places {
        assert!(
            self.count <= registers,
            "a call takes no more registers than the machine passes"
        );
        self
    }
}

/// The arguments of one call: a tuple of up to six [`Arg`]s.
pub trait Args {
    /// Where they go on this machine.
    const PLACES: Places;

    /// Puts all of them.
    fn put_all(self, regs: &mut Regs);
}

macro_rules! tuple {
    ($($A:ident $i:tt),*) => {
        impl<$($A: Arg),*> Args for ($($A,)*) {
            const PLACES: Places = Places::of(CONVENTION.wide, &[$($A::WIDE),*]).within(CONVENTION.most());

            #[inline(always)]
            #[allow(unused_variables)] // a call without arguments puts nothing
            fn put_all(self, regs: &mut Regs) {
                $(self.$i.put(regs, Self::PLACES.at[$i]);)*
            }
        }
    };
}

tuple!();
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);

/// What a call's register stands for when the call cannot fail.
pub trait Value {
    /// Reads the register.
    ///
    /// # Safety
    /// It is what a call answered that answers such a value: an fd that is new, for example.
    unsafe fn from_reg(reg: Reg) -> Self;
}

/// What a call returns: `Result<T>`, which tells errors from values, or a bare [`Value`] for the few calls that the
/// kernel cannot refuse.
pub trait Ret {
    /// Decodes the register.
    ///
    /// # Safety
    /// It is what a call answered that answers such a value, or an error.
    unsafe fn from_reg(reg: Reg) -> Self;
}

/// The register as it came, for a call whose answer nobody decodes.
impl Ret for Reg {
    #[inline(always)]
    unsafe fn from_reg(reg: Reg) -> Reg {
        reg
    }
}

impl<T: Value> Ret for crate::Result<T> {
    #[inline(always)]
    unsafe fn from_reg(reg: Reg) -> Self {
        match reg.result() {
            // SAFETY: the caller answers for it, and it is no error.
            Ok(reg) => Ok(unsafe { T::from_reg(reg) }),
            Err(errno) => Err(errno),
        }
    }
}

macro_rules! value {
    ($([$($T:ident)?] $type:ty, $reg:ident => $read:expr;)*) => {$(
        impl<$($T)?> Value for $type {
            #[inline(always)]
            unsafe fn from_reg($reg: Reg) -> Self {
                $read
            }
        }
    )*};
}

value! {
    [] (), _reg => ();
    [] Reg, reg => reg;
    [] usize, reg => reg.to_usize();
    [] u32, reg => reg.to_usize() as u32;
    [] i32, reg => reg.to_usize() as i32;
    [] u64, reg => reg.to_usize() as u64;
    [T] *mut T, reg => reg.to_ptr();
    // SAFETY: a call whose declaration says `OwnedFd` answers a new fd, which nobody else has.
    [] OwnedFd, reg => unsafe { OwnedFd::from_raw(reg.to_usize() as i32) };
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARM: Wide = Wide::Pair { aligned: true };
    const X86: Wide = Wide::Pair { aligned: false };

    fn places(rule: Wide, wide: &[bool]) -> (Vec<usize>, usize) {
        let places = Places::of(rule, wide);
        (places.at[..wide.len()].to_vec(), places.count)
    }

    #[test]
    fn narrow_arguments_follow_each_other() {
        for rule in [Wide::Whole, ARM, X86] {
            assert_eq!(places(rule, &[false; 6]), (vec![0, 1, 2, 3, 4, 5], 6));
            assert_eq!(places(rule, &[]), (vec![], 0));
        }
    }

    #[test]
    fn wide_arguments_take_pairs_and_holes() {
        // pread64(fd, buf, count, offset)
        assert_eq!(places(Wide::Whole, &[false, false, false, true]), (vec![0, 1, 2, 3], 4));
        assert_eq!(places(X86, &[false, false, false, true]), (vec![0, 1, 2, 3], 5));
        assert_eq!(places(ARM, &[false, false, false, true]), (vec![0, 1, 2, 4], 6));
        // fallocate(fd, mode, offset, len)
        assert_eq!(places(ARM, &[false, false, true, true]), (vec![0, 1, 2, 4], 6));
        assert_eq!(places(X86, &[false, false, true, true]), (vec![0, 1, 2, 4], 6));
    }

    #[test]
    fn halves_follow_the_byte_order() {
        assert_eq!(halves(0x1122_3344_5566_7788, false), [0x5566_7788, 0x1122_3344]);
        assert_eq!(halves(0x1122_3344_5566_7788, true), [0x1122_3344, 0x5566_7788]);
    }

    #[test]
    #[should_panic(expected = "no more registers")]
    fn too_many_registers_are_refused() {
        Places::of(ARM, &[false, true, true, false]).within(6);
    }

    #[test]
    fn numbers_are_extended_as_the_kernel_prototypes_have_them() {
        assert_eq!(Reg::from(-1i32).to_isize(), -1);
        assert_eq!(Reg::from(u32::MAX).to_usize(), u32::MAX as usize);
    }
}
