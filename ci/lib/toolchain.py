"""Which Rust compiles for a target: one that has its `core`, or one that has the source and builds it once.

A private sysroot rather than -Zbuild-std in every build: `core` takes longer than all our programs together, and a
compiler told to allow -Zbuild-std allows every unstable feature too, so it could not show that we build on stable.
"""

import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib.common import cache, die, find_tool

# Debian's rustc-web and cargo-web; a rustup toolchain earlier on PATH does not hide them.
DEBIAN = ("/usr/bin/rustc", "/usr/bin/cargo")

# Where `asm!` is unstable (src/lib.rs has the same list). All others are built as on stable.
UNSTABLE_ASM = ("mips", "sparc", "m68k", "hexagon", "csky")

# What a target needs in every build, that of `core` too.
FLAGS = {
    # rustc counts on LoongArch's vector unit, which QEMU's user mode has since 8.1.
    "loongarch64-unknown-linux-gnu": ("-Ctarget-feature=-lsx",),
    # Otherwise addresses have 16 bits, and a program of more than 32 KiB cannot be linked.
    "m68k-unknown-linux-gnu": ("-Crelocation-model=static", "-Ccode-model=large"),
}

NOT_PASSED_ON = ("RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_BOOTSTRAP")

# Fat LTO reads the bitcode of `core`, which -Zbuild-std leaves out unless told.
SYSROOT_FLAGS = ("-Cembed-bitcode=yes",)

SYSROOT_MANIFEST = """\
[package]
name = "sysroot"
edition = "2024"

[lib]
path = "lib.rs"

[workspace]
"""


@dataclass(frozen=True)
class Toolchain:
    rustc: str
    cargo: str
    sysroot: Path | None  # ours, or None for the compiler's own
    unstable: bool = False  # inline assembly for the target is not stable: the compiler is told to allow it
    needed: tuple = ()  # the target's own flags

    def env(self):
        """The environment that makes cargo use exactly this compiler, and no flags but those we pass."""
        passed_on = {k: v for k, v in os.environ.items() if k not in NOT_PASSED_ON}
        unstable = {"RUSTC_BOOTSTRAP": "1"} if self.unstable else {}
        return {**passed_on, "PATH": f"{linker()}:{os.environ['PATH']}", "RUSTC": self.rustc, **unstable}

    def flags(self):
        return [*([f"--sysroot={self.sysroot}"] if self.sysroot else []), *self.needed]


@functools.cache
def linker():
    """A folder for PATH with LLD by the name that ci/ld looks for first: to find the newest takes longer than to link."""
    folder = cache() / "linker"
    folder.mkdir(parents=True, exist_ok=True)
    lld = find_tool("lld", "lld-22")
    name = folder / "rust-lld"
    if not name.is_symlink() or os.readlink(name) != lld:
        fresh = folder / f".{os.getpid()}"
        fresh.symlink_to(lld)
        fresh.rename(name)
    return folder


