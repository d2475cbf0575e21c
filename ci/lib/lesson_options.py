"""What may stand between any chapter and the kernel: --watch with -e, -c and -o, --inject, and all of it with --registers."""

import re
import tempfile
from collections import Counter
from pathlib import Path

from lib import lesson

LINE = re.compile(r"(?:\[pid \d+\] )?(?:(\w+)\(.*|<\.\.\. (\w+) resumed>.*)")
ROW = re.compile(r" *\d+\.\d+ +\d+\.\d+ +\d+ +(\d+) +(?:(\d+) )? *(\w+)")


def check(command, run, result, expect, chapters, outside):
    for name in chapters:
        result(f"{name}/watch", watched(command, run, name, outside))
    filters(command, expect)
    faults(command, expect)
    losses(command, expect)
    endless(command, expect)


def run_with_log(command, *arguments, stdin=None):
    """A run with `-o FILE`, and the lines of the file."""
    with tempfile.TemporaryDirectory(prefix="rawtrap-watch-") as folder:
        log = Path(folder) / "log"
        ran = lesson.execute(command("--watch", "-o", str(log), *arguments), stdin=stdin)
        return ran, log.read_text(errors="replace").splitlines() if log.is_file() else []


def watched(command, run, name, outside):
    """A chapter does under --watch what it does without, and every line of the log is a call."""
    expected = lesson.load(name, run)
    ran, log = run_with_log(command, *name.split(), stdin=expected.stdin)
    complaint = lesson.differs(expected.lines, ran.lines, outside(ran.pid))
    complaint = complaint or lesson.differs(expected.err, ran.err.splitlines(), {})
    if complaint or ran.status != lesson.status(expected.err):
        return complaint or f"status {ran.status}"
    if strange := [line for line in log if not LINE.fullmatch(line)]:
        return f"no call: {strange[0]!r}"
    own = [line for line in log if not line.startswith("[pid ")]
    begun, ended = own[:3], own[-1:]
    if not all(line.startswith("rt_sigaction(") for line in begun) or ended != [f"exit_group({ran.status}) = ?"]:
        return f"it begins with {begun} and ends with {ended}"
    text = sum(line.startswith("write(1, ") for line in own)
    return "" if text >= len(ran.lines) else f"{text} writes to fd 1 for {len(ran.lines)} lines"


def counts(log):
    """The table of `-c`: calls and errors of each name."""
    rows = [match for line in log if (match := ROW.fullmatch(line))]
    return {name: (int(calls), int(errors or 0)) for calls, errors, name in (match.groups() for match in rows)}


def filters(command, expect):
    _, whole = run_with_log(command, "boundary")
    ran, some = run_with_log(command, "-e", "pipe2,close", "boundary")
    wanted = [line for line in whole if line.startswith(("pipe2(", "close("))]
    expect("-e NAME,NAME: these calls alone", ran.status == 0 and some == wanted and len(some) == 3, f"{some}, {wanted}")
    _, some = run_with_log(command, "-etrace=getpid", "boundary")
    expect("-e as strace has it", [line.partition("(")[0] for line in some] == ["getpid"], f"{some}")
    # What is written is not the same in both: the process's number has as many digits as it has.
    table = counts(run_with_log(command, "-c", "boundary")[1])
    calls = Counter(line.partition("(")[0] for line in whole if not line.startswith("exit_group("))
    errors = Counter(line.partition("(")[0] for line in whole if " = -1 E" in line)
    wanted = {name: (count, errors[name]) for name, count in calls.items()}
    total = table.pop("total", None)
    sums = tuple(map(sum, zip(*table.values())))
    expect("-c: how often, and how often in vain", table == wanted and total == sums, f"{table}, {total}, wanted {wanted}")
    ran = lesson.execute(command("boundary", "--watch", "-e", "getpid"))
    known = ran.status == 0 and re.fullmatch(r"getpid\(\) = \d+\n", ran.err) and "getpid(): " in ran.out
    expect("without -o it is fd 2", known, f"{ran}")
    _, log = run_with_log(command, "calls")
    forked = {line.rpartition(" = ")[2] for line in log if re.match(r"(fork|clone)\(", line)}
    marked = {match[1] for line in log if (match := re.match(r"\[pid (\d+)\] ", line))}
    expect("the lines of a child have its number", marked and marked <= forked, f"{marked} of {forked}")


