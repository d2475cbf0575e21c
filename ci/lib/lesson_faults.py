"""Faults for the lesson by its own injector, `lesson --inject=RULE CHAPTER`, and what must come of them.

What a chapter's run calls is learned from its own watcher. Then each call meets, at its first, second and last occurrence
in each process, each errno that it can answer (ci/lib/errnos.py), once and from there on; each transfer also a request
for one byte, and for half of what it asked for; and each call is forbidden altogether, as in a sandbox. The writes of the
lesson's text are one kind of call, a chapter's own are another; each request of ptrace is one. Whatever
happens, the lesson ends by itself, with no process and no file left, and either
- all is well: each line is there and says what it says without the fault, on both streams, and so does the status;
- or a line on fd 2 names the call and the errno, the status is 1, and the lines on fd 1 that are there are right.
After EINTR, and after a short count, all is well wherever the lesson goes on by itself.
"""

import re
import tempfile
from dataclasses import dataclass

from lib import errnos, lesson
from lib.common import die
from lib.lesson_inject import FORBIDDEN, LIMIT_SECONDS, REPEATED, Fault, named, without_numbers

# They do not come back.
SPARED = {"exit", "exit_group", "rt_sigreturn", "sigreturn"}
TRANSFERS = {"read", "write", "pread64"}
CALL = re.compile(r"(?:\[pid +(\d+)\] )?(\w+)\((.*)(?:\) += (\S+).*| <unfinished \.\.\.>)")
# What the injector says at the end.
REPORT = re.compile(r"hit (\d+) of \d+: (.*)\n?")

# What a line says of bytes, whatever happened.
TRUE = {
    r"write -> (\d+) of (\d+) bytes, and no error; (\d+) are not written": lambda taken, all, rest: taken + rest == all,
    r"(\d+) bytes sent, (\d+) arrived, .*; (\d+) are lost": lambda sent, arrived, lost: arrived + lost == sent,
    r"(\d+) bytes sent, (\d+) arrived, each in its place; .*": lambda sent, arrived: arrived == sent,
    r'(\d+) of \d+ bytes arrived, "(.*)": .*': lambda count, text: count == len(text),
    r'read -> (\d+) of \d+ bytes: "(.*)"': lambda count, text: count == len(text),
    r'read_to_end -> (\d+) bytes: "(.*)"': lambda count, text: count == len(text),
}
NOT_MADE = "no such call was made"
# Chapter and complaint, which is none there, and why.
EXCEPTIONS = {
    ("inject", NOT_MADE): "its own rules stand before ours: some calls do not come as far, others are short already",
}
# How often these are made depends on who comes first, so that the last occurrence need not come again.
UNSTEADY = {
    "errno": {"read"},  # the timer's signals
    "scheduler": {"futex"},  # threads that wait for each other
    "watch true": {"ptrace", "wait4", "process_vm_readv"},  # stops, and strings that lie across pages
}


@dataclass(frozen=True)
class Call:
    name: str
    text: str
    size: int  # what a transfer asks for
    place: int  # how many of the name the injector has counted with it
    process: str
    child: bool


def learn(program, words, expected):
    """The calls of an undisturbed run."""
    with tempfile.NamedTemporaryFile("r", prefix="rawtrap-calls-") as log:
        lesson.execute([*program, "--watch", "-o", log.name, *words], stdin=expected.stdin)
        return calls(log.read().splitlines())


def calls(log):
    """The calls in a watcher's log, numbered as the injector counts them: threads together, and the child of a fork, whose
    injector is a copy, from where its parent was."""
    # A call that had seemed to be the last.
    log = [line for line in log if not re.match(r"(\[pid +\d+\] )?<\.\.\. \w+ resumed>", line)]
    matches = [CALL.fullmatch(line) or die(f"what the watcher says of a call is not understood: {line}") for line in log]
    lines = [match.groups(default="") for match in matches]
    made = {answer: process for process, name, arguments, answer in lines if name == "clone" and "CLONE_VM" in arguments}
    programs = {}
    for process, *call in lines:
        while process in made:
            process = made[process]
        programs.setdefault(process, []).append(call)
    found, inherited = [], {"": {}}
    while inherited:
        program, count = inherited.popitem()
        for name, arguments, answer in programs.pop(program, []):
            count[name] = count.get(name, 0) + 1
            sizes = re.search(r", (\d+)(, \d+)?$", arguments) if name in TRANSFERS else None
            size = int(sizes[1]) if sizes else 0
            found.append(Call(name, f"{name}({arguments})", size, count[name], program, program != ""))
            if name in ("fork", "clone") and answer in programs:
                inherited[answer] = dict(count)
    return found


