"""The rows that the compiler makes of tests/programs/src/bin/abi-rows.rs, out of the program's file: for a machine on which
that does not run."""

import struct
import subprocess
import tempfile
from pathlib import Path

from lib.common import find_tool

SECTION = ".rawtrap_rows"
BIG_ENDIAN = 2  # EI_DATA: gABI, chapter 4


def made_by_the_compiler(executable):
    """The lines that the program would print of them."""
    order = ">" if executable.read_bytes()[5] == BIG_ENDIAN else "<"
    row = struct.Struct(order + "64sQ3Q")
    with tempfile.TemporaryDirectory(prefix="rawtrap-rows-") as folder:
        dumped = Path(folder) / "rows"
        objcopy = find_tool("llvm-objcopy", "llvm-22")
        subprocess.run([objcopy, f"--dump-section={SECTION}={dumped}", executable, "/dev/null"], check=True)
        for words, count, *numbers in row.iter_unpack(dumped.read_bytes()):
            yield "\t".join([words.rstrip(b"\0").decode(), *map(str, numbers[:count])]) + "\n"
