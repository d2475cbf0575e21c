//! What ends a run early, in a word that threads can share.

use rawtrap::Errno;

/// What ended the run early.
#[derive(Clone, Copy)]
pub enum Trouble {
    /// The kernel refused a call.
    Call(&'static &'static str, Errno),
    /// The scheduler is wrong, or its memory.
    Broken(&'static &'static str),
}

static CALLS: [&str; 2] = ["futex", "read"];
static BROKEN: [&str; 3] = [
    "a task ran on two threads at once",
    "no thread is spare for a processor with tasks",
    "read: another message than was sent",
];

pub const FUTEX: &&str = &CALLS[0];
pub const READ: &&str = &CALLS[1];
pub const TWICE: Trouble = Trouble::Broken(&BROKEN[0]);
pub const NO_SPARE: Trouble = Trouble::Broken(&BROKEN[1]);
pub const GARBLED: Trouble = Trouble::Broken(&BROKEN[2]);

impl Trouble {
    /// In one word, which is not 0.
    pub fn encode(self) -> u32 {
        let (names, name, errno): (&[&str], _, _) = match self {
            Trouble::Call(name, errno) => (&CALLS, name, errno.raw() as u32),
            Trouble::Broken(what) => (&BROKEN, what, 0),
        };
        let place = names.iter().position(|known| known == name).unwrap_or(0);
        (place as u32 + 1) << 16 | errno
    }

    pub fn decode(word: u32) -> Option<Trouble> {
        let place = (word >> 16).checked_sub(1)? as usize;
        Some(match Errno::from_raw((word & 0xffff) as i32) {
            Some(errno) => Trouble::Call(CALLS.get(place)?, errno),
            None => Trouble::Broken(BROKEN.get(place)?),
        })
    }
}
