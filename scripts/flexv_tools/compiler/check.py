# SPDX-License-Identifier: Apache-2.0
"""Compiles random programs (random_programs.py) by GCC and by flexv-cc with many combinations of switches, runs all of them on the
platform and compares what they print. `--check hazards` must have nothing to say. The programs of somebody can be compared, too."""

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


def combinations(seed: int, is_long: bool, count: int | None = None) -> list[list[str]]:
    """All when there is time; otherwise the important ones and two others that change with the seed; or so many, in turn."""
    if is_long:
        return ALWAYS + SOMETIMES
    if count is not None:
        return [(ALWAYS + SOMETIMES)[(seed * count + i) % len(ALWAYS + SOMETIMES)] for i in range(count)]
    others = len(SOMETIMES)
    return [*ALWAYS, SOMETIMES[2 * seed % others], SOMETIMES[(2 * seed + 1) % others]]


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


def check_program(source: Path, simulator: Path, folder: Path, all_switches: Sequence[Sequence[str]]) -> list[str]:
    """Sentences about what is wrong with one program."""
    elf = folder / f"{source.stem}.elf"
    by_gcc(source.resolve(), elf)
    expected = run(simulator, elf)
    if expected.status != 0:
        return [f"{source.stem}: GCC's program ends with {expected.status}: {expected.errors}"]
    wrong = []
    for switches in all_switches:
        by_flexv_cc(source, elf, switches)
        said = complaint(expected, run(simulator, elf))
        if said:
            wrong.append(f"{source.stem}, flexv-cc {' '.join(switches)}: {said}")
    return wrong


def check_seed(seed: int, simulator: Path, folder: Path, all_switches: Sequence[Sequence[str]], functions: int = FUNCTIONS) -> list[str]:
    """The same about a random program."""
    source = folder / f"seed_{seed}.c"
    source.write_text(program(seed, functions))
    return check_program(source, simulator, folder, all_switches)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1:6", help="FIRST:LAST (default %(default)s)")
    parser.add_argument("--long", action="store_true", help="every combination of switches with every seed")
    parser.add_argument("--combinations", type=int, metavar="N", help="so many combinations with a seed, in turn, for many seeds in little time")
    parser.add_argument("--functions", type=int, default=FUNCTIONS, help="in each program (default %(default)s)")
    parser.add_argument("--nightly", action="store_true", help=f"{NIGHTLY_SEEDS} new seeds from that of the day on, long, 30 functions each")
    parser.add_argument("--programs", type=Path, nargs="+", metavar="FILE.c", help="these instead of random ones, with every combination")
    parser.add_argument("--simulator", type=Path, default=PROGRAM)
    parser.add_argument("--keep", type=Path, help="folder for the programs")
    options = parser.parse_args(arguments)
    if options.nightly:
        first_seed = 1000 * (datetime.date.today() - datetime.date(2000, 1, 1)).days
        options.seeds, options.long, options.functions = f"{first_seed}:{first_seed + NIGHTLY_SEEDS - 1}", True, 30
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if options.programs:
            results = ((file.name, check_program(file, options.simulator, folder, combinations(0, True))) for file in options.programs)
        else:
            first, _, last = options.seeds.partition(":")
            seeds = range(int(first), int(last or first) + 1)
            switches = {seed: combinations(seed, options.long, options.combinations) for seed in seeds}
            results = ((f"seed {seed}", check_seed(seed, options.simulator, folder, switches[seed], options.functions)) for seed in seeds)
        return 1 if sum(report(name, wrong) for name, wrong in results) else 0


def report(name: str, wrong: Sequence[str]) -> int:
    """Says how one program did; the number of switches with which it is wrong."""
    print(f"{name}: {'right' if not wrong else 'WRONG'}", flush=True)
    for sentence in wrong:
        print(f"  {sentence}", flush=True)
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
