//! Another chapter under the script: its parts know nothing of it.

use core::mem;

use rawtrap::interpose::Script;

use super::{PATIENCE, failed, rules, tell};
use crate::chapters::pitfalls;
use crate::faults::{self, INJECTOR};
use crate::lesson::{Chapter, Lesson, Outcome, Reason, Stop, answer, text};
use crate::out::Out;

const AGAIN: Chapter = pitfalls::CHAPTER;
const PARTS: usize = AGAIN.parts.len();

/// How often each rule has hit.
type Hits = [usize; Script::RULES];

fn hits() -> Hits {
    let mut hits = [0; Script::RULES];
    for (place, rule) in hits.iter_mut().zip(INJECTOR.report()) {
        *place = rule.hits;
    }
    hits
}

/// What came of a part.
struct Fate {
    outcome: Outcome,
    before: Hits,
    after: Hits,
}

impl Fate {
    fn of(part: impl FnOnce() -> Outcome) -> Fate {
        let before = hits();
        let outcome = part();
        let after = hits();
        Fate { outcome, before, after }
    }

    fn hits(&self) -> usize {
        self.after.iter().sum::<usize>() - self.before.iter().sum::<usize>()
    }

    /// Whether it may have ended because of the script.
    fn is_of(&self, script: &Script, stop: Stop) -> bool {
        let Reason::Call(_, errno) = stop.reason() else {
            return self.hits() > 0;
        };
        let places = self.before.iter().zip(&self.after);
        let mut rules = script.rules().iter().zip(places);
        rules.any(|(rule, (before, after))| rule.errno() == Some(errno) && before != after)
    }
}

/// Runs the parts, and tells what became of each. Whoever looks on sees their calls alone.
pub fn again(lesson: &mut Lesson<'_>) -> Outcome {
    text!(
        lesson,
        "Those were made for this chapter. Now the {PARTS} parts of chapter {} run again under the same rules, with their \
         calls counted from the first part to the last, and without their words:",
        AGAIN.name
    )?;
    let script = rules(lesson)?;
    let silent = Out::silent(lesson.out.fd(), lesson.out.look());
    let out = mem::replace(&mut lesson.out, silent);
    // What the kernel itself refuses belongs to that chapter: a pipe that is full.
    let done = faults::under(&script, PATIENCE, || {
        core::array::from_fn::<_, PARTS, _>(|number| Fate::of(|| AGAIN.parts[number](lesson)))
    });
    lesson.out = out;
    let mut ends = done.answer.iter().filter_map(|fate| Some((fate, fate.outcome.err()?)));
    if let Some((_, stop)) = ends.find(|(fate, stop)| !fate.is_of(&script, *stop)) {
        return Err(stop);
    }
    tell(lesson, done.ended)?;
    for (number, fate) in (1..).zip(&done.answer) {
        let hits = fate.hits();
        match fate.outcome {
            Err(stop) => match stop.reason() {
                Reason::Call(call, errno) => failed(lesson, format_args!("part {number}, hit: {call}"), errno)?,
                Reason::Unexpected(what) => answer!(lesson, "part {number}, hit: {what}")?,
                Reason::Output(_) => return Err(stop),
            },
            Ok(()) if hits > 0 => answer!(lesson, "part {number}, hit: survives")?,
            Ok(()) => answer!(lesson, "part {number}: not hit")?,
        }
    }
    text!(
        lesson,
        "A part survives if it was hit where it repeats the call, or goes on behind a short count, as retry and write_all \
         do. The others end, with the name of the call and the errno, or with what did not fit. Each closes what it had open, so that the next one begins as if nothing had been."
    )
}
