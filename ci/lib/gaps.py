"""The list ci/gaps: cases that an emulator gets wrong."""

import functools
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lib import foreign, targets, toolchain, uapi
from lib.common import ROOT

PATH = ROOT / "ci/gaps"


def emulated(bits):
    """True for a row of a machine with registers of that width under the emulator."""
    of = {arch.folder: arch.bits for arch in uapi.architectures()}
    return lambda key: key.endswith("@qemu") and of[targets.find(key).arch] == bits


@functools.cache
def endian(triple):
    rustc, _ = toolchain.with_source()
    return next(line for line in toolchain.query(rustc, "--print", "cfg", "--target", triple).splitlines()
                if line.startswith("target_endian="))


def swapped(key):
    """True for a row of a machine under the emulator whose order of bytes is not this machine's."""
    return key.endswith("@qemu") and endian(targets.find(key).triple) != f'target_endian="{sys.byteorder}"'


# In the place of a row: every row for which this is true.
GROUPS = {
    "*@foreign": foreign.is_foreign,  # whose programs the kernel below does not start by itself
    "*@qemu32": emulated(32),
    "*@qemu64": emulated(64),
    "*@qemu-swapped": swapped,
}


@dataclass(frozen=True)
class Gap:
    key: str  # of a row of ci/targets; `*` stands for anything, as in `*@qemu`
    program: str
    case: str
    reason: str


def parse(text):
    """The gaps and what is wrong with the list's own lines."""
    gaps, wrong = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split(None, 3)
        if len(fields) < 4:
            wrong.append(f"line {number}: it wants TRIPLE@HOW PROGRAM CASE REASON")
        elif (name := tuple(fields[:3])) in gaps:
            wrong.append(f"line {number}: {' '.join(name)} is listed twice")
        else:
            gaps[name] = Gap(*fields)
    return list(gaps.values()), wrong


def load():
    return parse(PATH.read_text())[0]


def applies(gap, key):
    is_in_group = GROUPS.get(gap.key)
    return is_in_group(key) if is_in_group else fnmatchcase(key, gap.key)


class Judge:
    """Turns the outcome of each case into the line to report, as the gaps of one program on one row have it."""

    def __init__(self, gaps, key, program, profile):
        names = (program, f"{program}/{profile}")
        self.waiting = {gap.case: gap for gap in gaps if gap.program in names and applies(gap, key)}
        self.ends_early = False

    def passed(self, case):
        if self.waiting.pop(case, None):
            return "FAIL", case, "a listed gap passes: remove it from ci/gaps"
        return "ok", case, ""

    def failed(self, case, reason):
        if gap := self.waiting.pop(case, None):
            self.ends_early |= case == "[plan]"
            return "gap", case, f"{reason} ({gap.reason})"
        return "FAIL", case, reason

    def unmatched(self):
        """A listed case that nobody reported: it was renamed or removed. Where the program is known to end early, it
        may have been still to come."""
        if self.ends_early:
            return []
        return [("FAIL", case, "ci/gaps lists it, but the program has no such case") for case in self.waiting]
