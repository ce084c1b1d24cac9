# SPDX-License-Identifier: Apache-2.0
"""One run of flexv-vp with its report, for the laws in this folder.

A law is called as NAME.py PROGRAM IMAGES: the flexv-vp to drive and the folder of hello.elf, parallel.elf
and matmul.elf.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path()
IMAGES = Path()
FIRMWARE = ("hello", "parallel", "matmul")
COMPILER = "riscv64-unknown-elf-gcc"
needs_compiler = unittest.skipUnless(shutil.which(COMPILER), f"{COMPILER} is not installed")


@dataclass(frozen=True)
class Run:
    status: int
    stdout: str
    stderr: str
    report: dict[str, Any]  # without `host`; empty when there is none

    def counter(self, path: str) -> int:
        component, _, event = path.rpartition(".")
        return self.report["counters"][component][event]

    def of_cores(self, event: str) -> int:
        """Sum of a counter over all cores; 0 for one that there is not."""
        return sum(
            events.get(event, 0)
            for component, events in self.report["counters"].items()
            if component.startswith("cluster.core")
        )


def simulate(
    image: Path,
    settings: dict[str, object] | None = None,
    max_cycles: int = 0,
    options: tuple[str, ...] = (),
) -> Run:
    command = [str(PROGRAM), "run", str(image), "--quiet", *options]
    if max_cycles:
        command += ["--max-cycles", str(max_cycles)]
    for key, value in (settings or {}).items():
        command += ["--set", f"{key}={value}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        done = subprocess.run(
            [*command, "--report", str(path)], capture_output=True, text=True, timeout=100, check=False
        )
        report = json.loads(path.read_text()) if path.exists() else {}
    report.pop("host", None)
    return Run(done.returncode, done.stdout, done.stderr, report)


def assemble(source: Path, image: Path, *options: str) -> None:
    """Entry at 0x1c000080, as the boot address of the cores has it."""
    command = [COMPILER, "-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", "-nostdlib", "-static"]
    command += ["-Wl,-Ttext=0x1c000080,--no-relax", "-o", str(image), *options, str(source)]
    subprocess.run(command, check=True)


@functools.cache
def run_of(name: str) -> Run:
    """The run of a program of sw/apps with the default configuration."""
    run = simulate(IMAGES / f"{name}.elf")
    if run.status != 0:
        raise RuntimeError(f"{name}: status {run.status}\n{run.stderr}")
    return run


def main() -> None:
    global PROGRAM, IMAGES
    PROGRAM, IMAGES = Path(sys.argv.pop(1)), Path(sys.argv.pop(1))
    unittest.main(module="__main__", verbosity=2)
