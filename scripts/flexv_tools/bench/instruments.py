# SPDX-License-Identifier: Apache-2.0
"""What each instrument of a run costs: CPU time with it over CPU time without, in turn."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.bench.debugger import attached
from flexv_tools.bench.programs import Effort, Run, run_once
from flexv_tools.bench.spread import Spread


@dataclass(frozen=True)
class Instrument:
    """Options of a run; {F} is a folder for what the instrument writes."""

    options: tuple[str, ...]
    without: tuple[str, ...] = ()  # options of the run that it is compared with
    debugger: tuple[str, ...] | None = None  # what one asks for that comes to {F}/gdb


DEBUGGER = ("--gdb", "{F}/gdb")
# Under a debugger a run makes no copies of itself; nor does it anything else while none has come.
NO_COPIES = (*DEBUGGER, "--gdb-nowait")
UNUSED = "1c170000"  # of L2
COPIES = "copies for the last instructions"
INSTRUMENTS: dict[str, Instrument] = {
    COPIES: Instrument((), without=NO_COPIES),
    "--gdb, attached": Instrument(DEBUGGER, debugger=()),
    "--gdb, a breakpoint": Instrument(DEBUGGER, debugger=(f"Z0,{UNUSED},4",)),
    "--gdb, a watchpoint on writes": Instrument(DEBUGGER, debugger=(f"Z2,{UNUSED},4",)),
    "--gdb, a watchpoint on reads": Instrument(DEBUGGER, debugger=(f"Z3,{UNUSED},4",)),
    "--uart, nobody comes": Instrument(("--uart", "{F}/uart", "--uart-nowait")),
    "--semihosting": Instrument(("--semihosting",)),
    "--trace, 8 harts": Instrument(("--trace", "{F}/trace")),
    "--trace, 1 hart": Instrument(("--trace", "{F}/trace", "--trace-harts", "0")),
    "--check hazards": Instrument(("--check", "hazards")),
    "--check races": Instrument(("--check", "races")),
    "--check uninit": Instrument(("--check", "uninit")),
    "--check stack": Instrument(("--check", "stack")),
    "--check dma": Instrument(("--check", "dma")),
    "--check all": Instrument(("--check", "all")),
    "--timeline": Instrument(("--timeline", "{F}/timeline.json")),
    "--profile": Instrument(("--profile", "{F}/profile.json")),
    "--coverage": Instrument(("--coverage", "{F}/lines.info")),
    "--wave VCD": Instrument(("--wave", "{F}/wave.vcd")),
    "--wave FST": Instrument(("--wave", "{F}/wave.fst")),
    "--power-trace": Instrument(("--power-trace", "{F}/power.csv")),
}
DEFAULT_PROGRAMS = ("bench_mixed", "bench_matmul_64_flexv")


@dataclass(frozen=True)
class Cost:
    name: str
    instrument: str
    factor: Spread  # CPU time with / without, pair by pair


def run_with(
    program: Path, name: str, effort: Effort, instrument: Instrument, options: tuple[str, ...]
) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = tuple(word.replace("{F}", folder) for word in options)
        if instrument.debugger is None or options == instrument.without:
            return run_once(program, name, report, effort, words)
        with attached(Path(folder) / "gdb", instrument.debugger):
            run = run_once(program, name, report, effort, words)
        return run


def measure_cost(program: Path, name: str, label: str, effort: Effort) -> Cost:
    instrument = INSTRUMENTS[label]
    factors = []
    for _ in range(effort.repeat):
        without = run_with(program, name, effort, instrument, instrument.without)
        factor = run_with(program, name, effort, instrument, instrument.options).cpu_seconds / without.cpu_seconds
        factors.append(factor)
    return Cost(name, label, Spread.of(factors))


def print_costs(program: Path, names: list[str], effort: Effort) -> list[Cost]:
    """A Markdown table, as docs/design/speed.md has it: a row an instrument, a column a program."""
    print(f"| instrument | {' | '.join(names)} |")
    print(f"| --- |{' --- |' * len(names)}")
    costs = []
    for label in INSTRUMENTS:
        if label == COPIES and effort.cycles is not None:
            continue  # there are none in a part of a run
        row = [measure_cost(program, name, label, effort) for name in names]
        print(f"| {label} | {' | '.join(f'{cost.factor.median:.2f}' for cost in row)} |", flush=True)
        costs += row
    return costs
