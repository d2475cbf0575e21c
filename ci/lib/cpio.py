"""A cpio archive of the kind `newc`, as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format.rst)."""

import stat


class Archive:
    def __init__(self):
        self.parts = []
        self.inode = 0

    def add(self, name, mode, data=b"", device=(0, 0)):
        self.inode += 1
        name = name.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (self.inode, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(name), 0)
        header = b"070701" + b"".join(b"%08x" % field for field in fields)
        self.parts += [padded(header + name), padded(data)]

    def folder(self, name):
        self.add(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode):
        self.add(name, stat.S_IFREG | mode, data)

    def device(self, name, major, minor):
        self.add(name, stat.S_IFCHR | 0o600, device=(major, minor))

    def bytes(self):
        """The archive, with the name that ends it."""
        trailer = Archive()
        trailer.add("TRAILER!!!", 0)
        return b"".join(self.parts + trailer.parts)


def padded(data):
    return data + bytes(-len(data) % 4)
