//! Numbers of calls on every architecture, looked up while the lesson is compiled: the tables themselves stay out.

use core::fmt;

use rawtrap::tables::ARCHITECTURES;

/// One number for each of `ARCHITECTURES`, in its order.
pub type OfEach = [Number; ARCHITECTURES.len()];

/// A call's number, if the architecture has the call.
#[derive(Clone, Copy)]
pub struct Number(pub Option<u32>);

/// The number, or `-`.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => number.fmt(f),
            None => f.pad("-"),
        }
    }
}

/// Looks a call up, by its name with the prefix.
pub const fn of_each(name: &str) -> OfEach {
    let mut numbers = [Number(None); ARCHITECTURES.len()];
    let mut place = 0;
    while place < ARCHITECTURES.len() {
        numbers[place] = Number(find(ARCHITECTURES[place].calls, name));
        place += 1;
    }
    numbers
}

const fn find(table: &[(&str, u32)], name: &str) -> Option<u32> {
    let mut entry = 0;
    while entry < table.len() {
        if same(table[entry].0.as_bytes(), name.as_bytes()) {
            return Some(table[entry].1);
        }
        entry += 1;
    }
    None
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut rest = one.len();
    if rest != other.len() {
        return false;
    }
    // From the end: all names begin with the same prefix.
    while rest > 0 {
        rest -= 1;
        if one[rest] != other[rest] {
            return false;
        }
    }
    true
}
