#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the instructions of reference programs, cycle by cycle, with traces of the RTL.

Usage: reference_traces.py PROGRAM DIR, DIR in the form of tests/reference/interrupts. A trace has the columns
cycle, hart, pc; cycle 0 is that of the earliest start marker, and it ends with the last stop marker.
"""

from __future__ import annotations

import csv
import gzip
import importlib.machinery
import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
MARKER = "PA:1a10f000"
PROGRAM = Path()
DIRECTORY = Path()

Line = tuple[int, int, int]  # cycle, hart, pc


def load_check_timing() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("check_timing", str(ROOT / "scripts/check_timing"))
    spec = importlib.util.spec_from_loader("check_timing", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_timing"] = module
    loader.exec_module(module)
    return module


def read_reference(path: Path) -> list[Line]:
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        return [(int(row["cycle"]), int(row["hart"]), int(row["pc"], 16)) for row in csv.DictReader(file)]


def read_trace(path: Path) -> list[Line]:
    """All instructions, cycle 0 at the earliest of the last start markers."""
    lines: list[Line] = []
    starts: dict[int, int] = {}
    for text in path.read_text(encoding="utf-8").splitlines()[1:]:
        _, cycle, hart, pc = text.split()[:4]
        if MARKER in text:
            starts[int(hart)] = int(cycle)
        lines.append((int(cycle), int(hart), int(pc, 16)))
    origin = min(starts.values())
    return sorted((cycle - origin, hart, pc) for cycle, hart, pc in lines)


class ReferenceTraces(unittest.TestCase):
    def test_every_instruction_is_in_its_cycle(self) -> None:
        check_timing = load_check_timing()
        with tempfile.TemporaryDirectory() as folder:
            bench = check_timing.Bench(DIRECTORY, PROGRAM, Path(folder))
            (bench.scratch / "default.ld").write_text(check_timing.LINK_SCRIPT, encoding="utf-8")
            traces = sorted((DIRECTORY / "traces").glob("*.csv.gz"))
            self.assertTrue(traces)
            for path in traces:
                name = path.name.removesuffix(".csv.gz")
                with self.subTest(program=name):
                    self.assertEqual(bench.build(name), "")
                    self.check(bench.elf(name), read_reference(path))

    def check(self, image: Path, reference: list[Line]) -> None:
        trace = image.with_suffix(".log")
        command = [str(PROGRAM), "run", str(image), "--config", "timing_bench", "--quiet"]
        subprocess.run([*command, "--trace", str(trace)], check=True, timeout=100)
        harts = {hart for _, hart, _ in reference}
        last = {hart: max(cycle for cycle, own, _ in reference if own == hart) for hart in harts}
        ours = [
            line
            for line in read_trace(trace)
            if line[0] >= 0 and line[1] in harts and line[0] <= last[line[1]]
        ]
        self.assertEqual(ours, reference)


if __name__ == "__main__":
    PROGRAM, DIRECTORY = Path(sys.argv.pop(1)), Path(sys.argv.pop(1))
    sys.dont_write_bytecode = True
    unittest.main(module="__main__", verbosity=2)
