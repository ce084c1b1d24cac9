# SPDX-License-Identifier: Apache-2.0
"""The programs whose speed is measured, and one run of one of them."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.commands import FIRMWARE
from flexv_tools.errors import Failure
from flexv_tools.simulator import ROOT

# Name of the image and what else the run needs.
PROGRAMS: dict[str, tuple[str, ...]] = {
    "bench_int_1": (),
    "bench_int_8": (),
    "bench_mixed": (),
    "bench_registers_1": (),
    "bench_registers_8": (),
    "bench_bank": (),
    "bench_barrier_1": (),
    "bench_barrier_8": (),
    "bench_matmul_64_flexv": (),
    "bench_layers_flexv": (),
    "bench_dma": (),
    "bench_fabric": ("--config", "pulp_open"),
}


LIMIT_REACHED = 104  # status of a run that --max-cycles has ended


@dataclass(frozen=True)
class Effort:
    """How much is measured of each program."""

    repeat: int
    cycles: int | None = None  # of each run; None: the whole of it

    def limit(self, folder: Path, options: tuple[str, ...]) -> tuple[str, ...]:
        """A run that ends at a limit executes its end once more, to show its last instructions; not under a debugger."""
        if self.cycles is None:
            return ()
        nobody = () if "--gdb" in options else ("--gdb", str(folder / "nobody"), "--gdb-nowait")
        return ("--max-cycles", str(self.cycles), *nobody)


@dataclass(frozen=True)
class Run:
    instructions: int
    cycles: int
    seconds: float  # host time of the simulation, without start-up
    cpu_seconds: float  # of the whole process, user and system, start-up included

    @property
    def mips(self) -> float:
        return self.instructions / self.seconds / 1e6

    @property
    def mcycles(self) -> float:
        return self.cycles / self.seconds / 1e6


def image_of(name: str) -> Path:
    """A name of PROGRAMS or of any other image of sw/, or the path of an ELF file."""
    elf = Path(name) if name.endswith(".elf") else FIRMWARE / f"{name}.elf"
    if not elf.exists():
        shown = elf.relative_to(ROOT) if elf.is_relative_to(ROOT) else elf
        raise Failure(f"{shown} is missing; scripts/demo builds what is in sw/")
    return elf


def run_once(program: Path, name: str, report: Path, effort: Effort, options: tuple[str, ...] = ()) -> Run:
    """Runs the image `name` with what it needs and `options`. Raises Failure when it does not end well."""
    command = [str(program), "run", str(image_of(name)), *PROGRAMS.get(name, ()), *effort.limit(report.parent, options), *options]
    command += ["--quiet", "--report", str(report)]
    try:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            said = process.stderr.read().decode(errors="replace")
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    except OSError as error:
        raise Failure(f"{program}: {error.strerror}; expected a flexv-vp") from error
    if process.returncode not in ((0,) if effort.cycles is None else (0, LIMIT_REACHED)):
        raise Failure(f"{' '.join(command)}: exit status {process.returncode}\n{said[-2000:]}")
    values = json.loads(report.read_text())
    seconds = float(values["host"]["seconds"])
    if seconds <= 0:
        raise Failure(f"{name}: the report has no host time")
    return Run(int(values["instructions"]), int(values["cycles"]), seconds, usage.ru_utime + usage.ru_stime)
