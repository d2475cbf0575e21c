"""What a C compiler says of expressions on a target whose programs this machine need not be able to run.

As the kernel's own build does for its asm-offsets.h, each value leaves the compiler as text in the assembly that it
writes, so that neither an object file is read nor foreign code executed. A value takes two operands of 32 bits, as a
32-bit target has no wider ones.
"""

import re
import subprocess

from lib.common import ROOT, die, find_tool

CLANG = ("-Wno-everything", "-Werror=macro-redefined", "-ferror-limit=0", "-fno-color-diagnostics", "-fno-caret-diagnostics")
GCC = ("-w", "-fmax-errors=0", "-fdiagnostics-plain-output")

HEADER = ROOT / "ci/abi-extra.h"
VALUE = re.compile(r'\.ascii\s+"value (\d+) (-?\d+) (-?\d+)"')
PROBE_ERROR = re.compile(r"^probe:(\d+):\d+: (?:fatal )?error: (.*)", re.MULTILINE)


class Compiler:
    """clang or gcc for one architecture, with ci/abi-extra.h, and through it the kernel's headers, included."""

    def __init__(self, headers, arch):
        if arch.compiler.endswith("-gcc"):
            self.command = [find_tool(arch.compiler, f"gcc-{arch.compiler.removesuffix('-gcc')}"), *GCC]
        else:
            self.command = [find_tool("clang", "clang-22"), f"--target={arch.compiler}", *CLANG]
        self.command += ["-nostdinc", "-ffreestanding", "-std=gnu17"]
        for folder in headers.include_folders(arch.uapi):
            self.command += ["-isystem", str(folder)]

    def macros(self, header):
        """The names of the macros that `header` leaves defined."""
        done = self._run(["-E", "-dM", "-x", "c", "-"], f"#include <{header}>\n")
        if done.returncode != 0:
            die(f"{self.command[0]} cannot read {header}:\n{done.stderr}")
        return re.findall(r"^#define (\w+) ", done.stdout, re.MULTILINE)

    def evaluate(self, expressions):
        """The values of constant expressions, as 64-bit numbers without a sign; None for one that does not compile."""
        everything = range(len(expressions))
        checked = self._compile(["-fsyntax-only"], expressions, everything)
        wrong = {int(line) - 1 for line, _ in PROBE_ERROR.findall(checked.stderr)}
        if checked.returncode != 0 and not wrong:
            die(f"{self.command[0]} does not accept {HEADER.relative_to(ROOT)} and the kernel's headers:\n{checked.stderr}")
        compiled = self._compile(["-S", "-o", "-"], expressions, [i for i in everything if i not in wrong])
        if compiled.returncode != 0:
            die(f"{self.command[0]} failed:\n{compiled.stderr}")
        values = [None] * len(expressions)
        for index, low, high in VALUE.findall(compiled.stdout):
            values[int(index)] = (int(low) & 0xFFFF_FFFF) | (int(high) & 0xFFFF_FFFF) << 32
        return values

    def _compile(self, mode, expressions, wanted):
        lines = [f'#include "{HEADER}"', "void values(void) {"]
        for index in wanted:
            value = f"(unsigned long long)({expressions[index]})"
            halves = f'"i"((unsigned)({value})), "i"((unsigned)({value} >> 32))'
            lines.append(f'#line {index + 1} "probe"')  # gcc tells of no line 0
            lines.append(f'__asm__(".ascii \\"value {index} %c0 %c1\\"" : : {halves});')
        return self._run([*mode, "-x", "c", "-"], "\n".join([*lines, "}"]))

    def _run(self, arguments, text):
        return subprocess.run([*self.command, *arguments], input=text, capture_output=True, text=True, check=False)
