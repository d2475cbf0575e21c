//! `memcpy` and its kin, as `entry!` emits them, byte by byte against what they should do.
//!
//! They are called through pointers that the compiler knows nothing of: it would compute the answer itself, and it knows
//! these names. What they should do is computed with volatile accesses, which are never made into calls of them.
#![no_std]
#![no_main]

use core::ffi::c_char;
use core::hint::black_box;
use core::ptr::null_mut;

use rawtrap::*;
use rawtrap_programs::{Outcome, cases, check, check_eq};

cases![
    memcpy_copies,
    memcpy_of_large_pieces,
    memmove_copies_what_overlaps,
    memset_fills,
    memset_takes_the_low_byte,
    memcmp_orders,
    memcmp_compares_bytes_without_sign,
    memcmp_ends_where_it_should,
    bcmp_tells_equality,
    strlen_counts,
    nothing_is_touched_beyond_the_end,
    nothing_is_touched_before_the_beginning,
];

unsafe extern "C" {
    fn memcpy(dest: *mut u8, src: *const u8, count: usize) -> *mut u8;
    fn memmove(dest: *mut u8, src: *const u8, count: usize) -> *mut u8;
    fn memset(dest: *mut u8, byte: i32, count: usize) -> *mut u8;
    fn memcmp(a: *const u8, b: *const u8, count: usize) -> i32;
    fn bcmp(a: *const u8, b: *const u8, count: usize) -> i32;
    fn strlen(string: *const c_char) -> usize;
}

type Move = unsafe extern "C" fn(*mut u8, *const u8, usize) -> *mut u8;
type Fill = unsafe extern "C" fn(*mut u8, i32, usize) -> *mut u8;
type Compare = unsafe extern "C" fn(*const u8, *const u8, usize) -> i32;
type Length = unsafe extern "C" fn(*const c_char) -> usize;

/// Longer than anything that is done in one step, and each remainder of a word's size more than once.
const LENGTHS: core::ops::RangeInclusive<usize> = 0..=50;
/// More than a word has bytes.
const ALIGNMENTS: core::ops::Range<usize> = 0..9;

const GUARD: u8 = 0xee;
const SIZE: usize = 128;

/// Bytes at an address that is aligned for every word.
#[repr(align(16))]
struct Bytes<const N: usize>([u8; N]);

impl<const N: usize> Bytes<N> {
    fn new(byte: impl Fn(usize) -> u8) -> Bytes<N> {
        let mut bytes = Bytes([0; N]);
        (0..N).for_each(|at| bytes.set(at, byte(at)));
        bytes
    }

    fn set(&mut self, at: usize, byte: u8) {
        // SAFETY: the place is a byte of the array.
        unsafe { (&raw mut self.0[at]).write_volatile(byte) };
    }

    fn get(&self, at: usize) -> u8 {
        // SAFETY: as above.
        unsafe { (&raw const self.0[at]).read_volatile() }
    }

    fn at(&mut self, at: usize) -> *mut u8 {
        self.0.as_mut_ptr().wrapping_add(at)
    }

    /// The first place where the bytes are others.
    fn differs(&self, expected: impl Fn(usize) -> u8) -> Option<usize> {
        (0..N).find(|at| self.get(*at) != expected(*at))
    }
}

/// A byte for each place, no two of which are alike among neighbours.
fn pattern(at: usize) -> u8 {
    at.wrapping_mul(7).wrapping_add(1) as u8 & 0x7f
}

fn memcpy_copies() -> Outcome {
    let memcpy = black_box(memcpy as Move);
    let mut src = Bytes::<SIZE>::new(pattern);
    for count in LENGTHS {
        for (from, to) in ALIGNMENTS.flat_map(|from| ALIGNMENTS.map(move |to| (from, to + 16))) {
            let mut dest = Bytes::<SIZE>::new(|_| GUARD);
            // SAFETY: both are long enough.
            let answer = unsafe { memcpy(dest.at(to), src.at(from), count) };
            check_eq!(answer, dest.at(to));
            let expected = |at| {
                if (to..to + count).contains(&at) {
                    pattern(at - to + from)
                } else {
                    GUARD
                }
            };
            check_eq!((count, from, to, dest.differs(expected)), (count, from, to, None));
        }
    }
    check_eq!(src.differs(pattern), None);
    Ok(())
}

fn memcpy_of_large_pieces() -> Outcome {
    const LARGE: usize = 9000;
    let (memcpy, memmove) = (black_box(memcpy as Move), black_box(memmove as Move));
    let mut src = Bytes::<LARGE>::new(pattern);
    for (copy, from, to, count) in [
        (memcpy, 0, 0, LARGE),
        (memcpy, 1, 1, 8191),
        (memcpy, 3, 8, 4097),
        (memmove, 0, 1, LARGE - 1),
        (memmove, 5, 13, 4099),
    ] {
        let mut dest = Bytes::<LARGE>::new(|_| GUARD);
        // SAFETY: both are long enough.
        unsafe { copy(dest.at(to), src.at(from), count) };
        let expected = |at| {
            if (to..to + count).contains(&at) {
                pattern(at - to + from)
            } else {
                GUARD
            }
        };
        check_eq!((from, to, dest.differs(expected)), (from, to, None));
    }
    Ok(())
}

