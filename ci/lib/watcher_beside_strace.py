"""The log of `lesson --watch -o FILE CHAPTER` beside strace's of the same run: the same calls of each thread, in the same
order, with the same arguments and results. What differs in each run is listed in ACCEPTED, with its reason. What depends
on the moment is allowed besides: a signal that ends a process may come between its last call and the line."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib import lesson, strace_log

ACCEPTED = {
    "words": "strace has the C library's words for an errno, the watcher has the crate's",
    "before": "what comes before the hook is set: execve, and the making of the log",
    "own": "how the watcher writes a line, asks who it is, and reads memory by the kernel's hand: it does not watch itself",
    "execve": "its line is written before the call, because nobody may come back; the new program has no watcher",
    "bare": "what the chapter does by a bare trap or a twin in `raw` passes no hook",
    "refused": "what a script refuses is never made: the chapter sees the error, the kernel sees nothing",
    "shortened": "of what a script shortens, the chapter's request is the long one, and the kernel's the short one",
}

BEFORE = ["execve", "openat", "fcntl", "close", "gettid"]
# By chapter.
BARE = {
    "abi": lambda call: call.name == "write" and call.args.startswith("-1, "),
    "portable": lambda call: call.name == "syscall_0xffff",
    "scheduler": lambda call: call.name == "read" or call.name == "futex" and "FUTEX_WAIT" in call.args,
}
HITS = re.compile(r"hit (\d+) of \d+: \w+:(error|short)=.*")
LENGTH = re.compile(r"(\d+), .*, (\d+)")
LOG_FD = re.compile(r"fcntl\(\d+, F_DUPFD_CLOEXEC, \d+\) = (\d+)")
LINE = re.compile(r"(?:\[pid (\d+)\] )?(\w+)\((.*)\) = (.*)")
BEGUN = re.compile(r"(?:\[pid (\d+)\] )?(execve)\((.*) <unfinished \.\.\.>")
RESUMED = re.compile(r"(?:\[pid (\d+)\] )?<\.\.\. (execve) resumed>\) = (.*)")
WORDS = re.compile(r"(-1 E\w+) \(.*\)")


@dataclass
class Seen:
    """What the watcher wrote of one call."""

    name: str
    args: str
    result: str | None  # None: it may not have come back


class Comparison:
    def __init__(self, name, command, stdin):
        self.name, self.used = name, set()
        self.scripted = {"error": 0, "short": 0}
        with tempfile.TemporaryDirectory(prefix="rawtrap-watcher-") as folder:
            log = Path(folder) / "log"
            whole = command("--watch", "-o", str(log), *name.split())
            trace = lesson.strace(whole, "-s32", stdin=stdin)
            self.main = next(iter(trace.logs))
            self.seen = self.watchers(log.read_text(errors="replace").splitlines())
        self.logs, self.ran = trace.logs, trace.ran
        self.fd = next((found[1] for line in self.logs[self.main] if (found := LOG_FD.fullmatch(line))), None)

    def watchers(self, lines):
        """The watcher's lines of each thread."""
        threads = {}
        for line in lines:
            if match := RESUMED.fullmatch(line):
                pid, _, result = match.groups()
                threads[pid or self.main][-1].result = result
                continue
            match = BEGUN.fullmatch(line) or LINE.fullmatch(line)
            pid, name, args = match.groups()[:3] if match else (None, "", line)
            result = match[4] if match and match.re is LINE else None
            threads.setdefault(pid or self.main, []).append(Seen(name, args, result))
        return threads

    def complaint(self):
        if not self.fd:
            return "strace does not see the log being made"
        if unknown := self.seen.keys() - self.logs.keys():
            return f"strace saw no thread {unknown}"
        for pid, log in self.logs.items():
            if wrong := self.differs(self.stracers(pid, log), self.seen.get(pid, []), log):
                return f"thread {pid}: {wrong}"
        # Nothing is taken for a fault that the script does not account for.
        hits = {"error": 0, "short": 0}
        for match in filter(None, map(HITS.fullmatch, self.ran.out.splitlines())):
            hits[match[2]] += int(match[1])
        return "" if hits == self.scripted else f"the script hit {hits}, the logs differ in {self.scripted}"

    def accept(self, name):
        self.used.add(name)
        return True

    def stracers(self, pid, log):
        """What the program itself did, as strace saw it."""
        calls = list(strace_log.calls(log))
        if pid == self.main:
            if [call.name for call in calls[:len(BEFORE)]] == BEFORE:
                calls = calls[len(BEFORE):]
                self.accept("before")
        kept = []
        while calls:
            call = calls.pop(0)
            if call.name == "gettid" or call.name == "process_vm_readv" and call.args.startswith(f"{pid}, "):
                self.accept("own")
            elif call.name == "write" and call.args.startswith(f"{self.fd}, "):
                # Around a line, SIGPIPE and SIGXFSZ are held back.
                if kept and kept[-1].name == "rt_sigprocmask" and kept[-1].args.startswith("SIG_BLOCK, [PIPE XFSZ]"):
                    kept.pop()
                if calls and calls[0].name == "rt_sigprocmask" and calls[0].args.startswith("SIG_SETMASK"):
                    calls.pop(0)
                self.accept("own")
            else:
                kept.append(call)
        return kept

    def differs(self, calls, seen, log):
        """What is wrong, or nothing."""
        calls, seen = list(calls), list(seen)
        while calls or seen:
            if calls and seen and self.same(calls[0], seen[0]):
                call, line = calls.pop(0), seen.pop(0)
                if call.name == "execve" and line.result is None:
                    self.accept("execve")
                    return "" if not seen else f"after execve, the watcher has {seen[0]}"
            elif calls and self.only_strace(calls, log):
                calls.pop(0)
            elif seen and self.only_watcher(seen[0]):
                seen.pop(0)
            else:
                return f"strace has {' '.join(map(str, calls[:1])) or 'no more'}, the watcher {seen[:1] or 'no more'}"
        return ""

    def same(self, call, line):
        if self.shortened(call, line):
            self.scripted["short"] += 1
            return self.accept("shortened")
        if (call.name, call.args) != (line.name, line.args):
            return False
        if line.result is None:
            return call.name == "execve"
        if call.result == line.result:
            return True
        without = [WORDS.sub(r"\1", result) for result in (call.result, line.result)]
        return without[0] == without[1] and self.accept("words")

    def shortened(self, call, line):
        """The same fd and answer, but fewer bytes were asked for."""
        short, long = LENGTH.fullmatch(call.args), LENGTH.fullmatch(line.args)
        return (
            self.name == "inject" and call.name == line.name in ("read", "write") and short and long
            and short[1] == long[1] and int(short[2]) < int(long[2]) and call.result == line.result
        )

    def only_strace(self, calls, log):
        bare = BARE.get(self.name.split()[0])
        if bare and bare(calls[0]):
            return self.accept("bare")
        return len(calls) == 1 and log[-1].startswith("+++ killed by ")

    def only_watcher(self, line):
        if self.name == "inject" and (line.result or "").startswith("-1 E"):
            self.scripted["error"] += 1
            return self.accept("refused")
        return False
