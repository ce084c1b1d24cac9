# SPDX-License-Identifier: Apache-2.0
"""Compiles random programs (random_programs.py) by GCC and by flexv-cc with many combinations of switches, runs all of them on the
platform and compares what they print. `--check hazards` must have nothing to say."""

from __future__ import annotations

import argparse
import datetime
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.compiler import driver, toolchain
from flexv_tools.compiler.options import PASSES
from flexv_tools.compiler.random_programs import FUNCTIONS, program
from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM

L2 = "-DDATA=FLEXV_NOINIT"
ALWAYS: list[list[str]] = [["-O2"], ["-O3"], ["-O2", "--isa", "xpulpv2"], ["-O2", L2], ["-Os"]]
SOMETIMES: list[list[str]] = [
    ["-O1"], ["-O0"], ["-Oz"], ["-O2", "-fno-inline"], ["-O3", "-funroll-loops"], ["-O2", "--isa", "xpulpnn"], ["-O3", "-g", L2], *(["-O2", f"-fno-{name}"] for name in PASSES),
    ["-O2", "-fno-hwloops", "-fno-vectorise"], ["-O3", "-fno-mac", "-fno-bits", "-fno-clip", "-fno-minmax"],
]  # fmt: skip
LIMIT_CYCLES = "50000000"
NIGHTLY_SEEDS = 40


@dataclass(frozen=True)
class Run:
    """What a program said, and on which exit status."""

    status: int
    output: str
    errors: str


def run(simulator: Path, elf: Path) -> Run:
    command: list[str | Path] = [simulator, "run", elf, "--quiet", "--check", "hazards", "--max-cycles", LIMIT_CYCLES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Run(done.returncode, done.stdout, done.stderr)


def by_gcc(source: Path, elf: Path) -> None:
    """GCC -O2 with the same runtime."""
    includes = [f"-I{path}" for path in toolchain.INCLUDES]
    flags = [*toolchain.GCC_FLAGS, "-w", *includes, f"-Wa,-I{toolchain.FIRMWARE / 'include'}"]
    target = elf.with_suffix(".o")
    toolchain.call([toolchain.GCC, *flags, "-c", source, "-o", target], "GCC")
    if driver.main([str(target), "-o", str(elf)]) != 0:
        raise Failure(f"{source}: not linked")


def by_flexv_cc(source: Path, elf: Path, switches: Sequence[str]) -> None:
    if driver.main([*switches, "-w", str(source), "-o", str(elf)]) != 0:
        raise Failure(f"flexv-cc {' '.join(switches)} {source}: failed")


def combinations(seed: int, is_long: bool) -> list[list[str]]:
    """All when there is time; otherwise the important ones and two others that change with the seed."""
    if is_long:
        return ALWAYS + SOMETIMES
    count = len(SOMETIMES)
    return [*ALWAYS, SOMETIMES[2 * seed % count], SOMETIMES[(2 * seed + 1) % count]]


def complaint(expected: Run, found: Run) -> str:
    """The first difference, or nothing."""
    if found.errors:
        return f"said {found.errors.strip()[:500]}"
    if found.status != expected.status:
        return f"exit status {found.status}, GCC's has {expected.status}"
    for number, (one, other) in enumerate(zip(expected.output.splitlines(), found.output.splitlines()), 1):
        if one != other:
            return f"line {number}: {other!r}, GCC's has {one!r}"
    return "" if expected.output == found.output else "its output has another length"


def check_seed(seed: int, simulator: Path, folder: Path, is_long: bool, functions: int = FUNCTIONS) -> list[str]:
    """Sentences about what is wrong with one program."""
    source = folder / f"seed_{seed}.c"
    source.write_text(program(seed, functions))
    elf = folder / f"seed_{seed}.elf"
    by_gcc(source, elf)
    expected = run(simulator, elf)
    if expected.status != 0:
        return [f"seed {seed}: GCC's program ends with {expected.status}: {expected.errors}"]
    wrong = []
    for switches in combinations(seed, is_long):
        by_flexv_cc(source, elf, switches)
        said = complaint(expected, run(simulator, elf))
        if said:
            wrong.append(f"seed {seed}, flexv-cc {' '.join(switches)}: {said}")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1:6", help="FIRST:LAST (default %(default)s)")
    parser.add_argument("--long", action="store_true", help="every combination of switches with every seed")
    parser.add_argument("--functions", type=int, default=FUNCTIONS, help="in each program (default %(default)s)")
    parser.add_argument("--nightly", action="store_true", help=f"{NIGHTLY_SEEDS} new seeds from that of the day on, long, 30 functions each")
    parser.add_argument("--simulator", type=Path, default=PROGRAM)
    parser.add_argument("--keep", type=Path, help="folder for the programs")
    options = parser.parse_args(arguments)
    if options.nightly:
        first_seed = 1000 * (datetime.date.today() - datetime.date(2000, 1, 1)).days
        options.seeds, options.long, options.functions = f"{first_seed}:{first_seed + NIGHTLY_SEEDS - 1}", True, 30
    first, _, last = options.seeds.partition(":")
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(int(first), int(last or first) + 1):
            found = check_seed(seed, options.simulator, folder, options.long, options.functions)
            print(f"seed {seed}: {'right' if not found else 'WRONG'}", flush=True)
            for sentence in found:
                print(f"  {sentence}", flush=True)
            wrong += found
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
