# SPDX-License-Identifier: Apache-2.0
"""What each instrument of a run costs: CPU time with it over CPU time without, in turn."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.bench.programs import run_once
from flexv_tools.bench.spread import Spread

# {F} is a folder for what the instrument writes.
INSTRUMENTS: dict[str, tuple[str, ...]] = {
    "--trace, 8 harts": ("--trace", "{F}/trace"),
    "--trace, 1 hart": ("--trace", "{F}/trace", "--trace-harts", "0"),
    "--check hazards": ("--check", "hazards"),
    "--check races": ("--check", "races"),
    "--check uninit": ("--check", "uninit"),
    "--check stack": ("--check", "stack"),
    "--check dma": ("--check", "dma"),
    "--check all": ("--check", "all"),
    "--timeline": ("--timeline", "{F}/timeline.json"),
    "--profile": ("--profile", "{F}/profile.json"),
    "--coverage": ("--coverage", "{F}/lines.info"),
    "--wave VCD": ("--wave", "{F}/wave.vcd"),
    "--wave FST": ("--wave", "{F}/wave.fst"),
    "--power-trace": ("--power-trace", "{F}/power.csv"),
}
DEFAULT_PROGRAMS = ("bench_mixed", "bench_matmul_64_flexv")


@dataclass(frozen=True)
class Cost:
    name: str
    instrument: str
    factor: Spread  # CPU time with / without, pair by pair


def measure_cost(program: Path, name: str, instrument: str, repeat: int) -> Cost:
    factors = []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = tuple(word.replace("{F}", folder) for word in INSTRUMENTS[instrument])
        for _ in range(repeat):
            without = run_once(program, name, report)
            factors.append(run_once(program, name, report, options).cpu_seconds / without.cpu_seconds)
    return Cost(name, instrument, Spread.of(factors))


def print_costs(program: Path, names: list[str], repeat: int) -> list[Cost]:
    """A Markdown table, as docs/design/speed.md has it: a row an instrument, a column a program."""
    print(f"| instrument | {' | '.join(names)} |")
    print(f"| --- |{' --- |' * len(names)}")
    costs = []
    for instrument in INSTRUMENTS:
        row = [measure_cost(program, name, instrument, repeat) for name in names]
        print(f"| `{instrument}` | {' | '.join(f'{cost.factor.median:.2f}' for cost in row)} |", flush=True)
        costs += row
    return costs
