"""Runs a test program and holds what it printed against what it promised.

The program prints `plan COUNT ARCH MACHINE` first: how many cases there are, the architecture it was compiled for, and
the machine that uname names. Then one line a case, `ok NAME` or `FAIL NAME: reason`. A program that stops half-way,
that runs elsewhere than it should, or that forgets a case must not look like one that passed.
"""

import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib.common import ends_with_us
from lib.gaps import Judge

LIMIT_SECONDS = 60
PLAN = re.compile(r"plan (\d+) (\S+) (\S+)")
CASE = re.compile(r"(?:ok (\S+)|FAIL (\S+): (.+))")


@dataclass
class Outcome:
    status: int | None  # None: still running when the time was over; negative: the signal that ended it
    output: str
    log: str
    left: list  # names of files that the program made and did not remove


def execute(command, limit=LIMIT_SECONDS):
    """Runs `command` in an empty directory of its own."""
    with tempfile.TemporaryDirectory(prefix="rawtrap-") as scratch:
        process = subprocess.Popen(
            command,
            cwd=scratch,
            env={**os.environ, "TMPDIR": scratch},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=ends_with_us,
        )
        try:
            output, log = process.communicate(timeout=limit)
            status = process.returncode
        except subprocess.TimeoutExpired:
            kill_group(process)
            output, log = process.communicate()
            status = None
        kill_group(process)
        return Outcome(status, output, log, sorted(path.name for path in Path(scratch).iterdir()))


def kill_group(process):
    """Whatever the program started and left behind goes with it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def judge(outcome, run, program, profile, gaps):
    """The results to report, as (`ok` | `FAIL` | `gap`, name, reason)."""
    verdict = Judge(gaps, run.key, program, profile)
    lines = outcome.output.splitlines()
    plan = PLAN.fullmatch(lines[0]) if lines else None
    results, seen, wrong, reported_failure = [], [], [], False

    for line in lines[1:] if plan else lines:
        case = CASE.fullmatch(line)
        if not case:
            wrong.append(("output", f"not a result: {line!r}"))
            continue
        name = case[1] or case[2]
        if name in seen:
            wrong.append((name, "reported more than once"))
            continue
        seen.append(name)
        reported_failure |= case[1] is None
        results.append(verdict.passed(name) if case[1] else verdict.failed(name, case[3]))

    if not plan:
        wrong.append(("plan", f"the first line is not `plan COUNT ARCH MACHINE`: {lines[0] if lines else ''!r}"))
    else:
        count, arch, machine = int(plan[1]), plan[2], plan[3]
        if count == 0:
            wrong.append(("plan", "a program without a case"))
        if count != len(seen):
            wrong.append(("plan", f"{count} cases planned, {len(seen)} reported"))
        if arch != run.arch:
            wrong.append(("plan", f"compiled for {arch}, expected {run.arch}"))
        if machine != run.machine:
            wrong.append(("plan", f"ran on {machine}, expected {run.machine}"))
    if complaint := wrong_status(outcome.status, reported_failure):
        wrong.append(("exit", complaint))
    if outcome.left:
        wrong.append(("files", "left behind: " + ", ".join(outcome.left)))
    results += [verdict.failed(name, reason) for name, reason in merge(wrong)]
    return results + verdict.unmatched()


def wrong_status(status, reported_failure):
    if status is None:
        return "still running when its time was over"
    if status < 0:
        return f"killed by signal {-status} ({signal.strsignal(-status)})"
    if status != 0 and not reported_failure:
        return f"status {status}, though no case failed"
    if status == 0 and reported_failure:
        return "status 0, though a case failed"
    return None


def merge(wrong):
    """One result per name, as names are unique."""
    reasons = {}
    for name, reason in wrong:
        reasons.setdefault(name, []).append(reason)
    return [(f"[{name}]", "; ".join(texts)) for name, texts in reasons.items()]
