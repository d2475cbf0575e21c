//! What scripts say, and where they are wrong. What rules do to calls is seen in tests/programs/src/bin/inject.rs.

use super::*;
use crate::{EAGAIN, EIO, EPIPE, SIGALRM, Signal};

fn parsed(text: &str) -> Vec<Rule> {
    Script::parse(text)
        .unwrap_or_else(|error| panic!("{error}"))
        .rules()
        .to_vec()
}

/// The lines of the error.
fn refused(text: &str) -> String {
    let error = Script::parse(text).err().unwrap_or_else(|| panic!("{text} is taken"));
    error.to_string()
}

#[test]
fn each_word_is_read() {
    let write = Rule::of(SYS_write);
    for (text, rule) in [
        ("write:error=EINTR", write.error(EINTR)),
        ("write:error=EWOULDBLOCK", write.error(EAGAIN)),
        ("write:error=4095", write.error(Errno::from_raw(4095).unwrap())),
        ("write:short=1", write.short(1)),
        ("write:signal=SIGALRM", write.signal(SIGALRM)),
        ("write:signal=64", write.signal(Signal::from_raw(64))),
        ("write:delay_enter=1500", write.delay_enter(1500)),
        ("write:delay_exit=7us", write.delay_exit(7)),
        ("write:delay_enter=20ms", write.delay_enter(20_000)),
        ("write:delay_exit=3s", write.delay_exit(3_000_000)),
        ("any:error=EIO", Rule::any().error(EIO)),
        ("any:short=9", Rule::any().short(9)),
        (
            "write:error=EINTR:signal=SIGALRM:delay_enter=1:delay_exit=2:when=3",
            write.error(EINTR).signal(SIGALRM).delay_enter(1).delay_exit(2).when(3),
        ),
        ("write:when=3:error=EIO", write.error(EIO).when(3)),
    ] {
        assert_eq!(parsed(text), [rule], "{text}");
    }
}

/// What each `when` of strace(1) hits.
#[test]
fn when_is_strace_s() {
    for (when, hit) in [
        ("", &[1, 2, 3, 4, 5, 6, 7, 8, 9][..]),
        (":when=1", &[1]),
        (":when=3", &[3]),
        (":when=3+", &[3, 4, 5, 6, 7, 8, 9]),
        (":when=2+3", &[2, 5, 8]),
        (":when=2..5", &[2, 3, 4, 5]),
        (":when=2..5+", &[2, 3, 4, 5]),
        (":when=2..7+3", &[2, 5]),
        (":when=2..8+3", &[2, 5, 8]),
        (":when=4..4", &[4]),
        (":when=10", &[]),
    ] {
        let rules = parsed(&format!("write:error=EIO{when}"));
        let hits: Vec<usize> = (1..10).filter(|number| rules[0].0.fits(*number)).collect();
        assert_eq!(hits, hit, "{when}");
    }
    let far = parsed("write:error=EIO:when=4294967294")[0].0;
    assert!(far.fits(4294967294) && !far.fits(4294967293));
    assert!(parsed("write:error=EIO:when=4294967294+")[0].0.fits(usize::MAX));
    assert!(!Rule::NONE.0.fits(1), "a slot that nothing was put into");
}

#[test]
fn builders_say_when_as_the_words_do() {
    let write = Rule::of(SYS_write).error(EIO);
    for (text, rule) in [
        ("write:error=EIO:when=3", write.when(3)),
        ("write:error=EIO:when=3+", write.since(3)),
        ("write:error=EIO:when=3+2", write.since(3).every(2)),
        ("write:error=EIO:when=3..9", write.since(3).until(9)),
        ("write:error=EIO:when=3..9+2", write.since(3).until(9).every(2)),
        ("write:error=EIO:when=1..9", write.until(9)),
        ("write:error=EIO:when=1+2", write.every(2)),
    ] {
        assert_eq!(parsed(text), [rule]);
        assert_eq!(rule.to_string(), text);
    }
}

#[test]
fn a_rule_for_several_calls_is_several_rules() {
    let read_and_write = [
        Rule::of(SYS_read).short(1).when(2),
        Rule::of(SYS_write).short(1).when(2),
    ];
    assert_eq!(parsed("read,write:short=1:when=2"), read_and_write);
}

#[test]
fn rules_stand_between_blanks_semicolons_newlines_and_comments() {
    let rules = [
        Rule::of(SYS_write).error(EINTR).when(3),
        Rule::of(SYS_read).short(1).since(2),
    ];
    for text in [
        "write:error=EINTR:when=3 read:short=1:when=2+",
        "write:error=EINTR:when=3;read:short=1:when=2+",
        " ;; write:error=EINTR:when=3 ; \t read:short=1:when=2+;\r\n",
        "# two rules\nwrite:error=EINTR:when=3 # é: the third\n\nread:short=1:when=2+# the end",
    ] {
        assert_eq!(parsed(text), rules, "{text:?}");
    }
    for text in ["", " \n;", "# nothing", "#"] {
        assert_eq!(parsed(text), [], "{text:?}");
    }
}

