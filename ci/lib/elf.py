"""What the tests need to know of an ELF file."""

import struct

PT_INTERP, PT_DYNAMIC = 3, 2
SHT_SYMTAB = 2


def is_static(path):
    """Whether the kernel starts it alone: no interpreter is named, nothing is left to relocate."""
    return not {PT_INTERP, PT_DYNAMIC} & set(segment_types(path.read_bytes()))


def is_stripped(path):
    return SHT_SYMTAB not in section_types(path.read_bytes())


def segment_types(data):
    return types(data, offset_at=(28, 32), shape_at=(42, 54), type_at=0)


def section_types(data):
    return types(data, offset_at=(32, 40), shape_at=(46, 58), type_at=4)


def types(data, offset_at, shape_at, type_at):
    """The type word of each header of a table, whose place the file's header tells (32-bit, 64-bit)."""
    if data[:4] != b"\x7fELF":
        raise ValueError("not an ELF file")
    order, wide = "<" if data[5] == 1 else ">", data[4] == 2
    (offset,) = struct.unpack_from(order + "IQ"[wide], data, offset_at[wide])
    size, count = struct.unpack_from(order + "HH", data, shape_at[wide])
    return [struct.unpack_from(order + "I", data, offset + index * size + type_at)[0] for index in range(count)]
