//! The trap ABI of one architecture: which register carries what.

use core::fmt;

use rawtrap::tables::{CONVENTIONS, Convention, ErrorSign, NATIVE, Wide};
use rawtrap::{EBADF, SYS_write, syscall3};

use crate::lesson::{Argument, Chapter, Lesson, Outcome, Stop, Takes, answer, hint, shown, text};
use crate::numbers;

pub const CHAPTER: Chapter = Chapter {
    name: "abi",
    about: "which register carries what, on this or another architecture",
    argument: Some(&ARCHITECTURE),
    asks: false,
    parts: &[table, by_hand],
};

const ARCHITECTURE: Argument = Argument {
    shown: "[ARCH]",
    takes: Takes::OneOf(|place| Some(CONVENTIONS.get(place)?.arch)),
};

const WRITE: numbers::OfEach = numbers::of_each("SYS_write");

/// The architecture that was asked for: its place in `CONVENTIONS`, and its convention.
fn asked(lesson: &Lesson<'_>) -> Outcome<(usize, &'static Convention)> {
    let name = lesson.argument.unwrap_or(NATIVE.arch);
    let place = CONVENTIONS.iter().position(|convention| convention.arch == name);
    let place = place.ok_or(Stop::unexpected(&"this machine has no table"))?;
    Ok((place, CONVENTIONS[place]))
}

fn table(lesson: &mut Lesson<'_>) -> Outcome {
    let (place, machine) = asked(lesson)?;
    text!(
        lesson,
        "Kernel and program agree on registers, and on nothing else: no stack, no linker, no library. For each \
         architecture that rawtrap knows, the agreement is data."
    )?;
    answer!(lesson, "architecture     {}", machine.arch)?;
    answer!(lesson, "instruction      {}", machine.instruction)?;
    answer!(lesson, "number of call   {}", machine.number)?;
    answer!(lesson, "arguments 1-6    {}", Row(machine.args.iter().copied()))?;
    answer!(lesson, "result           {}", machine.result)?;
    match machine.error {
        ErrorSign::Negative => answer!(lesson, "an error         -errno as the result, from -4095 to -1")?,
        ErrorSign::Flag(flag) => answer!(lesson, "an error         errno as the result, and {flag} is set")?,
    }
    match machine.clobbers {
        [] => answer!(lesson, "lost as well     nothing")?,
        lost => answer!(lesson, "lost as well     {}", Row(lost.iter().copied()))?,
    }
    match machine.wide {
        Wide::Whole => answer!(lesson, "a 64-bit value   one register")?,
        Wide::Pair { aligned } => {
            let begin = if aligned { ", the first an even one" } else { "" };
            answer!(
                lesson,
                "a 64-bit value   two neighbouring registers{begin}, in the order of the bytes"
            )?;
        }
    }
    answer!(lesson, "documented in    {}", machine.source)?;
    let [fd, buf, count, ..] = machine.args;
    answer!(
        lesson,
        "write(1, buf, 5) {} = {}, {fd} = 1, {buf} = buf, {count} = 5; {}",
        machine.number,
        WRITE[place],
        machine.instruction
    )
}

fn by_hand(lesson: &mut Lesson<'_>) -> Outcome {
    let (_, machine) = asked(lesson)?;
    if machine.arch != NATIVE.arch {
        return text!(
            lesson,
            "This machine is {}: it cannot trap like that. `cargo lesson abi` shows its own table, and tries it.",
            NATIVE.arch
        );
    }
    text!(
        lesson,
        "The same without any types: three words into the registers, and the word that comes back. Fd -1 is never open."
    )?;
    // SAFETY: the kernel reads four bytes that are there.
    let word = shown!(lesson, unsafe { syscall3(SYS_write, -1, c"ping".as_ptr(), 4usize) });
    match word.result() {
        Err(EBADF) => {
            answer!(lesson, "{} = {}", machine.result, word.to_isize())?;
            answer!(lesson, "which is -errno {}: {EBADF} ({EBADF:?})", EBADF.raw())?;
        }
        Err(errno) => return Err(Stop::call(&"write", errno)),
        Ok(_) => return Err(Stop::unexpected(&"write: fd -1 took something")),
    }
    let other = ARCHITECTURE.values().find(|arch| *arch != NATIVE.arch);
    hint!(
        lesson,
        "`cargo lesson abi {}`, or another one of {}.",
        other.unwrap_or(NATIVE.arch),
        Row(ARCHITECTURE.values())
    )
}

/// Words with blanks between them.
struct Row<I>(I);

impl<'a, I: Iterator<Item = &'a str> + Clone> fmt::Display for Row<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut blank = "";
        for word in self.0.clone() {
            write!(f, "{blank}{word}")?;
            blank = " ";
        }
        Ok(())
    }
}
