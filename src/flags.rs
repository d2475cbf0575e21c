//! The types of constants: one newtype for each family, in the kernel's spelling.

use core::fmt;

/// Writes the names of the flags that `bits` holds, joined by `|`, and what is left as a number.
#[inline]
pub(crate) fn debug_flags(f: &mut fmt::Formatter<'_>, names: &[(&str, u64)], bits: u64) -> fmt::Result {
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
pub(crate) fn debug_value(f: &mut fmt::Formatter<'_>, names: &[(&str, u64)], value: u64) -> fmt::Result {
    match name_of(names, value) {
        Some(name) => f.write_str(name),
        None => write!(f, "{}", value as i64),
    }
}

#[inline]
fn name_of<'a>(names: &[(&'a str, u64)], value: u64) -> Option<&'a str> {
    names.iter().find(|(_, other)| *other == value).map(|(name, _)| *name)
}

/// A family of constants of which a call takes one: a newtype, and its constants.
///
/// `values! { /// doc pub struct Whence(u32) { /// doc SEEK_SET = 0, ... } }`
macro_rules! values {
    ($(#[$meta:meta])* pub struct $family:ident($repr:ty) $constants:tt) => {
        family! { debug_value; $(#[$meta])* pub struct $family($repr) $constants }
    };
}

/// A family of constants that are joined with `|`; written as for [`values!`].
macro_rules! flags {
    ($(#[$meta:meta])* pub struct $family:ident($repr:ty) $constants:tt) => {
        family! { debug_flags; $(#[$meta])* #[derive(Default)] pub struct $family($repr) $constants }

        impl $family {
            /// No flag.
            #[inline(always)]
            pub const fn empty() -> $family {
                $family(0)
            }

            /// True if every bit of `other` is set.
            #[inline(always)]
            pub const fn contains(self, other: $family) -> bool {
                self.0 & other.0 == other.0
            }

            /// The same as `|`, for constants.
            #[inline(always)]
            pub const fn union(self, other: $family) -> $family {
                $family(self.0 | other.0)
            }
        }

        impl core::ops::BitOr for $family {
            type Output = $family;

            #[inline(always)]
            fn bitor(self, other: $family) -> $family {
                self.union(other)
            }
        }

        impl core::ops::BitOrAssign for $family {
            #[inline(always)]
            fn bitor_assign(&mut self, other: $family) {
                self.0 |= other.0;
            }
        }

        impl core::ops::BitAnd for $family {
            type Output = $family;

            #[inline(always)]
            fn bitand(self, other: $family) -> $family {
                $family(self.0 & other.0)
            }
        }

        impl core::ops::Not for $family {
            type Output = $family;

            #[inline(always)]
            fn not(self) -> $family {
                $family(!self.0)
            }
        }
    };
}

/// What [`values!`] and [`flags!`] share.
macro_rules! family {
    (
        $debug:ident;
        $(#[$meta:meta])* pub struct $family:ident($repr:ty) { $($(#[$doc:meta])* $name:ident = $value:expr,)* }
    ) => {
        $(#[$meta])*
        #[repr(transparent)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $family($repr);

        $($(#[$doc])* pub const $name: $family = $family($value as $repr);)*

        impl $family {
            /// The constants of this family, by name.
            pub const NAMES: &'static [(&'static str, u64)] = &[$((stringify!($name), $name.0 as u64),)*];

            /// Bits of which this crate may not know all; the unknown ones are kept.
            #[inline(always)]
            pub const fn from_bits(bits: $repr) -> $family {
                $family(bits)
            }

            /// The bits that the kernel takes.
            #[inline(always)]
            pub const fn bits(self) -> $repr {
                self.0
            }
        }

        impl core::fmt::Debug for $family {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::flags::$debug(f, Self::NAMES, self.0 as u64)
            }
        }

        impl $crate::reg::Value for $family {
            #[inline(always)]
            fn from_reg(reg: $crate::reg::Reg) -> $family {
                $family(reg.to_usize() as $repr)
            }
        }

        impl $crate::reg::Arg for $family {
            const WIDE: bool = <$repr as $crate::reg::Arg>::WIDE;

            #[inline(always)]
            fn put(self, regs: &mut $crate::reg::Regs, at: usize) {
                $crate::reg::Arg::put(self.0, regs, at);
            }
        }
    };
}
