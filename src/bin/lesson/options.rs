//! The options that every chapter takes: what stands between it and the kernel.

use core::ffi::CStr;

use rawtrap::interpose::{self, Counts, Hook, Injector, Script, Watcher};
use rawtrap::start::{Start, Strings};
use rawtrap::{
    AT_FDCWD, BorrowedFd, EBADF, O_CLOEXEC, O_CREAT, O_TRUNC, O_WRONLY, OwnedFd, STDERR, STDOUT, Sysno,
    sys_fcntl_dupfd_cloexec, sys_gettid, sys_openat,
};

use crate::command::Wrong;
use crate::lesson::{Of, Outcome};
use crate::out::{Out, Style};
use crate::terminal::Look;
use crate::{faults, registers};

/// Each option, for `--help`.
pub const HELP: [(&str, &str); 7] = [
    ("--registers", "for each trap, the registers before and after it"),
    ("--watch", "each call as strace shows it, on fd 2, seen from inside"),
    (
        "  -e NAME,NAME",
        "these calls alone, with --watch; the names are this machine's",
    ),
    (
        "  -c",
        "no lines: how often each call was made, failed, and how long it took",
    ),
    ("  -o FILE", "into this file"),
    (
        "--inject=RULES",
        "lets calls fail: write:error=EINTR:when=3; chapter inject tells more",
    ),
    ("", "rules under which nothing would end are dropped, and that is told"),
];

/// What was asked for.
#[derive(Clone, Copy, Default)]
pub struct Options {
    registers: bool,
    watch: bool,
    only: Option<&'static str>,
    count: bool,
    file: Option<&'static CStr>,
    inject: Option<&'static str>,
}

impl Options {
    /// Takes one option, and its value out of what follows.
    pub fn take(&mut self, word: &'static CStr, rest: &mut Strings) -> Result<(), Wrong> {
        let text = word.to_str().map_err(|_| Wrong::Text(word))?;
        match text {
            "--registers" => self.registers = true,
            "--watch" => self.watch = true,
            "-c" => self.count = true,
            _ => {
                if let Some(value) = value(word, c"-e", rest)? {
                    self.only = Some(calls(value).map_err(Wrong::Call)?);
                } else if let Some(value) = value(word, c"-o", rest)? {
                    self.file = Some(value);
                } else if let Some(value) = value(word, c"--inject", rest)? {
                    let rules = value.to_str().map_err(|_| Wrong::Text(value))?;
                    check_rules(rules)?;
                    self.inject = Some(rules);
                } else {
                    return Err(Wrong::Option(text));
                }
            }
        }
        Ok(())
    }

    /// Whether what was given fits together.
    pub fn check(self) -> Result<Options, Wrong> {
        let watchers = [
            ("-e", self.only.is_some()),
            ("-c", self.count),
            ("-o", self.file.is_some()),
        ];
        match watchers.into_iter().find(|(_, given)| *given && !self.watch) {
            Some((option, _)) => Err(Wrong::Without(option, "--watch")),
            None => Ok(self),
        }
    }
}

/// Makes the file that a log goes into, or empties it.
pub fn open_log(path: &CStr) -> rawtrap::Result<OwnedFd> {
    sys_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
}

/// The value of an option, if `word` is that one: `-e NAMES`, `-eNAMES`, `--inject RULES`, `--inject=RULES`.
fn value(word: &'static CStr, option: &'static CStr, rest: &mut Strings) -> Result<Option<&'static CStr>, Wrong> {
    let Some(attached) = word.to_bytes_with_nul().strip_prefix(option.to_bytes()) else {
        return Ok(None);
    };
    let short = option.count_bytes() == 2;
    match attached {
        [0] => match rest.next() {
            Some(value) => Ok(Some(value)),
            None => Err(Wrong::Value(option.to_str().unwrap_or_default())),
        },
        [b'=', value @ ..] if !short => Ok(CStr::from_bytes_with_nul(value).ok()),
        value if short => Ok(CStr::from_bytes_with_nul(value).ok()),
        _ => Ok(None),
    }
}

/// A script that does nothing is a mistake.
pub fn check_rules(rules: &'static str) -> Result<(), Wrong> {
    match Script::parse(rules) {
        Ok(script) if script.rules().is_empty() => Err(Wrong::NoRules),
        Ok(_) => Ok(()),
        Err(error) => Err(Wrong::Script(error)),
    }
}

