//! Hooks for the tests: one that notes what it sees, and a guard that takes a hook away again.

use core::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use rawtrap::interpose::{self, Call, Hook, Interpose};
use rawtrap::{Blocks, ENODATA, Reg, Result, Sysno};

/// Notes each call, makes it, and notes the answer.
pub struct Recorder {
    used: AtomicUsize,
    slots: [Slot; SLOTS],
    exits: AtomicUsize,
}

const SLOTS: usize = 64;

/// The words of a call: class, how many arguments, the arguments, the answer; and last, when the others are there, its
/// number and 1.
struct Slot([AtomicUsize; 10]);

/// A call that a [`Recorder`] saw.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub nr: Sysno,
    pub blocks: Blocks,
    pub answer: isize,
    args: [usize; 6],
    count: usize,
}

/// As the answer of a call that has not come back.
pub const NO_ANSWER: isize = isize::MIN;

impl Seen {
    pub fn args(&self) -> &[usize] {
        &self.args[..self.count]
    }
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder::new()
    }
}

impl Recorder {
    pub const fn new() -> Recorder {
        Recorder {
            used: AtomicUsize::new(0),
            slots: [const { Slot([const { AtomicUsize::new(0) }; 10]) }; SLOTS],
            exits: AtomicUsize::new(0),
        }
    }

    /// How many calls there were; those that are too many are counted alone.
    pub fn count(&self) -> usize {
        self.used.load(SeqCst)
    }

    /// How many calls it was told of that do not come back.
    pub fn exits(&self) -> usize {
        self.exits.load(SeqCst)
    }

    /// The calls, in the order in which they came.
    pub fn seen(&self) -> impl Iterator<Item = Seen> {
        self.slots[..self.count().min(SLOTS)].iter().filter_map(Slot::read)
    }

    /// The first call.
    pub fn first(&self) -> Result<Seen> {
        self.seen().next().ok_or(ENODATA)
    }

    /// The only call of this number, if there is just one.
    pub fn only(&self, nr: Sysno) -> Option<Seen> {
        let mut of_it = self.seen().filter(|seen| seen.nr == nr);
        of_it.next().filter(|_| of_it.next().is_none())
    }

    /// Whether these are the calls that came, in this order.
    pub fn saw(&self, calls: &[Sysno]) -> bool {
        self.seen().map(|seen| seen.nr).eq(calls.iter().copied())
    }
}

impl Slot {
    fn read(&self) -> Option<Seen> {
        let number = self.0[9].load(SeqCst).checked_sub(1)?;
        let [blocks, count, a, b, c, d, e, f, answer, _] = self.0.each_ref().map(|word| word.load(SeqCst));
        Some(Seen {
            nr: Sysno::new(number as u32),
            blocks: [Blocks::Never, Blocks::May, Blocks::Always][blocks],
            answer: answer as isize,
            args: [a, b, c, d, e, f],
            count,
        })
    }

    fn write(&self, call: &Call) {
        let mut words = [0; 10];
        words[0] = call.blocks() as usize;
        words[1] = call.args().len();
        for (word, arg) in words[2..8].iter_mut().zip(call.args()) {
            *word = arg.to_usize();
        }
        words[8] = NO_ANSWER as usize;
        words[9] = call.nr().number() as usize + 1;
        for (place, word) in self.0.iter().zip(words) {
            place.store(word, SeqCst);
        }
    }
}

impl Interpose for Recorder {
    fn around(&self, call: &Call) -> Reg {
        let slot = self.slots.get(self.used.fetch_add(1, SeqCst));
        if let Some(slot) = slot {
            slot.write(call);
        }
        // SAFETY: the call is made once, as its caller wants it.
        let answer = unsafe { call.make() };
        if let Some(slot) = slot {
            slot.0[8].store(answer.to_usize(), SeqCst);
        }
        answer
    }

    fn exits(&self, _: &Call) {
        self.exits.fetch_add(1, SeqCst);
    }
}

/// A hook that is set, for as long as this lives.
pub struct Installed(());

impl Installed {
    pub fn new(hook: &'static Hook) -> Installed {
        interpose::install(hook);
        Installed(())
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        interpose::remove();
    }
}

/// A recorder and its hook, in statics of the case that asks: `let (recorder, hook) = recorder!();`
#[macro_export]
macro_rules! recorder {
    () => {{
        static RECORDER: $crate::hooks::Recorder = $crate::hooks::Recorder::new();
        // SAFETY: it answers what the kernel answers.
        static HOOK: ::rawtrap::interpose::Hook = unsafe { ::rawtrap::interpose::Hook::new(&RECORDER) };
        (&RECORDER, &HOOK)
    }};
}
