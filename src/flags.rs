//! The types of constants: one for each family, in the kernel's spelling.
//!
//! A family is a marker type with the names of its constants; what all families can do is written once, here, for
//! [`Flags`] and [`Constant`]. That is also what keeps the crate quick to compile: a family costs its constants and
//! hardly more.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::ops::{BitAnd, BitOr, BitOrAssign, Not};

use crate::reg::{Arg, Reg, Regs, Value};

/// What tells one family of constants from another. Made by the declaration of a family.
pub trait Family {
    /// The constants of the family, by name.
    const NAMES: &'static [(&'static str, u64)];
}

/// Constants of the family `F` that are joined with `|`.
///
/// ```
/// use rawtrap::{O_CREAT, O_EXCL, O_WRONLY, OpenFlags};
/// let flags: OpenFlags = O_WRONLY | O_CREAT | O_EXCL;
/// assert!(flags.contains(O_CREAT));
/// assert_eq!(format!("{flags:?}"), "O_WRONLY|O_CREAT|O_EXCL");
/// ```
#[repr(transparent)]
#[derive(PartialEq, Eq)]
pub struct Flags<F, Bits = u32>(Bits, PhantomData<F>);

/// One constant of the family `F`.
///
/// ```
/// use rawtrap::{SEEK_END, Whence};
/// let whence: Whence = SEEK_END;
/// assert_eq!((whence.bits(), format!("{whence:?}")), (2, "SEEK_END".to_string()));
/// ```
#[repr(transparent)]
#[derive(PartialEq, Eq)]
pub struct Constant<F, Bits = u32>(Bits, PhantomData<F>);

/// What both can do.
macro_rules! shared {
    ($type:ident, $debug:ident) => {
        impl<F, Bits: Copy> Clone for $type<F, Bits> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<F, Bits: Copy> Copy for $type<F, Bits> {}

        impl<F, Bits: Hash> Hash for $type<F, Bits> {
            #[inline]
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl<F, Bits> $type<F, Bits> {
            /// Bits of which this crate may not know all; the unknown ones are kept.
            #[inline(always)]
            pub const fn from_bits(bits: Bits) -> Self {
                $type(bits, PhantomData)
            }

            /// The bits that the kernel takes.
            #[inline(always)]
            pub const fn bits(self) -> Bits
            where
                Bits: Copy,
            {
                self.0
            }
        }

        impl<F: Family, Bits> $type<F, Bits> {
            /// The constants of the family, by name.
            pub const NAMES: &'static [(&'static str, u64)] = F::NAMES;
        }

        impl<F: Family, Bits: Word> fmt::Debug for $type<F, Bits> {
            #[inline]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $debug(f, F::NAMES, self.0.widened())
            }
        }

        impl<F, Bits: Word> Value for $type<F, Bits> {
            #[inline(always)]
            unsafe fn from_reg(reg: Reg) -> Self {
                Self::from_bits(Bits::from_reg(reg))
            }
        }

        /// Extended to the register as its number is.
        impl<F, Bits: Arg> Arg for $type<F, Bits> {
            const WIDE: bool = Bits::WIDE;

            #[inline(always)]
            fn put(self, regs: &mut Regs, at: usize) {
                self.0.put(regs, at);
            }
        }
    };
}

shared!(Flags, debug_flags);
shared!(Constant, debug_value);

/// The numbers that families are made of.
#[doc(hidden)]
pub trait Word: Copy {
    /// As a family's names have it.
    fn widened(self) -> u64;

    /// What a register holds of it.
    fn from_reg(reg: Reg) -> Self;
}

macro_rules! words {
    ($($bits:ty)*) => {$(
        impl Word for $bits {
            #[inline(always)]
            fn widened(self) -> u64 {
                self as u64
            }

            #[inline(always)]
            fn from_reg(reg: Reg) -> $bits {
                reg.to_usize() as $bits
            }
        }
    )*};
}

