# SPDX-License-Identifier: Apache-2.0
"""Measure the speed of the release simulator on fixed programs.

Each program runs several times. MIPS counts the instructions of all harts, Mcycle/s the cycles of the
cluster clock; both are medians over the runs, with the range in brackets. Build first: scripts/demo.
With --counters the simulator is built once more in build/uncounted, with event counters that do nothing;
both run in turn, and the difference is what statistics and energy cost.
Exit status: 0, or 1 when a program is missing or does not end well.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from flexv_tools.commands import FIRMWARE, output_of
from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM, ROOT

# Name of the image and what else the run needs.
PROGRAMS: dict[str, tuple[str, ...]] = {
    "bench_int_1": (),
    "bench_int_8": (),
    "matmul": (),
    "bench_barrier": (),
    "bench_dma": (),
    "bench_fabric": ("--config", "pulp_open"),
}


@dataclass(frozen=True)
class Run:
    instructions: int
    cycles: int
    seconds: float  # host time of the simulation, without start-up

    @property
    def mips(self) -> float:
        return self.instructions / self.seconds / 1e6

    @property
    def mcycles(self) -> float:
        return self.cycles / self.seconds / 1e6


@dataclass(frozen=True)
class Spread:
    median: float
    low: float
    high: float

    @staticmethod
    def of(values: list[float]) -> Spread:
        return Spread(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        digits = 1 if self.median >= 10 else 3
        return f"{self.median:8.{digits}f} [{self.low:.{digits}f}..{self.high:.{digits}f}]"


@dataclass(frozen=True)
class Result:
    name: str
    instructions: int
    cycles: int
    seconds: Spread
    mips: Spread
    mcycles: Spread


def run_once(elf: Path, options: tuple[str, ...], report: Path, program: Path = PROGRAM) -> Run:
    command = [str(program), "run", str(elf), *options, "--quiet", "--report", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    values = json.loads(report.read_text())
    seconds = float(values["host"]["seconds"])
    if seconds <= 0:
        raise Failure(f"{elf.name}: the report has no host time")
    return Run(int(values["instructions"]), int(values["cycles"]), seconds)


def image_of(name: str) -> Path:
    elf = FIRMWARE / f"{name}.elf"
    if not elf.exists():
        raise Failure(f"{elf.relative_to(ROOT)} is missing; scripts/demo builds it")
    return elf


def measure(name: str, repeat: int) -> Result:
    elf = image_of(name)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        runs = [run_once(elf, PROGRAMS.get(name, ()), report) for _ in range(repeat)]
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


@dataclass(frozen=True)
class CounterCost:
    name: str
    counted: Spread  # seconds
    uncounted: Spread

    @property
    def percent(self) -> float:
        return 100 * (self.counted.low / self.uncounted.low - 1)


def build_without_counters() -> Path:
    """The release preset with FLEXV_COUNTERS off. Returns the program."""
    folder = ROOT / "build/uncounted"
    print("building build/uncounted", flush=True)
    settings = ["-DFLEXV_COUNTERS=OFF", "-DFLEXV_TESTS=OFF"]
    for command in (
        ["cmake", "--preset", "release", "-S", str(ROOT), "-B", str(folder), *settings],
        ["cmake", "--build", str(folder), "--target", "flexv-vp"],
    ):
        output_of(command)
    return folder / "flexv-vp"


def measure_counters(name: str, repeat: int, uncounted: Path) -> CounterCost:
    """Both programs in turn, so that both see the same host; the fastest runs are compared, because
    everything else on the host only adds."""
    elf = image_of(name)
    seconds: dict[Path, list[float]] = {PROGRAM: [], uncounted: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeat):
            for program, times in seconds.items():
                run = run_once(elf, PROGRAMS.get(name, ()), Path(folder) / "report.json", program)
                times.append(run.seconds)
    return CounterCost(name, Spread.of(seconds[PROGRAM]), Spread.of(seconds[uncounted]))


def print_counter_costs(names: list[str], repeat: int) -> list[CounterCost]:
    uncounted = build_without_counters()
    print(f"{'program':14} {'seconds, counted':28} {'uncounted':28} cost of counters")
    costs = []
    for name in names:
        cost = measure_counters(name, repeat, uncounted)
        print(f"{name:14} {cost.counted!s:28} {cost.uncounted!s:28} {cost.percent:+.1f} %", flush=True)
        costs.append(cost)
    return costs


def host_name() -> str:
    """The processor, as Linux names it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def print_result(result: Result) -> None:
    print(
        f"{result.name:14} {result.instructions:12} {result.cycles:12} "
        f"{result.seconds.median:7.3f}  {result.mips!s:28} {result.mcycles!s}",
        flush=True,
    )


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: {' '.join(PROGRAMS)}")
    parser.add_argument("--repeat", type=int, default=5, help="runs a program (default 5)")
    parser.add_argument("--counters", action="store_true", help="also measure what event counters cost")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")
    options = parser.parse_args()
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    return options


def main() -> int:
    options = read_arguments()
    print(f"host: {host_name()}, {options.repeat} runs each")
    print(f"{'program':14} {'instructions':>12} {'cycles':>12} {'seconds':>7}  {'MIPS':28} Mcycle/s")
    results = []
    try:
        for name in options.names or PROGRAMS:
            results.append(measure(name, options.repeat))
            print_result(results[-1])
        names = options.names or list(PROGRAMS)
        costs = print_counter_costs(names, options.repeat) if options.counters else []
    except (Failure, OSError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if options.json:
        document = {"host": host_name(), "programs": [asdict(result) for result in results]}
        if costs:
            document["counters"] = [asdict(cost) | {"percent": cost.percent} for cost in costs]
        options.json.write_text(json.dumps(document, indent=2) + "\n")
    return 0