/// Names of calls with commas between; `trace=` may stand before, as for strace. The error is a name that no call has.
pub fn calls(value: &'static CStr) -> Result<&'static str, &'static [u8]> {
    let bytes = value.to_bytes();
    let names = bytes.strip_prefix(b"trace=").unwrap_or(bytes);
    let known = |name| core::str::from_utf8(name).is_ok_and(|name| Sysno::from_name(name).is_some());
    match names.split(|byte| *byte == b',').find(|name| !known(name)) {
        Some(unknown) => Err(unknown),
        None => core::str::from_utf8(names).map_err(|_| names),
    }
}

static COUNTS: Counts = Counts::new();
static PRINTER: Watcher = Watcher::new(STDERR);
static COUNTER: Watcher = Watcher::new(STDERR).counting(&COUNTS).quiet();
static INJECTOR: &Injector = &faults::OPTION.injector;

/// Each hook with the next one within. In a static, as on the oldest Rust no constant may lead to what changes.
macro_rules! chain {
    ($last:expr) => { $last };
    ($first:expr, $($rest:expr),+) => {{
        static WITHIN: Hook = chain!($($rest),+);
        $first.then(&WITHIN)
    }};
}

/// What stands behind a watcher, which sees what the chapter is answered: the chapter's own faults, those of the command
/// line, and last what shows the registers of the traps that are really made.
macro_rules! behind {
    ($($watcher:expr)?) => {
        [
            chain!($($watcher,)? faults::HOOK, faults::KERNEL, faults::option_hook()),
            chain!($($watcher,)? faults::HOOK, faults::KERNEL, faults::option_hook(), registers::hook()),
        ]
    };
}

/// Without and with registers.
static WITHOUT_WATCHER: [Hook; 2] = behind!();
static PRINTING: [Hook; 2] = behind!(PRINTER.hook());
static COUNTING: [Hook; 2] = behind!(COUNTER.hook());

/// The log is to have a number that no chapter's own fds come near.
const HIGH: i32 = 100;

impl Options {
    /// Sets the hooks. What is needed for that is done before: no hook sees it.
    pub fn install(self, start: Start) -> Outcome {
        if self.registers {
            registers::prepare(Look::of(STDOUT, start));
        }
        if let Some(rules) = self.inject.and_then(|rules| Script::parse(rules).ok()) {
            INJECTOR.set(&rules).of(&"set")?;
        }
        if self.watch {
            self.prepare_watcher()?;
        }
        let hooks = match (self.watch, self.count) {
            (false, _) if !self.registers && self.inject.is_none() => return Ok(()),
            (false, _) => &WITHOUT_WATCHER,
            (true, false) => &PRINTING,
            (true, true) => &COUNTING,
        };
        interpose::install(&hooks[usize::from(self.registers)]);
        Ok(())
    }

    fn prepare_watcher(self) -> Outcome {
        let log = self.open().of(&"openat")?;
        for watcher in [&PRINTER, &COUNTER] {
            watcher.write_to(log);
            watcher.set_ids_beside(sys_gettid());
            if let Some(names) = self.only {
                // They were looked up before.
                let _: Result<(), &str> = watcher.set_only(names);
            }
        }
        Ok(())
    }

    fn open(self) -> rawtrap::Result<BorrowedFd<'static>> {
        let high = match self.file {
            Some(path) => {
                let file = open_log(path)?;
                // Where the limit is lower, the number is what it is.
                sys_fcntl_dupfd_cloexec(file.as_fd(), HIGH).unwrap_or(file)
            }
            None => match sys_fcntl_dupfd_cloexec(STDERR, HIGH) {
                Ok(high) => high,
                // The first fd that a chapter opens would be fd 2.
                Err(EBADF) => return Err(EBADF),
                Err(_) => return Ok(STDERR),
            },
        };
        // SAFETY: it stays open for good.
        Ok(unsafe { BorrowedFd::borrow_raw(OwnedFd::into_raw(high)) })
    }

    /// What there is to say at the end. An error: a line of the watcher's was lost.
    pub fn report(self) -> rawtrap::Result<()> {
        if self.watch && self.count {
            COUNTER.report();
        }
        if self.inject.is_some() {
            let mut out = Out::unseen(STDERR, Look::PLAIN);
            for counted in INJECTOR.report() {
                let (rule, calls, hits) = (counted.rule, counted.calls, counted.hits);
                // If that fails, nobody listens.
                let _: Outcome = out.line(Style::Plain, "", format_args!("hit {hits} of {calls}: {rule}"));
            }
            if faults::OPTION.gave_up() {
                let _: Outcome = out.line(Style::Plain, "", format_args!("{}", faults::GAVE_UP));
            }
        }
        match PRINTER.error().or(COUNTER.error()) {
            Some(errno) => Err(errno),
            None => Ok(()),
        }
    }
}
