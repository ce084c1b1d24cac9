# SPDX-License-Identifier: Apache-2.0
"""Holds the kernels in C with intrinsics (sw/kernels/in_c) against those in assembly: the matrix products of
sw/apps/bench_matmul.c on 8 cores, once with each. Results are checked by the program itself."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.compiler import driver, toolchain
from flexv_tools.errors import Failure
from flexv_tools.simulator import ROOT

PROGRAM = ROOT / "sw/apps/bench_matmul.c"
KERNELS = ROOT / "sw/kernels/in_c/macload_flexv.c"
PIXELS = (64, 192)
LIMIT_PERCENT = 5.0
LINE = re.compile(r"^(a\dw\d): (\d+) cycles, (\d+\.\d+) MAC/cycle, right$")


@dataclass(frozen=True)
class Product:
    """One matrix product."""

    name: str
    cycles: int
    rate: float  # MAC/cycle


def build(folder: Path, pixels: int, in_c: bool) -> Path:
    """bench_matmul by GCC; with the kernels in C by flexv-cc, or with those in assembly."""
    elf = folder / f"matmul_{pixels}_{'c' if in_c else 's'}.elf"
    target = elf.with_suffix(".o")
    includes = [f"-I{path}" for path in toolchain.INCLUDES]
    flags = [*toolchain.GCC_FLAGS, *includes, f"-Wa,-I{toolchain.FIRMWARE / 'include'}", f"-DBENCH_PIXELS={pixels}"]
    toolchain.call([toolchain.GCC, *flags, "-c", PROGRAM, "-o", target], f"GCC with {PROGRAM.name}")
    words = [str(target), *([str(KERNELS), str(toolchain.kernels_in_c())] if in_c else [str(toolchain.kernels("flexv"))])]
    if driver.main(["-O2", "-Wall", "-Wextra", "-Werror", *words, "-o", str(elf)]) != 0:
        raise Failure(f"flexv-cc {' '.join(words)}: failed")
    return elf


def measure(simulator: Path, elf: Path) -> list[Product]:
    command: list[str | Path] = [simulator, "run", elf, "--quiet", "--check", "hazards"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [LINE.match(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or done.stderr or not found or None in found:
        raise Failure(f"{elf.name}: exit status {done.returncode}: {done.stdout}{done.stderr}")
    return [Product(row[1], int(row[2]), float(row[3])) for row in found if row]


def compare(simulator: Path, folder: Path, pixels: Sequence[int] = PIXELS) -> tuple[str, float]:
    """A table, and by how many percent the worst kernel in C is slower than its counterpart."""
    lines = ["| product | pixels | assembly | MAC/cycle | C | MAC/cycle | C / assembly |", "| --- |" + " ---: |" * 6]
    worst = 0.0
    for count in pixels:
        pairs = zip(*(measure(simulator, build(folder, count, in_c)) for in_c in (False, True)), strict=True)
        for assembly, in_c in pairs:
            ratio = in_c.cycles / assembly.cycles
            worst = max(worst, 100 * (ratio - 1))
            cells = [assembly.name, str(count), f"{assembly.cycles:,}", f"{assembly.rate:.2f}"]
            lines.append("| " + " | ".join([*cells, f"{in_c.cycles:,}", f"{in_c.rate:.2f}", f"{ratio:.3f}"]) + " |")
    return "\n".join(lines), worst
