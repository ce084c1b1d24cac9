# SPDX-License-Identifier: Apache-2.0
"""Measures what the transformations of flexv-cc bring: the programs of sw/apps/compiler_bench, plain C, compiled by GCC -O2 and by
flexv-cc -O2 with one group of transformations after the other, run on the platform. All must compute the same. Prints the table,
and with --write puts it into docs/reference/compiler.md."""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.compiler import driver, kernel_bench, toolchain
from flexv_tools.compiler.options import PASSES
from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM, ROOT

SOURCES = sorted((ROOT / "sw/apps/compiler_bench").glob("*.c"))
PAGE = ROOT / "docs/reference/compiler.md"
# Each step adds transformations to those before it.
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("clang -O2", ()),
    ("+ addressing, min/max", ("postincrement", "minmax", "immediate-branches")),
    ("+ hardware loops", ("hwloops",)),
    ("+ mac, clip, bits", ("mac", "clip", "bits")),
    ("+ SIMD (xpulpv2)", ("vectorise",)),
    ("+ Mac&Load (flexv)", ("macload",)),
)


@dataclass(frozen=True)
class Measurement:
    """One program in one build."""

    name: str
    cycles: int
    macs: int
    result: str  # a hash of what it has computed

    def mac_per_cycle(self) -> float:
        return self.macs / self.cycles


def build_by_gcc(folder: Path) -> Path:
    objects = []
    includes = [f"-I{path}" for path in toolchain.INCLUDES]
    for source in SOURCES:
        target = folder / f"{source.stem}.o"
        flags = [*toolchain.GCC_FLAGS, *includes, f"-Wa,-I{toolchain.FIRMWARE / 'include'}"]
        toolchain.call([toolchain.GCC, *flags, "-c", source, "-o", target], f"GCC with {source.name}")
        objects.append(str(target))
    return finished(folder / "gcc.elf", objects)


def build(folder: Path, index: int, passes: Sequence[str]) -> Path:
    switches = [f"-fno-{name}" for name in PASSES if name not in passes]
    return finished(folder / f"step{index}.elf", ["-O2", *switches, *map(str, SOURCES)])


def finished(elf: Path, arguments: list[str]) -> Path:
    if driver.main([*arguments, "-o", str(elf)]) != 0:
        raise Failure(f"flexv-cc {' '.join(arguments)}: failed")
    return elf


def measure(simulator: Path, elf: Path) -> list[Measurement]:
    command: list[str | Path] = [simulator, "run", elf, "--quiet", "--check", "hazards"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stderr:
        raise Failure(f"{elf.name}: exit status {done.returncode}: {done.stderr}")
    rows = (line.split() for line in done.stdout.splitlines())
    return [Measurement(name, int(cycles), int(macs), result) for name, cycles, macs, result in rows]


def compare(reference: list[Measurement], other: list[Measurement], step: str) -> None:
    for one, two in zip(reference, other, strict=True):
        if one.result != two.result:
            raise Failure(f"{one.name} computes {two.result} with {step}, GCC's {one.result}")


def geometric_mean(values: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def table(columns: list[tuple[str, list[Measurement]]]) -> str:
    """Cycles; for the last column how many times faster than GCC, and MAC/cycle where products are counted."""
    names = [title for title, _ in columns]
    reference, best = columns[0][1], columns[-1][1]
    lines = ["| program | " + " | ".join(names) + " | GCC / flexv-cc | MAC/cycle |", "| --- |" + " ---: |" * (len(names) + 2)]
    for row, last in enumerate(best):
        cycles = " | ".join(f"{column[row].cycles:,}" for _, column in columns)
        rate = f"{last.mac_per_cycle():.2f}" if last.macs else ""
        lines.append(f"| {last.name} | {cycles} | {reference[row].cycles / last.cycles:.2f} | {rate} |")
    means = []
    for _, column in columns:
        means.append(f"{geometric_mean([one.cycles / two.cycles for one, two in zip(reference, column)]):.2f} x")
    lines.append(f"| geometric mean | {' | '.join(means)} | {means[-1].removesuffix(' x')} | |")
    return "\n".join(lines)


def compare_kernels(simulator: Path) -> str:
    """The table of kernel_bench; Failure when one in C is too slow."""
    with tempfile.TemporaryDirectory() as folder:
        text, worst = kernel_bench.compare(simulator, Path(folder))
    if worst > kernel_bench.LIMIT_PERCENT:
        raise Failure(f"a kernel in C is {worst:.1f} % slower than its assembly, more than {kernel_bench.LIMIT_PERCENT:g} %\n{text}")
    return f"{text}\n\nThe slowest kernel in C takes {worst:.1f} % more cycles than its assembly."


def page(text: str, kernels: str) -> str:
    return f"""# What flexv-cc makes of plain C

Cycles of the programs in `sw/apps/compiler_bench` (matrices and layers on 8 cores, the others on one), second run, default
configuration. `./scripts/compiler_bench --write` renews this page; it stops when a program computes something else than GCC's, or when
`--check hazards` has a warning. GCC is Debian's 12.2 with -O2. How the passes work: [compiler](../design/compiler.md).

{text}

## Kernels in C with intrinsics

`sw/kernels/in_c` has the Mac&Load kernels of the library once more, in C with `flexv/intrinsics.h`, compiled by flexv-cc. Products of
64 channels and a depth of 288 on 8 cores (`sw/apps/bench_matmul.c`, which checks its results); `./scripts/compiler_bench --kernel` fails
when one takes over {kernel_bench.LIMIT_PERCENT:g} % more cycles than the assembly.

{kernels}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--kernel", action="store_true", help="only the kernels in C with intrinsics against those in assembly")
    parser.add_argument("--simulator", type=Path, default=PROGRAM)
    options = parser.parse_args(arguments)
    try:
        kernels = compare_kernels(options.simulator)
        if options.kernel:
            print(kernels)
            return 0
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            columns = [("GCC -O2", measure(options.simulator, build_by_gcc(folder)))]
            passes: tuple[str, ...] = ()
            for index, (title, added) in enumerate(STEPS):
                passes += added
                columns.append((title, measure(options.simulator, build(folder, index, passes))))
                compare(columns[0][1], columns[-1][1], title)
        text = table(columns)
        print(f"{text}\n\n{kernels}")
        if options.write:
            PAGE.write_text(page(text, kernels))
    except Failure as error:
        print(f"compiler_bench: error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
