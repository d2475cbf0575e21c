//! A script as text.

use core::fmt::{self, Write};

use super::rule::{ANY, NO_END, Rule, comes_back};
use crate::arch;
use crate::tables::NATIVE;
use crate::{Errno, Sysno};

/// Rules in their order.
#[derive(Clone, Copy)]
pub struct Script {
    rules: [Rule; Script::RULES],
    used: usize,
}

impl Script {
    /// So many rules at most.
    pub const RULES: usize = 32;

    /// A script of these rules.
    ///
    /// # Panics
    /// If there are more than [`Script::RULES`].
    #[inline]
    pub const fn new(rules: &[Rule]) -> Script {
        assert!(rules.len() <= Script::RULES, "a script has at most 32 rules");
        let mut script = Script {
            rules: [Rule::NONE; Script::RULES],
            used: rules.len(),
        };
        let mut at = 0;
        while at < rules.len() {
            script.rules[at] = rules[at];
            at += 1;
        }
        script
    }

    /// Reads a script: see [the words](super#the-script). An empty one is right, and does nothing.
    ///
    /// # Errors
    /// The first place where it is wrong, and what is expected there.
    pub fn parse(text: &str) -> Result<Script, ScriptError<'_>> {
        let mut script = Script::new(&[]);
        let mut reader = Reader { text, at: 0 };
        while reader.finds_rule() {
            reader.rule(&mut script).map_err(|wrong| ScriptError { text, wrong })?;
        }
        Ok(script)
    }

    /// The rules.
    #[inline]
    pub const fn rules(&self) -> &[Rule] {
        self.rules.split_at(self.used).0
    }
}

/// As it is read: `write:error=EINTR:when=3 read:short=1`
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, rule) in self.rules().iter().enumerate() {
            let before = if at == 0 { "" } else { " " };
            write!(f, "{before}{rule}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Script({self})")
    }
}

/// Where a script is wrong, and what is expected there. It prints itself in three lines: this, the line of the script, and
/// a `^` below the place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ScriptError<'a> {
    text: &'a str,
    wrong: Wrong,
}

/// What is wrong, and the byte where.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Wrong {
    at: usize,
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Expected(&'static str),
    NoCall,
    NoLength(u32),
    NoSignal,
    TooMany,
}

impl ScriptError<'_> {
    /// The place as the number of bytes before it.
    #[inline]
    pub fn offset(&self) -> usize {
        self.wrong.at
    }

    /// The place's line, counted from 1.
    #[inline]
    pub fn line(&self) -> usize {
        1 + self.before().matches('\n').count()
    }

    /// The place's column, in characters, counted from 1.
    #[inline]
    pub fn column(&self) -> usize {
        1 + self.before_in_line().chars().count()
    }

    fn before(&self) -> &str {
        &self.text[..self.wrong.at]
    }

    fn before_in_line(&self) -> &str {
        self.before().rsplit('\n').next().unwrap_or_default()
    }
}

impl fmt::Display for ScriptError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line(), self.column())?;
        match self.wrong.what {
            What::Expected(what) => write!(f, "expected {what}")?,
            What::NoCall => write!(f, "{} has no call of this name", NATIVE.arch)?,
            What::NoLength(call) => {
                write!(f, "{:?} has no length, or may not be answered short", Sysno::new(call))?;
            }
            What::NoSignal => write!(
                f,
                "expected a signal's name, or a number from 1 to {}",
                arch::abi::_NSIG
            )?,
            What::TooMany => write!(f, "a script has at most {} rules", Script::RULES)?,
        }
        let before = self.before_in_line();
        let line = &self.text[self.wrong.at - before.len()..];
        f.write_str("\n")?;
        for character in line.chars().take_while(|character| *character != '\n') {
            // Nothing that would move a terminal's cursor but a tab, which moves it in both lines.
            let shows = character == '\t' || !character.is_control();
            f.write_char(if shows { character } else { '?' })?;
        }
        f.write_str("\n")?;
        for character in before.chars() {
            f.write_char(if character == '\t' { '\t' } else { ' ' })?;
        }
        f.write_str("^")
    }
}

