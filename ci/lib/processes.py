"""Which processes there are, by /proc (proc(5))."""

import os
import time
from pathlib import Path


def wait_for(condition, seconds=10):
    """What `condition` says at last, asked until that is true, or until the time is over."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return value


def stat(pid):
    """A process's state, its parent, its group; nothing, if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def running(pid):
    return stat(pid)[:1] not in ([], ["Z"], ["X"])


def everybody():
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def of_group(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return []
    return [pid for pid in everybody() if stat(pid)[2:3] == [str(group)]]


def with_word(word, without=None):
    """Those with this word in their command line, but for those that also have an argument `without`."""
    found = []
    for pid in everybody():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.encode() in part for part in words) and (without is None or without.encode() not in words):
            found.append(pid)
    return found