@functools.cache
def query(rustc, *arguments):
    return subprocess.run([rustc, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def has_core(rustc, triple):
    return any(Path(query(rustc, "--print", "target-libdir", "--target", triple)).glob("libcore-*.rlib"))


def source(rustc):
    return Path(query(rustc, "--print", "sysroot")) / "lib/rustlib/src/rust/library"


def has_source(rustc):
    return (source(rustc) / "core").is_dir()


def vendored(rustc):
    """Cargo wants to see all crates that std depends on, though `core` needs none: from beside it, not the network."""
    folder = source(rustc) / "vendor"
    if not folder.is_dir():
        return []
    return [
        "--offline",
        "--config", "source.crates-io.replace-with='vendored'",
        "--config", f"source.vendored.directory='{folder}'",
    ]


def candidates():
    """(rustc, cargo) pairs: the one a person uses, then Debian's."""
    own = (os.environ.get("RUSTC") or shutil.which("rustc"), shutil.which("cargo"))
    return [pair for pair in dict.fromkeys((own, DEBIAN)) if all(tool and os.access(tool, os.X_OK) for tool in pair)]


def with_source():
    """The first (rustc, cargo) that can build `core` itself; stops with a message if there is none."""
    for rustc, cargo in candidates():
        if has_source(rustc):
            return rustc, cargo
    die(
        "no Rust toolchain here has the source of `core`. One of these installs one:\n"
        "  apt-get install rustc-web cargo-web rust-web-src   (Debian)\n"
        "  rustup component add rust-src"
    )


def for_target(triple):
    unstable = triple.startswith(UNSTABLE_ASM)
    needed = FLAGS.get(triple, ())
    for rustc, cargo in candidates():
        if has_core(rustc, triple) and not needed:
            return Toolchain(rustc, cargo, None, unstable)
    rustc, cargo = with_source()
    return Toolchain(rustc, cargo, sysroot(rustc, cargo, triple), unstable, needed)


def to_check(triple):
    """What `cargo check` needs for a target, and no more: `core` without its code is there in a third of the time."""
    rustc, cargo = with_source()
    unstable = triple.startswith(UNSTABLE_ASM)
    return Toolchain(rustc, cargo, sysroot(rustc, cargo, triple, CHECK), unstable, FLAGS.get(triple, ()))


# Cargo's command, and the files that it leaves.
BUILD = ("build", "rlib")
CHECK = ("check", "rmeta")


def release(rustc):
    """(1, 96), of rustc 1.96.0."""
    found = re.search(r"^release: (\d+)\.(\d+)", query(rustc, "-vV"), re.MULTILINE)
    return int(found[1]), int(found[2])


# LLD keeps whatever the tables for unwinding name where code may still move while it is linked, as LoongArch's may: all of
# `core`, and what its landing pads call, which only an unwinder has.
NOT_UNWOUND = ("loongarch64-unknown-linux-gnu",)


def sysroot_flags(triple):
    tables = ("-Cpanic=abort", "-Cforce-unwind-tables=no") if triple in NOT_UNWOUND else ()
    return (*SYSROOT_FLAGS, *FLAGS.get(triple, ()), *tables)


def sysroot(rustc, cargo, triple, way=BUILD):
    """The private sysroot of this compiler for this target, built if it is not there yet."""
    version = query(rustc, "-vV")
    facts = dict(line.split(": ", 1) for line in version.splitlines()[1:])
    recipe = hashlib.sha256("\n".join((version, SYSROOT_MANIFEST, *sysroot_flags(triple))).encode()).hexdigest()[:8]
    place = cache() / ("sysroot" if way == BUILD else "checked") / f"{facts['release']}-{recipe}" / triple
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{triple}.", dir=place.parent) as scratch:
            build_sysroot(rustc, cargo, triple, Path(scratch), way)
            publish(Path(scratch) / "sysroot", place)
    return place


def build_sysroot(rustc, cargo, triple, scratch, way):
    command, kind = way
    (scratch / "Cargo.toml").write_text(SYSROOT_MANIFEST)
    (scratch / "lib.rs").write_text("#![no_std]\n")
    built = subprocess.run(
        [cargo, command, "--quiet", *vendored(rustc), "--release", "--target", triple, "--target-dir", "target"]
        # Without `compiler-builtins-mem`: memcpy and its kin come from `entry!`, as with a prebuilt `core`.
        + ["-Zbuild-std=core,compiler_builtins"],
        cwd=scratch,
        env={
            **Toolchain(rustc, cargo, None).env(),
            "RUSTC_BOOTSTRAP": "1",
            "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(sysroot_flags(triple)),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if built.returncode != 0:
        die(f"{rustc} cannot build `core` for {triple}:\n{built.stderr}")
    libraries = scratch / "sysroot/lib/rustlib" / triple / "lib"
    libraries.mkdir(parents=True)
    for name in ("core", "compiler_builtins"):
        (made,) = (scratch / "target" / triple / "release/deps").glob(f"lib{name}-*.{kind}")
        shutil.copy2(made, libraries)


def publish(made, place):
    """Moves a finished directory to its name in one step; whoever built the same one first wins."""
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():
            raise
