"""Our programs without libc: the lesson, and those in tests/programs."""

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from lib import toolchain
from lib.common import ROOT, die, target_dir

PROFILES = {"release": ["--release"], "debug": []}
NESTED = ROOT / "tests/programs"


class BuildError(Exception):
    """The compiler's own words are on fd 2 already."""


@dataclass(frozen=True)
class Program:
    name: str
    package: Path
    features: tuple


def known():
    programs = {"lesson": Program("lesson", ROOT, ("--features", "lesson"))}
    for path in sorted((NESTED / "src/bin").glob("*")):
        name = path.stem
        programs[name] = Program(name, NESTED, ())
    return programs


def find(name):
    programs = known()
    if name not in programs:
        die(f"unknown program {name}; there are:\n  " + "\n  ".join(programs))
    return programs[name]


def with_cases():
    """The programs that print a plan and their results. The package's manifest names those that do something else."""
    manifest = tomllib.loads((NESTED / "Cargo.toml").read_text())
    others = manifest["package"]["metadata"]["without-cases"]
    programs = [program for program in known().values() if program.package == NESTED]
    if unknown := set(others) - {program.name for program in programs}:
        die(f"tests/programs/Cargo.toml: without-cases names no program: {', '.join(sorted(unknown))}")
    return [program for program in programs if program.name not in others]


def profile():
    name = os.environ.get("RAWTRAP_PROFILE", "release")
    if name not in PROFILES:
        die(f"RAWTRAP_PROFILE={name}: it is one of " + ", ".join(PROFILES))
    return name


def link_flags():
    """The compiler flags of `cargo lesson`, from the alias itself: what the tests build is what a person runs."""
    alias = tomllib.loads((ROOT / ".cargo/config.toml").read_text())["alias"]["lesson"]
    settings = (tomllib.loads(value) for flag, value in zip(alias, alias[1:]) if flag == "--config")
    (flags,) = (
        target["rustflags"] for setting in settings for target in setting.get("target", {}).values()
    )
    return [re.sub(r"(=|=-T)ci/", rf"\1{ROOT}/ci/", flag) for flag in flags]


def build(triple, program, profile_name):
    """Builds `program` and returns the path of the executable."""
    if cargo_build(triple, program.package, profile_name, "--bin", program.name, *program.features) != 0:
        raise BuildError(f"{program.name} does not build for {triple} ({profile_name})")
    return target_dir() / triple / profile_name / program.name


def build_ahead(triple, profile_name):
    """Builds all of tests/programs at once, on all processors. What fails here fails again, by name, in `build`."""
    cargo_build(triple, NESTED, profile_name, "--bins", "--keep-going", stderr=subprocess.DEVNULL)


def cargo_build(triple, package, profile_name, *what, stderr=None):
    tools = toolchain.for_target(triple)
    return subprocess.run(
        [tools.cargo, "build", "--quiet", *PROFILES[profile_name], "--target", triple, "--target-dir", target_dir(), *what],
        cwd=package,
        env={**tools.env(), "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(link_flags() + tools.flags())},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=stderr,
    ).returncode


def build_or_die(triple, program, profile_name):
    try:
        return build(triple, program, profile_name)
    except BuildError as error:
        die(error)
