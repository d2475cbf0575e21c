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

# `interposed` is a release build in which every call has the place for a hook.
PROFILES = {"release": ["--release"], "debug": [], "interposed": ["--release"]}
NESTED = ROOT / "tests/programs"

# Where what is written by hand for a machine decides.
OF_THE_MACHINE = ("io", "process", "registers", "signal", "start", "thread", "wide")


class BuildError(Exception):
    """The compiler's own words are on fd 2 already."""


@dataclass(frozen=True)
class Program:
    name: str
    package: Path
    features: tuple


def known():
    programs = {"lesson": Program("lesson", ROOT, ("--features", "lesson"))}
    needs = {bin["name"]: bin["required-features"] for bin in manifest().get("bin", [])}
    for path in sorted((NESTED / "src/bin").glob("*")):
        name = path.stem
        features = ("--features", ",".join(needs[name])) if name in needs else ()
        programs[name] = Program(name, NESTED, features)
    return programs


def manifest():
    return tomllib.loads((NESTED / "Cargo.toml").read_text())


def find(name):
    programs = known()
    if name not in programs:
        die(f"unknown program {name}; there are:\n  " + "\n  ".join(programs))
    return programs[name]


def with_cases():
    """The programs that print a plan and their results. The package's manifest names those that do something else."""
    others = manifest()["package"]["metadata"]["without-cases"]
    programs = [program for program in known().values() if program.package == NESTED]
    if unknown := set(others) - {program.name for program in programs}:
        die(f"tests/programs/Cargo.toml: without-cases names no program: {', '.join(sorted(unknown))}")
    return [program for program in programs if program.name not in others]


def plan(run):
    """What is run on a row of ci/targets, as (program, profile): as much as the row asks for."""
    return [(program, profile_name) for program in with_cases() for profile_name in profiles_on(run, program)]


def profiles_on(run, program):
    of_the_machine = program.name in OF_THE_MACHINE
    sets_hooks = bool(program.features)
    match run.tests:
        case "all" if run.how == "kernel":
            return ["release", "debug"] if of_the_machine else ["release"]
        case "all":
            return ["release", "debug"] if sets_hooks else list(PROFILES)
        case "most" | "some" if sets_hooks:
            return []
        case "few":
            return ["debug"] if of_the_machine else []
        case "some" if run.how != "kernel":
            return ["debug"]
        case "hooks" | "most" | "some":
            # Only a real kernel loses the registers that it may, and only optimised code keeps much in them.
            return ["release", "debug"] if of_the_machine else ["debug"]
        case "hello":
            return []


def usual_profile(run):
    """What a single program of a row is built as. A relative's is not optimised: that takes longer than to run it."""
    return "debug" if run.tests in ("some", "few") else "release"


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


def build(triple, program, profile_name, flags=(), own_flags=()):
    """Builds `program` and returns the path of the executable. `own_flags` are for its own code alone."""
    features = program.features
    if profile_name == "interposed" and program.package == NESTED:
        features = ("--features", "interpose")
    what = ("--bin", program.name, *features)
    if cargo_build(triple, program.package, profile_name, *what, flags=flags, own_flags=own_flags) != 0:
        raise BuildError(f"{program.name} does not build for {triple} ({profile_name})")
    return place(triple, program, profile_name)


def place(triple, program, profile_name):
    kind = "release" if "--release" in PROFILES[profile_name] else "debug"
    return folder(profile_name) / triple / kind / program.name


def build_otherwise(triple, program, profile_name, level, lto, *flags, crate_level=None):
    """The same with another opt-level, link-time optimisation and compiler flags, with its symbols, in a folder of its own,
    so that no build undoes another. With `crate_level` all but the program's own code keeps that level, and is built once
    for all of the program's."""
    kept = dict(os.environ)
    prefix = "CARGO_PROFILE_" + {"debug": "DEV", "release": "RELEASE"}[profile_name]
    name = "-".join((profile_name, crate_level or level, lto, *flags))
    os.environ |= {
        "CARGO_TARGET_DIR": str(target_dir() / "otherwise" / program.name / name),
        f"{prefix}_OPT_LEVEL": crate_level or level, f"{prefix}_LTO": lto, f"{prefix}_STRIP": "none",
    }
    try:
        return build(triple, program, profile_name, flags=flags, own_flags=(f"-Copt-level={level}",) if crate_level else ())
    finally:
        os.environ.clear()
        os.environ.update(kept)


def build_ahead(triple, plan):
    """Builds the programs of a plan at once, on all processors, and returns {(program, profile): executable}. Those that are
    missing there do not all build: `build` says which, and why."""
    groups, built = {}, {}
    for program, profile_name in plan:
        features = ("--features", "interpose") if profile_name == "interposed" else program.features
        groups.setdefault((profile_name, features), []).append(program)
    for (profile_name, features), group in groups.items():
        bins = (word for program in group for word in ("--bin", program.name))
        if cargo_build(triple, NESTED, profile_name, *features, *bins, "--keep-going", stderr=subprocess.DEVNULL) == 0:
            built |= {(program, profile_name): place(triple, program, profile_name) for program in group}
    return built


def folder(profile_name):
    """Where a profile's programs are. Those of one name that differ in their features must not replace each other."""
    return target_dir() / profile_name if profile_name == "interposed" else target_dir()


def cargo_build(triple, package, profile_name, *what, flags=(), own_flags=(), stderr=None):
    tools = toolchain.for_target(triple)
    command = [tools.cargo, "rustc" if own_flags else "build", "--quiet", *PROFILES[profile_name], "--target", triple]
    return subprocess.run(
        [*command, "--target-dir", folder(profile_name), *what, *(("--", *own_flags) if own_flags else ())],
        cwd=package,
        env={**tools.env(), "CARGO_ENCODED_RUSTFLAGS": "\x1f".join([*link_flags(), *tools.flags(), *flags])},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=stderr,
    ).returncode


def build_or_die(triple, program, profile_name):
    try:
        return build(triple, program, profile_name)
    except BuildError as error:
        die(error)
