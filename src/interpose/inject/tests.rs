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
        ("write:signal=SIGRTMIN", write.signal(Signal::from_raw(32))),
        ("write:signal=SIGRT_1", write.signal(Signal::from_raw(33))),
        ("write:signal=SIGRT_32", write.signal(Signal::from_raw(64))),
        ("write:short=4294967295", write.short(u32::MAX)),
        ("write:delay_exit=4294967295", write.delay_exit(u32::MAX)),
        ("write:delay_exit=4294967ms", write.delay_exit(4_294_967_000)),
        ("write:count", write),
        ("any:when=2+:count", Rule::any().since(2)),
        ("write:count:error=EIO", write.error(EIO)),
        ("syscall_0x270f:error=EIO", Rule::of(Sysno::new(9999)).error(EIO)),
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

const WORDS: &str = "expected error=, short=, signal=, delay_enter=, delay_exit=, count or when=";
const TURN: &str =
    "expected a number from 1 to 4294967294, in FIRST, FIRST+, FIRST+STEP, FIRST..LAST or FIRST..LAST+STEP";
const TIME: &str =
    "expected microseconds from 1 to 4294967295, or a number with us, ms or s behind it for no longer than that";
const ERRNO: &str = "expected an errno's name or number, 1 to 4095";
const SIGNAL: &str = "expected a signal's name, or a number from 1 to 64";
const SHORT: &str = "expected a number of bytes, 1 to 4294967295: a read of none would tell the end of a file";

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
        ("write:signal=ALRM", "             ^", SIGNAL),
        ("write:signal=0", "             ^", SIGNAL),
        ("write:signal=65", "             ^", SIGNAL),
        ("write:signal=SIGRT_0", "             ^", SIGNAL),
        ("write:signal=SIGRT_33", "             ^", SIGNAL),
        ("write:signal=SIGRT_4294967295", "             ^", SIGNAL),
        ("write:signal=SIGRTMAX", "             ^", SIGNAL),
        ("write:delay_exit=99999999999999999999", "                 ^", TIME),
        (
            "write:error=EIO:when=99999999999999999999",
            "                     ^",
            TURN,
        ),
        ("write:count=1", "      ^", WORDS),
        ("write:count:count", "            ^", "expected each word once"),
        ("syscall_0xfffffffe:error=EIO", "^", &no_call),
        ("syscall_0x+1:error=EIO", "^", &no_call),
        ("syscall_0x:error=EIO", "^", &no_call),
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
        .map(|nr| injector.turn(*nr).map(|turn| Rule(turn.words).to_string()))
        .collect()
}

#[test]
fn the_first_rule_whose_turn_it_is_acts_and_calls_have_one_number() {
    let injector = Injector::new();
    let script = "write:error=EIO:when=2  write:error=EPIPE:when=2+  any:error=EINTR:when=5  read:error=EAGAIN";
    injector.set(&Script::parse(script).unwrap()).unwrap();
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
    injector.set(&Script::new(&[Rule::of(SYS_write).error(EPIPE)])).unwrap();
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
    let refusals = [
        (|| Rule::of(SYS_read).short(0)) as fn() -> Rule,
        || Rule::of(SYS_getpid).short(1),
        || Rule::of(SYS_read).short(1).error(EIO),
        || Rule::of(SYS_read).error(EIO).short(1),
        || Rule::of(SYS_read).when(0),
        || Rule::of(SYS_read).when(u32::MAX),
        || Rule::of(SYS_read).since(u32::MAX),
        || Rule::of(SYS_read).since(3).until(2),
        || Rule::of(SYS_read).until(3).since(5),
        || Rule::of(SYS_read).until(u32::MAX),
        || Rule::of(SYS_read).every(0),
        || Rule::of(SYS_read).every(u32::MAX),
        || Rule::of(SYS_read).delay_enter(0),
        || Rule::of(SYS_read).delay_exit(0),
        || Rule::of(SYS_read).signal(Signal::NONE),
        || Rule::of(SYS_read).signal(Signal::from_raw(-5)),
        || Rule::of(SYS_read).signal(Signal::from_raw(65)),
        || Rule::of(SYS_exit),
        || Rule::of(SYS_exit_group),
        || Rule::of(SYS_rt_sigreturn),
        || Rule::of(Sysno::new(u32::MAX)),
        || Rule::of(Sysno::new(u32::MAX - 1)),
    ];
    for (at, wrong) in refusals.into_iter().enumerate() {
        let taken = std::panic::catch_unwind(wrong);
        assert!(taken.is_err(), "number {at}: {taken:?}");
    }
    assert_eq!(
        Rule::of(SYS_read).when(3).when(5),
        Rule::of(SYS_read).when(5),
        "the last word counts"
    );
}

