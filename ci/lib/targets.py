"""The table ci/targets: which targets there are, and how a program of each is run."""

import os
import shutil
from dataclasses import dataclass

from lib import kernel
from lib.common import ROOT, die, find_tool


@dataclass(frozen=True)
class Run:
    """One row of the table, run in one way."""

    triple: str
    arch: str
    how: str
    machine: str
    emulator: tuple
    tests: str  # how much is tried there, as ci/targets explains

    @property
    def key(self):
        return f"{self.triple}@{self.how}"

    def command(self, program, arguments):
        return [*self.wrapper(), str(program), *arguments]

    def wrapper(self):
        if self.how == "native":
            return []
        if self.how == "kernel":
            die(f"{self.key}: a machine is booted for it (lib/kernel.py), it is no command")
        if not shutil.which(self.emulator[0]):
            die(f"{self.emulator[0]} is missing: apt-get install qemu-user")
        # QEMU 7.2 finds room for the pages of a machine that has larger ones by trying, and at some addresses finds none.
        return [find_tool("setarch", "util-linux"), "-R", *self.emulator]


def rows():
    """Every way to run every target on this machine, native ones first within a target, real kernels last."""
    host, machines = os.uname().machine, kernel.machines()
    runs = []
    for line in (ROOT / "ci/targets").read_text().splitlines():
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        triple, arch, hosts, machine, tests, *emulator = fields
        if host in hosts.split(","):
            runs.append(Run(triple, arch, "native", host, (), tests))
        if emulator:
            less = "hooks" if tests == "all" and host in hosts.split(",") else tests
            runs.append(Run(triple, arch, "qemu", machine, tuple(emulator), less))
        if triple in machines:
            runs.append(Run(triple, arch, "kernel", machine, (), "most" if tests == "hooks" else tests))
    return runs


def find(key):
    """The row that a person means by TRIPLE or TRIPLE@HOW; stops with a message if there is none."""
    triple, _, how = key.partition("@")
    of_triple = [run for run in rows() if run.triple == triple]
    if not of_triple:
        known = "\n  ".join(run.key for run in rows())
        die(f"unknown target {triple}; known here (ci/targets):\n  {known}")
    for run in of_triple:
        if how in ("", run.how):
            return run
    die(f"{key}: this machine runs {triple} only as " + ", ".join(run.key for run in of_triple))
