"""Whether the kernel below starts a program of a target by itself, which decides what execve(2) answers in an emulator."""

import functools
import subprocess

from lib import programs, targets


@functools.cache
def is_foreign(key):
    """True if the kernel refuses a program of this row. It does not on a machine that runs such programs itself, nor
    where binfmt_misc hands them to an emulator: a fact that is tried, not guessed."""
    run = targets.find(key)
    if run.how == "kernel":
        return False
    try:
        return subprocess.run([programs.build_or_die(run.triple, programs.find("hello"), programs.usual_profile(run))],
                              stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode != 0
    except OSError:
        return True
