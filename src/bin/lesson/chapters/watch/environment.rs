//! The environment that the program gets: ours, without what `cargo lesson` puts into it for the sake of Rust's own
//! libraries. With that, every dynamically linked program looks for each of its libraries in cargo's folders first, and
//! these calls would be the greater part of what there is to see.

use core::ffi::CStr;

use rawtrap::start::Start;
use rawtrap::{CStrList, ThinCStr};

const NAME: &[u8] = b"LD_LIBRARY_PATH=";

/// How many variables there may be. Of more, none is changed.
const MOST: usize = 1024;

/// Lends the environment to `use_it`.
pub fn lend<R>(start: Start, use_it: impl FnOnce(CStrList<'_>) -> R) -> R {
    let all = start.env().as_list();
    // The alias `cargo lesson` sets RAWTRAP_LESSON.
    if start.var(b"RAWTRAP_LESSON").is_none() || start.env().count() >= MOST {
        return use_it(all);
    }
    let mut room = [0; 4096];
    let value = start.var(b"LD_LIBRARY_PATH");
    let kept = value.and_then(|value| without_cargos(start, value.to_bytes(), &mut room));
    let others = start.env().filter(|entry| !entry.to_bytes().starts_with(NAME));
    let mut list: [Option<ThinCStr<'_>>; MOST] = [None; MOST];
    let mut places = list.iter_mut();
    // In this order no place is taken in vain when the others come to their end.
    for (entry, place) in others.zip(places.by_ref()) {
        *place = Some(entry.into());
    }
    if let Some((place, entry)) = places.next().zip(kept) {
        *place = Some(entry.into());
    }
    use_it(CStrList::from_slice(&list).unwrap_or(all))
}

/// The variable with those folders alone that are not cargo's, if any is left.
fn without_cargos<'a>(start: Start, value: &[u8], room: &'a mut [u8]) -> Option<&'a CStr> {
    let mut used = 0;
    let mut put = |bytes: &[u8]| {
        room.get_mut(used..used + bytes.len())?.copy_from_slice(bytes);
        used += bytes.len();
        Some(())
    };
    let mut before = NAME;
    for folder in value.split(|byte| *byte == b':') {
        if !is_cargos(start, folder) {
            put(before)?;
            put(folder)?;
            before = b":";
        }
    }
    put(b"\0")?;
    CStr::from_bytes_until_nul(room).ok().filter(|entry| !entry.is_empty())
}

/// What cargo builds into, and where the compiler has its libraries: `SYSROOT/lib/rustlib/TARGET/lib` and `SYSROOT/lib`.
fn is_cargos(start: Start, folder: &[u8]) -> bool {
    let rustup = start.var(b"RUSTUP_HOME").map(CStr::to_bytes);
    folder.ends_with(b"/release")
        || folder.ends_with(b"/release/deps")
        || folder.windows(9).any(|part| part == b"/rustlib/")
        || rustup.is_some_and(|home| !home.is_empty() && folder.starts_with(home))
}
