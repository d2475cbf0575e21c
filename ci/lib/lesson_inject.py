"""Faults for the lesson: what strace's --inject lets fail, and what must come of it.

A fault is an errno, or a count of 1 that the kernel never took, at one occurrence of one call; or a call that is forbidden
altogether, as in a sandbox. Whatever happens:
- the lesson ends by itself and soon, with status 0 or 1, with no process left (strace waits for all of them) and no file;
- with status 0 every line is there and says what it says without the fault;
- with status 1 fd 2 names a call, with the errno if one was injected, and the lines on fd 1 that are there are right.
"""

import re
from dataclasses import dataclass

from lib import lesson

ERRNOS = ("ENOMEM", "EMFILE", "ENOSPC", "EIO")
FORBIDDEN = ("EPERM", "ENOSYS")
# Calls that are never left without their effect by a kernel: an fd is closed even if close(2) answers an error, and
# the others do not return.
SPARED = {"close", "execve", "exit", "exit_group", "rt_sigreturn", "sigreturn"}
# It cannot fail: an error that is made up is a wrong number, and shows somewhere else.
UNFAILING = {"getpid"}
# Always repeated after a signal; so is each write to fd 1 that is no call of a chapter's own.
REPEATED = {"pread64", "wait4", "ppoll", "nanosleep"}
# Made more or less often, as threads meet: only the first ones are made in each run.
RACING = {"futex"}
LIMIT_SECONDS = 20
CALL = re.compile(r"(\w+)\(")
TAKEN = re.compile(r'write\(1, "(.*)", \d+\) = (\d+)(?: \(INJECTED\))?')


@dataclass(frozen=True)
class Fault:
    call: str
    what: str  # `error=EIO`, `retval=1`
    when: int | str = 0  # every time; `3+`: from the third on

    @property
    def spec(self):
        return f"{self.call}:{self.what}" + (f":when={self.when}" if self.when else "")

    @property
    def once(self):
        return str(self.when).isdigit() and bool(self.when)

    @property
    def errno(self):
        return self.what.removeprefix("error=") if self.what.startswith("error=") else None


def calls(log):
    """The names of the calls of one process, in their order."""
    return [found[1] for line in log if (found := CALL.match(line)) and not found[1].startswith("syscall_")]


def faults(logs):
    """What to inject, after what the processes of an undisturbed run did: errors at the first, second and last
    occurrence of each call, short counts and EINTR at each one that can have them."""
    found = []
    for log in logs.values():
        names = calls(log)
        for name in dict.fromkeys(names):
            count = names.count(name)
            if name not in SPARED:
                some = {1, min(2, count)} | (set() if name in RACING else {count})
                found += [Fault(name, f"error={errno}", when) for when in some for errno in ERRNOS]
                found += [Fault(name, f"error={errno}") for errno in FORBIDDEN]
            every = range(1, count + 1)
            if name in ("read", "write", "pread64"):
                found += [Fault(name, "retval=1", when) for when in every]
            if name in ("read", "write", *REPEATED):
                found += [Fault(name, "error=EINTR", when) for when in every]
    return list(dict.fromkeys(found))


def complaint(fault, chapter, expected, trace, bound):
    """What is wrong with a run under this fault, or nothing."""
    ran = trace.ran
    hit = [line for log in trace.logs.values() for line in log if line.endswith(" (INJECTED)")]
    if not hit:
        return "strace injected nothing"
    if ran.status is None:
        return "still running when its time was over"
    if ran.left and fault.call != "unlinkat":
        return f"files left behind: {ran.left}"
    if ran.status not in (0, 1) or "panicked" in ran.err:
        return f"status {ran.status}, fd 2: {ran.err}"
    lines, patterns = lesson.told(written(trace)), expected.lines
    own = any(lesson.fits(claim, undisturbed(hit[0]), {}) for claim in lesson.own_writes(expected.strace["pid"]))
    if not fault.errno and own:
        # A chapter that shows the count of its own write shows this one.
        patterns = [re.sub(r"\b\d+ bytes", "1 bytes", pattern, count=1) for pattern in patterns]
    if ran.status == 0:
        return lesson.differs(patterns, lines, bound)
    if fault.errno == "EINTR" and (fault.call in REPEATED or hit[0].startswith("write(1,") and not own):
        return f"not repeated, fd 2: {ran.err}"
    if fault.call == "write" and not fault.when:
        return f"said though nothing could be: {ran.out} {ran.err}" if ran.out or ran.err else ""
    if not named(fault, chapter, ran.err):
        return f"fd 2 does not name it: {ran.err!r}"
    lines = [line for line in lines if not line.startswith("score so far: ")]
    if not fault.errno:
        # The numbers tell of it, until something does not fit.
        lines, patterns = ([without_numbers(line) for line in group] for group in (lines, patterns))
        bound = {name: without_numbers(value) for name, value in bound.items()}
    return "" if lesson.is_part(patterns, lines, bound) else f"wrong on fd 1: {lines}"


def without_numbers(text):
    """Each number becomes N; in an expected line also one that ends in a name."""
    return re.sub(r"\d+(?=<)", "", re.sub(r"\d+(?!\d|<)", "N", text))


def undisturbed(line):
    """A call that was hit, as it would have been: with the count that was asked for."""
    return re.sub(r", (\d+)\) = .*", r", \1) = \1", line)


def written(trace):
    """What the program wrote to fd 1, as far as it was told that it was taken."""
    program = next(iter(trace.logs.values()))
    taken = [TAKEN.fullmatch(line) for line in program]
    return "".join(text[1].encode().decode("unicode_escape")[: int(text[2])] for text in taken if text)


def named(fault, chapter, err):
    """True if fd 2 tells which call failed, and how. Of a count that was made up, only the consequences are seen."""
    if not fault.errno or fault.call in UNFAILING:
        return f"lesson: {chapter.split()[0]}: " in err or "lesson: standard output: " in err
    # A machine without the call fork(2) makes a process by clone(2); the lesson says what it asked for.
    call = "(clone|fork)" if fault.call == "clone" else re.escape(fault.call)
    how = rf"( -> errno \d+: .+ \({fault.errno}\)|: ).*"
    said = rf"lesson: ({re.escape(chapter.split()[0])}|standard output): {call}{how}"
    return any(re.fullmatch(said, line) for line in err.splitlines())