def faults(made, expected, lasting=True):
    """What to inject into a run that made these calls: errors once, and, if `lasting`, from there on (`3+`)."""
    kinds = {}
    for call in made:
        if call.name not in SPARED:
            request = call.text.partition(",")[0] if call.name == "ptrace" else None
            kinds.setdefault((call.name, call.process, is_text(call, expected), request), []).append(call)
    found = []
    for (name, _, text, _), own in kinds.items():
        some = list(dict.fromkeys((own[0], own[min(1, len(own) - 1)], own[-1])))
        for call in some:
            errors = [f"error={errno}" for errno in errnos.of(name)]
            found += [Fault(name, error, str(call.place)) for error in errors]
            # EINTR for ever would be repeated for ever.
            found += [Fault(name, error, f"{call.place}+") for error in errors if lasting and error != "error=EINTR"]
        for call in some if text else own:
            sizes = sorted({1, call.size // 2}) if call.size > 1 else []
            found += [Fault(name, f"short={size}", str(call.place)) for size in sizes]
        found += [Fault(name, f"error={errno}") for errno in FORBIDDEN]
    return list(dict.fromkeys(found))


def met(fault, made):
    """The calls that a fault meets, if the run goes as it went before."""
    first = int(str(fault.when).rstrip("+")) or 1
    of_name = [call for call in made if call.name == fault.call]
    return [call for call in of_name if call.place == first or not fault.once and call.place > first]


def ends_badly(fault, ran):
    if ran.status is None:
        return "still running when its time was over"
    if ran.processes:
        return f"processes left behind: {ran.processes}"
    if ran.left and fault.call != "unlinkat":
        return f"files left behind: {ran.left}"
    if ran.status not in (0, 1) or "panicked" in ran.err:
        return f"status {ran.status}, fd 2: {ran.err}"
    return ""


def judge(fault, chapter, expected, ran, bound, made):
    """Whether all is well in spite of a fault, and if not, what is wrong with that, if anything. Without it the lesson
    made these calls."""
    hit = met(fault, made)
    children = any(call.child for call in hit)
    if wrong := ends_badly(fault, ran):
        return False, wrong
    err, hits = without_report(ran.err)
    if not hits and not children:
        return False, NOT_MADE
    patterns, lines = expected.lines, ran.lines
    if wrong := untrue(lines):
        return False, wrong
    text = all(is_text(call, expected) for call in hit)
    if not fault.errno and any(is_own(call, expected) for call in hit):
        # A chapter that shows the count of its own write shows this one.
        size = fault.what.removeprefix("short=")
        patterns = [re.sub(r"\b\d+ bytes", f"{size} bytes", pattern, count=1) for pattern in patterns]
    elif not fault.errno and not text:
        # The numbers may tell of it.
        lines, patterns = ([blurred(line) for line in group] for group in (lines, patterns))
        bound = {name: blurred(value) for name, value in bound.items()}
    differs = lesson.differs(patterns, lines, dict(bound)) or lesson.differs(expected.err, err.splitlines(), {})
    if ran.status == lesson.status(expected.err) and not differs:
        return True, ""
    goes_on = text if not fault.errno else fault.errno == "EINTR" and (text or fault.call in REPEATED)
    if ran.status == 0 or goes_on:
        return False, f"{differs}, fd 2: {err!r}"
    # Where no write goes through any more, fd 2 takes nothing either; nor may it, where the number that was meant for a
    # child's write is that of the line on fd 2 as well.
    silenced = fault.call == "write" and (not fault.once or children)
    if not silenced and not named(fault, chapter, err):
        return False, f"fd 2 does not name it: {err!r}"
    lines = [line for line in lines if not line.startswith("score so far: ")]
    return False, "" if lesson.is_part(patterns, lines, dict(bound)) else f"wrong on fd 1: {lines}"


def untrue(lines):
    for line in lines:
        for pattern, holds in TRUE.items():
            if match := re.fullmatch(pattern, line):
                seen.add(pattern)
                if not holds(*(int(each) if each.isdigit() else each for each in match.groups())):
                    return f"not true: {line}"
    return ""


# The patterns of TRUE and the exceptions that were met.
seen = set()


def untried(chapter, fault, complaint):
    """Whether a fault could not be tried, and need not be."""
    if (chapter, complaint) in EXCEPTIONS:
        seen.add((chapter, complaint))
        return True
    return complaint == NOT_MADE and fault.call in UNSTEADY.get(chapter, ())


def stale():
    return [str(each) for each in (*TRUE, *EXCEPTIONS) if each not in seen]


def blurred(line):
    """Each number is N, and what is quoted is left out, but for paths."""
    return re.sub(r'"[^"<>/]*"', '""', without_numbers(line))


def without_report(err):
    """What is on fd 2 besides the injector's report, and how often a rule has hit."""
    reports = [REPORT.fullmatch(line) for line in err.splitlines()]
    others = "".join(line for line in err.splitlines(keepends=True) if not REPORT.fullmatch(line))
    return others, sum(int(report[1]) for report in reports if report)


def is_own(call, expected):
    """Whether it is a chapter's own write to fd 1."""
    claims = lesson.own_writes(expected.strace.get("pid", []))
    return any(lesson.fits(claim.rpartition(" = ")[0], call.text, {}) for claim in claims)


def is_text(call, expected):
    """Whether it writes the lesson's text, which ends the lesson if it fails."""
    return call.text.startswith("write(1,") and not is_own(call, expected)