words!(i32 u8 u16 u32 u64);

/// What is joined with `|`, for each width.
macro_rules! joined {
    ($($bits:ty)*) => {$(
        impl<F> Flags<F, $bits> {
            /// No flag.
            #[inline(always)]
            pub const fn empty() -> Self {
                Self::from_bits(0)
            }

            /// True if every bit of `other` is set.
            #[inline(always)]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The same as `|`, for constants.
            #[inline(always)]
            pub const fn union(self, other: Self) -> Self {
                Self::from_bits(self.0 | other.0)
            }
        }
    )*};
}

joined!(u16 u32 u64);

impl<F, Bits: Default> Default for Flags<F, Bits> {
    #[inline]
    fn default() -> Self {
        Self::from_bits(Bits::default())
    }
}

impl<F, Bits: BitOr<Output = Bits>> BitOr for Flags<F, Bits> {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self::from_bits(self.0 | other.0)
    }
}

impl<F, Bits: BitOrAssign> BitOrAssign for Flags<F, Bits> {
    #[inline(always)]
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl<F, Bits: BitAnd<Output = Bits>> BitAnd for Flags<F, Bits> {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self::from_bits(self.0 & other.0)
    }
}

impl<F, Bits: Not<Output = Bits>> Not for Flags<F, Bits> {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self::from_bits(!self.0)
    }
}

/// Writes the names of the flags that `bits` holds, joined by `|`, and what is left as a number.
#[inline]
fn debug_flags(f: &mut fmt::Formatter<'_>, names: &[(&str, u64)], bits: u64) -> fmt::Result {
    let mut left = bits;
    let mut separator = "";
    for &(name, value) in names {
        if value != 0 && left & value == value {
            write!(f, "{separator}{name}")?;
            left &= !value;
            separator = "|";
        }
    }
    match (separator, left) {
        ("", 0) => f.write_str(name_of(names, 0).unwrap_or("0")),
        (_, 0) => Ok(()),
        _ => write!(f, "{separator}{left:#x}"),
    }
}

/// Writes the name of a value, or the number where it has none.
#[inline]
fn debug_value(f: &mut fmt::Formatter<'_>, names: &[(&str, u64)], value: u64) -> fmt::Result {
    match name_of(names, value) {
        Some(name) => f.write_str(name),
        None => write!(f, "{}", value as i64),
    }
}

#[inline]
fn name_of<'a>(names: &[(&'a str, u64)], value: u64) -> Option<&'a str> {
    names.iter().find(|(_, other)| *other == value).map(|(name, _)| *name)
}

/// A family of constants of which a call takes one: its type, its marker, and the constants.
///
/// `values! { /// doc pub type Whence = WhenceFamily(u32) { /// doc SEEK_SET = 0, ... } }`
macro_rules! values {
    ($($family:tt)*) => {
        family! { Constant; $($family)* }
    };
}

/// A family of constants that are joined with `|`; written as for [`values!`].
macro_rules! flags {
    ($($family:tt)*) => {
        family! { Flags; $($family)* }
    };
}

/// What [`values!`] and [`flags!`] share.
macro_rules! family {
    (
        $kind:ident;
        $(#[$meta:meta])*
        pub type $type:ident = $marker:ident($bits:ty) { $($(#[$doc:meta])* $name:ident = $value:expr,)* }
    ) => {
        $(#[$meta])*
        pub type $type = $crate::flags::$kind<$marker, $bits>;

        #[doc = concat!("Tells [`", stringify!($type), "`] from other families.")]
        #[derive(PartialEq, Eq)]
        pub enum $marker {}

        impl $crate::flags::Family for $marker {
            const NAMES: &'static [(&'static str, u64)] = &[$((stringify!($name), $name.bits() as u64),)*];
        }

        $($(#[$doc])* pub const $name: $type = $crate::flags::$kind::from_bits($value as $bits);)*
    };
}
