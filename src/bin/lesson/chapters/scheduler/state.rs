//! Who holds nothing and who waits, in words that one compare-and-swap changes.

pub const PROCESSORS: usize = 2;
/// There are at most so many. Beside one for each P it takes one for each task that may wait in the kernel.
pub const MACHINES: usize = 6;

/// Small numbers in one word, first in, first out: four bits each, one more than the number, and 0 behind the last.
#[derive(Clone, Copy)]
pub struct Fifo(pub u32);

impl Fifo {
    pub fn push(&mut self, number: usize) {
        let end = (u32::BITS - self.0.leading_zeros()).next_multiple_of(4);
        self.0 |= (number as u32 + 1) << end;
    }

    pub fn pop(&mut self) -> Option<usize> {
        let first = (self.0 & 15).checked_sub(1)?;
        self.0 >>= 4;
        Some(first as usize)
    }
}

/// The Ps that nobody holds, the Ms that have nothing to do, and the Ms that are back from a call and want a P. All of it
/// is one word, so that each decision is one compare-and-swap: between "no P is free" and "I wait" nothing can happen.
#[derive(Clone, Copy)]
pub struct State {
    pub idle: u32,
    pub spare: u32,
    pub waiting: Fifo,
}

/// The lowest member of a set of bits, which it leaves.
pub fn take(set: &mut u32) -> Option<usize> {
    let first = set.trailing_zeros();
    *set &= set.wrapping_sub(1);
    (first < u32::BITS).then_some(first as usize)
}

impl State {
    pub fn of(word: u32) -> State {
        State {
            idle: word & 3,
            spare: word >> 2 & 63,
            waiting: Fifo(word >> 8),
        }
    }

    pub fn word(self) -> u32 {
        self.idle | self.spare << 2 | self.waiting.0 << 8
    }
}

const _: () = assert!(PROCESSORS == 2 && MACHINES == 6, "the words have room for so many");
