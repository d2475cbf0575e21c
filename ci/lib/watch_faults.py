"""Faults for the tracer of chapter watch, as lesson_faults.py has them for the other chapters. Its lines are another
program's calls: of that program, in its place."""

import re
from dataclasses import dataclass

from lib import lesson, lesson_faults
from lib.lesson_inject import named

WATCHED = "watch true"
# A call's beginning; and the end of the program.
SHOWN = re.compile(r"(\w+)\(|(\+\+\+ .* \+\+\+)")


@dataclass(frozen=True)
class Seen:
    status: int
    calls: list
    said: list


def seen(ran):
    """What a run shows of the program, and what it says itself."""
    lines = lesson_faults.without_report(ran.err)[0].splitlines()
    said = [line for line in lines if line.startswith("lesson: ")]
    shown = [SHOWN.match(line) for line in lines if line not in said]
    return Seen(ran.status, [line[1] or line[2] for line in shown if line], said)


def calm(command):
    return seen(lesson.execute(command))


def judge(fault, undisturbed, ran, made):
    """As lesson_faults.judge, beside what an undisturbed run shows."""
    if wrong := lesson_faults.ends_badly(fault, ran):
        return False, wrong
    hit, now = lesson_faults.met(fault, made), seen(ran)
    children = any(call.child for call in hit)
    if not lesson_faults.without_report(ran.err)[1] and not children:
        return False, lesson_faults.NOT_MADE
    if now == undisturbed:
        return True, ""
    if now.status == 0 or not fault.errno:
        return False, f"shows {now.calls} {now.said}, and without the fault {undisturbed.calls}"
    # What it says itself may be what cannot be written.
    silenced = fault.call == "write" and (not fault.once or any('write(2, "lesson: ' in call.text for call in hit))
    if not silenced and not named(fault, "watch", ran.err):
        return False, f"fd 2 does not name it: {now.said}"
    rest = iter(undisturbed.calls)
    others = [call for call in now.calls if not call.startswith("+++ ") and call not in rest]
    return False, f"it shows {others}, which was not there" if others else ""
