"""Chapter watch on one target: its command line, and either that it watches, or that it says why it cannot. What it
prints is held against strace's words in ci/checks/alone/watch."""

import os
import re
import subprocess

from lib import lesson, narrow
from lib.processes import wait_for, with_word

REFUSED = r"""lesson: watch: ptrace -> errno \d+: function not implemented \(ENOSYS\)
lesson: watch: .*: cargo lesson boundary --watch
"""


def check(command, run, expect):
    usage(command, expect)
    ran = lesson.execute(command("watch", "--help"))
    good = ran.status == 0 and not ran.err and ran.out.startswith("usage: lesson watch")
    expect("watch --help tells its options", good, f"{ran}")
    ran = lesson.execute(command("watch", "sh", "-c", "echo hi; exit 3"))
    if run.how == "native":
        # A shell of the host's own may be of its other architecture, whose calls have no names here.
        write = r"64-bit syscall_0x1(...)" if narrow.is_narrow(run.arch) else r'write(1, "hi\n", 3)'
        good = ran.status == 3 and ran.out == "hi\n" and f"\n{write} = 3\n" in ran.err
        expect("watch watches a program", good and ran.err.endswith("+++ exited with 3 +++\n"), f"{ran}")
    else:
        good = ran.status == 1 and not ran.out and re.fullmatch(REFUSED, ran.err)
        expect("watch says where ptrace is refused, and points elsewhere", good, f"{ran}")
        name = f"rawtrap-never-{os.getpid()}"
        ran = lesson.execute(command("watch", "touch", name))
        expect("a program that cannot be watched does not run", ran.status == 1 and not ran.left, f"{ran}")
    if run.how == "native":
        ran = lesson.execute(command("watch", command()[0], "boundary"))
        good = ran.status == 0 and 'write(1, "hello from write(2)\\n", 20) = 20\n' in ran.err
        expect("watch watches a program of its own architecture", good, f"{ran}")
    left = children_left(command)
    expect("watch leaves no child behind", not left, left)


def usage(command, expect):
    wrong = {
        "no program": ([], "it takes a program with its arguments, or -p PID"),
        "options alone": (["-c", "-e", "read"], "it takes a program with its arguments, or -p PID"),
        "a program and a process": (["-p", "1", "true"], "it takes a program or -p PID, not both"),
        "an unknown option": (["-x", "true"], 'unknown option "-x"'),
        "an option's value is missing": (["-o"], "-o wants a value"),
        "an unknown call": (["-e", "read,rite", "true"], 'there is no call "rite"'),
        "no number": (["-p", "init"], '"init" is no process\'s number'),
        "a number that none has": (["-p", "-1"], '"-1" is no process\'s number'),
    }
    for name, (arguments, words) in wrong.items():
        ran = lesson.execute(command("watch", *arguments))
        said = rf"lesson: watch: {re.escape(words)}; `lesson watch --help` lists what there is\n"
        good = ran.status == 2 and not ran.out and re.fullmatch(said, ran.err)
        expect(f"watch: {name} is refused on fd 2, status 2", good, f"{ran}")
    for name, (arguments, call, errno) in {
        "a program that is not there": (["/no/such/program"], "execve", "ENOENT"),
        "a file that cannot be made": (["-o", "/no/such/folder/log", "true"], "openat", "ENOENT"),
    }.items():
        ran = lesson.execute(command("watch", *arguments))
        # Where ptrace is refused, that comes first.
        said = rf"lesson: watch: ({call} -> errno \d+: .* \({errno}\)|ptrace -> errno \d+: .*)$"
        expect(f"watch: {name}", ran.status == 1 and re.search(said, ran.err, re.MULTILINE), f"{ran}")
    ran = lesson.execute(command("watch", "no-such-program"))
    good = (ran.status, ran.err) == (1, 'lesson: watch: PATH has no program "no-such-program"\n')
    expect("watch: a program that PATH does not have", good, f"{ran}")


def children_left(command):
    """Those that still are, of a run that was told to watch a program which would live long."""
    name = f"rawtrap-stray-{os.getpid()}"
    process = subprocess.Popen(
        ["timeout", "-s", "KILL", "1", *command("watch", "sh", "-c", f": {name}; sleep 60; true")],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    process.wait()
    # The kernel ends them when it ends their tracer, but not in the same moment.
    wait_for(lambda: not with_word(name), seconds=5)
    return with_word(name)
