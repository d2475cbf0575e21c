"""Reads the kernel's exported headers as the package linux-libc-dev holds them: numbers, errnos and signals.

No compiler: the number headers are plain lists that the kernel's own build makes, and the errno and signal headers
are lists with an #include or an #undef here and there. What is read here is compared with what clang reads in the
same headers by ci/abi-check.
"""

import functools
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lib.common import ROOT, die

# Names of the number headers that are no calls: places held for a call that never came or is gone.
NO_CALL = re.compile(r"(reserved|unused)[0-9]+|syscalls|arch_specific_syscall")
# Bounds and sizes that begin like a signal's name, and SIGSWI of arm, which is a private trap above the signals.
NO_SIGNAL = re.compile(r"SIGRTMIN|SIGRTMAX|SIGSTKSZ|SIGSWI")


def is_call(macro):
    return bool(re.fullmatch(r"__NR_[a-z0-9_]+", macro)) and not NO_CALL.fullmatch(macro.removeprefix("__NR_"))


def is_errno(macro):
    return bool(re.fullmatch(r"E[A-Z0-9]+", macro))


def is_signal(macro):
    return bool(re.fullmatch(r"SIG[A-Z0-9]+", macro)) and not NO_SIGNAL.fullmatch(macro)


@dataclass(frozen=True)
class Architecture:
    """A row of ci/architectures."""

    folder: str
    uapi: str
    numbers: str
    bits: int
    compiler: str


@functools.cache
def architectures():
    rows = []
    for line in (ROOT / "ci/architectures").read_text().splitlines():
        if fields := line.split("#")[0].split():
            folder, uapi, numbers, bits, compiler = fields
            rows.append(Architecture(folder, uapi, numbers, int(bits), compiler))
    return rows


def fetch(version=None):
    """The headers of `version` if these can be had, else the newest (ci/headers)."""
    command = [ROOT / "ci/headers"] + ([version] if version else [])
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if found.returncode != 0:
        die("no kernel headers")
    return Headers(Path(found.stdout.strip()))


class Headers:
    """One version of linux-libc-dev, unpacked."""

    def __init__(self, folder):
        self.folder = folder
        self.version = folder.name

    def include_folders(self, uapi):
        """Where a compiler looks for <asm/...>, <linux/...> and <asm-generic/...>."""
        return [self.folder / "usr/lib/linux/uapi" / uapi, self.folder / "usr/include"]

    def calls(self, arch):
        """{name: number}, names without `__NR_`."""
        macros = self._macros(arch.uapi, "asm/unistd.h", only=f"asm/{arch.numbers}")
        return {name.removeprefix("__NR_"): _value(name, macros) for name in macros if is_call(name)}

    def errnos(self, arch):
        """{name: value}, by value, a canonical name before its aliases; `arch` None: those of asm-generic."""
        macros = self._macros(*((arch.uapi, "asm/errno.h") if arch else (None, "asm-generic/errno.h")))
        return _by_value({name: body for name, body in macros.items() if is_errno(name)})

    def signals(self, arch):
        """As `errnos`."""
        macros = self._macros(*((arch.uapi, "asm/signal.h") if arch else (None, "asm-generic/signal.h")))
        return _by_value({name: body for name, body in macros.items() if is_signal(name)})

    def _macros(self, uapi, header, only=None):
        """The macros that `header` leaves defined, {name: body}. Conditionals are not looked at, but of the number
        headers that asm/unistd.h chooses among, `only` is followed: its base (mips, arm) is the one defined last
        before it."""
        macros = {}
        self._read(uapi, header, only, macros)
        return macros

    def _read(self, uapi, header, only, macros):
        folders = self.include_folders(uapi) if uapi else [self.folder / "usr/include"]
        path = next((folder / header for folder in folders if (folder / header).exists()), None)
        if path is None:
            die(f"linux-libc-dev {self.version} has no {header} for {uapi or 'asm-generic'}")
        text = re.sub(r"/\*.*?\*/", " ", path.read_text(), flags=re.DOTALL)
        for line in text.splitlines():
            if found := re.match(r"\s*#\s*include\s*<((?:asm|asm-generic)/(?:unistd|errno|signal)[\w.-]*)>", line):
                if only is None or found[1] == only:
                    self._read(uapi, found[1], only, macros)
                    if only:
                        # What the other ABIs' branches define must not replace this one's base.
                        macros.update({n: str(_value(n, macros)) for n in macros if n.startswith("__NR_")})
            elif found := re.match(r"\s*#\s*undef\s+(\w+)", line):
                macros.pop(found[1], None)
            elif found := re.match(r"\s*#\s*define\s+(\w+)\s+(\S.*?)\s*$", line):
                macros[found[1]] = found[2]


def _value(name, macros):
    """The number of a macro: a number, another macro, or a sum of these."""
    total = 0
    for term in macros[name].strip("()").split("+"):
        term = term.strip()
        total += _value(term, macros) if term in macros else int(term, 0)
    return total


def _by_value(macros):
    """A name that is defined by another name is the alias of it; SIGIOT is SIGABRT's whichever way it is written."""
    order = list(macros)
    values = {n: _value(n, macros) for n in order}
    rank = {n: 2 if n == "SIGIOT" else int(macros[n] in macros) for n in order}
    return {n: values[n] for n in sorted(order, key=lambda n: (values[n], rank[n], order.index(n)))}
