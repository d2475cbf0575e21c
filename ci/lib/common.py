"""What every script here needs: where things are, and one way to stop with a message."""

import ctypes
import os
import re
import shutil
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Nothing was built or run: the request itself was wrong, or a tool is missing.
EXIT_USAGE = 2


def die(message):
    print(f"rawtrap: {message}", file=sys.stderr)
    sys.exit(EXIT_USAGE)


def cache():
    """Where what takes long to make is kept, outside the clone."""
    if own := os.environ.get("RAWTRAP_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "rawtrap"


def target_dir():
    """Apart from the one that a person's own cargo uses, so that neither waits for the other's lock."""
    return Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target/ci")


def find_tool(name, package):
    """The path of the newest `name-NN`, as Debian calls the tools of LLVM, or of `name`: one LLVM for all tools, and the
    one that ci/setup installs before an older default."""
    versions = set()
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        for path in Path(folder or ".").glob(f"{name}-*"):
            if found := re.fullmatch(re.escape(name) + r"-(\d+)", path.name):
                versions.add((int(found[1]), str(path)))
    if versions:
        return max(versions)[1]
    if plain := shutil.which(name):
        return plain
    die(f"{name} is missing: apt-get install {package}")


LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h


def ends_with_us():
    """For `preexec_fn`: who started the process may be killed in any way, and it goes too."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
