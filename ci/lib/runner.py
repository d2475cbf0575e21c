"""Runs the checks and adds up what they report; see ci/test for the usage.

A check is an executable. On standard output it prints `ok NAME` or `FAIL NAME: reason` per result, and `gap NAME:
reason` for a failure that ci/gaps expects; all other lines are its log. A check that is killed, that exits non-zero
without a FAIL, or that reports nothing at all is itself a failure: silence never counts as success.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from lib import targets
from lib.common import ROOT, die, ends_with_us, target_dir

CHECKS = ROOT / "ci/checks"
LIMIT_SECONDS = 900
RESULT = re.compile(r"(?:(ok) (\S.*)|(FAIL|gap) (\S.*?): (\S.*))")

# Flags of the person's own shell would replace those that a check means to pass.
NOT_PASSED_ON = ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTDOCFLAGS", "CARGO_BUILD_TARGET", "RUSTC_BOOTSTRAP",
                 "RAWTRAP_PROFILE")


@dataclass
class Check:
    path: Path
    arguments: tuple = ()
    limit: float = LIMIT_SECONDS
    passed: list = field(default_factory=list)
    failed: list = field(default_factory=list)  # (name, reason)
    gaps: list = field(default_factory=list)  # (name, reason)
    last_words: str = ""

    @property
    def name(self):
        return " ".join((self.path.name, *self.arguments))

    def run(self, show):
        """Runs to the end, and calls `show` with each line that a person should see as it comes."""
        process = subprocess.Popen(
            [self.path, *self.arguments],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=as_in_a_terminal,
        )
        expired = threading.Event()
        timer = threading.Timer(self.limit, lambda: (expired.set(), kill(process)))
        timer.start()
        try:
            for line in process.stdout:
                self.take(line.rstrip("\n"), show)
            status = process.wait()
        finally:
            timer.cancel()
            kill(process)
        self.conclude(status, expired.is_set(), show)

    def take(self, line, show):
        match = RESULT.fullmatch(line)
        if not match:
            self.last_words = line.strip() or self.last_words
            show(f"    {line}")
        elif match[1]:
            self.passed.append(match[2])
        else:
            (self.failed if match[3] == "FAIL" else self.gaps).append((match[4], match[5]))
            show(f"  {line}")

    def conclude(self, status, expired, show):
        names = [*self.passed, *(name for name, _ in self.failed + self.gaps)]
        before = len(self.failed)
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.failed.append((name, "reported more than once"))
        if expired:
            self.failed.append(("check", f"not finished after {self.limit:g} seconds"))
        elif status < 0:
            self.failed.append(("check", f"killed by signal {-status} ({signal.strsignal(-status)})"))
        elif status != 0 and not self.failed:
            self.failed.append(("check", f"exit status {status} without a FAIL line; last it said: {self.last_words}"))
        elif not names:
            self.failed.append(("check", f"reported no result; last it said: {self.last_words}"))
        for name, reason in self.failed[before:]:
            show(f"  FAIL {name}: {reason}")


def as_in_a_terminal():
    """A shell lets what it starts in the background ignore signals, nohup does so too, and children inherit it."""
    ends_with_us()
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def environment():
    kept = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    return {
        **kept,
        "CARGO_TARGET_DIR": str(target_dir()),
        "CARGO_TERM_COLOR": "never",
        "PYTHONPATH": str(ROOT / "ci"),
        "PYTHONUNBUFFERED": "1",
    }


def executables(folder):
    found = sorted(path for path in folder.iterdir() if path.is_file())
    for path in found:
        if not os.access(path, os.X_OK):
            die(f"{path.relative_to(ROOT)} is not executable, so it would not be run")
    return found


def select(arguments):
    """The checks that the command line asks for: all, or those of some targets, or some by name."""
    once, each, runs = executables(CHECKS), executables(CHECKS / "target"), targets.rows()
    names = {path.name for path in once + each}
    asked = {argument for argument in arguments if argument in names}
    wanted = [argument for argument in arguments if argument not in names]
    if wanted:
        runs = [run for run in runs if run.key in wanted or run.triple in wanted]
        for argument in set(wanted) - {name for run in runs for name in (run.key, run.triple)}:
            known = [*sorted(names), *(run.key for run in targets.rows())]
            die(f"neither a check nor a target: {argument}; there are:\n  " + "\n  ".join(known))
    if asked:
        once, each = ([path for path in group if path.name in asked] for group in (once, each))
    elif wanted:
        once = []
    return [Check(path) for path in once] + [Check(path, (run.key,)) for run in runs for path in each]


def main(arguments):
    """Whatever ends this, what the checks left in their temporary folders goes with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda sent, _: sys.exit(128 + sent))
    with tempfile.TemporaryDirectory(prefix="rawtrap-") as scratch:
        os.environ["TMPDIR"] = scratch
        return run_all(arguments)


def run_all(arguments):
    started = time.monotonic()
    checks = select(arguments)
    passed, failed, gaps = 0, [], []

    def show(line):
        print(line, flush=True)

    for number, check in enumerate(checks, 1):
        show(f"[{number}/{len(checks)}] {check.name}   ({passed} passed, {len(failed)} failed, "
             f"{time.monotonic() - started:.0f} s so far)")
        began = time.monotonic()
        check.run(show)
        show(f"  {len(check.passed)} ok, {len(check.failed)} failed, {time.monotonic() - began:.1f} s")
        passed += len(check.passed)
        failed += [f"{check.name}: {name}: {reason}" for name, reason in check.failed]
        gaps += check.gaps

    show(f"\n{len(checks)} checks in {time.monotonic() - started:.0f} s")
    if gaps:
        show(f"{len(gaps)} known gaps of an emulator (ci/gaps), each of which still fails as listed")
    for line in failed:
        show(f"FAIL {line}")
    show(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