impl fmt::Debug for ScriptError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScriptError({self})")
    }
}

impl core::error::Error for ScriptError<'_> {}

const CALL: &str = "the name of a call, or any";
const WORD: &str = "error=, short=, signal=, delay_enter=, delay_exit=, count or when=";
const ERRNO: &str = "an errno's name or number, 1 to 4095";
const BYTES: &str = "a number of bytes, 1 to 4294967295: a read of none would tell the end of a file";
const TURN: &str = "a number from 1 to 4294967294, in FIRST, FIRST+, FIRST+STEP, FIRST..LAST or FIRST..LAST+STEP";
const TIME: &str = "microseconds from 1 to 4294967295, or a number with us, ms or s behind it for no longer than that";

/// Goes through the text.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// True if this byte is next, which is then taken.
    fn takes(&mut self, byte: u8) -> bool {
        let found = self.next() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Goes on to the next rule, over blanks, semicolons and comments.
    fn finds_rule(&mut self) -> bool {
        while let Some(byte) = self.next() {
            match byte {
                b'#' => self.at += self.text[self.at..].find('\n').unwrap_or(self.text.len() - self.at),
                _ if ends_rule(byte) => self.at += 1,
                _ => return true,
            }
        }
        false
    }

    /// What stands before the next sign or blank.
    fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let ends = |byte| matches!(byte, b',' | b':' | b'=' | b'+' | b'.') || ends_rule(byte);
        let word = &rest[..rest.bytes().position(ends).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn wrong<T>(&self, at: usize, what: What) -> Result<T, Wrong> {
        Err(Wrong { at, what })
    }

    fn expected<T>(&self, at: usize, what: &'static str) -> Result<T, Wrong> {
        self.wrong(at, What::Expected(what))
    }

    /// Reads one rule, which becomes as many as it has names.
    fn rule(&mut self, script: &mut Script) -> Result<(), Wrong> {
        let first = script.used;
        loop {
            let at = self.at;
            let rule = self.call()?;
            let Some(place) = script.rules.get_mut(script.used) else {
                return self.wrong(at, What::TooMany);
            };
            *place = rule;
            script.used += 1;
            if !self.takes(b',') {
                break;
            }
        }
        let rules = &mut script.rules[first..script.used];
        if !self.takes(b':') {
            return self.expected(self.at, "a colon, and what is injected");
        }
        let mut given = 0;
        loop {
            self.effect(rules, &mut given)?;
            if !self.takes(b':') {
                break;
            }
        }
        if self.next().is_some_and(|byte| !ends_rule(byte)) {
            return self.expected(self.at, "a colon, or a blank and the next rule");
        }
        if given == WHEN {
            return self.expected(self.at, "a colon, and what is injected");
        }
        Ok(())
    }

    fn call(&mut self) -> Result<Rule, Wrong> {
        let at = self.at;
        match self.word() {
            "" => self.expected(at, CALL),
            "any" => Ok(Rule::any()),
            name => match Sysno::from_name(name).or_else(|| nameless(name)) {
                Some(nr) if comes_back(nr) => Ok(Rule::of(nr)),
                Some(_) => self.expected(at, "a call that comes back"),
                None => self.wrong(at, What::NoCall),
            },
        }
    }

    /// Reads what is done, or when. `given` has the words that the rule had already.
    fn effect(&mut self, rules: &mut [Rule], given: &mut u32) -> Result<(), Wrong> {
        let at = self.at;
        let (bit, excluded) = match self.word() {
            "error" => (ERROR, SHORT),
            "short" => (SHORT, ERROR),
            "signal" => (SIGNAL, 0),
            "delay_enter" => (DELAY_ENTER, 0),
            "delay_exit" => (DELAY_EXIT, 0),
            "count" => (COUNT, 0),
            "when" => (WHEN, 0),
            _ => return self.expected(at, WORD),
        };
        if self.takes(b'=') == (bit == COUNT) {
            return self.expected(at, WORD);
        }
        if *given & bit != 0 {
            return self.expected(at, "each word once");
        }
        if *given & excluded != 0 {
            return self.expected(at, "one of error= and short=: a call that fails has no count");
        }
        *given |= bit;
        match bit {
            COUNT => return Ok(()),
            WHEN => return self.when(rules),
            _ => {}
        }
        let value = self.value(bit)?;
        for Rule(words) in &mut *rules {
            match bit {
                ERROR => words.error = value,
                SHORT => words.short = value,
                SIGNAL => words.signal = value,
                DELAY_ENTER => words.delay_enter = value,
                _ => words.delay_exit = value,
            }
        }
        match rules.iter().find(|rule| bit == SHORT && !rule.can_be_short()) {
            Some(Rule(words)) => self.wrong(at, What::NoLength(words.call)),
            None => Ok(()),
        }
    }

    fn value(&mut self, bit: u32) -> Result<u32, Wrong> {
        let at = self.at;
        let word = self.word();
        let numbered = number(word);
        let (value, what) = match bit {
            ERROR => (
                numbered
                    .or_else(|| Some(Errno::from_name(word)?.raw() as u32))
                    .filter(|number| *number <= 4095),
                What::Expected(ERRNO),
            ),
            SHORT => (numbered, What::Expected(BYTES)),
            SIGNAL => (
                numbered
                    .or_else(|| signal(word))
                    .filter(|number| *number <= arch::abi::_NSIG as u32),
                What::NoSignal,
            ),
            _ => (microseconds(word), What::Expected(TIME)),
        };
        match value {
            Some(value) => Ok(value),
            None => self.wrong(at, what),
        }
    }

    /// `FIRST[..LAST][+[STEP]]`
    fn when(&mut self, rules: &mut [Rule]) -> Result<(), Wrong> {
        let first = self.turn()?;
        let (mut last, mut step) = (first, 1);
        let ranged = self.takes(b'.');
        if ranged {
            if !self.takes(b'.') {
                return self.expected(self.at, TURN);
            }
            let at = self.at;
            last = self.turn()?;
            if last < first {
                return self.expected(at, "LAST not to be before FIRST");
            }
        }
        if self.takes(b'+') {
            if !ranged {
                last = NO_END;
            }
            if self.next().is_some_and(|byte| byte.is_ascii_digit()) {
                step = self.turn()?;
            }
        }
        for Rule(words) in rules {
            (words.first, words.last, words.step) = (first, last, step);
        }
        Ok(())
    }

    fn turn(&mut self) -> Result<u32, Wrong> {
        let at = self.at;
        match number(self.word()) {
            Some(number) if number < NO_END => Ok(number),
            _ => self.expected(at, TURN),
        }
    }
}

const ERROR: u32 = 1;
const SHORT: u32 = 2;
const SIGNAL: u32 = 4;
const DELAY_ENTER: u32 = 8;
const DELAY_EXIT: u32 = 16;
const WHEN: u32 = 32;
const COUNT: u32 = 64;

fn ends_rule(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b';' | b'#')
}

/// A number from 1 on, in digits alone.
fn number(word: &str) -> Option<u32> {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|number| digits && *number > 0)
}

/// A call without a name, as it is printed: `syscall_0x270f`.
fn nameless(word: &str) -> Option<Sysno> {
    let digits = word.strip_prefix("syscall_0x")?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| hex)?;
    (number < ANY).then_some(Sysno::new(number))
}

/// A signal's number by its name; the real-time ones as the watcher writes them.
fn signal(word: &str) -> Option<u32> {
    const FIRST_REAL_TIME: u32 = 32;
    if word == "SIGRTMIN" {
        return Some(FIRST_REAL_TIME);
    }
    match word.strip_prefix("SIGRT_") {
        Some(after) => number(after)?.checked_add(FIRST_REAL_TIME),
        None => arch::signal::TABLE
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, number)| *number),
    }
}

/// A time in microseconds, with or without a unit.
fn microseconds(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &word[digits.len()..] {
        "" | "us" => 1,
        "ms" => 1000,
        "s" => 1_000_000,
        _ => return None,
    };
    number(digits)?.checked_mul(unit)
}
