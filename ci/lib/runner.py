"""Runs the checks and adds up what they report; see ci/test for the usage.

A check is an executable. On standard output it prints `ok NAME` or `FAIL NAME: reason` per result, and `gap NAME:
reason` for a failure that ci/gaps expects; all other lines are its log. A check that is killed, that exits non-zero
without a FAIL, or that reports nothing at all is itself a failure: silence never counts as success.

Those that measure run first, each alone. Then the targets are shared out among the processors, and this machine's own checks
as if they were one target more: the checks of a target follow each other, in a build folder of its own.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lib import targets
from lib.common import ROOT, die, ends_with_us, target_dir

CHECKS = ROOT / "ci/checks"
FOLDERS = ("alone", "", "target", "target/some", "target/most", "target/all", "kernel")
# For what hangs: a first run checks `core` for 55 targets, beside others, on a slow machine.
LIMIT_SECONDS = 3600
RESULT = re.compile(r"(?:(ok) (\S.*)|(FAIL|gap) (\S.*?): (\S.*))")

# Nobody looks into these builds with a debugger, and none is built a second time.
BUILDS = {"CARGO_INCREMENTAL": "0", "CARGO_PROFILE_DEV_DEBUG": "false", "CARGO_PROFILE_DEV_CODEGEN_UNITS": "1"}

# Flags of the person's own shell would replace those that a check means to pass.
NOT_PASSED_ON = ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTDOCFLAGS", "CARGO_BUILD_TARGET", "RUSTC_BOOTSTRAP",
                 "RAWTRAP_PROFILE")


@dataclass
class Check:
    path: Path
    row: targets.Run | None = None  # a check that belongs to no row is one of this machine
    limit: float = LIMIT_SECONDS
    alone: bool = False
    passed: list = field(default_factory=list)
    failed: list = field(default_factory=list)  # (name, reason)
    gaps: list = field(default_factory=list)  # (name, reason)
    last_words: str = ""
    process: subprocess.Popen | None = None

    @property
    def name(self):
        return f"{self.path.name} {self.row.key}" if self.row else self.path.name

    def run(self, show):
        """Runs to the end, and calls `show` with each line that a person should see as it comes."""
        self.process = process = subprocess.Popen(
            [self.path, *([self.row.key] if self.row else [])],
            cwd=ROOT,
            env=environment(self.row),
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


def environment(row):
    kept = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    return {
        **kept,
        **BUILDS,
        "CARGO_TARGET_DIR": str(target_dir() / "rows" / row.triple if row else target_dir()),
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
    folders = {name: executables(CHECKS / name) for name in FOLDERS}
    runs = targets.rows()
    names = {path.name for paths in folders.values() for path in paths}
    asked = {argument for argument in arguments if argument in names}
    wanted = [argument for argument in arguments if argument not in names]
    if wanted:
        runs = [run for run in runs if run.key in wanted or run.triple in wanted]
        for argument in set(wanted) - {name for run in runs for name in (run.key, run.triple)}:
            known = [*sorted(names), *(run.key for run in targets.rows())]
            die(f"neither a check nor a target: {argument}; there are:\n  " + "\n  ".join(known))
    if asked:
        folders = {name: [path for path in paths if path.name in asked] for name, paths in folders.items()}
    elif wanted:
        folders |= {"alone": [], "": []}

    def of_row(run):
        if run.how == "kernel":
            return folders["kernel"]
        match run.tests:
            case "hello":
                return [path for path in folders["target"] if path.name in ("abi-rows", "programs")]
            case "few":
                return folders["target"]
            case "some":
                return folders["target"] + folders["target/some"]
            case "most" | "hooks":
                return folders["target"] + folders["target/some"] + folders["target/most"]
            case "all":
                return folders["target"] + folders["target/some"] + folders["target/most"] + folders["target/all"]

    return [
        *(Check(path, alone=True) for path in folders["alone"]),
        *(Check(path) for path in folders[""]),
        *(Check(path, run) for run in runs for path in of_row(run)),
    ]


def main(arguments):
    """Whatever ends this, what the checks left in their temporary folders goes with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda sent, _: sys.exit(128 + sent))
    with tempfile.TemporaryDirectory(prefix="rawtrap-") as scratch:
        os.environ["TMPDIR"] = scratch
        return run_all(arguments)


