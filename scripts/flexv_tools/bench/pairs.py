# SPDX-License-Identifier: Apache-2.0
"""Two simulators on the same firmware, in turn, so that both see the same host. What counts is CPU time, and the
ratio of each pair of runs: a host that others use, too, changes both."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.bench.programs import Effort, run_once
from flexv_tools.bench.spread import Spread
from flexv_tools.commands import output_of
from flexv_tools.simulator import ROOT


@dataclass(frozen=True)
class Pair:
    name: str
    ours: Spread  # CPU seconds
    other: Spread
    ratio: Spread  # other / ours, pair by pair: how many times faster ours is
    same_cycles: bool

    def __str__(self) -> str:
        note = "" if self.same_cycles else "  simulated cycles differ"
        return f"{self.name:22} {self.ours!s:28} {self.other!s:28} {self.ratio.median:6.2f} " \
               f"[{self.ratio.low:.2f}..{self.ratio.high:.2f}]{note}"


def measure_pair(program: Path, other: Path, name: str, effort: Effort) -> Pair:
    ours, others = [], []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        for _ in range(effort.repeat):
            ours.append(run_once(program, name, report, effort))
            others.append(run_once(other, name, report, effort))
    ratios = [theirs.cpu_seconds / mine.cpu_seconds for mine, theirs in zip(ours, others)]
    return Pair(
        name,
        Spread.of([run.cpu_seconds for run in ours]),
        Spread.of([run.cpu_seconds for run in others]),
        Spread.of(ratios),
        ours[0].cycles == others[0].cycles,
    )


def print_pairs(program: Path, other: Path, names: list[str], effort: Effort) -> list[Pair]:
    print(f"CPU seconds of {program} beside {other}")
    print(f"{'program':22} {'this one':28} {'other':28} other / this one")
    pairs = []
    for name in names:
        pairs.append(measure_pair(program, other, name, effort))
        print(pairs[-1], flush=True)
    return pairs


def build_without_counters() -> Path:
    """The release preset with FLEXV_COUNTERS off: its event counters do nothing. Returns the program."""
    folder = ROOT / "build/uncounted"
    print("building build/uncounted", flush=True)
    settings = ["-DFLEXV_COUNTERS=OFF", "-DFLEXV_TESTS=OFF"]
    for command in (
        ["cmake", "--preset", "release", "-S", str(ROOT), "-B", str(folder), *settings],
        ["cmake", "--build", str(folder), "--target", "flexv-vp"],
    ):
        output_of(command)
    return folder / "flexv-vp"
