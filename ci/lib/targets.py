"""The table ci/targets: which targets there are, and how a program of each is run."""

import os
import shutil
from dataclasses import dataclass

from lib.common import ROOT, die

# Booting a real kernel with the program as process 1 has its name reserved, so that a row of today keeps its key.
RESERVED = "kernel"


@dataclass(frozen=True)
class Run:
    """One row of the table, run in one way."""

    triple: str
    arch: str
    how: str
    machine: str
    emulator: tuple
    tests: str = "all"  # how much of the tests: "all", "most" or "some"

    @property
    def key(self):
        return f"{self.triple}@{self.how}"

    def command(self, program, arguments):
        return [*self.wrapper(), str(program), *arguments]

    def wrapper(self):
        if self.how == "native":
            return []
        if not shutil.which(self.emulator[0]):
            die(f"{self.emulator[0]} is missing: apt-get install qemu-user")
        return list(self.emulator)


def rows():
    """Every way to run every target on this machine, native ones first within a target."""
    host = os.uname().machine
    runs = []
    for line in (ROOT / "ci/targets").read_text().splitlines():
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        triple, arch, hosts, machine, tests, *emulator = fields
        if host in hosts.split(","):
            runs.append(Run(triple, arch, "native", host, (), tests))
        if emulator:
            runs.append(Run(triple, arch, "qemu", machine, tuple(emulator), tests))
    return runs


def find(key):
    """The row that a person means by TRIPLE or TRIPLE@HOW; stops with a message if there is none."""
    triple, _, how = key.partition("@")
    of_triple = [run for run in rows() if run.triple == triple]
    if not of_triple:
        known = "\n  ".join(run.key for run in rows())
        die(f"unknown target {triple}; known here (ci/targets):\n  {known}")
    if how == RESERVED:
        die(f"{key}: running on a kernel of its own is not available yet")
    for run in of_triple:
        if how in ("", run.how):
            return run
    die(f"{key}: this machine runs {triple} only as " + ", ".join(run.key for run in of_triple))
