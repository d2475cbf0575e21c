"""What arch/*/convention.rs says, read from the source."""

import re

from lib.common import ROOT


def source(arch, name):
    return re.sub(r"//.*", "", (ROOT / "arch" / arch / name).read_text())


def convention(arch):
    text = source(arch, "convention.rs")
    field = lambda name: re.search(rf"\b{name}: ([^\[\]]*?|&?\[.*?\]), *\n", text, re.DOTALL)[1]
    strings = lambda name: re.findall(r'"([^"]*)"', field(name))
    one = lambda name: strings(name)[0]
    return {
        "arch": arch,
        "instruction": one("instruction"), "number": one("number"), "args": strings("args"), "result": one("result"),
        "flag": next(iter(strings("error")), None), "seventh": next(iter(strings("seventh")), None),
        "clobbers": set(strings("clobbers")), "clone": [int(place) for place in re.findall(r"\d+", field("clone"))],
    }
