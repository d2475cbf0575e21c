"""The crate's source with the mechanism of the feature `interpose` cut out, not switched off: what the objects of a build
without the feature are held against (ci/checks/target/all/interpose-off).

Lines and columns stay where they were, as the places of panics are data in the object."""

import re
import shutil

from lib.common import ROOT, die

FEATURE = '#[cfg(feature = "interpose")]'
# What must be gone from the code. Comments may speak of it.
LEFT = re.compile(
    r"interpose|\bhook|\bBlocks\b|\bnever_blocks\b|\bmay_block\b|\bblocks:|\bblocking\b|\bcall_by_way\b|\bmod bare\b|\bway\b"
)
COMMENT = re.compile(r"//.*")
# Nested brackets and what can hide one.
TOKEN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|[(\[{]|[)\]}]|;', re.DOTALL)

# The feature's branch of two, and the other.
BRANCH = re.compile(r'if cfg!\(feature = "interpose"\) \{(.*?)\} else \{(.*?)\}', re.DOTALL)

# File: what to replace, each at least once. `\n` in what is matched stays.
EDITS = {
    "src/lib.rs": [(r"\bBlocks, ", "")],
    "src/trap.rs": [
        (r"^#\[derive.*\]\npub enum Blocks \{.*?^\}", ""),
        (r"^pub\(crate\) mod hooked \{.*?^\}", ""),
        (r"\bblocks: Blocks, ", ""),
        (r'#\[cfg\(not\(feature = "interpose"\)\)\]\n *let _ = blocks;', ""),
        (r"^    \(\w+: \$nr:expr .*?^    \};$", ""),
        (r"\$crate::call!\(may_block: \$nr \$\(, \$arg\)\*\)", "$crate::trap::call($nr, ($($arg,)*))"),
        (r"^macro_rules! (blocking|call_by_way) \{.*?^\}\s*pub\(crate\) use \1;", ""),
    ],
    "src/calls": [
        (
            r"^use crate::trap::\{(?:(Child), )?blocking, call_by_way as call, hooked as way\};",
            r"use crate::{trap::{\1}, call};",
        ),
        (r"^blocking! \{(\n.*?^)\}$", r"\1"),
        (r"\bcall!\((\s*)(never_blocks|may_block|blocks): ", r"call!(\1"),
        (r"\bway::clone\(", "crate::trap::clone("),
    ],
}


def blank(text):
    return "\n" * text.count("\n")


def end_of_item(text, start):
    """Behind the `;` or the closing brace that ends what begins at `start`."""
    depth = 0
    for token in TOKEN.finditer(text, start):
        mark = token[0]
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        if depth < 0:
            break
        if depth == 0 and mark in ";}":
            return token.end()
    die(f"no end of what is marked at {text[start:start + 60]!r}")


def cut_marked(text):
    """Without the items and statements of the feature, and their docs."""
    while (at := text.find(FEATURE)) >= 0:
        docs = re.search(r"(?:^[ \t]*(?:///|#\[).*\n)*[ \t]*\Z", text[:at], re.MULTILINE)
        end = end_of_item(text, at + len(FEATURE))
        text = text[: docs.start()] + blank(text[docs.start() : end]) + text[end:]
    return BRANCH.sub(lambda both: f"{blank(both[1])}{{{both[2]}}}", text)


def edited(name, text, used):
    for group in (name, name.rsplit("/", 1)[0]):
        for pattern, by in EDITS.get(group, ()):
            def replaced(match):
                made = match.expand(by)
                return made + "\n" * (match[0].count("\n") - made.count("\n"))

            text, count = re.subn(pattern, replaced, text, flags=re.MULTILINE | re.DOTALL)
            if count:
                used.add((group, pattern))
    return text


def cut(folder):
    """Writes src and arch there; stops with a message where the mechanism is no longer what is cut out here."""
    used = set()
    for path in sorted([*(ROOT / "src").rglob("*.rs"), *(ROOT / "arch").rglob("*.rs")]):
        name = str(path.relative_to(ROOT))
        if name.startswith(("src/bin/", "src/interpose/")) or name == "src/raw.rs":
            continue
        text = edited(name, cut_marked(path.read_text()), used)
        code = COMMENT.sub("", text)
        if left := LEFT.search(code):
            line = code.count("\n", 0, left.start()) + 1
            die(f"{name}:{line}: the mechanism is still there after it was cut out: {left[0]}")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for group, edits in EDITS.items():
        for pattern, _ in edits:
            if (group, pattern) not in used:
                die(f"{group} has nothing like {pattern}: what is cut out here has changed")


def copy(folder):
    """The source as it stands, without the programs."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("bin"))
    shutil.copytree(ROOT / "arch", folder / "arch")