fn memmove_copies_what_overlaps() -> Outcome {
    let memmove = black_box(memmove as Move);
    for count in LENGTHS {
        for (from, to) in ALIGNMENTS.flat_map(|from| (0..=48).map(move |to| (from + 24, to))) {
            let mut bytes = Bytes::<SIZE>::new(pattern);
            // SAFETY: both ends of the array are further away.
            let answer = unsafe { memmove(bytes.at(to), bytes.at(from), count) };
            check_eq!(answer, bytes.at(to));
            let expected = |at| {
                pattern(if (to..to + count).contains(&at) {
                    at - to + from
                } else {
                    at
                })
            };
            check_eq!((count, from, to, bytes.differs(expected)), (count, from, to, None));
        }
    }
    Ok(())
}

fn memset_fills() -> Outcome {
    let memset = black_box(memset as Fill);
    for (count, to) in LENGTHS.flat_map(|count| ALIGNMENTS.map(move |to| (count, to + 16))) {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            let mut dest = Bytes::<SIZE>::new(|_| GUARD);
            // SAFETY: it is long enough.
            let answer = unsafe { memset(dest.at(to), byte.into(), count) };
            check_eq!(answer, dest.at(to));
            let expected = |at| if (to..to + count).contains(&at) { byte } else { GUARD };
            check_eq!((count, to, dest.differs(expected)), (count, to, None));
        }
    }
    Ok(())
}

fn memset_takes_the_low_byte() -> Outcome {
    let memset = black_box(memset as Fill);
    for (value, byte) in [(-1, 0xff), (0x1234_5678, 0x78), (0x100, 0), (i32::MIN, 0)] {
        let mut dest = Bytes::<40>::new(|_| GUARD);
        // SAFETY: it is long enough.
        unsafe { memset(dest.at(1), value, 38) };
        check_eq!(
            (value, dest.differs(|at| if at == 0 || at == 39 { GUARD } else { byte })),
            (value, None)
        );
    }
    Ok(())
}

fn memcmp_orders() -> Outcome {
    let memcmp = black_box(memcmp as Compare);
    for count in LENGTHS {
        for (left, right) in ALIGNMENTS.flat_map(|left| ALIGNMENTS.map(move |right| (left, right))) {
            let mut a = Bytes::<SIZE>::new(|at| pattern(at.wrapping_sub(left)));
            let mut b = Bytes::<SIZE>::new(|at| pattern(at.wrapping_sub(right)));
            // SAFETY: both are long enough.
            let compare = |a: &mut Bytes<SIZE>, b: &mut Bytes<SIZE>| unsafe { memcmp(a.at(left), b.at(right), count) };
            check_eq!((count, left, right, compare(&mut a, &mut b)), (count, left, right, 0));
            // The first byte that differs counts, the last one in particular, and no other.
            for place in [0, count / 2, count.wrapping_sub(1)]
                .into_iter()
                .filter(|place| *place < count)
            {
                let old = b.get(right + place);
                b.set(right + place, old + 1);
                check!(compare(&mut a, &mut b) < 0 && compare(&mut b, &mut a) != 0);
                a.set(left + place, old + 2);
                check!(compare(&mut a, &mut b) > 0);
                a.set(left + place, old);
                b.set(right + place, old);
            }
        }
    }
    Ok(())
}

fn memcmp_compares_bytes_without_sign() -> Outcome {
    let memcmp = black_box(memcmp as Compare);
    let compare = |a: &[u8], b: &[u8]| {
        // SAFETY: both have that many bytes.
        unsafe { memcmp(a.as_ptr(), b.as_ptr(), a.len()) }
    };
    check!(compare(&[0x80], &[0x7f]) > 0);
    check!(compare(&[0xff], &[0x00]) > 0);
    check!(compare(&[0x00], &[0xff]) < 0);
    // The earlier difference decides.
    check!(compare(b"ab\x01\xff", b"ab\x02\x00") < 0);
    check!(compare(b"\x01aaaaaaaaaaaaaaa", b"\x00zzzzzzzzzzzzzzz") > 0);
    Ok(())
}

fn memcmp_ends_where_it_should() -> Outcome {
    let (memcmp, bcmp) = (black_box(memcmp as Compare), black_box(bcmp as Compare));
    for count in LENGTHS {
        let mut a = Bytes::<SIZE>::new(|at| if at < count + 8 { pattern(at) } else { 1 });
        let mut b = Bytes::<SIZE>::new(|at| if at < count + 8 { pattern(at) } else { 2 });
        // SAFETY: both are long enough.
        let answers = unsafe { (memcmp(a.at(8), b.at(8), count), bcmp(a.at(8), b.at(8), count)) };
        check_eq!((count, answers), (count, (0, 0)));
        // SAFETY: as above.
        let answers = unsafe { (memcmp(a.at(8), b.at(8), count + 1), bcmp(a.at(8), b.at(8), count + 1)) };
        check!(answers.0 < 0 && answers.1 != 0);
    }
    Ok(())
}

