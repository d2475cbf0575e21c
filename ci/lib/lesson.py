"""The lesson's runs, and what each chapter is expected to do: one file a chapter in ci/lesson/, named as the command line
has it (`abi`, `abi aarch64`).

A file begins with the lines that the chapter prints, all of them in their order: those at the left edge, which tell
what the kernel answered, and those that show Rust, here behind `> `. Explanations are not repeated. Then come sections:

  [fd 2]               what it writes there; without this section, nothing
  [input]              what fd 0 gives; without the section, it is /dev/null
  [strace]             the calls of the program itself, all of them in their order, as `strace` prints them, besides
                       those of the frame: the start, the text written to fd 1, the end
  [strace <NAME>]      the calls of the process whose number a line above has bound to NAME
                       (a call has the name here that it has where registers have 64 bits)
  [inject SPEC]        what fd 2 says when `strace --inject=SPEC` lets a call fail: the status is then 1 and the lines
                       on fd 1 that remain are still right; without a line, nothing is lost and the status is 0

In a line, `<*>` stands for any text, `<_>` for any word, and `<NAME>` for one word, the same wherever NAME occurs in the
file; `<pid>`, `<program>`, `<machine>`, `<release>` and `<arch>` are the program's number, its file, the machine and the
kernel as seen from outside. `<NAME> times: A | B` stands for as many lines as NAME says, each of them A or B, and
neither of the two missing; with `<any> times:` they may be missing. `<architectures>` alone is a row of numbers for
each architecture. A line that begins with `@native `, `@qemu ` or an architecture (`@x86_64 `) counts only there; `@own
` and `@foreign `: where the kernel below starts such programs itself, or does not; `@wide ` and `@narrow `: where
registers have 64 bits, or 32; `@forks ` and `@clones `: where there is a fork(2), or clone(2) in its place. The line
`<its file>` stands for what the file of the chapter and the architecture has (`abi aarch64`).
"""

import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from lib import foreign, lesson_numbers, narrow, processes
from lib.common import ROOT, die, ends_with_us, find_tool

FOLDER = ROOT / "ci/lesson"
LIMIT_SECONDS = 60
HOLE = re.compile(r"<(\*|\w+)>")
TIMES = re.compile(r"<(\w+)> times: (.*)")
WORD = r"[^\s,()\[\]{}=\"]+"
# The frame's calls before a chapter begins and after it ends.
SIGNALS = [rf"rt_sigaction\({name}, .*\) = 0" for name in ("SIGPIPE", "SIGXFSZ", "SIGCHLD")]
BEGIN = [r"execve\(.*\) = 0", *SIGNALS, r"ioctl\(1, TIOCGWINSZ, 0x\w+\) = -1 ENOTTY \(.*\)"]
END = [r"exit_group\((\d+)\) += \?", r"\+\+\+ exited with (\d+) \+\+\+"]
TEXT = re.compile(r'write\(1, "(.*)", (\d+)\) = (\d+)')


@dataclass
class Ran:
    status: int | None  # None: still running when the time was over; negative: the signal that ended it
    out: str
    err: str
    pid: int
    left: list  # names of files that it made and did not remove
    processes: list  # the numbers of those that it left behind

    @property
    def lines(self):
        return told(self.out)


@dataclass
class Expected:
    lines: list = field(default_factory=list)
    err: list = field(default_factory=list)
    strace: dict = field(default_factory=dict)
    inject: list = field(default_factory=list)  # (SPEC, lines)
    input: list = field(default_factory=list)

    @property
    def stdin(self):
        return "".join(f"{line}\n" for line in self.input) or None