#[test]
fn a_script_prints_as_it_is_read() {
    let text = "write:error=EINTR:when=3 read:short=1:when=2+ any:error=4095:signal=40:delay_exit=5";
    assert_eq!(Script::parse(text).unwrap().to_string(), text);
}

#[test]
fn every_call_of_this_architecture_is_known() {
    for (name, number) in crate::arch::nr::TABLE {
        let name = name.strip_prefix("SYS_").unwrap();
        let text = format!("{name}:error=EIO");
        match name {
            "exit" | "exit_group" | "rt_sigreturn" => {
                assert!(refused(&text).starts_with("line 1, column 1: expected a call that comes back"));
            }
            _ => assert_eq!(parsed(&text), [Rule::of(Sysno::new(*number)).error(EIO)]),
        }
    }
}

const WORDS: &str = "expected error=, short=, signal=, delay_enter=, delay_exit= or when=";
const TURN: &str = "expected a number from 1 on, in FIRST, FIRST+, FIRST+STEP, FIRST..LAST or FIRST..LAST+STEP";
const TIME: &str = "expected microseconds from 1 on, or a number with us, ms or s behind it, less than 71 minutes";
const ERRNO: &str = "expected an errno's name or number, 1 to 4095";
const SHORT: &str = "expected a number of bytes, from 1 on: a read of none would tell the end of a file";

/// A script, and below it the place where it is wrong.
#[test]
fn each_mistake_has_its_place() {
    let arch = crate::tables::NATIVE.arch;
    let no_call = format!("{arch} has no call of this name");
    for (text, place, what) in [
        ("wriet:error=EIO", "^", &*no_call),
        ("read,wriet:error=EIO", "     ^", &no_call),
        ("SYS_write:error=EIO", "^", &no_call),
        ("all:error=EIO", "^", &no_call),
        ("1:error=EIO", "^", &no_call),
        (":error=EIO", "^", "expected the name of a call, or any"),
        ("read,:error=EIO", "     ^", "expected the name of a call, or any"),
        ("read, write:error=EIO", "     ^", "expected the name of a call, or any"),
        ("=", "^", "expected the name of a call, or any"),
        ("exit_group:error=EIO", "^", "expected a call that comes back"),
        ("write", "     ^", "expected a colon, and what is injected"),
        ("write error=EIO", "     ^", "expected a colon, and what is injected"),
        ("write=EIO", "     ^", "expected a colon, and what is injected"),
        (
            "write:when=3",
            "            ^",
            "expected a colon, and what is injected",
        ),
        (
            "write:when=3 read:short=1",
            "            ^",
            "expected a colon, and what is injected",
        ),
        ("write:", "      ^", WORDS),
        ("write:error=EIO:", "                ^", WORDS),
        ("write:eror=EIO", "      ^", WORDS),
        ("write:error", "      ^", WORDS),
        ("write:error:EIO", "      ^", WORDS),
        ("write:retval=5", "      ^", WORDS),
        ("write:error=", "            ^", ERRNO),
        ("write:error=EINTER", "            ^", ERRNO),
        ("write:error=0", "            ^", ERRNO),
        ("write:error=4096", "            ^", ERRNO),
        ("write:error=-4", "            ^", ERRNO),
        ("write:error=+4", "            ^", ERRNO),
        ("write:error=eintr", "            ^", ERRNO),
        (
            "write:error=EIO,read",
            "               ^",
            "expected a colon, or a blank and the next rule",
        ),
        (
            "write:error=5.5",
            "             ^",
            "expected a colon, or a blank and the next rule",
        ),
        ("write:short=0", "            ^", SHORT),
        ("write:short=", "            ^", SHORT),
        ("write:short=x", "            ^", SHORT),
        ("write:short=4294967296", "            ^", SHORT),
        (
            "write:signal=ALRM",
            "             ^",
            "expected a signal's name or number",
        ),
        ("write:signal=0", "             ^", "expected a signal's name or number"),
        (
            "write:signal=65",
            "             ^",
            "expected a signal's name or number",
        ),
        ("write:delay_enter=0", "                  ^", TIME),
        ("write:delay_enter=5m", "                  ^", TIME),
        ("write:delay_exit=4295s", "                 ^", TIME),
        ("write:delay_exit=ms", "                 ^", TIME),
        ("write:error=EIO:when=", "                     ^", TURN),
        ("write:error=EIO:when=0", "                     ^", TURN),
        ("write:error=EIO:when=x", "                     ^", TURN),
        ("write:error=EIO:when=+2", "                     ^", TURN),
        ("write:error=EIO:when=..2", "                     ^", TURN),
        ("write:error=EIO:when=3.4", "                       ^", TURN),
        ("write:error=EIO:when=3..", "                        ^", TURN),
        ("write:error=EIO:when=3..0", "                        ^", TURN),
        ("write:error=EIO:when=3..+2", "                        ^", TURN),
        ("write:error=EIO:when=3+0", "                       ^", TURN),
        (
            "write:error=EIO:when=3..2",
            "                        ^",
            "expected LAST not to be before FIRST",
        ),
        ("write:error=EIO:when=4294967295", "                     ^", TURN),
        (
            "write:error=EIO:when=3+x",
            "                       ^",
            "expected a colon, or a blank and the next rule",
        ),
        (
            "write:error=EIO:error=EIO",
            "                ^",
            "expected each word once",
        ),
        (
            "write:error=EIO:when=1:when=2",
            "                       ^",
            "expected each word once",
        ),
        (
            "write:error=EIO:short=1",
            "                ^",
            "expected one of error= and short=: a call that fails has no count",
        ),
        (
            "write:short=1:error=EIO",
            "              ^",
            "expected one of error= and short=: a call that fails has no count",
        ),
        (
            "getpid:short=1",
            "       ^",
            "getpid has no length, or may not be answered short",
        ),
        (
            "write,getdents64:short=1",
            "                 ^",
            "getdents64 has no length, or may not be answered short",
        ),
        ("any:error=EIO   read:shrt=1", "                     ^", WORDS),
    ] {
        let expected = format!("line 1, column {}: {what}\n{text}\n{place}", place.len());
        assert_eq!(refused(text), expected);
        assert_eq!(Script::parse(text).unwrap_err().offset(), place.len() - 1);
    }
}