/// All that can be built from some values of each word.
#[test]
fn every_rule_prints_as_it_is_read() {
    const NUMBERS: [u32; 5] = [1, 2, 3, u32::MAX - 2, u32::MAX - 1];
    type Step = Box<dyn Fn(Rule) -> Rule>;
    fn or_not<T: Copy + 'static>(values: &[T], step: fn(Rule, T) -> Rule) -> Vec<Step> {
        let steps = values.iter().map(|value| {
            let value = *value;
            Box::new(move |rule| step(rule, value)) as Step
        });
        std::iter::once(Box::new(|rule| rule) as Step).chain(steps).collect()
    }
    let calls = [
        Rule::any(),
        Rule::of(SYS_write),
        Rule::of(Sysno::new(9999)),
        Rule::of(Sysno::new(u32::MAX - 2)),
    ];
    let signals: Vec<Signal> = (1..=64).map(Signal::from_raw).collect();
    let errors: Vec<Errno> = (1..=4095).filter_map(Errno::from_raw).collect();
    let mut effects = or_not(&errors, Rule::error);
    effects.extend(or_not(&signals, Rule::signal));
    effects.extend(or_not(&[1, 2, u32::MAX], Rule::delay_enter));
    effects.extend(or_not(&[1, 2, u32::MAX], Rule::delay_exit));
    let mut effects_of_transfers = or_not(&[1, 2, u32::MAX], Rule::short);
    effects_of_transfers.push(Box::new(|rule| {
        rule.short(9).signal(SIGALRM).delay_enter(7).delay_exit(8)
    }));
    let mut turns = or_not(&NUMBERS, Rule::when);
    for first in NUMBERS {
        turns.extend(or_not(&NUMBERS, Rule::every).into_iter().flat_map(|step| {
            let step: std::rc::Rc<Step> = step.into();
            NUMBERS.map(|last| {
                let step = step.clone();
                Box::new(move |rule: Rule| {
                    let from = rule.since(first);
                    step(if last < first { from } else { from.until(last) })
                }) as Step
            })
        }));
    }
    let mut tried = 0;
    let mut try_it = |rule: Rule| {
        let text = rule.to_string();
        assert_eq!(parsed(&text), [rule], "{text}");
        tried += 1;
    };
    for rule in calls {
        let short = if rule.can_be_short() {
            &effects_of_transfers[..]
        } else {
            &[]
        };
        for effect in effects.iter().chain(short) {
            try_it(effect(rule));
        }
        for effect in effects.iter().chain(short).rev().take(8) {
            turns.iter().for_each(|turn| try_it(turn(effect(rule))));
        }
    }
    assert!(tried > 20_000, "{tried}");
}

#[test]
fn one_at_a_time_sets_rules() {
    let injector = Injector::with(&[Rule::of(SYS_write).error(EIO)]);
    let other = Script::new(&[Rule::of(SYS_read).error(EPIPE)]);
    // As another finds it in the midst of `set`.
    injector.generation.store(1, Relaxed);
    assert_eq!(injector.set(&other), Err(EBUSY));
    assert_eq!(turns(&injector, &[SYS_write, SYS_read]), [None, None]);
    assert_eq!(injector.report().count(), 0);
    injector.generation.store(2, Relaxed);
    assert_eq!(
        turns(&injector, &[SYS_read, SYS_write])[1].as_deref(),
        Some("write:error=EIO")
    );
    assert_eq!(injector.set(&other), Ok(()));
    assert_eq!(
        turns(&injector, &[SYS_write, SYS_read])[1].as_deref(),
        Some("read:error=EPIPE")
    );
}

#[test]
fn a_turn_of_rules_that_are_gone_hits_nothing() {
    let injector = Injector::with(&[Rule::of(SYS_write).error(EIO)]);
    let turn = injector.turn(SYS_write).unwrap();
    injector.set(&Script::new(&[Rule::of(SYS_read).error(EIO)])).unwrap();
    injector.hit(&turn);
    assert!(injector.report().all(|count| (count.calls, count.hits) == (0, 0)));
}

/// Two scripts of which no rule is in both.
fn scripts() -> [Script; 2] {
    let write = Rule::of(SYS_write).error(EIO);
    let read = Rule::of(SYS_read).error(EPIPE).every(2);
    [Script::new(&[write; 8]), Script::new(&[read; 8])]
}

/// Sets the scripts in turns, each for a while of another length, as something else goes on beside, which says whether it
/// met what it is about.
fn while_rules_change(beside: impl Fn(&Injector) -> bool + Sync) {
    let (injector, stop, met) = (Injector::new(), AtomicU32::new(0), AtomicU32::new(0));
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            while stop.load(Relaxed) == 0 {
                met.fetch_or(u32::from(beside(&injector)), Relaxed);
            }
        });
        for round in 0..100_000_000 {
            let _ = injector.set(&scripts()[round % 2]);
            (0..round % 101).for_each(|_| std::hint::spin_loop());
            if other.is_finished() || round > 30_000 && met.load(Relaxed) != 0 {
                break;
            }
        }
        stop.store(1, Relaxed);
        other.join().unwrap();
    });
    assert_eq!(met.load(Relaxed), 1);
}

#[test]
fn no_call_meets_a_mixture_of_rules() {
    while_rules_change(|injector| {
        let turn = injector.turn(SYS_write);
        assert!(
            turn.as_ref()
                .is_none_or(|turn| Rule(turn.words) == scripts()[0].rules()[0])
        );
        turn.is_some()
    });
}

#[test]
fn no_report_is_of_a_mixture_of_rules() {
    while_rules_change(|injector| {
        let report: Vec<Rule> = injector.report().map(|count| count.rule).collect();
        let whole = scripts().iter().any(|script| script.rules() == report);
        assert!(whole || report.is_empty(), "{report:?}");
        whole
    });
}

#[test]
fn two_that_set_rules_leave_no_mixture() {
    while_rules_change(|injector| {
        let refused = scripts().map(|script| injector.set(&script).is_err());
        let turn = injector.turn(SYS_write);
        assert!(turn.is_none_or(|turn| Rule(turn.words) == scripts()[0].rules()[0]));
        refused.contains(&true)
    });
}