def losses(command, expect):
    """What the watcher could not write is told, but for a line behind the last word: that of exit_group."""
    alone = lesson.execute(command("boundary"))
    full = "lesson: --watch: write -> errno 28: no space left on device (ENOSPC); a line is lost\n"
    for name, options in (("lines", []), ("counts", ["-c"])):
        ran = lesson.execute(command("boundary", "--watch", *options, "-o", "/dev/full"))
        good = ran.status == 1 and ran.err == full and len(ran.lines) == len(alone.lines)
        expect(f"--watch, a full device: {name} that are lost are told", good, f"{ran}")
    with open("/dev/full", "w") as device:
        ran = lesson.execute(command("boundary", "--watch"), stderr=device)
    expect("--watch, fd 2 is a full device: status 1", ran.status == 1, f"{ran}")
    ran = lesson.execute(["sh", "-c", 'exec "$@" 2>&-', "-", *command("boundary", "--watch")])
    expect("--watch, fd 2 is closed: status 1", ran.status == 1 and not ran.out, f"{ran}")


def endless(command, expect):
    """What repeats for as long as it is interrupted comes to an end."""
    whole = lesson.execute(command("boundary"))
    for rule in "write:error=EINTR", "any:error=EINTR":
        ran = lesson.execute(command("boundary", f"--inject={rule}"), limit=20)
        good = ran.status is not None and ran.err.endswith("too many calls failed for too long: the rules were taken away\n")
        expect(f"--inject={rule} comes to an end, which is told", good and (rule[0] == "a" or len(ran.lines) == len(whole.lines)), f"{ran}")
    ran = lesson.execute(command("boundary", "--inject=write:short=1"))
    expect("--inject leaves rules in place that many calls meet", "taken away" not in ran.err and len(ran.lines) == len(whole.lines), f"{ran}")


def faults(command, expect):
    refused = "lesson: boundary: pipe2 -> errno 24: too many open files in this process (EMFILE)" + "\n"
    hit = "hit 1 of 1: pipe2:error=EMFILE\n"
    ran = lesson.execute(command("boundary", "--inject=pipe2:error=EMFILE"))
    good = ran.status == 1 and ran.err == refused + hit and "getpid(): " in ran.out and "pipe2 ->" not in ran.out
    expect("--inject=RULES lets a call fail, and tells what it hit", good, f"{ran}")
    ran = lesson.execute(command("--inject", "fsync:error=EIO", "boundary"))
    good = ran.status == 0 and ran.err == "hit 0 of 0: fsync:error=EIO\n"
    expect("--inject tells of a rule that hit nothing", good, f"{ran}")
    ran = lesson.execute(command("inject", "write:error=EINTR", "--inject=getpid:error=EPERM"))
    expect("--inject leaves the chapter's own rules alone", "hit 0 of 0: getpid:error=EPERM\n" == ran.err, f"{ran}")

    ran, log = run_with_log(command, "boundary", "--registers", "--inject=pipe2:error=EMFILE;write:short=7:when=2+")
    whole = lesson.execute(command("boundary"))
    # One behind the other: the watcher sees what the program is answered, the registers are those of real traps.
    expect("all at once: the watcher shows what failed", any(re.match(r"pipe2\(.* = -1 EMFILE", line) for line in log), f"{log}")
    expect("all at once: no registers of a trap that was not made", "(pipe2)" not in ran.out, ran.out)
    cut = [line for line in log if re.fullmatch(r'write\(999, "nobody hears this\\n", 18\) = -1 EBADF .*', line)]
    expect("all at once: the request is the program's, the registers the kernel's",
           len(cut) == 1 and re.search(r"=0x3e7 .*=0x7 \|", ran.out), f"{cut} {ran.out}")

    short = lesson.execute(command("boundary", "--inject=write:short=7"))
    numbers = lambda ran: [re.sub(r"\d+", "N", line) for line in ran.lines]
    good = short.status == 0 and numbers(short) == numbers(whole) and "wrote 7 bytes" in short.out
    expect("short counts lose nothing", good, f"{short}")
