"""What the tests need to know of an ELF file."""

import struct

PT_INTERP, PT_DYNAMIC = 3, 2


def is_static(path):
    """Whether the kernel starts it alone: no interpreter is named, nothing is left to relocate."""
    return not {PT_INTERP, PT_DYNAMIC} & set(segment_types(path.read_bytes()))


def segment_types(data):
    if data[:4] != b"\x7fELF":
        raise ValueError("not an ELF file")
    order = "<" if data[5] == 1 else ">"
    if data[4] == 2:
        (offset,) = struct.unpack_from(order + "Q", data, 32)
        size, count = struct.unpack_from(order + "HH", data, 54)
    else:
        (offset,) = struct.unpack_from(order + "I", data, 28)
        size, count = struct.unpack_from(order + "HH", data, 42)
    return [struct.unpack_from(order + "I", data, offset + index * size)[0] for index in range(count)]