def execute(command, limit=LIMIT_SECONDS, env=(), stdin=None, **streams):
    """Runs a command in an empty directory of its own, which is also its TMPDIR. `stdin` is text for its fd 0."""
    with tempfile.TemporaryDirectory(prefix="rawtrap-lesson-") as scratch:
        source = subprocess.DEVNULL if stdin is None else subprocess.PIPE
        given = {"stdin": source, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        process = subprocess.Popen(
            command, cwd=scratch, env={**os.environ, "TMPDIR": scratch, **dict(env)}, text=True, errors="replace",
            start_new_session=True, preexec_fn=ends_with_us, **given,
        )
        try:
            out, err = process.communicate(stdin, timeout=limit)
            status = process.returncode
        except subprocess.TimeoutExpired:
            kill_group(process)
            out, err = process.communicate()
            status = None
        left_running = left_of(process.pid) if status is not None else []
        kill_group(process)
        left = sorted(path.name for path in Path(scratch).iterdir())
        return Ran(status, out or "", err or "", process.pid, left, left_running)


def kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def left_of(group):
    """The processes of a group that still run, besides those that are just being ended."""
    running = lambda: [pid for pid in processes.of_group(group) if processes.running(pid)]
    processes.wait_for(lambda: not running(), seconds=1)
    return running()


def told(output):
    """The lines that tell of the kernel or show Rust; explanations, titles and blank lines are left out."""
    lines = []
    for line in output.splitlines():
        if line.startswith("    > "):
            lines.append(line[4:])
        elif line and line[0] != " " and not line.startswith("== "):
            lines.append(line)
    return lines


def one_word(line):
    """True for a line of an explanation that cannot be broken: the path of the program may be long."""
    return len(line.removeprefix("  Try: ").split()) == 1


def status(diagnostics):
    """The exit status after these lines on fd 2: 1 if a call was refused."""
    return int(any(line.startswith("lesson: ") for line in diagnostics))


def shape(ran):
    """Explanations are indented and fit a line of 80 characters, but for a long path; a pipe gets no escape sequence."""
    if "\x1b" in ran.out:
        return "an escape sequence in a pipe"
    for line in ran.out.splitlines():
        if line.startswith("  ") and not line.startswith("    > ") and len(line) > 80 and not one_word(line):
            return f"more than 80 characters: {line!r}"
    return ""


def ending(ran, err):
    if ran.status != status(err):
        return f"status {ran.status}, fd 2: {ran.err}"
    if ran.left:
        return f"left behind: {', '.join(ran.left)}"
    complaint = differs(err, ran.err.splitlines(), {})
    return complaint and f"fd 2: {complaint}"


def written(chapter, run):
    path = FOLDER / chapter
    if not path.is_file():
        die(f"ci/lesson/{chapter} is missing: what that chapter is expected to do")
    for line in path.read_text().splitlines():
        if line == "<its file>":
            yield from written(f"{chapter} {run.arch}", run)
        else:
            yield line


def load(chapter, run):
    expected = Expected()
    into = expected.lines
    for line in written(chapter, run):
        condition = re.match(r"@(\w+) ", line)
        whose = "foreign" if foreign.is_foreign(run.key) else "own"
        width = "narrow" if narrow.is_narrow(run.arch) else "wide"
        child = "forks" if lesson_numbers.has(run.arch, "fork") else "clones"
        if condition and condition[1] not in (run.how, run.arch, whose, width, child) or not line:
            continue
        line = line[condition.end():] if condition else line
        if section := re.fullmatch(r"\[strace(?: <(\w+)>)?\]", line):
            into = expected.strace.setdefault(section[1] or "pid", [])
        elif line == "<architectures>":
            into.extend(lesson_numbers.rows())
        elif line == "[fd 2]":
            into = expected.err
        elif line == "[input]":
            into = expected.input
        elif section := re.fullmatch(r"\[inject (\S+)\]", line):
            into = []
            expected.inject.append((section[1], into))
        else:
            into.append(line)
    return expected


def seen_outside(executable, run):
    """The names in an expected line that are known before, for a process of that number."""
    known = {
        "program": str(executable.resolve()),
        "arch": run.arch,
        "machine": run.machine,
        "release": os.uname().release,
    }
    return lambda pid: {"pid": str(pid), **known}


def fits(pattern, line, bound):
    """Holds a line against an expected one, and binds the names that occur in it for the first time."""
    regex, new, place = "", set(), 0
    for hole in HOLE.finditer(pattern):
        regex += re.escape(pattern[place:hole.start()])
        place, name = hole.end(), hole[1]
        if name == "*":
            regex += ".*"
        elif name == "_":
            regex += WORD
        elif name in bound:
            regex += re.escape(bound[name])
        elif name in new:
            regex += f"(?P={name})"
        else:
            regex += f"(?P<{name}>{WORD})"
            new.add(name)
    match = re.fullmatch(regex + re.escape(pattern[place:]), line)
    if match:
        bound.update(match.groupdict())
    return bool(match)


def differs(expected, lines, bound):
    """What is wrong with these lines, or nothing."""
    lines = list(lines)
    for pattern in expected:
        taken = take(pattern, lines, bound)
        if taken is None:
            return f"{lines[0]!r} where {pattern!r} is expected" if lines else f"ends before {pattern!r}"
        del lines[:taken]
    return f"{lines[0]!r} is not expected" if lines else ""


def take(pattern, lines, bound):
    """How many of the first lines an expected one stands for; None if it does not fit."""
    times = TIMES.fullmatch(pattern)
    if not times:
        return 1 if lines and fits(pattern, lines[0], bound) else None
    missing = set(alternatives := times[2].split(" | "))
    count = 0
    for line in lines:
        found = next((one for one in alternatives if fits(one, line, bound)), None)
        if not found:
            break
        missing.discard(found)
        count += 1
    if times[1] == "any":
        return count
    return count if not missing and fits(f"<{times[1]}>", str(count), bound) else None


def is_part(expected, lines, bound):
    """True if the lines are expected ones in their order, some of which may be missing."""
    rest = iter(expected)
    return all(any(fits(pattern, line, bound) for pattern in rest) for line in lines)


@dataclass
class Traced:
    ran: Ran
    logs: dict  # process number -> its lines; the first is the program's


def strace(command, *options, **streams):
    """Runs a command under strace; what each process did is one list, so that processes do not mix."""
    tool = find_tool("strace", "strace")
    with tempfile.TemporaryDirectory(prefix="rawtrap-strace-") as folder:
        ran = execute([tool, "-ff", "-a1", "-s65536", "-o", f"{folder}/log", *options, *command], **streams)
        logs = {path.suffix[1:]: path.read_text().splitlines() for path in Path(folder).iterdir()}
        first = [pid for pid, lines in logs.items() if lines and lines[0].startswith("execve(")]
        return Traced(ran, {pid: logs[pid] for pid in sorted(logs, key=lambda pid: (pid not in first, int(pid)))})


def without_children_ends(log):
    """Drops the signal that tells of a child's end, which comes at any time, and the call that starts anew after it."""
    kept = []
    for line in log:
        if not line.startswith("--- SIGCHLD "):
            kept.append(line)
        elif kept and re.search(r"= \? ERESTART\w+ ", kept[-1]):
            kept.pop()
    return kept


def chapters_calls(log, output):
    """The calls of a log without the frame's, and what is wrong with the frame's."""
    log = without_children_ends(log)
    for pattern in BEGIN:
        if not log or not re.fullmatch(pattern, log[0]):
            return [], f"{log[:1]!r} where the frame calls {pattern}"
        log.pop(0)
    for pattern in reversed(END):
        if not log or not re.fullmatch(pattern, log[-1]):
            return [], f"{log[-1:]!r} where the frame calls {pattern}"
        log.pop()
    texts = [TEXT.fullmatch(line) for line in log]
    written = "".join(text[1].encode().decode("unicode_escape") for text in texts if text)
    if written != output:
        return [], "what the log says was written to fd 1 is not what arrived there"
    return log, ""


def own_writes(expected):
    """The writes to fd 1 that a chapter claims as its own calls."""
    return [pattern for pattern in expected if pattern.startswith("write(1, ")]


def without_text(calls, expected):
    """Drops the writes of explanations to fd 1: those that are not among the expected calls."""
    claimed = own_writes(expected)
    return [
        call for call in calls
        if not TEXT.fullmatch(call) or any(fits(pattern, call, {}) for pattern in claimed)
    ]
