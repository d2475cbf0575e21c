//! Five questions, and why the answer is the answer.

use rawtrap::{BorrowedFd, STDIN, retry, sys_read};

use crate::lesson::{Chapter, Lesson, Of, Outcome, Reason, Stop, answer, text};
use crate::out::Style;

pub const CHAPTER: Chapter = Chapter {
    name: "quiz",
    about: "five questions about all this",
    argument: None,
    asks: true,
    parts: &[quiz],
};

struct Question {
    question: &'static str,
    answers: [&'static str; LETTERS.len()],
    /// The letter of the right one.
    right: u8,
    reason: &'static str,
}

const LETTERS: [u8; 4] = *b"abcd";

const QUESTIONS: [Question; 5] = [
    Question {
        question: "What is a syscall?",
        answers: [
            "A function of the C library, which the linker puts into every program.",
            "A request to the kernel: a number and arguments in registers, and one instruction that enters it.",
            "A signal that a device sends to the processor.",
            "A message that the kernel sends to a program.",
        ],
        right: b'b',
        reason: "The trap is the only way to ask the kernel for something, and the program is the one who asks. \
                 Functions of a library, where there are any, end in the same instruction.",
    },
    Question {
        question: "What does an everyday program use instead of making its calls by hand?",
        answers: [
            "Inline assembly, with the numbers from the kernel's headers.",
            "A driver of its own inside the kernel.",
            "Nothing: programs seldom need the kernel.",
            "std (File, TcpStream, Command), which makes the calls for it on every system.",
        ],
        right: b'd',
        reason: "std has the errors, the retries and the differences between systems behind it. Calls by hand are for \
                 what std cannot reach, for programs without std, and for learning.",
    },
    Question {
        question: "What are the file descriptors 0, 1 and 2?",
        answers: [
            "Standard input, standard output and standard error, open when the program starts.",
            "The numbers of read, write and open.",
            "The program, its parent and the kernel.",
            "Three numbers that the kernel keeps for itself.",
        ],
        right: b'a',
        reason: "Whoever starts a program gives it three open descriptors: 0 to read from, 1 for results, 2 for \
                 diagnostics. That is a custom of programs; the kernel knows only that the lowest free number is next.",
    },
    Question {
        question: "A crate of raw Linux calls is frozen: correct once, and not changed for years. Why does new code take \
                   a maintained one?",
        answers: [
            "Frozen code becomes slower with every compiler.",
            "The kernel drops old calls with every version.",
            "The kernel goes on: calls, flags, structs and architectures are added, and a mistake that is found needs \
             someone to mend it.",
            "Cargo refuses crates that are older than five years.",
        ],
        right: b'c',
        reason: "Linux keeps its old calls working, so frozen code goes on as it is. But what came since is missing from \
                 it, and an unsound function stays unsound. std gives way for the same reason: its surface is \
                 stable and cannot follow one system's calls, so they live in crates that release as they need to.",
    },
    Question {
        question: "How do you see every call that a program makes?",
        answers: [
            "Read its source: each call stands there.",
            "Run it under strace -f, which shows each call with its arguments and its result.",
            "List its symbols with nm.",
            "Look into the kernel's log with dmesg.",
        ],
        right: b'b',
        reason: "strace stops the program at each entry into the kernel and at each way out, and -f follows the \
                 processes that it starts. The source shows what was meant; strace shows what was asked.",
    },
];

fn quiz(lesson: &mut Lesson<'_>) -> Outcome {
    text!(lesson, "Answer with a, b, c or d, and Enter.")?;
    let mut input = Input::new(STDIN);
    let mut score = 0;
    for (asked, question) in QUESTIONS.iter().enumerate() {
        lesson.gap()?;
        text!(lesson, "{}. {}", asked + 1, question.question)?;
        for (letter, answer) in LETTERS.iter().zip(question.answers) {
            choice(lesson, *letter, answer)?;
        }
        let given = match ask(lesson, &mut input) {
            Ok(letter) => letter,
            Err(stop) if matches!(stop.reason(), Reason::Output(_)) => return Err(stop),
            Err(stop) => {
                answer!(lesson, "score so far: {score} of {asked} answered")?;
                return Err(stop);
            }
        };
        if given == question.right {
            score += 1;
            answer!(lesson, "{}: right", given as char)?;
        } else {
            answer!(lesson, "{}: no, it is {}", given as char, question.right as char)?;
        }
        text!(lesson, "{}", question.reason)?;
    }
    lesson.gap()?;
    answer!(lesson, "score: {score} of {}", QUESTIONS.len())
}

fn choice(lesson: &mut Lesson<'_>, letter: u8, answer: &str) -> Outcome {
    let margin = [b' ', b' ', b' ', b' ', letter, b')', b' '];
    let margin = core::str::from_utf8(&margin).unwrap_or_default();
    lesson.out.paragraph(Style::Plain, margin, format_args!("{answer}"))
}

/// Asks until a line is one of the letters.
fn ask(lesson: &mut Lesson<'_>, input: &mut Input<'_>) -> Outcome<u8> {
    loop {
        if let Some(letter) = input.line()? {
            return Ok(letter);
        }
        answer!(lesson, "a, b, c or d?")?;
    }
}

/// Reads lines of any length through a small buffer.
struct Input<'fd> {
    fd: BorrowedFd<'fd>,
    buffer: [u8; 64],
    next: usize,
    end: usize,
}

impl<'fd> Input<'fd> {
    fn new(fd: BorrowedFd<'fd>) -> Input<'fd> {
        Input {
            fd,
            buffer: [0; 64],
            next: 0,
            end: 0,
        }
    }

    /// The next byte, unless the input has ended.
    fn byte(&mut self) -> Outcome<Option<u8>> {
        if self.next == self.end {
            self.next = 0;
            self.end = 0;
            self.end = retry(|| sys_read(self.fd, &mut self.buffer)).of(&"read")?;
            if self.end == 0 {
                return Ok(None);
            }
        }
        let byte = self.buffer[self.next];
        self.next += 1;
        Ok(Some(byte))
    }

    /// Reads one line: a letter, or something else. Blanks and the case do not count; the last line may lack its newline.
    fn line(&mut self) -> Outcome<Option<u8>> {
        let mut letter = None;
        let mut others = false;
        let mut empty = true;
        loop {
            let byte = self.byte()?;
            match byte {
                None if empty => return Err(Stop::unexpected(&"the input ended before the last answer")),
                None | Some(b'\n') => break,
                Some(byte) if byte.is_ascii_whitespace() => {}
                Some(byte) => match (letter, byte.to_ascii_lowercase()) {
                    (None, byte) if LETTERS.contains(&byte) => letter = Some(byte),
                    _ => others = true,
                },
            }
            empty = false;
        }
        Ok(letter.filter(|_| !others))
    }
}
