//! What the crate holds, as rows for a comparison with the kernel's headers: numbers, errnos, signals, constants and
//! layouts, tab-separated, in the kernel's spelling.
#![no_std]
#![no_main]

use core::fmt::{self, Write};
use core::mem::{align_of, offset_of, size_of};

use rawtrap::start::Start;
use rawtrap::tables::native;
use rawtrap::*;

rawtrap::entry!(main);

fn main(_: Start) -> i32 {
    match rows(&mut Writer::new(STDOUT)) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn rows(out: &mut Writer) -> fmt::Result {
    for (name, number) in native::nr::TABLE {
        writeln!(out, "nr\t{}\t{number}", name.strip_prefix("SYS_").unwrap_or(name))?;
    }
    for (name, number) in native::errno::TABLE {
        writeln!(out, "errno\t{name}\t{number}")?;
    }
    for (name, number) in native::signal::TABLE {
        writeln!(out, "signal\t{name}\t{number}")?;
    }
    for family in FAMILIES {
        for (name, value) in *family {
            writeln!(out, "const\t{name}\t{value}")?;
        }
    }
    layouts(out)
}

/// The constants of each family.
const FAMILIES: &[&[(&str, u64)]] = &[
    FcntlCommand::NAMES,
    FdFlags::NAMES,
    OpenFlags::NAMES,
    TtyRequest::NAMES,
    Whence::NAMES,
];

/// Prints a struct and those of its fields that the kernel knows.
macro_rules! layout {
    ($out:ident, $name:literal, $type:ty { $($field:ident $(as $kernel:literal)?: $field_type:ty),* $(,)? }) => {
        writeln!($out, "layout\t{}\t{}\t{}", $name, size_of::<$type>(), align_of::<$type>())?;
        $(
            // The type is written down so that its size is the field's: this does not compile with another.
            let _: fn(&$type) -> $field_type = |value| value.$field;
            writeln!(
                $out,
                "layout\t{}\t{}\t{}\t{}\t{}",
                $name,
                [$($kernel,)? stringify!($field)][0],
                offset_of!($type, $field),
                size_of::<$field_type>(),
                align_of::<$field_type>(),
            )?;
        )*
    };
}

fn layouts(out: &mut Writer) -> fmt::Result {
    layout!(out, "iovec", IoSlice {});
    layout!(out, "iovec", IoSliceMut {});
    layout!(
        out,
        "winsize",
        Winsize {
            ws_row: u16,
            ws_col: u16,
            ws_xpixel: u16,
            ws_ypixel: u16
        }
    );
    Ok(())
}
