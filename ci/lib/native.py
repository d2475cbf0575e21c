"""A program of ours for this machine's own kernel, for checks that hold it against strace."""

import os
import sys

from lib import programs, targets
from lib.common import die
from lib.report import fail


def built(name):
    """The row of ci/targets, and the program; the check ends if there is none."""
    run = next((run for run in targets.rows() if run.how == "native"), None)
    if not run:
        die(f"ci/targets has no target that this machine ({os.uname().machine}) runs itself")
    try:
        return run, programs.build(run.triple, programs.find(name), "release")
    except programs.BuildError as error:
        fail("build", error)
        sys.exit(1)
