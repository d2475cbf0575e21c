"""Chapter inject under rules of the reader's own; ci/lesson/inject has the usual ones."""

import re

from lib import lesson

LOST = "the rest is lost, and nobody knows"
TOLD = "the rest did not, and the program knows"
WHOLE = '19 of 19 bytes arrived, "first second third ": nothing is lost'
READ = ['read -> 19 of 19 bytes: "first second third "', 'read_to_end -> 0 bytes: ""']
ENOSPC = "write -> errno 28: no space left on device (ENOSPC)"
EMFILE = "pipe2 -> errno 24: too many open files in this process (EMFILE)"
EIO = "errno 5: input/output error (EIO)"

# What the works print under these rules: those that send, then the one that reads, then the one that makes two pipes.
RULES = {
    "fsync:error=EIO": [WHOLE, WHOLE, WHOLE, *READ],
    "write:error=ENOSPC:when=2": [
        f'12 of 19 bytes arrived, "first third ": {LOST}',
        ENOSPC, f'6 of 19 bytes arrived, "first ": {TOLD}',
        ENOSPC, f'6 of 19 bytes arrived, "first ": {TOLD}',
        *READ,
    ],
    "read,write:short=1": [
        f'3 of 19 bytes arrived, "fst": {LOST}', f'3 of 19 bytes arrived, "fst": {LOST}', WHOLE,
        'read -> 1 of 19 bytes: "f"', 'read_to_end -> 18 bytes: "irst second third "',
    ],
    "write:short=5:when=2..3": [
        f'16 of 19 bytes arrived, "first seconthird": {LOST}', f'16 of 19 bytes arrived, "first seconthird": {LOST}',
        WHOLE, *READ,
    ],
    "write:error=EINTR": [
        f'0 of 19 bytes arrived, "": {LOST}',
        "after 1000 calls the script was taken away", WHOLE,
        "after 1000 calls the script was taken away", WHOLE,
        *READ,
    ],
    "pipe2:error=EMFILE": [EMFILE, EMFILE, EMFILE, *READ, EMFILE],
    "read:error=EIO:when=2": [
        WHOLE, WHOLE, WHOLE, READ[0], READ[1], f"then read -> {EIO}",
    ],
    "close:error=EIO  any:error=EIO:when=3": [
        f'12 of 19 bytes arrived, "first third ": {LOST}',
        f"write -> {EIO}", f'6 of 19 bytes arrived, "first ": {TOLD}',
        f"write -> {EIO}", f'6 of 19 bytes arrived, "first ": {TOLD}',
        *READ,
    ],
}

EINTR = "write -> errno 4: interrupted by a signal (EINTR)"
GIVEN_UP = "after 1000 calls the script was taken away"
# What becomes of the parts of chapter pitfalls under them, and what is said before of all of them: they send, to a pipe
# without room; the fourth makes no call, the fifth reads.
PARTS = {
    "fsync:error=EIO": ["", "", "", "", ""],
    "write:error=ENOSPC:when=2": [ENOSPC, "", "", "", ""],
    "read,write:short=1": [GIVEN_UP, "write: a full pipe took more", "survives", "survives", "", ""],
    "write:short=5:when=2..3": ["survives", "survives", "", "", ""],
    "write:error=EINTR": [GIVEN_UP, EINTR, EINTR, "survives", "", ""],
    "pipe2:error=EMFILE": [EMFILE, EMFILE, EMFILE, "", EMFILE],
    "read:error=EIO:when=2": [f"read -> {EIO}", "", "", "", ""],
    "close:error=EIO  any:error=EIO:when=3": [f"write -> {EIO}", "survives", "survives", "", "survives"],
}

# Scripts, the place where they are wrong, and what is expected there.
WRONG = {
    "write:error=EINTER": (1, 13, "expected an errno's name or number, 1 to 4095"),
    "write:short=1\n  getpid:short=1": (2, 10, "getpid has no length, or may not be answered short"),
    "write:error=EIO:when=0": (1, 22, "expected a number from 1 to 4294967294"),
    "nowhere:error=EIO": (1, 1, "has no call of this name"),
}


def check(command, expect):
    for rules, works in RULES.items():
        ran = lesson.execute(command("inject", rules), limit=20)
        said = [line for line in ran.lines if line[0] not in ">" and not line.startswith(("hit ", "rule: ", "never: "))]
        tally = said.pop() if said else ""
        said = [re.sub(r"part \d(, hit: |: not hit)", "", line) for line in said]
        free = len(said) - len(PARTS[rules]) - 1
        good = ran.status == 0 and not ran.err and said[:free] == works and said[free + 1:] == PARTS[rules]
        good = good and "".join(said[free:free + 1]).endswith(", as before") and tally.endswith(" rules have hit")
        expect(f"inject {rules}", good, f"status {ran.status}, {ran.lines}, fd 2: {ran.err}")
    ran = lesson.execute(command("inject", "write:error=EIO:when=99 dup3:error=EIO"))
    never = [line for line in ran.lines if line.startswith("never: ")]
    named = ["never: write:error=EIO:when=99", "never: dup3:error=EIO"]
    expect("inject names the rules that never hit", "0 of 2 rules have hit" in ran.lines and never == named, f"{ran}")

    for rules, (line, column, what) in WRONG.items():
        ran = lesson.execute(command("inject", rules))
        first, source, place = (ran.err.splitlines() + [""] * 3)[:3]
        good = ran.status == 2 and not ran.out and ran.err.count("\n") == 3
        good = good and first.startswith(f"lesson: the rules, line {line}, column {column}: ") and what in first
        good = good and source == rules.splitlines()[line - 1] and place == " " * (column - 1) + "^"
        expect(f"inject {' '.join(rules.split())} is refused at its place, status 2", good, f"{ran}")
