# SPDX-License-Identifier: Apache-2.0
"""Simulated MIPS and Mcycle/s of the release simulator."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.bench.programs import Effort, run_once
from flexv_tools.bench.spread import Spread
from flexv_tools.errors import Failure


@dataclass(frozen=True)
class Result:
    name: str
    instructions: int
    cycles: int
    seconds: Spread
    mips: Spread
    mcycles: Spread

    def __str__(self) -> str:
        return (
            f"{self.name:22} {self.instructions:12} {self.cycles:12} "
            f"{self.seconds.median:7.3f}  {self.mips!s:28} {self.mcycles!s}"
        )


def measure(program: Path, name: str, effort: Effort) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        runs = [run_once(program, name, Path(folder) / "report.json", effort) for _ in range(effort.repeat)]
    if len({(run.instructions, run.cycles) for run in runs}) != 1:
        raise Failure(f"{name}: two runs simulated different instructions or cycles")
    return Result(
        name,
        runs[0].instructions,
        runs[0].cycles,
        Spread.of([run.seconds for run in runs]),
        Spread.of([run.mips for run in runs]),
        Spread.of([run.mcycles for run in runs]),
    )


def print_speeds(program: Path, names: list[str], effort: Effort) -> list[Result]:
    print(f"{'program':22} {'instructions':>12} {'cycles':>12} {'seconds':>7}  {'MIPS':28} Mcycle/s")
    results = []
    for name in names:
        results.append(measure(program, name, effort))
        print(results[-1], flush=True)
    return results
