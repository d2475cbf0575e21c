//! The entry: the real start of this program, and stacks that a kernel might give another.
#![no_std]
#![no_main]

use core::cell::UnsafeCell;
use core::ffi::CStr;

use rawtrap::start::Start;
use rawtrap_programs::{Case, Outcome, check, check_eq, run};

rawtrap::entry!(main);

const CASES: &[Case] = &[
    ("has_its_own_name", has_its_own_name),
    ("environment_has_names_and_values", environment_has_names_and_values),
    ("auxv_tells_the_page_size", auxv_tells_the_page_size),
    ("auxv_ends", auxv_ends),
    ("stack_is_aligned", stack_is_aligned),
    ("no_arguments_at_all", no_arguments_at_all),
    ("arguments_that_are_no_utf8", arguments_that_are_no_utf8),
    (
        "a_variable_is_found_by_its_whole_name",
        a_variable_is_found_by_its_whole_name,
    ),
];

struct Kept(UnsafeCell<Option<Start>>);

// SAFETY: there is one thread.
unsafe impl Sync for Kept {}

static START: Kept = Kept(UnsafeCell::new(None));

fn main(start: Start) -> i32 {
    // SAFETY: one thread, and nobody reads it yet.
    unsafe { *START.0.get() = Some(start) };
    run(CASES)
}

fn start() -> Start {
    // SAFETY: one thread, and nobody writes it any more.
    unsafe { *START.0.get() }.unwrap()
}

fn has_its_own_name() -> Outcome {
    let mut args = start().args();
    check!(args.next().is_some_and(|name| name.to_bytes().ends_with(b"start")));
    check_eq!(args.next(), None);
    check_eq!(args.next(), None);
    Ok(())
}

fn environment_has_names_and_values() -> Outcome {
    check!(start().env().count() > 0);
    check!(start().env().all(|entry| entry.to_bytes().contains(&b'=')));
    check!(start().var(b"PATH").is_some_and(|path| path.to_bytes().contains(&b'/')));
    Ok(())
}

/// AT_PAGESZ (include/uapi/linux/auxvec.h)
const AT_PAGESZ: usize = 6;

fn auxv_tells_the_page_size() -> Outcome {
    let size = start()
        .auxv()
        .find(|(kind, _)| *kind == AT_PAGESZ)
        .map(|(_, size)| size);
    check!(size.is_some_and(|size| size.is_power_of_two() && size >= 4096));
    Ok(())
}

fn auxv_ends() -> Outcome {
    let mut auxv = start().auxv();
    check!((1..100).contains(&auxv.by_ref().count()));
    check_eq!(auxv.next(), None);
    Ok(())
}

#[repr(align(16))]
struct Aligned(u8);

#[inline(never)]
fn stack_is_aligned() -> Outcome {
    let value = Aligned(0);
    // The compiler takes the alignment of its variables for granted: not what it knows is asked for, but where this one is.
    check_eq!(core::hint::black_box(&raw const value).addr() % 16, 0);
    check_eq!(value.0, 0);
    Ok(())
}

/// A word of a stack that is laid out by hand.
type Word = *const u8;

const NULL: Word = core::ptr::null();

fn number(value: usize) -> Word {
    core::ptr::without_provenance(value)
}

fn on(stack: &[Word]) -> Start {
    // SAFETY: the stacks below are laid out as the kernel lays them, and live for as long as their cases.
    unsafe { Start::new(stack.as_ptr().cast()) }
}

fn no_arguments_at_all() -> Outcome {
    // argc, argv's end, the environment's end, AT_NULL
    let stack = [number(0), NULL, NULL, number(0), number(0)];
    let start = on(&stack);
    check_eq!(start.args().next(), None);
    check_eq!(start.env().next(), None);
    check_eq!(start.auxv().next(), None);
    check_eq!(start.var(b"HOME"), None);
    Ok(())
}

fn arguments_that_are_no_utf8() -> Outcome {
    let (name, odd, empty): (&CStr, &CStr, &CStr) = (c"name", c"\xff\xfe", c"");
    let [first, second, third] = [name, odd, empty].map(|argument| argument.as_ptr().cast::<u8>());
    let stack = [
        number(3),
        first,
        second,
        third,
        NULL,
        NULL,
        number(6),
        number(4096),
        number(0),
        number(0),
    ];
    let start = on(&stack);
    check!(start.args().eq([name, odd, empty]));
    check_eq!(start.env().next(), None);
    check!(start.auxv().eq([(6, 4096)]));
    Ok(())
}

fn a_variable_is_found_by_its_whole_name() -> Outcome {
    let entries: [&CStr; 4] = [c"PATHS=no", c"PATH", c"PATH=/bin", c"PATH=second"];
    let [paths, bare, path, second] = entries.map(|entry| entry.as_ptr().cast::<u8>());
    let stack = [number(0), NULL, paths, bare, path, second, NULL, number(0), number(0)];
    let start = on(&stack);
    check_eq!(start.env().count(), 4);
    check_eq!(start.var(b"PATH"), Some(c"/bin"));
    check_eq!(start.var(b"PAT"), None);
    check_eq!(start.var(b"PATHS"), Some(c"no"));
    Ok(())
}