def run_all(arguments):
    checks = select(arguments)
    progress = Progress(len(checks))
    groups = {}
    for check in checks:
        if check.alone:
            progress.follow(check)
        else:
            groups.setdefault(check.row and check.row.triple, []).append(check)
    if len(groups) == 1:
        for check in next(iter(groups.values())):
            progress.follow(check)
    else:
        # One more than processors: tests wait, for each other and for time to pass.
        with ThreadPoolExecutor(len(os.sched_getaffinity(0)) + 1) as pool:
            try:
                for done in [pool.submit(progress.collect_all, group) for group in groups.values()]:
                    done.result()
            except BaseException:
                progress.stop(checks)
                raise
    return progress.sum_up(checks)


class Progress:
    """What a person sees while the checks run, and after them."""

    def __init__(self, count):
        self.count = count
        self.done = self.passed = self.failed = 0
        self.started = time.monotonic()
        self.lock = threading.Lock()
        self.stopped = False

    def show(self, *lines):
        print(*lines, sep="\n", flush=True)

    def so_far(self):
        return f"{self.passed} passed, {self.failed} failed, {time.monotonic() - self.started:.0f} s so far"

    def follow(self, check):
        """Runs a check and shows each line as it comes."""
        self.show(f"[{self.done + 1}/{self.count}] {check.name}   ({self.so_far()})")
        began = time.monotonic()
        check.run(self.show)
        self.take(check)
        self.show(f"  {outcome(check, began)}")

    def collect_all(self, checks):
        """Runs the checks of one target, others at the same time, and shows the lines of each when it is done."""
        for check in checks:
            if self.stopped:
                return
            began = time.monotonic()
            lines = []
            check.run(lines.append)
            with self.lock:
                self.take(check)
                self.show(f"[{self.done}/{self.count}] {check.name}: {outcome(check, began)}   ({self.so_far()})", *lines)

    def stop(self, checks):
        """No check begins any more, and those that run end."""
        self.stopped = True
        for check in checks:
            if check.process:
                kill(check.process)

    def take(self, check):
        self.done += 1
        self.passed += len(check.passed)
        self.failed += len(check.failed)

    def sum_up(self, checks):
        """The table, what failed, and the line that counts everything, alone and last."""
        self.show(f"\n{len(checks)} checks in {time.monotonic() - self.started:.0f} s\n", *table(checks), "")
        for check in checks:
            for name, reason in check.failed:
                self.show(f"FAIL {check.name}: {name}: {reason}")
        self.show(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def outcome(check, began):
    gaps = f", {len(check.gaps)} known gaps" if check.gaps else ""
    return f"{len(check.passed)} ok, {len(check.failed)} failed{gaps}, {time.monotonic() - began:.1f} s"


HOW = {"native": "native", "qemu": "qemu-user", "kernel": "real kernel"}


def table(checks):
    """One line for each target and way to run it. A known gap is a case that an emulator or a kernel gets wrong (ci/gaps),
    and that failed as listed: it counts neither as passed nor as failed."""
    rows = {}
    for check in checks:
        name = (check.row.triple, HOW[check.row.how]) if check.row else ("(the crate itself)", "this machine")
        sums = rows.setdefault(name, [0, 0, 0])
        for place, results in enumerate((check.passed, check.failed, check.gaps)):
            sums[place] += len(results)
    line = "{:<38}{:<14}{:>8}{:>8}{:>12}".format
    head = line("target", "how it ran", "passed", "failed", "known gaps")
    return [head, "-" * len(head), *(line(*name, *sums) for name, sums in rows.items())]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
