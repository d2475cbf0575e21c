"""Which errnos each call can answer, of those that a fault is made of: what its declaration in src/calls lists under
`# Errors`, with the lists that it refers to, and what the manual's page has under ERRORS. An errno that only one of the
two knows counts; so does all of a list that is referred to, as a caller is to bear more rather than less."""

import functools
import re

from lib import blocking, manual
from lib.common import die

ERRNOS = ("EINTR", "EAGAIN", "ENOMEM", "EIO", "ENOSPC", "EMFILE")


@functools.cache
def table():
    """By syscall: the errnos, in the order of ERRNOS."""
    functions = blocking.functions()
    found = {}
    for name, syscall in blocking.calls(functions):
        found.setdefault(syscall, set()).update(documented(functions, name))
    return {syscall: [errno for errno in ERRNOS if errno in known | listed(syscall)] for syscall, known in found.items()}


def of(syscall):
    if syscall not in table():
        die(f"{syscall}: src/calls has no such call, so its errnos are not known")
    return table()[syscall]


def documented(functions, name, seen=()):
    errors = re.search(r"/// # Errors\n(.*?)(?=/// # |\Z)", functions[name].docs, re.DOTALL)
    if not errors:
        return set()
    others = [other for other in re.findall(r"\[`(\w+)`\]", errors[1]) if other in functions and other not in seen]
    own = {errno for errno in ERRNOS if f"`{errno}`" in errors[1]}
    return own.union(*(documented(functions, other, (*seen, name)) for other in others))


def listed(syscall):
    page = manual.source(syscall, 2) or manual.source(syscall, 3)
    if page is None:
        die(f"{syscall}: the manual has no such page, so its errnos are not known")
    paragraphs = [manual.plain(each) for each in manual.paragraphs(manual.chapter(page, "ERRORS"))]
    heads = [re.match(r"(?:E[A-Z0-9]+\b(?: or |, | )?)*", each)[0] for each in paragraphs]
    return {errno for errno in ERRNOS for head in heads if errno in re.findall(r"\w+", head)}
