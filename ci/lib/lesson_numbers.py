"""The rows of chapter portable, one an architecture, from the committed tables."""

import functools
import re

from lib.common import ROOT
from lib.convention import convention

CALLS = {"write": 5, "openat": 7, "open": 7, "stat": 7, "pipe": 7, "fork": 7}  # the width of each column


@functools.cache
def numbers_of(arch):
    return dict(re.findall(r"^ +SYS_(\w+) = (\d+),$", (ROOT / f"arch/{arch}/nr.rs").read_text(), re.MULTILINE))


def has(arch, call):
    return call in numbers_of(arch)


def rows():
    # In the order of the crate's own list.
    for arch in re.findall(r"\barchitecture!\((\w+)\)", (ROOT / "src/tables.rs").read_text()):
        numbers = numbers_of(arch)
        columns = "".join(f"{numbers.get(call, '-'):>{width}}" for call, width in CALLS.items())
        yield f"{arch:<12}{convention(arch)['instruction']:<12}{columns}{len(numbers):>10}"
