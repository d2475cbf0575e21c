"""Logs of `lesson watch -o FILE` and of `strace -f -o FILE`, taken apart: what each task did.

Every line begins with the task's number. A call stands in two pieces, `<unfinished ...>` and `<... NAME resumed>`, where
others wrote in between."""

import re
from dataclasses import dataclass, field

LINE = re.compile(r"(\d+) +(.*)")
UNFINISHED = re.compile(r"(.*?) ?<(?:unfinished|pid changed to \d+) \.\.\.>(\).*)?")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
SUPERSEDED = re.compile(r"\+\+\+ superseded by execve in pid (\d+) \+\+\+")
END = re.compile(r"\+\+\+ (exited|killed) .*")


@dataclass
class Log:
    tasks: dict = field(default_factory=dict)  # number -> its lines, in the order of their births; the program first
    wrong: list = field(default_factory=list)
    pieces: int = 0  # calls that stand in two

    @property
    def program(self):
        return next(iter(self.tasks))


def parse(text):
    log, begun, ended = Log(), {}, set()
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if not match:
            log.wrong.append(f"no number: {line}")
            continue
        pid, line = match.groups()
        lines = log.tasks.setdefault(pid, [])
        if pid in ended:
            log.wrong.append(f"behind the end of {pid}: {line}")
        if resumed := RESUMED.fullmatch(line):
            start = begun.pop(pid, "")
            if not start.startswith(resumed[1] + "("):
                log.wrong.append(f"resumes what did not begin: {pid} {line}")
            line = start + resumed[2]
        if match := UNFINISHED.fullmatch(line):
            if pid in begun:
                log.wrong.append(f"begins while it is in a call: {pid} {line}")
            begun[pid] = match[1]
            log.pieces += 1
            continue
        if match := SUPERSEDED.fullmatch(line):
            # The thread has this number from here on, and is in its execve.
            ended.add(match[1])
            begun[pid] = begun.pop(match[1], "")
        elif END.fullmatch(line):
            ended.add(pid)
        elif pid in begun:
            log.wrong.append(f"a line of a task that is in a call: {pid} {line}")
        lines.append(line)
    log.wrong += [f"never ends: {pid}" for pid in log.tasks if pid not in ended]
    return log