fn bcmp_tells_equality() -> Outcome {
    let bcmp = black_box(bcmp as Compare);
    for count in LENGTHS {
        for left in ALIGNMENTS {
            let mut a = Bytes::<SIZE>::new(|at| pattern(at.wrapping_sub(left)));
            let mut b = Bytes::<SIZE>::new(pattern);
            // SAFETY: both are long enough.
            check_eq!(
                (count, left, unsafe { bcmp(a.at(left), b.at(0), count) }),
                (count, left, 0)
            );
            for place in 0..count {
                // One bit, of each weight in turn: a difference of 256 times something must not become 0.
                let old = b.get(place);
                b.set(place, old ^ (1 << (place % 8)));
                // SAFETY: as above.
                let answer = unsafe { bcmp(a.at(left), b.at(0), count) };
                check!(answer != 0);
                b.set(place, old);
            }
        }
    }
    Ok(())
}

fn strlen_counts() -> Outcome {
    let strlen = black_box(strlen as Length);
    for (len, from) in LENGTHS.flat_map(|len| ALIGNMENTS.map(move |from| (len, from))) {
        // Zero bytes before and behind; within, bytes that tricks with words stumble over.
        let mut string = Bytes::<SIZE>::new(|at| {
            if (from..from + len).contains(&at) {
                [0x80, 1, 0xff][at % 3]
            } else {
                0
            }
        });
        // SAFETY: a zero byte follows.
        check_eq!((from, unsafe { strlen(string.at(from).cast()) }), (from, len));
    }
    Ok(())
}

/// The largest page that Linux has by default on any architecture.
const PAGE: usize = 64 << 10;

/// One page between two that nobody may touch: an access beyond it ends the program.
fn guarded_page() -> Result<*mut u8> {
    // SAFETY: the kernel chooses an address where nothing is.
    unsafe {
        let region = sys_mmap(null_mut(), 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, None, 0)?.cast::<u8>();
        let page = region.add(PAGE);
        sys_mprotect(page.cast(), PAGE, PROT_READ | PROT_WRITE)?;
        Ok(page)
    }
}

/// Calls each function with blocks of `count` bytes at both places.
fn touch(dest: *mut u8, src: *mut u8, count: usize) -> Outcome {
    let (copy, mover, fill) = (
        black_box(memcpy as Move),
        black_box(memmove as Move),
        black_box(memset as Fill),
    );
    let (compare, equal) = (black_box(memcmp as Compare), black_box(bcmp as Compare));
    // SAFETY: both places have `count` bytes, in mappings of their own.
    unsafe {
        fill(src, 5, count);
        fill(dest, 6, count);
        copy(dest, src, count);
        check_eq!((compare(dest, src, count), equal(src, dest, count)), (0, 0));
        fill(dest, 7, count);
        mover(dest, src, count);
        check_eq!((compare(src, dest, count), equal(dest, src, count)), (0, 0));
    }
    Ok(())
}

fn nothing_is_touched_beyond_the_end() -> Outcome {
    let (dest, src) = (guarded_page()?, guarded_page()?);
    let strlen = black_box(strlen as Length);
    for count in LENGTHS {
        for (before_dest, before_src) in [(0, 0), (0, 1), (1, 0), (0, 4), (5, 0)] {
            touch(
                dest.wrapping_add(PAGE - count - before_dest),
                src.wrapping_add(PAGE - count - before_src),
                count,
            )?;
        }
        // SAFETY: the last byte of the page is the string's zero.
        unsafe {
            src.add(PAGE - 1).write(0);
            let start = src.add(PAGE - 1 - count);
            (0..count).for_each(|at| start.add(at).write_volatile(b'x'));
            check_eq!(strlen(start.cast()), count);
        }
    }
    Ok(())
}

fn nothing_is_touched_before_the_beginning() -> Outcome {
    let (dest, src) = (guarded_page()?, guarded_page()?);
    let mover = black_box(memmove as Move);
    for count in LENGTHS {
        for (after_dest, after_src) in [(0, 0), (0, 1), (1, 0), (0, 4), (5, 0)] {
            touch(dest.wrapping_add(after_dest), src.wrapping_add(after_src), count)?;
        }
        // Going down, as what is moved overlaps.
        // SAFETY: the page has that many bytes.
        unsafe {
            check_eq!(mover(dest.add(3), dest, count), dest.add(3));
            check_eq!(mover(dest.add(8), dest, count), dest.add(8));
        }
    }
    Ok(())
}