#[test]
fn a_place_is_found_in_its_line() {
    let text = "write:error=EIO # é\n\té=1 \r\n";
    let error = Script::parse(text).unwrap_err();
    assert_eq!((error.offset(), error.line(), error.column()), (22, 2, 2));
    assert!(error.to_string().ends_with("\n\té=1 ?\n\t^"), "{error}");
    let error = Script::parse("é\x1b[2J:error=EIO").unwrap_err();
    assert!(error.to_string().ends_with("\né?[2J:error=EIO\n^"), "{error}");
    let error = Script::parse("write:error=é\x07").unwrap_err();
    assert!(
        error.to_string().ends_with("\nwrite:error=é?\n            ^"),
        "{error}"
    );
}

#[test]
fn there_is_room_for_so_many_rules() {
    let full = "write:error=EIO ".repeat(Script::RULES);
    assert_eq!(parsed(&full).len(), Script::RULES);
    let error = refused(&format!("{full}read:short=1"));
    assert!(
        error.starts_with("line 1, column 513: a script has at most 32 rules\n"),
        "{error}"
    );
    let names = "read,".repeat(Script::RULES);
    let error = refused(&format!("{names}write:short=1"));
    assert!(
        error.starts_with("line 1, column 161: a script has at most 32 rules\n"),
        "{error}"
    );
}

/// Which numbers of the calls each of the rules gets.
fn turns(injector: &Injector, calls: &[Sysno]) -> Vec<Option<String>> {
    calls
        .iter()
        .map(|nr| injector.turn(*nr).map(|(words, _)| Rule(words).to_string()))
        .collect()
}

#[test]
fn the_first_rule_whose_turn_it_is_acts_and_calls_have_one_number() {
    let injector = Injector::new();
    let script = "write:error=EIO:when=2  write:error=EPIPE:when=2+  any:error=EINTR:when=5  read:error=EAGAIN";
    injector.set(&Script::parse(script).unwrap());
    let some = |rule: &str| Some(rule.to_string());
    let calls = [
        SYS_write, SYS_write, SYS_write, SYS_getpid, SYS_getpid, SYS_getpid, SYS_read,
    ];
    assert_eq!(
        turns(&injector, &calls),
        [
            None,
            some("write:error=EIO:when=2"),
            some("write:error=EPIPE:when=2+"),
            None,
            some("any:error=EINTR:when=5"),
            None,
            some("read:error=EAGAIN"),
        ]
    );
    let calls: Vec<usize> = injector.report().map(|counted| counted.calls).collect();
    assert_eq!(calls, [3, 3, 7, 1]);
    assert_eq!(
        injector.slots[1].seen.load(Relaxed),
        0,
        "the call's number comes from one place"
    );
    injector.set(&Script::new(&[Rule::of(SYS_write).error(EPIPE)]));
    let report: Vec<String> = injector.report().map(|counted| counted.to_string()).collect();
    assert_eq!(report, ["write:error=EPIPE: 0 of 0 calls"]);
}

#[test]
fn rules_from_code_stand_in_a_static() {
    static INJECTOR: Injector = Injector::with(&[Rule::of(SYS_read).short(3), Rule::any().error(EIO).when(2)]);
    let report: Vec<String> = INJECTOR.report().map(|counted| counted.to_string()).collect();
    assert_eq!(
        report,
        ["read:short=3: 0 of 0 calls", "any:error=EIO:when=2: 0 of 0 calls"]
    );
}

#[test]
fn builders_refuse_what_the_words_refuse() {
    for wrong in [
        (|| Rule::of(SYS_read).short(0)) as fn() -> Rule,
        || Rule::of(SYS_getpid).short(1),
        || Rule::of(SYS_read).short(1).error(EIO),
        || Rule::of(SYS_read).error(EIO).short(1),
        || Rule::of(SYS_read).when(0),
        || Rule::of(SYS_read).since(3).until(2),
        || Rule::of(SYS_read).every(0),
    ] {
        assert!(std::panic::catch_unwind(wrong).is_err());
    }
}
